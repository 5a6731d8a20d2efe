"""Sentences of a text, as spans that cover it without gaps."""

from __future__ import annotations

import re
from itertools import pairwise

Span = tuple[int, int]

# A full stop after a short word is an abbreviation when a number or a small letter follows ("ст. 405", "para. 8",
# "г. алматы"): nupunkt was trained on English law and knows few abbreviations of other languages.
_ABBREVIATION = re.compile(r"(?:^|[\s(«“\"])[^\W\d_]{1,5}\.\s*$")
# Resolutions and judgments hold whole clauses in one sentence ("whereas ...; whereas ...").
_CLAUSE_END = re.compile(r";\s+")
LONG_SENTENCE = 240  # characters


def sentences(text: str) -> list[Span]:
    """Return ``(start, end)`` of each sentence of ``text``, in order, without surrounding white space.

    Sentences longer than `LONG_SENTENCE` characters are cut at their semicolons, because there a clause is what
    a reader would quote. Together the spans hold every character of ``text`` that is not white space.
    """
    return [span for start, end in _joined(text, _raw(text)) for span in _clauses(text, start, end)]


def _raw(text: str) -> list[Span]:
    from nupunkt import sent_spans  # loads its model: only when a text is really cut

    cuts = [0, *(int(end) for _, end in sent_spans(text)), len(text)]
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
        cuts = [start, *(match.end() for match in _CLAUSE_END.finditer(text, start, end)), end]
    return [trimmed for a, b in pairwise(cuts) if (trimmed := trim(text, a, b))]


def trim(text: str, start: int, end: int) -> Span | None:
    """Return the span without the white space around it, None if it holds nothing else."""
    piece = text[start:end]
    stripped = piece.strip()
    if not stripped:
        return None
    left = start + len(piece) - len(piece.lstrip())
    return left, left + len(stripped)
