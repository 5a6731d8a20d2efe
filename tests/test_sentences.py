"""Sentences are spans that cover the text: in order, apart from each other, nothing left out."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.sentences import LONG_SENTENCE, _clauses, sentences

CORPUS = Path(__file__).parent.parent / "corpus"
_PIECES = st.sampled_from(
    ["The act ", "ст. ", "No. 5 ", "e.g. ", "; ", ". ", "? ", "\n\n", "U.S. ", "“Quote.” ", "г. "]
)
_TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(st.one_of(_PIECES, st.text(max_size=8)), max_size=60).map("".join),
)


def cut(text: str) -> list[str]:
    """The sentences of a text as text."""
    return [text[start:end] for start, end in sentences(text)]


@given(_TEXTS)
@example("")
@example(" \n\u00a0\u2003 ")
@example("a" * 1000)
@example("One.\r\n\x0cTwo.\u2028Three.\x85Four.")
def test_the_spans_hold_every_character_in_order_without_overlap(text: str) -> None:
    spans = sentences(text)
    assert all(start < end for start, end in spans)
    assert all(a_end <= b_start for (_, a_end), (b_start, _) in pairwise(spans))
    assert all(text[start:end] == text[start:end].strip() for start, end in spans)
    covered = {i for start, end in spans for i in range(start, end)}
    assert all(c.isspace() for i, c in enumerate(text) if i not in covered)


@pytest.mark.parametrize("file", sorted(CORPUS.glob("*.txt")), ids=lambda f: f.name)
def test_no_word_of_a_real_document_is_lost(file: Path) -> None:
    text = file.read_text("utf-8")
    assert "".join("".join(cut(text)).split()) == "".join(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "Под стражу по ст. 405 взяты двое.",
        "He lives in г. алматы today.",
        "See para. 8 of the decision.",
        "Dr. Smith met Mr. Jones in the U.S. yesterday.",
    ],
)
def test_an_abbreviation_ends_no_sentence(text: str) -> None:
    assert cut(text) == [text]


def test_plain_sentences_are_told_apart() -> None:
    assert cut("They were fined. Who was it? Nobody knows!  ") == ["They were fined.", "Who was it?", "Nobody knows!"]
    assert cut("Их оштрафовали. Кого именно? Никто не знает.") == [
        "Их оштрафовали.",
        "Кого именно?",
        "Никто не знает.",
    ]


def test_a_long_sentence_is_cut_at_its_semicolons_and_a_short_one_is_not() -> None:
    clause = "whereas the authorities have not replied to any of the letters that were sent"
    short, long = f"{clause}; {clause}.", "; ".join([clause] * 5) + "."
    assert len(short) <= LONG_SENTENCE < len(long)
    assert cut(short) == [short]
    assert len(cut(long)) == 5


def test_a_blank_line_ends_a_sentence_that_has_no_full_stop() -> None:
    assert cut("They demand sanctions against those who ordered such\n\nMany are kept in overcrowded cells.") == [
        "They demand sanctions against those who ordered such",
        "Many are kept in overcrowded cells.",
    ]
    assert cut("By order of the court\r\n \r\nзаседание 5 мая") == ["By order of the court", "заседание 5 мая"]


def test_a_long_sentence_is_not_cut_within_brackets() -> None:
    speakers = (
        "Two delegates, Amina Diallo (Togo; People's Party), and Jonas Lind [Sweden; Greens], asked for an inquiry"
    )
    rest = "and said that the families of the farmers who were shot near the river had waited two years for an answer"
    end = "and that nobody had been charged although the names of the guards were known to the court from the beginning"
    assert cut(f"{speakers}; {rest}; {end}.") == [f"{speakers};", f"{rest};", f"{end}."]


@pytest.mark.parametrize("opened", ["(", "[", "a) ", "b] "])
def test_a_bracket_without_its_other_half_holds_no_sentence_together(opened: str) -> None:
    clause = "whereas the authorities have not replied to any of the letters that were sent"
    assert len(cut(f"{opened}" + "; ".join([clause] * 5) + ".")) == 5


def test_the_mark_of_a_note_goes_with_the_sentence_it_stands_after() -> None:
    assert cut("He was fined on 3 May.[3, 4] Then he left.[5] [6]  He came back.[7–9]\n[10] He wrote.") == [
        "He was fined on 3 May.[3, 4]",
        "Then he left.[5] [6]",
        "He came back.[7–9]",
        "[10] He wrote.",
    ]
    assert cut("Police detained 15[2] people.[3] In 2019[4] there were nine. [5]\n\n[6] The note.") == [
        "Police detained 15[2] people.[3]",
        "In 2019[4] there were nine. [5]",
        "[6] The note.",
    ]


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "text", ["[" * 30_000 + ")" * 30_000 + " x" * 200, "(a) b; " * 20_000, "([" * 20_000 + "; ) x" * 9_000]
)
def test_brackets_made_to_be_slow_are_read_quickly(text: str) -> None:
    assert _clauses(text, 0, len(text))
