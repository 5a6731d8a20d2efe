"""Starts PostgreSQL and a one-process Milvus, on this machine only, for the tests of an index past one machine."""

from __future__ import annotations

import importlib.util
import itertools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from indexer.location import Location

_MILVUS = """
import sys, threading
from milvus_lite.adapter.grpc.server import start_server_in_thread
kept = start_server_in_thread(data_dir=sys.argv[1], host="127.0.0.1", port=int(sys.argv[2]), max_workers=32)
print(kept[2], flush=True)
threading.Event().wait()
"""


def missing() -> str:
    """What these tests need and do not find here, "" if all is there."""
    packages = [name for name in ("psycopg", "pymilvus", "milvus_lite") if importlib.util.find_spec(name) is None]
    return ", ".join(packages + ([] if postgres_programs() else ["PostgreSQL's initdb and postgres"]))


def need_services() -> None:
    """Skip the test by name where something is missing; in CI nothing may be."""
    if lacking := missing():
        if os.environ.get("CI"):
            pytest.fail(f"CI must have {lacking}")
        pytest.skip(f"needs {lacking}")


def postgres_programs() -> Path | None:
    """The folder with PostgreSQL's programs, None if it is not installed."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").exists()), None)


@dataclass
class Services:
    """Both servers; each test takes libraries of its own in them."""

    postgres: Service
    milvus: Service
    _libraries: Iterator[int] = field(default_factory=itertools.count)

    def library(self, folder: Path) -> Location:
        """A library that does not exist yet; ``folder`` is for its uploads."""
        name = f"lib{next(self._libraries)}"
        return Location(
            folder, f"milvus://127.0.0.1:{self.milvus.port}/{name}",
            f"postgresql://pincite@127.0.0.1:{self.postgres.port}/postgres",
        )  # fmt: skip


class Service:
    """A process that can be killed and started again at the same place."""

    def __init__(self, command: list[str], folder: Path, port: int, user: str | None = None) -> None:
        self.command, self.folder, self.port, self.user = command, folder, port, user
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, stdout=log, stderr=log, user=self.user, cwd="/", start_new_session=True
            )
        until = time.monotonic() + 60
        while time.monotonic() < until and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"{self.command[0]} did not start: {(self.folder / 'server.log').read_text()[-2000:]}")

    def kill(self) -> None:
        """End it at once, as a lost machine does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(30)

    def stop(self) -> None:
        """End it in good order."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def started(folder: Path) -> Iterator[Services]:
    """Both servers, with their files in ``folder``."""
    with postgres(folder / "postgres") as database, milvus(folder / "milvus") as engine:
        yield Services(database, engine)


@contextmanager
def round_robin(ports: list[int]) -> Iterator[str]:
    """An address from which each connection goes to the next of ``ports``, leaving out those that nobody listens on."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    turns = itertools.cycle(ports)

    def serve() -> None:
        while True:
            try:
                asking, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=_pass_on, args=(asking, [next(turns) for _ in ports]), daemon=True).start()
            next(turns)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _pass_on(asking: socket.socket, ports: list[int]) -> None:
    with asking:
        for port in ports:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as answering:
                answering.settimeout(None)
                back = threading.Thread(target=_pump, args=(answering, asking), daemon=True)
                back.start()
                _pump(asking, answering)
                back.join()
                return


def _pump(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(1 << 16):
            other.sendall(data)
    with suppress(OSError):
        other.shutdown(socket.SHUT_WR)


@contextmanager
def postgres(folder: Path) -> Iterator[Service]:
    """A database server in ``folder``; it takes no superuser, so root starts it as another user."""
    programs = postgres_programs()
    assert programs is not None
    user = None
    if os.geteuid() == 0:
        import pwd

        user = "postgres" if "postgres" in {u.pw_name for u in pwd.getpwall()} else "nobody"
    folder.mkdir(parents=True)
    if user:
        folder = Path(tempfile.mkdtemp(prefix="pincite-postgres-"))  # pytest's own folders are closed to other users
        shutil.chown(folder, user)
    port = free_port()
    subprocess.run(
        [programs / "initdb", "-D", folder, "-U", "pincite", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
        check=True, capture_output=True, user=user, cwd="/",
    )  # fmt: skip
    service = Service(
        [str(programs / "postgres"), "-D", str(folder), "-p", str(port), "-c", "listen_addresses=127.0.0.1",
         "-c", "unix_socket_directories=", "-c", "max_connections=200"], folder, port, user,
    )  # fmt: skip
    try:
        service.start()
        _wait_for_postgres(port)
        yield service
    finally:
        service.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for_postgres(port: int) -> None:
    import psycopg

    until = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(f"postgresql://pincite@127.0.0.1:{port}/postgres").close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


@contextmanager
def milvus(folder: Path) -> Iterator[Service]:
    """A one-process Milvus in ``folder``, which listens on this machine only."""
    folder.mkdir(parents=True)
    port = free_port()
    service = Service([sys.executable, "-c", _MILVUS, str(folder), str(port)], folder, port)
    try:
        service.start()
        yield service
    finally:
        service.stop()
