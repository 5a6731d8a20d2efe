"""The folder that uploads are kept in: safe names, nothing overwritten, on the disk before it is acknowledged."""

from __future__ import annotations

import filecmp
import hashlib
import itertools
import os
import re
import shutil
import unicodedata
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from indexer import disk
from indexer.manifest import MANIFEST

_LONGEST = 180  # bytes of a name, below what file systems take
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_UNREAD = frozenset({MANIFEST, "thumbs.db", "desktop.ini"})


class NotKept(Exception):
    """An upload that is refused before it is written; the message is the reason shown to the user."""


def uploads_of(index: Path) -> Path:
    """Return the folder that the uploads of an index are kept in, written as the index writes it."""
    return Path(os.path.abspath(index)) / "uploads"


def uploaded(original: Path, folder: Path, sha256: str) -> Path | None:
    """Return the file below ``folder``, the uploads of an index, that a document was made from; None if there is none.

    Also where the index was moved since, or is named by another path now: then the file tells by its bytes.
    """
    here = folder / original.name
    if original.parent != folder:
        moved = original.parent.name == folder.name and not original.parent.exists()
        same = folder.exists() and original.parent.exists() and original.parent.samefile(folder)
        if not (same or (moved and here.is_file() and _sha256(here) == sha256)):
            return None
    return here if here.is_file() else None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sweep(folder: Path) -> None:
    """Delete what is left of uploads that ended before they were acknowledged."""
    for part in folder.glob(".part-*"):
        part.unlink(missing_ok=True)


def keep(folder: Path, name: str, data: BinaryIO) -> str:
    """Write ``data`` durably below ``folder`` and return the name it is kept under. Raises `NotKept`, `OSError`.

    The same bytes under the same name are kept once and read again; other bytes get a name of their own
    ("report (2).pdf").
    """
    disk.make_folder(folder)
    name = safe_name(name)
    file, part = disk.create_private(folder, ".part-")
    try:
        with file:
            shutil.copyfileobj(data, file, 1 << 20)
            disk.sync(file)
            if file.tell() == 0:
                raise NotKept("an empty file")
        return _take_name(folder, name, part)
    finally:
        disk.delete(part)


def safe_name(name: str) -> str:
    """Return a file name that names nothing outside its folder on any system. Raises `NotKept`."""
    name = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode())
    name = re.split(r"[/\\]", name)[-1]
    name = "".join("_" if unicodedata.category(c) in ("Cc", "Cf", "Cs") or c in '<>:"|?*' else c for c in name)
    name = name.strip(" .").removeprefix("~$")
    if not name:
        raise NotKept("a file without a name")
    if name.casefold() in _UNREAD:
        raise NotKept("a file that describes others, not a document")
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    suffix = PurePosixPath(name).suffix[:20]
    stem = name.removesuffix(suffix).encode()[: _LONGEST - len(suffix.encode())].decode("utf-8", "ignore")
    return stem + suffix


def _take_name(folder: Path, name: str, part: Path) -> str:
    stem, suffix = name.removesuffix(PurePosixPath(name).suffix), PurePosixPath(name).suffix
    for n in itertools.count(1):
        path = folder / (name if n == 1 else f"{stem} ({n}){suffix}")
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            if path.is_file() and filecmp.cmp(path, part, shallow=False):
                path.touch()  # sent again means read again, even if it was refused before
                return path.name
            continue
        disk.rename(part, path)
        disk.sync_folder(folder)
        return path.name
    raise AssertionError("unreachable")
