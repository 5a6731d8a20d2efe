"""Two servers over one library, behind a plain round robin: the wire is the same, and no upload is lost or done twice.

The tests of the wire are those of one server, each request going to the next of the two.
"""

from __future__ import annotations

import inspect
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import test_api
import test_api_reading
import test_fuzzing
import test_timeline
import test_verify_api
from making import CORPUS
from scaling import Services, round_robin
from serving import served, wait_until_ready
from test_scale import with_vectors

from api.app import create_app
from api.cli import main
from indexer.build import build
from indexer.location import Location

# Each test of the wire that asks a server which a fixture of this file can give it.
_GIVEN = {"client", "empty", "folder", "address"}
for module in (test_api, test_api_reading, test_verify_api, test_timeline, test_fuzzing):
    for name, test in vars(module).items():
        if name.startswith("test_") and _GIVEN & set(inspect.signature(test).parameters):
            globals()[name] = test


@contextmanager
def two_servers(location: Location, **settings: Any) -> Iterator[httpx.Client]:
    """A client whose requests go to two servers in turn."""
    with ExitStack() as stack:
        at = [stack.enter_context(served(create_app(location, **settings))) for _ in range(2)]
        address = stack.enter_context(round_robin([int(a.rpartition(":")[2]) for a in at]))
        one_each = httpx.Limits(max_keepalive_connections=0)
        client = stack.enter_context(httpx.Client(base_url=address, timeout=60, limits=one_each))
        client.servers = at  # type: ignore[attr-defined]
        yield client


@pytest.fixture(scope="module")
def library(services: Services, sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Location:
    """The sample corpus in a library."""
    return with_the_sample(services.library(tmp_path_factory.mktemp("shared") / "index"), sample_index)


def with_the_sample(location: Location, sample_index: Path) -> Location:
    index = location.open(create=True)
    with_vectors(sample_index, index)
    build(index, [CORPUS])
    index.close()
    return location


@pytest.fixture(scope="module")
def client(library: Location) -> Iterator[httpx.Client]:
    with two_servers(library) as opened:
        for address in opened.servers:  # type: ignore[attr-defined]
            wait_until_ready(address)
        yield opened


@pytest.fixture(scope="module")
def address(services: Services, sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of two servers over a library of its own: requests add and delete."""
    location = with_the_sample(services.library(tmp_path_factory.mktemp("fuzzed") / "index"), sample_index)
    with two_servers(location, max_upload=1 << 20) as opened:
        for one in opened.servers:  # type: ignore[attr-defined]
            wait_until_ready(one)
        yield str(opened.base_url).rstrip("/")


@pytest.fixture
def empty(services: Services, tmp_path: Path) -> Iterator[httpx.Client]:
    """Two servers whose index does not exist yet."""
    with two_servers(services.library(tmp_path / "index")) as opened:
        yield opened


@pytest.fixture
def folder(services: Services, tmp_path: Path) -> Iterator[tuple[httpx.Client, Path]]:
    """Two servers over a folder of one file that a test may change."""
    file = tmp_path / "files" / "statement.txt"
    file.parent.mkdir()
    file.write_text("Statement on the courts\n\nThe court in Almaty released three prisoners on 4 May 2020.\n")
    location = services.library(tmp_path / "index")
    index = location.open(create=True)
    build(index, [file.parent])
    index.close()
    with two_servers(location) as opened:
        yield opened, file


recital = test_api_reading.recital


def upload(client: httpx.Client, n: int) -> str:
    text = f"Report {n}\n\nThe court number {n} in Almaty released {n + 3} prisoners on 4 May 2020.\n"
    answer = client.post("/v1/documents", files=[("files", (f"report{n}.txt", text.encode()))])
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def finished(client: httpx.Client, job_id: str, seconds: float = 120) -> dict[str, object]:
    """A job when it is done; a server that is away for a moment is asked again."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        answer = client.get(f"/v1/jobs/{job_id}")
        if answer.status_code == 200 and answer.json()["state"] in ("done", "failed"):
            job: dict[str, object] = answer.json()
            return job
        time.sleep(0.2)
    raise TimeoutError(answer.text)


def documents(address: str, seconds: float = 60) -> dict[str, Any]:
    """What a server lists, as soon as its database is there for it again."""
    until = time.monotonic() + seconds
    while (answer := httpx.get(f"{address}/v1/documents", timeout=60)).status_code == 503 and time.monotonic() < until:
        time.sleep(0.2)
    listed: dict[str, Any] = answer.json()
    return listed


def test_servers_without_a_library_do_not_make_one(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.jobs._LOOK_EVERY", 0.1)
    with two_servers(services.library(tmp_path / "index")) as client:
        time.sleep(2)
        assert client.get("/v1/search", params={"q": "court"}).json()["type"] == "urn:pincite:no-index"


def test_an_upload_to_either_server_is_indexed_once_and_found_on_both(services: Services, tmp_path: Path) -> None:
    with two_servers(services.library(tmp_path / "index")) as client:
        jobs = [upload(client, n) for n in range(6)]
        states = [finished(client, job) for job in jobs]
        assert [[f["state"] for f in job["files"]] for job in states] == [["indexed"]] * 6  # type: ignore[attr-defined]
        for address in client.servers * 2:  # type: ignore[attr-defined]
            assert httpx.get(f"{address}/v1/documents").json()["total"] == 6
            found = httpx.get(
                f"{address}/v1/search", params={"q": "court prisoners", "mode": "dense"}, timeout=60
            ).json()
            assert len({hit["document"]["id"] for hit in found["hits"]} | {
                twin["document"]["id"] for hit in found["hits"] for twin in hit["duplicates"]
            }) == 6  # fmt: skip


def test_a_job_that_a_lost_server_left_is_done_by_another(services: Services, tmp_path: Path) -> None:
    location = services.library(tmp_path / "index")
    with served(create_app(location)) as address:  # keeps uploads, and is gone before they are done
        lost = location.open(create=True)
        with lost.only_writer(), httpx.Client(base_url=address, timeout=60) as client:
            job = upload(client, 1)
    with served(create_app(location)) as address, httpx.Client(base_url=address, timeout=60) as client:
        assert finished(client, job)["state"] == "done"
        assert client.get("/v1/documents").json()["total"] == 1
    lost.close()


def test_a_database_that_was_killed_costs_no_acknowledged_upload(services: Services, tmp_path: Path) -> None:
    with two_servers(services.library(tmp_path / "index")) as client:
        finished(client, upload(client, 0))
        jobs = [upload(client, n) for n in range(1, 4)]
        services.postgres.kill()
        answer = client.get("/v1/search", params={"q": "court"})
        assert answer.status_code == 503
        assert answer.json()["type"].endswith("unreachable")
        services.postgres.start()
        time.sleep(1)
        assert [finished(client, job)["state"] for job in jobs] == ["done"] * 3
        for address in client.servers:  # type: ignore[attr-defined]
            assert documents(address)["total"] == 4


def test_an_engine_that_was_killed_costs_no_acknowledged_upload(services: Services, tmp_path: Path) -> None:
    location = services.library(tmp_path / "index")
    with two_servers(location) as client:
        finished(client, upload(client, 0))
        services.milvus.kill()
        jobs = [upload(client, n) for n in range(1, 3)]
        assert client.get("/v1/search", params={"q": "court"}).status_code == 503
        assert client.get("/v1/documents").json()["total"] == 1
        services.milvus.start()
        assert [finished(client, job)["state"] for job in jobs] == ["done"] * 2
        found = client.get("/v1/search", params={"q": "which court released prisoners?", "mode": "dense"})
        assert found.status_code == 200, found.text
    index = location.open()
    assert index.held() == (index.catalogue.count()[2], 0)  # type: ignore[attr-defined]
    index.close()


def test_the_same_commands_work_with_an_engine_and_a_catalogue(
    services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = services.library(tmp_path / "index")
    given = ["--index", str(where.folder), "--engine", str(where.engine), "--catalogue", str(where.catalogue), "--json"]
    file = tmp_path / "files" / "statement.txt"
    file.parent.mkdir()
    file.write_text("Statement on the courts\n\nThe court in Almaty released three prisoners on 4 May 2020.\n")

    def run(*command: str) -> tuple[int, dict[str, object] | list[object]]:
        code = main([*command, *given])
        out = capsys.readouterr().out.strip().splitlines()
        return code, json.loads(out[-1])

    assert run("search", "court") == (2, {"error": run("search", "court")[1]["error"]})  # type: ignore[call-overload]
    assert run("index", str(file.parent))[1]["indexed"] == ["statement.txt"]  # type: ignore[call-overload]
    assert run("index", str(file.parent))[1]["unchanged"] == ["statement.txt"]  # type: ignore[call-overload]
    assert run("index", str(file.parent), "--rebuild")[1]["indexed"] == ["statement.txt"]  # type: ignore[call-overload]
    assert run("search", "prisoners released")[0] == 0
    assert run("ask", "How many prisoners did the court in Almaty release?")[1]["status"] == "answered"  # type: ignore[call-overload]
    assert run("get", "statement")[0] == 0
    assert {f["about"] for f in run("doctor")[1]["findings"] if not f["ok"]} == set()  # type: ignore[call-overload]
    assert run("backup", str(tmp_path / "file"))[0] == 2
    assert run("remove", "statement.txt")[0] == 0
    assert run("search", "prisoners released")[0] == 1


# -- a rebuild under load, seen by users


def statements(folder: Path, version: int, files: int = 6) -> None:
    """Write files that all say the number of this version."""
    folder.mkdir(exist_ok=True)
    for n in range(files):
        words = f"Statement {n}\n\nThe court in Almaty released {version} prisoners of group {n} on 4 May 2020.\n"
        (folder / f"statement{n}.txt").write_text(words)


def versions_told(client: httpx.Client, turn: int) -> tuple[frozenset[str], int]:
    """The versions that one answer tells of, and from how many documents; a search and a question in turn."""
    if turn % 2:
        answer = client.get("/v1/search", params={"q": "prisoners released by the court in Almaty"})
        assert answer.status_code == 200, answer.text
        hits = answer.json()["hits"]
        texts = [hit["text"] for hit in hits]
        documents = {hit["document"]["id"] for hit in hits} | {
            twin["document"]["id"] for hit in hits for twin in hit["duplicates"]
        }
    else:
        answer = client.post("/v1/ask", json={"question": "How many prisoners did the court in Almaty release?"})
        assert answer.status_code == 200, answer.text
        cited = answer.json()["citations"]
        texts, documents = [one["quote"] for one in cited], {one["document"]["id"] for one in cited}
    return frozenset(re.findall(r"released (\d+) prisoners", " ".join(texts))), len(documents)


def test_a_rebuild_under_load_costs_no_request_and_mixes_no_answer(services: Services, tmp_path: Path) -> None:
    location, files, stop = services.library(tmp_path / "index"), tmp_path / "files", threading.Event()
    statements(files, 1)
    index = location.open(create=True)
    build(index, [files])
    answers: list[tuple[frozenset[str], int, int]] = []
    failed: list[str] = []

    def ask(client: httpx.Client, turn: int) -> None:
        while not stop.is_set():
            try:
                answers.append((*versions_told(client, turn), turn))
            except Exception as error:
                failed.append(f"{type(error).__name__}: {error}")
            stop.wait(0.05)  # users read; without it they take both cores from what is rebuilt

    with two_servers(location) as client:
        for address in client.servers:  # type: ignore[attr-defined]
            wait_until_ready(address)
        askers = [threading.Thread(target=ask, args=(client, turn)) for turn in range(4)]
        for asker in askers:
            asker.start()
        try:
            for version in (2, 3, 4):
                time.sleep(2)
                statements(files, version)
                with index.rebuilding():
                    build(index, [files])
            time.sleep(2)
        finally:
            stop.set()
            for asker in askers:
                asker.join()
    index.close()
    told = Counter(min(versions, default="none") for versions, _, _ in answers)
    print(f"\nrebuilt three times under load: {len(answers)} answers, {len(failed)} failed, by version {dict(told)}")
    assert failed == []
    assert [versions for versions, _, _ in answers if len(versions) != 1] == []
    assert {documents for _, documents, turn in answers if turn % 2} == {6}
    assert set(told) == {"1", "2", "3", "4"}
