"""Reranking by late interaction: each word of the question looks for its nearest word in the passage."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer.tokenvectors import TokenVectors
from indexer.words import split
from search.terms import Term

Weights = npt.NDArray[np.float64]

LEAST_WEIGHT = 0.3  # of a token whose word is in every passage; the rarest word of the question counts one more
_WORD = re.compile(r"[^\W_]+(?:['’.,/-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Reranking:
    """How many passages are ranked again, and what late interaction counts beside the cosine. Both were measured, see
    docs/quality.md."""

    candidates: int = 12
    weight: float = 1.0


RERANKING = Reranking()


def maxsim(question: TokenVectors, passage: TokenVectors, weights: Weights | None = None) -> float:
    """Return the mean over the question's tokens of the best cosine with a token of the passage (ColBERT's MaxSim).

    ``weights`` (t,) say what each token of the question counts; all the same if they are not given.
    """
    if not len(question.vectors) or not len(passage.vectors):
        return 0.0
    best = (question.vectors @ passage.vectors.T.astype(np.float32)).max(axis=1)
    return float(np.average(best, weights=weights))


def token_weights(text: str, question: TokenVectors, terms: Sequence[Term]) -> Weights:
    """Return what each token of a question counts (t,): as much as its word is rare, function words a little.

    In "what recommendations did Chad receive about torture", most words are in every passage of the report.
    """
    rarity = {term.word: term.idf for term in terms}
    most = max(rarity.values(), default=0.0) or 1.0
    ends = [match.span() for match in _WORD.finditer(text)]
    weights = np.full(len(question.starts), LEAST_WEIGHT)
    for start, end in ends:
        own = max((rarity.get(word, 0.0) for word in split(text[start:end])), default=0.0) / most
        weights[(question.starts < end) & (question.ends > start)] += own
    return weights


def reranked(
    fused: Sequence[float], similarities: Sequence[float], deviation: float, how: Reranking = RERANKING
) -> list[float]:
    """Return new scores: a candidate gains what it is nearer than the farthest of them, in the cosine's ``deviation``.

    No score falls, so no candidate comes below what was not ranked again.
    """
    least = min(similarities, default=0.0)
    return [
        score + how.weight * (similarity - least) / deviation
        for score, similarity in zip(fused, similarities, strict=True)
    ]
