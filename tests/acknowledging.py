"""Uploads to a server that is killed, again and again, and looks for each upload that it had acknowledged.

Run as a program, with seed and number of files; it prints one line of JSON. It forks its servers and loads no model
(see tests/killing.py); what it asks goes over HTTP to 127.0.0.1. An upload is acknowledged when its answer, 202, was
read to its end. In the end each of its files must lie on the disk as it was sent, its job must be done, and the index
must have its text.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn
from killing import PlainParser, _forked, _text, with_quick_embedder

from api import wire_jobs as wire
from api.app import create_app
from api.jobrecords import KEPT
from api.jobs import Jobs
from api.server import configuration
from indexer.build import build
from indexer.index import Index
from search.engine import Engine

KILLS = 3  # at least: a fast machine acknowledges a hundred files before the first
AT_ONCE = 4  # uploads that are under way at the same time
FILES = 20  # most files of an upload

Sent = dict[str, bytes]


@contextmanager
def server(folder: Path) -> Iterator[tuple[int, str]]:
    """A server in a process of its own, once it answers: its process id and its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"

    def serve(_: int) -> None:
        app = create_app(folder, build_index=lambda i, paths, tell: build(i, paths, tell, parser=PlainParser()))
        uvicorn.Server(configuration(app)).run(sockets=[listener])

    with _forked(serve) as (child, _):
        listener.close()
        while True:
            try:
                httpx.get(f"{address}/health", timeout=30)
                break
            except httpx.TransportError:
                time.sleep(0.02)
        yield child, address


class Uploading:
    """What was acknowledged: for each job, its files as they were sent, by the name they were kept under."""

    def __init__(self, folder: Path, seed: int, files: int) -> None:
        self.folder, self.files = folder, files
        self.draw = random.Random(seed)
        self.acknowledged: dict[str, Sent] = {}
        self.sent = self.count = self.kills = 0
        self.lives = 1.5  # seconds, at most, from a server's first answer to its end

    def run(self) -> None:
        """Upload and kill until so many files were acknowledged, and the server was killed `KILLS` times."""
        shown = began = time.monotonic()
        while self.count < self.files or self.kills < KILLS:
            before = self.count
            with server(self.folder) as (child, address):
                asyncio.run(self._until_killed(child, address))
            self.kills += 1
            # Machines differ in speed and load: most servers should get through some uploads, and none through many.
            gained = self.count - before
            self.lives *= 1.3 if gained == 0 else 0.8 if gained > 10 * FILES else 1
            if time.monotonic() > shown + 30:
                shown = time.monotonic()
                print(f"{shown - began:.0f} s: {self.count} files, {self.kills} kills", file=sys.stderr, flush=True)

    async def _until_killed(self, child: int, address: str) -> None:
        async with httpx.AsyncClient(base_url=address, timeout=60) as client:
            uploads = [asyncio.ensure_future(self._upload(client)) for _ in range(AT_ONCE)]
            await asyncio.sleep(self.draw.uniform(0.02, self.lives))
            os.kill(child, signal.SIGKILL)
            await asyncio.gather(*uploads)

    async def _upload(self, client: httpx.AsyncClient) -> None:
        while True:
            files = self._some()
            try:
                answer = await client.post("/v1/documents", files=[("files", one) for one in files])
            except httpx.TransportError:
                return
            assert answer.status_code == 202, answer.text
            job = answer.json()
            kept = [one["source"] for one in job["files"]]
            self.acknowledged[job["id"]] = dict(zip(kept, (data for _, data in files), strict=True))
            self.count += len(kept)

    def _some(self) -> list[tuple[str, bytes]]:
        files = []
        for _ in range(self.draw.randrange(1, FILES + 1)):
            self.sent += 1
            # Now and then a name that another file has: it must not replace that.
            name = f"{self.draw.randrange(self.sent) if self.draw.random() < 0.1 else self.sent}.txt"
            files.append((name, f"{_text(self.draw)[:2000]} {self.sent}".encode()))
        return files

    # -- what is left

    def lost(self) -> list[str]:
        """Return what was acknowledged and is not there, when a last server has had the time to index it."""
        wrong = []
        with server(self.folder) as (_, address), httpx.Client(base_url=address, timeout=60) as client:
            states = {id: _ended(client, id) for id in self.acknowledged}
        # Of old jobs that are done the record is forgotten, their files are not; some in between were not acknowledged.
        forgotten = set(list(states)[: -KEPT // 2])
        wrong += [f"job {id}: {s}" for id, s in states.items() if s != "done" and not (s == "404" and id in forgotten)]
        index = Index(self.folder)
        texts = {s.source: index.catalogue.text_of(s.document_id) for s in index.store.files()}
        for files in self.acknowledged.values():
            for name, data in files.items():
                on_disk = self.folder / "uploads" / name
                if not on_disk.is_file() or on_disk.read_bytes() != data:
                    wrong.append(f"{name}: not on the disk as it was sent")
                if texts.get(name) != data.decode():
                    wrong.append(f"{name}: not in the index as it was sent")
        return wrong


def _ended(client: httpx.Client, job: str, seconds: float = 600) -> str:
    """Return the state that a job ends in, or in which it was when the time was over."""
    until = time.monotonic() + seconds
    while True:
        answer = client.get(f"/v1/jobs/{job}")
        state = answer.json()["state"] if answer.status_code == 200 else f"{answer.status_code}"
        if state not in ("queued", "running") or time.monotonic() > until:
            return str(state)
        time.sleep(0.05)


def _plant(fault: str) -> None:
    """Break the program in a way that must be found."""
    write = Jobs._write
    if fault == "late record":

        def later(self: Jobs, job: wire.Job) -> None:
            threading.Timer(0.3, write, (self, job)).start()

        Jobs._write = later  # type: ignore[method-assign]
    elif fault == "names taken twice":
        from api import uploads

        def replaced(folder: Path, name: str, part: Path) -> str:
            shutil.copy(part, folder / name)
            return name

        uploads._take_name = replaced


def main() -> None:
    """Upload as many files as asked, and print what came of it."""
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--files", type=int, default=100)
    options.add_argument("--fault", default="")
    given = options.parse_args()
    with_quick_embedder()
    Engine.warm = lambda _: None  # type: ignore[method-assign]
    _plant(given.fault)
    began = time.monotonic()
    uploading = Uploading(given.folder / "index", given.seed, given.files)
    uploading.run()
    lost = uploading.lost()
    print(
        json.dumps(
            {
                "files": uploading.count, "uploads": len(uploading.acknowledged), "sent": uploading.sent,
                "kills": uploading.kills, "seconds": round(time.monotonic() - began, 1), "lost": len(lost),
                "which": lost[:20],
            }
        )
    )  # fmt: skip
    sys.exit(1 if lost else 0)


if __name__ == "__main__":
    main()
