"""Errors as problem details (RFC 9457), each with a hint that says what to do next."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from indexer.faults import Busy, NoSpace, ReadOnly, Unreachable, meaning
from indexer.index import IndexBusy, IndexMissing
from indexer.models import ModelUnavailable
from indexer.scan import DATABASE
from indexer.store import IndexDamaged, IndexUnusable, repairing
from search.query import BadQuery

MEDIA_TYPE = "application/problem+json"
_HINTS = {
    HTTPStatus.NOT_FOUND: "See /docs for the addresses there are.",
    HTTPStatus.METHOD_NOT_ALLOWED: "See /docs for what this address takes.",
    HTTPStatus.BAD_REQUEST: "Check the request against /docs.",
}
_WHEN = {
    HTTPStatus.BAD_REQUEST: "The body cannot be read",
    HTTPStatus.FORBIDDEN: "The request comes from another site",
    HTTPStatus.NOT_FOUND: "There is no such thing",
    HTTPStatus.GONE: "It is gone or has changed since it was indexed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The request is too large",
    HTTPStatus.UNPROCESSABLE_ENTITY: "The request cannot be understood",
    HTTPStatus.MISDIRECTED_REQUEST: "The Host header names another machine",
    HTTPStatus.SERVICE_UNAVAILABLE: "There is no index to answer from, or it is busy",
}


class ProblemError(HTTPException):
    """A request that cannot be served. ``kind`` names the problem for programs, ``hint`` says what to do."""

    def __init__(self, status: HTTPStatus, kind: str, detail: str, hint: str) -> None:
        super().__init__(int(status), detail)
        self.status = status
        self.kind = kind
        self.hint = hint

    def as_dict(self) -> dict[str, Any]:
        """Return the members of the problem document."""
        return {
            "type": f"urn:pincite:{self.kind}",
            "title": self.status.phrase,
            "status": int(self.status),
            "detail": _printable(self.detail),
            "hint": _printable(self.hint),
        }

    def response(self, headers: dict[str, str] | None = None) -> JSONResponse:
        """Return the problem as a response."""
        return JSONResponse(self.as_dict(), int(self.status), headers, MEDIA_TYPE)


_DOCTOR = "Run `pincite doctor`; it says what to do."


def no_parameters(request: Request) -> None:
    """Refuse query parameters where an operation takes none. Raises `RequestValidationError`."""
    if request.query_params:
        raise RequestValidationError(
            [{"type": "extra_forbidden", "loc": ("query", name), "msg": ""} for name in request.query_params]
        )


def not_found(detail: str, hint: str) -> ProblemError:
    """Return the problem of a thing that is not there."""
    return ProblemError(HTTPStatus.NOT_FOUND, "not-found", detail, hint)


def problem_of(error: Exception, database: Path = Path(DATABASE)) -> ProblemError:
    """Return the problem that an error is to a client; ``database`` is the file that it may be about."""
    match meaning(error, database) or error:
        case ProblemError() as problem:
            return problem
        case BadQuery() as bad:
            return ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-query", str(bad), bad.hint)
        case RequestValidationError() as refused:
            return _invalid(refused)
        case HTTPException() as other:
            status = HTTPStatus(other.status_code)
            detail = str(other.detail) if other.detail != status.phrase else _WHEN.get(status, status.description)
            kind = status.phrase.lower().replace(" ", "-")
            return ProblemError(status, kind, detail, _HINTS.get(status, "See /docs."))
        case NoSpace() as full:
            hint = "Free some space; searching goes on meanwhile."
            return ProblemError(HTTPStatus.INSUFFICIENT_STORAGE, "no-space", str(full), hint)
        case IndexMissing():
            hint = "Make one with `pincite index FOLDER`, or add files: POST /v1/documents or the page."
            return ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "no-index", "There is no index yet.", hint)
        case known:
            return _unavailable(known, database) or _own_fault()


def _unavailable(error: Exception, database: Path) -> ProblemError | None:
    """Return the problem of an index that cannot be used now; None if the error is none of it."""
    mending = f"Stop this server, then run `{repairing(database)}`;"
    for known, kind, hint in (
        (ReadOnly, "read-only", "Searching goes on; only writing does not."),
        (Busy, "index-busy", "Nothing is lost; searching goes on meanwhile."),
        (Unreachable, "unreachable", "Try again in a moment; nothing is lost."),
        (IndexDamaged, "index-damaged", f"{mending} it says what it mended and what is to be indexed again."),
        (IndexUnusable, "index-unusable", _DOCTOR),
        (ModelUnavailable, "no-model", _DOCTOR),
        (IndexBusy, "index-busy", "Try again when the other process is done."),
    ):
        if isinstance(error, known):
            return ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, kind, str(error), hint)
    return None


def _own_fault() -> ProblemError:
    return ProblemError(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "fault",
        "The server met a fault of its own.",
        "Look at the server's log; if it happens again, report it with the request that caused it.",
    )


def documented(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI entries for the problems that an operation can answer with."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {int(s): {"description": _WHEN.get(s, s.description or s.phrase), "content": content} for s in statuses}


# What may come of a question to the index, and of reading one document in it.
ASKING = documented(HTTPStatus.MISDIRECTED_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
READING = ASKING | documented(HTTPStatus.NOT_FOUND)


def install(app: FastAPI) -> None:
    """Make every error of ``app`` a problem document."""

    async def answer(request: Request, error: Exception) -> JSONResponse:
        problem = problem_of(error, request.app.state.library.folder / DATABASE)
        headers = dict(getattr(error, "headers", None) or {})
        if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            headers["connection"] = "close"  # the server ends it; who is not told sends the next question into it
        return problem.response(headers)

    async def answer_or_raise(request: Request, error: Exception) -> JSONResponse:
        if meaning(error, request.app.state.library.folder / DATABASE) is None:
            raise error  # a fault, which the server writes into its log
        return await answer(request, error)

    kinds: Iterable[type[Exception]] = (
        BadQuery, IndexMissing, IndexUnusable, IndexBusy, ModelUnavailable, RequestValidationError, HTTPException,
        Exception,
    )  # fmt: skip
    for kind in kinds:
        app.add_exception_handler(kind, answer)
    for kind in (sqlite3.DatabaseError, OSError):
        app.add_exception_handler(kind, answer_or_raise)


def _invalid(error: RequestValidationError) -> ProblemError:
    faults = [_fault(e) for e in error.errors()[:5]]
    hint = "See /docs for what it takes."
    if any(e["type"] == "extra_forbidden" for e in error.errors()):
        hint = "Check the spelling, or leave it out. " + hint
    return ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-request", "; ".join(faults) + ".", hint)


def _fault(error: dict[str, Any]) -> str:
    place, *rest = [str(part)[:100] for part in error["loc"]] or ["request"]
    name = ".".join(rest)
    where = {"query": "parameter", "body": "field", "path": "part of the path"}.get(place, place)
    if error["type"] == "extra_forbidden":
        return f"There is no {where} '{name}'"
    if error["type"] == "json_invalid":
        return f"The body is no JSON: {error['ctx']['error']} (at character {rest[0] if rest else 0})"
    if error["loc"] == ("body",) and error["type"] in ("model_attributes_type", "dict_type", "model_type"):
        return "The body is no JSON object, or is not said to be one: send the header Content-Type: application/json"
    if error["type"] == "missing":
        return f"The {where} '{name}' is missing" if name else "The body is missing"
    return f"{where} '{name}': {error['msg']}" if name else f"{place}: {error['msg']}"


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
