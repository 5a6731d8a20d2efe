"""Members of a list are names that stand beside what the question says of them, and nothing else."""

from __future__ import annotations

import pytest

from indexer.document import Document
from indexer.sentences import sentences
from search.asked import what_is_asked
from search.entities import Seen
from search.lists import members
from search.statements import Statement


def listed(question: str, text: str, language: str = "en") -> list[str]:
    """The members that a text gives for a question."""
    asked = what_is_asked(question)
    assert asked is not None
    document = Document("d", "d.txt", "d", None, None, language, "text/plain", "0" * 64)
    read = [Statement(document, a, b, text[a:b]) for a, b in sentences(text)]
    return [mention.name.words for mention in members(asked, read, Seen.of([text]), question)]


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("Which NGOs were fined?", "The court fined two NGOs, namely Alba and Legal Aid.", ["Alba", "Legal Aid"]),
        ("Which NGOs were fined?", "Several NGOs, including Alba, have been fined by the Court of Karsk.", ["Alba"]),
        ("Which NGOs were fined?", "The NGO Alba was not fined.", []),
        ("Which NGOs were fined?", "The Ministry asked the court to fine the NGO Alba.", []),
        ("Which NGOs were fined?", "The NGO Alba was fined in Brest.", ["Alba"]),
        ("Who was beaten?", "The photographer Jonas Lie was beaten but Ana Costa was not beaten.", ["Jonas Lie"]),
        ("Which journalists were held?", "The lawyer Ana Costa and the reporter Rui Melo were held.", ["Rui Melo"]),
        ("Who condemned the arrests?", "Alba Watch and Ana Costa condemned the arrests.", ["Alba Watch", "Ana Costa"]),
        ("Who condemned the arrests?", "The arrests were condemned by Alba Watch in Brest.", ["Alba Watch"]),
        ("Which countries offered help?", "Norway, Peru and Alba Watch offered help.", ["Norway", "Peru"]),
        ("Who asked for a ban?", "Ana Costa, speaking on behalf of the party Nova, asked for a ban.", ["Ana Costa"]),
        ("Which MEPs spoke?", "An MEP from Latvia, Rui Melo, spoke, as did MEP Ana Costa of Spain.", ["Rui Melo"]),
    ],
)  # fmt: skip
def test_members_are_those_of_whom_it_is_told(question: str, text: str, expected: list[str]) -> None:
    assert listed(question, text) == expected


def test_russian_lists_are_read_in_either_order_of_words() -> None:
    text = "Суд оштрафовал организации «Голос степи» и «Чистый берег». Марат Ибраев и Ольга Сенина были задержаны."
    assert listed("Какие организации были оштрафованы?", text, "ru") == ["Голос степи", "Чистый берег"]
    assert listed("Кто был задержан?", text, "ru") == ["Марат Ибраев", "Ольга Сенина"]


@pytest.mark.parametrize("question", ["What is torture?", "Why was it closed?", "When did it end?", "capital of Peru"])
def test_other_questions_ask_for_no_list(question: str) -> None:
    assert what_is_asked(question) is None
