"""A disk that can lose its power before any write, sync, rename or deletion, and what it holds after.

It stands in for the functions of `indexer.disk`, and does what they do. Before each step, and before and after each
commit of SQLite, it calls ``look``, which may make an image of what the disk would hold if the power went now:

- "killed": all that was written, as after `kill -9`;
- "lost": names that were not synced with their folder are gone or are the old ones, and so is what was written to a
  file and not synced;
- "emptied": all names are there, but what was not synced with a file is not in it.

The files of SQLite are as they stand at that moment: it syncs by itself.
"""

from __future__ import annotations

import functools
import io
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import pytest

from indexer import disk
from indexer.scan import DATABASE

WAYS = ("killed", "lost", "emptied")
_COMMITS = ("COMMIT", "VACUUM", "PRAGMA wal_checkpoint", "DELETE FROM meta", "INSERT OR REPLACE INTO meta")


class LosingDisk:
    """What is on the disk below ``root``, as far as it was synced."""

    def __init__(self, root: Path, look: Callable[[str], None], fault: str = "") -> None:
        self.root, self._look, self._fault = root, look, fault
        self.points: list[str] = []
        self._looking = False
        self._ids: dict[Path, int] = {}  # of every file and folder, by where it is now
        self._data: dict[int, bytes] = {}  # what was synced
        self._names: dict[int, dict[str, int]] = {}  # of each folder, the names that were synced
        self._next = 0
        for path in [root, *root.rglob("*")]:
            if path.is_dir():
                self._names[self._id(path)] = {p.name: self._id(p) for p in path.iterdir()}
            else:
                self._data[self._id(path)] = path.read_bytes()

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Put this disk in the place of the real one."""
        real = {
            name: getattr(disk, name)
            for name in ("create", "create_private", "open_log", "sync", "rename", "delete", "sync_folder")
        }
        for name, function in real.items():
            monkeypatch.setattr(disk, name, functools.partial(self._step, name, function))
        watching = self

        class Watched(sqlite3.Connection):
            def execute(self, sql: str, *given: Any) -> sqlite3.Cursor:
                if not sql.startswith(_COMMITS):
                    return super().execute(sql, *given)
                watching.point(f"before {sql[:40]}")
                done = super().execute(sql, *given)
                watching.point(f"after {sql[:40]}")
                return done

        monkeypatch.setattr(sqlite3, "connect", functools.partial(sqlite3.connect, factory=Watched))

    def point(self, what: str) -> None:
        """A moment at which the power may go."""
        if not self._looking:
            self._looking = True
            self.points.append(what)
            self._notice_sqlite()
            self._look(f"{len(self.points)} {what}")
            self._looking = False

    def _step(self, name: str, real: Callable[..., Any], *given: Any) -> Any:
        if self._looking:
            return real(*given)
        self.point(f"{name} {' '.join(Path(g).name for g in given if isinstance(g, Path))}")
        if self._fault == name:
            return None if name in ("sync", "sync_folder") else real(*given)
        return getattr(self, f"_{name}")(real, *given)

    # -- the steps, and what each means for what is synced

    def _create(self, real: Callable[..., IO[bytes]], path: Path) -> IO[bytes]:
        real(path).close()
        self._ids.setdefault(path.absolute(), self._new())
        return io.BufferedWriter(_Watched(path, "wb", self))

    def _create_private(self, real: Callable[..., Any], folder: Path, prefix: str) -> tuple[IO[bytes], Path]:
        file, path = real(folder, prefix)
        file.close()
        return self._create(lambda path: path.open("r+b"), path), path

    def _open_log(self, real: Callable[..., IO[bytes]], path: Path) -> IO[bytes]:
        real(path).close()
        self._id(path.absolute())
        return io.BufferedRandom(_Watched(path, "a+b", self))  # type: ignore[return-value]

    def _sync(self, real: Callable[..., None], file: IO[bytes]) -> None:
        real(file)
        path = Path(str(getattr(file, "raw", file).name)).absolute()
        self._data[self._id(path)] = path.read_bytes()

    def _rename(self, real: Callable[..., None], source: Path, target: Path) -> None:
        real(source, target)
        source, target = source.absolute(), target.absolute()
        moved = {p: n for p, n in self._ids.items() if p == source or source in p.parents}
        for path in moved:
            del self._ids[path]
        self._ids |= {target / path.relative_to(source): n for path, n in moved.items()}

    def _delete(self, real: Callable[..., None], path: Path) -> None:
        if path.exists():
            self._data.setdefault(self._id(path.absolute()), path.read_bytes() if _is_sqlite(path) else b"")
        real(path)
        self._ids.pop(path.absolute(), None)

    def _sync_folder(self, real: Callable[..., None], folder: Path) -> None:
        real(folder)
        folder = folder.absolute()
        self._names[self._id(folder)] = {p.name: self._id(p) for p in folder.iterdir()}

    # -- what is left

    def image(self, way: str, to: Path) -> None:
        """Make ``to`` hold what the disk holds if the power goes now."""
        shutil.rmtree(to, ignore_errors=True)
        if way == "lost":
            self._restore(self._ids[self.root.absolute()], to, {n: p for p, n in self._ids.items()})
            return
        shutil.copytree(self.root, to, ignore=shutil.ignore_patterns("*-shm"))
        if way == "emptied":
            for path in to.rglob("*"):
                here = self.root / path.relative_to(to)
                if path.is_file() and not _is_sqlite(path) and here.absolute() in self._ids:
                    path.write_bytes(self._data.get(self._id(here.absolute()), b""))

    def _restore(self, folder: int, to: Path, where: dict[int, Path]) -> None:
        to.mkdir()
        for name, number in self._names.get(folder, {}).items():
            now = where.get(number)
            if name.endswith("-shm"):
                continue
            if number in self._names or (now is not None and now.is_dir()):
                self._restore(number, to / name, where)
            elif now is not None and _is_sqlite(now) and now.exists():
                shutil.copyfile(now, to / name)
            else:
                (to / name).write_bytes(self._data.get(number, b""))

    def _notice_sqlite(self) -> None:
        """Files that SQLite made or deleted count as synced with their folder, if that is there at all."""
        for path in [p for p in self._ids if _is_sqlite(p) and not p.exists()]:
            number = self._ids.pop(path)
            names = self._names.get(self._ids.get(path.parent, -1), {})
            if names.get(path.name) == number:
                del names[path.name]
        for path in self.root.absolute().rglob(f"{DATABASE}*"):
            if path not in self._ids and path.parent in self._ids:
                self._names.setdefault(self._ids[path.parent], {})[path.name] = self._id(path)

    def _id(self, path: Path) -> int:
        path = path.absolute()
        if path not in self._ids:
            self._ids[path] = self._new()
        return self._ids[path]

    def _new(self) -> int:
        self._next += 1
        return self._next


class _Watched(io.FileIO):
    """A file each of whose writes is a moment at which the power may go."""

    def __init__(self, path: Path, mode: str, on: LosingDisk) -> None:
        super().__init__(os.fspath(path), mode)
        self._on = on

    def write(self, data: Any) -> int:
        self._on.point(f"write {Path(str(self.name)).name}")
        return super().write(data) or 0


def _is_sqlite(path: Path) -> bool:
    return path.name.startswith(DATABASE)
