"""A real server on a real connection, for the tests that need one."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.server import configuration
from indexer.build import build
from indexer.index import Index

T = TypeVar("T")


@contextmanager
def served(app: FastAPI, port: int = 0) -> Iterator[str]:
    """Serve ``app`` on this machine and give its address, without a slash at the end."""
    listener = socket.create_server(("127.0.0.1", port))
    config = configuration(app)
    config.timeout_graceful_shutdown = 2
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        listener.close()


@contextmanager
def served_files(folder: Path) -> Iterator[str]:
    """Index what is below ``folder/files`` into ``folder/index``, serve it, and give the address when it is ready."""
    index = Index(folder / "index", create=True)
    build(index, [folder / "files"])
    index.close()
    with served(create_app(folder / "index")) as address:
        wait_until_ready(address)
        yield address


def apart(work: Callable[[], T]) -> T:
    """Do work in a thread of its own: the browser's event loop keeps running in the main one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(work).result()


def wait_until_ready(address: str, seconds: float = 60) -> None:
    """Wait until the server at ``address`` has loaded its index."""
    for _ in range(int(seconds * 20)):
        if httpx.get(f"{address}/ready").status_code == httpx.codes.OK:
            return
        time.sleep(0.05)
    raise TimeoutError(address)


def job_when_done(client: httpx.Client, job_id: str, seconds: float = 60) -> dict[str, Any]:
    """Return a job once it is done or failed."""
    for _ in range(int(seconds * 20)):
        job: dict[str, Any] = client.get(f"/v1/jobs/{job_id}").json()
        if job["state"] in ("done", "failed"):
            return job
        time.sleep(0.05)
    raise TimeoutError(job)
