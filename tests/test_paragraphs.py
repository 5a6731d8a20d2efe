"""Blocks of any reader become numbered paragraphs whose text is the source."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from indexer.document import Block, Extract, Kind, Paragraph
from indexer.paragraphs import body_start, paragraphs

CORPUS = Path(__file__).parent.parent / "corpus"

_WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_MARKS = st.sampled_from(
    [
        "1.",
        "2. ",
        "3.\u00a0",
        "(a) ",
        "(b) ",
        "(i)",
        "A. ",
        "B. ",
        "I. ",
        "II. ",
        "1.1 ",
        "1.2. ",
        "(1)",
        "(2)",
        "– ",
        "\n",
    ]
)
_TEXTS = st.lists(st.one_of(_WORDS, _MARKS), max_size=8).map("".join)


def extract_of(*texts: str, kinds: dict[int, Kind] | None = None) -> Extract:
    """An extract with one block a text; ``kinds`` by position, else body."""
    blocks, at = [], 0
    for number, text in enumerate(texts):
        blocks.append(Block(at, at + len(text), (kinds or {}).get(number, Kind.BODY)))
        at += len(text) + 2
    return Extract("\n\n".join(texts), tuple(blocks), "text/plain")


def plain_text(name: str) -> Extract:
    """A file of the sample corpus, a block between blank lines, as it is saved."""
    text = (CORPUS / name).read_text("utf-8")
    spans = [match.span() for match in re.finditer(r"\S(?:.|\n(?!\s*\n))*", text)]
    return Extract(text, tuple(Block(start, end) for start, end in spans), "text/plain")


@given(st.lists(st.tuples(_TEXTS, st.sampled_from(Kind)), max_size=12))
def test_text_is_the_source_and_numbers_count_from_one(blocks: list[tuple[str, Kind]]) -> None:
    extract = extract_of(*(text for text, _ in blocks), kinds=dict(enumerate(kind for _, kind in blocks)))
    found = paragraphs(extract, "d")
    assert [p.number for p in found] == list(range(1, len(found) + 1))
    assert all(extract.text[p.char_start : p.char_end] == p.text == p.text.strip() != "" for p in found)
    assert all(a.char_end <= b.char_start for a, b in pairwise(found))
    labels = [p.label for p in found if p.label]
    assert len(labels) == len(set(labels))
    assert all((p.label is None) == (p.label_kind is None) for p in found)
    assert all(0 <= body_start(p) <= len(p.text) for p in found)
    kept = sum(len(re.sub(r"\s|[\u200b\ufeff]", "", p.text)) for p in found)
    assert kept == len(re.sub(r"\s|[\u200b\ufeff]", "", extract.text))


def test_headings_of_plain_text_make_the_path() -> None:
    found = paragraphs(plain_text("odf-on-the-2021-resolution.txt"), "odf")
    headings = [p for p in found if p.kind is Kind.HEADING]
    assert headings[0].text.startswith("Kazakhstan: the EP’s new resolution")
    assert "Freedom of speech in Kazakhstan" in [p.text for p in headings]
    charges = next(p for p in found if "Uralskaya Nedelya" in p.text)
    assert charges.heading_path == (headings[0].text, "Freedom of speech in Kazakhstan")


def test_bullets_of_one_block_are_paragraphs_of_their_own() -> None:
    found = paragraphs(plain_text("odf-on-the-2021-resolution.txt"), "odf")
    items = [p.text for p in found if p.kind is Kind.LIST_ITEM]
    assert "• prominent political prisoners," in items
    assert len(items) == 6


def test_names_at_the_foot_of_a_statement_are_not_headings() -> None:
    found = paragraphs(extract_of("Words of the statement. " * 20, "ILGA-Europe", "Outright International"), "d")
    assert [p.kind for p in found] == [Kind.BODY] * 3


def test_wrapped_lines_of_one_paragraph_stay_together() -> None:
    text = "The Committee met\nin\n2010. The session lasted\na week."
    assert [p.text for p in paragraphs(extract_of(text), "d")] == [text]


def test_unwrapped_lines_are_paragraphs_each() -> None:
    first, second = "A long line of text. " * 12, "Another line. " * 12
    assert len(paragraphs(extract_of(f"{first}\n{second}"), "d")) == 2


def test_a_number_on_a_line_of_its_own_belongs_to_the_text_below() -> None:
    found = paragraphs(extract_of("1.", "The Court notes this.", "2.", "The Court holds that."), "d")
    assert [(p.label, p.text) for p in found] == [
        ("1", "1.\n\nThe Court notes this."),
        ("2", "2.\n\nThe Court holds that."),
    ]


def test_footnotes_run_together_are_cut() -> None:
    found = paragraphs(plain_text("ep-resolution-2021-02-11.txt"), "ep")
    notes = [p for p in found if p.kind is Kind.FOOTNOTE]
    assert [p.label for p in notes] == [f"footnote {number}" for number in range(1, 6)]
    assert notes[1].text == "(2)OJ C 45, 5.2.2016, p. 85."


def test_boilerplate_stays_boilerplate_and_has_no_label() -> None:
    found = paragraphs(extract_of("1. One.", "2. Menu", "2. Two.", kinds={1: Kind.BOILERPLATE}), "d")
    assert [(p.label, p.kind) for p in found] == [("1", Kind.BODY), (None, Kind.BOILERPLATE), ("2", Kind.BODY)]


def test_body_start_says_where_the_words_begin() -> None:
    def words(paragraph: Paragraph) -> str:
        return paragraph.text[body_start(paragraph) :]

    found = paragraphs(plain_text("ep-resolution-2021-02-11.txt"), "ep")
    by_label = {p.label: p for p in found if p.label}
    assert words(by_label["para 8"]).startswith("Welcomes the Kazakh authorities")
    assert words(by_label["recital O"]).startswith("whereas several independent")
    assert words(by_label["citation 1"]).startswith("having regard to its resolution")
    assert words(by_label["footnote 1"]).startswith("OJ C 23")
