"""Addresses: from a written reference to the paragraphs of the corpus that it names, and never to a guess.

"resolution 2021 recital O" names a document and a paragraph; "para. 8" a paragraph of any document that has one, or of
the document it stands in. What fits several documents gives several places; what fits none gives none.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from indexer.catalogue import Catalogue
from indexer.document import Document, Paragraph
from search.mentions import Mention, mentions
from search.naming import Register
from search.references import Pinpoint, label_key, pinpoints

MAX_PLACES = 50  # documents that one reference may fit before the rest is left out
_KINDS = {
    "para": ("para", "subpara"), "recital": ("recital",), "citation": ("citation",), "footnote": ("footnote",),
    "section": ("section",),
}  # fmt: skip
_HEADED = {
    "section": r"(?:section|sec\.|chapter|part|раздел|глава|часть|kapitel|chapitre|capítulo)",
    "article": r"(?:article|art\.|artículo|artikel|статья|ст\.)",
}
_SEPARATORS = " \t\r\n\u00a0,;:.()[]\"'“”«»„—–-"


@dataclass(frozen=True, slots=True)
class Place:
    """A document and those of its paragraphs that a reference names, in reading order; none means the document."""

    document: Document
    paragraphs: tuple[Paragraph, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a reference was read as: its pinpoint if it has one, whether it names a document, and the places it fits."""

    pinpoint: Pinpoint | None
    names_document: bool
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A reference at ``start:end`` of a text, and the place it leads to."""

    start: int
    end: int
    place: Place


class Addresses:
    """Resolves references over a catalogue; safe to use from many threads."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._registered: tuple[int, Register] | None = None
        self._registering = threading.Lock()
        self._read = lru_cache(maxsize=256)(self._read_labels)

    @property
    def register(self) -> Register:
        """The names of the documents, read again when the index has changed."""
        with self._registering:
            generation = self.catalogue.store.generation
            if self._registered is None or self._registered[0] != generation:
                self._registered = (generation, Register(self.catalogue))
            return self._registered[1]

    def resolve(self, reference: str, document_id: str | None = None) -> Resolution:
        """Resolve a reference that someone typed, within one document if that is known already."""
        reference = " ".join(reference.split())
        named = self.catalogue.named(reference) if document_id is None and reference else []
        if named:
            return Resolution(None, True, tuple(Place(d) for d in named[:MAX_PLACES]))
        found = pinpoints(reference, typed=True)
        if not found:
            return self._without_unit(reference, document_id)
        pinpoint = found[-1]
        about = f"{reference[: pinpoint.start]} {reference[pinpoint.end :]}".strip(_SEPARATORS)
        documents = self._documents(about, document_id)
        if documents is None:
            return Resolution(
                pinpoint, False, self._places(self.catalogue.with_label(label_key(pinpoint.items[0][0])), pinpoint)
            )
        return Resolution(pinpoint, document_id is None, self._places(documents, pinpoint))

    def paragraphs(self, document_id: str, pinpoint: Pinpoint) -> list[Paragraph]:
        """Return the paragraphs of a document that a pinpoint names; [] unless each of its items is there."""
        numbers: list[int] = []
        for first, last in pinpoint.items:
            begin = self._number(document_id, pinpoint.unit, first)
            end = self._number(document_id, pinpoint.unit, last, at_end=True) if last else None
            if not begin or (last and (not end or end[-1] < begin[0])):
                return []
            numbers += self._between(document_id, pinpoint.unit, begin[0], end[-1]) if end else begin
        found = {n: p for n in dict.fromkeys(numbers) for p in self.catalogue.paragraphs(document_id, n, n)}
        return list(found.values())

    def links(self, text: str, document_id: str) -> list[Link]:
        """Find the references in a text of a document that lead somewhere in the corpus, in order, not overlapping."""
        found = pinpoints(text)
        named = mentions(text)
        links: list[Link] = []
        for at, pinpoint in enumerate(found):
            before = found[at - 1] if at else None
            mention, foreign = _document_of(text, pinpoint, named, before)
            documents = self.register.mentioned(mention) if mention else []
            if mention is None and not foreign:
                own = self.catalogue.document(document_id)
                documents = [own] if own else []
            places = self._places(documents, pinpoint)
            if len(places) == 1 and pinpoint.unit not in ("page", "article"):
                links.append(Link(pinpoint.start, pinpoint.end, places[0]))
        for mention in named:
            documents = self.register.mentioned(mention)
            if len(documents) == 1 and documents[0].id != document_id:
                links.append(Link(mention.start, mention.end, Place(documents[0])))
        return sorted(links, key=lambda link: link.start)

    # -- documents

    def _documents(self, about: str, document_id: str | None) -> list[Document] | None:
        """The documents that the words around a pinpoint fit; None if they name none, and any will do."""
        if document_id is not None:
            own = self.catalogue.document(document_id)
            return [own] if own else []
        if not about:
            return None
        titled = list({d.id: d for _, _, d in self.register.titles_in(about)}.values())
        named = self.catalogue.named(about)
        return named or titled or self.register.called(about)

    def _without_unit(self, reference: str, document_id: str | None) -> Resolution:
        """A reference without a unit word: a label as it stands ("O", "124.40"), else a document."""
        if document_id is not None:
            paragraph = self.catalogue.paragraph(document_id, reference)
            own = self.catalogue.document(document_id)
            return Resolution(None, False, (Place(own, (paragraph,)),) if paragraph and own else ())
        documents = self._documents(reference, None) or []
        if documents:
            return Resolution(None, True, tuple(Place(d) for d in documents[:MAX_PLACES]))
        about, _, label = reference.rpartition(" ")
        if re.fullmatch(r"[\w.()]{1,12}", label):
            within = (
                self._documents(about.strip(_SEPARATORS), None)
                if about
                else self.catalogue.with_label(label_key(label))
            )
            places = [Place(d, (p,)) for d in within or () if (p := self._labelled(d.id, label))]
            return Resolution(None, bool(about), tuple(places[:MAX_PLACES]))
        return Resolution(None, False, ())

    def _places(self, documents: Sequence[Document], pinpoint: Pinpoint) -> tuple[Place, ...]:
        places: list[Place] = []
        for document in documents:
            if len(places) < MAX_PLACES and (found := self.paragraphs(document.id, pinpoint)):
                places.append(Place(document, tuple(found)))
        return tuple(places)

    # -- paragraphs

    def _labels(self, document_id: str) -> dict[tuple[str, str], int]:
        return self._read(self.catalogue.store.generation, document_id)

    def _labelled(self, document_id: str, label: str) -> Paragraph | None:
        """The paragraph of this label, of whatever kind; never by its number."""
        for unit in ("para", "recital", "section"):
            if numbers := self._labels(document_id).get((unit, label_key(label))):
                return self.catalogue.paragraphs(document_id, numbers, numbers)[0]
        return None

    def _number(self, document_id: str, unit: str, token: str, *, at_end: bool = False) -> list[int]:
        """The numbers of the paragraphs that one item names: several only for a page."""
        if unit == "page":
            if not token.isdecimal():
                return []
            return [p.number for p in self.catalogue.paragraphs(document_id) if p.page == int(token)]
        if number := self._labels(document_id).get((unit, label_key(token))):
            return [number]
        if unit in _HEADED and not at_end:
            return self._headed(document_id, unit, token)
        if unit == "para" and token.isdecimal():  # as Pincite itself cites a paragraph that has no label
            return [p.number for p in self.catalogue.paragraphs(document_id, int(token), int(token)) if not p.label]
        return []

    def _headed(self, document_id: str, unit: str, token: str) -> list[int]:
        """The paragraph that opens with the unit and the token: "Article 5. Everyone ..."."""
        opens = re.compile(rf"{_HEADED[unit]}\s+{re.escape(token)}(?![\w])(?!\.\d)", re.IGNORECASE)
        found = [p.number for p in self.catalogue.paragraphs(document_id) if opens.match(p.text) and p.label is None]
        return found if len(found) == 1 else []

    def _between(self, document_id: str, unit: str, first: int, last: int) -> list[int]:
        """The paragraphs of a range: those that are labelled as its ends are, or all of a page range."""
        kinds = _KINDS.get(unit)
        found = self.catalogue.paragraphs(document_id, first, last)
        return [p.number for p in found if kinds is None or p.label_kind in kinds]

    def _read_labels(self, generation: int, document_id: str) -> dict[tuple[str, str], int]:
        """The number of each labelled paragraph, by unit and the label without its unit word."""
        labels: dict[tuple[str, str], int] = {}
        for p in self.catalogue.paragraphs(document_id):
            for unit, kinds in _KINDS.items():
                if p.label and p.label_kind in kinds:
                    bare = re.sub(rf"^(?:{unit}) ", "", p.label)
                    labels.setdefault((unit, label_key(bare)), p.number)
        return labels


_OF_THIS = re.compile(
    r"\s*(?:above|below|hereof|(?:of|in)\s+(?:this|the\s+present)\b|выше|ниже|настоящ\w+|oben|unten|ci-dessus)", re.I
)
_OF_ANOTHER = re.compile(
    r"\s*,?\s*(?:of|in|to|from|under)\s+\w|\s*,?\s*(?:приложени|резолюци|доклад|стать|конвенц|пакт|закон|договор|"
    r"кодекс|указ|решени|постановлени)\w+|\s+(?:der|des|du|de\s+la|del?)\s+\w", re.I
)  # fmt: skip
_WITHIN_ANOTHER = re.compile(r"^\s*,?\s*$")


def _document_of(
    text: str, pinpoint: Pinpoint, named: Sequence[Mention], before: Pinpoint | None
) -> tuple[Mention | None, bool]:
    """The document that a pinpoint in a text is of, if it is named beside it, and whether it is of another one.

    "paragraph 5 of the annex to resolution 16/21" is of another document, whether or not the corpus has it; so is
    "article 9, paragraph 2" of a treaty.
    """
    if _OF_THIS.match(text, pinpoint.end):
        return None, False
    for mention in named:
        between_after = text[pinpoint.end : mention.start]
        between_before = text[mention.end : pinpoint.start]
        if mention.start >= pinpoint.end and re.fullmatch(
            r"\s*,?\s*(?:of|in|to|from|из)?\s*(?:the|its)?\s*\(?", between_after
        ):
            # "paragraph 15 (a) (A/HRC/...)" tells where the document is that the paragraph asks for
            return mention, True
        if mention.end <= pinpoint.start and re.fullmatch(r"[\s,;:()]*(?:at|in|\(\d+\))?[\s,]*", between_before):
            return mention, True
    if _OF_ANOTHER.match(text, pinpoint.end):
        return None, True
    within = (
        before is not None and before.unit == "article" and _WITHIN_ANOTHER.match(text[before.end : pinpoint.start])
    )
    return None, bool(within)
