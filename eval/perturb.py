"""Perturbations of a question: slips of the finger that keep its answer, a swapped name or year that does not."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from search.countries import country_codes
from search.names import WORD

_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_NAME = re.compile(r"[^\W\d_a-zа-яёәқ][\w’'-]+(?:\s+[^\W\d_a-zа-яёәқ][\w’'-]+)*")
_NOT_NAMES = frozenset(
    "which what who when where how were are is was the in april may june july october january".split()
)
_YEARS_OFF = (-7, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 8, 11)


def misspelt(question: str, chance: random.Random) -> str:
    """Drop, swap, change or double one letter of a name, else of a long word."""
    words = list(WORD.finditer(question))
    names = [w for w in words if len(w[0]) >= 6 and w[0][0].isupper() and w.start()]
    fitting = names or [w for w in words if len(w[0]) >= 7]
    if not fitting:
        return question
    found = chance.choice(fitting)
    word, i = found[0], chance.randrange(1, len(found[0]) - 1)
    letter = chance.choice("aeiourntsk" if word.isascii() else "аеиорнтск")
    slips = (word[:i] + word[i + 1 :], word[:i] + word[i + 1] + word[i] + word[i + 2 :],
             word[:i] + letter + word[i + 1 :], word[:i] + word[i] + word[i:])  # fmt: skip
    return question[: found.start()] + chance.choice(slips) + question[found.end() :]


def names_in(question: str) -> Iterator[tuple[int, str]]:
    """Each capitalised run of `question` that does not open it, with its offset."""
    for match in _NAME.finditer(question):
        start, name = match.start(), match[0]
        if start == 0:
            first, _, name = name.partition(" ")
            start = len(first) + 1
        if len(name) > 3:
            yield start, name


def swapped(question: str, names: Sequence[str], text: str, chance: random.Random) -> tuple[str, str] | None:
    """Replace a year or a name by another of its sort, three times in four one not in `text`; None if none fits."""
    if sum(c.isupper() for c in question) > 0.4 * len(question):
        return None
    years, found = list(_YEAR.finditer(question)), list(names_in(question))
    absent = chance.random() < 0.75
    if not years and not found:
        return None
    if years and (not found or chance.random() < 1 / 3):
        year = chance.choice(years)
        other = str(int(year[0]) + chance.choice(_YEARS_OFF))
        return None if absent and other in text else (question[: year.start()] + other + question[year.end() :], other)
    start, name = chance.choice(found)
    fitting = [n for n in chance.sample(list(names), min(40, len(names))) if _could_replace(n, name, text, absent)]
    if not fitting:
        return None
    other = chance.choice(fitting)
    return question[:start] + other + question[start + len(name) :], other


def _could_replace(other: str, name: str, text: str, absent: bool) -> bool:
    words, own = other.lower().split(), {w[:5] for w in name.lower().split()}
    if len(words) != len(own) or own & {w[:5] for w in words} or words[0] in _NOT_NAMES:
        return False
    if bool(country_codes(other)) != bool(country_codes(name)):
        return False
    return not (absent and any(w[:6] in text for w in words if len(w) > 3))
