"""Writes the marks of notes that stand raised in the original so that they do not run into what is before them.

A file says "15" and then a raised "2". Written side by side that is 152, a number which the source never gave, so a
raised number is written as the mark of a note, "15[2]". What is no note by its form stays as it is: letters ("1st"),
square and cubic measures ("m2"), and what stands before a word rather than after one ("14C").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Final

_SOME_NUMBERS: Final = r"\d{1,3}(?:\s?[,;\u2013-]\s?\d{1,3}){0,7}"
_NUMBERS: Final = re.compile(_SOME_NUMBERS)
NOTE_MARK: Final = rf"\[{_SOME_NUMBERS}\]"
"""A pattern of the marks that are written here: "[2]", "[3, 4]", "[3–5]"."""
_MEASURE: Final = re.compile(
    r"(?:\d\s?(?:in|ft|yd|mi)|(?<![^\W\d_])(?<!['’])(?:[kcdmµμn]?m|[кcсдмн]?м|(?<=[/·])(?:sec|s|h|с|сек|ч)"
    r"|feet|foot|met(?:er|re)s?|(?:кило|санти)?метр\w{0,3}))\s?$",
    re.IGNORECASE,
)
_OPENS: Final = tuple("([{/\u2044«“„‘<=+\u00d7·^−-\u2013")  # after these a number is a word of its own
_NEAR: Final = 100  # characters before a raised number that say what it is
_FRACTION: Final = re.compile(r"\s?[/\u2044]\s?\d")


class Raised(str):
    """Words that stand raised above the line."""

    __slots__ = ()


def joined(pieces: Iterable[str]) -> str:
    """Return the pieces of a paragraph as one text, with raised numbers written as marks of notes."""
    runs = [
        (is_raised, "".join(run)) for is_raised, run in groupby(pieces, key=lambda piece: isinstance(piece, Raised))
    ]
    text: list[str] = []
    before = ""
    for at, (is_raised, words) in enumerate(runs):
        after = runs[at + 1][1] if at + 1 < len(runs) else ""
        text.append(_written(before, words, after) if is_raised else words)
        before = (before + text[-1])[-_NEAR:]
    return "".join(text)


def _written(before: str, words: str, after: str) -> str:
    """Return raised words as they are written after ``before``: as a mark, or as they are."""
    number = words.strip()
    if not _NUMBERS.fullmatch(number):
        return words
    line = before.rpartition("\n")[2]
    if not line.strip():  # the mark of a note at its own start
        return f"[{number}] " if after[:1].isdigit() else words
    if _FRACTION.match(after) and number.isdigit():
        return f" {number}" if before[-1].isdigit() else words
    spaced = before[-1].isspace() or words[0].isspace()
    if before.endswith(_OPENS) or (spaced and after[:1].isalnum()):
        return words
    if number in ("2", "3") and _MEASURE.search(before):
        return words
    start = len(words) - len(words.lstrip())
    return f"{words[:start]}[{number}]{words[start + len(number) :]}"
