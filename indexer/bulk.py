"""Reading and embedding on a Ray cluster: jobs out, what was read and its vectors back, in the order of the jobs.

The one file that imports ray. Workers hold nothing that counts: they read files and make vectors, and never see the
index. What is done with a result is the build's, here, as on one machine; so a worker that is lost costs what it had at
hand, which Ray gives to another.
"""

from __future__ import annotations

import hashlib
import logging
import os
import pickle
import re
import socket
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from indexer.embedding import Embedder, load
from indexer.entries import BATCH, Entry
from indexer.faults import Unreachable
from indexer.missing import RayMissing
from indexer.models import BUNDLED, ModelUnavailable
from indexer.passages import Sizes
from indexer.reading import Job, Read, read
from indexer.sandbox import Limits, Parser
from indexer.store import IndexUnusable

AT_A_TIME: Final = 8  # files that a worker takes, and that are lost with it
_TRIES: Final = 5  # for files that a worker is lost with: one that kills every worker ends the build
_ADDRESS: Final = re.compile(r"auto|(\[[0-9a-fA-F:]+\]|[^\s:/\[\]]+):\d{1,5}")
_QUIET: Final = {
    "RAY_USAGE_STATS_ENABLED": "0",  # else Ray would tell its makers
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    "RAY_DATA_LOG_LEVEL": "CRITICAL",
}


class NotAlike(IndexUnusable):
    """A worker would not make what this machine makes: other code, another model, or other files."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is the same for all jobs; ``gone`` has the hashes of what was embedded of documents whose file is gone, by
    their SHA-256: a renamed file keeps its vectors.
    """

    model: str
    revision: str
    sizes: Sizes
    limits: Limits
    max_file_mb: int
    gone: Mapping[str, frozenset[bytes]]
    code: str


class Cluster:
    """A running Ray cluster that this machine is part of."""

    def __init__(self, address: str) -> None:
        """Take HOST:PORT, or ``auto`` for the cluster that was started here. Raises `RayMissing`, `ValueError`."""
        self.address = checked(address)
        os.environ.update({name: os.environ.get(name, value) for name, value in _QUIET.items()})
        try:
            import ray.data
        except ImportError:
            raise RayMissing("ray[data]") from None
        self._ray: Any = ray

    def read(
        self,
        jobs: Sequence[Job],
        gone: Mapping[str, frozenset[bytes]],
        parser: Parser,
        embedder: Embedder,
        sizes: Sizes,
    ) -> Iterator[Read]:
        """Have the workers read and embed; yield what became of each job, in order.

        Raises `Unreachable` if the cluster is or goes away, `NotAlike`, `ModelUnavailable`.
        """
        work = Work(
            embedder.name, embedder.revision, sizes, parser.limits, parser.max_file_mb, gone, code()
        )  # fmt: skip
        with redirect_stdout(sys.stderr), self._joined():  # Ray tells of workers that it lost
            for job, row in zip(jobs, self._rows(jobs, work), strict=True):
                got = pickle.loads(row["answer"])
                if isinstance(got, Exception):
                    raise got
                if isinstance(got, Elsewhere):
                    got = self._again(job, got, parser, sizes)
                yield got

    @contextmanager
    def _joined(self) -> Iterator[None]:
        ray = self._ray
        try:
            ray.init(address=self.address, log_to_driver=False, logging_level=logging.CRITICAL)
        except (ConnectionError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
            raise Unreachable(
                f"Ray at {self.address} cannot be joined: {_first_line(error)}. This machine must be part of the "
                "cluster, with the same Python, Ray and token; see docs/scale.md."
            ) from error
        try:
            yield
        except ray.exceptions.RayError as error:
            raise Unreachable(
                f"Ray at {self.address} failed: {_first_line(error)}. What was written is kept; run this again."
            ) from error
        finally:
            ray.shutdown()

    def _rows(self, jobs: Sequence[Job], work: Work) -> Iterator[Mapping[str, Any]]:
        ray = self._ray
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        context.execution_options.preserve_order = True
        cores, free = (max(int(has().get("CPU", 1)), 1) for has in (ray.cluster_resources, ray.available_resources))
        blocks = max(-(-len(jobs) // AT_A_TIME), min(len(jobs), 4 * cores))
        rows = ray.data.from_items([{"job": pickle.dumps(job)} for job in jobs], override_num_blocks=blocks)
        pool = ray.data.ActorPoolStrategy(
            min_size=1, max_size=cores, initial_size=free, max_tasks_in_flight_per_actor=2
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # this release of Ray has no other way to name the number of tries
            read = rows.map(
                Worker, fn_constructor_args=(work,), compute=pool, num_cpus=1, max_restarts=-1, max_task_retries=_TRIES
            )
        yield from read.iter_rows()

    def _again(self, job: Job, elsewhere: Elsewhere, parser: Parser, sizes: Sizes) -> Read:
        """Read a file here that a worker did not see as it was listed here; raise `NotAlike` if it is unchanged."""
        if _seen(job.file.path) == (job.file.size, job.file.mtime_ns):
            raise NotAlike(
                f"The worker on {elsewhere.host} does not see {job.file.path} as it is here. The folder must be at "
                "the same place on every machine of the cluster."
            )
        return read(job, parser, sizes)


def checked(address: str) -> str:
    """Return the address of a cluster. Raises `ValueError` if it is none."""
    if not _ADDRESS.fullmatch(address):
        raise ValueError("is not HOST:PORT of a Ray cluster that this machine is part of, nor auto")
    return address


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A worker's answer to a job whose file is not there on its ``host``, or is another one."""

    host: str


class Worker:
    """What runs on the cluster: one process on one core, which loads the model once."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._parser = Parser(work.limits, work.max_file_mb)
        self._fault: Exception | None = None
        host = socket.gethostname()
        try:
            self._embedder = load(work.model)
        except ModelUnavailable as error:
            self._fault = ModelUnavailable(f"The worker on {host}: {error}")
            return
        if code() != work.code:
            self._fault = NotAlike(f"The worker on {host} has another version of Pincite. Install the same everywhere.")
        elif self._embedder.revision != work.revision:
            self._fault = NotAlike(f"The worker on {host} has another revision of the model {work.model}.")

    def __call__(self, row: Mapping[str, bytes]) -> dict[str, bytes]:
        """Do one job; an exception that the build is to raise is an answer too."""
        return {"answer": pickle.dumps(self._fault or self._read(pickle.loads(row["job"])))}

    def _read(self, job: Job) -> Read | Elsewhere:
        if _seen(job.file.path) != (job.file.size, job.file.mtime_ns):
            return Elsewhere(socket.gethostname())
        got = read(job, self._parser, self._work.sizes)
        return got if got.entry is None else replace(got, entry=self._embedded(got.entry, job, got.sha256))

    def _embedded(self, entry: Entry, job: Job, sha256: str) -> Entry:
        known = job.known | self._work.gone.get(sha256, frozenset())
        missing = [key for key in entry.embedded if key not in known]
        # the bundled model takes all cores for several texts, of which one is ours, and its vectors are the same
        each = 1 if self._work.model in BUNDLED else BATCH
        made: dict[bytes, Any] = {}
        for some in (missing[i : i + each] for i in range(0, len(missing), each)):
            made |= zip(some, self._embedder.embed_passages([entry.embedded[key] for key in some]), strict=True)
        return replace(entry, vectors=made)


@lru_cache(maxsize=1)
def code() -> str:
    """Return a digest of the code that reads and embeds, so that two machines can tell whether theirs is the same."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for file in sorted(here.rglob("*.py")):
        digest.update(file.relative_to(here).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _seen(path: Path) -> tuple[int, int] | None:
    """Return the size in bytes and the time of change (ns) of a file, None if it may not be read here."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return (stat.st_size, stat.st_mtime_ns) if os.access(path, os.R_OK) else None


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
