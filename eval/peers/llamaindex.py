"""LlamaIndex's VectorStoreIndex with its own splitting, in its FAISS store.

Its in-memory store ranks the same, but looks at every vector in a Python loop; FAISS is the quicker of what users take.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import faiss
from llama_index.core import Document, StorageContext, VectorStoreIndex
from llama_index.core.embeddings import BaseEmbedding
from llama_index.vector_stores.faiss import FaissVectorStore
from pydantic import PrivateAttr

from eval.peers.vectors import SharedVectors


class Adapter:
    """A `Peer`."""

    def __init__(self, vectors: SharedVectors) -> None:
        self._vectors = vectors
        self._index: Any = None

    def index(self, texts: Sequence[str]) -> None:
        """Index the texts; their ids are their places."""
        documents = [Document(text=text, id_=str(i)) for i, text in enumerate(texts)]
        store = FaissVectorStore(faiss_index=faiss.IndexFlatIP(self._vectors.embedder.dimensions))
        self._index = VectorStoreIndex.from_documents(
            documents,
            storage_context=StorageContext.from_defaults(vector_store=store),
            embed_model=_Shared(self._vectors),
        )

    def search(self, query: str, k: int) -> list[tuple[int, float]]:
        """Return the ``k`` nearest nodes by the text they come from."""
        nodes = self._index.as_retriever(similarity_top_k=k).retrieve(query)
        return [(int(one.node.ref_doc_id), float(one.score)) for one in nodes]


class _Shared(BaseEmbedding):  # type: ignore[misc]
    _vectors: SharedVectors = PrivateAttr()

    def __init__(self, vectors: SharedVectors) -> None:
        super().__init__(embed_batch_size=512)
        self._vectors = vectors

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        found: list[list[float]] = self._vectors.passages(texts).tolist()
        return found

    def _get_query_embedding(self, query: str) -> list[float]:
        found: list[float] = self._vectors.query(query).tolist()
        return found

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)
