"""Reads files in a child process with limits, so that no document can harm the program that reads it.

A light server process is started once (`indexer.sandbox_child`). For each file it forks, and the fork, under limits of
memory, processor time, open files and no network, runs the reader. Whatever happens there ends that fork only: the
server reports it in words, and the next file is read by a fresh one. Answers come back as JSON, never as a pickle, and
are checked before they are believed.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from indexer.document import Block, Extract, Kind, Refused

MIB: Final = 2**20
_GRACE: Final = 5.0
"""Seconds beyond the limit after which the server itself is taken to be stuck."""

KINDS: Final = tuple(Kind)


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may cost."""

    memory_mib: int = 1024
    cpu_seconds: int = 30
    seconds: float = 60.0
    answer_mib: int = 256


class Parser:
    """Reads files through the server; use it as a context manager. Threads take turns."""

    def __init__(self, limits: Limits | None = None, max_file_mb: int = 200) -> None:
        """Take the limits of one file, and the largest file in megabytes; nothing is started yet."""
        self.limits = limits or Limits()
        self.max_file_mb = max_file_mb
        self.peak_mib = 0.0
        """The most memory that reading a file took so far."""
        self._server: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the server, if one runs; a later `read` starts another."""
        server, self._server = self._server, None
        if server is None:
            return
        with contextlib.suppress(OSError, ValueError):
            if server.stdin:
                server.stdin.close()
        try:
            server.wait(timeout=1)
        except subprocess.TimeoutExpired:
            _end(server)
        if server.stdout:
            server.stdout.close()

    def load(self, path: Path) -> bytes:
        """Return the bytes of a file; raise `Refused` if it is too large or cannot be opened."""
        try:
            with path.open("rb") as file:
                data = file.read(self.max_file_mb * 1_000_000 + 1)
        except OSError as error:
            raise Refused(f"cannot be opened: {error.strerror or error}") from error
        self._check_size(data)
        return data

    def read(self, file: bytes | Path, name: str) -> Extract:
        """Return the extract of a file, given as its bytes or its path, with page furniture marked.

        Raises:
            Refused: it is no document, is damaged, or goes beyond a limit.
        """
        data = self.load(file) if isinstance(file, Path) else file
        self._check_size(data)
        with self._turn:
            answer = self._ask(data, name)
        peak = answer.get("peak_mib")
        self.peak_mib = max(self.peak_mib, peak if isinstance(peak, float) else 0.0)
        if "refused" in answer:
            raise Refused(str(answer["refused"]))
        return _extract_from(answer)

    def probe(self, port: int, path: Path) -> dict[str, object]:
        """Have a fork try what must fail in it: to connect to ``port`` of this machine, read ``path``, and so on.

        Returns "held", what closes the fork in, and for each attempt whether it failed. Raises `Refused`.
        """
        with self._turn:
            answer = self._ask(b"", "probe", probe=[port, str(path)])
        if "refused" in answer:
            raise Refused(str(answer["refused"]))
        return answer

    def _check_size(self, data: bytes) -> None:
        if not data:
            raise Refused("empty file")
        if len(data) > self.max_file_mb * 1_000_000:
            raise Refused(f"larger than {self.max_file_mb} MB: raise --max-file-mb to read it")

    def _ask(self, data: bytes, name: str, **more: object) -> dict[str, object]:
        limits = self.limits
        for attempt in (1, 2):
            server = self._started()
            try:
                return _exchange(server, data, {"name": name, "size": len(data), **as_dict(limits), **more}, limits)
            except TimeoutError:
                _end(server)
                self._server = None
                raise Refused(too_slow(limits)) from None
            except (OSError, EOFError, ValueError) as error:
                # The server died, by a signal from outside or for want of memory; one more try tells which.
                _end(server)
                self._server = None
                if attempt == 2:
                    raise Refused("the reader crashed on this file (damaged?)") from error
            except BaseException:  # Ctrl-C: an answer that nobody waits for must not meet the next question
                _end(server)
                self._server = None
                raise
        raise AssertionError("unreachable")

    def _started(self) -> subprocess.Popen[bytes]:
        if self._server is not None and self._server.poll() is not None:
            _end(self._server)
            self._server = None
        if self._server is None:
            root = Path(__file__).resolve().parent.parent
            self._server = subprocess.Popen(
                [sys.executable, "-m", "indexer.sandbox_child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=root,
                env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"},
                start_new_session=True,  # Ctrl-C is for the parent, which then closes the pipe
                bufsize=0,
            )
        return self._server


def as_dict(limits: Limits) -> dict[str, float]:
    """Return the limits as they are sent to the server."""
    return {name: getattr(limits, name) for name in ("memory_mib", "cpu_seconds", "seconds", "answer_mib")}


def _end(server: subprocess.Popen[bytes]) -> None:
    """Kill the server and its forks, which share its process group."""
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(server.pid, 9)
        else:
            server.kill()
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        server.wait(timeout=5)
    for pipe in (server.stdin, server.stdout):
        if pipe:
            with contextlib.suppress(OSError):
                pipe.close()


def _exchange(
    server: subprocess.Popen[bytes], data: bytes, request: dict[str, object], limits: Limits
) -> dict[str, object]:
    """Send one file and return the answer; raise `TimeoutError`, `OSError`, `EOFError` or `ValueError`."""
    assert server.stdin
    assert server.stdout
    server.stdin.write(json.dumps(request).encode() + b"\n")
    view = memoryview(data)
    while view:
        view = view[server.stdin.write(view) :]
    answer = json.loads(_frame(server.stdout, time.monotonic() + limits.seconds + _GRACE))
    if not isinstance(answer, dict):
        raise ValueError("the reader answered out of turn")
    return answer


def _frame(pipe: IO[bytes], deadline: float) -> bytes:
    """Read one answer: its length in eight bytes, then itself."""
    return _exactly(pipe, int.from_bytes(_exactly(pipe, 8, deadline), "big"), deadline)


def _exactly(pipe: IO[bytes], size: int, deadline: float) -> bytes:
    parts: list[bytes] = []
    while size:
        if os.name == "posix" and not select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
            raise TimeoutError
        part = pipe.read(min(size, MIB))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _extract_from(answer: dict[str, object]) -> Extract:
    """Rebuild an extract; one that breaks the promises of `Extract` is refused."""
    text, rows = answer.get("text"), answer.get("blocks")
    try:
        if not isinstance(text, str) or not isinstance(rows, list):
            raise TypeError
        blocks = tuple(Block(start, end, KINDS[kind], level, page) for start, end, kind, level, page in rows)
        last = 0
        for block in blocks:
            if not last <= block.start <= block.end <= len(text):
                raise ValueError
            last = block.end
        declared = {name: _declared(answer, name) for name in ("title", "publisher", "date", "language")}
        return Extract(text, blocks, str(answer["media_type"]), **declared)
    except (TypeError, ValueError, KeyError, IndexError) as error:
        raise Refused("the reader gave back nonsense for this file (damaged?)") from error


def _declared(answer: dict[str, object], name: str) -> str | None:
    value = answer.get(name)
    return value if isinstance(value, str) else None


def too_slow(limits: Limits) -> str:
    """Return the reason for refusing a file that took too long."""
    return f"took longer than {limits.seconds:g} s to read"
