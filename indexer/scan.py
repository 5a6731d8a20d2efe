"""The files below the paths that a user names, and those that are passed over or refused unread."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from indexer.manifest import MANIFEST

if TYPE_CHECKING:
    from indexer.store import FileState

DATABASE = "pincite.db"  # the file that makes a folder an index, which is nothing to read
_SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini", MANIFEST})


def place(root: str, source: str) -> str:
    """Return where a file lies, by which it is known whatever folder it was named through.

    Not a `Path`: a look at an unchanged file must cost next to nothing, and making two of them is most of it.
    """
    return os.path.join(root, source.replace("/", os.sep))


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

    @property
    def place(self) -> str:
        """Where the file lies, as what it is known by."""
        return place(str(self.root), self.source)


@dataclass(frozen=True)
class Scan:
    """What lies below the paths: files to read, sources passed over, and (root, source, reason) of the refused."""

    roots: tuple[Path, ...]
    scopes: tuple[Path, ...]
    files: tuple[File, ...]
    skipped: tuple[str, ...]
    refused: tuple[tuple[str, str, str], ...]

    @cached_property
    def places(self) -> frozenset[str]:
        """Where the files to read lie."""
        return frozenset(file.place for file in self.files)

    def covers(self, root: str, source: str) -> bool:
        """Whether a file of the index lies below one of the paths that were scanned."""
        there = place(root, source)
        return any(there == scope or there.startswith(scope.rstrip(os.sep) + os.sep) for scope in map(str, self.scopes))

    def known_as(self, known: Mapping[str, tuple[str, str]]) -> Scan:
        """Return the scan with each file under the (root, source) that ``known`` has for its place."""
        files = tuple(
            file if own in (None, (str(file.root), file.source)) else replace(file, root=Path(own[0]), source=own[1])
            for file, own in ((file, known.get(file.place)) for file in self.files)
        )
        roots = dict.fromkeys([*(file.root for file in files), *self.roots])
        return replace(self, files=files, roots=tuple(roots))


class Absent:
    """Documents whose file is not where it was: ``gone`` from what was scanned, or ``lost`` elsewhere."""

    def __init__(self, gone: Sequence[FileState], lost: Sequence[FileState], uploads: str) -> None:
        self._uploads = uploads
        self._by_hash: dict[str, list[tuple[int, FileState]]] = {}
        for distance, some in enumerate((gone, lost)):
            for state in some:
                self._by_hash.setdefault(state.sha256, []).append((distance, state))

    def take(self, file: File, sha256: str) -> str:
        """Return the id of the document that a new file goes on as, "" if none has its bytes; each is taken once.

        Of several it is one that is gone before one that is lost, then the one whose file was named most alike. What
        was uploaded and what was not are never each other.
        """

        def unlike(one: tuple[int, FileState]) -> tuple[int, bool, bool]:
            distance, state = one
            return distance, state.source != file.source, PurePosixPath(state.source).name != file.path.name

        left = [
            one
            for one in self._by_hash.get(sha256, ())
            if (one[1].root == self._uploads) == (str(file.root) == self._uploads)
        ]
        if not left:
            return ""
        best = min(left, key=unlike)
        self._by_hash[sha256].remove(best)
        return best[1].document_id


def scan(paths: Iterable[Path]) -> Scan:
    """List every file below ``paths`` in a fixed order. Raises `FileNotFoundError` for a path that is not there.

    Hidden files and folders, lock files of editors, the manifest and any index are passed over; a link that leads
    out of its folder is refused, so that nothing outside of what the user named is ever read. So is a name that is not
    UTF-8, which could be neither stored nor shown; what is said of it has its bytes as `printable` writes them.
    """
    scopes = [Path(os.path.abspath(path)) for path in paths]
    for scope in scopes:
        if not scope.exists():
            raise FileNotFoundError(f"There is no file or folder {printable(scope)}. Check the path.")
    files: dict[Path, File] = {}
    skipped: list[str] = []
    refused: list[tuple[str, str, str]] = []
    for scope in scopes:
        if scope.is_dir() and (reason := _misnamed(scope)):
            refused.append((printable(scope.parent), printable(scope.name), reason))
            continue
        root = scope if scope.is_dir() else scope.parent
        for path in _walk(scope, refused):
            source = path.relative_to(root).as_posix()
            if _passed_over(path.name):
                skipped.append(printable(source))
            elif reason := _unreadable(path, root):
                refused.append((printable(root), printable(source), reason))
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
        below = sorted(
            name
            for name in folders
            if not name.startswith(".") and name not in linked and not (Path(folder) / name / DATABASE).is_file()
        )
        folders[:] = [name for name in below if _is_utf8(name)]
        for name in below:
            if reason := _misnamed(Path(folder) / name):
                refused.append((str(scope), printable((Path(folder) / name).relative_to(scope).as_posix()), reason))
        yield from (Path(folder) / name for name in sorted([*names, *linked]))


def _passed_over(name: str) -> bool:
    return name.startswith((".", "~$")) or name.casefold() in _SYSTEM_FILES


def is_nowhere(path: str) -> bool:
    """Whether nothing lies at an absolute path; False where that cannot be known, as of a share that is away."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return os.path.isabs(path)  # a row of a data set never had a file
    except OSError:
        pass
    return False


def printable(name: str | Path) -> str:
    """Return a name as it can be stored and shown: a byte that is not UTF-8 is written out, as in ``\\x8f``."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:  # Python keeps such bytes as lone surrogates
        return False
    return True


def _misnamed(path: Path) -> str | None:
    if not _is_utf8(path.name):
        return "its name is not UTF-8: rename it"
    return None if _is_utf8(str(path)) else "the name of a folder above it is not UTF-8: rename that folder"


def _unreadable(path: Path, root: Path) -> str | None:
    if reason := _misnamed(path):
        return reason
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
