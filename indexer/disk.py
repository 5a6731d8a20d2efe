"""Every write, sync and rename of the files that are ours goes through here: what is said to be done is on the disk.

SQLite sees to its own files. A file is replaced by writing another beside it, syncing that, renaming it over the old
one, and syncing the folder, in which the name stands. Tests put a disk that loses its power in the place of these
functions.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


def create(path: Path) -> IO[bytes]:
    """Open a file to write it anew. Raises `OSError`, as everything here."""
    return path.open("wb")


def create_private(folder: Path, prefix: str) -> tuple[IO[bytes], Path]:
    """Open a new file in a folder, with a name of its own, which its owner alone can read; return its path, too."""
    handle, path = tempfile.mkstemp(dir=folder, prefix=prefix)
    return os.fdopen(handle, "wb"), Path(path)


def open_log(path: Path) -> IO[bytes]:
    """Open a file, or make it, to read it and to write at its end."""
    return path.open("a+b")


def sync(file: IO[bytes]) -> None:
    """Have the disk hold what was written to a file."""
    file.flush()
    os.fsync(file.fileno())


def rename(source: Path, target: Path) -> None:
    """Give a file, or a folder, another name; what had that name is gone. The folder is still to be synced."""
    os.replace(source, target)


def delete(path: Path) -> None:
    """Delete a file, if it is there."""
    path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Have the disk hold the names in a folder."""
    if os.name == "posix":  # elsewhere a folder cannot be opened
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, where they are not there."""
    if not folder.is_dir():
        above = folder.absolute().parent
        make_folder(above)
        folder.mkdir(exist_ok=True)
        sync_folder(above)


@contextmanager
def replacing(path: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
    """Give a file to write that takes the place of ``path`` at the end, as a whole or not at all.

    One that is not private has one writer at a time, and what a killed one left is written over by the next.
    """
    if private:
        file, part = create_private(path.parent, f".{path.name}-")
    else:
        part = path.with_name(f"{path.name}.tmp")
        file = create(part)
    try:
        with file:
            yield file
            sync(file)
        rename(part, path)
        sync_folder(path.parent)
    finally:
        delete(part)
