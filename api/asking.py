"""Asking over the index that is served: the engine answers, the writer may write, each quote is checked again."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from typing import Any

from api import wire
from api.library import Library
from api.metrics import Metrics
from api.verified import Verifier, verified_quote
from api.writer import Writer
from api.writing import whole, written
from indexer.catalogue import Filters
from search.results import EXTRACTIVE, Answer, Dropped

Event = tuple[str, Any]


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
        """Yield the answer as named events, while it is written: `passages` first, `done` with all of it last."""
        found, done = await self._library.read(self._found, question, limit, filters)
        yield "passages", done.model_dump(mode="json", by_alias=True)["passages"]
        if self._writer is not None:
            async for event in self._written(found, self._writer):
                if isinstance(event, Answer):
                    done = await self._library.read(self._checked, event)
                else:
                    yield event
        body = done.model_dump(mode="json", by_alias=True)
        if done.writer == EXTRACTIVE:
            if done.writer_failure:
                yield "withdrawn", {"reason": done.writer_failure}
            for event in _sentences(body):
                yield event
        for conflict in body["conflicts"]:
            yield "conflict", conflict
        yield "done", body

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

    def _found(self, question: str, limit: int, filters: Filters | None) -> tuple[Answer, wire.Answer]:
        """Return the answer in the words of the sources, found and checked in one state of the index."""
        engine = self._library.engine()
        with engine.catalogue.store.reading():
            found = engine.ask(question, limit, filters)
            return found, self._checked(found, count=self._writer is None)

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


def _sentences(body: dict[str, Any]) -> Iterator[Event]:
    """The sentences of a finished answer, each after the citations it uses; then those that none uses."""
    citations = {citation["n"]: citation for citation in body["citations"]}
    for sentence in body["sentences"]:
        for n in sentence["citations"]:
            if n in citations:
                yield "citation", citations.pop(n)
        yield "delta", sentence
    for citation in citations.values():
        yield "citation", citation
