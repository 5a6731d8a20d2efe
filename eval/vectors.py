"""Which FAISS index for how many passages: `python -m eval.vectors --index DIR`.

Takes the vectors of a real index. More than it holds are made from them: each a mix of two real ones and noise, so that
neighbours stay close as they are in real collections. Queries are made the same way. One query at a time.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexer.index import Index
from indexer.vectors import Vectors

Floats = npt.NDArray[np.float32]
QUERIES = 200
K = 100
SIZES = (10_000, 100_000, 1_000_000)


@dataclass(frozen=True, slots=True)
class Measured:
    """One kind of index over ``n`` vectors; recall is the share of the exact ``K`` nearest that it finds."""

    n: int
    kind: str
    build_s: float
    p50_ms: float
    p95_ms: float
    recall: float


def main(argv: Sequence[str] | None = None) -> int:
    """Print a table, one line a size and kind."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--index", type=Path, required=True, help="an index to take vectors from")
    options.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    options.add_argument("--json", action="store_true", help="print JSON lines")
    given = options.parse_args(argv)
    index = Index(given.index)
    real = index.store.vectors()[1]
    index.close()
    if not given.json:
        print(
            f"{len(real)} real vectors\n"
            f"{'passages':>9} {'kind':18} {'build s':>8} {'p50 ms':>7} {'p95 ms':>7} {'recall':>7}"
        )
    for size in given.sizes:
        for m in measure(real, size):
            line = f"{m.n:9d} {m.kind:18} {m.build_s:8.1f} {m.p50_ms:7.2f} {m.p95_ms:7.2f} {m.recall:7.3f}"
            print(json.dumps(asdict(m)) if given.json else line, flush=True)
    return 0


def measure(real: Floats, size: int, seed: int = 0) -> list[Measured]:
    """Compare the kinds of index at one size."""
    random = np.random.default_rng(seed)
    vectors, queries = _grown(real, size, random), _grown(real, QUERIES, random)
    keys = np.arange(size, dtype=np.int64)
    exact: list[set[int]] = []
    found: list[Measured] = []
    for kind in ("exact", "inverted lists"):
        began = time.perf_counter()
        index = Vectors.build(keys, vectors, 0, exact=kind == "exact")
        built = time.perf_counter() - began
        times, answers = _asked(index, queries)
        exact = exact or answers
        recall = float(np.mean([len(a & e) / len(e) for a, e in zip(answers, exact, strict=True)]))
        p50, p95 = (float(np.percentile(times, share)) for share in (50, 95))
        found.append(Measured(size, kind, built, p50, p95, recall))
    return found


def _asked(index: Vectors, queries: Floats) -> tuple[list[float], list[set[int]]]:
    times, answers = [], []
    for query in queries:
        began = time.perf_counter()
        hits = index.search(query, K)
        times.append((time.perf_counter() - began) * 1000)
        answers.append({key for key, _ in hits})
    return times, answers


def _grown(real: Floats, size: int, random: np.random.Generator) -> Floats:
    if size <= len(real) and size != QUERIES:
        return real[random.permutation(len(real))[:size]]
    grown = np.empty((size, real.shape[1]), np.float32)
    for start in range(0, size, 50_000):
        rows = min(50_000, size - start)
        a, b = random.integers(0, len(real), (2, rows))
        share = random.uniform(0, 0.3, (rows, 1)).astype(np.float32)
        mixed = (1 - share) * real[a] + share * real[b] + random.normal(0, 0.01, (rows, real.shape[1]))
        grown[start : start + rows] = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
    return grown


if __name__ == "__main__":
    sys.exit(main())
