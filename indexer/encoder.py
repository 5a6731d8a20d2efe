"""The bundled model on its quick path: onnxruntime in 8 bits, without torch, transformers or sentence-transformers.

Each text is encoded alone on one core, and as many at a time as there are cores. On a processor this is no slower than
batches with padding, and a text has the same vector whatever is encoded beside it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import onnxruntime

from indexer.convert import ENCODER, LENGTH, PIECES, PROMPTS, WORDS
from indexer.languages import XLM_ROBERTA
from indexer.packed import BLOCK, BLOCK_BYTES, Bytes, Floats, unpack
from indexer.pieces import Pieces
from indexer.tokenvectors import TokenVectors, within
from indexer.unigram import Tokens, Unigram

_T = TypeVar("_T")

_BEGIN, _END, _UNKNOWN = 0, 2, 3
# No text of 512 tokens is longer unless most of it is blanks, and the time to split a text is bounded.
LONGEST = 50_000


class OnnxEmbedder:
    """Vectors of the bundled model. Safe to share between threads."""

    dimensions = 384

    def __init__(self, folder: Path, name: str, revision: str) -> None:
        self.name, self.revision = name, revision
        self._folder = folder
        self._session = session(folder / ENCODER)
        row = self.dimensions // BLOCK * BLOCK_BYTES
        self._words: Bytes = np.memmap(folder / WORDS, np.uint8, mode="r").reshape(-1, row)
        self._tokenizer = Unigram(Pieces(folder / PIECES), _UNKNOWN)

    def reads(self, language: str) -> bool:
        """Say whether the model was trained on a language (BCP 47)."""
        return language.split("-")[0].lower() in XLM_ROBERTA

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> npt.NDArray[np.float32]:
        """Return (n, 384), L2-normalised; ``progress`` is told how many are done."""
        return self._embed(PROMPTS["document"], texts, progress)

    def embed_query(self, text: str) -> npt.NDArray[np.float32]:
        """Return (384,), L2-normalised."""
        return self._sentence(PROMPTS["query"] + text)

    def embed_queries(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return (n, 384), L2-normalised."""
        return self._embed(PROMPTS["query"], texts, None)

    def token_vectors(self, texts: Sequence[str], query: bool = False) -> list[TokenVectors]:
        """Return the vectors of each text's tokens, in the context of the text."""
        prompt = PROMPTS["query" if query else "document"]
        return list(self._parallel(lambda text: self._tokens(prompt, text), texts))

    def _embed(self, prompt: str, texts: Sequence[str], progress: Callable[[int], None] | None) -> Floats:
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        longest_first = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        encoded = self._parallel(self._sentence, [prompt + texts[i] for i in longest_first])
        for done, (i, vector) in enumerate(zip(longest_first, encoded, strict=True), start=1):
            vectors[i] = vector
            if progress:
                progress(done)
        return vectors

    def _parallel(self, work: Callable[[str], _T], texts: Sequence[str]) -> Iterable[_T]:
        return map(work, texts) if len(texts) < 2 else self._pool.map(work, texts)

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(cores(), thread_name_prefix="encoder")

    def _sentence(self, text: str) -> Floats:
        return self._run("sentence", self._split(text).ids)

    def _tokens(self, prompt: str, text: str) -> TokenVectors:
        split = self._split(prompt + text)
        vectors = self._run("tokens", split.ids)[1:-1]
        return within(text, len(prompt), split.ids, split.offsets, vectors)

    def _split(self, text: str) -> Tokens:
        tokens = self._tokenizer.encode(text[:LONGEST])
        return Tokens(tokens.ids[: LENGTH - 2], tokens.offsets[: LENGTH - 2])

    def _run(self, output: str, ids: list[int]) -> Floats:
        embeddings = unpack(self._words[[_BEGIN, *ids, _END]])
        result: Floats = self._session.run([output], {"embeddings": embeddings[None]})[0][0]
        return result


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def session(graph: Path | bytes, threads: int = 1, optimised: bool = True) -> onnxruntime.InferenceSession:
    """Open a graph; ``optimised`` says that its operators are fused already."""
    level = onnxruntime.GraphOptimizationLevel
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.graph_optimization_level = level.ORT_ENABLE_BASIC if optimised else level.ORT_ENABLE_ALL
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
