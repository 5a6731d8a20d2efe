"""Questions that name a paragraph or a document: "what does recital O say?", "what is torture in A/HRC/28/10?"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from indexer.catalogue import Catalogue, Filters
from indexer.document import Document, Passage
from indexer.words import split
from search.addresses import Addresses
from search.citations import cite
from search.mentions import kind_of
from search.naming import is_idle
from search.results import Citation
from search.spelled import in_figures

MOST_QUOTED = 5  # paragraphs that an answer quotes in full
MOST_DOCUMENTS = 3  # that a name in a question may fit: beyond that it is no name
MOST_WORDS = 10  # that describe a document
MOST_PARAGRAPHS = 20  # that a question may name: beyond that it is about the document

_OF = re.compile(r"^\s*,?\s*(?:of|in|из|в)?\s+(?:the\s+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Named:
    """What a question names: paragraphs, as (document id, number), and documents by id."""

    paragraphs: frozenset[tuple[str, int]] = frozenset()
    documents: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.paragraphs or self.documents)

    def rank(self, passage: Passage) -> int:
        """Return 0 for a passage that holds a paragraph named, 1 for one of a document named, 2 for the rest."""
        if any((passage.document_id, number) in self.paragraphs for number in range(passage.first, passage.last + 1)):
            return 0
        return 1 if passage.document_id in self.documents else 2


def named_in(question: str, addresses: Addresses) -> Named:
    """Return the paragraphs and documents that a question names outright; nothing where its words only might.

    A paragraph without a document is one of every document that labels a paragraph so, if those are few. Titles do not
    count: the title of one document may be the subject of many ("United States of America").
    """
    question = in_figures(question)
    paragraphs: set[tuple[str, int]] = set()
    documents: set[str] = set()
    for citing in addresses.citings(question, titles=False):
        if len(citing.documents or ()) <= MOST_DOCUMENTS:
            documents |= {d.id for d in citing.documents or ()}
        if citing.pinpoint is None or citing.pinpoint.unit == "page":
            continue
        places = addresses.places(citing)
        if not places and citing.documents is not None:
            places = addresses.places(replace(citing, documents=_described(question[citing.end :], addresses)))
            # Where an article about a resolution fits, too, the resolution numbers its paragraphs itself.
            places = tuple(place for place in places if all(p.label for p in place.paragraphs)) or places
        if sum(len(place.paragraphs) for place in places) <= MOST_PARAGRAPHS:
            paragraphs |= {(place.document.id, p.number) for place in places for p in place.paragraphs}
    if paragraphs and documents:  # "what does recital O of the resolution of 11 February 2021 say?"
        paragraphs = {p for p in paragraphs if p[0] in documents} or paragraphs
    return Named(frozenset(paragraphs), frozenset(documents))


def _described(after: str, addresses: Addresses) -> tuple[Document, ...]:
    """Return the documents that the words after a pinpoint describe by kind, date and subject: "of the 2021 Kazakhstan
    resolution". The longest run of words that fits a few documents and says what kind of document it is counts, unless
    more is said of it that fits none: "the report on Uzbekistan" is no other report."""
    words = _OF.sub("", after, count=1).split()
    for n in range(min(len(words), MOST_WORDS), 0, -1):
        described = " ".join(words[:n])
        if any(kind_of(word) for word in split(described)):
            found = addresses.register.called(described)
            if found and len(found) <= MOST_DOCUMENTS:
                goes_on = is_idle(words[n - 1]) or (n < len(words) and not words[n].islower())
                return () if goes_on else tuple(found)
    return ()


def named_passages(named: Named, catalogue: Catalogue, filters: Filters) -> list[int]:
    """Return the keys of the passages that hold the paragraphs named and pass the filters, in reading order."""
    keys = [key for place in sorted(named.paragraphs) for key in catalogue.passage_keys(*place)]
    allowed = catalogue.allowed(filters)
    return [key for key in dict.fromkeys(keys) if allowed is None or key in set(allowed)]


def cited_in_full(named: Named, catalogue: Catalogue, filters: Filters) -> list[tuple[Document, Citation]]:
    """Cite the paragraphs named, each as a whole, in reading order; those of documents filtered out are left out."""
    kept = {catalogue.passages([key])[key].document_id for key in named_passages(named, catalogue, filters)}
    found = []
    for document_id, number in sorted(named.paragraphs)[:MOST_QUOTED]:
        document = catalogue.document(document_id)
        if document is not None and document_id in kept:
            [paragraph] = catalogue.paragraphs(document_id, number, number)
            start, end = paragraph.char_start, paragraph.char_end
            found.append((document, cite(document, [paragraph], paragraph.text, start, end)))
    return found
