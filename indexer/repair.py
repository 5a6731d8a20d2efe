"""Repair: whatever of a damaged index can be vouched for goes into a new database; what cannot is named."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from indexer import disk, seals
from indexer.catalogue import Catalogue
from indexer.document import Document, Passage
from indexer.index import Index, IndexBusy
from indexer.integrity import structure
from indexer.passages import context
from indexer.scan import DATABASE
from indexer.store import IndexUnusable, Store, StoredPassage
from indexer.words import index_words


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a repair came to: how many documents it kept, the files to index again, and whether all was whole before."""

    kept: int
    lost: tuple[str, ...]
    whole: bool


def repair(folder: Path) -> Repaired:
    """Mend the index in ``folder``; nobody else may have it open.

    Documents whose seal holds are kept with their vectors, and the keyword index and the FAISS file are made anew from
    them. Raises `IndexBusy`, `IndexMissing`, and `IndexUnusable` where not even the settings can be read.
    """
    index = Index(folder)
    with index.only_writer(), closing(index.store):
        integrity = index.catalogue.integrity
        try:
            whole = not (structure(index.store.db) or index.store.damage() or integrity.keywords())
            whole = whole and not list(integrity.damaged()) and _counts_agree(index.store)
            if whole:
                index.store.vectors()
        except (sqlite3.DatabaseError, IndexUnusable):
            whole = False
        if whole:
            index.save_vectors()
            return Repaired(index.catalogue.count()[0], (), True)
        kept, lost = _salvage(index)
    _replace(folder)
    mended = Index(folder)
    with mended.only_writer(), closing(mended.store):
        mended.save_vectors()
        mended.audit.append("repair", kept=kept, lost=len(lost))
    return Repaired(kept, lost, False)


def _counts_agree(store: Store) -> bool:
    row = store.db.execute("SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM seals)").fetchone()
    return bool(row[0] == row[1])


def _salvage(index: Index) -> tuple[int, tuple[str, ...]]:
    """Write what holds into a new database beside the old one; return how many documents, and the files lost."""
    _not_open_elsewhere(index)
    beside = index.folder / f"{DATABASE}.mended"
    for old in index.folder.glob(f"{DATABASE}.mended*"):
        disk.delete(old)
    mended = Store(beside)
    kept, lost = 0, []
    with closing(mended):
        with mended.writing():
            _carry_settings(index.store, mended)
            for key in _keys(index.store.db):
                try:
                    _carry(index, mended, key)
                    kept += 1
                except (sqlite3.DatabaseError, IndexUnusable, KeyError, ValueError, TypeError):
                    lost.append(_name(index.store.db, key))
        mended.compact()
    return kept, tuple(sorted(lost))


def _not_open_elsewhere(index: Index) -> None:
    # Leaving WAL mode needs the database for oneself. A damaged one may not allow it for other reasons.
    try:
        index.store.db.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
            raise IndexBusy(f"{index.folder} is open in another program. Stop it (`pincite serve`?) first.") from error


def _keys(db: sqlite3.Connection) -> list[int]:
    """Return the key of every document that any table knows of."""
    found: set[int] = set()
    for sql in (
        "SELECT key FROM documents NOT INDEXED", "SELECT document FROM seals",
        "SELECT DISTINCT document FROM passages NOT INDEXED",
    ):  # fmt: skip
        with suppress(sqlite3.DatabaseError):
            for row in db.execute(sql):
                found.add(row[0])
    return sorted(key for key in found if isinstance(key, int))


def _carry_settings(old: Store, new: Store) -> None:
    for key, value in old.db.execute("SELECT key, value FROM meta").fetchall():
        if key != "seal":
            new.set_meta(key, value)
    for table, width in (("refusals", 6), ("jobs", 4)):
        with suppress(sqlite3.DatabaseError):
            rows = old.db.execute(f"SELECT * FROM {table}").fetchall()
            new.db.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({','.join('?' * width)})", rows)


def _carry(index: Index, new: Store, key: int) -> None:
    """Copy one document whose seal and vectors hold; raise where they do not."""
    old, catalogue = index.store, index.catalogue
    text = catalogue.integrity.text(key)
    row = old.db.execute(
        "SELECT id, source, title, publisher, date, language, media_type, sha256, address, root, size, mtime_ns,"
        " described FROM documents WHERE key = ?",
        (key,),
    ).fetchone()
    document = Document(*row[:9])
    root, size, mtime_ns, described = row[9:]
    passages = list(_passages(old, catalogue, document, key, text))
    vectors = dict(_vector(old, stored.embedded) for stored in passages)
    new.db.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", vectors.items())
    paragraphs = catalogue.paragraphs(document.id)
    new.add(document, root, (size, mtime_ns), described, text, paragraphs, passages)


def _passages(store: Store, catalogue: Catalogue, document: Document, key: int, text: str) -> Iterator[StoredPassage]:
    headed = "without context" not in (store.meta("passages") or "")
    paragraphs = {p.number: p for p in catalogue.paragraphs(document.id)}
    for first, last, start, end, tokens, boilerplate, embedded in store.db.execute(
        "SELECT first, last, char_start, char_end, tokens, boilerplate, embedded FROM passages WHERE document = ?"
        " ORDER BY key",
        (key,),
    ).fetchall():
        words = text[start:end]
        name = f"{document.id}:{start}-{end}"
        passage = Passage(name, document.id, first, last, start, end, words, tokens, boilerplate > 0, boilerplate > 1)
        about = context(document, paragraphs[first]) if headed else ""
        yield StoredPassage(
            passage, index_words(words, document.language), index_words(about, document.language), embedded
        )


def _vector(store: Store, hash: bytes) -> tuple[bytes, bytes]:
    """Return a vector as it is stored. Raises `ValueError` if it was lost or changed."""
    row = store.db.execute("SELECT vector FROM vectors WHERE hash = ?", (hash,)).fetchone()
    if row is None or seals.open_vector(hash, row[0]) is None:
        raise ValueError("a vector was lost or changed")
    return hash, row[0]


def _name(db: sqlite3.Connection, key: int) -> str:
    with suppress(sqlite3.DatabaseError, TypeError):
        row = db.execute("SELECT root, source FROM documents WHERE key = ?", (key,)).fetchone()
        return f"{row[0]}/{row[1]}"
    return f"document {key}, whose name cannot be read"


def _replace(folder: Path) -> None:
    """Put the mended database in the place of the old one."""
    for suffix in ("-wal", "-shm", "-journal"):
        disk.delete(folder / f"{DATABASE}{suffix}")
    disk.rename(folder / f"{DATABASE}.mended", folder / DATABASE)
    disk.sync_folder(folder)
