"""Reranking by late interaction: each word of the question looks for its nearest word in the passage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer.language import detect
from indexer.tokenvectors import TokenVectors
from indexer.words import split
from search.terms import Term

Weights = npt.NDArray[np.float64]

_WORD = re.compile(r"[^\W_]+(?:['’.,/-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Reranking:
    """How passages are ranked again. All were measured, see docs/quality.md.

    ``candidates`` is how many, ``weight`` what late interaction counts beside the cosine, ``keyword_weight`` what BM25
    still counts there: less than before, since late interaction looks for the same words. ``english`` says whether
    English is read by the model for English alone, where it is installed; ``sentence`` is what the passage's nearest
    sentence counts there beside the cosine, by `search.interaction`; at 0 nothing that was learned for that model is
    used, in answers neither.
    """

    candidates: int = 16
    weight: float = 0.6
    keyword_weight: float = 0.75
    sentence: float = 1.0
    english: bool = True

    @property
    def learned(self) -> bool:
        """Whether what was learned for English is used at all."""
        return bool(self.sentence)


RERANKING = Reranking()


def in_english(question: str, languages: Iterable[str | None]) -> bool:
    """Say whether a question, and each of some passages by their ``languages``, can be read as English."""
    letters = [c for c in question if c.isalpha()]
    latin = all(c < "\u0250" for c in letters)
    return latin and all(language == "en" for language in languages) and detect(question) in ("en", None)


def maxsim(question: TokenVectors, passage: TokenVectors) -> float:
    """Return the mean over the question's tokens of the best cosine with a token of the passage (ColBERT's MaxSim)."""
    if not len(question.vectors) or not len(passage.vectors):
        return 0.0
    return float(_best(question, passage).mean())


def weighted_maxsim(question: TokenVectors, passage: TokenVectors, weights: Weights) -> float:
    """Return MaxSim with ``weights`` (t,) for the question's tokens, over the root of their sum.

    A mean would let two words prove as much as ten, a sum would let a long question drown its cosine.
    """
    if not len(question.vectors) or not len(passage.vectors):
        return 0.0
    return float(weights @ _best(question, passage) / np.sqrt(weights.sum()))


def _best(question: TokenVectors, passage: TokenVectors) -> npt.NDArray[np.float32]:
    best: npt.NDArray[np.float32] = (question.vectors @ passage.vectors.T.astype(np.float32)).max(axis=1)
    return best


def token_weights(text: str, question: TokenVectors, terms: Sequence[Term]) -> Weights:
    """Return what each token of a question counts (t,), 0 to 1: as much as its word is rare, function words nothing.

    In "what recommendations did Chad receive about torture", most words are in every passage of the report. If no word
    of the question can tell passages apart, all count alike.
    """
    rarity = {term.word: term.idf for term in terms}
    most = max(rarity.values(), default=0.0) or 1.0
    weights = np.zeros(len(question.starts))
    for match in _WORD.finditer(text):
        own = max((rarity.get(word, 0.0) for word in split(match[0])), default=0.0) / most
        here = (question.starts < match.end()) & (question.ends > match.start())
        weights[here] = np.maximum(weights[here], own)
    return weights if weights.any() else np.ones_like(weights)


def reranked(fused: Sequence[float], lost: Sequence[float], gained: Sequence[float]) -> list[float]:
    """Return new scores for the candidates, none of them below the least of ``fused``.

    ``lost`` is what each loses of its ``fused``: what BM25 gave beyond `Reranking.keyword_weight`, and what one loses
    that cannot hold the answer; ``gained`` is what late interaction gives, in the unit of ``fused``: deviations of the
    question's cosine.
    """
    again = [score - less + more for score, less, more in zip(fused, lost, gained, strict=True)]
    lift = min(fused, default=0.0) - min(again, default=0.0)
    return [score + lift for score in again]
