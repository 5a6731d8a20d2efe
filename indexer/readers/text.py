"""Reads plain text: the text is the decoded file itself, and blocks are its paragraphs.

Files come in two habits: one paragraph a line, however long, or lines wrapped at some width with blank lines between
paragraphs. Which of the two is decided per file.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Final

from indexer.document import Block, Extract
from indexer.encoding import decode

_LINE: Final = re.compile(r"[^\r\n\f\x0b\x85\u2028\u2029]+")
_ITEM: Final = re.compile(
    r"(?:[-–—*•·▪◦‣○●]\s"  # a bullet
    r"|\(?\d{1,3}(?:\.\d{1,3})*[.)]\s"  # 1. or 2.1) or (3)
    r"|\(?[a-zA-Zа-яёА-ЯЁ][.)]\s"  # (a) or B.
    r"|\(?[ivxIVX]{1,5}[.)]\s)"  # iv)
)
_WIDEST_WRAP: Final = 120
"""Characters; text is wrapped by hand or by mail programs at 60 to 100."""

Span = tuple[int, int]


def read(data: bytes, name: str) -> Extract:
    """Return the decoded file and its paragraphs; raise `Refused` where it is not text."""
    text, _ = decode(data)
    return Extract(text, tuple(Block(start, end) for start, end in paragraph_spans(text)), "text/plain")


def paragraph_spans(text: str) -> list[Span]:
    """Return where each paragraph lies, in order, without the white space around it."""
    runs = [list(run) for run in _runs(text)]
    width = _wrap_width(runs, text)
    spans: list[Span] = []
    for run in runs:
        spans += _joined(run, text, width) if width else run
    return spans


def _runs(text: str) -> Iterator[list[Span]]:
    """Yield the runs of lines that no blank line parts, each line trimmed."""
    run: list[Span] = []
    last = 0
    for match in _LINE.finditer(text):
        start, end = _trimmed(text, *match.span())
        if run and (start == end or _newlines(text[last : match.start()]) > 1):
            yield run
            run = []
        last = match.end()
        if start < end:
            run.append((start, end))
    if run:
        yield run


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and (text[start].isspace() or text[start] == "\ufeff"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] == "\ufeff"):
        end -= 1
    return start, end


def _newlines(gap: str) -> int:
    """A form feed or paragraph separator parts paragraphs as a blank line does."""
    return 2 if "\f" in gap or "\u2029" in gap else len(gap.replace("\r\n", "\n"))


def _wrap_width(runs: list[list[Span]], text: str) -> int:
    """Return the width in characters that lines were wrapped at, or 0 where each line is a paragraph.

    A line was wrapped if the first word of the next would not have fitted on it.
    """
    pairs = [(line, after) for run in runs for line, after in itertools.pairwise(run)]
    lengths = sorted(end - start for run in runs if len(run) > 1 for start, end in run)
    lines = sum(map(len, runs))
    too_long = sum(end - start > _WIDEST_WRAP + 40 for run in runs for start, end in run)
    if not pairs or too_long > 0.05 * lines:
        return 0
    width = lengths[int(len(lengths) * 0.95)]
    if not 30 <= width <= _WIDEST_WRAP:
        return 0
    full = sum(_is_full(line, after, text, 0.85 * width) for line, after in pairs)
    in_mid_sentence = sum(text[after[0]].islower() for _, after in pairs)
    # Two or three lines that happen to be of one length are no habit, unless sentences run across them.
    habit = full >= 0.6 * len(pairs) and (len(pairs) >= 5 or in_mid_sentence >= 0.5 * len(pairs))
    return width if habit else 0


def _is_full(line: Span, after: Span, text: str, width: float) -> bool:
    first_word = text[after[0] : after[1]].split(None, 1)[0]
    return line[1] - line[0] + 1 + len(first_word) >= width


def _joined(run: list[Span], text: str, width: int) -> list[Span]:
    """Join the lines of a run into paragraphs; list items and lines left short on purpose part them."""
    spans = [run[0]]
    for line, after in itertools.pairwise(run):
        if _ITEM.match(text, after[0]) or not _is_full(line, after, text, 0.6 * width):
            spans.append(after)
        else:
            spans[-1] = (spans[-1][0], after[1])
    return spans
