"""Words that carry no subject, in ten languages: a passage does not answer because it holds "what" and "did"."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from search.names import folded


@lru_cache(maxsize=1)
def by_language() -> dict[str, frozenset[str]]:
    """Return the function words of each language (BCP 47), in lower case and also without accents, English first."""
    lines = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    table: dict[str, frozenset[str]] = {}
    for language, _, words in (line.partition(":") for line in lines if line and not line.startswith("#")):
        table[language] = frozenset(words.split()) | frozenset(map(folded, words.split()))
    return table


@lru_cache(maxsize=1)
def function_words() -> frozenset[str]:
    """Return those of all languages."""
    return frozenset().union(*by_language().values())


def function_words_in(words: Iterable[str]) -> frozenset[str]:
    """Return those of the language that most of ``words`` are function words of: "die" is one in German alone."""
    asked = frozenset(words)
    return max((asked & known for known in by_language().values()), key=len)
