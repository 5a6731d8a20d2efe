"""A citation holds the words of the source, or is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import document, parts

from search.citations import NotInSource, cite, pinpoint
from search.engine import Engine

ABOUT = document("a.txt")
TEXT, PARAGRAPHS, _ = parts(ABOUT.id, ["The first paragraph.", "The second one.", "A third."])


@given(st.integers(0, len(TEXT)), st.integers(0, len(TEXT)))
def test_a_span_is_cited_with_its_words_if_it_begins_and_ends_in_paragraphs(start: int, end: int) -> None:
    inside = all(any(p.char_start <= at < p.char_end for p in PARAGRAPHS) for at in (start, end - 1))
    if start >= end or not inside:
        with pytest.raises(NotInSource):
            cite(ABOUT, PARAGRAPHS, TEXT[start:end], start, end)
        return
    citation = cite(ABOUT, PARAGRAPHS, TEXT[start:end], start, end)
    assert (citation.char_start, citation.char_end, citation.text) == (start, end, TEXT[start:end])
    first, last = PARAGRAPHS[citation.paragraph - 1], PARAGRAPHS[citation.paragraph_end - 1]
    assert first.char_start < end
    assert start < last.char_end
    assert citation.permalink == f"/documents/{ABOUT.id}#p{citation.paragraph}"


@given(st.integers(0, len(TEXT)), st.text(min_size=1, max_size=40))
def test_other_words_are_never_cited(start: int, words: str) -> None:
    end = start + len(words)
    if TEXT[start:end] != words:
        with pytest.raises(NotInSource):
            cite(ABOUT, PARAGRAPHS, words, start, end)


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("The first paragraph. And more.", 0, 20),
        ("The first", 0, 20),
        ("", 3, 3),
        ("The firstXparagraph.\n\nThe second one.", 0, 37),
        ("The first paragraph.\n\nXhe second one.", 0, 37),
        ("XXA third.", 37, 47),
        ("The", 0, -1),
        ("A third.++", 39, 49),
    ],
)
def test_words_before_between_or_after_the_source_are_refused(words: str, start: int, end: int) -> None:
    with pytest.raises(NotInSource):
        cite(ABOUT, PARAGRAPHS, words, start, end)


def test_nothing_is_cited_without_paragraphs() -> None:
    with pytest.raises(NotInSource):
        cite(ABOUT, [], "The", 0, 3)


@pytest.mark.parametrize(
    ("label", "page", "paragraph", "expected"),
    [
        ("recital O", None, 7, "recital O"),
        ("124.40", 3, 7, "para 124.40, page 3"),
        (None, None, 7, "paragraph 7"),
        (None, 2, 7, "paragraph 7, page 2"),
    ],
)
def test_a_citation_says_in_words_where_it_points(
    label: str | None, page: int | None, paragraph: int, expected: str
) -> None:
    assert pinpoint(label, page, paragraph) == expected


def test_a_real_recital_is_cited_by_its_label(engine: Engine) -> None:
    [resolution] = engine.catalogue.named("ep-resolution-2021-02-11.txt")
    recital = engine.catalogue.paragraph(resolution.id, "recital O")
    assert recital is not None
    start = recital.char_start + recital.text.index("ECHO")
    citation = cite(resolution, [recital], "ECHO", start, start + 4)
    assert (citation.label, citation.label_kind) == ("recital O", "recital")
