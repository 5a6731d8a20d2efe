"""Who says what: only words of the sentence, and no one where it does not tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.speech import speech_in


def said(text: str) -> tuple[str, str] | None:
    """The speaker and the verb of a sentence."""
    speech = speech_in(text)
    return speech and (text[slice(*speech.speaker)], text[slice(*speech.verb)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("whereas human rights NGOs reported that observers were fined;", ("human rights NGOs", "reported")),
        ("According to the governor, nobody was hurt.", ("the governor", "According to")),
        ("“Nobody was hurt,” said Ana Costa, head of Alba.", ("Ana Costa, head of Alba", "said")),
        ("The Council condemns the arrests.", ("The Council", "condemns")),
        ("The guards alleged that they were beaten.", ("The guards", "alleged")),
        ("По данным прокуратуры, никто не пострадал.", ("прокуратуры", "По данным")),
        ("Адвокат Павел Рогов сообщил, что его не пустили.", ("Адвокат Павел Рогов", "сообщил")),
        ("She said that nobody was hurt.", None),
        ("The EU is urged to act.", None),
        ("Nobody was hurt in the long-demanded move.", None),
    ],
)
def test_the_speaker_is_named_in_words_of_the_sentence(text: str, expected: tuple[str, str] | None) -> None:
    assert said(text) == expected


@given(st.text(max_size=300))
def test_spans_lie_in_the_sentence(text: str) -> None:
    if speech := speech_in(text):
        assert text[slice(*speech.speaker)].strip()
        assert text[slice(*speech.verb)].strip()
