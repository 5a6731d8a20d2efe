"""Starts PostgreSQL and a one-process Milvus, on this machine only, for the tests of an index past one machine."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

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


class Service:
    """A process that can be killed and started again at the same place."""

    def __init__(self, command: list[str], folder: Path, port: int, user: str | None = None) -> None:
        self.command, self.folder, self.port, self.user = command, folder, port, user
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        log = (self.folder.parent / f"{self.folder.name}.log").open("ab")
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
        raise RuntimeError(f"{self.command[0]} did not start: {Path(log.name).read_text()[-2000:]}")

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
def postgres(folder: Path) -> Iterator[tuple[str, Service]]:
    """A database server in ``folder``; it takes no superuser, so root starts it as another user."""
    programs = postgres_programs()
    assert programs is not None
    user = None
    if os.geteuid() == 0:
        user = "postgres" if "postgres" in {u.pw_name for u in pwd.getpwall()} else "nobody"
    folder.mkdir(parents=True)
    if user:
        for above in [folder, *folder.parents]:
            if above.stat().st_uid == 0 and above != Path("/") and above != Path("/tmp"):
                above.chmod(above.stat().st_mode | 0o011)
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
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
        yield f"postgresql://pincite@127.0.0.1:{port}/postgres", service
    finally:
        service.stop()


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
def milvus(folder: Path) -> Iterator[tuple[str, Service]]:
    """A one-process Milvus in ``folder``, which listens on this machine only."""
    folder.mkdir(parents=True)
    port = free_port()
    service = Service([sys.executable, "-c", _MILVUS, str(folder), str(port)], folder, port)
    try:
        service.start()
        yield f"milvus://127.0.0.1:{port}", service
    finally:
        service.stop()
