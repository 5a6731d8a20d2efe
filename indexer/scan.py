"""The files below the paths that a user names, and those that are passed over or refused unread."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from indexer.manifest import MANIFEST

DATABASE = "pincite.db"  # the file that makes a folder an index, which is nothing to read
_SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini", MANIFEST})


@dataclass(frozen=True, slots=True)
class File:
    """A file to index. ``source`` is its path below ``root``, with forward slashes; size in bytes."""

    root: Path
    source: str
    size: int
    mtime_ns: int

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return self.root / self.source


@dataclass(frozen=True)
class Scan:
    """What lies below the paths: files to read, sources passed over, and (root, source, reason) of the refused."""

    roots: tuple[Path, ...]
    scopes: tuple[Path, ...]
    files: tuple[File, ...]
    skipped: tuple[str, ...]
    refused: tuple[tuple[str, str, str], ...]

    @cached_property
    def paths(self) -> frozenset[Path]:
        """Where the files to read lie."""
        return frozenset(file.path for file in self.files)

    def covers(self, root: str, source: str) -> bool:
        """Whether a file of the index lies below one of the paths that were scanned."""
        path = Path(root) / source
        return any(path == scope or scope in path.parents for scope in self.scopes)


def scan(paths: Iterable[Path]) -> Scan:
    """List every file below ``paths`` in a fixed order. Raises `FileNotFoundError` for a path that is not there.

    Hidden files and folders, lock files of editors, the manifest and any index are passed over; a link that leads
    out of its folder is refused, so that nothing outside of what the user named is ever read.
    """
    scopes = [Path(os.path.abspath(path)) for path in paths]
    for scope in scopes:
        if not scope.exists():
            raise FileNotFoundError(f"There is no file or folder {scope}. Check the path.")
    files: dict[Path, File] = {}
    skipped: list[str] = []
    refused: list[tuple[str, str, str]] = []
    for scope in scopes:
        root = scope if scope.is_dir() else scope.parent
        for path in _walk(scope, refused):
            source = path.relative_to(root).as_posix()
            if _passed_over(path.name):
                skipped.append(source)
            elif reason := _unreadable(path, root):
                refused.append((str(root), source, reason))
            elif path not in files:
                stat = path.stat()
                files[path] = File(root, source, stat.st_size, stat.st_mtime_ns)
    roots = tuple(dict.fromkeys(file.root for file in files.values()))
    return Scan(roots, tuple(scopes), tuple(files.values()), tuple(skipped), tuple(refused))


def _walk(scope: Path, refused: list[tuple[str, str, str]]) -> Iterator[Path]:
    if scope.is_file():
        yield scope
        return

    def complain(error: OSError) -> None:
        place = Path(error.filename or scope)
        source = place.relative_to(scope).as_posix() if scope in place.parents else place.name
        refused.append((str(scope), source, "the folder cannot be opened: check its permissions"))

    for folder, folders, names in os.walk(scope, onerror=complain):
        linked = [name for name in folders if (Path(folder) / name).is_symlink()]
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and name not in linked and not (Path(folder) / name / DATABASE).is_file()
        )
        yield from (Path(folder) / name for name in sorted([*names, *linked]))


def _passed_over(name: str) -> bool:
    return name.startswith((".", "~$")) or name.casefold() in _SYSTEM_FILES


def _unreadable(path: Path, root: Path) -> str | None:
    if path.is_symlink():
        target = Path(os.path.realpath(path))  # Path.resolve raises on a link to itself
        if not target.is_relative_to(os.path.realpath(root)):
            return "a link out of the folder: copy the file itself into it"
        if target.is_dir():
            return "a link to a folder: its files are indexed where they lie"
    if not path.exists():
        return "a link to a file that is gone"
    if not path.is_file():
        return "not a plain file"
    if not os.access(path, os.R_OK):
        return "cannot be opened: check its permissions"
    return None
