"""Vectors of single tokens, tied to the characters of the text that they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The tokens of a text: ``text[starts[i]:ends[i]]`` is what token ``i`` stands for, without blanks around it.

    ``ids`` and the offsets are (t,) int32, ``vectors`` (t, d) float32, L2-normalised. Prompt, marks of beginning and
    end, blanks, and what was cut off past the model's length have no tokens here.
    """

    ids: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]
    vectors: npt.NDArray[np.float32]

    @property
    def offsets(self) -> npt.NDArray[np.int32]:
        """Start and end of each token, (t, 2)."""
        return np.stack([self.starts, self.ends], axis=1)

    def part(self, start: int, end: int) -> TokenVectors:
        """Return the tokens that stand for some of ``text[start:end]``, with offsets into that part."""
        kept = (self.starts < end) & (self.ends > start)
        starts, ends = np.maximum(self.starts[kept], start) - start, np.minimum(self.ends[kept], end) - start
        return TokenVectors(self.ids[kept], starts, ends, self.vectors[kept])


def within(
    text: str,
    prompt: int,
    ids: Sequence[int],
    offsets: Sequence[tuple[int, int]],
    vectors: npt.NDArray[np.float32],
) -> TokenVectors:
    """Keep the tokens of ``text``, whose offsets count from the beginning of a prompt of ``prompt`` characters."""
    kept, spans = [], []
    for i, (start, end) in enumerate(offsets):
        start, end = max(start - prompt, 0), end - prompt
        if end > 0 and (piece := text[start:end]).strip():
            kept.append(i)
            spans.append((start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())))
    places = np.array(spans, np.int32).reshape(-1, 2)
    return TokenVectors(np.array(ids, np.int32)[kept], places[:, 0], places[:, 1], vectors[kept])
