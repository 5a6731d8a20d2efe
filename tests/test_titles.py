"""A question that names a document is answered there first."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from making import document, put, unit

from indexer.index import Index
from search.terms import Term
from search.titles import Titles

REVIEWS = [(f"Report of the Working Group: {country} ({year})", "en") for country in ("Kazakhstan", "Chad", "Peru")
           for year in (2010, 2014)]  # fmt: skip


def asked(words: str) -> list[Term]:
    """Terms for words that are their own stems."""
    return [Term(word, (word,), 1, 1.0) for word in words.split()]


def test_the_title_whose_rare_words_are_all_asked_for_is_named_most() -> None:
    titles = Titles(REVIEWS)
    named = titles.named([title for title, _ in REVIEWS], asked("torture kazakhstan 2010"))
    best = sorted(named, key=lambda title: -named[title])
    assert best[0] == "Report of the Working Group: Kazakhstan (2010)"
    assert named[best[0]] > 2 * named["Report of the Working Group: Kazakhstan (2014)"]
    assert named["Report of the Working Group: Peru (2014)"] == 0


def test_words_that_every_title_has_name_none() -> None:
    titles = Titles(REVIEWS)
    named = titles.named([title for title, _ in REVIEWS], asked("report of the work group"))
    assert max(named.values()) < 0.2


def test_a_long_title_is_not_named_by_one_of_its_words() -> None:
    titles = Titles([*REVIEWS, ("Tea", "en"), ("How tea is grown on slopes above cold lakes", "en")])
    named = titles.named(["Tea", "How tea is grown on slopes above cold lakes"], asked("tea"))
    assert named["Tea"] > 3 * named["How tea is grown on slopes above cold lakes"]


@given(st.lists(st.text("abc ", max_size=12), max_size=6), st.text("abc ", max_size=12))
def test_what_is_named_lies_between_0_and_1(titles: list[str], question: str) -> None:
    named = Titles((title, "en") for title in titles).named(titles, asked(question))
    assert named.keys() == set(titles)
    assert all(0 <= value <= 1 for value in named.values())


def test_the_titles_of_an_index_are_read_from_it(tmp_path: Path) -> None:
    index = Index(tmp_path, create=True)
    put(index, document("a.txt", title="Fines in Almaty"), ["One."], unit(1, 8))
    put(index, document("b.txt", title="Floods in Chad"), ["Two."], unit(1, 8, 1))
    named = Titles.of(index).named(["Fines in Almaty", "Floods in Chad"], asked("almati fine almaty"))
    assert named["Fines in Almaty"] > named["Floods in Chad"]
