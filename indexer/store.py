"""SQLite, the truth: documents, paragraphs, passages, vectors, and the keyword index in the same transaction."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexer import seals
from indexer.document import Document, Paragraph, Passage
from indexer.scan import place
from indexer.tables import TABLES

FORMAT = 2
_PATIENCE = 30.0  # seconds that one waits for others to be done
_MOST_LEVELS = 500  # of the keyword index: beyond 2,000 (after 1,000 to 2,000 deletions) SQLite 3.40 reads it no more
Vectors = npt.NDArray[np.float32]


class IndexUnusable(Exception):
    """An index that this program cannot open as it is; the message names the command to run."""


def repairing(path: Path) -> str:
    """Return the command that repairs the index whose database is at ``path``."""
    return "pincite doctor --repair" + (f" --index {path.parent}" if path.parent != Path() else "")


class IndexDamaged(IndexUnusable):
    """An index whose bytes were changed by something other than this program."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path} is damaged: {what}. Run `{repairing(path)}`.")


@dataclass(frozen=True, slots=True)
class FileState:
    """What is known of an indexed file: enough to tell whether it changed."""

    document_id: str
    root: str
    source: str
    size: int
    mtime_ns: int
    sha256: str
    described: str

    @property
    def place(self) -> str:
        """Where the file lies, or lay."""
        return place(self.root, self.source)


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as it is written: with the words for the keyword index and the hash of what was embedded."""

    passage: Passage
    words: str
    context: str
    embedded: bytes


def _writable(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            db.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError as error:  # SQLite does not wait by itself while others turn a new file to WAL
            if not _locked(error) or time.monotonic() > until:
                db.close()
                raise
            time.sleep(0.02)
    db.executescript("PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;")
    return db


def _locked(error: Exception) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(code, int) and code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _read_only(path: Path) -> sqlite3.Connection:
    """Open a database in a folder that may not be written, where the shared memory of WAL cannot be made."""
    log = path.with_name(f"{path.name}-wal")
    # Nobody can be writing it, and where there is no log the file is all there is.
    how = "mode=ro" if log.exists() and log.stat().st_size else "immutable=1"
    address = f"{path.absolute().as_uri()}?{how}"
    return sqlite3.connect(address, uri=True, timeout=30, isolation_level=None, check_same_thread=False)


class Store:
    """The database of one index folder; one connection a thread, many readers, one writer."""

    def __init__(self, path: Path) -> None:
        """Open ``path``, making the database if it is new. Raises `IndexUnusable` for another format."""
        self.path = path
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        try:
            self._migrate()
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # the latter from a message about garbage
            self.close()
            if _locked(error):
                raise IndexUnusable(f"{path} is in use by another process. Try again when that is done.") from error
            raise IndexDamaged(path, str(error)) from error

    @property
    def db(self) -> sqlite3.Connection:
        """This thread's connection."""
        if getattr(self._local, "read_only", False) and os.access(self.path.parent, os.W_OK):
            del self._local.connection  # may be written again
        if not hasattr(self._local, "connection"):
            self._local.read_only = not os.access(self.path.parent, os.W_OK)
            db = _read_only(self.path) if self._local.read_only else _writable(self.path)
            self._local.connection = db
            with self._lock:
                self._opened.append(db)
        connection: sqlite3.Connection = self._local.connection
        return connection

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            for connection in self._opened:
                connection.close()
            self._opened.clear()
        self._local = threading.local()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All or nothing: one transaction that also counts the generation up."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.set_meta("generation", str(self.generation + 1))
            self.db.execute("COMMIT")
        except BaseException:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One unchanging view of the database for all that is read inside."""
        if self.db.in_transaction:
            yield
            return
        self.db.execute("BEGIN")
        try:
            yield
        finally:
            self.db.execute("COMMIT")

    def _migrate(self) -> None:
        if not self.db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
            # One transaction, and nothing in it minds that another process was quicker.
            self.db.executescript(
                f"BEGIN IMMEDIATE; {TABLES} INSERT OR IGNORE INTO meta VALUES ('format', '{FORMAT}'); COMMIT;"
            )
        if self.meta("format") != str(FORMAT):
            raise IndexUnusable(
                f"{self.path} was written in format {self.meta('format')}, this program reads {FORMAT}. "
                "Index the folder again into a new index: `pincite index FOLDER --index NEW`."
            )

    # -- meta

    def meta(self, key: str) -> str | None:
        """Return a setting of the index, None if it was never set."""
        row = self.db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        """Set a setting of the index."""
        self.db.execute("INSERT INTO meta VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2", (key, value))

    @property
    def generation(self) -> int:
        """A number that goes up with every committed write."""
        return int(self.meta("generation") or 0)

    # -- writing

    def add(
        self,
        document: Document,
        root: str,
        stat: tuple[int, int],
        described: str,
        text: str,
        paragraphs: Sequence[Paragraph],
        passages: Sequence[StoredPassage],
    ) -> None:
        """Add or replace a document with all that hangs on it; ``stat`` is its (size, mtime_ns)."""
        self.delete(document.id)
        key = self._inserted(
            "INSERT INTO documents (id, source, root, title, publisher, date, language, address, media_type, sha256,"
            " described, size, mtime_ns, text) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (document.id, document.source, root, document.title, document.publisher, document.date, document.language,
             document.address, document.media_type, document.sha256, described, *stat, text),
        )  # fmt: skip
        self.db.executemany(
            "INSERT INTO paragraphs VALUES (?,?,?,?,?,?,?,?,?)",
            ((key, p.number, p.label, p.label_kind, p.kind.value, json.dumps(p.heading_path, ensure_ascii=False),
              p.page, p.char_start, p.char_end) for p in paragraphs),
        )  # fmt: skip
        for stored in passages:
            p = stored.passage  # in "boilerplate" 1 is page furniture, and 2 what is not visible in the original
            row = self._inserted(
                "INSERT INTO passages (document, first, last, char_start, char_end, tokens, boilerplate, embedded)"
                " VALUES (?,?,?,?,?,?,?,?)",
                (key, p.first, p.last, p.char_start, p.char_end, p.tokens, p.boilerplate + p.hidden, stored.embedded),
            )
            self._put_words(row, stored)
        self.db.execute("INSERT INTO seals VALUES (?, ?)", (key, seals.of_document(self.db, key)))

    def _inserted(self, sql: str, row: tuple[object, ...]) -> int:
        return self.db.execute(sql, row).lastrowid or 0

    def _put_words(self, key: int, stored: StoredPassage) -> None:
        row = (key, stored.context, stored.words)
        self.db.execute("INSERT INTO keywords (rowid, context, words) VALUES (?,?,?)", row)

    def delete(self, document_id: str) -> bool:
        """Delete a document and all that hangs on it but its vectors; say whether it was there."""
        row = self.db.execute("SELECT key FROM documents WHERE id = ?", (document_id,)).fetchone()
        if row is None:
            return False
        self._drop_words(row[0])
        self.db.execute("DELETE FROM documents WHERE key = ?", row)
        self.set_meta("traces", "1")  # until `compact`: a process that is killed before must not leave them for good
        return True

    def _drop_words(self, document: int) -> None:
        self.db.execute(
            "DELETE FROM keywords WHERE rowid IN (SELECT key FROM passages WHERE document = ?)", (document,)
        )

    def touch(self, document_id: str, size: int, mtime_ns: int) -> None:
        """Note that a file was written again with the same content."""
        self.db.execute("UPDATE documents SET size = ?, mtime_ns = ? WHERE id = ?", (size, mtime_ns, document_id))

    def refuse(self, root: str, source: str, size: int, mtime_ns: int, reading: int, reason: str) -> None:
        """Remember why a file was refused, so that it is not read again until it or the readers change."""
        self.forget_refusals([(root, source)])
        self.db.execute("INSERT INTO refusals VALUES (?,?,?,?,?,?)", (root, source, size, mtime_ns, reading, reason))

    def refusal(self, root: str, source: str, size: int, mtime_ns: int, reading: int) -> str | None:
        """Return why this very file was refused before, None if it was not."""
        row = self.db.execute(
            "SELECT reason FROM refusals WHERE root = ? AND source = ? AND size = ? AND mtime_ns = ? AND reading = ?",
            (root, source, size, mtime_ns, reading),
        ).fetchone()
        return str(row[0]) if row else None

    def refusals(self) -> list[tuple[str, str, str]]:
        """Return (root, source, reason) of every file that was refused."""
        return self.db.execute("SELECT root, source, reason FROM refusals ORDER BY root, source").fetchall()

    def forget_refusals(self, files: Sequence[tuple[str, str]]) -> None:
        """Forget that these (root, source) were refused: they are gone or were read."""
        self.db.executemany("DELETE FROM refusals WHERE root = ? AND source = ?", files)

    def compact(self) -> None:
        """Give back the space of what was deleted, so that no byte of it stays in the files of the index.

        Where another process is reading, its last bytes go with the next call; `has_traces` says so until then.
        """
        self.db.execute("BEGIN IMMEDIATE")
        self.db.execute("DELETE FROM meta WHERE key = 'seal'")  # the keyword index is about to be written otherwise
        # Each time that FTS5 merges all, its index may have a level more. Made anew it has one.
        merged = "optimize" if self._keyword_levels() <= _MOST_LEVELS else "rebuild"
        self.db.execute("INSERT INTO keywords (keywords) VALUES (?)", (merged,))
        self.db.execute("COMMIT")
        self.db.execute("VACUUM")
        if not self._emptied_log():
            return
        self.db.execute("DELETE FROM meta WHERE key = 'traces'")
        self._emptied_log()

    def _keyword_levels(self) -> int:
        """Return how many levels the keyword index has: the number behind the cookie of FTS5's structure record."""
        [record] = self.db.execute("SELECT block FROM keywords_data WHERE id = 10").fetchone()
        levels = 0
        for byte in record[4:]:  # seven bits a byte, the highest first; the last one is below 128
            levels = levels << 7 | byte & 0x7F
            if byte < 0x80:
                break
        return levels

    def _emptied_log(self) -> bool:
        """Take the write-ahead log into the database and cut it; say whether no reader kept us from it."""
        self.db.execute("PRAGMA busy_timeout=3000")
        kept = self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        self.db.execute("PRAGMA busy_timeout=30000")
        return not kept

    @property
    def has_traces(self) -> bool:
        """Whether bytes of deleted or replaced text may still be in the files."""
        return self.meta("traces") is not None

    def put_vectors(self, hashes: Sequence[bytes], vectors: Vectors) -> None:
        """Store vectors (n, d) under the hashes of what was embedded, as 16-bit floats."""
        pairs = zip(hashes, vectors.astype("<f2"), strict=True)
        rows = ((hash, seals.sealed_vector(hash, vector.tobytes())) for hash, vector in pairs)
        self.db.executemany("INSERT INTO vectors VALUES (?, ?) ON CONFLICT DO NOTHING", rows)

    def known_vectors(self, hashes: Sequence[bytes]) -> set[bytes]:
        """Return those of ``hashes`` that have a vector."""
        found = (self.db.execute("SELECT hash FROM vectors WHERE hash = ?", (h,)).fetchone() for h in hashes)
        return {bytes(row[0]) for row in found if row}

    def forget_unused_vectors(self) -> None:
        """Delete the vectors that no passage uses any more."""
        self.db.execute("DELETE FROM vectors WHERE hash NOT IN (SELECT embedded FROM passages)")

    # -- reading for the build

    def files(self) -> list[FileState]:
        """Return the state of every indexed file."""
        rows = self.db.execute("SELECT id, root, source, size, mtime_ns, sha256, described FROM documents ORDER BY key")
        return [FileState(*row) for row in rows]

    def embedded(self, document_id: str) -> frozenset[bytes]:
        """Return the hashes of what was embedded of a document."""
        sql = "SELECT embedded FROM passages WHERE document = (SELECT key FROM documents WHERE id = ?)"
        return frozenset(bytes(row[0]) for row in self.db.execute(sql, (document_id,)))

    def vectors(self, of: Sequence[int] | None = None) -> tuple[npt.NDArray[np.int64], Vectors]:
        """Return the key (n,) and vector (n, d) of every passage, or of those whose keys are given (a few hundred), in
        the order of keys. Raises `IndexDamaged`."""
        where = "" if of is None else f"WHERE passages.key IN ({', '.join('?' * len(of))})"
        rows = self.db.execute(
            f"SELECT passages.key, hash, vector FROM passages LEFT JOIN vectors ON hash = embedded {where}"
            " ORDER BY passages.key",
            of or (),
        ).fetchall()
        keys = np.array([row[0] for row in rows], dtype=np.int64)
        whole = [opened for _, hash, vector in rows if (opened := vector and seals.open_vector(hash, vector))]
        if len(whole) < len(rows):
            raise IndexDamaged(self.path, "a vector was lost or changed")
        flat = np.frombuffer(b"".join(whole), dtype="<f2").astype(np.float32)
        return keys, flat.reshape(len(rows), -1) if rows else np.zeros((0, 0), np.float32)

    def damage(self) -> str:
        """Return what SQLite finds wrong with the database and its keyword index, "" if nothing."""
        db = self.db
        try:
            if not self._local.read_only:
                db.execute("INSERT INTO keywords (keywords) VALUES ('integrity-check')")
            found = [row[0] for row in db.execute("PRAGMA integrity_check")]
        except sqlite3.DatabaseError as error:
            found = [str(error)]
        return "" if found == ["ok"] else "; ".join(found[:5])

    def empty(self) -> None:
        """Delete all documents, vectors and settings."""
        with self.writing():
            for table in ("keywords", "documents", "vectors", "refusals"):
                self.db.execute(f"DELETE FROM {table}")
            self.db.execute("DELETE FROM meta WHERE key NOT IN ('format', 'generation', 'audit')")
            self.set_meta("traces", "1")

    def corpus_hash(self) -> str:
        """Return one hash over the content of all documents, the same for the same files in any order."""
        rows = self.db.execute("SELECT sha256 || source FROM documents ORDER BY source, sha256")
        return hashlib.sha256("\n".join(row[0] for row in rows).encode()).hexdigest()
