"""One peer on one data set in a process of its own: `eval.peers.run` starts it.

It prints a line of JSON for each step, and at the end the folder of the result, or what the user must mend.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from eval import measures, results, trec
from eval.dataset import BadDataset, Dataset, Text, read
from eval.peers.models import MODELS, Model, model_name, open_model
from eval.peers.peer import BY_KEY, Missing, Peer, Tool
from eval.peers.vectors import SharedVectors
from eval.results import QuestionResult, Result
from eval.run import DEPTH, commit, machine, peak_mb, today
from indexer.embedding import ModelUnavailable

SHOWN = 10  # hits of a search that is timed
TIMED = 100  # questions that are asked for them: some tools take seconds for one


def main(argv: Sequence[str] | None = None) -> int:
    """Write one result, or without ``--peer`` encode the texts for those that follow."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", required=True)
    options.add_argument("--peer", choices=BY_KEY)
    options.add_argument("--model", choices=MODELS, default="theirs")
    options.add_argument("--site", type=Path)
    options.add_argument("--cache", type=Path, required=True)
    options.add_argument("--folder", type=Path)
    options.add_argument("--system")
    given = options.parse_args(argv)
    if given.site:
        sys.path.append(str(given.site.resolve()))  # last, so that what the project has itself is taken from there
    try:
        dataset = read(given.data)
        if given.peer:
            result = measured(dataset, BY_KEY[given.peer], given.model, given.cache, given.site, given.system)
            results.write(given.folder, result)
        else:
            _shared(dataset, given.model, given.cache, given.site).passages([whole(row) for row in rows(dataset)])
    except (Missing, BadDataset, ModelUnavailable) as problem:
        _say(problem=str(problem))
        return 2
    return 0


def measured(
    dataset: Dataset, tool: Tool, model: Model, cache: Path, site: Path | None = None, system: str | None = None
) -> Result:
    """Index the texts of a data set and ask its questions. Raises `Missing`, `BadDataset`, `ModelUnavailable`."""
    vectors = _shared(dataset, model, cache, site) if tool.embeds else None
    peer = tool.open(vectors, site)
    texts = rows(dataset)
    began = time.perf_counter()
    peer.index([whole(row) for row in texts])
    took = time.perf_counter() - began
    run, waits = _asked(peer, dataset, [row.id for row in texts])
    qrels = {q.id: dict(q.relevant) for q in dataset.questions if q.relevant}
    values = measures.measure(qrels, run)
    embedding, spent = (vectors.seconds, vectors.spent) if vectors else (0.0, 0.0)
    own = max(0.0, took - spent)
    return Result(
        dataset.name, system or tool.name, _settings(tool, embedding, own), measures.means(values),
        tuple(
            QuestionResult(
                q.id, q.kind, q.language or "", q.answerable,
                {name: of[q.id] for name, of in values.items() if q.id in of}, ms=waits.get(q.id),
            )
            for q in dataset.questions
        ),
        run, qrels,
        p50_ms=float(np.percentile(list(waits.values()), 50)), p95_ms=float(np.percentile(list(waits.values()), 95)),
        index_seconds=embedding + own, passages=len(texts), peak_memory_mb=peak_mb(),
        model=model_name(model) if vectors else "", model_revision=vectors.embedder.revision if vectors else "",
        corpus_sha256=_hash(texts), commit=commit(), machine=machine(), python=platform.python_version(), date=today(),
    )  # fmt: skip


def rows(dataset: Dataset) -> list[Text]:
    """Return the rows of a data set. Raises `BadDataset` if it is a folder of documents: peers read none."""
    if dataset.folder is not None:
        raise BadDataset(f"{dataset.name} holds documents; peers are given texts: give a folder in BEIR layout.")
    return list(dataset.texts())


def whole(row: Text) -> str:
    """Return title and text as one: what a user of a tool without titles would index."""
    return f"{row.title}\n{row.text}" if row.title else row.text


def _shared(dataset: Dataset, model: Model, cache: Path, site: Path | None) -> SharedVectors:
    return SharedVectors(
        open_model(model, site),
        cache,
        lambda done, total: _say(doing=f"{dataset.name}: encoding", done=done, total=total),
    )


def _asked(peer: Peer, dataset: Dataset, ids: Sequence[str]) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Return the ranking of each question, and the milliseconds of those that were timed."""
    run: dict[str, dict[str, float]] = {}
    waits: dict[str, float] = {}
    count = len(dataset.questions)
    timed = {dataset.questions[i * count // min(count, TIMED)].id for i in range(min(count, TIMED))}
    peer.search(dataset.questions[0].text, SHOWN)  # what is made at the first search is made before the clock starts
    for n, question in enumerate(dataset.questions, 1):
        if question.id in timed:
            began = time.perf_counter()
            peer.search(question.text, SHOWN)
            waits[question.id] = (time.perf_counter() - began) * 1000
        found = [ids[place] for place, _ in peer.search(question.text, DEPTH)]
        run[question.id] = trec.scores_of(list(dict.fromkeys(found)))
        _say(doing=f"{dataset.name}: asking", done=n, total=count)
    return run, waits


def _settings(tool: Tool, embedding: float, own: float) -> dict[str, Any]:
    return {
        "setting": tool.setting, **tool.versions(), "embedding seconds": embedding,
        "own indexing seconds": own, "timed questions": TIMED, "timed hits": SHOWN,
    }  # fmt: skip


def _hash(texts: Sequence[Text]) -> str:
    """Hash a corpus as the store hashes its documents, so that it can be seen that both had the same."""
    digests = (
        hashlib.sha256(f"{t.title}\n{t.text}".encode("utf-8", "surrogatepass")).hexdigest() + t.id
        for t in sorted(texts, key=lambda t: t.id)
    )
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def _say(**step: object) -> None:
    print(json.dumps(step), flush=True)


if __name__ == "__main__":
    sys.exit(main())
