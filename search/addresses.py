"""Addresses: from a written reference to the paragraphs of the corpus that it names, and never to a guess.

"resolution 2021 recital O" names a document and a paragraph; "para. 8" a paragraph of any document that has one, or of
the document it stands in. What fits several documents gives several places; what fits none gives none.
"""

from __future__ import annotations

import re
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

from indexer.catalogue import Catalogue
from indexer.document import Document, Paragraph
from search.asides import OPERATIVE, is_of_another, name_before, pinpoints_in
from search.mentions import mentions
from search.naming import Register
from search.references import Pinpoint, label_key

MAX_PLACES = 50  # documents that one reference may fit before the rest is left out
_LABEL_WORDS = 8  # of a label that is written without a unit: "To the European Union, 1"
_NEAR = 300  # characters within which what stands beside a pinpoint lies
_KINDS = {
    "para": ("para", "subpara"), "recital": ("recital",), "citation": ("citation",), "footnote": ("footnote",),
    "section": ("section",),
}  # fmt: skip
_HEADED = {
    "section": r"(?:section|sec\.|chapter|part|раздел|глава|часть|kapitel|chapitre|capítulo)",
    "article": r"(?:article|art\.|artículo|artikel|статья|ст\.)",
}
_POSSESSIVE = re.compile(r"(?<=\w)[’'](?:s\b|(?=\s))", re.IGNORECASE)
_SEPARATORS = " \t\r\n\u00a0,;:.()[]\"'“”«»„—–-"


@dataclass(frozen=True, slots=True)
class Place:
    """A document and those of its paragraphs that a reference names, in reading order; none means the document."""

    document: Document
    paragraphs: tuple[Paragraph, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a reference was read as: its pinpoint if it has one, and the places it fits."""

    pinpoint: Pinpoint | None
    places: tuple[Place, ...]


_Named = tuple[int, int, tuple[Document, ...]]  # where a text names documents, and which


@dataclass(frozen=True, slots=True)
class Link:
    """A reference at ``start:end`` of a text, and the place it leads to."""

    start: int
    end: int
    place: Place


@dataclass(frozen=True, slots=True)
class Citing:
    """What a text cites at ``start:end``: a pinpoint, a document, or both.

    ``documents`` are those of the corpus that are named; () if the one named is not among them; None if none is named,
    so that a pinpoint is of the text's own document, or of one that it named before.
    """

    start: int
    end: int
    pinpoint: Pinpoint | None
    documents: tuple[Document, ...] | None


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
            return Resolution(None, tuple(Place(d) for d in named[:MAX_PLACES]))
        pinpoint, about = _taken_apart(reference)
        if pinpoint is None:
            return self._without_unit(reference, document_id)
        documents = self._documents(about, document_id)
        if documents is None:
            return Resolution(pinpoint, self.anywhere(pinpoint))
        return Resolution(pinpoint, self._places(documents, pinpoint))

    def whole(self, text: str) -> Citing | None:
        """Read all of a text as one reference, as `resolve` does; None unless it names documents that are here."""
        pinpoint, about = _taken_apart(" ".join(text.split()))
        documents = self._documents(about, None) or []
        return Citing(0, len(text), pinpoint, tuple(documents)) if documents else None

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

    def counted(self, document_id: str, pinpoint: Pinpoint) -> list[Paragraph]:
        """Return the unlabelled paragraph that Pincite cites by this number, even where another is labelled so."""
        [(number, last), *others] = pinpoint.items
        if pinpoint.unit != "para" or last or others or not number.isdecimal():
            return []
        return [p for p in self.catalogue.paragraphs(document_id, int(number), int(number)) if not p.label]

    def citings(self, text: str, *, titles: bool = True) -> list[Citing]:
        """Find what a text cites, in order: pinpoints with the document named beside them, and documents alone.

        Without ``titles``, a title names its document beside a pinpoint only, since it may be any text's subject.
        """
        titled = self._titled_in(text)
        exact = _apart([self.register.files_in(text), titled])
        named = _apart([exact, [(m.start, m.end, tuple(self.register.mentioned(m))) for m in mentions(text)]])
        found: list[Citing] = []
        before: Pinpoint | None = None
        for pinpoint in pinpoints_in(text):
            if any(start <= pinpoint.start and pinpoint.end <= end for start, end, _ in _near(exact, pinpoint)):
                continue  # a part of the name
            documents = _named_beside(text, pinpoint, _near(named, pinpoint))
            if documents is None:
                documents = self._published(text, pinpoint)
            if documents is None and is_of_another(text, pinpoint, before):
                said = name_before(text, pinpoint.start)  # "Annual report 2022, para 1.3"
                documents = tuple(self.register.called(said)) if said else ()
            found.append(Citing(pinpoint.start, pinpoint.end, pinpoint, documents))
            before = pinpoint
        alone = named if titles else [n for n in named if n not in titled]
        found += [Citing(start, end, None, documents) for start, end, documents in alone]
        return sorted(found, key=lambda c: (c.start, c.end))

    def _titled_in(self, text: str) -> list[_Named]:
        """Where titles stand in a text, each with all documents that bear it."""
        found: dict[tuple[int, int], tuple[Document, ...]] = {}
        for start, end, document in self.register.titles_in(text):
            found[start, end] = (*found.get((start, end), ()), document)
        return [(start, end, documents) for (start, end), documents in found.items()]

    def _published(self, text: str, pinpoint: Pinpoint) -> tuple[Document, ...] | None:
        """The documents of a publisher that stands for them beside a pinpoint ("commonspace.eu, paragraph 4").

        Anything more that is said of the document may make it one that is not there, so it is left to others to read.
        """
        begin = max(0, pinpoint.start - _NEAR)
        near = self.register.publishers_in(text[begin : pinpoint.end + _NEAR])
        for start, end, documents in [(begin + start, begin + end, documents) for start, end, documents in near]:
            if end <= pinpoint.start and _BESIDE_BEFORE.fullmatch(text, end, pinpoint.start):
                if _NOTHING_BEFORE.search(text, max(0, start - _NEAR), start):
                    return documents
            elif _OF_NAMED.fullmatch(text, pinpoint.end, max(start, pinpoint.end)) and _NOTHING_AFTER.match(text, end):
                return documents
        return None

    def links(self, text: str, document_id: str) -> list[Link]:
        """Find the references in a text of a document that lead to one place in the corpus, in order."""
        own = self.catalogue.document(document_id)
        links: list[Link] = []
        for citing in self.citings(text):
            documents = [own] if citing.documents is None and own else list(citing.documents or ())
            if citing.pinpoint is None:
                places = tuple(Place(d) for d in documents if d.id != document_id)
            elif citing.pinpoint.unit == "page" or (citing.pinpoint.unit == "article" and citing.documents is None):
                places = ()  # pages of paper, and articles of laws that the text has named before
            else:
                places = self._places(documents, citing.pinpoint)
            if len(places) == 1:
                links.append(Link(citing.start, citing.end, places[0]))
        return links

    def anywhere(self, pinpoint: Pinpoint) -> tuple[Place, ...]:
        """Return the places of a pinpoint in whatever documents label a paragraph so, or in the only one there is."""
        token = pinpoint.items[0][0]
        endings = dict.fromkeys(label_key(t) for t in (token, token.removeprefix(OPERATIVE)))
        found = (self._places(self.catalogue.with_label(ending), pinpoint) for ending in endings)
        labelled: tuple[Place, ...] = next(filter(None, found), ())
        documents = self.register.documents
        return labelled or (self._places(documents, pinpoint) if len(documents) == 1 else ())

    def numbered(self, pinpoint: Pinpoint) -> tuple[Place, ...] | None:
        """Return the places of a pinpoint by label or number in any document; None if they are too many to look at."""
        if pinpoint.unit == "para":
            documents = self.register.documents
            return self._places(documents, pinpoint) if len(documents) <= MAX_PLACES else None
        places = self.anywhere(pinpoint)
        return places if len(places) < MAX_PLACES else None

    def places(self, citing: Citing) -> tuple[Place, ...]:
        """Return the places that the pinpoint of a citing fits, in whatever documents if it names none."""
        if citing.pinpoint is None:
            return tuple(Place(d) for d in citing.documents or ())
        if citing.documents is None:
            return self.anywhere(citing.pinpoint)
        return self._places(citing.documents, citing.pinpoint)

    def has_unit(self, document_id: str, unit: str) -> bool:
        """Whether a document calls any of its paragraphs by this unit, or has pages if that is the unit."""
        if unit == "page":
            return any(p.page for p in self.catalogue.paragraphs(document_id, 1, 20))
        return any(kind == unit for kind, _ in self._labels(document_id))

    # -- documents

    def fitting(self, words: str) -> list[Document]:
        """Return the documents that words name as a whole: by file, id or folder, by title, or all by what they say."""
        return self._documents(words.strip(_SEPARATORS), None) or []

    def _documents(self, about: str, document_id: str | None) -> list[Document] | None:
        """The documents that the words around a pinpoint fit; None if they name none, and any will do."""
        if document_id is not None:
            own = self.catalogue.document(document_id)
            return [own] if own else []
        if not about:
            return None
        titled = list({d.id: d for _, _, d in self.register.titles_in(about)}.values())
        named = self.catalogue.named(about)
        return named or titled or self.called(about)

    def called(self, words: str) -> list[Document]:
        """Return the documents that all words fit, those that say whose it is without their ending, else with it."""
        return self.register.called(_POSSESSIVE.sub("", words)) or self.register.called(words)

    def _without_unit(self, reference: str, document_id: str | None) -> Resolution:
        """A reference without a unit word: a label as it stands ("O", "124.40"), else a document."""
        if document_id is not None:
            paragraph = self.catalogue.paragraph(document_id, reference)
            own = self.catalogue.document(document_id)
            return Resolution(None, (Place(own, (paragraph,)),) if paragraph and own else ())
        documents = self._documents(reference, None) or []
        if documents:
            return Resolution(None, tuple(Place(d) for d in documents[:MAX_PLACES]))
        words = reference.split(" ")
        for n in range(min(len(words), _LABEL_WORDS), 0, -1):
            about, label = " ".join(words[:-n]).strip(_SEPARATORS), " ".join(words[-n:])
            if n > 1 or re.fullmatch(r"[\w.()]{1,12}", label):
                within = self._documents(about, None) if about else self.catalogue.with_label(label_key(label))
                if places := [Place(d, (p,)) for d in within or () if (p := self._labelled(d.id, label))]:
                    return Resolution(None, tuple(places[:MAX_PLACES]))
        return Resolution(None, ())

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
        labels = self._labels(document_id)
        if token.startswith(OPERATIVE):
            bare = token.removeprefix(OPERATIVE)
            if any(label.startswith("operative") for _, label in labels):
                keys = [(unit, label_key(label)) for label in (token, f"{OPERATIVE}({bare})")]
                return [labels[key] for key in keys if key in labels][:1]
            token = bare  # the document, a resolution, has one count only
        if number := labels.get((unit, label_key(token))):
            return [number]
        if unit in _HEADED and not at_end:
            return self._headed(document_id, unit, token)
        if unit == "para" and token.isdecimal():  # as Pincite itself cites a paragraph that has no label
            return [p.number for p in self.counted(document_id, Pinpoint(unit, ((token, None),), 0, 0))]
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


_BESIDE_AFTER = re.compile(
    r"\s*,?\s*\(?[\"'`“„«‘]?|\s*,?\s*(?:of|in|to|from|из|в)\s+(?:(?!annex|appendi|protocol)[\w’'-]+\s+){0,7}[\"'`“„«‘]?",
    re.IGNORECASE,
)
_OF_NAMED = re.compile(r"\s*,?\s*(?:of|from|из)\s+(?:the\s+)?[\"'`“„«‘]?", re.IGNORECASE)
_NOTHING_BEFORE = re.compile(r"(?:^|[(\[;:.,—–\"'“„«])\s*(?:(?:see|cf\.?|in|the|also|and|см\.?)\s+)*$", re.IGNORECASE)
_NOTHING_AFTER = re.compile(r"[’'”»\"`]*\s*(?:$|[.,;:!?)\]]|(?:says?|said|states?|reads?)\b)", re.IGNORECASE)
_BESIDE_BEFORE = re.compile(
    r"[\s,;:()\[\]’”“»\"'`*_]*(?:s\s+)?(?:(?:and\s+)?(?:in\s+particular|particularly|especially|notably|including|в\s+частности|"
    r"в\s+том\s+числе)\b[\s,(]*|and\s+(?=its\b)|и\s+(?=е(?:го|ё|е)\b))?"
    r"(?:(?:at|in|its|the|operative|его|её|ее|в)\b\s*|\(\d{1,3}\))*[\s,(]*",
    re.IGNORECASE,
)


def _taken_apart(reference: str) -> tuple[Pinpoint | None, str]:
    """The last pinpoint of a reference as someone typed it, if any, and what is said besides."""
    found = pinpoints_in(reference, typed=True)
    if not found:
        return None, reference
    return found[-1], f"{reference[: found[-1].start]} {reference[found[-1].end :]}".strip(_SEPARATORS)


def _apart(groups: Sequence[Sequence[_Named]]) -> list[_Named]:
    """Join what names documents, in order: of two that overlap, that of the earlier group stays, else the longer."""
    kept: list[_Named] = []
    for group in groups:
        for named in sorted(group, key=lambda n: n[0] - n[1]):
            at = bisect_left(kept, named[0], key=itemgetter(0))
            if (not at or kept[at - 1][1] <= named[0]) and (at == len(kept) or named[1] <= kept[at][0]):
                kept.insert(at, named)
    return kept


def _near(named: Sequence[_Named], pinpoint: Pinpoint) -> Sequence[_Named]:
    """What is named near a pinpoint, of names in order that do not overlap."""
    first = bisect_left(named, pinpoint.start - _NEAR, key=itemgetter(1))
    return named[first : bisect_right(named, pinpoint.end + _NEAR, key=itemgetter(0))]


def _named_beside(text: str, pinpoint: Pinpoint, named: Sequence[_Named]) -> tuple[Document, ...] | None:
    """The documents named beside a pinpoint: before it ("A/HRC/28/10, para. 5") or after ("recital O of ...")."""
    for start, _, documents in named:  # not a.txt in "paragraph 3 of a.txt, paragraph 5 of b.txt"
        if start > pinpoint.end and _OF_NAMED.fullmatch(text, pinpoint.end, start):
            return documents
    for start, end, documents in named:
        if end <= pinpoint.start and _BESIDE_BEFORE.fullmatch(text, end, pinpoint.start):
            return documents
        if start >= pinpoint.end and _BESIDE_AFTER.fullmatch(text, pinpoint.end, start):
            return documents
    return None
