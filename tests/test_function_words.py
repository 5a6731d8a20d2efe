"""Function words are told by the language of the question."""

from __future__ import annotations

import pytest

from indexer.words import split
from search.function_words import by_language, function_words, function_words_in


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("Which NGOs did they suspend in January?", ["ngos", "suspend", "january"]),
        ("How did the prisoner die in Almaty?", ["prisoner", "die", "almaty"]),  # "die" is an article in German
        ("Какие организации были приостановлены в январе?", ["организации", "приостановлены", "январе"]),
        ("Wer hat die Organisation bestraft?", ["organisation", "bestraft"]),
    ],
)
def test_what_carries_the_subject_is_left(question: str, left: list[str]) -> None:
    words = split(question)
    without = function_words_in(words)
    assert set(left) <= {word for word in words if word not in without}
    assert len(without) >= 2


def test_a_question_without_function_words_keeps_all() -> None:
    assert function_words_in(["almaty", "protest"]) == frozenset()
    assert function_words_in([]) == frozenset()


def test_english_comes_first_and_all_together_hold_each() -> None:
    assert next(iter(by_language())) == "en"
    assert all(words <= function_words() for words in by_language().values())
