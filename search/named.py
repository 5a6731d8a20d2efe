"""Questions that name a paragraph or a document: "what does recital O say?", "what is torture in A/HRC/28/10?"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from indexer.catalogue import Catalogue, Filters
from indexer.document import Document, Passage
from indexer.words import split
from search.addresses import MAX_PLACES, Addresses, Citing, Place
from search.asides import OPERATIVE, Aside, asks_more, described_after, described_before, led_in
from search.citations import cite
from search.mentions import kind_of
from search.naming import introduces
from search.references import Pinpoint, label_key, pinpoints
from search.results import Citation
from search.spelled import in_figures

MOST_QUOTED = 5  # paragraphs that an answer quotes in full
MOST_DOCUMENTS = 3  # that a name in a question may fit: beyond that it is no name
MOST_WORDS = 10  # that describe a document
MOST_PARAGRAPHS = 20  # that a question may name: beyond that it is about the document

# Why a paragraph that a question names is not quoted.
NOT_CALLED = 'nothing here is called "{}"'
NOT_IN = 'nothing in "{}" is called "{}"'
NOT_LABELLED = 'nothing here is labelled "{}"; to go by its number, name the document, too'


@dataclass(frozen=True, slots=True)
class Missing:
    """A pinpoint of a question that fits no place, and why, in plain words."""

    pinpoint: Pinpoint
    reason: str


@dataclass(frozen=True, slots=True)
class Named:
    """What a question names: paragraphs, as (document id, number), and documents by id.

    ``missing`` are the paragraphs that it names and nothing has; ``asks_more`` says whether it asks about anything
    besides what they say.
    """

    paragraphs: frozenset[tuple[str, int]] = frozenset()
    documents: frozenset[str] = frozenset()
    missing: tuple[Missing, ...] = ()
    asks_more: bool = True

    def __bool__(self) -> bool:
        return bool(self.paragraphs or self.documents)

    @property
    def hosts(self) -> frozenset[str]:
        """The documents of the paragraphs, by id."""
        return frozenset(document_id for document_id, _ in self.paragraphs)

    def rank(self, passage: Passage) -> int:
        """Return 0 for a passage that holds a paragraph named, 1 for one of a document named, 2 for the rest."""
        if any((passage.document_id, number) in self.paragraphs for number in range(passage.first, passage.last + 1)):
            return 0
        return 1 if passage.document_id in self.documents else 2

    def nowhere(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Return why a question that asks for paragraphs and nothing else cannot be answered; () if it can.

        One that is cited in ``texts``, those of the passages found, is spoken of there, wherever it stands: "article 9
        of the Covenant".
        """
        if self.paragraphs or self.asks_more:
            return ()
        cited = {_key(pinpoint) for text in texts for pinpoint in pinpoints(text)} if self.missing else set()
        return tuple(m.reason for m in self.missing if not any(_key(m.pinpoint) == key for key in cited))


def named_in(question: str, addresses: Addresses) -> Named:
    """Return the paragraphs and documents that a question names outright; nothing where its words only might.

    A paragraph without a document is one of every document that labels a paragraph so, if those are few. Titles do not
    count but beside a paragraph: the title of one document may be the subject of many ("United States of America").
    """
    question = in_figures(question)
    citings = addresses.citings(question, titles=False)
    paragraphs: set[tuple[str, int]] = set()
    documents: set[str] = set()
    missing: list[Missing] = []
    said: list[tuple[int, int]] = [(c.start, c.end) for c in citings]
    for citing in citings:
        if len(citing.documents or ()) <= MOST_DOCUMENTS:
            documents |= {d.id for d in citing.documents or ()}
        if citing.pinpoint is None or citing.pinpoint.unit == "page":
            continue
        host = _host(question, citing, citings, addresses)
        places = _places(addresses, citing, host)
        if sum(len(place.paragraphs) for place in places) <= MOST_PARAGRAPHS:
            paragraphs |= {(place.document.id, p.number) for place in places for p in place.paragraphs}
        if host.aside:
            said.append((host.aside.start, host.aside.end))
        if not places and not host.unsure:
            missing.append(Missing(citing.pinpoint, _reason(question, citing.pinpoint, host, addresses)))
    if paragraphs and documents:  # "what does recital O of the resolution of 11 February 2021 say?"
        paragraphs = {p for p in paragraphs if p[0] in documents} or paragraphs
    more = bool(missing) and asks_more(question, said)
    return Named(frozenset(paragraphs), frozenset(documents), tuple(missing), not missing or more)


_JOINS = re.compile(r"\b(?:and|or|with|than|to|и|или|с)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Host:
    """The documents that a pinpoint is of, None if any will do, and the words that say so."""

    documents: tuple[Document, ...] | None
    aside: Aside | None = None
    unsure: bool = False  # of which of several documents it is


def _host(question: str, citing: Citing, citings: Sequence[Citing], addresses: Addresses) -> _Host:
    """Find what a pinpoint is of: named beside it, described after or before it, or named earlier in the question."""
    alone = [c for c in citings if c.pinpoint is None]
    after = described_after(question, citing.end, [(c.start, c.end) for c in alone])
    if citing.documents:
        return _Host(citing.documents, after)
    if citing.documents == ():
        if after is None:  # "of the document"
            return _Host(None)
        fitting = tuple(addresses.fitting(after.words))
        few = 0 < len(fitting) <= MOST_DOCUMENTS
        described = fitting if few else _described(question[after.start :], addresses)
        return _Host(described, after) if described else _of_some_kind(after, citing, addresses)
    for named in (c for c in reversed(alone) if c.documents and c.end <= citing.start):
        between = question[named.end : citing.start]
        if not asks_more(between, ()) and not _JOINS.search(between):  # "In a.txt, what does paragraph 4 say?"
            return _Host(named.documents)
    for before in (described_before(question, citing.start), led_in(question, citing.start)):
        if before is not None:
            found = tuple(addresses.fitting(before.words))
            if found and (before.outright or before.adjoining):
                return _Host(found, before)
            if before.particular:
                return _of_some_kind(before, citing, addresses)
    return _Host(None)


def _of_some_kind(aside: Aside, citing: Citing, addresses: Addresses) -> _Host:
    """Find what a pinpoint is of where no document is called as the words say, but one may be but for whose it is.

    That is the only one of that kind that labels such a paragraph: the EU's resolution bears the Parliament's name.
    """
    if not (aside.unsigned and citing.pinpoint):
        return _Host((), aside)
    kind = {document.id for document in addresses.called(aside.unsigned)}
    places = addresses.anywhere(citing.pinpoint)
    found = tuple(p.document for p in places if p.document.id in kind and all(q.label for q in p.paragraphs))
    only = len(found) == 1 and len(places) < MAX_PLACES  # beyond that, not all were looked at
    return _Host(found if only else (), aside, unsure=bool(found) and not only)


def _places(addresses: Addresses, citing: Citing, host: _Host) -> tuple[Place, ...]:
    """The places of a pinpoint in its host; where an article about a resolution fits, too, those that are labelled."""
    places = addresses.places(Citing(citing.start, citing.end, citing.pinpoint, host.documents))
    return tuple(place for place in places if all(p.label for p in place.paragraphs)) or places


def _reason(question: str, pinpoint: Pinpoint, host: _Host, addresses: Addresses) -> str:
    """Why a pinpoint has no place, in plain words."""
    words = question[pinpoint.start : pinpoint.end]
    if host.documents and len(host.documents) == 1:
        return NOT_IN.format(host.documents[0].title, words)
    if host.aside and host.aside.start >= pinpoint.end:
        return NOT_CALLED.format(question[pinpoint.start : host.aside.end].strip(" ,.?!").replace('"', "'"))
    if host.aside:
        return NOT_CALLED.format(f"{host.aside.words}, {words}".replace('"', "'"))
    by_number = pinpoint.unit == "para" and addresses.numbered(pinpoint) != ()
    return (NOT_LABELLED if by_number else NOT_CALLED).format(words)


def _key(pinpoint: Pinpoint) -> tuple[str, str]:
    return pinpoint.unit, label_key(pinpoint.items[0][0].removeprefix(OPERATIVE))


def _described(after: str, addresses: Addresses) -> tuple[Document, ...]:
    """Return the documents that the words after a pinpoint describe by kind, date and subject: "of the 2021 Kazakhstan
    resolution". The longest run of words that fits a few documents and says what kind of document it is counts, unless
    more is said of it that fits none: "the report on Uzbekistan" is no other report."""
    words = after.split()
    for n in range(min(len(words), MOST_WORDS), 0, -1):
        described = " ".join(words[:n])
        if any(kind_of(word) for word in split(described)):
            found = addresses.called(described)
            if found and len(found) <= MOST_DOCUMENTS:
                goes_on = introduces(words[n - 1]) or (n < len(words) and not words[n].islower())
                return () if goes_on else tuple(found)
    return ()


def named_passages(named: Named, catalogue: Catalogue, filters: Filters) -> list[int]:
    """Return the keys of the passages that hold the paragraphs named and pass the filters, in reading order."""
    kept = catalogue.passing(named.hosts, filters)
    places = [place for place in sorted(named.paragraphs) if place[0] in kept]
    return list(dict.fromkeys(key for place in places for key in catalogue.passage_keys(*place)))


def cited_in_full(named: Named, catalogue: Catalogue, filters: Filters) -> list[tuple[Document, Citation]]:
    """Cite the paragraphs named, each as a whole, in reading order; those of documents filtered out are left out."""
    kept = catalogue.passing(named.hosts, filters)
    found = []
    for document_id, number in sorted(named.paragraphs)[:MOST_QUOTED]:
        document = catalogue.document(document_id)
        if document is not None and document_id in kept:
            [paragraph] = catalogue.paragraphs(document_id, number, number)
            start, end = paragraph.char_start, paragraph.char_end
            found.append((document, cite(document, [paragraph], paragraph.text, start, end)))
    return found
