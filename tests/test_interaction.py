"""Late interaction that was learned: what it keeps to, what it tells apart, and how it is fitted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import unit

from eval import interaction as fitting
from eval.interaction_examples import TRAINING, Candidate, Example, Sentence, groups
from eval.refusal_questions import read as rows_of
from indexer.tokenvectors import TokenVectors
from search.engine import Engine
from search.interaction import Interaction, read
from search.interaction import english as learned_for_english
from search.query import Query
from search.ranking import RANKING
from search.reranking import RERANKING, maxsim

D = fitting.DIMENSIONS
_SEEDS = st.integers(0, 10_000)
_SIZES = st.integers(1, 12)


def tokens(n: int, seed: int) -> TokenVectors:
    """Made-up tokens of one character each."""
    places = np.arange(n, dtype=np.int32)
    return TokenVectors(places, places, places + 1, unit(n, D, seed))


def unmoved() -> Interaction:
    """What nothing was learned for: plain late interaction."""
    learned = learned_for_english()
    return replace(
        learned, up=learned.up * 0, up_bias=learned.up_bias * 0, counts=learned.counts * 0, rarity=0.0, carried=0.0
    )


@given(_SIZES, _SEEDS)
def test_a_token_that_is_moved_stays_of_length_one(n: int, seed: int) -> None:
    moved = learned_for_english().moved(tokens(n, seed).vectors)
    assert moved.dtype == np.float32
    assert np.allclose(np.linalg.norm(moved, axis=1), 1, atol=1e-5)


@given(_SIZES, _SEEDS)
def test_what_the_tokens_of_a_question_count_is_one_in_all(n: int, seed: int) -> None:
    rarity = np.random.default_rng(seed).random(n)
    weights = learned_for_english().weights(tokens(n, seed), rarity)
    assert weights.min() > 0
    assert weights.sum() == pytest.approx(1)


@given(_SIZES, st.integers(2, 20), _SEEDS)
def test_what_stands_before_a_sentence_never_makes_it_less_near(asked: int, length: int, seed: int) -> None:
    question, passage, rarity = tokens(asked, seed), tokens(length, seed + 1), np.ones(asked)
    start = length // 2
    [after] = learned_for_english().asking(question, rarity)(passage, [(start, length)])
    [alone] = learned_for_english().asking(question, rarity)(passage.part(start, length), [(0, length - start)])
    assert -1 - 1e-5 <= alone <= after + 1e-5 <= 1 + 2e-5


@given(_SIZES, _SIZES, _SEEDS)
def test_without_anything_learned_it_is_plain_late_interaction(asked: int, length: int, seed: int) -> None:
    question, passage = tokens(asked, seed), tokens(length, seed + 1)
    [near] = unmoved().asking(question, np.ones(asked))(passage, [(0, length)])
    assert near == pytest.approx(maxsim(question, passage), abs=1e-5)


def test_nothing_is_near_to_nothing() -> None:
    learned = learned_for_english()
    assert learned.asking(tokens(0, 1), np.ones(0))(tokens(3, 1), [(0, 3)]) == [0]
    assert learned.asking(tokens(3, 1), np.ones(3))(tokens(0, 1), [(0, 0)]) == [0]
    assert learned.asking(tokens(3, 1), np.ones(3))(tokens(3, 1), [(3, 9), (0, 3)])[0] == 0


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("on which day in autumn 2020 did Kazakhstan make its polling date known?", "22 October 2020"),
        ("When was Kazakhstan examined in the UPR?", "12 March 2020"),
        ("how many heads of the Koshe party are locked up awaiting trial", "17 leaders"),
    ],
)
def test_the_sentence_that_answers_in_other_words_comes_first(engine: Engine, question: str, answer: str) -> None:
    assert answer in engine.ask(question).sentences[0].text.replace("\xa0", " ")


def test_it_ranks_where_the_model_for_english_reads_and_only_there(engine: Engine) -> None:
    without = Engine(engine.index, ranking=replace(RANKING, reranking=replace(RERANKING, sentence=0.0)))

    def scores(one: Engine, question: str) -> list[float]:
        return [hit.score for hit in one.search(Query(question)).hits]

    for question, differs in (("Why must a fund pay a fine?", True), ("Какие организации оштрафованы?", False)):
        assert (scores(engine, question) != scores(without, question)) == differs


# -- fitting


def made_up(n: int) -> list[Example]:
    """Questions of two tokens: a sentence that has the first is nearer, one that has much of the second answers."""
    both = unit(2, D, seed=1)
    examples = []
    for seed in range(2, n + 2):
        own, other = unit(2, D, seed), unit(2, D, seed + n)
        asked = unit_length(own + both)
        passage = unit_length(np.stack([asked[0], asked[1] + 0.4 * other[1]]))
        found = Candidate(passage.astype(np.float16), 1.0, (Sentence(0, 1, False, 0.0), Sentence(1, 2, True, 0.0)))
        examples.append(Example("made-up", asked.astype(np.float16), np.ones(2), (found,)))
    return examples


def unit_length(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Bring each row to length 1."""
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def test_what_is_fitted_finds_answers_that_the_plain_one_misses(tmp_path: Path) -> None:
    examples = made_up(240)
    learned = fitting.fit(examples)
    assert fitting.first_answers(examples, fitting.plain) < 0.1
    assert fitting.first_answers(examples, fitting.by(learned)) > 0.9
    fitting.write(learned, tmp_path / "learned.npz")
    again = read(tmp_path / "learned.npz")
    assert np.array_equal(again.up, learned.up)
    assert fitting.first_answers(examples, fitting.by(again)) == fitting.first_answers(examples, fitting.by(learned))


def test_the_words_that_answer_stand_in_the_documents_that_were_invented() -> None:
    texts = {(row["group"], row["document"]): row["text"] for row in rows_of(TRAINING / "invented.jsonl")}
    asked = [row for row in rows_of(TRAINING / "questions.jsonl") if row["group"].startswith("invented")]
    assert len(asked) > 1000
    assert all(words in texts[row["group"], row["document"]] for row in asked for words in row["holds"])


def test_nothing_it_was_fitted_on_is_asked_where_it_is_measured() -> None:
    questions = TRAINING.parent / "questions"
    measured = {str(row.get("question")).casefold() for file in questions.glob("*.jsonl") for row in rows_of(file)}
    assert not measured & {row["question"].casefold() for row in rows_of(TRAINING / "questions.jsonl")}


def test_every_group_of_questions_has_its_documents(shared_data: Path) -> None:
    assert len(groups(shared_data)) == len({row["group"] for row in rows_of(TRAINING / "questions.jsonl")})
