"""The model that reads English passages again, for ranking: bge-small-en-v1.5, in 8 bits, as its package has it.

It ranks English better than the multilingual model that embeds, and reads faster (docs/quality.md). Without its package
the multilingual one reads everything. The code of the package is never run, and what it needs is not installed.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from indexer.encoder import LONGEST, cores, session
from indexer.models import Bundled, find
from indexer.tokenvectors import TokenVectors, within

if TYPE_CHECKING:
    from tokenizers import Tokenizer

NAME = "bge-small-en-v1.5"
LENGTH = 512  # tokens, marks of beginning and end included
_FOLDER = "models/bge-small-en-v1.5-int8"
WEIGHTS = Bundled(
    "compartment",
    "4.13.0",
    f"{_FOLDER}/model_quantized.onnx",
    "6c9c6101a956d62dfb5e7190c538226c0c5bb9cb27b651234b6df063ee7dbfe4",
    "MIT",
)
TOKENISER = replace(
    WEIGHTS,
    file=f"{_FOLDER}/tokenizer.json",
    sha256="d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
)


class EnglishReader:
    """Token vectors of English text. Safe to share between threads. Raises `ModelUnavailable`."""

    def __init__(self) -> None:
        self._session = session(find(WEIGHTS), optimised=False)
        self._tokenizer = _tokenizer()

    def token_vectors(self, texts: Sequence[str], query: bool = False) -> list[TokenVectors]:
        """Return the vectors of each text's tokens; questions and passages are read alike, without a prompt."""
        return list(self._pool.map(self._tokens, texts)) if len(texts) > 1 else [self._tokens(text) for text in texts]

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(cores(), thread_name_prefix="reader")

    def _tokens(self, text: str) -> TokenVectors:
        split = self._tokenizer.encode(text[:LONGEST])
        ids = split.ids if len(split.ids) <= LENGTH else [*split.ids[: LENGTH - 1], split.ids[-1]]
        given = np.array([ids], np.int64)
        inputs = {"input_ids": given, "attention_mask": np.ones_like(given), "token_type_ids": np.zeros_like(given)}
        vectors = self._session.run(None, inputs)[0][0][1:-1]
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return within(text, 0, ids[1:-1], split.offsets[1 : len(ids) - 1], vectors)


def _tokenizer() -> Tokenizer:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(find(TOKENISER)))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


_LOADED: list[EnglishReader | None] = []
_LOADING = threading.Lock()


def load() -> EnglishReader | None:
    """Return the reader, loaded once a process, or None where its package is not installed.

    Raises `ModelUnavailable` where the package holds another file than it should.
    """
    with _LOADING:
        if not _LOADED:
            _LOADED.append(EnglishReader() if WEIGHTS.installed else None)
        return _LOADED[0]
