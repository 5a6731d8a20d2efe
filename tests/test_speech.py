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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Oak Forum, the Port Union and Nurses of Orla condemned it.", "Oak Forum, the Port Union and Nurses of Orla"),
        ("Oak, Elm, the Ash Club, and Yew call on the port to open.", "Oak, Elm, the Ash Club, and Yew"),
        ("Форум дубов, Союз моряков и Врачи Орлы осудили обыск.", "Форум дубов, Союз моряков и Врачи Орлы"),
        ("In May, the captain and the pilot said that it sank.", "the captain and the pilot"),
        ("Speaking in Orla, the captain and the pilot said that it sank.", "the captain and the pilot"),
        ("Sailors hid the letters, and the captain said that it sank.", "the captain"),
        ("The ferry was late, the captain and the pilot said that day: “Sorry.”", "the captain and the pilot"),
        ("Моряки спрятали письма, капитан и лоцман заявили, что писем нет.", "капитан и лоцман"),
        ("Ivo Hale, captain of the ferry, said that it sank.", "Ivo Hale, captain of the ferry"),
    ],
)
def test_several_who_speak_together_are_named_whole_without_what_leads_in(text: str, expected: str) -> None:
    assert (said(text) or (None,))[0] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Капитан не подтвердил, что паром затонул.", ("Капитан", "не подтвердил")),
        ("Порт пока не сообщил, что паром затонул.", ("Порт", "не сообщил")),
        ("The port did not say that the ferry sank.", ("The port", "did not say")),
        ("The port hasn’t confirmed that the ferry sank.", ("The port", "hasn’t confirmed")),
        ("The port was not told that the ferry sank.", None),
        ("Начальник порта отрицает, что паром затонул, и утверждает, что он цел.", ("Начальник порта", "отрицает")),
        ("Порт закрыт, и утверждает, что так надо.", None),
    ],
)
def test_a_denial_belongs_to_the_verb_and_a_conjunction_is_nobody(text: str, expected: tuple[str, str] | None) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "If the captain confirms that the ferry sank, the port will close.",
        "The port will close if the captain confirms that the ferry sank.",
        "Unless the captain denies that the ferry sank, the port will close.",
        "No sailor claimed that the ferry sank.",
        "Neither the captain nor the pilot said that the ferry sank.",
        "Nobody said that the ferry sank.",
        "Если капитан утверждает, что паром цел, порт откроют.",
    ],
)
def test_where_it_is_supposed_or_nobody_says_it_there_is_no_speaker(text: str) -> None:
    assert said(text) is None


def test_a_name_that_begins_with_no_speaks() -> None:
    assert said("No Peace Without Justice condemned the search.") == ("No Peace Without Justice", "condemned")


@given(st.text(max_size=300))
def test_spans_lie_in_the_sentence(text: str) -> None:
    if speech := speech_in(text):
        assert text[slice(*speech.speaker)].strip()
        assert text[slice(*speech.verb)].strip()
