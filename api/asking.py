"""Asking over the index that is served: the engine answers, the writer may write, each quote is checked again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing
from typing import Any

from api import wire
from api.library import Library
from api.metrics import Metrics
from api.verified import Verifier, verified_quote
from api.writer import Writer
from api.writing import whole, written
from indexer.catalogue import Filters
from search.results import EXTRACTIVE, Answer, Dropped, Results

Event = tuple[str, Any]
_Stage = list[dict[str, Any]] | tuple[Answer, wire.Answer]


class Asking:
    """Answers questions over the index that is served; ``writer`` is None where nobody writes."""

    def __init__(self, library: Library, metrics: Metrics, writer: Writer | None) -> None:
        self._library = library
        self._metrics = metrics
        self._writer = writer

    async def answer(self, question: str, limit: int, filters: Filters | None = None) -> wire.Answer:
        """Return the whole answer. Raises `BadQuery`, `IndexMissing`, `IndexUnusable`."""
        found, checked = await self._library.read(self._found, question, limit, filters)
        if self._writer is None:
            return checked
        given = await whole(found, self._library.engine().catalogue, self._writer, self._library.read)
        return await self._library.read(self._checked, given)

    async def events(self, question: str, limit: int, filters: Filters | None = None) -> AsyncGenerator[Event, None]:
        """Yield the answer as named events: `passages` once they are ranked, then what is written, `done` with all."""
        parts = _Parts()
        async for stage in self._stages(question, limit, filters):
            if isinstance(stage, list):
                yield "passages", stage
                continue
            found, done = stage
            if self._writer is None:
                for part in parts.sentences(done):
                    yield part
        if self._writer is not None:
            async for event in self._written(found, self._writer):
                if isinstance(event, Answer):
                    done = await self._library.read(self._checked, event)
                else:
                    yield event
        if done.writer == EXTRACTIVE:
            if done.writer_failure:
                yield "withdrawn", {"reason": done.writer_failure}
            for part in (*parts.sentences(done), *parts.citations(done)):
                yield part
        body = done.model_dump(mode="json", by_alias=True)
        for conflict in body["conflicts"]:
            yield "conflict", conflict
        yield "done", body

    async def _stages(self, question: str, limit: int, filters: Filters | None) -> AsyncIterator[_Stage]:
        """Yield the passages, the answer once it has its sentences, and again, now with all that stands beside them."""
        loop = asyncio.get_running_loop()
        stages: asyncio.Queue[_Stage | None] = asyncio.Queue()

        def tell(stage: _Stage) -> None:
            loop.call_soon_threadsafe(stages.put_nowait, stage)

        working = asyncio.ensure_future(self._library.read(self._found, question, limit, filters, tell))
        working.add_done_callback(lambda _: stages.put_nowait(None))
        while (stage := await stages.get()) is not None:
            yield stage
        yield await working

    async def _written(self, found: Answer, writer: Writer) -> AsyncIterator[Event | Answer]:
        """Yield what the writer wrote as it is checked, and the answer."""
        catalogue = self._library.engine().catalogue
        sent: set[int] = set()
        async with aclosing(written(found, catalogue, writer, self._library.read)) as events:
            async for event in events:
                if isinstance(event, Answer):
                    yield event
                elif isinstance(event, Dropped):
                    yield "dropped", {"text": event.text, "reason": event.reason}
                else:
                    sentence, quotes = event
                    checked = await self._library.read(_quotes, Verifier(catalogue), quotes, sent)
                    for n, citation in checked:
                        sent.add(n)
                        yield "citation", citation
                    if sent.issuperset(sentence.citations):
                        yield "delta", {"text": sentence.text, "citations": list(sentence.citations), "names": []}

    # -- blocking

    def _found(
        self, question: str, limit: int, filters: Filters | None, tell: Callable[[_Stage], None] | None = None
    ) -> tuple[Answer, wire.Answer]:
        """Return the answer in the words of the sources, found and checked in one state of the index.

        ``tell`` is told what is known before: the passages, and the answer without what stands beside it.
        """
        engine = self._library.engine()
        with engine.catalogue.store.reading():
            results = engine.found(question, limit, filters)
            if tell is None:
                found = engine.answered(results, limit)
            else:
                tell(self._passages(results, limit))
                found = engine.answered(
                    results, limit, early=lambda answer: tell((answer, self._checked(answer, count=False)))
                )
            return found, self._checked(found, count=self._writer is None)

    def _passages(self, results: Results, limit: int) -> list[dict[str, Any]]:
        hits = Verifier(self._library.engine().catalogue).hits(results.hits[:limit])
        return [hit.model_dump(mode="json", by_alias=True) for hit in hits]

    def _checked(self, given: Answer, count: bool = True) -> wire.Answer:
        dropped = self._metrics.dropped.inc if count else lambda: None
        answer = Verifier(self._library.engine().catalogue, dropped).answer(given)
        if count:
            self._metrics.answers.labels(answer.status.value).inc()
        return answer


def _quotes(verifier: Verifier, quotes: list[Any], sent: set[int]) -> list[tuple[int, dict[str, Any]]]:
    new = verifier.kept(q for q in quotes if q.n not in sent)
    known = sent | {q.n for q in new}
    return [(q.n, verified_quote(q, known).model_dump(mode="json", by_alias=True)) for q in new]


class _Parts:
    """The parts of an answer that were sent, so that each is sent once."""

    def __init__(self) -> None:
        self._sentences = 0
        self._citations: set[int] = set()

    def sentences(self, answer: wire.Answer) -> Iterator[Event]:
        """The sentences that are new, each after the citations it uses."""
        for sentence in answer.sentences[self._sentences :]:
            yield from self._new(answer, sentence.citations)
            self._sentences += 1
            yield "delta", sentence.model_dump(mode="json", by_alias=True)

    def citations(self, answer: wire.Answer) -> Iterator[Event]:
        """The citations that no sentence uses."""
        yield from self._new(answer, [citation.n for citation in answer.citations])

    def _new(self, answer: wire.Answer, numbers: Sequence[int]) -> Iterator[Event]:
        for citation in answer.citations:
            if citation.n in numbers and citation.n not in self._citations:
                self._citations.add(citation.n)
                yield "citation", citation.model_dump(mode="json", by_alias=True)
