"""Names are read from the grammar of a sentence and from how words are written elsewhere, with no list of names."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.entities import Seen, names_in
from search.nouns import class_of, fits
from search.variants import joined, same


def names(text: str, *others: str) -> list[str]:
    """The names in a text, with other texts beside it."""
    return [name.words for name in names_in(text, Seen.of([text, *others]))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "NGOs, including Alba, the Bureau for Human Rights and Rule of Law, and Legal Aid, were fined.",
            ["Alba", "Bureau for Human Rights and Rule of Law", "Legal Aid"],
        ),
        ("They met the Union of Fuel and Energy Workers (UFEW).", ["Union of Fuel and Energy Workers"]),
        ("Ana Costa and Rui Melo were held on 3 May 2019.", ["Ana Costa", "Rui Melo"]),
        ("Kazakh authorities detained Mr Rinat Zaitov in March.", ["Rinat Zaitov"]),
        ("MEPs Ana Costa and Rui Melo voted; other MEPs did not.", ["Ana Costa", "Rui Melo"]),
        (
            "Суд оштрафовал «Голос степи» и Фонд защиты прав заключённых.",
            ["Голос степи", "Фонд защиты прав заключённых"],
        ),
        ("The court closed “Veritas” because of “extremist” acts.", ["Veritas"]),
        ("Recently nothing happened. However, all went home.", []),
    ],
)
def test_names_are_told_from_other_words_with_capitals(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_what_a_word_is_elsewhere_decides_at_the_start_of_a_sentence() -> None:
    assert names("Feminita was banned.", "They banned Feminita.") == ["Feminita"]
    assert names("Marchers were banned.", "The marchers went home.") == []


@given(st.text(max_size=200))
def test_names_stand_where_they_say_in_order_and_apart(text: str) -> None:
    found = names_in(text, Seen.of([text]))
    assert all(text[n.start : n.end] == n.words for n in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))


@pytest.mark.timeout(20)
def test_a_very_long_run_of_capitals_takes_no_time() -> None:
    names("Of " * 3000 + "!")
    names("A" * 30_000)


@pytest.mark.parametrize(
    ("a", "b"),
    [("Maks Bokayev", "Max Bokayev"), ("Ольга Сенина", "Ольгу Сенину"), ("P. Moen", "Petter Moen"),
     ("Koshe Party", "Koshe Partiyasy"), ("Бокаев", "Bokayev"), ("Union of Miners", "Tarvia Union of Miners")],
)  # fmt: skip
def test_spellings_of_one_name_are_one(a: str, b: str) -> None:
    assert same(a, b, {})
    assert same(b, a, {})


@pytest.mark.parametrize(
    ("a", "b"), [("Aset Abishev", "Kenzhebek Abishev"), ("Article 14", "Article 15"), ("Radio Mar", "Radio Fjell")]
)
def test_names_that_only_look_alike_are_two(a: str, b: str) -> None:
    assert not same(a, b, {})


def test_an_abbreviation_that_a_text_defines_is_its_name() -> None:
    seen = Seen.of(["The Union of Free Reporters (UFR) met."])
    [called] = joined(["UFR", "Union of Free Reporters"], seen.abbreviations)
    assert called.name == "Union of Free Reporters"
    assert set(called.variants) == {"UFR", "Union of Free Reporters"}


def test_a_surname_that_fits_two_people_is_not_guessed() -> None:
    called = joined(["Dulat Agadil", "Zhanbolat Agadil", "Agadil"], {})
    assert [c.name for c in called] == ["Dulat Agadil", "Zhanbolat Agadil"]


def test_nouns_of_one_family_may_stand_for_one_another() -> None:
    assert fits("reporter", "journalists")
    assert fits("журналистка", "journalists")
    assert not fits("lawyer", "journalists")
    assert class_of("NGOs") == class_of("организации") == "organisation"
