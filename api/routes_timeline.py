"""What the documents date: `GET /v1/timeline`."""

from __future__ import annotations

import threading
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request

from api import wire_timeline as wire
from api.library import Answering, Library
from api.metrics import Metrics
from api.problems import ASKING
from api.verified import Verifier, date_readings
from api.verified import citation as wire_citation
from api.verified import document as wire_document
from indexer.catalogue import Catalogue, Filters
from search.datekinds import DateKind
from search.timeline import Row, Timeline, TimelineQuery, TimelineResults

router = APIRouter(prefix="/v1", tags=["search"])
SECONDS = 2.0  # for which documents are read before the rows known so far are answered


class Timelines:
    """The timeline of the index that is served, kept from one request to the next with the dates it has read."""

    def __init__(self) -> None:
        self._opening = threading.Lock()
        self._of: tuple[Catalogue, Timeline] | None = None

    def of(self, engine: Answering) -> Timeline:
        """Return the timeline of an engine's documents."""
        with self._opening:
            if self._of is None or self._of[0] is not engine.catalogue:
                self._of = engine.catalogue, Timeline(engine.catalogue, engine.search)
            return self._of[1]


@router.get("/timeline", operation_id="timeline", summary="Tell what is dated, in the order of time", responses=ASKING)
async def timeline(request: Request, parameters: Annotated[wire.TimelineParameters, Query()]) -> wire.Timeline:
    """Return the dated statements of the passages that fit a question, or of all documents, each with its citation."""
    state = request.app.state
    library: Library = state.library
    return await library.read(_timeline, library, state.timelines, state.metrics, parameters)


def _timeline(
    library: Library, timelines: Timelines, metrics: Metrics, given: wire.TimelineParameters
) -> wire.Timeline:
    engine = library.engine()
    query = TimelineQuery(
        given.q.strip(), tuple(given.kind) or tuple(DateKind), given.since, given.until, filters(given),
        given.by_question, given.limit, given.offset,
    )  # fmt: skip
    with engine.catalogue.store.reading():  # else what was found may be gone when it is checked
        told = timelines.of(engine).rows(query, date.today(), SECONDS)
        return on_the_wire(told, query, Verifier(engine.catalogue, metrics.dropped.inc))


def filters(given: wire.TimelineParameters) -> Filters:
    """Return what to keep."""
    return Filters(
        tuple(given.source), tuple(given.publisher), tuple(given.language), tuple(given.media_type),
        given.date_from, given.date_to,
    )  # fmt: skip


def on_the_wire(told: TimelineResults, query: TimelineQuery, verifier: Verifier) -> wire.Timeline:
    """Return a timeline as it goes out: without a row whose sentence does not stand in its source."""
    return wire.Timeline(
        query=told.query,
        total=told.total,
        limit=query.limit,
        offset=query.offset,
        took_ms=round(told.took_ms, 2),
        index_version=told.index_version,
        dates=date_readings(told.dates),
        documents=told.documents,
        documents_read=told.read,
        rows=[_row(row) for row in told.rows if verifier.quotes(row.document, row.citation)],
    )


def _row(row: Row) -> wire.TimelineRow:
    quote, period = row.citation.text, row.period
    return wire.TimelineRow(
        date=None if period.yearless else period.start,
        date_end=None if period.yearless else period.end,
        precision=period.precision,
        kind=row.kind,
        yearless=period.yearless,
        text=quote[slice(*row.date)] if row.date else None,
        span=list(row.date) if row.date else None,
        quote=quote,
        document=wire_document(row.document),
        citation=wire_citation(row.document.id, row.citation),
    )
