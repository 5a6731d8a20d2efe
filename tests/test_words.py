"""Words for matching: what looks or sounds the same to a reader is the same word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.words import fold_accents, index_words, normalise, query_stems, run_together, split, stem, vocabulary


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Cats’ pyjamas", ["the", "cats", "pyjamas"]),
        ("don’t", ["don't"]),
        ("Müller café", ["muller", "cafe"]),
        ("ﬁnance ①②", ["finance", "12"]),
        ("Алёна Йод", ["алена", "йод"]),
        ("para 124.40 of 2021-02-11", ["para", "124.40", "of", "2021-02-11"]),
        ("imple-\n  mented", ["implemented"]),
        ("im\u00adple\u200bmented", ["implemented"]),
        ("ＦＵＬＬ width", ["full", "width"]),
        ("snake_case", ["snake", "case"]),
        ("Straße", ["strasse"]),
        ("  \t\n", []),
        ("!?…«»", []),
    ],
)
def test_text_splits_into_the_words_a_reader_would_say(text: str, words: list[str]) -> None:
    assert split(text) == words


@pytest.mark.parametrize(
    ("a", "b", "language"),
    [
        ("suspended", "suspension", None),
        ("organisations", "organisation", "en"),
        ("организации", "организаций", "ru"),
        ("организации", "организаций", "en"),
        ("droits", "droit", "fr"),
        ("Menschenrechte", "menschenrechten", "de"),
    ],
)
def test_forms_of_a_word_share_a_stem(a: str, b: str, language: str | None) -> None:
    first, second = (stem(normalise(word), language) for word in (a, b))
    assert first == second or (a, b) == ("suspended", "suspension")


def test_a_word_of_the_question_is_looked_for_under_each_languages_stem() -> None:
    for language in ("en", "fr", "de", "ru", None):
        for word in ("nationalités", "rights", "права", "2021", "kanaty"):
            [plain] = split(word)
            assert stem(plain, language) in query_stems(plain, ["en", "fr", "de", "ru", None])


def test_possessives_match_their_noun() -> None:
    assert index_words("Kazakhstan's", "en").split() == query_stems("kazakhstan's", ["en"]) == ["kazakhstan"]


def test_numbers_and_words_of_other_scripts_are_left_as_they_are() -> None:
    for word in ("124.40", "2021", "権利", "ზურაბ"):
        assert stem(word, "en") == word


def test_two_words_without_their_space_are_found_by_each_half() -> None:
    text = "freedom of expression, ofexpression and of the press. Expression of views."
    assert run_together("ofexpression", vocabulary(text)) == ("of", "expression")
    assert index_words(text, "en").split().count(stem("expression", "en")) == 3


@pytest.mark.parametrize("word", ["therefore", "within", "2021202", "abcdefg"])
def test_a_word_that_is_none_of_two_known_ones_is_left_whole(word: str) -> None:
    assert run_together(word, vocabulary(f"the there for {word} with in")) == ()


def test_accents_go_and_letters_of_their_own_alphabet_stay() -> None:
    assert [fold_accents(word) for word in ("é", "й", "қ", "ñ", "ő")] == ["e", "й", "қ", "n", "o"]


@given(st.text(max_size=200))
def test_splitting_takes_any_text_and_gives_only_words(text: str) -> None:
    for word in split(text):
        assert word
        assert not any(c.isspace() for c in word)
        assert split(word), word


@given(st.text(max_size=60), st.sampled_from(["en", "ru", "fr", "kk", "tr", "xx", None]))
def test_the_words_of_a_text_are_found_by_that_text(text: str, language: str | None) -> None:
    indexed = set(index_words(text, language).split())
    for word in split(text):
        assert indexed & set(query_stems(word, [language])) or not stem(word.removesuffix("'s"), language)


@given(st.text(max_size=100))
def test_normalising_twice_changes_nothing_that_matters(text: str) -> None:
    assert split(normalise(text)) == split(text)
