"""Asked by many while its index is exchanged under it, the server gives each answer from one state of the index."""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
import pytest
from killing import PlainParser, QuickEmbedder
from serving import served, wait_until_ready
from soaking import SOAKING, times

import indexer.embedding
from api.app import create_app
from indexer.build import build
from indexer.index import Index
from search.engine import Engine
from search.query import Query
from search.results import Results

SECONDS = times(6, 600)
SWAPS = times(4, 20)
CLIENTS = 4
DOCUMENTS, PARAGRAPHS = 8, 10
EDITION = re.compile(r"Edition (\d+)")


class Embedder(QuickEmbedder):
    """What a server asks of an embedder, too."""

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        return self.embed_passages(texts)


def write_edition(folder: Path, n: int) -> None:
    """Write every document anew: no words of two editions belong together."""
    for d in range(DOCUMENTS):
        parts = [
            f"Edition {n}, document {d}, article {p}: the harvest of region {p} failed." for p in range(PARAGRAPHS)
        ]
        (folder / f"{d}.txt").write_text("\n\n".join(parts))


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    quick = Embedder()  # what a model makes of the words is not what is tested
    monkeypatch.setattr(indexer.embedding, "load", lambda *_, **__: quick)
    monkeypatch.setattr("search.engine.Engine.warm", lambda _: None)
    (tmp_path / "files").mkdir()
    write_edition(tmp_path / "files", 0)
    made = Index(tmp_path / "index", create=True)
    build(made, [tmp_path / "files"], parser=PlainParser())
    yield made
    made.close()


class Client(threading.Thread):
    """Asks one thing after the other, and notes how long each took and what was wrong with it."""

    def __init__(self, address: str, until: threading.Event, seed: int) -> None:
        super().__init__(daemon=True)
        self._client = httpx.Client(base_url=address, timeout=120)
        self._until, self._draw = until, random.Random(seed)
        self.took: list[tuple[float, float]] = []  # when, and seconds
        self.wrong: list[str] = []
        self.editions: Counter[str] = Counter()

    def run(self) -> None:
        """Ask until it is over."""
        ids = [d["id"] for d in self._client.get("/v1/documents").json()["documents"]]
        asked = [
            ("/v1/search", {"q": "harvest failed", "mode": "lexical", "limit": 50}),
            ("/v1/search", {"q": "harvest failed", "rerank": False, "limit": 50}),
            ("/v1/search", {"q": "which region failed", "mode": "dense", "rerank": False, "limit": 50}),
            ("/v1/documents", {}),
            *((f"/v1/documents/{id}/paragraphs", {}) for id in ids),
        ]
        while not self._until.is_set():
            path, parameters = self._draw.choice(asked)
            began = time.monotonic()
            response = self._client.get(path, params=parameters)
            self.took.append((began, time.monotonic() - began))
            self._judge(path, response)
        self._client.close()

    def _judge(self, path: str, response: httpx.Response) -> None:
        if response.status_code != 200:
            self.wrong.append(f"{path}: {response.status_code} {response.text[:200]}")
            return
        body = response.json()
        editions = set(EDITION.findall(json.dumps(body.get("hits", body.get("paragraphs", [])))))
        self.editions.update(editions)
        if path == "/v1/search" and len(body["hits"]) < DOCUMENTS:
            self.wrong.append(f"{path}: {len(body['hits'])} hits")
        if len(editions) > 1:
            self.wrong.append(f"{path}: words of editions {sorted(editions)}")


def p99(took: list[float]) -> float:
    return sorted(took)[int(0.99 * len(took))]


def loaded(index: Index, seconds: float, swaps: int) -> tuple[list[Client], float, float, float]:
    """Ask for some time without and then with swaps; return the clients, and p99 before, in all after, and apart."""
    until = threading.Event()
    with served(create_app(index.folder)) as address:
        wait_until_ready(address)
        clients = [Client(address, until, seed) for seed in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(seconds / 5)
        began = time.monotonic()
        for n in range(1, swaps + 1):
            write_edition(index.folder.parent / "files", n)
            build(index, [index.folder.parent / "files"], parser=PlainParser())
            time.sleep(max(0.0, began + n * seconds / swaps - time.monotonic()))
        until.set()
        for client in clients:
            client.join()
    quiet = [seconds for client in clients for at, seconds in client.took if at < began]
    busy = [seconds for client in clients for at, seconds in client.took if at >= began]
    return clients, p99(quiet), p99(busy), len(quiet) + len(busy)


@pytest.mark.timeout(3000)
def test_each_answer_is_of_one_state_while_the_index_is_exchanged(index: Index) -> None:
    clients, quiet, busy, asked = loaded(index, SECONDS, SWAPS)
    wrong = [fault for client in clients for fault in client.wrong]
    editions = sum((client.editions for client in clients), Counter[str]())
    print(f"{asked:.0f} answers over {SWAPS} exchanges; p99 {quiet:.3f} s without them, {busy:.3f} s with them")
    assert wrong == []
    assert len(editions) > SWAPS / 2, "they were exchanged under the questions"
    assert not SOAKING or busy <= 2 * quiet


def test_what_was_found_is_checked_in_the_state_it_was_found_in(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Engine.search

    def exchanged_after(self: Engine, query: Query) -> Results:
        results = found(self, query)
        with ThreadPoolExecutor(1) as writer:
            write_edition(index.folder.parent / "files", 1)
            writer.submit(build, index, [index.folder.parent / "files"], parser=PlainParser()).result()
        return results

    monkeypatch.setattr(Engine, "search", exchanged_after)
    with served(create_app(index.folder)) as address:
        wait_until_ready(address)
        asked = {"q": "harvest failed", "mode": "lexical"}
        hits = httpx.get(f"{address}/v1/search", params=asked, timeout=60).json()["hits"]
    assert {EDITION.findall(hit["text"])[0] for hit in hits} == {"0"}


def test_an_answer_that_mixes_two_states_is_found(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    from indexer.store import Store

    whole = Store.add

    def halved(self: Store, *given: object) -> None:
        whole(self, *given)  # type: ignore[arg-type]
        self.db.execute("COMMIT")
        time.sleep(0.05)
        self.db.execute("BEGIN IMMEDIATE")

    monkeypatch.setattr(Store, "add", halved)
    clients, *_ = loaded(index, 4, 3)
    assert any("editions" in fault for client in clients for fault in client.wrong)
