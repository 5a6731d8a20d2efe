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


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("who shot Idris Kamara", "Three farmers were shot dead near the river, namely Idris Kamara and Lamin Conteh."),
        ("who shot the farmers", "Three farmers were shot dead by the river, namely Idris Kamara and Lamin Conteh."),
        ("Who infected Ana Costa?", "Four patients were infected in Brest, including Ana Costa, Rui Melo and Jo Lie."),
        ("Who fined Alba Foods?", "The regulator fined dairies, including Alba Foods, Brio Drinks and Corda Mills."),
        ("Who sued Melo?", "The union sued several editors, including Jonas Lie, Rui Melo and Ana Costa."),
        ("Which companies bought Alba Foods?", "Firms were bought, including Alba Foods, Brio Drinks and Corda Mills."),
        ("Who sank the boats?", "Two boats were sunk by soldiers, namely Alba and Corda."),
        ("Who injured Ana Costa?", "Rui Melo and Ana Costa, injured on Monday, missed the final."),
        ("Who threatened the journalists?", "Callers threatened journalists, including Jonas Lie and Ana Costa."),
        ("Who killed Ana Costa?", "Ana Costa was killed, as told; later killings, including: Rui Melo and Jo Lie."),
        ("Who arrested Ana Costa?", "Alba Watch deplored the arrests of Ana Costa and Rui Melo."),
        ("Who expelled the students?", "Two students, one of them Jonas Lie, were expelled: Jonas Lie and Ana Costa."),
    ],
)  # fmt: skip
def test_those_to_whom_it_was_done_are_not_named_as_who_did_it(question: str, text: str) -> None:
    assert listed(question, text) == []


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("who shot Joseph Bangura", "Idris Kamara and Joseph Bangura were shot by Musa Sesay.", ["Musa Sesay"]),
        ("Who reviewed it?", "It was reviewed by two experts, namely Al Bo and Rui Melo.", ["Al Bo", "Rui Melo"]),
        ("Who attacked the port?", "The port was attacked by armed groups, including Red Hand.", ["Red Hand"]),
        ("Who condemned the ban?", "Unions condemned the ban, including Alba and Legal Aid.", ["Alba", "Legal Aid"]),
        ("Who died in the fire?", "Five were burnt or died in the fire, namely Jo Lie and Al Bo.", ["Jo Lie", "Al Bo"]),
        ("Who named the comet?", "The comet was named by astronomers, including Ana Costa.", ["Ana Costa"]),
        ("Which states ratified it?", "It was ratified by 12 states, including Norway and Peru.", ["Norway", "Peru"]),
        ("Which firms fed the clinics?", "Several firms fed the clinics, including Alba and Corda.", ["Alba", "Corda"]),
        ("Who negotiated with Ana Costa?", "Ana Costa, Rui Melo and Jo Lie negotiated.", ["Rui Melo", "Jo Lie"]),
        ("Who defeated Ana Costa?", "In the final Jonas Lie defeated Ana Costa and Rui Melo.", ["Jonas Lie"]),
    ],
)  # fmt: skip
def test_who_did_it_is_still_named_where_the_text_says_so(question: str, text: str, expected: list[str]) -> None:
    assert listed(question, text) == expected


def test_a_russian_list_of_victims_is_not_one_of_doers() -> None:
    text = "Задержаны трое рабочих, в том числе Марат Ибраев и Олег Сенин."
    assert listed("Кто задержал рабочих?", text, "ru") == []


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("Which courts were closed?", "Two organisations, Alba and Corda, were closed.", []),
        ("Which banks were fined?", "The regulator fined several organisations, including Alba and Corda.", []),
        ("Which newspapers were sued?", "Three groups were sued, namely Alba, Corda and Brio.", []),
        ("Which universities were closed?", "Bodies like Alba and Lorne University were closed.", ["Lorne University"]),
        ("Which doctors were honoured?", "Several people, including Ana Costa and Rui Melo, were honoured.", []),
        ("In which cities were rallies held?", "Rallies were held in two places: Karsk and Orum.", ["Karsk", "Orum"]),
        ("Which NGOs were fined?", "Two organisations, Alba and Corda, were fined.", ["Alba", "Corda"]),
        ("Which organisations were fined?", "Two banks, Alba and Corda, were fined.", ["Alba", "Corda"]),
        ("Which newspapers were sued?", "Bodies like Alba and Brio were sued. The newspaper Alba closed.", ["Alba"]),
        ("Which nurses were hurt?", "Nurses were hurt, namely the witness Ana Bo and Al Bo.", ["Ana Bo", "Al Bo"]),
    ],
)  # fmt: skip
def test_a_noun_for_all_of_a_kind_proves_no_narrower_one(question: str, text: str, expected: list[str]) -> None:
    assert listed(question, text) == expected


def test_the_leader_of_a_movement_is_no_movement() -> None:
    text = "The report mentions Rui Melo, the exiled leader of the DCK opposition movement, who was granted asylum."
    assert listed("Which organisations are mentioned?", text) == []


@pytest.mark.parametrize("question", ["What is torture?", "Why was it closed?", "When did it end?", "capital of Peru"])
def test_other_questions_ask_for_no_list(question: str) -> None:
    assert what_is_asked(question) is None
