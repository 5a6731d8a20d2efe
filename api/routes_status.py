"""How the server is: alive, ready, counted."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from api import wire_status
from api.library import Library
from api.metrics import Metrics
from api.problems import ProblemError, documented, no_parameters
from indexer.models import ModelUnavailable
from indexer.store import IndexUnusable

router = APIRouter(tags=["status"], dependencies=[Depends(no_parameters)])
_HOST = documented(HTTPStatus.MISDIRECTED_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)


@router.get("/health", operation_id="health", summary="Alive", responses=_HOST)
async def health() -> wire_status.Health:
    """Say that the server is alive."""
    return wire_status.Health(status="ok")


@router.get(
    "/ready",
    operation_id="ready",
    summary="Ready to answer",
    responses={**_HOST, **documented(HTTPStatus.SERVICE_UNAVAILABLE)},
)
async def ready(request: Request) -> wire_status.Ready:
    """Say whether an index is loaded, and how large it is."""
    library: Library = request.app.state.library
    return await library.read(_ready, library, request.app.state.metrics)


@router.get(
    "/metrics",
    operation_id="metrics",
    summary="Counters for Prometheus",
    response_class=Response,
    responses={200: {"description": "Counters", "content": {"text/plain": {"schema": {"type": "string"}}}}, **_HOST},
)
async def metrics(request: Request) -> Response:
    """Return what the server counts about itself."""
    counted: Metrics = request.app.state.metrics
    library: Library = request.app.state.library
    if library.loaded:
        await library.read(_sized, library, counted)
    return Response(counted.text(), media_type=CONTENT_TYPE_LATEST)


def _ready(library: Library, metrics: Metrics) -> wire_status.Ready:
    engine = library.engine()
    if not library.loaded:
        library.load_soon()
        raise _not_ready(library.failed)
    documents, paragraphs, passages = _sized(library, metrics)
    return wire_status.Ready(
        status="ready",
        index_version=engine.index_version,
        documents=documents,
        paragraphs=paragraphs,
        passages=passages,
    )


def _sized(library: Library, metrics: Metrics) -> tuple[int, int, int]:
    counts = library.engine().catalogue.count()
    for what, count in zip(("documents", "paragraphs", "passages"), counts, strict=True):
        metrics.size.labels(what).set(count)
    return counts


def _not_ready(failed: Exception | None) -> Exception:
    if isinstance(failed, (IndexUnusable, ModelUnavailable)):
        return failed
    if failed is not None:
        detail = f"The index could not be loaded: {type(failed).__name__}: {failed}."
        return ProblemError(
            HTTPStatus.SERVICE_UNAVAILABLE, "not-loaded", detail, "Run `pincite doctor`; it says what to do."
        )
    return ProblemError(
        HTTPStatus.SERVICE_UNAVAILABLE, "loading", "The index is being loaded.", "Try again in a few seconds."
    )
