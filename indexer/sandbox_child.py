"""The server behind `indexer.sandbox`: reads each file in a fork under limits, and answers in JSON.

It is light on purpose: it loads no model and no array library, so that forking it takes a millisecond. Where there is
no ``fork`` (Windows) it reads files itself, without limits, and is replaced when one takes too long.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import sys
import time
from typing import Any, Final

from indexer import boilerplate, readers
from indexer.confinement import attempts, confine
from indexer.document import Refused
from indexer.sandbox import KINDS, MIB, Limits, as_dict, too_slow

_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000
_DESCRIPTORS: Final = 32  # open at once in a fork


def _serve() -> None:
    """Answer requests on standard input until it is closed."""
    out = os.dup(1)
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, 1)  # what a library prints must not end up among the answers
    _leave_the_network()
    source = sys.stdin.buffer
    while line := source.readline():
        request = json.loads(line)
        data = source.read(request["size"])
        answer = _answer_in_fork(data, request) if hasattr(os, "fork") else _encoded(_answer(data, request["name"]))
        _send(out, len(answer).to_bytes(8, "big") + answer)


def _leave_the_network() -> None:
    """Best effort: a user and network namespace without any interface (Linux, where it is allowed)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def _send(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _encoded(answer: dict[str, object]) -> bytes:
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _answer_in_fork(data: bytes, request: dict[str, object]) -> bytes:
    """Read a file in a fork and return its answer, or one that says in words how it ended."""
    name = str(request["name"])
    limits = Limits(**{key: request[key] for key in as_dict(Limits())})  # type: ignore[arg-type]
    _import_reader(name, data)
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        _be_the_fork(data, name, limits, theirs, request.get("probe"))  # type: ignore[arg-type]
    os.close(theirs)
    answer, ended = _collect(ours, limits)
    if not ended:
        with contextlib.suppress(OSError):
            os.kill(child, 9)
    _, status, usage = os.wait4(child, 0)
    os.close(ours)
    peak = usage.ru_maxrss / (1024 if sys.platform != "darwin" else MIB)
    if not ended:
        reason = too_slow(limits) if len(answer) <= limits.answer_mib * MIB else "holds too much text to be a document"
        return _encoded({"refused": reason, "peak_mib": peak})
    if status == 0 and answer.endswith(b"}"):
        return answer[:-1] + f',"peak_mib":{peak:.1f}}}'.encode()
    return _encoded({"refused": _how_it_died(status, peak, limits), "peak_mib": peak})


def _import_reader(name: str, data: bytes) -> None:
    """Import what the fork will need, so that this is paid once; nothing of the file is read here but its start."""
    with contextlib.suppress(Refused):
        readers.load(readers.media_type_of(name, data))


def _be_the_fork(data: bytes, name: str, limits: Limits, pipe: int, probe: list[Any] | None = None) -> None:
    """Read the file, write the answer to the pipe, and never return."""
    status = 1
    try:
        _limit(limits)
        _keep_only(pipe)
        held = confine()
        try:
            answer = _encoded({"held": held, **attempts(*probe)} if probe else _answer(data, name))
        except MemoryError:
            answer = _encoded({"refused": _too_big(limits)})
        _send(pipe, answer)
        status = 0
    finally:
        os._exit(status)


def _keep_only(pipe: int) -> None:
    """Close what the fork has no business with: the questions and answers of other files."""
    os.dup2(1, 0)  # which leads nowhere
    os.closerange(3, pipe)
    os.closerange(pipe + 1, _DESCRIPTORS)


def _limit(limits: Limits) -> None:
    import resource  # Windows has none

    size = limits.memory_mib * MIB
    wanted = {
        resource.RLIMIT_AS: size,
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: _DESCRIPTORS,
    }
    for limit, value in wanted.items():
        with contextlib.suppress(OSError, ValueError):  # some systems do not know every limit
            resource.setrlimit(limit, (value, value))


def _answer(data: bytes, name: str) -> dict[str, object]:
    """Read a file here and now."""
    try:
        extract = boilerplate.mark(readers.read(data, name))
    except Refused as refusal:
        return {"refused": str(refusal)}
    except MemoryError:
        raise
    except RecursionError:
        return {"refused": "nested too deeply to be a document: damaged, or made to harm"}
    except Exception as error:
        return {"refused": f"the reader failed on this file (damaged?): {type(error).__name__}"}
    return {
        "text": _storable(extract.text),
        "blocks": [[b.start, b.end, KINDS.index(b.kind), b.level, b.page] for b in extract.blocks],
        "media_type": extract.media_type,
        "title": extract.title and _storable(extract.title),
        "publisher": extract.publisher and _storable(extract.publisher),
        "date": extract.date,
        "language": extract.language,
    }


def _storable(text: str) -> str:
    """Replace what no database or encoding takes, one character for one, so that offsets hold."""
    text = text.replace("\0", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)
    return text


def _collect(pipe: int, limits: Limits) -> tuple[bytes, bool]:
    """Return what the fork wrote, and whether it came to its end within the limits."""
    parts: list[bytes] = []
    size, deadline = 0, time.monotonic() + limits.seconds
    while True:
        if not select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
            return b"".join(parts), False
        part = os.read(pipe, MIB)
        if not part:
            return b"".join(parts), True
        parts.append(part)
        size += len(part)
        if size > limits.answer_mib * MIB:
            return b"".join(parts), False


def _too_big(limits: Limits) -> str:
    return f"needs more than {limits.memory_mib} MiB to read: probably a decompression bomb"


def _how_it_died(status: int, peak_mib: float, limits: Limits) -> str:
    ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if ended_by in (signal.SIGXCPU, signal.SIGKILL) and peak_mib < 0.9 * limits.memory_mib:
        return f"took longer than {limits.cpu_seconds} s of processor time to read"
    if peak_mib > 0.5 * limits.memory_mib:
        return _too_big(limits)
    return "the reader crashed on this file (damaged?)"


if __name__ == "__main__":
    _serve()
