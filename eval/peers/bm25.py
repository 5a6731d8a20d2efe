"""bm25s as its quick start has it: Lucene's BM25, English stop words and stems."""

from __future__ import annotations

from collections.abc import Sequence

import bm25s
import Stemmer

from eval.peers.vectors import SharedVectors


class Adapter:
    """A `Peer`; it has no use for vectors."""

    def __init__(self, vectors: SharedVectors | None) -> None:
        self._stemmer = Stemmer.Stemmer("english")
        self._retriever = bm25s.BM25()
        self._texts = 0

    def index(self, texts: Sequence[str]) -> None:
        """Index the texts; their ids are their places."""
        tokens = bm25s.tokenize(list(texts), stopwords="en", stemmer=self._stemmer, show_progress=False)
        self._retriever.index(tokens, show_progress=False)
        self._texts = len(texts)

    def search(self, query: str, k: int) -> list[tuple[int, float]]:
        """Return at most ``k`` hits; texts without a word of the question are none."""
        tokens = bm25s.tokenize(query, stopwords="en", stemmer=self._stemmer, show_progress=False)
        ids, scores = self._retriever.retrieve(tokens, k=min(k, self._texts), show_progress=False)
        return [(int(i), float(s)) for i, s in zip(ids[0], scores[0], strict=True) if s > 0]
