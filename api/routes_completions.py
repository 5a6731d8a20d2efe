"""For programs made for OpenAI's interface: `POST /v1/chat/completions` and `GET /v1/models`."""

from __future__ import annotations

import json
import logging
import re
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from api import wire
from api.asking import Asking
from api.library import Library
from api.problems import documented, no_parameters, not_found, problem_of
from api.wire_completions import Choice, Completed, Completion, CompletionMessage, Model, Models, Usage
from search import query as asked
from search.citations import not_visible, pinpoint

router = APIRouter(prefix="/v1", tags=["other programs"], dependencies=[Depends(no_parameters)])
NAME, EXTRACTIVE_NAME = "pincite", "pincite-extractive"
_PASSAGES = 5
_BODY = documented(
    HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.MISDIRECTED_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE,
)  # fmt: skip
# What makes a chat window load a picture, follow a link or read HTML, should a document hold it.
_LIVE = re.compile(r"(?<=!)(?=\[)|(?<=\])(?=\()|(?=<[a-zA-Z/!])")
_log = logging.getLogger(__name__)


@router.get(
    "/models",
    operation_id="models",
    summary="What answers",
    responses=documented(HTTPStatus.MISDIRECTED_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY),
)
async def models(request: Request) -> Models:
    """List what answers: with a writer, if one is set, and without."""
    names = [NAME, EXTRACTIVE_NAME] if request.app.state.writer else [NAME]
    return Models(data=[Model(id=name) for name in names])


@router.post(
    "/chat/completions",
    operation_id="complete",
    summary="Answer the last message of a conversation",
    response_model=Completed,
    responses={
        200: {
            "description": "The answer; or, with `stream`, chunks as server-sent events, the last with `citations`",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **_BODY,
    },
)
async def complete(request: Request, given: Completion) -> Completed | Response:
    """Answer the last message of the user, each sentence with the numbers of its citations, and list the sources."""
    if given.model not in (NAME, EXTRACTIVE_NAME):
        raise not_found(f"There is no model '{given.model[:100]}'.", "GET /v1/models lists what answers.")
    question = next((m.text for m in reversed(given.messages) if m.role == "user"), "")
    asked.clean(question)
    library: Library = request.app.state.library
    await library.read(library.engine)
    writer = request.app.state.writer if given.model == NAME else None
    asking = Asking(library, request.app.state.metrics, writer)
    if given.stream:
        chunks = _chunks(asking, question, given)
        return StreamingResponse(chunks, media_type="text/event-stream", headers={"cache-control": "no-store"})
    answer = await asking.answer(question, _PASSAGES)
    message = CompletionMessage(content="".join(_parts(answer)))
    return Completed(
        id=_id(), created=int(time.time()), model=given.model, choices=[Choice(message=message)], **_beside(answer)
    )


async def _chunks(asking: Asking, question: str, given: Completion) -> AsyncIterator[str]:
    """Yield the chunks of an answer. It is whole before its text begins: no chunk can be taken back."""
    head = {"id": _id(), "object": "chat.completion.chunk", "created": int(time.time()), "model": given.model}
    try:
        yield _chunk(head, {"role": "assistant", "content": ""})
        answer = await asking.answer(question, _PASSAGES)
        for part in _parts(answer):
            yield _chunk(head, {"content": part})
        beside = {
            name: [v.model_dump(mode="json", by_alias=True) if hasattr(v, "model_dump") else v for v in value]
            if isinstance(value, list) else value
            for name, value in _beside(answer).items()
        }  # fmt: skip
        yield _chunk(head, {}, finish_reason="stop", **beside)
        if given.stream_options and given.stream_options.include_usage:
            yield f"data: {json.dumps({**head, 'choices': [], 'usage': Usage().model_dump()})}\n\n"
    except Exception as error:  # the status line is sent already
        problem = problem_of(error)
        if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            _log.exception("A streamed answer failed")
        yield f"data: {json.dumps({'error': problem.as_dict()})}\n\n"
    yield "data: [DONE]\n\n"


def _chunk(head: dict[str, Any], delta: dict[str, str], finish_reason: str | None = None, **beside: Any) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return f"data: {json.dumps({**head, 'choices': [choice], **beside}, ensure_ascii=False)}\n\n"


def _parts(answer: wire.Answer) -> Iterator[str]:
    """Yield the answer as text, a sentence at a time, then its sources."""
    if not answer.sentences:
        because = f": {'; '.join(answer.reasons)}" if answer.reasons else ""
        yield _inert(f"Nothing in these documents answers this{because}.")
        return
    for sentence in answer.sentences:
        yield _inert(f"{sentence.text} ") + "".join(f"[{n}]" for n in sentence.citations) + "\n\n"
    if answer.writer_failure:
        yield f"{answer.writer_failure} These are the words of the sources.\n\n"
    yield "Sources\n"
    for c in answer.citations:
        d = c.document
        about = ", ".join(part for part in (d.title, d.publisher, d.date) if part)
        where = f"{d.source}, {pinpoint(c.label, c.page, c.paragraph, not_visible(c.hidden, c.text))}"
        quote = f": “{' '.join(c.quote.split())}”" if c.quote not in answer.answer else ""
        yield f"\n[{c.n}] " + _inert(f"{where} - {about}{quote}")


def _beside(answer: wire.Answer) -> dict[str, Any]:
    return {
        name: getattr(answer, name)
        for name in ("status", "citations", "writer", "writer_failure", "dropped", "reasons")
    }


def _inert(text: str) -> str:
    """Return a text in which no Markdown is left that loads or links anything; all else stands as it is."""
    return _LIVE.sub(r"\\", text)


def _id() -> str:
    return f"chatcmpl-{secrets.token_hex(12)}"
