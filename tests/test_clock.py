"""The clock of the machine is moved by a day, forth and back: nothing is missed, lost or let in that should not be."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from killing import PlainParser, QuickEmbedder
from serving import job_when_done
from starlette.testclient import TestClient

import indexer.embedding
from api.app import create_app
from api.tokens import Scope, Tokens
from indexer.build import build
from indexer.index import Index

DAY = timedelta(days=1)
MOVES = [DAY, -DAY, 2 * DAY]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = QuickEmbedder()  # the model reads no clock
    monkeypatch.setattr("search.engine.Engine.warm", lambda _: None)
    monkeypatch.setattr(indexer.embedding, "load", lambda *_, **__: quick)


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    """The clock that the whole process reads, files excepted; what measures spans is left alone, as in real life."""
    with time_machine.travel(datetime.now(UTC), tick=True) as moved:
        yield moved


def written(path: Path, text: str) -> None:
    """Write a file at the time that the moved clock shows, as the system would."""
    path.write_text(text)
    os.utime(path, (time.time(), time.time()))


def test_each_edit_is_noticed_and_nothing_is_read_twice_whichever_way_the_clock_is_moved(
    tmp_path: Path, clock: time_machine.Coordinates
) -> None:
    (tmp_path / "files").mkdir()
    index = Index(tmp_path / "index", create=True)
    for n, move in enumerate(MOVES):
        for name in ("a", "b"):
            written(tmp_path / "files" / f"{name}.txt", f"The harvest number {n} of {name} failed.")
        assert set(build(index, [tmp_path / "files"], parser=PlainParser()).indexed) == {"a.txt", "b.txt"}
        clock.shift(move)
        assert build(index, [tmp_path / "files"], parser=PlainParser()).indexed == ()
        assert len(index.keyword([["harvest"]], 10)) == 2
        assert str(n) in index.catalogue.text_of(index.store.files()[0].document_id)
    assert index.audit.check().fault == ""
    assert list(index.catalogue.integrity.damaged()) == []
    assert Index(tmp_path / "index").store.damage() == ""


def test_a_server_goes_on_through_it_and_its_uploads_too(tmp_path: Path, clock: time_machine.Coordinates) -> None:
    app = create_app(
        tmp_path / "index", hosts=["testserver"],
        build_index=lambda i, paths, tell: build(i, paths, tell, parser=PlainParser()),
    )  # fmt: skip
    with TestClient(app) as client:
        for n, move in enumerate(MOVES, 1):
            job = client.post("/v1/documents", files={"files": (f"{n}.txt", f"The harvest of {n} failed.".encode())})
            clock.shift(move)
            assert job_when_done(client, job.json()["id"])["files"][0]["state"] == "indexed"
            found = client.get("/v1/search", params={"q": "harvest", "mode": "lexical"}).json()
            assert found["total"] == n


def test_a_token_ends_when_its_day_comes_and_not_before(tmp_path: Path, clock: time_machine.Coordinates) -> None:
    tokens = Tokens(tmp_path / "index")
    secret = tokens.create("ann", Scope.SEARCH, 2)
    for move, valid in ((DAY, True), (DAY + timedelta(seconds=2), False), (-2 * DAY, True)):
        clock.shift(move)
        found = tokens.of(secret)
        assert bool(found and found.is_valid(datetime.now(UTC))) == valid
