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
    for language, _, words in (line.partition(":") for line in lines if line and line[0] not in "#+"):
        table[language] = _in_both_spellings(words)
    return table


@lru_cache(maxsize=1)
def light_words() -> frozenset[str]:
    """Return verbs and adverbs of all languages that a question may hold without asking for them: "get", "still".

    Unlike function words they can tell passages apart, and a text without one of them says something else.
    """
    lines = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    return frozenset().union(*(_in_both_spellings(line.partition(":")[2]) for line in lines if line.startswith("+")))


def _in_both_spellings(words: str) -> frozenset[str]:
    return frozenset(words.split()) | frozenset(map(folded, words.split()))


@lru_cache(maxsize=1)
def function_words() -> frozenset[str]:
    """Return those of all languages."""
    return frozenset().union(*by_language().values())


def function_words_in(words: Iterable[str]) -> frozenset[str]:
    """Return those of the language that most of ``words`` are function words of: "die" is one in German alone."""
    asked = frozenset(words)
    return max((asked & known for known in by_language().values()), key=len)
