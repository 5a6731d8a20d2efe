"""Passages: slices of the text within the token budget, that hold every paragraph and mix nothing."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer import tokens
from indexer.document import Document, Kind, Paragraph
from indexer.passages import SIZES, context, passages
from indexer.sandbox import Parser

CORPUS = Path(__file__).parent.parent / "corpus"

_WORDS = st.lists(
    st.sampled_from(["the", "right", "of", "appeal.", "Whereas", "x;", "право", "権利", "a" * 40]),
    min_size=1,
    max_size=9,
)
_TEXTS = st.builds(lambda words, times: " ".join(words * times), _WORDS, st.sampled_from([1, 1, 3, 20, 60]))
_KINDS = st.sampled_from([Kind.BODY, Kind.BODY, Kind.LIST_ITEM, Kind.FOOTNOTE, Kind.BOILERPLATE, Kind.HEADING])
_PARTS = st.lists(st.tuples(_TEXTS, _KINDS, st.booleans(), st.sampled_from(["", "I", "II"])), max_size=8)

Part = tuple[str, Kind, bool, str]


def document_of(parts: list[Part]) -> tuple[str, list[Paragraph]]:
    """A text and its paragraphs from (text, kind, has a label, heading)."""
    paragraphs, at = [], 0
    for n, (text, kind, labelled, heading) in enumerate(parts, 1):
        label = f"para {n}" if labelled else None
        path = (heading,) if heading else ()
        paragraphs.append(Paragraph("d", n, label, None, path, None, kind, at, at + len(text), text))
        at += len(text) + 2
    return "\n\n".join(text for text, *_ in parts), paragraphs


def by_words(text: str) -> int:
    """A counter of tokens that is quick: one a word and one more for each ten characters."""
    return sum(1 + len(word) // 10 for word in text.split())


@settings(max_examples=40, deadline=None)
@given(_PARTS)
@example([("word " * 400 + "end.", Kind.BODY, False, "")])
@example([("x" * 5000, Kind.BODY, False, "")])
def test_what_always_holds(parts: list[Part]) -> None:
    text, paragraphs = document_of(parts)
    cut = passages(text, paragraphs, by_words)
    content = [p for p in paragraphs if p.kind is not Kind.HEADING] or paragraphs
    for passage in cut:
        assert passage.text == text[passage.char_start : passage.char_end]
        assert passage.text.strip()
        assert passage.tokens == by_words(passage.text) <= SIZES.longest
        held = [p for p in content if p.char_start < passage.char_end and passage.char_start < p.char_end]
        assert {p.kind is Kind.BOILERPLATE for p in held} == {passage.boilerplate}
        assert len({p.heading_path for p in held}) == 1
        assert len(held) == 1 or not any(p.label for p in held)
        assert passage.first <= held[0].number
        assert held[-1].number <= passage.last
    covered = {i for passage in cut for i in range(passage.char_start, passage.char_end)}
    for paragraph in content:
        missing = (i for i in range(paragraph.char_start, paragraph.char_end) if i not in covered)
        assert all(text[i].isspace() for i in missing)
    assert [p.char_start for p in cut] == sorted(p.char_start for p in cut)
    assert len({p.id for p in cut}) == len(cut)


@settings(max_examples=25, deadline=None)
@given(st.text(min_size=1, max_size=1000).filter(str.strip))
@example("word. " * 200)
@example("Sentence ends here.\n\n        Then another begins. " * 20)
def test_the_budget_holds_in_real_tokens_for_any_text(text: str) -> None:
    text = text * 3
    whole = Paragraph("d", 1, None, None, (), None, Kind.BODY, 0, len(text), text)
    for passage in passages(text, [whole], tokens.count):
        assert tokens.count(passage.text) <= SIZES.longest


@pytest.mark.parametrize("file", sorted(CORPUS.glob("*.txt")), ids=lambda f: f.name)
def test_no_paragraph_of_a_real_document_is_left_out(file: Path) -> None:
    from indexer.paragraphs import paragraphs as numbered

    with Parser() as parser:
        extract = parser.read(file.read_bytes(), file.name)
    paragraphs = numbered(extract, "d")
    cut = passages(extract.text, paragraphs, tokens.count)
    for paragraph in paragraphs:
        if paragraph.kind is not Kind.HEADING:
            assert any(p.first <= paragraph.number <= p.last for p in cut), paragraph.text
    assert max(p.tokens for p in cut) <= SIZES.longest


def test_short_neighbours_are_joined_and_long_ones_are_not() -> None:
    short, long = "word " * (SIZES.short // 2), "word " * (SIZES.joined - 10)
    text, paragraphs = document_of([(t.strip(), Kind.BODY, False, "") for t in (short, short, long, long)])
    assert [(p.first, p.last) for p in passages(text, paragraphs, by_words)] == [(1, 2), (3, 3), (4, 4)]


def test_a_labelled_paragraph_stands_by_itself_however_short() -> None:
    parts = [("a few words", Kind.BODY, n == 1, "") for n in range(3)]
    text, paragraphs = document_of(parts)
    assert [(p.first, p.last) for p in passages(text, paragraphs, by_words)] == [(1, 1), (2, 2), (3, 3)]


def test_windows_of_a_long_paragraph_overlap_by_a_sentence() -> None:
    text = " ".join(f"This is sentence number {n} of a long paragraph." for n in range(120))
    [paragraph] = document_of([(text, Kind.BODY, False, "")])[1]
    cut = passages(text, [paragraph], by_words)
    assert len(cut) > 2
    assert all(b.char_start < a.char_end for a, b in pairwise(cut))
    assert all(passage.text.startswith("This is") for passage in cut)
    assert all(passage.text.endswith("paragraph.") for passage in cut)


def test_a_document_of_headings_alone_can_still_be_found() -> None:
    text, paragraphs = document_of([("Only a title", Kind.HEADING, False, "")])
    assert [p.text for p in passages(text, paragraphs, by_words)] == ["Only a title"]


def test_the_context_names_title_date_headings_and_label_each_once() -> None:
    about = Document("d", "d.txt", "Resolution of 2021", None, "2021-02-11", "en", "text/plain", "")
    paragraph = Paragraph("d", 1, "recital O", None, ("Resolution of 2021", "Whereas"), None, Kind.BODY, 0, 1, "x")
    assert context(about, paragraph) == "Resolution of 2021 > Whereas > recital O"
    undated = Document("d", "d.txt", "Report", None, "2021-02-11", "en", "text/plain", "")
    assert context(undated, paragraph) == "Report, 2021-02-11 > Resolution of 2021 > Whereas > recital O"
