"""What a process that reads a hostile file gives up before it looks at it: files, the network, and other processes.

Linux only, and only what its kernel offers: Landlock closes the file system (5.13) and TCP (6.7), seccomp closes the
system calls for sockets, processes and programs. Both need no rights and cannot be undone. Written with ctypes, since
no library for either is needed for a dozen calls.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FS_RIGHTS: Final = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # how many rights each version of Landlock knows
_NO_NEW_PRIVS, _SET_SECCOMP, _FILTER = 38, 22, 2
_O_PATH: Final = 0o10000000

# machine: the audit number of the architecture, clone, clone3, and what no reader of a document calls
_CALLS: Final = {
    "x86_64": (
        0xC000003E, 56, 435,
        # socket, socketpair, connect, accept, sendto, sendmsg, bind, listen, accept4, fork, vfork, execve, execveat
        (41, 53, 42, 43, 44, 46, 49, 50, 288, 57, 58, 59, 322,
         # kill, ptrace, process_vm_readv, process_vm_writev, mount, unshare, setns, bpf, perf_event_open, keyctl
         62, 101, 310, 311, 165, 272, 308, 321, 298, 250,
         # io_uring_setup, open_by_handle_at, userfaultfd, pidfd_open, pidfd_getfd, pidfd_send_signal
         425, 304, 323, 434, 438, 424),
    ),
    "aarch64": (
        0xC00000B7, 220, 435,
        (198, 199, 203, 202, 206, 211, 200, 201, 242, 221, 281,
         129, 117, 270, 271, 40, 97, 268, 280, 241, 219,
         425, 265, 282, 434, 438, 424),
    ),
}  # fmt: skip
_THREAD: Final = 0x00010000  # a thread is not a process
_EPERM, _ENOSYS = 1, 38


def confine() -> tuple[str, ...]:
    """Give up what can be given up here, for good; return the names of what holds: "landlock", "seccomp"."""
    if sys.platform != "linux":
        return ()
    held = [name for name, close in (("landlock", _landlock), ("seccomp", _seccomp)) if close()]
    return tuple(held)


def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc


def _readable() -> Iterable[str]:
    """Where the code of this program lies, the encodings and fonts: readers may load a part only when they need it."""
    here = Path(__file__).resolve().parent
    yield str(here)
    yield from {str(Path(p).resolve()) for p in sys.path if p and ("site-packages" in p or "/lib/python" in p)}
    yield from {os.path.realpath(os.path.join(base, "lib")) for base in (sys.prefix, sys.base_prefix)}
    yield from ("/usr/share/fonts", "/usr/lib", "/lib", "/lib64", "/etc/ld.so.cache", "/dev/null", "/dev/urandom")


def _landlock() -> bool:
    """Let nothing be opened but this program's own code, and let TCP neither connect nor listen."""
    libc = _libc()
    version = libc.syscall(_CREATE_RULESET, None, 0, 1)
    if version < 1:
        return False
    rights = (1 << _FS_RIGHTS.get(min(version, 5), 13)) - 1
    # struct landlock_ruleset_attr: file system, network (version 4), scope (version 6)
    fields = [rights, *([3] if version >= 4 else []), *([3] if version >= 6 else [])]
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    ruleset = libc.syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    if ruleset < 0:
        return False
    try:
        for path in _readable():
            _allow(libc, ruleset, path)
        return bool(libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 and libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str) -> None:
    try:
        handle = os.open(path, _O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there need not be allowed
    try:
        rights = _READ_FILE | (_READ_DIR if os.path.isdir(path) else 0)
        libc.syscall(_ADD_RULE, ruleset, 1, struct.pack("=Qi", rights, handle), 0)
    finally:
        os.close(handle)


def _seccomp() -> bool:
    """Have the kernel refuse sockets, new processes and programs, and looking into other processes."""
    calls = _CALLS.get(platform.machine())
    if calls is None:
        return False
    program = _program(*calls)
    libc = _libc()
    held = ctypes.create_string_buffer(program)
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(held))
    return bool(libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 and libc.prctl(_SET_SECCOMP, _FILTER, header, 0, 0) == 0)


def _program(arch: int, clone: int, clone3: int, refused: tuple[int, ...]) -> bytes:
    """Return the filter as BPF instructions of eight bytes: code, jump if true, jump if false, operand."""
    load, equal, above, bits, give = 0x20, 0x15, 0x35, 0x45, 0x06
    allow, refuse, unknown = 0x7FFF0000, 0x00050000 | _EPERM, 0x00050000 | _ENOSYS
    steps = [
        (load, 0, 0, 4), (equal, 1, 0, arch), (give, 0, 0, refuse),
        (load, 0, 0, 0), (above, 0, 1, 0x40000000), (give, 0, 0, refuse),  # the other numbering of x86
        (equal, 0, 1, clone3), (give, 0, 0, unknown),  # its flags lie in memory: then clone is called instead
        (equal, 0, 4, clone), (load, 0, 0, 16), (bits, 0, 1, _THREAD), (give, 0, 0, allow), (give, 0, 0, refuse),
    ]  # fmt: skip
    for call in refused:
        steps += [(equal, 0, 1, call), (give, 0, 0, refuse)]
    return b"".join(struct.pack("=HBBI", *step) for step in [*steps, (give, 0, 0, allow)])


def attempts(port: int, path: str) -> dict[str, bool]:
    """Try what must fail here, and say of each whether it did; ``port`` of this machine listens, ``path`` is a file."""
    import socket

    def connects() -> None:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()

    def reads() -> None:
        with open(path, "rb") as file:
            file.read(1)

    def writes() -> None:
        with open(f"{path}.written", "wb") as file:
            file.write(b"x")

    def forks() -> None:
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)

    def runs() -> None:
        os.posix_spawn("/bin/sh", ["sh", "-c", "exit 0"], {})

    def signals() -> None:
        os.kill(os.getppid(), 0)

    return {act.__name__: _fails(act) for act in (connects, reads, writes, forks, runs, signals)}


def _fails(act: Callable[[], None]) -> bool:
    try:
        act()
    except OSError:
        return True
    return False
