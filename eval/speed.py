"""How fast and how exact the ways to run the bundled model are, side by side: ``python -m eval.speed [--json]``.

Passages are the words of the sample corpus cut into runs of 100, in batches sorted by length; the runtimes take turns,
so that other work on the machine slows all of them alike, and the best turn of each counts.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexer.embedding import Embedder, SentenceTransformerEmbedder
from indexer.encoder import OnnxEmbedder, cores
from indexer.models import BUNDLED, DEFAULT, find, prepare

if TYPE_CHECKING:
    import numpy.typing as npt

CORPUS = Path(__file__).parent.parent / "corpus"
WORDS = 100
_REFERENCE = "sentence-transformers float32"
_QUICK = "onnxruntime int8"
_PLAIN = "onnxruntime float32"
_COLD = {
    _REFERENCE: (
        "from sentence_transformers import SentenceTransformer as S;"
        "S(sys.argv[1], local_files_only=True).encode_query('Who?')"
    ),
    _QUICK: "from indexer.embedding import load; load().embed_query('Who?')",
}


@dataclass(frozen=True, slots=True)
class Speed:
    """One way to run the model. Cosines are the mean of passages and of queries to the float32 reference."""

    runtime: str
    passages_per_second: float
    passages_per_core_second: float
    query_p50_ms: float
    query_p95_ms: float
    cold_query_s: float | None
    cold_peak_mb: float | None
    cosine_passages: float
    cosine_queries: float


def measure(folder: Path, turns: int = 3, passages: int = 64) -> list[Speed]:
    """Time each runtime on passages and queries from ``folder`` of text files."""
    texts, questions = sample(folder, passages)
    cold = {way: _cold(code, prepare()) for way, code in _COLD.items()}  # first: a child's peak counts its parent's
    with tempfile.TemporaryDirectory() as place:
        ways = {_REFERENCE: _reference(), _QUICK: _quick(prepare()), _PLAIN: _quick(_in_float32(Path(place)))}
        rates, waits = dict.fromkeys(ways, (0.0, 0.0)), {way: [1e9] * len(questions) for way in ways}
        for _ in range(turns):
            for way, embedder in ways.items():
                rates[way] = _best(rates[way], _rate(embedder, texts))
                waits[way] = [min(wait, _wait(embedder, q)) for wait, q in zip(waits[way], questions, strict=True)]
        exact = {way: (e.embed_passages(texts), e.embed_queries(questions)) for way, e in ways.items()}
    results = []
    for way in ways:
        p50, p95 = np.percentile(waits[way], [50, 95]) * 1000
        cosines = [_cosine(a, b) for a, b in zip(exact[way], exact[_REFERENCE], strict=True)]
        results.append(Speed(way, *rates[way], float(p50), float(p95), *cold.get(way, (None, None)), *cosines))
    return results


def sample(folder: Path, count: int) -> tuple[list[str], list[str]]:
    """Return ``count`` passages of 100 words, and as many queries: the first eight words of each."""
    words = [word for file in sorted(folder.glob("*.txt")) for word in file.read_text("utf-8", "replace").split()]
    runs = [words[i : i + WORDS] for i in range(0, len(words), WORDS)][:count]
    return [" ".join(run) for run in runs], [" ".join(run[:8]) for run in runs]


def _reference() -> Embedder:
    import torch

    torch.set_num_threads(cores())
    return SentenceTransformerEmbedder(str(prepare()))


def _quick(folder: Path) -> Embedder:
    return OnnxEmbedder(folder, DEFAULT, BUNDLED[DEFAULT].revision)


def _in_float32(folder: Path) -> Path:
    """Write the quick path with its matrices in 32 bits."""
    from indexer import convert
    from indexer.graph import Precision, encoder
    from indexer.packed import PackedModel

    model = PackedModel(find(BUNDLED[DEFAULT]))
    convert.write_quick_path(model, folder)
    (folder / convert.ENCODER).write_bytes(encoder(model, Precision.FLOAT32).SerializeToString())
    return folder


def _rate(embedder: Embedder, texts: Sequence[str]) -> tuple[float, float]:
    """Return passages a second, and a second of one core's work, which other programs disturb less."""
    began, worked = time.perf_counter(), time.process_time()
    embedder.embed_passages(texts)
    return len(texts) / (time.perf_counter() - began), len(texts) / (time.process_time() - worked)


def _best(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    return max(a[0], b[0]), max(a[1], b[1])


def _wait(embedder: Embedder, question: str) -> float:
    began = time.perf_counter()
    embedder.embed_query(question)
    return time.perf_counter() - began


def _cold(code: str, folder: Path) -> tuple[float, float]:
    """Return the seconds from the start of a process to the vector of one query, best of three, and its peak in MB."""
    peak = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    command = [sys.executable, "-c", f"import sys; {code}; {peak}", str(folder)]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(Path(__file__).parent.parent)}
    runs = []
    for _ in range(3):
        began = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        runs.append((time.perf_counter() - began, float(done.stdout.split()[-1])))
    return min(runs)


def _cosine(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> float:
    return float((a * b).sum(axis=1).mean())


def table(speeds: Sequence[Speed]) -> str:
    """Lay the measurements out as a Markdown table."""
    lines = [
        "| runtime | passages/s (a core) | query p50, p95 (ms) | cold query (s), peak (MB) | cosine, queries |",
        "|---|---|---|---|---|",
    ]
    for s in speeds:
        cold = "" if s.cold_query_s is None else f"{s.cold_query_s:.2f}, {s.cold_peak_mb:.0f}"
        rate = f"{s.passages_per_second:.1f} ({s.passages_per_core_second:.1f})"
        wait = f"{s.query_p50_ms:.1f}, {s.query_p95_ms:.1f}"
        lines.append(f"| {s.runtime} | {rate} | {wait} | {cold} | {s.cosine_passages:.4f}, {s.cosine_queries:.4f} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m eval.speed", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, default=CORPUS, help="a folder of .txt files (default: the sample corpus)")
    parser.add_argument("--turns", type=int, default=3, help="how often each runtime is timed; the best turn counts")
    parser.add_argument("--passages", type=int, default=64, help="how many passages of 100 words")
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    chosen = parser.parse_args(arguments)
    speeds = measure(chosen.data, chosen.turns, chosen.passages)
    if chosen.json:
        print(json.dumps({"cores": cores(), "runtimes": [asdict(speed) for speed in speeds]}))
    else:
        print(f"{cores()} cores\n{table(speeds)}")


if __name__ == "__main__":
    main()
