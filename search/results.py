"""What comes back: citations, hits and answers. Text is always the words of the source."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from indexer.catalogue import Filters
from indexer.document import Document, Passage
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


class Status(StrEnum):
    """Whether the documents answer."""

    ANSWERED = "answered"
    UNANSWERABLE = "unanswerable"
    CONFLICTING = "conflicting"


@dataclass(frozen=True, slots=True)
class Quote:
    """The ``n``-th citation of an answer: a quote that stands in the source at the given characters."""

    n: int
    document: Document
    citation: Citation
    highlights: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer and the numbers of its citations; ``names`` are spans that stand out."""

    text: str
    citations: tuple[int, ...]
    names: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something on which sources differ: each value with the citations that give it."""

    about: str
    values: tuple[tuple[str, tuple[int, ...]], ...]


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
    dropped: tuple[Dropped, ...] = ()
    writer_failure: str = ""

    @property
    def text(self) -> str:
        """The sentences, one after the other."""
        return " ".join(sentence.text for sentence in self.sentences)
