"""Asked far more than it can answer, the server answers what it can, turns the rest away, and is itself again after."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from killing import PlainParser, QuickEmbedder
from serving import apart, served, wait_until_ready
from soaking import times
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

import indexer.embedding
from api import overload
from api.app import create_app
from api.overload import Overload
from api.problems import ProblemError
from indexer.build import build
from indexer.index import Index

AT_ONCE = 200  # connections, to 127.0.0.1 only


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
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
    with served(create_app(tmp_path / "index")) as at:
        wait_until_ready(at)
        yield at


async def flood(address: str, seconds: float) -> tuple[list[httpx.Response], int]:
    """Ask from many connections until the time is over, each again as soon as it is answered.

    Return the answers, and how often a connection had ended that was left idle for 5 s: on a busy machine this client
    may take as long to send the next question on it.
    """
    until = time.monotonic() + seconds
    said: list[httpx.Response] = []
    ended = 0

    async def ask(client: httpx.AsyncClient) -> None:
        nonlocal ended
        while time.monotonic() < until:
            try:
                said.append(await client.get("/v1/search", params={"q": "harvest", "mode": "lexical"}))
            except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
                ended += 1

    limits = httpx.Limits(max_connections=AT_ONCE)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
        await asyncio.gather(*(ask(client) for _ in range(AT_ONCE)))
    return said, ended


def memory_mib() -> float:
    """What this process, which the server is part of, holds in memory."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


@pytest.mark.timeout(1200)
@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="memory is measured on Linux")
def test_overload_is_answered_with_200_and_503_only_and_leaves_nothing_behind(address: str) -> None:
    apart(lambda: asyncio.run(flood(address, 0.5)))  # connections and threads are there
    before = memory_mib()
    said, ended = apart(lambda: asyncio.run(flood(address, times(2, 300))))
    seen = Counter(one.status_code for one in said)
    print(dict(seen), f"{ended} ended, {before:.0f} MiB before, {memory_mib():.0f} MiB after")
    assert set(seen) == {200, 503}
    assert ended <= len(said) / 100
    assert all(one.json()["total"] == 1 for one in said if one.status_code == 200)
    assert all(one.headers["retry-after"] == "1" for one in said if one.status_code == 503)
    assert all(one.json()["type"] == "urn:pincite:overloaded" for one in said if one.status_code == 503)
    assert memory_mib() <= 1.2 * before + 20
    assert httpx.get(f"{address}/v1/search", params={"q": "harvest", "mode": "lexical"}).status_code == 200


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


SEARCH = "/v1/search?q=harvest&mode=lexical"
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
