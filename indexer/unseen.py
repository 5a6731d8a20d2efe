"""Characters that a reader of a text does not see: without width, or turning its direction where nothing asks for it.

Some have their use: joiners in Persian, Indic scripts and emoji, marks of direction in texts of both directions, breaks
in Thai and Khmer. Those are left alone where they are of use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

Span = tuple[int, int]

_NO_USE: Final = re.compile(
    "[\u202d\u202e\u2060-\u2064\u180e\ufff9-\ufffb\U000e0001]+"  # overrides, invisible operators, annotation marks
    "|(?<![\U0001f3f4\U000e0020-\U000e007e])[\U000e0020-\U000e007f]+"  # tags, but for those that make a flag
    "|[\u200b-\u200d\ufeff]{3,}"  # a message written in them
    "|(?<=[0-9A-Za-z\u00c0-\u024f\u0370-\u058f])[\u200b-\u200d\ufeff]+(?=[0-9A-Za-z\u00c0-\u024f\u0370-\u058f])"
)
_TURNING: Final = re.compile("[\u200e\u200f\u202a-\u202c\u2066-\u2069]+")
_RIGHT_TO_LEFT: Final = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def unseen(text: str) -> list[Span]:
    """Return where characters stand that a reader does not see, in order."""
    if text.isascii():
        return []
    return sorted(_found(text))


def _found(text: str) -> Iterator[Span]:
    for match in _NO_USE.finditer(text):
        yield match.span()
    if not _RIGHT_TO_LEFT.search(text):
        for match in _TURNING.finditer(text):
            yield match.span()
