"""What matched is marked word by word, in any form and script."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.words import query_stems, split
from search.highlights import highlights


def marked(text: str, query: str, language: str | None = "en") -> list[str]:
    """The words of ``text`` that are marked for ``query``."""
    stems = [stem for word in split(query) for stem in query_stems(word, [language])]
    return [text[start:end] for start, end in highlights(text, stems, language)]


@pytest.mark.parametrize(
    ("text", "query", "language", "expected"),
    [
        ("They were fined; fining goes on.", "fine", "en", ["fined", "fining"]),
        ("Human rights groups", "human right", "en", ["Human rights"]),
        ("Kazakhstan’s courts", "kazakhstan court", "en", ["Kazakhstan’s courts"]),
        ("Права организаций", "организация", "ru", ["организаций"]),
        ("Café Müller", "cafe muller", "fr", ["Café Müller"]),
        ("Nothing here", "absent", "en", []),
        ("", "word", "en", []),
    ],
)
def test_each_form_of_a_word_is_marked_and_neighbours_are_one(
    text: str, query: str, language: str, expected: list[str]
) -> None:
    assert marked(text, query, language) == expected


@given(st.text(max_size=120), st.text(max_size=30), st.sampled_from(["en", "ru", "fr", None]))
def test_marks_lie_in_the_text_in_order_and_apart(text: str, query: str, language: str | None) -> None:
    stems = [stem for word in split(query) for stem in query_stems(word, [language])]
    spans = highlights(text, stems, language)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(a < b for (_, a), (b, _) in pairwise(spans))
