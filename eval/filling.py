"""Fills an index with real passages and vectors that are given, or random, as the build writes them: `eval.engines`.

A document is the rows of one title, a passage one row; its source, publisher and date are those that the data has.
"""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from indexer.document import Block, Document, Extract
from indexer.embedding import Embedder, load
from indexer.entries import Entry, cut, write
from indexer.index import Index
from indexer.passages import Sizes
from indexer.vectors import Floats

DIMENSIONS = 384
SIZES = Sizes(longest=512, joined=0, short=0)  # a row is a passage: none is cut, none joined with the next
_BATCH = 40  # documents written at a time
_TOGETHER = 1_000  # rows embedded at a time
_GAP = "\n\n"

Row = tuple[int, dict[str, Any]]


class Random:
    """Stands in for the model: a vector of length 1 for each text, the same for the same text."""

    def embed_passages(self, texts: Sequence[str]) -> Floats:
        """Return the vectors (n, 384) of ``texts``."""
        return unit(np.stack([drawn(int.from_bytes(hashlib.sha256(t.encode()).digest()[:8], "big")) for t in texts]))


def drawn(seed: int) -> Floats:
    """Return a random vector (384,), the same for the same seed."""
    return np.random.default_rng(seed).normal(size=DIMENSIONS).astype(np.float32)


def unit(vectors: Floats) -> Floats:
    """Return ``vectors`` (n, d) with a length of 1."""
    made: Floats = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return made


def by_model(data: Path, rows: int, file: Path) -> Floats:
    """Return the model's vectors (n, d) of the first ``rows``, as `batches` takes them; ``file`` keeps them."""
    if not file.exists():
        model, made = load(), []
        reads = (f"{row['title']}\n{row['text']}" for row in _rows(data, rows))
        while chunk := list(itertools.islice(reads, _TOGETHER)):
            made.append(model.embed_passages(chunk).astype(np.float16))
        np.save(file, np.concatenate(made))
    kept: Floats = np.load(file, mmap_mode="r")
    return kept


def batches(data: Path, rows: int, vectors: Floats | None) -> Iterator[list[Entry]]:
    """Cut the first ``rows`` of a data set in BEIR layout; ``vectors`` (n, d) has one for each, in order."""
    numbered = enumerate(_rows(data, rows))
    documents = (list(of) for _, of in itertools.groupby(numbered, key=lambda row: row[1]["title"]))
    while batch := [_entry(of, vectors) for of in itertools.islice(documents, _BATCH)]:
        yield batch


def fill(index: Index, entries: Iterable[list[Entry]]) -> None:
    """Write the entries as the build does; what has no vector gets a random one. The caller is the only writer."""
    for batch in entries:
        write(index, batch, cast(Embedder, Random()))
    index.follow()


def _rows(data: Path, rows: int) -> Iterator[dict[str, Any]]:
    with gzip.open(data / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in itertools.islice(lines, rows))


def _entry(rows: Sequence[Row], vectors: Floats | None) -> Entry:
    first = rows[0][1]
    texts = [row["text"] for _, row in rows]
    starts = list(itertools.accumulate((len(text) + len(_GAP) for text in texts), initial=0))
    blocks = tuple(Block(start, start + len(text)) for start, text in zip(starts, texts, strict=False))
    source, about = f"{first['_id'].partition('#')[0]}.txt", first.get("metadata", {})
    name, text = hashlib.sha256(source.encode()).hexdigest(), _GAP.join(texts)
    document = Document(
        name[:16], source, first["title"], about.get("iso"), about.get("year"), "en", "text/plain", name
    )
    entry = cut(document, Extract(text, blocks, "text/plain"), "", (len(text), 0), sizes=SIZES)
    if vectors is None:
        return entry
    row_at = {start: n for start, (n, _) in zip(starts, rows, strict=False)}
    at = {stored.embedded: row_at[stored.passage.char_start] for stored in entry.passages}
    made = unit(vectors[list(at.values())].astype(np.float32))
    return replace(entry, vectors=dict(zip(at, made, strict=True)))
