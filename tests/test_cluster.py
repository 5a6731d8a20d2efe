"""A Milvus cluster as the engine: what one Milvus is held to, with replicas, and with nodes and the link to it lost.

Milvus listens on all addresses of a machine, so this runs only where there is no network but the loopback:
``unshare -n sh -c 'ip link set lo up; python -m pytest tests/test_cluster.py'``.
"""

from __future__ import annotations

import inspect
import json
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
import test_scale
import test_sharing
from making import document, put, unit
from milvuses import MilvusCluster, milvus_cluster, need_cluster
from scaling import Service, Services, need_services, postgres

from indexer import milvus
from indexer.faults import Unreachable
from indexer.location import Location
from indexer.scale import ScaleIndex

pytestmark = pytest.mark.timeout(600)
_NOT_OF_2_3 = "test_keyword_search_finds_the_same_passages_with_the_same_bm25"  # half of it is about BM25 in Milvus

# The tests of one Milvus, over this one; and the fixtures that they take.
_FIXTURES = {"both", "many", "engines", "client", "empty", "folder", "address"}
for module in (test_scale, test_sharing):
    for name, value in vars(module).items():
        test = name.startswith("test_") and inspect.isfunction(value) and name != _NOT_OF_2_3
        if name in _FIXTURES | {"library", "recital"} or (
            test and (_FIXTURES | {"services"}) & set(inspect.signature(value).parameters)
        ):
            globals()[name] = value


class Replicated(Services):
    """PostgreSQL and a cluster, each collection loaded twice."""

    def library(self, folder: Path) -> Location:
        plain = super().library(folder)
        return Location(plain.folder, f"{plain.engine}?replicas=2", plain.catalogue)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusCluster]:
    need_cluster()
    if [name for _, name in socket.if_nameindex()] != ["lo"]:
        pytest.skip("needs a network of its own, since Milvus listens on all addresses: see the head of the file")
    with milvus_cluster(tmp_path_factory.mktemp("milvus")) as running:
        yield running


@pytest.fixture(scope="module")
def services(cluster: MilvusCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    need_services()
    with postgres(tmp_path_factory.mktemp("services") / "postgres") as database:
        yield Replicated(database, cluster.roles["proxy"])


@pytest.fixture(autouse=True)
def dropped(services: Services) -> Iterator[None]:
    """Drop the libraries that a test made: each that is loaded reads the log all the time, from the very store that
    everything else waits for, and after some dozens of them a slow machine does nothing else."""
    from pymilvus import MilvusClient

    client = MilvusClient(f"http://127.0.0.1:{services.milvus.port}")
    before = set(client.list_collections())
    yield
    for collection in set(client.list_collections()) - before:
        for alias in client.list_aliases(collection)["aliases"]:
            client.drop_alias(alias)
        client.drop_collection(collection)
    client.close()


@pytest.mark.parametrize("stems", test_scale.WORDS, ids=" ".join)
def test_keywords_are_ranked_as_in_a_folder(both: test_scale.Both, stems: list[str]) -> None:
    assert not both[1].engine.has_keywords
    for filters in test_scale.FILTERS:
        one, many = (index.keyword([[stem] for stem in stems], 500, filters) for index in both)
        assert [score for _, score in many] == pytest.approx([score for _, score in one], abs=1e-6)
        assert test_scale.names(both[1], many) == test_scale.names(both[0], one)


# -- nodes and links lost


@contextmanager
def asking(index: ScaleIndex, clients: int = 4) -> Iterator[list[tuple[float, float, str]]]:
    """Ask without a pause; give of each answer when it came, how long it took (s) and what was wrong with it."""
    answers: list[tuple[float, float, str]] = []
    query, stop = unit(1, 16, seed=99)[0], threading.Event()
    right = index.dense(query, 30)

    def ask() -> None:
        while not stop.is_set():
            began = time.monotonic()
            try:
                wrong = "" if index.dense(query, 30) == right else "another answer"
            except Exception as error:
                wrong = f"{type(error).__name__}: {error}"
            answers.append((time.monotonic(), time.monotonic() - began, wrong))

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def told(what: str, answers: list[tuple[float, float, str]]) -> list[str]:
    """Print what was measured, and return the failures."""
    wrong = [w for _, _, w in answers if w]
    took = sorted(t for _, t, _ in answers)
    measured = {"answers": len(answers), "failed": len(wrong), "longest_s": round(took[-1], 2),
                "median_ms": round(took[len(took) // 2] * 1000, 1)}  # fmt: skip
    print(f"\n{what}: {json.dumps(measured)} {sorted(set(wrong))[:3]}")
    return wrong


def test_a_query_node_that_is_killed_costs_no_search(cluster: MilvusCluster, many: ScaleIndex) -> None:
    test_scale.filled(many)
    many.save_vectors()
    with asking(many) as answers:
        time.sleep(5)
        cluster.roles["query0"].kill()
        time.sleep(40)
        cluster.roles["query0"].start()
        time.sleep(20)
    assert told("query node killed", answers) == []


def test_a_data_node_that_is_killed_while_documents_are_written_loses_none(
    cluster: MilvusCluster, many: ScaleIndex
) -> None:
    written: list[str] = []
    refused = 0

    def kill_and_start() -> None:
        cluster.roles["data"].kill()
        time.sleep(10)
        cluster.roles["data"].start()

    killing = threading.Timer(3, kill_and_start)
    killing.start()
    until = time.monotonic() + 30
    while time.monotonic() < until:
        source = f"{len(written)}.txt"
        try:
            with many.only_writer():
                put(many, document(source), ["court in Almaty", "court in Geneva"], unit(2, 16, seed=len(written)))
            written.append(source)
        except Unreachable:
            refused += 1
    killing.join()
    print(f"\ndata node killed: {len(written)} documents acknowledged, {refused} refused")
    assert len(written) > 10
    with many.only_writer():
        assert many.held() == (2 * len(written), 0)
    assert {d.source for d in many.catalogue.documents(limit=-1)[1]} == set(written)
    found = many.catalogue.passages([key for key, _ in many.dense(unit(1, 16)[0], 2 * len(written))])
    assert len(found) == 2 * len(written)


def test_a_library_that_no_node_loads_is_told_with_what_to_do_and_made_when_they_are_back(
    cluster: MilvusCluster, services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = services.library(tmp_path / "many")
    nodes = [cluster.roles[name] for name in ("query0", "query1")]
    with closing(where.open(create=True)) as index:
        assert isinstance(index, ScaleIndex)
        with frozen(nodes), monkeypatch.context() as patch:
            patch.setattr(milvus, "_LOADING", 8.0)
            began = time.monotonic()
            with pytest.raises(Unreachable, match=r"had not loaded .* after 8 s\. Look whether its query nodes run"):
                test_scale.filled(index)
            assert time.monotonic() - began < 30
        test_scale.filled(index)
        index.save_vectors()
        assert len(index.dense(unit(1, 16)[0], 30)) == 30


@contextmanager
def frozen(services: list[Service]) -> Iterator[None]:
    """Processes that are there and do nothing, as on a machine that swaps."""
    running = [service.process for service in services if service.process is not None]
    for process in running:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in running:
            process.send_signal(signal.SIGCONT)


class Link:
    """A way to ``port`` that can be cut: then nothing passes, and nobody is told."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._whole = threading.Event()
        self._whole.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(self, seconds: float) -> None:
        self._whole.clear()
        time.sleep(seconds)
        self._whole.set()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                self._whole.wait()
                far = socket.create_connection(("127.0.0.1", self._to))
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(1 << 16):
                self._whole.wait()
                other.sendall(data)
        with suppress(OSError):
            other.shutdown(socket.SHUT_WR)


def test_a_link_that_is_cut_for_half_a_minute_gives_clear_errors_or_waits_and_then_the_same(
    cluster: MilvusCluster, services: Services, tmp_path: Path
) -> None:
    with closing(Link(cluster.port)) as link:
        where = services.library(tmp_path / "many")
        engine = str(where.engine).replace(f":{cluster.port}/", f":{link.port}/")
        with closing(Location(where.folder, engine, where.catalogue).open(create=True)) as index:
            assert isinstance(index, ScaleIndex)
            test_scale.filled(index)
            with asking(index) as answers:
                time.sleep(3)
                link.cut(30)
                whole = time.monotonic()
                time.sleep(10)
            wrong = told("link cut for 30 s", answers)
            assert all(w.startswith("Unreachable: Milvus at") for w in wrong)
            late = [w for at, took, w in answers if at - took > whole]
            assert late
            assert not any(late)
            put(index, document("after.txt"), ["court in Almaty"], unit(1, 16))
            index.save_vectors()
            assert index.held() == (301, 0)
