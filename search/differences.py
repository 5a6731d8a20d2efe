"""What differs between the words of a source and those of a quotation, word by word."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from search.wording import Word, fold, same_setting, words


@dataclass(frozen=True, slots=True)
class Difference:
    """``source`` was written as ``quote``: one of them is empty where words were left out or put in.

    ``start`` and ``end`` are characters of the quotation.
    """

    source: str
    quote: str
    start: int
    end: int


def differences(source: str, quote: str) -> tuple[Difference, ...]:
    """Return what was changed between ``source`` and ``quote``, in the order of the quotation."""
    theirs, ours = words(source), words(quote)
    matcher = SequenceMatcher(None, [w.key for w in theirs], [w.key for w in ours], autojunk=False)
    found: list[Difference] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            found += _in_setting(source, theirs[a:b], quote, ours[c:d])
        else:
            start, end = _span(ours, c, d, len(quote))
            old = _span(theirs, a, b, len(source))
            found.append(Difference(source[slice(*old)], quote[start:end], start, end))
    return tuple(found)


def _span(found: list[Word], first: int, last: int, length: int) -> tuple[int, int]:
    """Characters of words ``first`` to ``last`` (exclusive); an empty span before word ``first`` if there are none."""
    if first < last:
        return found[first].start, found[last - 1].end
    at = found[first].start if first < len(found) else length
    return at, at


def _in_setting(source: str, theirs: list[Word], quote: str, ours: list[Word]) -> list[Difference]:
    """Changes of case, of spelling with a hyphen, and of the punctuation between words that are the same."""
    found = []
    for i, (their, our) in enumerate(zip(theirs, ours, strict=True)):
        old, new = source[their.start : their.end], quote[our.start : our.end]
        if not same_setting(old, new):
            found.append(Difference(old, new, our.start, our.end))
        if i + 1 < len(ours):
            between = source[their.end : theirs[i + 1].start], quote[our.end : ours[i + 1].start]
            if fold(between[0]) != fold(between[1]):
                found.append(Difference(between[0].strip(), between[1].strip(), our.end, ours[i + 1].start))
    return found
