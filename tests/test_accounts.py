"""Two accounts differ only where both give a value for one event; what agrees or is of another event is left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eval.conflicts import PAIRS, measure, read
from indexer.build import build
from indexer.index import Index
from search.accounts import Account, differences
from search.engine import Engine
from search.entities import Seen
from search.results import Answer, Disagreement
from search.weekdays import years_of


def differing(
    first: str, second: str, *dates: str | None, sources: tuple[str, str] = ("a", "b")
) -> list[tuple[str, str, str, str]]:
    """What two sentences say otherwise: kind, aspect, and the words of each."""
    seen = Seen.of([first, second])
    one, other = dates or (None, None)
    a, b = sources
    found = differences(Account(first, "en", one, seen, source=a), Account(second, "en", other, seen, source=b))
    return [(d.kind.value, d.aspect, first[slice(*d.first)], second[slice(*d.second)]) for d in found]


def test_a_date_that_differs_is_a_conflict_in_the_words_of_both() -> None:
    first, second = "Ana Costa was killed on 8 June 2018.", "On 9 June 2018 Ana Costa was killed at home."
    assert differing(first, second) == [("conflict", "date", "8 June 2018", "9 June 2018")]


def test_a_day_without_a_year_is_of_the_year_of_its_document() -> None:
    first = "Three mines in Karsk were closed by the Ministry on 25 January 2020."
    second = "Three mines in Karsk were closed by the Ministry on 25 January."
    assert differing(first, second, "2021-02-11", "2021-02-01") == [
        ("conflict", "date", "25 January 2020", "25 January")
    ]
    assert differing(first, second, "2021-02-11", "2020-02-01") == []


def test_a_day_of_the_week_tells_which_years_it_can_be() -> None:
    years = years_of("A statement issued on Monday evening (1 February) said so.", 2026)
    assert 2021 in years
    assert 2020 not in years
    assert years_of("A statement of 1 February said so.", 2026) == frozenset()


def test_bounds_that_allow_each_other_are_another_scope() -> None:
    first, second = (
        "At least 200 people were held in Brest on 1 May 2021.",
        "350 people were held in Brest on 1 May 2021.",
    )
    assert [d[0] for d in differing(first, second)] == ["different scope"]
    assert [d[0] for d in differing(first.replace("200", "400"), second)] == ["conflict"]


@pytest.mark.parametrize(
    ("first", "second", "aspect"),
    [
        ("Ana Costa was jailed for six years.", "Ana Costa was jailed for nine years.", "duration"),
        ("Alba Watch was fined 500 euros in Brest.", "Alba Watch was fined 900 euros in Brest.", "amount"),
        ("Alba Watch was fined two million tenge.", "Alba Watch was fined five million tenge.", "amount"),
        ("Police held 12 people in Brest on 1 May 2021.", "Police held 40 people in Brest on 1 May 2021.", "number"),
        ("«Голос степи» оштрафован на 300 тенге.", "«Голос степи» оштрафован на 900 тенге.", "amount"),
        ("Ана Коста арестована на 10 суток.", "Ана Коста арестована на 25 суток.", "duration"),
    ],
)
def test_what_differs_is_named_for_what_it_measures(first: str, second: str, aspect: str) -> None:
    assert [found[1] for found in differing(first, second)] == [aspect]


def test_an_end_is_a_later_development_not_a_conflict() -> None:
    found = differing("Ana Costa was arrested on 1 May 2021.", "Ana Costa was released on 9 May 2021.")
    assert found == [("later development", "outcome", "was arrested", "was released")]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Ana Costa was jailed for six years.", "Rui Melo was jailed for nine years."),
        ("Ana Costa was held in May 2016.", "Ana Costa was held in June 2019."),
        ("Ana Costa was arrested in May.", "We call on the authorities to release Ana Costa."),
        ("Police held 47 people in Minsk in May 2019.", "Police held 112 people in Brest in May 2019."),
        (
            "During the dialogue, 66 delegations made statements.",
            "During the dialogue, 53 delegations made statements.",
        ),
        ("About 60 miners were trapped in Karsk.", "62 miners were trapped in Karsk."),
    ],
)
def test_accounts_of_two_events_or_of_one_opinion_do_not_differ(first: str, second: str) -> None:
    assert differing(first, second) == []


def test_the_measured_pairs_hold() -> None:
    pairs = read(PAIRS)
    for half in ("tuning", "held out"):
        measured = measure([pair for pair in pairs if pair.half == half])
        assert measured["precision"] >= 0.9
        assert measured["recall"] >= 0.7
    assert measure([p for p in pairs if p.kind == "agree"])["told"] == 0


def test_only_a_conflict_is_one() -> None:
    assert [kind.value for kind in Disagreement] == ["conflict", "later development", "different scope"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # Who acts is in both; whom it is done to is not.
        (
            "The Harbour League suspended Ilse Bohm for three matches on 4 April 2021.",
            "The Harbour League suspended Nora Vik for five matches on 6 April 2021.",
        ),
        (
            "Regulator Aqua fined Dolmen Foods 300 crowns in Brest on 4 May 2021.",
            "Regulator Aqua fined Marl Mining 900 crowns in Brest on 4 May 2021.",
        ),
        ("The Tarn Court acquitted Ilse Bohm on 4 May 2023.", "The Tarn Court convicted Nora Vik on 5 May 2023."),
        (
            "The journal Nautilus published the study by Ilse Bohm on 3 May 2020.",
            "The study by Nora Vik was published by the journal Nautilus on 13 May 2020.",
        ),
        (
            "Суд Орлинска приговорил Ивана Седова к трём годам 4 апреля 2020 года.",
            "Суд Орлинска приговорил Петра Лося к пяти годам 6 апреля 2020 года.",
        ),
        # A body stands in brackets behind both.
        (
            "On 3 March 2023, Ilse Bohm (Ice Club) was killed on the north face.",
            "On 7 March 2023, Nora Vik (Ice Club) was killed on the north face.",
        ),
        # Who is only said to have been defended is not who was killed.
        ("The coach Ilse Bohm, who trained Nora Vik, was killed on 4 May 2023.", "Nora Vik was killed on 6 May 2023."),
        # A place beside its noun is no person.
        ("Ilse Bohm, Tarn hospice, released on 3 May 2020.", "Nora Vik, Tarn hospice, detained on 1 May 2020."),
        ("Ilse Bohm, Tarn camp, released on 3 May 2020.", "Nora Vik, Tarn camp, detained on 1 May 2020."),
        ("Ilse Bohm\t17.01.1980\tTarn remand prison\treleased", "Nora Vik\t2.3.1991\tTarn remand prison\tdetained"),
        (
            "Иван Седов, колония Тарна, задержан 4 апреля 2020 года.",
            "Пётр Лось, колония Тарна, освобождён 6 апреля 2020 года.",
        ),
    ],
)
def test_what_was_done_to_two_people_is_two_events(first: str, second: str) -> None:
    assert differing(first, second) == []
    assert differing(second, first) == []


@pytest.mark.parametrize(
    ("first", "second", "aspect"),
    [
        (
            "Regulator Aqua fined Dolmen Foods 300 euros on 4 May 2021.",
            "Dolmen Foods was fined 900 euros by Regulator Aqua on 4 May 2021.",
            "amount",
        ),
        (
            "Ilse Bohm (Ice Club) was killed on 4 May 2023.",
            "Ilse Bohm, a member of the Alpine Union, was killed on 6 May 2023.",
            "date",
        ),
        (
            "According to Nora Vik, Ilse Bohm was killed on 4 May 2023.",
            "According to Olaf Rust, Ilse Bohm was killed on 6 May 2023.",
            "date",
        ),
        (
            "Ilse Bohm was held and charged with fraud on 3 May 2020.",
            "Police held Ilse Bohm and charged her with fraud on 13 May 2020.",
            "date",
        ),
        ("Ilse Bohm, Tarn camp, released on 3 May 2020.", "Ilse Bohm, Tarn camp, detained on 1 May 2020.", "outcome"),
    ],
)
def test_who_else_is_named_beside_one_person_does_not_make_two_events(first: str, second: str, aspect: str) -> None:
    assert [found[1] for found in differing(first, second)] == [aspect]
    assert [found[1] for found in differing(second, first)] == [aspect]


def test_an_opposite_outcome_is_later_only_where_one_date_is_surely_after_the_other() -> None:
    first, second = "The Tarn Court acquitted Ilse Bohm on 4 May.", "The Tarn Court convicted Ilse Bohm on 5 September."
    assert [found[0] for found in differing(first, second, "2023-12-01", "2023-12-02")] == ["later development"]
    assert differing(first, second) == [], "the years are not known"


def test_another_day_with_another_count_is_another_event() -> None:
    first = "Rangers tagged 30 cranes in the port of Velm on Monday, 6 March 2023."
    second = "Rangers tagged 12 cranes in the port of Velm on Tuesday, 7 March 2023."
    assert differing(first, second) == []
    assert differing(first, second.replace("12", "30")) == [("conflict", "date", "6 March 2023", "7 March 2023")]
    first = "Ilse Bohm was jailed for six years on 3 March 2019."
    second = "On 13 March 2019 the court jailed Ilse Bohm for nine years."
    assert [found[1] for found in differing(first, second)] == ["date"], "one person, and the rest is the same"


def test_one_document_gives_two_dates_for_one_event_only_where_someone_else_is_quoted() -> None:
    first = "The tower in Varde was opened by the Ministry on 6 March 2023."
    second = "The tower in Varde was opened by the Ministry on 7 March 2023."
    assert differing(first, second) != []
    assert differing(first, second, sources=("a", "a")) == []
    said = "The architect said that the tower in Varde was opened by the Ministry on 7 March 2023."
    assert [found[1] for found in differing(first, said, sources=("a", "a"))] == ["date"]
    first, second = "Ilse Bohm was killed on 8 June 2018.", "Ilse Bohm was killed on 9 June 2018."
    assert differing(first, second, sources=("a", "a")) != [], "no one dies twice"


REGISTER = """Register of the Tarn Ice Club

No\tName\tBorn\tPlace\tStatus\tSince
1\tIlse Bohm\t17.01.1980\tTarn remand prison\tdetained\t3 May 2020
2\tNora Vik\t02.03.1991\tTarn remand prison\treleased\t9 May 2020
3\tOlaf Rust\t11.12.1975\tTarn remand prison\tdetained\t4 May 2020

- Lena Orth, Ice Club, arrested on 1 March 2021.

- Hugo Marr, Ice Club, arrested on 5 March 2021.

- Anna Feld, 41; as of June detained, Nordhaven.

- Karl Tamm, 29; as of June released, Nordhaven.

The Harbour League suspended Rita Sohn for three matches on 4 April 2021.

The Harbour League suspended Vera Quist for five matches on 6 April 2021.

Wardens caught 30 poachers in the port of Velm on Monday, 6 March 2023.

Wardens caught 12 poachers in the port of Velm on Tuesday, 7 March 2023.

The Tarn Court acquitted Egon Falk on 4 May 2023.
"""
BULLETIN = """Bulletin of the Tarn prosecutor

The Tarn Court convicted Greta Pell on 5 May 2023.

The Tarn Court convicted Egon Falk on 9 September 2023.
"""


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Answer]]:
    """Questions over two files that were read and indexed like any others."""
    folder: Path = tmp_path_factory.mktemp("accounts")
    (folder / "files").mkdir()
    (folder / "files" / "register.txt").write_text(REGISTER, encoding="utf-8")
    (folder / "files" / "bulletin.txt").write_text(BULLETIN, encoding="utf-8")
    index = Index(folder / "index", create=True)
    build(index, [folder / "files"])
    index.close()
    engine = Engine.open(folder / "index")
    yield engine.ask
    engine.close()


@pytest.mark.parametrize(
    "question",
    [
        "When was Nora Vik released?",
        "When was Hugo Marr arrested?",
        "Was Karl Tamm of Nordhaven released?",
        "How long did the Harbour League suspend Vera Quist?",
        "How many poachers were caught in the port of Velm?",
        "Was Greta Pell convicted?",
    ],
)
def test_rows_and_sentences_about_others_are_no_other_account(ask: Callable[[str], Answer], question: str) -> None:
    answer = ask(question)
    assert answer.quotes
    assert answer.conflicts == ()


def test_what_became_of_one_person_is_still_told(ask: Callable[[str], Answer]) -> None:
    [conflict] = ask("Was Egon Falk convicted?").conflicts
    assert conflict.kind is Disagreement.LATER
    assert {value for value, _ in conflict.values} == {"convicted", "acquitted"}
