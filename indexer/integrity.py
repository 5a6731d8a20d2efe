"""Whether an index is as it was written: checked before the first answer, each document before its first word."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator

from indexer import seals
from indexer.faults import meaning
from indexer.store import IndexDamaged, Store

WHOLE_UP_TO = 32_000_000  # bytes of a database that is looked through when it is opened: a third of a second


class Integrity:
    """What of a store was found whole in this process. A key is never used for another text, so it is enough once.

    What is read for every question is checked for each generation: the settings and the keyword index. A document is
    checked when it is first read. A small database is looked through as a whole at its first use; a large one by
    `pincite doctor`.
    """

    def __init__(self, store: Store, whole_up_to: int = WHOLE_UP_TO) -> None:
        self._store = store
        self._whole_up_to = whole_up_to
        self._generation = -1
        self._looked_through = False
        self._found_by_id = -1
        self._whole: dict[int, bytes] = {}
        self._turn = threading.Lock()

    def check(self) -> None:
        """Check what every question reads, once for each generation of the store. Raises `IndexDamaged`."""
        if self._store.generation == self._generation:
            return
        with self._turn, self._store.reading():
            for complaint in self._complaints():
                raise IndexDamaged(self._store.path, complaint)
            self._generation, self._looked_through = self._store.generation, True

    def text(self, key: int) -> str:
        """Return the text of a document, checked; whatever is known of it is checked the first time.

        Raises `IndexDamaged`, `KeyError` if there is no such document.
        """
        db = self._store.db
        half = self._whole.get(key) or self._checked(key)
        try:
            row = db.execute("SELECT text FROM documents WHERE key = ?", (key,)).fetchone()
        except sqlite3.OperationalError as error:  # no UTF-8 any more
            raise meaning(error, self._store.path) or error from error
        if row is None:
            raise KeyError(key)
        if not isinstance(row[0], str) or seals.of_text(row[0].encode("utf-8", "surrogatepass")) != half:
            raise self._changed(key)
        return row[0]

    def missing(self, document_id: str) -> KeyError:
        """Return that there is no such document. Raises `IndexDamaged` if there may be one that is not found any more.

        Looked at once for each generation, when a document is first missed: it reads every row.
        """
        db = self._store.db
        if isinstance(db, sqlite3.Connection) and self._found_by_id != self._store.generation:
            # The hash is read so that the rows are, and not the tree of ids that is to be checked.
            with self._store.reading():
                for key, own, _ in db.execute("SELECT key, id, sha256 FROM documents ORDER BY key").fetchall():
                    if db.execute("SELECT key FROM documents WHERE id = ?", (own,)).fetchone() != (key,):
                        raise IndexDamaged(self._store.path, f"{self._named(key)} is not found by its id")
            self._found_by_id = self._store.generation
        return KeyError(document_id)

    def _checked(self, key: int) -> bytes:
        """Check all that is known of a document; return the half of its seal that vouches for its text."""
        row = self._store.db.execute("SELECT seal FROM seals WHERE document = ?", (key,)).fetchone()
        found = seals.of_document(self._store.db, key)
        if found is None and row is None:
            raise KeyError(key)
        if found is None or row is None or found != row[0]:
            raise self._changed(key)
        self._whole[key] = found[: seals.HALF]
        return self._whole[key]

    def _changed(self, key: int) -> IndexDamaged:
        return IndexDamaged(self._store.path, f"what it holds of {self._named(key)} was changed")

    def damaged(self) -> Iterator[int]:
        """Yield the keys of the documents whose seal is missing or does not hold."""
        db = self._store.db
        keys = db.execute("SELECT key, seal FROM documents LEFT JOIN seals ON document = key ORDER BY key").fetchall()
        for key, seal in keys:
            if key not in self._whole:
                if not seal or _seal_now(db, key) != seal:
                    yield key
                else:
                    self._whole[key] = seal[: seals.HALF]

    def keywords(self) -> str:
        """Return what is wrong with the settings or the keyword index, "" if nothing or if they are not sealed."""
        generation, _, seal = (self._store.meta("seal") or "").partition(":")
        if generation != str(self._store.generation):
            return ""
        return "" if seal == seals.of_keywords(self._store.db) else "its settings or its keyword index were changed"

    def _complaints(self) -> Iterator[str]:
        db = self._store.db
        try:
            if complaint := self.keywords():
                yield complaint
            counts = db.execute("SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM seals)").fetchone()
            if counts[0] != counts[1]:
                yield "documents were lost"
            if os.path.getsize(self._store.path) <= self._whole_up_to:
                if not self._looked_through and (found := structure(db)):
                    yield found
                for key in self.damaged():
                    yield f"what it holds of {self._named(key)} was changed"
        except sqlite3.DatabaseError as error:
            raise meaning(error, self._store.path) or error from error
        except UnicodeDecodeError as error:  # from a message of SQLite about garbage
            raise IndexDamaged(self._store.path, str(error)) from error

    def _named(self, key: int) -> str:
        try:
            return str(self._store.db.execute("SELECT source FROM documents WHERE key = ?", (key,)).fetchone()[0])
        except (sqlite3.DatabaseError, TypeError):
            return "a document"


def structure(db: sqlite3.Connection) -> str:
    """Return what SQLite finds wrong with tables and indexes, "" if nothing."""
    found = [str(row[0]) for row in db.execute("PRAGMA integrity_check(5)")]
    return "" if found == ["ok"] else "; ".join(found)


def seal(store: Store) -> None:
    """Seal the settings and the keyword index of the present generation; the caller is the only writer."""
    db = store.db
    db.execute("BEGIN IMMEDIATE")
    try:
        store.set_meta("seal", f"{store.generation}:{seals.of_keywords(db)}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def is_sealed(store: Store) -> bool:
    """Whether the present generation is sealed, rightly or not."""
    return (store.meta("seal") or "").startswith(f"{store.generation}:")


def _seal_now(db: sqlite3.Connection, key: int) -> bytes | None:
    try:
        return seals.of_document(db, key)
    except sqlite3.DatabaseError:
        return None
