"""The timeline: what the documents date, in the order of time, each row a sentence of a document with its citation."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from indexer.catalogue import Catalogue, Filters
from indexer.document import Document
from indexer.sentences import sentences
from search.askeddates import DateReading, dates_asked
from search.calendar import DAY, Period, of_iso
from search.citations import cite
from search.dated import Dated, DatedTexts
from search.datekinds import DateKind
from search.filtered import as_spelled
from search.query import Query
from search.results import Citation, Results, Span

PASSAGES: Final = 30  # the best passages for a question, whose dates are told
_ORDERS_KEPT: Final = 4


@dataclass(frozen=True, slots=True)
class TimelineQuery:
    """What to tell: of a question's passages, or of all documents if ``text`` is empty.

    ``since`` and ``until`` (ISO 8601: day, month or year) bound the times told, ``kinds`` says which dates.
    With ``by_question`` the dates in the question bound them too.
    """

    text: str = ""
    kinds: tuple[DateKind, ...] = tuple(DateKind)
    since: str | None = None
    until: str | None = None
    filters: Filters = field(default_factory=Filters)
    by_question: bool = True
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A dated statement: ``citation`` is the sentence, ``date`` where the date stands in it, () if nowhere."""

    period: Period
    kind: DateKind
    document: Document
    citation: Citation
    date: Span | tuple[()]


@dataclass(frozen=True, slots=True)
class TimelineResults:
    """The rows asked for, by time, those whose year is not known last.

    ``read`` of ``documents`` were read: while it is fewer, not all rows are known yet.
    """

    query: str
    total: int
    rows: tuple[Row, ...]
    dates: tuple[DateReading, ...]
    documents: int
    read: int
    took_ms: float
    index_version: str


class Timeline:
    """Tells what the documents of one index date."""

    def __init__(self, catalogue: Catalogue, search: Callable[[Query], Results]) -> None:
        self._catalogue = catalogue
        self._search = search
        self._texts = DatedTexts(catalogue)
        self._keeping = threading.Lock()
        self._put_in_order: dict[
            tuple[str, TimelineQuery], tuple[list[Dated], int]
        ] = {}  # of whole corpora, newest last

    def rows(self, query: TimelineQuery, today: date, seconds: float | None = None) -> TimelineResults:
        """Return the rows of a query; in ``seconds`` as many documents as can be read. Raises `BadQuery`."""
        began = time.perf_counter()
        with self._catalogue.store.reading():
            version = str(self._catalogue.store.generation)
            told, readings, documents, read = self._told(query, today, seconds, version)
            rows = [self._row(dated) for dated in told[query.offset : query.offset + query.limit]]
        took = (time.perf_counter() - began) * 1000
        return TimelineResults(
            query.text, len(told), tuple(rows), tuple(readings), documents, read, took, version
        )  # fmt: skip

    def _told(
        self, query: TimelineQuery, today: date, seconds: float | None, version: str
    ) -> tuple[list[Dated], list[DateReading], int, int]:
        """What is told, in order; how the question's dates were read; how many documents there are, and were read."""
        if query.text:
            results = self._search(Query(query.text, limit=PASSAGES, filters=query.filters))
            found, documents = self._of_passages(results)
            readings = dates_asked(results.query, today)
            return sorted(_kept(found, query, readings), key=_order), readings, documents, documents
        asked = version, replace(query, limit=0, offset=0)
        kept = self._put_in_order.get(asked)
        if kept is None:
            matching = self._catalogue.matching(as_spelled(query.filters, self._catalogue))
            found, read = self._texts.read(matching, seconds)
            told = sorted(_kept(found, query, ()), key=_order)
            if read < len(matching):
                return told, [], len(matching), read
            kept = told, read
            with self._keeping:
                while len(self._put_in_order) >= _ORDERS_KEPT:
                    del self._put_in_order[next(iter(self._put_in_order))]
                self._put_in_order[asked] = kept
        return kept[0], [], kept[1], kept[1]

    def _of_passages(self, results: Results) -> tuple[list[Dated], int]:
        """The dates in the passages that fit a question, each once though passages overlap, and of how many texts."""
        found = {
            (d.document.id, d.start): d for hit in results.hits for d in self._texts.within(hit.passage, hit.document)
        }
        return list(found.values()), len({hit.document.id for hit in results.hits})

    def _row(self, dated: Dated) -> Row:
        """Cite the sentence that a date stands in."""
        [paragraph] = self._catalogue.paragraphs(dated.document.id, dated.paragraph, dated.paragraph)
        at = dated.start - paragraph.char_start
        spans = sentences(paragraph.text)
        start, end = next(((a, b) for a, b in spans if a <= at < b), (0, len(paragraph.text)))
        end = max(end, dated.end - paragraph.char_start)  # a full stop in a date may have ended a sentence
        begin = paragraph.char_start + start
        citation = cite(dated.document, [paragraph], paragraph.text[start:end], begin, paragraph.char_start + end)
        written = () if dated.start == dated.end else (dated.start - begin, dated.end - begin)
        return Row(dated.period, dated.kind, dated.document, citation, written)


def _kept(found: Iterable[Dated], query: TimelineQuery, readings: Sequence[DateReading]) -> list[Dated]:
    since, until = of_iso(query.since), of_iso(query.until)
    window = Period(since.first if since else None, until.last if until else None, DAY) if since or until else None
    asked = readings if query.by_question else ()
    return [
        dated
        for dated in found
        if dated.kind in query.kinds
        and (window is None or (not dated.period.yearless and window.touches(dated.period.named)))
        and (not asked or any(reading.fits(dated.period) for reading in asked))
    ]


def _order(dated: Dated) -> tuple[bool, date, date, str, int]:
    """By time; of those that begin together the shorter first, then as the documents are read."""
    named = dated.period.named
    first, last = named.first or date.min, named.last or date.max
    return dated.period.yearless, first, last, dated.document.source, dated.start
