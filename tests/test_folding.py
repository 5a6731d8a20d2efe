"""Reprints take one place; what only looks alike does not."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from search.folding import fold

CORPUS = Path(__file__).parent.parent / "corpus"
LONG = "The court fined two organisations in January and both of them appealed to the regional court within a month."


def firsts(*texts: str) -> list[str]:
    """The texts that keep a place of their own."""
    return [first for first, _ in fold(texts, lambda text: text)]


def test_a_reprint_with_other_case_quotes_and_line_ends_is_folded() -> None:
    reprint = LONG.upper().replace(" ", "\n")
    assert fold([LONG, "Something else entirely.", reprint], str) == [
        (LONG, [reprint]),
        ("Something else entirely.", []),
    ]


def test_a_teaser_that_is_a_part_is_kept() -> None:
    teaser = LONG[:50]
    assert firsts(LONG, teaser) == [LONG, teaser]


def test_one_changed_word_in_a_short_text_is_another_text() -> None:
    assert len(firsts("Article 7 of the Code", "Article 9 of the Code")) == 2


def test_one_changed_word_in_a_long_text_is_the_same_text() -> None:
    text = " ".join(f"word{n}" for n in range(200))
    assert firsts(text, text.replace("word100 ", "other ")) == [text]


def test_no_two_paragraphs_of_a_real_document_are_taken_for_one() -> None:
    text = (CORPUS / "ep-resolution-2021-02-11.txt").read_text("utf-8")
    paragraphs = [p for p in dict.fromkeys(text.split("\n")) if len(p) > 60]
    assert firsts(*paragraphs) == paragraphs


@given(st.lists(st.text(max_size=40), max_size=12))
def test_every_item_is_in_one_group_and_groups_keep_the_order(texts: list[str]) -> None:
    items = list(enumerate(texts))
    groups = fold(items, lambda item: item[1])
    assert sorted(i for first, twins in groups for i, _ in [first, *twins]) == list(range(len(texts)))
    order = [first[0] for first, _ in groups]
    assert order == sorted(order)
    assert all(first[0] < twin[0] for first, twins in groups for twin in twins)


@given(st.lists(st.text(max_size=40), max_size=12))
def test_the_same_text_never_takes_two_places(texts: list[str]) -> None:
    assert len(set(firsts(*texts, *texts))) == len(firsts(*texts, *texts))
