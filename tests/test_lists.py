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


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Who was expelled?", "The mayor denied that Paula Green was expelled."),
        ("Who was expelled?", "The mayor denied Paula Green was expelled."),
        ("Who was expelled?", "The mayor denied the expulsion of Paula Green."),
        ("Who was beaten?", "Guards denied having beaten Paula Green."),
        ("Who signed the contract?", "The court rejected the claim that Nina Hall signed the contract."),
        ("Who was beaten?", "The court rejected as false the new claims by Alba that Nina Hall was beaten."),
        ("Who was tortured?", "It is false that Igor Blum was tortured in Kell prison."),
        ("Who was tortured?", "It is not true that Igor Blum was tortured in Kell prison."),
        ("Who was tortured?", "The Ministry dismissed reports that Olga Stern had been tortured."),
        ("Who was tortured?", "The Group could not confirm that Ralf Moss had been tortured."),
        ("Who was tortured?", "The Group couldn’t confirm whether Ralf Moss had been tortured."),
        ("Who was tortured?", "The Group neither confirmed nor denied that Ralf Moss had been tortured."),
        ("Who was tortured?", "The Group could not confirm or deny that Ralf Moss had been tortured."),
        ("Who was tortured?", "The Group found no evidence that Ralf Moss had been tortured."),
        ("Who was tortured?", "Nobody said that Ralf Moss had been tortured."),
        ("Who was tortured?", "Reports that Ralf Moss had been tortured were denied by the mayor."),
        ("Who was tortured?", "The claim that Ralf Moss had been tortured was not confirmed."),
        ("Кто подписал протокол?", "Суд отклонил утверждение, что Мария Белова подписала протокол."),
        ("Кто подписал протокол?", "Утверждение, что Мария Белова подписала протокол, не подтвердилось."),
        ("Кто был избит?", "Прокуратура опровергла сообщение о том, что Олег Рыжов был избит."),
        ("Кто был избит?", "Прокуратура не подтвердила и не опровергла, что Олег Рыжов был избит."),
        ("Кто был избит?", "Нет доказательств того, что Олег Рыжов был избит."),
    ],
)  # fmt: skip
def test_a_claim_that_is_denied_makes_no_member(question: str, text: str) -> None:
    assert listed(question, text, "en" if text.isascii() or "’" in text else "ru") == []


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("Who was expelled?", "The mayor did not deny that Ana Costa was expelled.", ["Ana Costa"]),
        ("Who was expelled?", "There is no doubt that Ana Costa was expelled.", ["Ana Costa"]),
        ("Who was expelled?", "The mayor denied the request of Ana Costa, who was expelled.", ["Ana Costa"]),
        ("Who was expelled?", "The mayor denied that Al Bo was expelled, but Ana Costa was expelled.", ["Ana Costa"]),
        ("Who was expelled?", "She denied that Al Bo was expelled and said Ana Costa was expelled.", ["Ana Costa"]),
        ("Who was expelled?", "The court rejected the appeal and found that Ana Costa was expelled.", ["Ana Costa"]),
        ("Who was expelled?", "A man with no shoes said that Ana Costa was expelled.", ["Ana Costa"]),
        ("Who was expelled?", "The report does not mention that Ana Costa was expelled.", ["Ana Costa"]),
        ("Who was arrested?", "The mayor denied that Ana Costa was beaten when she was arrested.", ["Ana Costa"]),
        ("Who was arrested?", "The mayor denied that Ana Costa, who was arrested, was beaten.", ["Ana Costa"]),
        ("Who was arrested?", "The court denied arrested lawyer Ana Costa a visit.", ["Ana Costa"]),
        ("Who was dismissed?", "The mayor confirmed that Ana Costa was dismissed.", ["Ana Costa"]),
        ("Who denied that Al Bo was beaten?", "Ana Costa denied that Al Bo was beaten.", ["Ana Costa"]),
        ("Who published the report?", "The mayor rejected the report that Alba Watch published.", ["Alba Watch"]),
        ("Кто был избит?", "Прокурор не отрицает, что Олег Рыжов был избит.", ["Олег Рыжов"]),
    ],
)  # fmt: skip
def test_what_is_not_denied_or_stands_beside_a_denial_still_makes_one(
    question: str, text: str, expected: list[str]
) -> None:
    assert listed(question, text, "en" if text.isascii() else "ru") == expected


def test_a_denied_claim_makes_no_member_in_another_script_either() -> None:
    asked = what_is_asked("Which lawyers were beaten?")
    assert asked is not None
    document = Document("d", "d.txt", "d", None, None, "ru", "text/plain", "0" * 64)
    for text, expected in (("Юрист Олег Рыжов избит.", 1), ("Суд опроверг, что юрист Олег Рыжов избит.", 0)):
        read = [Statement(document, 0, len(text), text, foreign=True)]
        assert len(members(asked, read, Seen.of([text]), "Which lawyers were beaten?")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The conviction of Adam Voss was quashed. Clara Voss was convicted of fraud.", ["Clara Voss"]),
        ("The convictions of Mr. Adam Voss and Jo Lie were later overturned.", []),
        ("The court annulled the conviction of Adam Voss.", []),
        ("The conviction of Adam Voss was not quashed.", ["Adam Voss"]),
        ("The court refused to quash the conviction of Adam Voss.", ["Adam Voss"]),
        ("Adam Voss was convicted after the first ruling was overturned.", ["Adam Voss"]),
    ],
)
def test_a_conviction_that_was_quashed_makes_nobody_convicted(text: str, expected: list[str]) -> None:
    assert listed("Who was convicted?", text) == expected


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("Who was held?", "Police held Petra Lind's assistant, the Swedish lawyer Maja Holm.", ["Maja Holm"]),
        ("Who was held?", "Police held Petra Lind’s assistant Maja Holm.", ["Maja Holm"]),
        ("Who was held?", "The police held Tom Weber's brother, Max Weber, in the town of Kell.", ["Max Weber"]),
        ("Who was held?", "Petra Lind's assistant was held.", []),
        ("Who was held?", "Tom Voss said that Petra Lind's assistant was held.", []),
        ("Who was held?", "Police held Ann Bell, Tom Weber's brother and Jo Lie.", ["Ann Bell", "Jo Lie"]),
        ("Who was searched?", "Police searched Mona Pell's office.", []),
        ("Which NGOs were suspended?", "The tax office suspended the NGO Alba Watch's activities.", ["Alba Watch"]),
        ("Which NGOs were suspended?", "A court suspended the NGO River Aid's licence for a year.", ["River Aid"]),
        ("Who was searched?", "Police searched Mona Pell's office in the presence of Olga Marsh.", []),
        ("Who was killed?", "The Harbour Lawyers' member Carl Ives was killed on 9 March 2023.", ["Carl Ives"]),
        ("Who condemned it?", "Alba Watch's director, Ana Costa, condemned it.", ["Ana Costa"]),
        ("Which countries condemned it?", "Norway's parliament condemned it.", ["Norway"]),
        ("Who was fined?", "In Kell the chain McDonald's was fined.", ["McDonald"]),
    ],
)  # fmt: skip
def test_a_name_that_only_says_whose_it_is_is_not_meant(question: str, text: str, expected: list[str]) -> None:
    assert listed(question, text) == expected


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("Which women were held?", "The director of the mine, Konrad Feld, was held on 6 September.", []),
        ("Which women were held?", "Two women, Lea Brandt and Ana Costa, were held.", ["Lea Brandt", "Ana Costa"]),
        ("Which women were held?", "Ms. Holm is a lawyer. The lawyer Maja Holm was held.", ["Maja Holm"]),
        ("Which women were held?", "Ms. Holm spoke. The lawyers Maja Holm and Max Holm were held.", []),
        ("Which women were held?", "The lawyer Maja Holm was held. Maja Holm said that she was ill.", ["Maja Holm"]),
        ("Which women were held?", "The lawyer Max Holm was held. Max Holm's wife said that she was ill.", []),
        ("Which men were held?", "The lawyer Maja Holm was held, and so was Mr. Max Weber.", []),
        ("Which men were held?", "The lawyer Max Weber was held. Mr. Max Weber was ill.", ["Max Weber"]),
        ("Which people were held?", "A woman, Lea Brandt, was held.", ["Lea Brandt"]),
        ("Which nurses were held?", "Women were held, namely Ana Bo and Al Bo. The nurse Ana Bo spoke.", ["Ana Bo"]),
    ],
)  # fmt: skip
def test_only_who_is_called_a_woman_or_a_man_is_one(question: str, text: str, expected: list[str]) -> None:
    assert listed(question, text) == expected


def test_russian_nouns_that_are_of_women_alone_tell_so() -> None:
    text = "Задержана журналистка Ольга Сенина. Задержан журналист Олег Рыжов."
    assert listed("Какие женщины были задержаны?", text, "ru") == ["Ольга Сенина"]
    assert listed("Какие мужчины были задержаны?", text, "ru") == []


def test_a_name_ends_at_a_tab() -> None:
    text = "Released: Lea Brandt\tKell"
    assert listed("Who was released?", text) == ["Lea Brandt"]


def test_a_row_of_a_table_tells_nothing_of_the_next() -> None:
    text = "Max Weber\tKell prison\tdetained on Monday\nLea Brandt\tKell prison\treleased on Tuesday"
    assert listed("Who was detained?", text) == []


@pytest.mark.parametrize("question", ["What is torture?", "Why was it closed?", "When did it end?", "capital of Peru"])
def test_other_questions_ask_for_no_list(question: str) -> None:
    assert what_is_asked(question) is None
