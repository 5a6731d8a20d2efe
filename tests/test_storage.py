"""A full disk, a folder that may not be written: it answers, says what is wrong, and goes on when mended."""

from __future__ import annotations

import io
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from killing import PlainParser, QuickEmbedder
from serving import job_when_done
from starlette.testclient import TestClient

import indexer.embedding
from api.app import create_app
from api.cli import main
from api.jobs import Jobs
from api.metrics import Metrics
from indexer.build import build
from indexer.index import Index

SOMEBODY = 65534  # a user without rights
FILLING = " ".join(f"word{n}" for n in range(20_000))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = QuickEmbedder()  # what is tested is where bytes go
    monkeypatch.setattr("search.engine.Engine.warm", lambda _: None)
    monkeypatch.setattr(indexer.embedding, "load", lambda *_, **__: quick)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    at = tmp_path / "disk"
    at.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", at], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("needs the right to mount a file system")
    yield at
    subprocess.run(["umount", "-l", at], check=True)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.txt").write_text("The harvest failed in the north.")
    return folder


def fill(disk: Path) -> None:
    """Leave no byte free."""
    with (disk / "ballast").open("wb", buffering=0) as ballast:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while ballast.write(bytes(size)):
                    pass
            except OSError:
                pass


def found(index: Index) -> int:
    return len(index.keyword([["harvest"]], 10))


def test_on_a_full_disk_it_answers_says_what_is_wrong_and_goes_on_when_there_is_space(
    disk: Path, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--index", str(disk / "index")]
    assert main(["index", str(files), *at]) == 0
    held = Index(disk / "index")
    assert found(held) == 1
    fill(disk)
    (files / "b.txt").write_text(f"Another harvest. {FILLING}")
    capsys.readouterr()
    assert main(["index", str(files), *at]) == 2
    assert "no space left" in capsys.readouterr().err
    assert (found(held), found(Index(disk / "index"))) == (1, 1)
    assert len(held.dense(QuickEmbedder().embed_query("x"), 5)) == 1
    (disk / "ballast").unlink()
    assert main(["index", str(files), *at]) == 0
    assert (found(held), found(Index(disk / "index"))) == (2, 2)


def test_a_full_disk_that_is_not_understood_is_found(
    disk: Path, files: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.faults._FULL", frozenset())
    monkeypatch.setattr("indexer.faults.sqlite3.SQLITE_FULL", -1)
    with pytest.raises((AssertionError, sqlite3.OperationalError)):
        test_on_a_full_disk_it_answers_says_what_is_wrong_and_goes_on_when_there_is_space(disk, files, capsys)


def test_in_a_folder_that_may_not_be_written_it_answers_and_writes_again_when_it_may(
    disk: Path, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--index", str(disk / "index")]
    assert main(["index", str(files), *at]) == 0
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    held = Index(disk / "index")
    assert found(held) == 1
    assert len(held.dense(QuickEmbedder().embed_query("x"), 5)) == 1
    (files / "b.txt").write_text("Another harvest.")
    capsys.readouterr()
    assert main(["index", str(files), *at]) == 2
    assert "may not be written" in capsys.readouterr().err
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    build(held, [files], parser=PlainParser())
    assert found(held) == 2


@contextmanager
def as_somebody() -> Iterator[None]:
    """As a user whom permissions bind: the superuser may write everywhere."""
    if os.geteuid():
        yield
        return
    os.seteuid(SOMEBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def permit(folder: Path, allowed: bool) -> None:
    """Give the right to write a folder and what is in it, or take it."""
    for path in (folder, *folder.rglob("*")):
        if os.geteuid() == 0:
            os.chown(path, SOMEBODY, -1)
        path.chmod((0o700 if path.is_dir() else 0o600) if allowed else (0o500 if path.is_dir() else 0o400))


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions of POSIX")
def test_when_the_right_to_write_is_lost_it_answers_says_so_and_writes_again_in_the_same_process(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = Path(tempfile.mkdtemp(prefix="pincite-"))  # somebody else must get there
    at.chmod(0o755)
    files = Path(shutil.copytree(files, at / "files"))
    index = Index(at / "index", create=True)
    build(index, [files], parser=PlainParser())
    index.close()
    permit(at / "index", allowed=True)
    app = create_app(
        at / "index", hosts=["testserver"],
        build_index=lambda i, paths, tell: build(i, paths, tell, parser=PlainParser()),
    )  # fmt: skip
    new = {"files": ("c.txt", b"A third harvest.")}
    search = {"q": "harvest", "mode": "lexical"}
    with TestClient(app) as client:
        with as_somebody():
            assert client.get("/v1/search", params=search).json()["total"] == 1
        permit(at / "index", allowed=False)
        with as_somebody():
            assert client.get("/v1/search", params=search).json()["total"] == 1
            said = client.post("/v1/documents", files=new)
            assert (said.status_code, said.json()["type"]) == (503, "urn:pincite:read-only")
            assert "may not be written" in said.json()["detail"]
            assert client.get("/v1/search", params=search).json()["total"] == 1
            capsys.readouterr()
            assert main(["index", str(files), "--index", str(at / "index")]) == 2
            assert "may not be written" in capsys.readouterr().err
        permit(at / "index", allowed=True)
        with as_somebody():
            job = client.post("/v1/documents", files=new)
            assert job.status_code == 202
            assert job_when_done(client, job.json()["id"])["files"][0]["state"] == "indexed"
            assert client.get("/v1/search", params=search).json()["total"] == 2
    shutil.rmtree(at)


@pytest.fixture
def client(tmp_path: Path, files: Path) -> Iterator[TestClient]:
    index = Index(tmp_path / "index", create=True)
    build(index, [files], parser=PlainParser())
    index.close()
    app = create_app(
        tmp_path / "index", hosts=["testserver"],
        build_index=lambda i, paths, tell: build(i, paths, tell, parser=PlainParser()),
    )  # fmt: skip
    with TestClient(app, raise_server_exceptions=False) as made:
        yield made


def full(jobs: Jobs, pages: int) -> None:
    """Let the server's database grow to so many pages: to SQLite it is a full disk, on any system."""
    index = jobs._db()
    for db in index.store._opened:
        db.execute(f"PRAGMA max_page_count={pages}")


def test_an_upload_waits_for_space_and_is_indexed_when_there_is_some(tmp_path: Path, files: Path) -> None:
    jobs = Jobs(tmp_path / "index", lambda i, p, tell: build(i, p, tell, parser=PlainParser()), Metrics())
    job = jobs.add([("b.txt", io.BytesIO(f"Another harvest. {FILLING}".encode()))])
    threads: list[bool] = []

    def run_on_a_full_disk(index: Index, paths: object, tell: object) -> object:
        threads.append(True)
        full(jobs, 1_000_000_000 if len(threads) > 1 else 40)
        return build(index, paths, tell, parser=PlainParser())  # type: ignore[arg-type]

    jobs._build = run_on_a_full_disk  # type: ignore[assignment]
    jobs.start()
    said = set()
    for _ in range(600):
        now = jobs.get(job.id)
        assert now
        said.add(now.reason)
        if now.state == "done":
            break
        time.sleep(0.05)
    assert now.state == "done"
    assert any(reason and "no space left" in reason for reason in said)
    jobs.stop()
    assert found(Index(tmp_path / "index")) == 1


@pytest.mark.parametrize(
    ("message", "code", "status", "kind"),
    [
        ("database or disk is full", 13, 507, "no-space"),
        ("attempt to write a readonly database", 8, 503, "read-only"),
        ("database disk image is malformed", 11, 503, "index-damaged"),
        ("database is locked", 5, 503, "index-busy"),
    ],
)
def test_over_http_each_has_its_own_status_and_hint(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, message: str, code: int, status: int, kind: str
) -> None:
    def failing(*_: object) -> None:
        error = sqlite3.OperationalError(message)
        error.sqlite_errorcode = code
        raise error

    monkeypatch.setattr(Jobs, "_write", failing)
    said = client.post("/v1/documents", files={"files": ("c.txt", b"words")})
    assert (said.status_code, said.json()["type"]) == (status, f"urn:pincite:{kind}")
    assert said.json()["hint"]
    assert client.get("/v1/search", params={"q": "harvest", "mode": "lexical"}).json()["total"] == 1
