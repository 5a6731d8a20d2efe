"""Asked far more than it can answer, the server answers what it can, turns the rest away, and is itself again after."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from killing import PlainParser, QuickEmbedder
from serving import apart, served, wait_until_ready
from soaking import times
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

import indexer.embedding
from api import overload
from api.app import create_app
from api.overload import Overload
from api.problems import ProblemError
from indexer.build import build
from indexer.index import Index

# A server that is stopped with connections that nobody reads leaves them to the end of its loop.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

AT_ONCE = 200  # connections, to 127.0.0.1 only
SEARCH = "/v1/search?q=harvest&mode=lexical"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """A server whose every question takes some time."""
    quick = QuickEmbedder()  # how many are let in does not depend on the model
    monkeypatch.setattr(indexer.embedding, "load", lambda *_, **__: quick)
    # One passage, and an original that no buffer between here and its reader holds.
    (tmp_path / "a.html").write_text(f"<p>The harvest failed.</p><!-- {'x' * 20_000_000} -->")
    index = Index(tmp_path / "index", create=True)
    build(index, [tmp_path / "a.html"], parser=PlainParser())
    index.close()
    keyword = Index.keyword

    def slow(self: Index, *given: object) -> list[tuple[int, float]]:
        time.sleep(0.05)
        return keyword(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Index, "keyword", slow)
    monkeypatch.setattr("search.engine.Engine.warm", lambda _: None)
    return create_app(tmp_path / "index")


@pytest.fixture
def address(app: FastAPI) -> Iterator[str]:
    with served(app) as at:
        wait_until_ready(at)
        yield at


@dataclass
class Said:
    """What came of a flood: answers by status, what was wrong with one, and connections that ended unannounced."""

    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def hear(self, answer: httpx.Response) -> None:
        """Count an answer; it is not kept: 5 minutes of them would be the memory that is measured."""
        self.statuses[answer.status_code] += 1
        said = answer.json()
        if answer.status_code == 200:
            right = said["total"] == 1 if "total" in said else said["verdict"] == "exact"
        else:
            right = answer.headers.get("retry-after") == "1" and said["type"] == "urn:pincite:overloaded"
        if not right or answer.status_code not in (200, 503):
            self.wrong.append(f"{answer.status_code}: {answer.text[:200]}")


async def flood(address: str, seconds: float) -> Said:
    """Ask from many connections until the time is over, each again as soon as it is answered; every fourth posts."""
    began = time.monotonic()
    said, shown = Said(), began

    async def ask(client: httpx.AsyncClient, posts: bool) -> None:
        nonlocal shown
        while (now := time.monotonic()) < began + seconds:
            if now > shown + 30:
                shown = now
                print(f"{now - began:.0f} s: {dict(said.statuses)}, {len(said.lost)} lost", file=sys.stderr, flush=True)
            try:
                if posts:
                    said.hear(await client.post("/v1/verify", json={"quote": "The harvest failed."}))
                else:
                    said.hear(await client.get("/v1/search", params={"q": "harvest", "mode": "lexical"}))
            except httpx.TransportError as error:
                said.lost.append(repr(error))

    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
        await asyncio.gather(*(ask(client, n % 4 == 0) for n in range(AT_ONCE)))
    return said


def memory_mib() -> float:
    """What this process, which the server is part of, holds in memory."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def seconds_for_one(address: str) -> float:
    """How long one question takes when nobody else asks."""
    began = time.monotonic()
    assert httpx.get(f"{address}{SEARCH}", timeout=60).status_code == 200
    return time.monotonic() - began


@pytest.mark.timeout(1200)
@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="memory is measured on Linux")
def test_overload_is_answered_with_200_and_503_only_and_leaves_nothing_behind(address: str) -> None:
    apart(lambda: asyncio.run(flood(address, 0.5)))  # connections and threads are there
    before = memory_mib()
    said = apart(lambda: asyncio.run(flood(address, times(2, 300))))
    began = time.monotonic()
    alone = seconds_for_one(address)
    print(
        dict(said.statuses), f"{len(said.lost)} lost, {before:.0f} MiB before, {memory_mib():.0f} MiB after; "
        f"the next question took {alone:.2f} s"
    )  # fmt: skip
    assert (said.wrong[:5], said.lost[:5]) == ([], [])
    assert set(said.statuses) == {200, 503}
    assert memory_mib() <= 1.2 * before
    assert time.monotonic() - began < 10


class _HalfSaid:
    """A refusal that stops after its head."""

    def response(self, _: object) -> ASGIApp:
        async def half(scope: Scope, receive: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 503, "headers": []})

        return half


@pytest.mark.parametrize("fault", ["ends unsaid", "lets all in", "no hint"])
def test_a_flood_finds_a_fault_that_is_planted(app: FastAPI, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    if fault == "lets all in":
        monkeypatch.setattr(Overload, "is_full", property(lambda _: False))
    else:
        silent = ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "x", "x", "x")
        monkeypatch.setattr(overload, "_full", lambda: silent if fault == "no hint" else _HalfSaid())
    with served(app) as address:
        wait_until_ready(address)
        for _ in range(10):  # on a busy machine the first one may not be a flood
            said = apart(lambda: asyncio.run(flood(address, 1)))
            if {"ends unsaid": said.lost, "lets all in": 503 not in said.statuses, "no hint": said.wrong}[fault]:
                return
    raise AssertionError(said)


def test_a_connection_that_a_program_keeps_for_its_next_question_is_still_there(address: str) -> None:
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as client:
        for wait in (0, 6):  # seconds; many programs keep one for five, and then ask on it all the same
            time.sleep(wait)
            client.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            said = b""
            while not said.endswith(b'{"status":"ok"}'):
                part = client.recv(4096)
                assert part, "the connection was closed"
                said += part


SLOW = 200  # clients


def slow_clients(address: str, head: bytes) -> list[socket.socket]:
    """Connect many clients that send this, and nothing more, and read nothing."""
    host, port = address.removeprefix("http://").split(":")
    clients = []
    for _ in range(SLOW):
        client = socket.create_connection((host, int(port)), timeout=30)
        client.sendall(head)
        clients.append(client)
    return clients


def statuses(address: str, path: str, times: int = 20) -> Counter[int]:
    with httpx.Client(base_url=address, timeout=60) as client:
        return Counter(client.get(path).status_code for _ in range(times))


POST = b"POST /v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"


@pytest.mark.parametrize("head", [b"GET /v1/search?q=har", POST], ids=["head", "body"])
def test_clients_that_send_slowly_take_no_place_from_others_and_are_let_go(
    address: str, head: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overload, "PATIENCE_S", 3.0)
    clients = slow_clients(address, head)
    try:
        assert statuses(address, SEARCH) == {200: 20}
        if head is POST:
            assert {client.recv(4096).split(b"\r\n")[0] for client in clients} == {b"HTTP/1.1 408 Request Timeout"}
    finally:
        for client in clients:
            client.close()
    assert statuses(address, SEARCH) == {200: 20}


def test_clients_that_do_not_read_what_they_asked_for_are_let_go(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overload, "PATIENCE_S", 1.0)
    (document,) = httpx.get(f"{address}/v1/documents").json()["documents"]
    path = f"/v1/documents/{document['id']}/original"
    clients = slow_clients(address, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    try:
        time.sleep(0.3)
        until = time.monotonic() + 30
        while statuses(address, SEARCH, 1) != {200: 1}:
            assert time.monotonic() < until, "their places are not given to others"
            time.sleep(0.2)
        assert statuses(address, SEARCH) == {200: 20}
    finally:
        for client in clients:
            client.close()


def test_a_body_that_is_there_when_all_places_are_taken_is_turned_away() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()

    async def body() -> dict[str, object]:
        return {"type": "http.request", "body": b"x", "more_body": False}

    async def send(_: object) -> None:
        raise AssertionError

    full = overload.Overload(app, inside=1)
    full.inside = 1
    place = overload._Place(full, {"path": "/v1/ask"}, body, send, True)
    with pytest.raises(ProblemError, match="More is being asked"):
        apart(lambda: asyncio.run(place.receive()))
    place.leave()
    assert (full.inside, full.arriving) == (1, 0)


def test_at_the_door_only_monitoring_is_let_in() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("in")(scope, receive, send)

    client = TestClient(Overload(app, inside=0))
    assert client.get("/v1/search").status_code == 503
    assert client.post("/v1/ask", content=b"x" * 1000).headers["retry-after"] == "1"
    for path in ("/health", "/ready", "/metrics"):
        assert client.get(path).status_code == 200


def test_a_request_that_fails_leaves_its_place() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise ZeroDivisionError

    client = TestClient(Overload(app, inside=1), raise_server_exceptions=False)
    assert [client.get("/v1/search").status_code for _ in range(3)] == [500] * 3
