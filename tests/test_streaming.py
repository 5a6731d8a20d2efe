"""A streamed answer is sent part by part, each as soon as it is known, and is of one state of the index."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
from fixed import FixedEngine
from serving import served, wait_until_ready

from api.app import create_app
from indexer.build import build
from indexer.index import Index
from search.engine import Engine
from search.results import Answer, Results


class Waiting(FixedEngine):
    """An engine that goes on only when the reader has seen the passages, or the sentences."""

    def __init__(self, folder: Path, *, for_sentences: bool) -> None:
        super().__init__(folder, {"a.txt": ("en", ["The court in Almaty released three prisoners."])})
        self.seen = threading.Event()
        self._for_sentences = for_sentences

    def answered(
        self, results: Results, limit: int = 5, insist: bool = False, early: Callable[[Answer], None] | None = None
    ) -> Answer:
        """Wait until the part was seen; fail if it is kept back."""
        answer = super().answered(results, limit)
        if self._for_sentences:
            assert early is not None
            early(answer)
        assert self.seen.wait(20), "it was kept back"
        return answer


def events_until_done(engine: Waiting, awaited: str) -> tuple[list[str], str]:
    """Ask as a stream, tell the engine when awaited is there; return the names of the events, and the metrics."""
    names: list[str] = []
    app = create_app(engine.index.folder, open_engine=lambda: engine)
    with served(app) as address, httpx.Client(base_url=address, timeout=60) as client:
        wait_until_ready(address)
        with client.stream("POST", "/v1/ask", json={"question": "released prisoners", "stream": True}) as response:
            for line in response.iter_lines():
                if line.startswith("event: "):
                    names.append(line.removeprefix("event: "))
                    if names[-1] == awaited:
                        engine.seen.set()
        return names, client.get("/metrics").text


def test_passages_are_sent_before_the_answer_is_worked_out(tmp_path: Path) -> None:
    names, _ = events_until_done(Waiting(tmp_path / "index", for_sentences=False), "passages")
    assert [names[0], names[-1]] == ["passages", "done"]


def test_sentences_are_sent_before_what_stands_beside_them_is_found(tmp_path: Path) -> None:
    names, counted = events_until_done(Waiting(tmp_path / "index", for_sentences=True), "delta")
    assert names == ["passages", "citation", "delta", "done"]
    assert 'pincite_answers_total{status="answered"} 1.0' in counted, "and counted once"


def test_an_index_that_changes_between_passages_and_answer_is_asked_again(tmp_path: Path) -> None:
    file = tmp_path / "files" / "a.txt"
    file.parent.mkdir()
    said = "Statement on the courts\n\nThe court in Almaty released {} on 4 May 2020.\n"
    file.write_text(said.format("three prisoners"))
    index = Index(tmp_path / "index", create=True)
    build(index, [file.parent])
    index.close()
    with closing(Engine.open(tmp_path / "index")) as engine:
        before = engine.found("who was released in Almaty")
        file.write_text(said.format("nine sailors"))
        build(engine.index, [file.parent])
        assert "nine sailors" in engine.answered(before).text
