"""What comes back: citations, hits and answers. Text is always the words of the source."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from indexer.catalogue import Filters
from indexer.document import Document, Passage
from search.askeddates import DateReading
from search.query import Mode

Span = tuple[int, int]
EXTRACTIVE = "extractive"  # the writer of answers that are the words of the sources


@dataclass(frozen=True, slots=True)
class Citation:
    """Where words stand: ``text_of(document)[char_start:char_end] == text``, within these paragraphs."""

    paragraph: int
    paragraph_end: int
    label: str | None
    label_kind: str | None
    page: int | None
    char_start: int
    char_end: int
    text: str
    permalink: str
    hidden: tuple[Span, ...] = ()  # of ``text``, what a reader of the original does not see


@dataclass(frozen=True, slots=True)
class Hit:
    """A ranked passage. ``highlights`` are spans of ``passage.text``; ``dense`` is its cosine and ``lexical`` its BM25
    score where that side found it; ``explain`` says what each stage gave."""

    rank: int
    score: float
    passage: Passage
    document: Document
    citation: Citation
    heading_path: tuple[str, ...] = ()
    highlights: tuple[Span, ...] = ()
    duplicates: tuple[Hit, ...] = ()
    dense: float | None = None
    lexical: float | None = None
    explain: dict[str, float | str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Results:
    """The hits of one query over one generation of the index; facets are field -> (value, count)."""

    query: str
    mode: Mode
    total: int
    took_ms: float
    index_version: str
    facets: dict[str, tuple[tuple[str, int], ...]]
    hits: tuple[Hit, ...]
    filters: Filters = field(default_factory=Filters)
    dates: tuple[DateReading, ...] = ()


class Status(StrEnum):
    """Whether the documents answer."""

    ANSWERED = "answered"
    UNANSWERABLE = "unanswerable"
    CONFLICTING = "conflicting"


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a document: ``text_of(document)[char_start:char_end] == text``."""

    text: str
    char_start: int
    char_end: int


@dataclass(frozen=True, slots=True)
class Said:
    """Who says a quote and how, in words of its document; None where it does not tell.

    ``author`` is who adopted the text that it stands in, ``standing`` its part there ("citation", "recital",
    "operative"); ``quoted`` says that it stands in speech that the document quotes.
    """

    speaker: Words | None = None
    verb: Words | None = None
    author: Words | None = None
    standing: str | None = None
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """The ``n``-th citation of an answer: a quote that stands in the source at the given characters.

    ``repeats`` is the citation that it reprints or quotes: both are one source.
    """

    n: int
    document: Document
    citation: Citation
    highlights: tuple[Span, ...] = ()
    said: Said | None = None
    repeats: int | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer and the numbers of its citations; ``names`` are spans that stand out."""

    text: str
    citations: tuple[int, ...]
    names: tuple[Span, ...] = ()


class Disagreement(StrEnum):
    """How two accounts of one event differ: they cannot both be true, one is of later, or one is of more or less."""

    CONFLICT = "conflict"
    LATER = "later development"
    SCOPE = "different scope"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something on which sources differ: each value, in the words of the source, with the citations that give it.

    ``aspect`` is what differs: "date", "number", "duration", "amount", "place" or "outcome"; ``about`` the words for
    what happened. ``years`` has, for a date that names no year, the value and the years it can be of by its document.
    """

    about: str
    values: tuple[tuple[str, tuple[int, ...]], ...]
    kind: Disagreement = Disagreement.CONFLICT
    aspect: str = ""
    years: tuple[tuple[str, tuple[int, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """One of those that a question asks for: the name, all its spellings, and the citations that name it."""

    name: str
    variants: tuple[str, ...]
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LookedAt:
    """How far members were looked for: in so many of the best passages, from so many documents."""

    passages: int
    documents: int


@dataclass(frozen=True, slots=True)
class Dropped:
    """A sentence that a writer wrote and that is not part of the answer, and why not."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in the words of the sources; ``reasons`` say why there is none, ``confidence`` in [0, 1] how likely the
    documents answer at all. ``writer`` is who put it into words; ``writer_failure`` why the one that is set did not."""

    question: str
    status: Status
    sentences: tuple[Sentence, ...]
    quotes: tuple[Quote, ...]
    conflicts: tuple[Conflict, ...]
    hits: tuple[Hit, ...]
    took_ms: float
    index_version: str
    writer: str = EXTRACTIVE
    reasons: tuple[str, ...] = ()
    confidence: float = 0.0
    members: tuple[Member, ...] = ()
    looked_at: LookedAt | None = None
    dates: tuple[DateReading, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    writer_failure: str = ""

    @property
    def text(self) -> str:
        """The sentences, one after the other."""
        return " ".join(sentence.text for sentence in self.sentences)

    @property
    def list_answers(self) -> bool:
        """Whether the members are the answer: none of them is named in a sentence, they stand elsewhere."""
        told = {n for sentence in self.sentences for n in sentence.citations}
        return bool(self.members) and all(told.isdisjoint(member.citations) for member in self.members)
