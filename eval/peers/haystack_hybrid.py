"""Haystack's hybrid retrieval: its in-memory store, both retrievers, and their lists joined by rank."""

from __future__ import annotations

from collections.abc import Sequence

from haystack import Document
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore

from eval.peers.vectors import SharedVectors


class Adapter:
    """A `Peer`."""

    def __init__(self, vectors: SharedVectors) -> None:
        self._vectors = vectors
        self._store = InMemoryDocumentStore()
        self._words = InMemoryBM25Retriever(self._store)
        self._meaning = InMemoryEmbeddingRetriever(self._store)
        self._joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion")

    def index(self, texts: Sequence[str]) -> None:
        """Index the texts; their ids are their places."""
        vectors = self._vectors.passages(texts)
        rows = zip(texts, vectors, strict=True)
        self._store.write_documents(
            [Document(id=str(i), content=text, embedding=vector.tolist()) for i, (text, vector) in enumerate(rows)]
        )

    def search(self, query: str, k: int) -> list[tuple[int, float]]:
        """Return at most ``k`` hits, of ``k`` from each side."""
        near = self._meaning.run(query_embedding=self._vectors.query(query).tolist(), top_k=k)["documents"]
        worded = self._words.run(query=query, top_k=k)["documents"]
        joined = self._joiner.run(documents=[worded, near], top_k=k)["documents"]
        return [(int(document.id), float(document.score)) for document in joined]
