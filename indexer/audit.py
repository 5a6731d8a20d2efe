"""The audit log: a line for each write and each act of administration, chained by hashes, so that an edit of it shows.

It holds ids and numbers, never a word of a document or the name of a file. Its end is noted in the database, so that
lines cannot be cut off unseen. It shows edits by whoever does not forge the whole chain and the database: it is no
signature.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from indexer import disk
from indexer.store import Store

try:
    import fcntl
except ImportError:  # Windows: whoever writes the index is alone, and tokens are made by hand
    fcntl = None  # type: ignore[assignment]

FILE: Final = "audit.jsonl"
LISTED: Final = 100  # ids in one entry; beyond that they are counted only
_START: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found of a log: how many entries, and what is wrong with it, "" if nothing."""

    entries: int
    fault: str


class Audit:
    """The log of one index folder; ``store`` is where its end is noted, None while there is no index."""

    def __init__(self, folder: Path, store: Store | None = None) -> None:
        self.path = folder / FILE
        self._store = store

    def append(self, act: str, **detail: object) -> None:
        """Add an entry durably. Raises `OSError`."""
        with self._alone() as log:
            _cut_torn(log)
            n, before = _end(log)
            line = self._next(n, before, act, detail)
            log.seek(0, os.SEEK_END)
            log.write(line)
            disk.sync(log)
            if n == 0:
                disk.sync_folder(self.path.parent)
            if self._store is not None:
                self._store.set_meta("audit", f"{n + 1}:{_hash_of(line)}")

    def _next(self, n: int, before: str, act: str, detail: dict[str, object]) -> bytes:
        entry = {"n": n + 1, "at": datetime.now(UTC).isoformat(timespec="seconds"), "act": act, "detail": detail}
        if self._store is not None:
            entry["generation"] = self._store.generation
        return _sealed(entry, before)

    def check(self) -> Checked:
        """Follow the chain from its start, and compare its end with the database."""
        noted = (self._store.meta("audit") if self._store is not None else None) or "0:"
        at, _, hash = noted.partition(":")
        lines = self._lines()
        if lines and at.isdecimal() and len(lines) > int(at) and not lines[-1].endswith(b"\n"):
            lines.pop()  # half a line, of a process that was killed; the next entry takes its place
        before = _START
        for n, line in enumerate(lines, 1):
            if not _follows(line, n, before):
                return Checked(n - 1, f"entry {n} of {self.path} was changed, moved or taken out")
            before = _hash_of(line)
            if str(n) == at and before != hash:
                return Checked(n, f"entry {n} of {self.path} is not the one that was written")
        if not at.isdecimal() or len(lines) < int(at):
            return Checked(len(lines), f"entries were cut off the end of {self.path}: there were {at}")
        if self._store is not None and len(lines) > int(at) + 1:
            return Checked(len(lines), f"entries after number {at} of {self.path} were written by another program")
        return Checked(len(lines), "")

    def _lines(self) -> list[bytes]:
        try:
            return self.path.read_bytes().splitlines(keepends=True)
        except FileNotFoundError:
            return []

    @contextmanager
    def _alone(self) -> Iterator[IO[bytes]]:
        disk.make_folder(self.path.parent)
        with disk.open_log(self.path) as log:
            if fcntl is not None:
                fcntl.flock(log, fcntl.LOCK_EX)
            yield log


class AuditTable(Audit):
    """The log of a library in PostgreSQL: the same lines, in a table that all servers write."""

    def __init__(self, store: Store) -> None:
        super().__init__(store.path, store)
        self._catalogue = store

    def append(self, act: str, **detail: object) -> None:
        """Add an entry durably."""
        db = self._catalogue.db
        db.execute("BEGIN")
        try:
            db.execute("LOCK TABLE audit IN EXCLUSIVE MODE")
            last = db.execute("SELECT n, line FROM audit ORDER BY n DESC LIMIT 1").fetchone()
            n, before = (int(last[0]), _hash_of(last[1])) if last else (0, _START)
            line = self._next(n, before, act, detail)
            db.execute("INSERT INTO audit VALUES (?, ?)", (n + 1, line))
            self._catalogue.set_meta("audit", f"{n + 1}:{_hash_of(line)}")
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise

    def _lines(self) -> list[bytes]:
        return [bytes(row[0]) for row in self._catalogue.db.execute("SELECT line FROM audit ORDER BY n").fetchall()]


def ids(documents: list[str]) -> object:
    """Return the ids of documents as an entry holds them: the ids, or how many where there are many."""
    return sorted(documents) if len(documents) <= LISTED else len(documents)


def _sealed(entry: dict[str, object], before: str) -> bytes:
    body = json.dumps({**entry, "before": before}, sort_keys=True, ensure_ascii=True)
    return f'{body[:-1]}, "hash": "{hashlib.sha256(body.encode()).hexdigest()}"}}\n'.encode()


def _hash_of(line: bytes) -> str:
    return line[-67:-3].decode("ascii", "replace")


def _follows(line: bytes, n: int, before: str) -> bool:
    """Whether a line is the ``n``th entry as it was written, after the one with the hash ``before``."""
    try:
        entry = json.loads(line)
        del entry["hash"]
        return bool(entry["n"] == n) and entry.pop("before") == before and _sealed(entry, before) == line
    except (ValueError, KeyError, TypeError):
        return False


def _cut_torn(log: IO[bytes]) -> None:
    """Take away the half of a line that a process left which was killed while it wrote it."""
    log.seek(0)
    data = log.read()
    if data and not data.endswith(b"\n"):
        log.truncate(data.rfind(b"\n") + 1)


def _end(log: IO[bytes]) -> tuple[int, str]:
    """Return the number of the last entry and its hash."""
    log.seek(0)
    last, n = b"", 0
    for line in log:
        last, n = line, n + 1
    return n, _hash_of(last) if last else _START
