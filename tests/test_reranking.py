"""Late interaction ranks the first few again, and leaves them above the rest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import unit

from indexer.tokenvectors import TokenVectors
from search.reranking import maxsim, reranked, token_weights, weighted_maxsim
from search.terms import Term
from search.tokencache import KEPT, TokenCache

_SCORES = st.lists(st.tuples(*[st.floats(-1, 1)] * 3), min_size=1, max_size=12)


def vectors(n: int, seed: int = 0) -> TokenVectors:
    """Made-up vectors of ``n`` tokens."""
    places = np.arange(n, dtype=np.int32)
    return TokenVectors(places, places, places + 1, unit(n, 8, seed))


def test_a_text_is_as_near_to_itself_as_can_be() -> None:
    assert maxsim(vectors(5), vectors(5)) == pytest.approx(1, abs=1e-5)
    assert maxsim(vectors(5), vectors(5, seed=1)) < 1


def test_nothing_is_near_to_nothing() -> None:
    assert maxsim(vectors(0), vectors(3)) == maxsim(vectors(3), vectors(0)) == 0


@given(_SCORES)
def test_no_candidate_comes_below_what_was_not_ranked_again(candidates: list[tuple[float, float, float]]) -> None:
    fused, words, late = zip(*candidates, strict=True)
    again = reranked(fused, words, late)
    assert len(again) == len(fused)
    assert min(again) >= min(fused) - 1e-9


@given(_SCORES)
def test_what_is_ahead_in_all_stays_ahead(candidates: list[tuple[float, float, float]]) -> None:
    again = reranked(*zip(*candidates, strict=True))
    for i, (a, less, b) in enumerate(candidates):
        for j, (c, more, d) in enumerate(candidates):
            if a >= c and less <= more and b >= d:
                assert again[i] >= again[j] - 1e-9


def test_nothing_to_rank_again_is_nothing() -> None:
    assert reranked([], [], []) == []


def test_more_words_that_are_found_prove_more_but_not_in_proportion() -> None:
    short, long = vectors(2), vectors(8)
    few = weighted_maxsim(short, short, np.ones(2))
    many = weighted_maxsim(long, long, np.ones(8))
    assert many == pytest.approx(2 * few, rel=1e-3)


def test_a_rare_word_of_the_question_counts_more_than_a_common_one_and_a_function_word_nothing() -> None:
    text = "what recommendations about torture"
    starts = np.array([0, 5, 21, 27], np.int32)
    ends = np.array([4, 20, 26, 34], np.int32)
    tokens = TokenVectors(starts, starts, ends, unit(4, 8))
    terms = [Term("recommendations", ("recommend",), 900, 0.5), Term("torture", ("tortur",), 3, 5.0)]
    what, recommendations, about, torture = token_weights(text, tokens, terms)
    assert what == about == 0 < recommendations < torture == 1


def test_a_question_without_known_words_weighs_all_alike() -> None:
    tokens = vectors(3)
    assert len(set(token_weights("abc", tokens, []))) == 1
    weights = token_weights("abc", tokens, [])
    assert weighted_maxsim(tokens, tokens, weights) == pytest.approx(3**0.5, abs=1e-4)


class _Counting:
    """An embedder that counts what it reads."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def token_vectors(self, texts: list[str], query: bool = False) -> list[TokenVectors]:
        self.read += texts
        return [vectors(len(text), seed=int(query)) for text in texts]


def test_a_text_is_read_once_and_as_a_question_once_more() -> None:
    embedder = _Counting()
    cache = TokenCache(embedder)  # type: ignore[arg-type]
    cache.token_vectors(["a", "bb", "a"])
    first = cache.token_vectors(["bb", "ccc"])
    assert embedder.read == ["a", "bb", "ccc"]
    np.testing.assert_allclose(first[0].vectors, vectors(2).vectors, atol=1e-3)
    cache.token_vectors(["a"], query=True)
    assert embedder.read == ["a", "bb", "ccc", "a"]


def test_what_was_not_asked_for_lately_is_let_go() -> None:
    embedder = _Counting()
    cache = TokenCache(embedder)  # type: ignore[arg-type]
    for n in range(KEPT + 1):
        cache.token_vectors([f"text {n}"])
        cache.token_vectors(["text 0"])
    assert embedder.read.count("text 0") == 1
    cache.token_vectors(["text 1"])
    assert embedder.read.count("text 1") == 2
