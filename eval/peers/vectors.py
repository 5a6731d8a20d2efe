"""Vectors that peers share: each text is encoded once a model, and kept on disk with the seconds that it took."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexer.embedding import Embedder

_BATCH = 512

Floats = npt.NDArray[np.float32]


class SharedVectors:
    """The vectors of one model. ``seconds`` is what encoding the texts asked for took, whenever that was; ``spent`` is
    what was spent here on getting them, be it by reading the file.

    Questions are never kept: a user waits for their encoding, so it belongs to the time of a search.
    """

    def __init__(self, embedder: Embedder, folder: Path, report: Callable[[int, int], None] = lambda _, __: None):
        folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(f"{Path(embedder.name).name} {embedder.revision}".encode()).hexdigest()[:12]
        self.embedder = embedder
        self.file = folder / f"{name}.sqlite"
        self.seconds = self.spent = 0.0
        self._report = report
        self._db = sqlite3.connect(self.file)
        self._db.execute("CREATE TABLE IF NOT EXISTS vectors (text BLOB PRIMARY KEY, vector BLOB, seconds REAL)")

    def passages(self, texts: Sequence[str]) -> Floats:
        """Return (n, dimensions), L2-normalised, of texts as the model encodes passages."""
        began = time.perf_counter()
        vectors = np.empty((len(texts), self.embedder.dimensions), np.float32)
        for start in range(0, len(texts), _BATCH):
            batch = texts[start : start + _BATCH]
            vectors[start : start + len(batch)] = self._batch(batch)
            self._report(start + len(batch), len(texts))
        self.spent += time.perf_counter() - began
        return vectors

    def query(self, text: str) -> Floats:
        """Return (dimensions,), L2-normalised, of a question."""
        vector: Floats = np.asarray(self.embedder.embed_query(text), np.float32)
        return vector

    def keep(self, texts: Sequence[str], vectors: npt.NDArray[np.floating], seconds: float) -> None:
        """Keep vectors made elsewhere with this model, which took ``seconds`` in all."""
        share = seconds / (sum(map(len, texts)) or 1)
        rows = [
            (_key(text), vector.astype(np.float32).tobytes(), share * len(text))
            for text, vector in zip(texts, vectors, strict=True)
        ]
        with self._db:
            self._db.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)

    def _batch(self, texts: Sequence[str]) -> Floats:
        kept = self._kept(texts)
        if missing := list(dict.fromkeys(text for text in texts if _key(text) not in kept)):
            began = time.perf_counter()
            made = self.embedder.embed_passages(missing)
            self.keep(missing, made, time.perf_counter() - began)
            kept = self._kept(texts)
        self.seconds += sum(kept[_key(text)][1] for text in texts)
        return np.stack([np.frombuffer(kept[_key(text)][0], np.float32) for text in texts])

    def _kept(self, texts: Sequence[str]) -> dict[bytes, tuple[bytes, float]]:
        keys = [_key(text) for text in texts]
        marks = ",".join("?" * len(keys))
        rows = self._db.execute(f"SELECT text, vector, seconds FROM vectors WHERE text IN ({marks})", keys)
        return {key: (vector, seconds) for key, vector, seconds in rows}


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
