"""txtai's hybrid search, with our vectors through its own hook for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from txtai import Embeddings

from eval.peers.vectors import Floats, SharedVectors


class Adapter:
    """A `Peer`."""

    def __init__(self, vectors: SharedVectors) -> None:
        self._vectors = vectors
        self._encode: Callable[[Sequence[str]], Floats] = vectors.passages
        # txtai calls a plain function as it is and makes an instance of anything else; the hook is not told which of
        # the two it encodes, passages or a question
        self._embeddings = Embeddings(method="external", transform=lambda texts: self._encode(texts), hybrid=True)

    def index(self, texts: Sequence[str]) -> None:
        """Index the texts; their ids are their places."""
        self._embeddings.index(enumerate(texts))
        self._encode = lambda questions: np.stack([self._vectors.query(question) for question in questions])

    def search(self, query: str, k: int) -> list[tuple[int, float]]:
        """Return at most ``k`` hits; each side gives ten times as many before they are joined, as is its default."""
        return [(int(i), float(score)) for i, score in self._embeddings.search(query, k)]
