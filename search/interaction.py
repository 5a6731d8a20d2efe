"""Late interaction that was learned: how near a sentence is to what answers a question.

The plain one asks for the same meaning: "when" is nearest to "when". `eval.interaction` fitted, on questions worded
unlike the sentences that answer them, what the model for English makes of tokens (`indexer.english`) and how much each
token of a question counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexer.tokenvectors import TokenVectors

Floats = npt.NDArray[np.float32]
Weights = npt.NDArray[np.float64]
Span = tuple[int, int]
# How near sentences of a passage, given by its token vectors and their characters, are to the question.
Nearness = Callable[[TokenVectors, Sequence[Span]], Sequence[float]]

SPREAD = 6.0  # unit vectors of hundreds of dimensions are small in each: brought near 1 before the gate reads them


@dataclass(frozen=True, slots=True)
class Interaction:
    """What was learned for the token vectors (d) of one model; g is the width of the gate.

    ``rarity`` (0 to 1) is how far the rarity of its word decides what a token of the question counts, beside the gate;
    ``carried`` (0 to 1) what a token found earlier in the passage counts for a sentence.
    """

    gate: Floats  # (g, d)
    gate_bias: Floats  # (g,)
    counts: Floats  # (g,)
    rarity: float
    carried: float

    def weights(self, asked: TokenVectors, rarity: Weights) -> Weights:
        """Return what each token of a question counts (t,), 1 in all; ``rarity`` (t,) is 0 to 1 by its word."""
        spread = np.multiply(asked.vectors, SPREAD, dtype=np.float32)
        gated = np.exp(_gelu(spread @ self.gate.T + self.gate_bias) @ self.counts)
        rare = rarity / max(float(rarity.max(initial=0.0)), 1e-6)
        weights: Weights = (self.rarity * rare + 1 - self.rarity) * gated
        weights /= weights.sum()
        return weights

    def asking(self, asked: TokenVectors, rarity: Weights) -> Nearness:
        """Return what tells how near sentences of a passage, given by its characters, are to a question, -1 to 1.

        A token of the question may be found in the sentence, or, for `carried` as much, anywhere before it: who was
        named there is "he" here. 0 where either has no tokens.
        """
        if not len(asked.vectors):
            return lambda passage, spans: [0.0] * len(spans)
        weights = self.weights(asked, rarity)
        return lambda passage, spans: self._nearness(weights, asked.vectors, passage, spans)

    def _nearness(self, weights: Weights, asked: Floats, passage: TokenVectors, spans: Sequence[Span]) -> list[float]:
        if not len(passage.vectors):
            return [0.0] * len(spans)
        similar = asked @ passage.vectors.T
        found = []
        for start, end in spans:
            inside = np.flatnonzero((passage.starts < end) & (passage.ends > start))
            if not len(inside):
                found.append(0.0)
                continue
            best = similar[:, inside].max(axis=1)
            if inside[0]:
                best = np.maximum(best, self.carried * similar[:, : inside[0]].max(axis=1))
            found.append(float(weights @ best))
        return found


def _gelu(x: Floats) -> Floats:
    """Return GELU by its usual approximation (Hendrycks and Gimpel 2016)."""
    gelu: Floats = 0.5 * x * (1 + np.tanh(np.float32(0.7978845608) * (x + np.float32(0.044715) * x**3)))
    return gelu


def read(file: Path) -> Interaction:
    """Read what `eval.interaction` wrote."""
    with np.load(file) as stored:
        arrays = {name: stored[name].astype(np.float32) for name in stored.files}
    rarity, carried = (float(arrays.pop(name)) for name in ("rarity", "carried"))
    return Interaction(**arrays, rarity=rarity, carried=carried)


@lru_cache(maxsize=1)
def english() -> Interaction:
    """Return what was learned for the model for English (`indexer.english`)."""
    return read(Path(__file__).with_suffix(".npz"))
