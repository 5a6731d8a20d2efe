"""Late interaction that was learned: what it keeps to, what it tells apart, and how it is fitted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import unit

from eval import interaction as fitting
from eval.interaction_examples import TRAINING, Candidate, Example, Examples, Sentence, groups
from eval.refusal_questions import read as rows_of
from indexer import english
from indexer.english import EnglishReader
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


def plain() -> Interaction:
    """What nothing was learned for: plain late interaction."""
    learned = learned_for_english()
    return replace(learned, counts=learned.counts * 0, rarity=0.0, carried=0.0)


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
    [near] = plain().asking(question, np.ones(asked))(passage, [(0, length)])
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
        ("When did the UN last look at Kazakhstan's human rights record?", "12 March 2020"),
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


THINGS = ("ledger", "lantern", "anchor", "violin", "kettle", "compass", "ladder", "saddle")
PEOPLE = ("Vera", "Tomas", "Ines", "Olaf", "Petra", "Marek", "Lena", "Hugo")
HEARD = "{} asked to whom the {} belongs."  # shares more words with the question than what answers it
SOLD = "{} paid for the {} in March."


@pytest.fixture(scope="module")
def made_up() -> Examples:
    """Who owns a thing: where one sentence asks that as well, and one says who bought it."""
    reader = english.load(learned=False)
    assert reader, "make install brings it"
    asked, texts = [], []
    for n, thing in enumerate(THINGS):
        sentences = (HEARD.format(PEOPLE[n - 1], thing), SOLD.format(PEOPLE[n], thing))
        tokens, middle = reader.split(" ".join(sentences)), len(reader.split(sentences[0]).ids) - 2
        both = Sentence(0, middle, False, 0.5), Sentence(middle, len(tokens.ids) - 2, True, 0.5)
        question = tuple(reader.split(f"To whom does the {thing} belong?").ids)
        asked.append(Example("made-up", question, np.ones(len(question) - 2), (Candidate(n, 1.0, both),)))
        texts.append(tuple(tokens.ids))
    return Examples(asked, texts)


@pytest.fixture(scope="module")
def fitted(made_up: Examples) -> fitting.Fitted:
    """A model fitted on half of them, which had them all wrong."""
    model = fitting.Fitted()
    read, every = model.read(made_up), range(len(made_up.asked))
    assert fitting.first_answers(made_up, read, every, model) == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "EPOCHS", 40)
        patch.setattr(fitting, "WARM_UP", 1)
        fitting.fit(made_up, read, every[::2], model, lambda line: None)
    return model


def test_what_is_fitted_finds_answers_that_the_plain_one_misses(made_up: Examples, fitted: fitting.Fitted) -> None:
    unseen = range(1, len(made_up.asked), 2)
    assert fitting.first_answers(made_up, fitted.read(made_up), unseen, fitted) == 1


def test_what_is_written_reads_as_what_was_fitted(
    made_up: Examples, fitted: fitting.Fitted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights, gate = tmp_path / "english.npz", tmp_path / "interaction.npz"
    fitting.write(fitted, weights, gate)
    assert np.array_equal(read(gate).gate, fitting.learned(fitted).gate)
    monkeypatch.setattr(english, "LEARNED", weights)
    monkeypatch.setenv("PINCITE_MODELS", str(tmp_path))
    text = " ".join((HEARD.format(PEOPLE[-1], THINGS[0]), SOLD.format(PEOPLE[0], THINGS[0])))
    [vectors] = fitted.upper(fitted.read(made_up).texts[:1])
    ours, package = (EnglishReader(learned).token_vectors([text])[0].vectors for learned in (True, False))
    theirs = vectors.detach().numpy()
    assert (ours * theirs).sum(axis=1).mean() > 0.98
    assert (ours * theirs).sum(axis=1).mean() > (package * theirs).sum(axis=1).mean()


def test_each_kind_of_documents_is_measured_by_a_fit_on_the_others(
    made_up: Examples, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = [replace(example, group=f"{'ab'[n % 2]}-{n}") for n, example in enumerate(made_up.asked)]
    monkeypatch.setattr(fitting, "EPOCHS", 1)
    lines: list[str] = []
    fitting.measure(Examples(kinds, made_up.texts), lines.append)
    assert [line.partition(",")[0] for line in lines] == ["a: 4 questions", "b: 4 questions"]
    assert all("before 0.000" in line for line in lines)


def test_nothing_is_added_before_the_fit(made_up: Examples) -> None:
    """The layers in torch are those of the package."""
    model = fitting.Fitted()
    reader = english.load(learned=False)
    assert reader
    text = " ".join((HEARD.format(PEOPLE[-1], THINGS[0]), SOLD.format(PEOPLE[0], THINGS[0])))
    [vectors] = model.upper.eval()(model.read(made_up).texts[:1])
    assert (reader.token_vectors([text])[0].vectors * vectors.detach().numpy()).sum(axis=1).min() > 0.97


def test_the_words_that_answer_stand_in_the_documents_that_were_invented() -> None:
    texts = {(row["group"], row["document"]): row["text"] for row in rows_of(TRAINING / "invented.jsonl")}
    asked = [row for row in rows_of(TRAINING / "questions.jsonl") if row["group"].startswith("invented")]
    assert len(asked) > 1000
    answering = [(row["group"], one) for row in asked for one in [row, *row.get("also", ())]]
    assert all(words in texts[group, one["document"]] for group, one in answering for words in one["holds"])


def test_nothing_it_was_fitted_on_is_asked_where_it_is_measured() -> None:
    questions = TRAINING.parent / "questions"
    measured = {str(row.get("question")).casefold() for file in questions.glob("*.jsonl") for row in rows_of(file)}
    assert not measured & {row["question"].casefold() for row in rows_of(TRAINING / "questions.jsonl")}


def test_every_group_of_questions_has_its_documents(shared_data: Path) -> None:
    assert len(groups(shared_data)) == len({row["group"] for row in rows_of(TRAINING / "questions.jsonl")})
