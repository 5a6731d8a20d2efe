"""Starts a Ray cluster of two nodes, on this machine and its loopback only, for the tests of bulk embedding."""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from scaling import free_port

# Ray listens on every address of a machine, unless it takes the machine for one without a network.
LOOPBACK = "import ray._private.services as s; s.get_node_ip_address = lambda address=None: '127.0.0.1'; "
_START = LOOPBACK + "from ray.scripts.scripts import main; main()"
_MIB = 2**20

# Ray reads its token when it is first imported.
os.environ |= {
    "RAY_AUTH_MODE": "token",
    "RAY_AUTH_TOKEN": secrets.token_hex(32),
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",
}


def need_ray() -> None:
    """Skip the test by name where Ray is missing; in CI it may not be."""
    if importlib.util.find_spec("ray") is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have ray")
        pytest.skip("needs ray")


@dataclass
class RayCluster:
    """A cluster at ``address`` of two nodes of one core each, whose processes can be killed."""

    address: str
    nodes: list[subprocess.Popen[bytes]]

    def workers(self) -> list[int]:
        """The processes that read and embed now."""
        return [pid for node in self.nodes for pid in _below(node.pid) if b"Worker(" in _command(pid)]

    def working(self, seconds: float = 60) -> int:
        """Wait until there is a process that reads and embeds, and return it."""
        until = time.monotonic() + seconds
        while not (found := self.workers()):
            assert time.monotonic() < until, "no worker was started"
            time.sleep(0.05)
        return found[0]


@contextmanager
def ray_cluster() -> Iterator[RayCluster]:
    """Two nodes; their files lie in a folder of a short name, as Ray's sockets need."""
    folder = Path(tempfile.mkdtemp(prefix="ray-"))
    port = free_port()
    address = f"127.0.0.1:{port}"
    cluster = RayCluster(address, [])
    try:
        for place in (
            ["--head", f"--port={port}", "--include-dashboard=false", f"--ray-client-server-port={free_port()}"],
            [f"--address={address}"],
        ):
            _add_node(cluster, folder, place)
        yield cluster
    finally:
        for node in cluster.nodes:
            _end(node)
        shutil.rmtree(folder, ignore_errors=True)


def _add_node(cluster: RayCluster, folder: Path, place: list[str]) -> None:
    options = [
        "start", *place, "--node-ip-address=127.0.0.1", "--num-cpus=1", f"--object-store-memory={100 * _MIB}",
        "--disable-usage-stats", f"--temp-dir={folder}", "--block", "--min-worker-port=0", "--max-worker-port=0",
    ]  # fmt: skip
    log = folder / f"node{len(place)}{free_port()}.log"
    with log.open("wb") as out:
        node = subprocess.Popen([sys.executable, "-c", _START, *options], stdout=out, stderr=out)
    cluster.nodes.append(node)
    until = time.monotonic() + 180
    while b"Ray runtime started" not in log.read_bytes():
        if node.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"Ray did not start: {log.read_text()[-2000:]}")
        time.sleep(0.1)


def _end(node: subprocess.Popen[bytes]) -> None:
    """End a node with all its processes, which are in groups of their own."""
    all_of_it = _below(node.pid)
    node.kill()
    for pid in all_of_it:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    node.wait(30)


def _below(pid: int) -> list[int]:
    """The processes that come from a process, at any remove."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents.setdefault(int(stat.read_text().rpartition(")")[2].split()[1]), []).append(int(stat.parent.name))
        except OSError:
            continue
    found, rest = [], [pid]
    while rest:
        children = parents.get(rest.pop(), [])
        found += children
        rest += children
    return found


def _command(pid: int) -> bytes:
    try:
        return (Path("/proc") / str(pid) / "cmdline").read_bytes()
    except OSError:
        return b""
