"""What an error of SQLite or of the file system means to the user, and what there is to do."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path
from typing import Final

from indexer.store import IndexDamaged, IndexUnusable

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_READ_ONLY: Final = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_SOUND: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR,
    }
)  # fmt: skip
"""Errors of SQLite that say nothing about the bytes of the database."""


class NotWritten(Exception):
    """The index cannot be written as things are; what was written before is whole, and answers."""


class NoSpace(NotWritten):
    """The disk that the index lies on is full."""


class ReadOnly(NotWritten):
    """The folder or the files of the index may not be written."""


class Busy(NotWritten):
    """Another program has been writing the index for longer than is waited for."""


class Unreachable(NotWritten, IndexUnusable):
    """A server that the index lies on does not answer; nothing that it acknowledged is lost."""


def meaning(error: Exception, path: Path) -> Exception | None:
    """Return the error as the user should see it, None if it is neither damage nor a matter of writing ``path``."""
    if isinstance(error, Unreachable):
        return error
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else None
    number = error.errno if isinstance(error, OSError) else None
    if primary == sqlite3.SQLITE_FULL or number in _FULL:
        return NoSpace(f"There is no space left for {path}. Free some and do it again; nothing that was there is lost.")
    if primary == sqlite3.SQLITE_READONLY or (number in _READ_ONLY and _below(error, path.parent)):
        return ReadOnly(f"{path} may not be written. Give yourself the right to write it, or take another --index.")
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Busy(f"Another program has been writing {path} all this time. Try again when it is done.")
    if isinstance(error, sqlite3.DatabaseError) and primary not in _SOUND:
        return IndexDamaged(path, str(error))
    return None


def _below(error: Exception, folder: Path) -> bool:
    name = getattr(error, "filename", None)
    return name is None or folder.absolute() in (Path(str(name)).absolute(), *Path(str(name)).absolute().parents)
