"""Sentences of a text, as spans that cover it without gaps."""

from __future__ import annotations

import re
from bisect import bisect
from itertools import pairwise

from indexer.readers.raised import NOTE_MARK

Span = tuple[int, int]

# A full stop after a short word is an abbreviation when a number or a small letter follows ("ст. 405", "para. 8",
# "г. алматы"): nupunkt was trained on English law and knows few abbreviations of other languages.
_ABBREVIATION = re.compile(r"(?:^|[\s(«“\"])[^\W\d_]{1,5}\.\s*$")
# Resolutions and judgments hold whole clauses in one sentence ("whereas ...; whereas ...").
_CLAUSE_END = re.compile(r";\s+")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_NOTE_MARKS = re.compile(
    rf"(?:[^\S\n]*{NOTE_MARK})+(?=\s|\Z)"
)  # they stand after the full stop of the sentence they are of
_BRACKET = re.compile(r"[()\[\]]")
_OPENED_BY = {")": "(", "]": "["}
LONG_SENTENCE = 240  # characters


def sentences(text: str) -> list[Span]:
    """Return ``(start, end)`` of each sentence of ``text``, in order, without surrounding white space.

    A blank line ends a sentence, whether it has its full stop or not: what comes after has its own paragraph number.
    Sentences longer than `LONG_SENTENCE` characters are cut at their semicolons, because there a clause is what
    a reader would quote, but not within brackets. Together the spans hold every character of ``text`` that is not
    white space.
    """
    blocks = [0, *(gap.end() for gap in _BLANK_LINE.finditer(text)), len(text)]
    return [span for start, end in pairwise(blocks) for span in _within(text, start, end)]


def _within(text: str, start: int, end: int) -> list[Span]:
    block = text[start:end]
    if not block.strip():
        return []
    clauses = [span for a, b in _joined(block, _raw(block)) for span in _clauses(block, a, b)]
    return [(start + a, start + b) for a, b in clauses]


def _raw(text: str) -> list[Span]:
    from nupunkt import sent_spans  # loads its model: only when a text is really cut

    ends = (int(end) for _, end in sent_spans(text))
    cuts = [0, *(mark.end() if (mark := _NOTE_MARKS.match(text, end)) else end for end in ends), len(text)]
    return [(a, b) for a, b in pairwise(cuts) if b > a]


def _joined(text: str, spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in spans:
        if joined and _goes_on(text[joined[-1][0] : joined[-1][1]], text[start:end]):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _goes_on(before: str, after: str) -> bool:
    if not after.strip():
        return True
    head = after.lstrip()[0]
    return (head.isdigit() or head.islower()) and bool(_ABBREVIATION.search(before))


def _clauses(text: str, start: int, end: int) -> list[Span]:
    cuts = [start, end]
    if end - start > LONG_SENTENCE:
        closed = _bracketed(text, start, end)
        ends = (match.end() for match in _CLAUSE_END.finditer(text, start, end))
        cuts = [start, *(at for at in ends if not _is_within(at, closed)), end]
    return [trimmed for a, b in pairwise(cuts) if (trimmed := trim(text, a, b))]


def _bracketed(text: str, start: int, end: int) -> list[Span]:
    """Return what stands in brackets that are closed, in order and apart from each other.

    The "a)" of a list and a bracket that is left open are none. Each bracket is looked at twice at most.
    """
    opened: list[tuple[str, int]] = []
    waiting = dict.fromkeys(_OPENED_BY.values(), 0)
    closed: list[Span] = []
    for match in _BRACKET.finditer(text, start, end):
        opener = _OPENED_BY.get(match[0])
        if opener is None:
            opened.append((match[0], match.start()))
            waiting[match[0]] += 1
        elif waiting[opener]:
            sign, at = "", 0
            while sign != opener:  # one within it that was left open is no bracket
                sign, at = opened.pop()
                waiting[sign] -= 1
            while closed and closed[-1][0] > at:
                closed.pop()
            closed.append((at, match.start()))
    return closed


def _is_within(at: int, spans: list[Span]) -> bool:
    before = bisect(spans, (at, at)) - 1
    return before >= 0 and at < spans[before][1]


def trim(text: str, start: int, end: int) -> Span | None:
    """Return the span without the white space around it, None if it holds nothing else."""
    piece = text[start:end]
    stripped = piece.strip()
    if not stripped:
        return None
    left = start + len(piece) - len(piece.lstrip())
    return left, left + len(stripped)
