"""Token vectors of passages, kept for the next question: reading a passage again is most of a question's time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from indexer.tokenvectors import TokenVectors

if TYPE_CHECKING:
    from indexer.embedding import Embedder
    from indexer.english import EnglishReader

KEPT = 256  # passages: at most about 75 MB


class TokenCache:
    """The token vectors of the texts asked for last; safe to use from many threads."""

    def __init__(self, reader: Embedder | EnglishReader) -> None:
        self._reader = reader
        self._kept: OrderedDict[tuple[str, bool], TokenVectors] = OrderedDict()
        self._lock = threading.Lock()

    def token_vectors(self, texts: Sequence[str], query: bool = False) -> list[TokenVectors]:
        """Return the token vectors of each text, computing those that are not kept in one batch."""
        with self._lock:
            have = {text: self._kept[text, query] for text in texts if (text, query) in self._kept}
        missing = [text for text in dict.fromkeys(texts) if text not in have]
        if missing:
            read = self._reader.token_vectors(missing, query=query)
            have |= {text: _halved(tokens) for text, tokens in zip(missing, read, strict=True)}
        with self._lock:
            for text in texts:
                self._kept[text, query] = have[text]
                self._kept.move_to_end((text, query))
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return [_whole(have[text]) for text in texts]


def _halved(tokens: TokenVectors) -> TokenVectors:
    """Keep 16 bits a number: twice as many passages, and scores the same to three decimals."""
    return replace(tokens, vectors=tokens.vectors.astype(np.float16))


def _whole(tokens: TokenVectors) -> TokenVectors:
    return replace(tokens, vectors=tokens.vectors.astype(np.float32))
