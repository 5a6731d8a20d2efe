"""The model that reads English passages again, for ranking: bge-small-en-v1.5, in 8 bits.

It ranks English better than the multilingual model that embeds, and reads faster (docs/quality.md). What
`eval.interaction` fitted is added to its upper layers (english.npz, by `indexer.adaptation`), so that the tokens of a
question lie near those of what answers it. Without its package the multilingual one reads everything. The code of the
package is never run, and what it needs is not installed.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexer.encoder import LONGEST, cores, session
from indexer.models import Bundled, Progress, find, models_folder, unfolded
from indexer.tokenvectors import TokenVectors, within
from indexer.unigram import Tokens

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


LEARNED = Path(__file__).with_suffix(".npz")
_GRAPH = "model.onnx"


class EnglishReader:
    """Token vectors of English text, by the model with what was ``learned``, or as its package has it.

    Safe to share between threads. Raises `ModelUnavailable`.
    """

    def __init__(self, learned: bool = True) -> None:
        self._session = session(_with_what_was_learned() if learned else find(WEIGHTS), optimised=False)
        self._tokenizer = _tokenizer()

    def token_vectors(self, texts: Sequence[str], query: bool = False) -> list[TokenVectors]:
        """Return the vectors of each text's tokens; questions and passages are read alike, without a prompt."""
        return list(self._pool.map(self._tokens, texts)) if len(texts) > 1 else [self._tokens(text) for text in texts]

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(cores(), thread_name_prefix="reader")

    def _tokens(self, text: str) -> TokenVectors:
        tokens = self.split(text)
        given = np.array([tokens.ids], np.int64)
        inputs = {"input_ids": given, "attention_mask": np.ones_like(given), "token_type_ids": np.zeros_like(given)}
        vectors = self._session.run(None, inputs)[0][0][1:-1]
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return within(text, 0, tokens.ids[1:-1], tokens.offsets[1:-1], vectors)

    def split(self, text: str) -> Tokens:
        """Return the tokens of a text, marks of beginning and end included, cut at the model's length."""
        split = self._tokenizer.encode(text[:LONGEST])
        if len(split.ids) <= LENGTH:
            return Tokens(split.ids, split.offsets)
        kept = slice(0, LENGTH - 1)
        return Tokens([*split.ids[kept], split.ids[-1]], [*split.offsets[kept], split.offsets[-1]])


def _tokenizer() -> Tokenizer:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(find(TOKENISER)))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _with_what_was_learned() -> Path | bytes:
    """Return the graph, made first where it is not there yet, and each time where nothing can be written."""
    kind = hashlib.sha256(f"{WEIGHTS.revision} {hashlib.sha256(LEARNED.read_bytes()).hexdigest()}".encode())
    try:
        return unfolded(models_folder() / f"{NAME}-{kind.hexdigest()[:12]}", WEIGHTS, _write) / _GRAPH
    except OSError:
        return _adapted(find(WEIGHTS))


def _write(source: Path, folder: Path, progress: Progress) -> None:
    progress("writing the model for English")
    (folder / _GRAPH).write_bytes(_adapted(source))


def _adapted(source: Path) -> bytes:
    from indexer.adaptation import adapted  # imports onnx, which only the conversion needs

    with np.load(LEARNED) as learned:
        return adapted(source, {name: learned[name].astype(np.float32) for name in learned.files})


_LOADED: dict[bool, EnglishReader | None] = {}
_LOADING = threading.Lock()


def load(learned: bool = True) -> EnglishReader | None:
    """Return the reader, loaded once a process, or None where its package is not installed.

    Raises `ModelUnavailable` where the package holds another file than it should.
    """
    with _LOADING:
        if learned not in _LOADED:
            _LOADED[learned] = EnglishReader(learned) if WEIGHTS.installed else None
        return _LOADED[learned]
