"""What many write themselves: sentence-transformers, and an exact index of FAISS over its vectors."""

from __future__ import annotations

from collections.abc import Sequence

import faiss

from eval.peers.vectors import SharedVectors


class Adapter:
    """A `Peer`."""

    def __init__(self, vectors: SharedVectors) -> None:
        self._vectors = vectors
        self._index = faiss.IndexFlatIP(vectors.embedder.dimensions)

    def index(self, texts: Sequence[str]) -> None:
        """Index the texts; their ids are their places."""
        self._index.add(self._vectors.passages(texts))

    def search(self, query: str, k: int) -> list[tuple[int, float]]:
        """Return the ``k`` nearest, with their cosine."""
        scores, ids = self._index.search(self._vectors.query(query)[None], k)
        return [(int(i), float(s)) for i, s in zip(ids[0], scores[0], strict=True) if i >= 0]
