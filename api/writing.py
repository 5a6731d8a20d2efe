"""Having an answer written: the extractive answer goes in; sentences come out as they are checked, then the answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import ParamSpec, Protocol, TypeVar

from api.writer import Writer, WriterFailed
from indexer.catalogue import Catalogue
from search.draft import Draft
from search.results import Answer, Dropped, Quote, Sentence, Status

P = ParamSpec("P")
T = TypeVar("T")


class Reading(Protocol):
    """Does blocking work somewhere; `api.library.Library.read` is one."""

    def __call__(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]:
        """Do the work and return what it returns."""
        ...


async def written(
    answer: Answer, catalogue: Catalogue, writer: Writer, read: Reading
) -> AsyncGenerator[tuple[Sentence, list[Quote]] | Dropped | Answer, None]:
    """Yield each sentence that is kept with the quotes so far, each that is dropped, and at last the answer.

    A writer that fails costs the answer nothing: the extractive one is the last thing yielded, with the reason. Where
    the documents do not answer, the writer is not asked.
    """
    if answer.status is Status.UNANSWERABLE or not answer.sentences:
        yield answer
        return
    draft = Draft(answer, catalogue)
    try:
        async with aclosing(writer.reply(draft.messages)) as pieces:
            async for piece in pieces:
                for found in await read(draft.feed, piece):
                    yield _shown(found, draft, writer)
        for found in await read(draft.end):
            yield _shown(found, draft, writer)
    except WriterFailed as failure:
        yield _without_key(draft.failed(f"The writer {failure}."), writer)
        return
    yield _without_key(draft.written(writer.name), writer)


async def whole(answer: Answer, catalogue: Catalogue, writer: Writer | None, read: Reading) -> Answer:
    """Return the answer as it was written, or the extractive one."""
    if writer is None:
        return answer
    async with aclosing(written(answer, catalogue, writer, read)) as events:
        async for event in events:
            if isinstance(event, Answer):
                return event
    return answer


def whole_now(answer: Answer, catalogue: Catalogue, writer: Writer | None) -> Answer:
    """Do the same where no event loop runs."""

    async def read(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return work(*args, **kwargs)

    return answer if writer is None else asyncio.run(whole(answer, catalogue, writer, read))


def _shown(found: Sentence | Dropped, draft: Draft, writer: Writer) -> tuple[Sentence, list[Quote]] | Dropped:
    if isinstance(found, Dropped):
        return replace(found, text=_hidden(found.text, writer), reason=_hidden(found.reason, writer))
    return found, draft.quotes


def _without_key(answer: Answer, writer: Writer) -> Answer:
    """Return the answer without the key, which a hostile service could send back as its words."""
    dropped = tuple(Dropped(_hidden(d.text, writer), _hidden(d.reason, writer)) for d in answer.dropped)
    return replace(answer, dropped=dropped)


def _hidden(text: str, writer: Writer) -> str:
    return text.replace(writer.key, "[the key]") if writer.key else text
