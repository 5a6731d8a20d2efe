"""Lines of a PDF joined into blocks by their layout: gaps, indents, short lines, size, and marks at a line's start."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from indexer.document import Kind
from indexer.readers.pdf_lines import Line

_MARKER = re.compile(
    r"(?:\(?(?:\d{1,3}(?:\.\d{1,3}){0,4}|[a-z]{1,2}|[ivxl]{1,5}|[A-Z]{1,2}|[IVXL]{1,6})[.)]|\d{1,3}(?:\.\d{1,3}){1,4}|[•·▪●○◦\uf0b7\uf0a7–—\-])(?:\s|$)"
)
_LIST_MARKER = re.compile(r"(?:\((?:[a-z]{1,2}|[ivxl]{1,5}|\d{1,2})\)|[a-z]\)|[•·▪●○◦\uf0b7\uf0a7–—\-])(?:\s|$)")
_NOTE_MARKER = re.compile(r"(?:\(?\d{1,3}\)?[.)]?|[*∗†‡§¶]{1,4}|[\uf02a-\uf039]{1,3}|[a-z])(?=\W|[A-Z])")
_TERMINAL = re.compile(r"[.:;!?…。؟؛][\"'”’»)\[\]\d*]*$|(?:[;,] (?:and|or))$")
_SENTENCE_END = re.compile(r"[.:;!?…。؟][\"'”’»)\[\]\d*]*$")
_ABBREVIATION = re.compile(r"\b(?:Nos?|Arts?|paras?|pp?|vols?|Mrs?|Ms|Dr|St|cf|vs?|sects?|Sec|chap|ст|п|пп|г|№)\.$")
_LEADERS = re.compile(r"(?:\.\s?){5,}|…{2,}")
_SMALL = 0.93  # of the size of the body text: a footnote
_LARGE = 1.08  # and a heading


@dataclass(slots=True)
class LineBlock:
    """Lines that belong together, and the footnotes that stand after them."""

    lines: list[Line]
    kind: Kind = Kind.BODY
    level: int = 0
    notes: list[LineBlock] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Body:
    """The commonest size of the text, in points, and the distance from line to line at each size."""

    size: float
    pitch: dict[int, float]
    mostly_bold: bool

    def pitch_at(self, size: float) -> float:
        return self.pitch.get(round(size), 1.25 * size)


def blocks_of(pages: Sequence[Sequence[Sequence[Line]]]) -> list[LineBlock]:
    """Blocks in reading order from the regions of each page; a paragraph cut by a page or column break is one."""
    body = _measure([line for page in pages for region in page for line in region])
    flow: list[LineBlock] = []
    noted = False
    for page in pages:
        notes: list[LineBlock] = []
        for region in page:
            text, foot = _split_foot(region, body, noted)
            blocks = _cut(text, body)
            if flow and blocks and _goes_on(flow[-1], blocks[0]):
                flow[-1].lines += blocks.pop(0).lines
            flow += blocks
            notes += _cut_notes(foot)
        noted = bool(notes)
        if notes and flow:
            flow[-1].notes += notes
        else:
            flow += notes
    _name_kinds(flow, body)
    return flow


def _measure(lines: Sequence[Line]) -> _Body:
    sizes: Counter[float] = Counter()
    bold = 0
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
        bold += len(line.text) * line.bold
    steps: dict[int, list[float]] = {}
    for before, line in pairwise(lines):
        step = line.y0 - before.y0
        if line.page == before.page and round(line.size) == round(before.size) and 0 < step < 3 * line.size:
            steps.setdefault(round(line.size), []).append(round(step, 1))
    pitch = {size: statistics.mode(found) for size, found in steps.items()}
    return _Body(max(sizes, key=lambda size: sizes[size], default=10.0), pitch, bold * 2 > sum(sizes.values()))


def _split_foot(region: Sequence[Line], body: _Body, noted: bool) -> tuple[Sequence[Line], Sequence[Line]]:
    """The running text of a region and the footnotes below it: small print that begins with a mark.

    ``noted`` says that the page before had footnotes, so that one of them may go on here.
    """
    small = len(region)
    while small and region[small - 1].size <= _SMALL * body.size:
        small -= 1
    first = small
    while first < len(region) and not _NOTE_MARKER.match(region[first].text):
        first += 1
    if first == len(region):
        return region, ()
    if first > small and small and noted:
        first = small
    return region[:first], region[first:]


def _cut_notes(lines: Sequence[Line]) -> list[LineBlock]:
    notes: list[LineBlock] = []
    for line in lines:
        if not notes or (_NOTE_MARKER.match(line.text) and _is_next_note(notes[-1].lines, line)):
            notes.append(LineBlock([line], Kind.FOOTNOTE))
        else:
            notes[-1].lines.append(line)
    return notes


def _is_next_note(note: Sequence[Line], line: Line) -> bool:
    """Whether a line begins a note: its number follows, or it is set in like the first and the last one ended."""
    first, before = note[0], note[-1]
    was, now = (re.match(r"\(?(\d{1,3})", item.text) for item in (first, line))
    if was and now:
        return int(now[1]) == int(was[1]) + 1
    return abs(line.x0 - first.x0) < line.size and bool(_SENTENCE_END.search(before.text))


def _cut(lines: Sequence[Line], body: _Body) -> list[LineBlock]:
    edge = _right_edge(lines)
    blocks: list[LineBlock] = []
    for line in lines:
        if blocks and not _begins(blocks[-1].lines, line, edge, body):
            blocks[-1].lines.append(line)
        else:
            blocks.append(LineBlock([line]))
    return blocks


def _right_edge(lines: Sequence[Line]) -> float:
    """Where lines end at the right: nine in ten of the longer ones end before it or there."""
    if not lines:
        return 0.0
    width = max(line.x1 - line.x0 for line in lines)
    ends = sorted(line.x1 for line in lines if line.x1 - line.x0 > 0.5 * width)
    return ends[int(0.9 * (len(ends) - 1))]


def _begins(block: Sequence[Line], line: Line, edge: float, body: _Body) -> bool:
    """Whether ``line`` begins a block of its own rather than going on with ``block``."""
    before, first = block[-1], block[0]
    if line.y0 - before.y0 > body.pitch_at(max(line.size, before.size)) + 0.3 * line.size or line.y0 < before.y0:
        return True
    if abs(line.size - before.size) > 0.08 * max(line.size, before.size):
        return True
    if min(before.cells, line.cells) >= 3 or _LEADERS.search(before.text):
        return True
    if re.search(r"\w[-\u00ad\u2010]$", before.text):
        return False
    ended = bool(_TERMINAL.search(before.text)) and not _ABBREVIATION.search(before.text)
    marked = bool(_MARKER.match(line.text)) and not _is_inline(block, line)
    rest = edge - before.x1
    fits = rest > line.head + 0.8 * line.size
    if fits and (ended or marked or rest > 0.35 * max(edge - first.x0, 1.0) or line.bold != before.bold):
        return True
    if marked and _LIST_MARKER.match(line.text) and abs(line.x0 - first.x0) > 0.5 * line.size:
        return True
    margin = block[1].x0 if len(block) > 1 else first.x0
    if ended and len(block) > 1 and abs(line.x0 - margin) > 0.8 * line.size:
        return True
    return marked and ended


def _is_inline(block: Sequence[Line], line: Line) -> bool:
    """Whether the mark that a line begins with belongs to the sentence: it closes a bracket, or it goes on counting
    what "(a) ... (b)" began in the middle of a line."""
    text = " ".join(other.text for other in block)
    if re.match(r"\w{1,4}\)", line.text) and text.count("(") > text.count(")"):
        return True
    letter = re.match(r"\(([b-z])\)", line.text)
    return bool(letter) and f" ({chr(ord(letter[1]) - 1)}) " in text  # type: ignore[index]


def _goes_on(last: LineBlock, following: LineBlock) -> bool:
    """Whether the first block of a page or column is the rest of the last one before it."""
    before, line = last.lines[-1], following.lines[0]
    if abs(line.size - before.size) > 0.08 * before.size or last.kind is Kind.FOOTNOTE:
        return False
    if re.search(r"\w[-\u00ad\u2010]$", before.text):
        return True
    if line.text[:1].islower() and not _MARKER.match(line.text):
        return True
    if _is_inline(last.lines, line):
        return True
    if _TERMINAL.search(before.text):
        return _runs_full(last, following)
    if _MARKER.match(line.text) and not re.search(r"[,\w]$", before.text):
        return False
    return before.bold == line.bold and (len(last.lines) > 1 or len(before.text) > 50) and not _is_marked_anew(line)


def _is_marked_anew(line: Line) -> bool:
    return bool(_LIST_MARKER.match(line.text) or re.match(r"\d{1,3}(?:\.\d{1,3})*\.?\s+[A-Z]", line.text))


def _runs_full(last: LineBlock, following: LineBlock) -> bool:
    """A sentence that ends with the page: the paragraph goes on if its first line was marked and the next is not,
    the next lies at its margin, and its last line left no room for the next word."""
    if len(last.lines) < 2 or not _MARKER.match(last.lines[0].text) or _MARKER.match(following.lines[0].text):
        return False
    edge = max(line.x1 for line in last.lines)
    line = following.lines[0]
    full = edge - last.lines[-1].x1 < line.head + 0.8 * line.size
    return full and abs(line.x0 - last.lines[1].x0) < 0.8 * line.size and line.bold == last.lines[-1].bold


def _name_kinds(flow: Sequence[LineBlock], body: _Body) -> None:
    styles: Counter[tuple[float, bool]] = Counter()
    headings = []
    for at, block in enumerate(flow):
        after = next((other for other in flow[at + 1 :] if other.kind is not Kind.FOOTNOTE), None)
        if block.kind is Kind.FOOTNOTE:
            continue
        if _is_heading(block, after, body):
            block.kind = Kind.HEADING
            headings.append(block)
            styles[_style(block)] += 1
        elif _LIST_MARKER.match(block.lines[0].text):
            block.kind = Kind.LIST_ITEM
    inner = {_style(block) for block in headings if block.lines[0].page > 1}
    # A title page has sizes of its own; its lines do not stand above the chapters.
    ranked = sorted(inner or styles, reverse=True)
    for block in headings:
        block.level = min(1 + ranked.index(_style(block)), 6) if _style(block) in ranked else 1


def _style(block: LineBlock) -> tuple[float, bool]:
    return round(block.lines[0].size), block.lines[0].bold


def _is_heading(block: LineBlock, after: LineBlock | None, body: _Body) -> bool:
    """Large, or bold or in capitals over plainer text; short; not a sentence."""
    text = " ".join(line.text for line in block.lines)
    if len(block.lines) > 3 or len(text) > 200 or not re.search(r"[^\W\d_]{3}", text) or after is None:
        return False
    if re.search(r"[.;:,…]$", text) and not re.fullmatch(r"[A-Z][\w ]{2,40}\.", text):
        return False
    size = statistics.median(line.size for line in block.lines)
    if size >= _LARGE * body.size:
        return True
    if size < 0.95 * body.size:
        return False
    bold = all(line.bold for line in block.lines) and not body.mostly_bold
    plainer = not all(line.bold for line in after.lines) or bool(_MARKER.match(text))
    return (bold and plainer) or (text.isupper() and len(text) > 3 and len(block.lines) <= 2)
