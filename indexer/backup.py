"""A backup: one file with the database and the uploads of an index, checked when made and before it is restored."""

from __future__ import annotations

import hashlib
import json
import lzma
import os
import re
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from contextlib import closing
from pathlib import Path
from typing import IO, Final

from indexer import disk, seals
from indexer.index import Index
from indexer.integrity import Integrity
from indexer.scan import DATABASE
from indexer.store import IndexDamaged, Store

UPLOADS: Final = "uploads"
_LIST: Final = "backup.json"
_NAME: Final = re.compile(rf"{re.escape(DATABASE)}|{UPLOADS}/[^/\\\0]+")

_UNREADABLE: Final = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, ValueError, KeyError, TypeError, EOFError, NotImplementedError,
    RuntimeError,
)  # fmt: skip


class BadBackup(Exception):
    """A file that is no backup, or one that was changed; the message says what to do."""


def backup(index: Index, file: Path) -> int:
    """Write the index as it is at this moment to ``file``, while it is read and written; return the bytes written.

    What is written is checked first. Raises `IndexDamaged`, `FileExistsError`, `OSError`.
    """
    if file.exists():
        raise FileExistsError(f"{file} is there already. Give another name, or delete it first.")
    with (
        disk.replacing(file.absolute(), private=True) as package,
        tempfile.TemporaryDirectory(dir=file.absolute().parent, prefix=".backup-") as beside,
    ):
        copy = Path(beside) / DATABASE
        _copy(index.store, copy)
        _pack(package, copy, index.folder)
    return file.stat().st_size


def _copy(store: Store, to: Path) -> None:
    """Copy the database in one piece, and look through the copy."""
    with closing(sqlite3.connect(to)) as copy:
        store.db.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    copied = Store(to)
    with closing(copied):
        Integrity(copied, whole_up_to=1 << 62).check()
        copied.vectors()
    with closing(sqlite3.connect(to)) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")


def _pack(file: IO[bytes], database: Path, folder: Path) -> None:
    uploads = folder / UPLOADS
    files = [(DATABASE, database)]
    if uploads.is_dir():
        files += [(f"{UPLOADS}/{f.name}", f) for f in sorted(uploads.iterdir()) if _is_kept(f)]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        digests = {}
        for name, path in files:
            with path.open("rb") as data, package.open(name, "w", force_zip64=True) as member:
                digests[name] = _copied(data, member)
        told = {"backup": 1, "uploads": os.path.abspath(uploads), "sha256": digests}
        package.writestr(_LIST, json.dumps(told, ensure_ascii=False))


def _is_kept(file: Path) -> bool:
    return file.is_file() and not file.is_symlink() and not file.name.startswith(".part-")


def restore(file: Path, folder: Path) -> int:
    """Make an index in ``folder``, which must not hold one, from a backup; return the number of its documents.

    Raises `BadBackup`, `FileExistsError`, `FileNotFoundError`, `OSError`.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(
            f"{folder} is not empty. Restore into another folder: `pincite restore FILE --index NEW`."
        )
    disk.make_folder(folder.absolute().parent)
    beside = Path(tempfile.mkdtemp(dir=folder.absolute().parent, prefix=".restoring-"))
    try:
        moved_from = _unpack(file, beside)
        documents = _settle(beside, moved_from, os.path.abspath(folder / UPLOADS))
        if folder.exists():
            folder.rmdir()
        disk.sync_folder(beside)
        disk.rename(beside, folder)
        disk.sync_folder(folder.absolute().parent)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return documents


def _unpack(file: Path, to: Path) -> str:
    """Unpack what the backup's list vouches for, and nothing else; return where the uploads lay."""
    try:
        with zipfile.ZipFile(file) as package:
            told = json.loads(package.read(_LIST))
            digests = dict(told["sha256"])
            if set(package.namelist()) != {*digests, _LIST} or not all(_NAME.fullmatch(name) for name in digests):
                raise ValueError("it holds other files than it lists")
            for name, digest in digests.items():
                path = to / name
                disk.make_folder(path.parent)
                with package.open(name) as member, disk.create(path) as out:
                    if _copied(member, out) != digest:
                        raise ValueError(f"{name} was changed")
                    disk.sync(out)
                disk.sync_folder(path.parent)
            return str(told["uploads"])
    except _UNREADABLE as error:
        raise BadBackup(f"{file} cannot be restored: {error}. Use another, or index the folder again.") from error


def _settle(folder: Path, moved_from: str, moved_to: str) -> int:
    """Let the uploads be found where they are now, and derive what is not in a backup."""
    try:
        index = Index(folder)
    except IndexDamaged as error:
        raise BadBackup(f"The database in it is damaged: {error}") from error
    with index.only_writer(), closing(index.store) as store:
        index.catalogue.integrity.check()
        with store.writing():
            for (key,) in store.db.execute("SELECT key FROM documents WHERE root = ?", (moved_from,)).fetchall():
                index.catalogue.integrity.text(key)  # checked before it is sealed anew
                store.db.execute("UPDATE documents SET root = ? WHERE key = ?", (moved_to, key))
                store.db.execute(
                    "UPDATE seals SET seal = ? WHERE document = ?", (seals.of_document(store.db, key), key)
                )
            store.db.execute("UPDATE OR REPLACE refusals SET root = ? WHERE root = ?", (moved_to, moved_from))
        index.store.db.execute("DELETE FROM meta WHERE key = 'audit'")  # the log of the old index is not in a backup
        index.save_vectors()
        index.audit.append("restore", documents=index.catalogue.count()[0])
        return index.catalogue.count()[0]


def _copied(source: IO[bytes], target: IO[bytes]) -> str:
    """Copy from one open file to another, and return the sha256 of what was copied."""
    digest = hashlib.sha256()
    while block := source.read(1 << 20):
        digest.update(block)
        target.write(block)
    return digest.hexdigest()
