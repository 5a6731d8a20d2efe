"""Two accounts differ only where both give a value for one event; what agrees or is of another event is left alone."""

from __future__ import annotations

import pytest

from eval.conflicts import PAIRS, measure, read
from search.accounts import Account, differences
from search.entities import Seen
from search.results import Disagreement
from search.weekdays import years_of


def differing(first: str, second: str, *dates: str | None) -> list[tuple[str, str, str, str]]:
    """What two sentences say otherwise: kind, aspect, and the words of each."""
    seen = Seen.of([first, second])
    one, other = dates or (None, None)
    found = differences(Account(first, "en", one, seen), Account(second, "en", other, seen))
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
