"""What can be asked, and what is said about what cannot."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query import MAX_QUERY, BadQuery, clean


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  which   NGOs\nwere\tsuspended ", "which NGOs were suspended"),
        ("a\x00b\x1b[31mc", "a b [31mc"),
        ("кто?", "кто?"),
        ("権利", "権利"),
        ("\ud800words", "words"),
    ],
)
def test_control_characters_and_surplus_space_go(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize("text", ["", "   ", "?!", "\x00\x01", "—", "🙂", "\u200b"])
def test_a_query_without_words_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(BadQuery, match="no words") as caught:
        clean(text)
    assert caught.value.hint


def test_a_query_that_is_too_long_is_refused_with_both_lengths() -> None:
    assert clean("x" * MAX_QUERY) == "x" * MAX_QUERY
    with pytest.raises(BadQuery, match=rf"{MAX_QUERY + 1}.*{MAX_QUERY}"):
        clean("x" * (MAX_QUERY + 1))


@given(st.text(max_size=300))
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    try:
        once = clean(text)
    except BadQuery:
        return
    assert clean(once) == once
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in once)
