"""Starts what an index past one machine stands on and has `eval.engines` measure it, in two runs: filling, then asking.

``PYTHONPATH=.:tests python tests/measure_engines.py {folder,lite,cluster} --data FOLDER [--vectors FILE] ...``

What else is given goes to `eval.engines`. Servers listen on this machine only, but for the cluster, which runs only
where there is no network but the loopback:
``unshare -n sh -c 'ip link set lo up && ...'``.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from milvuses import milvus_cluster
from scaling import Service, milvus, postgres

LIBRARY = "measured"


@contextmanager
def running(kind: str, folder: Path) -> Iterator[tuple[list[str], dict[str, Service]]]:
    """Start the servers; give the addresses as options, and the servers by name."""
    with ExitStack() as stack:
        if kind == "folder":
            yield [], {}
            return
        services = {"postgres": stack.enter_context(postgres(folder / "postgres"))}
        if kind == "lite":
            services["milvus"] = stack.enter_context(milvus(folder / "milvus"))
            port, how = services["milvus"].port, ""
        else:
            if [name for _, name in socket.if_nameindex()] != ["lo"]:
                sys.exit("needs a network of its own, since Milvus listens on all addresses: see the head of the file")
            cluster = stack.enter_context(milvus_cluster(folder / "milvus"))
            services |= cluster.roles
            port, how = cluster.port, "?replicas=2"
        yield [
            "--engine", f"milvus://127.0.0.1:{port}/{LIBRARY}{how}",
            "--catalogue", f"postgresql://pincite@127.0.0.1:{services['postgres'].port}/postgres",
        ], services  # fmt: skip


def settle(port: int, seconds: float = 600) -> dict[str, object]:
    """Have a cluster close its segments, index and load them, as it does by itself in time; say how long it took."""
    from pymilvus import MilvusClient

    client, collection, began = (
        MilvusClient(f"http://127.0.0.1:{port}", timeout=seconds),
        f"{LIBRARY}_1",
        time.monotonic(),
    )
    client.flush(collection)
    rows = loaded = indexed = 0
    while time.monotonic() - began < seconds and not 0 < rows == indexed <= loaded:
        time.sleep(1)
        state = client.describe_index(collection, "vector")
        rows, indexed = int(state["total_rows"]), int(state["indexed_rows"])
        loaded = sum(int(segment.num_rows) for segment in client.list_loaded_segments(collection))
    return {"settled_s": round(time.monotonic() - began, 1), "rows": rows, "indexed": indexed, "loaded": loaded}


def size(folder: Path) -> int:
    """Return the bytes that the files below a folder take (MB)."""
    told = subprocess.run(["du", "-sm", str(folder)], capture_output=True, text=True, check=False).stdout
    return int(told.split()[0])


def main() -> None:
    """Measure one kind and print a line for each step."""
    kind, given = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory(prefix="pincite-engines-") as place, running(kind, Path(place)) as (at, services):
        pids = [f"{name}={one.process.pid}" for name, one in services.items() if one.process]
        asked = [sys.executable, "-m", "eval.engines", *at, *given, "--index", f"{place}/index", "--memory", *pids]
        subprocess.run([*asked, "--seconds", "0"], check=True)
        if kind == "cluster":
            print(json.dumps(settle(services["proxy"].port)), flush=True)
        subprocess.run(asked, check=True)
        folders = {name: size(Path(one.folder)) for name, one in services.items()} or {"index": size(Path(place))}
        print(json.dumps({"load": os.getloadavg(), "on_disk_mb": folders}))


if __name__ == "__main__":
    main()
