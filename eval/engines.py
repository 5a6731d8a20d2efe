"""How fast and how exact an index past one machine is: ``python -m eval.engines --engine URL --catalogue URL``.

Real passages (``--data``, in BEIR layout) with random vectors, which are harder to search than real ones: what is
measured is the engine and the catalogue, not the model. The library that the addresses name must be empty.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import itertools
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from indexer.document import Block, Document, Extract
from indexer.embedding import Embedder
from indexer.entries import Entry, cut, write
from indexer.index import Index
from indexer.location import Location
from indexer.vectors import Floats
from indexer.words import index_words

DIMENSIONS = 384
TOGETHER = 25  # rows of the data made one document
CLIENTS = (1, 8, 32)
WORDS = 6  # of a passage, asked for in a keyword search
_BATCH = 40  # documents


class Random:
    """Stands in for the model: a vector of length 1 for each text, the same for the same text."""

    def embed_passages(self, texts: Sequence[str]) -> Floats:
        """Return the vectors (n, 384) of ``texts``."""
        drawn = np.array([_drawn(int.from_bytes(hashlib.sha256(t.encode()).digest()[:8], "big")) for t in texts])
        vectors: Floats = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
        return vectors


def _drawn(seed: int) -> Floats:
    return np.random.default_rng(seed).normal(size=DIMENSIONS).astype(np.float32)


def main(arguments: Sequence[str] | None = None) -> None:
    """Fill the library, ask it, and print what was measured as one line of JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    parser.add_argument("--engine", help="milvus://HOST:PORT/NAME; without it FAISS and SQLite are measured")
    parser.add_argument("--catalogue", help="postgresql://...")
    parser.add_argument("--data", type=Path, required=True, help="folder with corpus.jsonl.gz")
    parser.add_argument("--passages", type=int, default=5_000)
    parser.add_argument("--seconds", type=float, default=10.0, help="for each number of clients")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        location = Location(Path(scratch) / "index", given.engine, given.catalogue)
        index = location.open(create=True)
        if index.catalogue.count()[2]:
            sys.exit("The library is not empty: name another one.")
        began, writing = time.monotonic(), 0.0
        with index.only_writer():
            for entries in _batches(given.data, given.passages):
                ready = time.monotonic()
                write(index, entries, cast(Embedder, Random()))
                writing += time.monotonic() - ready
            index.follow()
        took = time.monotonic() - began
        print(json.dumps({"load_s": round(took, 1), "write_s": round(writing, 1), **measured(index, given.seconds)}))
        index.close()


def measured(index: Index, seconds: float) -> dict[str, Any]:
    """Return size, recall and latencies of a filled index."""
    keys, vectors = index.store.vectors()
    passages = len(keys)
    asked = [vector / np.linalg.norm(vector) for vector in (_drawn(n) for n in range(200))]
    words = _asked_words(index, [int(key) for key in keys[:: max(passages // 200, 1)]])
    return {
        "passages": passages, "bytes_a_passage": round(index.size_on_disk() / passages),
        "recall_at_10": _recall(index, asked[:100], keys, vectors),
        "dense_ms": _latencies(lambda n: index.dense(asked[n % len(asked)], 500), seconds),
        "keyword_ms": _latencies(lambda n: index.keyword(words[n % len(words)], 500), seconds),
    }  # fmt: skip


def _batches(data: Path, passages: int) -> Iterator[list[Entry]]:
    with gzip.open(data / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = (json.loads(line) for line in itertools.islice(lines, passages))
        documents = iter(lambda: list(itertools.islice(rows, TOGETHER)), [])
        while batch := [_entry(n, document) for n, document in enumerate(itertools.islice(documents, _BATCH))]:
            yield batch


def _entry(n: int, rows: Sequence[dict[str, str]]) -> Entry:
    texts = [row["text"] for row in rows]
    starts = list(itertools.accumulate((len(text) + 2 for text in texts), initial=0))
    blocks = tuple(Block(start, start + len(text)) for start, text in zip(starts, texts, strict=False))
    text, source = "\n\n".join(texts), f"{rows[0]['_id']}.txt"
    name = hashlib.sha256(source.encode()).hexdigest()
    about = Document(name[:16], source, rows[0]["title"], None, None, "en", "text/plain", name)
    return cut(about, Extract(text, blocks, "text/plain"), "", (len(text), n))


def _asked_words(index: Index, keys: Sequence[int]) -> list[list[list[str]]]:
    found = index.catalogue.passages(keys).values()
    stems = [index_words(passage.text, "en").split() for passage in found]
    return [[[stem] for stem in dict.fromkeys(of) if len(stem) > 4][:WORDS] for of in stems]


def _recall(index: Index, asked: Sequence[Floats], keys: Any, vectors: Floats) -> float:
    right = 0
    for query in asked:
        best = set(keys[np.argsort(-(vectors @ query))[:10]].tolist())
        right += len(best & {key for key, _ in index.dense(query, 10)})
    return right / (10 * len(asked))


def _latencies(ask: Callable[[int], object], seconds: float) -> dict[str, dict[str, float]]:
    """Return p50, p99 (ms) and questions a second for each number of clients that ask as fast as they are answered."""
    told = {}
    for clients in CLIENTS:
        taken: list[float] = []
        until = time.monotonic() + seconds

        def client(turn: int, taken: list[float] = taken, until: float = until) -> None:
            for n in itertools.count(turn * 7):
                began = time.monotonic()
                if began > until:
                    return
                ask(n)
                taken.append((time.monotonic() - began) * 1000)

        threads = [threading.Thread(target=client, args=(turn,)) for turn in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        p50, p99 = np.percentile(taken, [50, 99])
        told[str(clients)] = {"p50": round(p50, 1), "p99": round(p99, 1), "a_second": round(len(taken) / seconds, 1)}
    return told


if __name__ == "__main__":
    main()
