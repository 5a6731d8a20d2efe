"""Searching and asking: `GET /v1/search` and `POST /v1/ask`."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from api import wire, wire_status
from api.asking import Asking
from api.library import Library
from api.metrics import Metrics
from api.problems import ASKING, documented, no_parameters, problem_of
from api.verified import Verifier
from api.writer import Writer
from indexer.catalogue import Filters
from search import query as asked
from search.results import Results

router = APIRouter(prefix="/v1", tags=["search"])
_EVENTS = (
    "The answer; or, with `stream`, server-sent events: `passages` (hits, once they are ranked), `citation` (one, "
    "before the sentence that uses it), `delta` (`{text, citations, names}`, one sentence), `conflict`, and at the end "
    "`done` (the whole answer, which is what counts) or `error` (a problem). Where a writer writes, also `dropped` "
    "(`{text, reason}`), and `withdrawn` (`{reason}`) if it fails: what came before is not the answer."
)
_log = logging.getLogger(__name__)


@router.get("/search", operation_id="search", summary="Find passages", responses=ASKING)
async def search(request: Request, parameters: Annotated[wire.SearchParameters, Query()]) -> wire.SearchResults:
    """Return the passages that fit best, each with its place in its document."""
    library: Library = request.app.state.library
    return await library.read(searched, library, request.app.state.metrics, parameters)


@router.post(
    "/ask",
    operation_id="ask",
    summary="Answer a question",
    response_model=wire.Answer,
    dependencies=[Depends(no_parameters)],
    responses={
        200: {"description": _EVENTS, "content": {"text/event-stream": {"schema": {"type": "string"}}}},
        **ASKING,
        **documented(HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    },
)
async def ask(request: Request, question: wire.Question) -> wire.Answer | Response:
    """Answer in the words of the documents, each sentence cited, or say that they hold no answer."""
    library: Library = request.app.state.library
    asked.clean(question.question)  # a question that cannot be asked is refused as a problem, stream or not
    asking = Asking(library, request.app.state.metrics, request.app.state.writer if question.writer else None)
    if question.stream:
        await library.read(library.engine)
        events = _events(asking, question)
        return StreamingResponse(events, media_type="text/event-stream", headers={"cache-control": "no-store"})
    return await asking.answer(question.question, question.limit, _filters(question))


@router.get(
    "/writer",
    operation_id="writer",
    summary="Who writes answers",
    dependencies=[Depends(no_parameters)],
    responses=documented(HTTPStatus.MISDIRECTED_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY),
)
async def writer(request: Request) -> wire_status.Writing:
    """Say which writer is set, and what it is sent."""
    on: Writer | None = request.app.state.writer
    if on is None:
        return wire_status.Writing(writer=None)
    about = wire_status.WriterSet(
        model=on.model, host=on.host, local=on.local, encrypted=on.encrypted, disclosure=on.disclosure
    )
    return wire_status.Writing(writer=about)


def searched(library: Library, metrics: Metrics, given: wire.SearchParameters) -> wire.SearchResults:
    """Search the index that is served; blocks. Raises `BadQuery`, `IndexMissing`, `IndexUnusable`."""
    engine = library.engine()
    dated = given.sort != "relevance"
    query = asked.Query(
        text=given.q,
        limit=asked.MAX_LIMIT if dated else given.limit,
        offset=0 if dated else given.offset,
        mode=given.mode,
        rerank=given.rerank,
        filters=_filters(given),
        explain=given.explain,
    )
    with engine.catalogue.store.reading():  # else what was found may be gone when it is checked
        found = engine.search(query)
        if dated:
            found = _by_date(found, given)
        return Verifier(engine.catalogue, metrics.dropped.inc).results(found, given.explain)


def _by_date(found: Results, given: wire.SearchParameters) -> Results:
    """Return the part asked for of the best hits, by date; those without a date last, the better first in each."""
    dated = [hit for hit in found.hits if hit.document.date]
    dated.sort(key=lambda hit: hit.document.date or "", reverse=given.sort == "newest")
    hits = [*dated, *(hit for hit in found.hits if not hit.document.date)]
    return replace(found, total=len(hits), hits=tuple(hits[given.offset : given.offset + given.limit]))


async def _events(asking: Asking, question: wire.Question) -> AsyncIterator[str]:
    try:
        async for name, data in asking.events(question.question, question.limit, _filters(question)):
            yield _event(name, data)
    except Exception as error:  # the status line is sent already: the problem has to travel as an event
        problem = problem_of(error)
        if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            _log.exception("A streamed answer failed")
        yield _event("error", problem.as_dict())


def _event(name: str, data: object) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def _filters(given: wire.FilterFields) -> Filters:
    return Filters(
        source=tuple(given.source),
        publisher=tuple(given.publisher),
        language=tuple(given.language),
        media_type=tuple(given.media_type),
        date_from=given.date_from,
        date_to=given.date_to,
    )
