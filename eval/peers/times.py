"""Whole-process times beside txtai with the same model on the same passages: `python -m eval.peers.times --site DIR`.

``DIR`` holds txtai: ``pip install --no-deps --target DIR txtai==9.14.0 msgpack``. Each process is timed from its start
to its end, as a user waits for it; the two take turns, and the median of the turns counts. txtai is given the
passages ready made, so that it need not read a document.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from indexer.index import Index
from indexer.models import prepare

ROOT = Path(__file__).parent.parent.parent
QUESTION = "which NGOs were suspended in January"
_INDEX = """
import json, sys
from txtai import Embeddings
model, passages, folder = sys.argv[1:]
rows = json.load(open(passages, encoding="utf-8"))
embeddings = Embeddings(path=model, hybrid=True, content=True, instructions={"query": "query: ", "data": "passage: "})
embeddings.index(enumerate(rows))
embeddings.save(folder)
"""
_QUERY = """
import sys
from txtai import Embeddings
embeddings = Embeddings()
embeddings.load(sys.argv[1])
print(embeddings.search(sys.argv[2], 10))
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Print the seconds of each and how many times faster Pincite is."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--site", type=Path, required=True, help="folder that txtai was installed into")
    options.add_argument("--corpus", type=Path, default=ROOT / "corpus", help="folder of documents to index")
    options.add_argument("--turns", type=int, default=3)
    options.add_argument("--json", action="store_true", help="print one line of JSON")
    given = options.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        times, passages = compare(given.corpus, given.site, given.turns, Path(folder))
    found = {name: statistics.median(seconds) for name, seconds in times.items()}
    ratios = {what: found[f"txtai {what}"] / found[f"pincite {what}"] for what in ("index", "query")}
    if given.json:
        print(json.dumps({"passages": passages, "seconds": found, "times faster": ratios}))
        return 0
    print(f"{passages} passages, median of {given.turns} turns, whole processes")
    for what, ratio in ratios.items():
        print(
            f"{what}: pincite {found[f'pincite {what}']:.2f} s, txtai {found[f'txtai {what}']:.2f} s: {ratio:.1f} times"
        )
    return 0


def compare(corpus: Path, site: Path, turns: int, folder: Path) -> tuple[dict[str, list[float]], int]:
    """Return the seconds of each turn by name, and how many passages were indexed."""
    model = str(prepare())
    path = os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    pincite = [sys.executable, "-m", "api.cli"]
    times: dict[str, list[float]] = {}
    count = 0
    for turn in range(turns):
        index, other = folder / f"pincite-{turn}", folder / f"txtai-{turn}"
        _timed(times, "pincite index", [*pincite, "index", str(corpus), "--index", str(index)], dict(os.environ))
        passages = folder / "passages.json"
        count = _export(index, passages)
        _timed(times, "txtai index", [sys.executable, "-c", _INDEX, model, str(passages), str(other)], environment)
        _timed(times, "pincite query", [*pincite, "search", QUESTION, "--index", str(index)], dict(os.environ))
        _timed(times, "txtai query", [sys.executable, "-c", _QUERY, str(other), QUESTION], environment)
    return times, count


def _export(folder: Path, target: Path) -> int:
    index = Index(folder)
    keys = [int(key) for key in index.store.vectors()[0]]
    rows = [passage.text for passage in index.catalogue.passages(keys).values()]
    index.close()
    target.write_text(json.dumps(rows), encoding="utf-8")
    return len(rows)


def _timed(times: dict[str, list[float]], name: str, command: Sequence[str], environment: dict[str, str]) -> None:
    began = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr}")
    times.setdefault(name, []).append(time.perf_counter() - began)


if __name__ == "__main__":
    sys.exit(main())
