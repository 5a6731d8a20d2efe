"""Uploads on their way into the index: one worker thread, and a record that outlives a crash."""

from __future__ import annotations

import logging
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from api import wire_jobs as wire
from api.jobrecords import JobRecords
from api.metrics import Metrics
from api.uploads import NotKept, keep, sweep, uploaded, uploads_of
from indexer.build import Outcome, Progress, remove
from indexer.document import Document
from indexer.faults import NotWritten, Unreachable, meaning
from indexer.index import Index, IndexBusy, IndexMissing
from indexer.location import Location
from indexer.manifest import MANIFEST
from indexer.scan import DATABASE, place
from indexer.store import IndexUnusable

Build = Callable[[Index, Sequence[Path], Callable[[Progress], None]], Outcome]
SAMPLE = Path(os.path.abspath(__file__)).parent.parent / "corpus"
_LOOK_EVERY = 2.0  # seconds between looks for a job that another server left undone
_log = logging.getLogger(__name__)


class _Stopping(Exception):
    """The server stops; the job at hand is taken up again when it starts."""


class Jobs:
    """The uploads of one index. ``built`` is called after each build."""

    def __init__(
        self, where: Path | Location, build: Build, metrics: Metrics, built: Callable[[], None] = lambda: None
    ) -> None:
        location = Location.of(where)
        self.folder = location.folder
        self.uploads = uploads_of(location.folder)
        self._location = location
        self._build = build
        self._built = built
        self._metrics = metrics
        self._opening = threading.Lock()
        self._writing = threading.Lock()
        self._index: Index | None = None
        self._progress: dict[str, wire.JobProgress] = {}
        self._obstacles: dict[str, str] = {}
        self._counted: set[str] = set()
        self._waiting: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._worker = threading.Thread(target=self._work, name="uploads", daemon=True)

    def start(self) -> None:
        """Start the worker, with the jobs that an earlier run did not finish."""
        sweep(self.uploads)
        if self._location.exists() and not self._location.shared:
            for job_id in self._records.unfinished():
                self._enqueue(job_id)
        self._worker.start()

    def stop(self) -> None:
        """Stop at the next file; what is not done is kept for the next start."""
        self._stopping.set()
        self._waiting.put(None)
        if self._worker.is_alive():
            self._worker.join(timeout=30)
        if self._index is not None:
            self._index.close()

    def add(self, files: Sequence[tuple[str, BinaryIO]]) -> wire.Job:
        """Keep the files and queue them; when this returns they are on the disk. Raises `OSError`."""
        job = wire.Job(
            id=uuid4().hex,
            state="queued",
            created=_now(),
            files=[self._kept(name, data) for name, data in files],
        )
        if all(file.state == "refused" for file in job.files):
            job.state = "done"
        self._write(job)
        if job.state == "queued":
            self._enqueue(job.id)
        return job

    def add_sample(self) -> wire.Job:
        """Queue the sample documents. Raises `FileNotFoundError` where this program came without them."""
        names = sorted(f.name for f in SAMPLE.iterdir() if f.name != MANIFEST)
        job = wire.Job(
            id=uuid4().hex,
            sample=True,
            state="queued",
            created=_now(),
            files=[wire.JobFile(source=name, state="queued") for name in names],
        )
        self._write(job)
        self._enqueue(job.id)
        return job

    def get(self, job_id: str) -> wire.Job | None:
        """Return a job as it stands, None if there is no such."""
        if self._index is None and not self._location.exists():
            return None
        job = self._records.get(job_id)
        if job is None:
            return None
        job.progress = self._progress.get(job_id)
        job.reason = self._obstacles.get(job_id, job.reason)
        return job

    def remove(self, document: Document) -> bool:
        """Take a document out of the index, and delete its file if it was uploaded; say whether. Raises `IndexBusy`."""
        index = self._db()
        original = index.catalogue.original(document.id)
        with self._only_writer():
            _patiently(lambda: remove(index, [document.id]), 200 if self._location.shared else 20)
        file = uploaded(original, self.uploads, document.sha256) if original else None
        if file:
            file.unlink(missing_ok=True)
        return file is not None

    # -- the worker

    def _work(self) -> None:
        while (job_id := self._next()) is not None and not self._stopping.is_set():
            try:
                self._do(job_id)
            except _Stopping:
                return
            except Unreachable as away:
                _log.warning("%s", away)  # another look finds the job again
                self._stopping.wait(_LOOK_EVERY)
            if job_id in self._counted:
                self._counted.remove(job_id)
                self._metrics.jobs.dec()

    def _next(self) -> str | None:
        """Wait for a job; where other servers take jobs too, also for one that its server left undone."""
        if not self._location.shared:
            return self._waiting.get()
        while not self._stopping.is_set():
            with suppress(queue.Empty):
                return self._waiting.get(timeout=_LOOK_EVERY)
            with suppress(IndexMissing, IndexUnusable):
                for job_id in JobRecords(self._db(create=False)).unfinished():
                    self._waiting.put(job_id)
        return None

    def _do(self, job_id: str) -> None:
        with self._records.claim(job_id) as mine:
            job = self.get(job_id)
            if not mine or job is None or job.state in ("done", "failed"):
                return
            try:
                self._until_written(job)
            except (_Stopping, Unreachable):
                raise
            except Exception as error:
                _log.exception("Upload %s failed", job.id)
                self._finish(job, "failed", f"{type(error).__name__}: {error}")
        self._built()

    def _until_written(self, job: wire.Job) -> None:
        """Run a job, again and again while the disk is full or may not be written."""
        while True:
            try:
                self._run(job)
                return
            except (sqlite3.DatabaseError, OSError, Unreachable) as error:
                told = meaning(error, self.folder / DATABASE)
                if not isinstance(told, NotWritten):
                    raise
                self._obstacles[job.id] = f"Waiting: {told}"
            if self._stopping.wait(1.0):
                raise _Stopping
            self._obstacles.pop(job.id, None)

    def _run(self, job: wire.Job) -> None:
        job.state = "running"
        self._write(job)
        paths = [self._root(job) / file.source for file in job.files if file.state == "queued"]
        there = [path for path in dict.fromkeys(paths) if path.is_file()]
        outcome = None
        while outcome is None:
            try:
                with self._only_writer():
                    outcome = self._build(self._db(), there, lambda p: self._note(job.id, p))
            except IndexBusy as busy:
                job.reason = f"Waiting: {busy}"
                self._write(job)
                if self._stopping.wait(1.0):
                    raise _Stopping from None
        self._sort(job, outcome)
        self._finish(job, "done", None)

    def _sort(self, job: wire.Job, outcome: Outcome) -> None:
        reasons = dict(outcome.refused)
        for file in (f for f in job.files if f.state == "queued"):
            if file.source in reasons:
                file.state, file.reason = "refused", reasons[file.source]
            elif file.source in outcome.indexed or file.source in outcome.unchanged:
                file.state = "indexed" if file.source in outcome.indexed else "unchanged"
                file.document = self._document_id(self._root(job), file.source)
            else:
                file.state, file.reason = "refused", "not a document, or deleted before it was read"

    def _root(self, job: wire.Job) -> Path:
        return SAMPLE if job.sample else self.uploads

    def _document_id(self, root: Path, source: str) -> str | None:
        store = self._db().store
        row = store.db.execute("SELECT id FROM documents WHERE root = ? AND source = ?", (str(root), source)).fetchone()
        if row:
            return str(row[0])
        at = place(str(root), source)  # it may be known through a folder above
        return next((state.document_id for state in store.files() if state.place == at), None)

    def _finish(self, job: wire.Job, state: str, reason: str | None) -> None:
        job.state, job.reason = ("done" if state == "done" else "failed"), reason
        self._write(job)
        self._progress.pop(job.id, None)
        for file in job.files:
            self._metrics.files.labels(file.state).inc()

    def _note(self, job_id: str, progress: Progress) -> None:
        if self._stopping.is_set():
            raise _Stopping
        self._progress[job_id] = wire.JobProgress(
            doing=progress.doing,
            files_done=progress.files_done,
            files=progress.files,
            passages_done=progress.passages_done,
            passages=progress.passages,
        )

    # -- the record

    def _enqueue(self, job_id: str) -> None:
        self._counted.add(job_id)
        self._metrics.jobs.inc()
        self._waiting.put(job_id)

    def _kept(self, name: str, data: BinaryIO) -> wire.JobFile:
        try:
            return wire.JobFile(source=keep(self.uploads, name, data), state="queued")
        except NotKept as refusal:
            shown = name.encode("utf-8", "replace").decode()[:200]
            return wire.JobFile(source=shown, state="refused", reason=str(refusal))

    def _write(self, job: wire.Job) -> None:
        self._records.put(job)

    @property
    def _records(self) -> JobRecords:
        return JobRecords(self._db())

    def _db(self, *, create: bool = True) -> Index:
        with self._opening:
            if self._index is None:
                self._index = self._location.open(create=create)
            return self._index

    @contextmanager
    def _only_writer(self) -> Iterator[None]:
        if not self._writing.acquire(timeout=20):
            raise IndexBusy("Uploads are being indexed. Try again in a moment.")
        try:
            yield
        finally:
            self._writing.release()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _patiently(write: Callable[[], object], times: int) -> None:
    # A reader that derives the dense index holds the writers' lock for a moment; that is no reason to refuse.
    for _ in range(times):
        with suppress(IndexBusy):
            write()
            return
        time.sleep(0.1)
    write()
