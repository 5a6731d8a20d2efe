"""Passages: whole paragraphs, short neighbours joined, long ones cut at sentence ends with overlap."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from indexer.document import ASIDE, Document, Kind, Paragraph, Passage
from indexer.sentences import Span, sentences, trim

Counter = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How passages are cut, in tokens: the longest is well inside the 512 that models read.

    Measured on question sets over the sample corpus, see docs/quality.md. ``context`` says whether the model reads
    title, date, headings and label before the passage.
    """

    longest: int = 320  # about 240 English words
    joined: int = 200  # unlabelled short neighbours are joined up to this
    short: int = 80  # a paragraph below this is short
    context: bool = True

    def __str__(self) -> str:
        named = f"{self.longest}/{self.joined}/{self.short} tokens"
        return named if self.context else f"{named}, without context"


SIZES = Sizes()


def passages(text: str, paragraphs: Sequence[Paragraph], count: Counter, sizes: Sizes = SIZES) -> list[Passage]:
    """Cut a document into what is embedded and ranked, in reading order.

    ``count`` gives the tokens of a text. A heading stands in its paragraphs' context and is no passage of its
    own, unless the document holds nothing else. A labelled paragraph is never joined with another: what is
    cited by its own label should be found by itself. No passage crosses a heading or mixes furniture with text.
    """
    content = [p for p in paragraphs if p.kind is not Kind.HEADING] or list(paragraphs)
    headings = [p.number for p in paragraphs if p.kind is Kind.HEADING]

    def place(p: Paragraph) -> tuple[object, ...]:
        return bisect(headings, p.number), p.heading_path, p.kind in ASIDE and p.kind, p.kind is Kind.FOOTNOTE

    cut: list[Passage] = []
    for _, group in groupby(content, key=place):
        for members in _joined(list(group), count, sizes):
            cut += _passages_of(text, members, count, sizes.longest)
    return cut


def _joined(group: list[Paragraph], count: Counter, sizes: Sizes) -> Iterable[list[Paragraph]]:
    run: list[Paragraph] = []
    size = 0
    for paragraph in group:
        tokens = count(paragraph.text)
        joins = run and paragraph.label is None and run[-1].label is None
        fits = size + tokens <= sizes.joined and (tokens < sizes.short or size < sizes.short)
        if run and not (joins and fits):
            yield run
            run, size = [], 0
        run.append(paragraph)
        size += tokens
    if run:
        yield run


def _passages_of(text: str, members: list[Paragraph], count: Counter, longest: int) -> list[Passage]:
    first, last = members[0], members[-1]
    whole = (first.char_start, last.char_end)
    spans = [whole]
    if count(text[slice(*whole)]) > longest:
        spans = _windows(text, whole, count, longest)
    return [
        Passage(
            f"{first.document_id}:{start}-{end}", first.document_id, first.number, last.number, start, end,
            text[start:end], count(text[start:end]), first.kind in ASIDE, first.kind is Kind.HIDDEN,
        )
        for start, end in spans
    ]  # fmt: skip


def _windows(text: str, whole: Span, count: Counter, longest: int) -> list[Span]:
    """Cut at sentence ends so that each window holds at most ``longest`` tokens and overlaps the last by a sentence."""
    spans = ((whole[0] + a, whole[0] + b) for a, b in sentences(text[slice(*whole)]))
    pieces = [piece for a, b in spans for piece in _short(text, a, b, count, longest)]

    def fits(first: int, last: int) -> bool:
        return count(text[pieces[first][0] : pieces[last][1]]) <= longest

    windows: list[Span] = []
    start = 0
    while start < len(pieces):
        end = start + 1
        while end < len(pieces) and fits(start, end):
            end += 1
        windows.append((pieces[start][0], pieces[end - 1][1]))
        if end == len(pieces):
            break
        start = end - 1 if end - 1 > start and fits(end - 1, end) else end
    return windows


def _short(text: str, start: int, end: int, count: Counter, longest: int) -> list[Span]:
    """Halve a sentence at a space until each part fits: lists of hundreds of names come as one sentence."""
    if count(text[start:end]) <= longest or end - start < 2:
        return [(start, end)]
    middle = (start + end) // 2
    space = text.find(" ", middle, end)
    cut = space + 1 if start < space + 1 < end else middle
    halves = (trim(text, start, cut), trim(text, cut, end))
    return [piece for half in halves if half for piece in _short(text, *half, count, longest)]


def context(document: Document, paragraph: Paragraph) -> str:
    """Return what the embedder reads before a passage: title, date, headings and label of its first paragraph.

    A date whose year the title says already is left out.
    """
    title = document.title
    if document.date and document.date[:4] not in title:
        title = f"{title}, {document.date}"
    headings = [heading for heading in paragraph.heading_path if heading != document.title]
    return " > ".join(dict.fromkeys([title, *headings, *([paragraph.label] if paragraph.label else [])]))
