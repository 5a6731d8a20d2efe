"""The lines of a PDF page, each with its place, size and weight, as PDFium sees them."""

from __future__ import annotations

import ctypes
import math
import re
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from indexer.readers.pdf_hidden import Box, Looks, Unseen, is_off_or_tiny
from indexer.readers.raised import Raised, joined

# A gap this wide, in units of the font size, sets two columns or cells apart rather than two words.
_CELL_GAP = 1.3
_BOLD_WEIGHT = 600
_BOLD_NAME = re.compile(rb"bold|black|heavy|[-,]bd|cmbx", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\u00a0]+")
_DIGITS = re.compile(r"\d+")
# A raised number is smaller than its line, and stands higher by this share of the size of the line.
_RAISED_SIZE = 0.8
_RAISED_BY = 0.12
# PDFium gives this in place of a hyphen at the end of a line, and gives no line break after it.
_LINE_END_HYPHEN = "\ufffe"


@dataclass(slots=True)
class Line:
    """A run of characters on one baseline. Points; ``y`` grows downwards; ``page`` counts from 1.

    ``head`` is the width of the first word: what would have had to fit at the end of the line before;
    ``cells`` counts the cells that stand side by side in it; the first ``lead`` characters stand raised.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: bool
    head: float
    page: int
    cells: int = 1
    lead: int = 0

    @property
    def base(self) -> float:
        """The height of the baseline, in points."""
        return self.y0 + 0.85 * self.size

    @property
    def height(self) -> float:
        """Height of the box of the line, in points."""
        return self.y1 - self.y0


class _Characters:
    """Boxes and fonts of the characters of one page, by their index in the text of the page."""

    def __init__(self, page: pdfium.PdfPage, text_page: pdfium.PdfTextPage, edges: Box, looks: Looks) -> None:
        self._handle = text_page.raw
        self._unseen = Unseen(page, text_page, edges, looks)
        self._edges = edges  # left, bottom, right, top of the page
        self.text, self._index = _text_of(text_page)
        self._rect = pdfium_c.FS_RECTF()
        self._rect_ref = ctypes.byref(self._rect)
        self._matrix = pdfium_c.FS_MATRIX()
        self._name = ctypes.create_string_buffer(128)
        self._flags = ctypes.c_int()

    def _at(self, position: int) -> int:
        return self._index[position] if self._index else position

    def box(self, position: int, turn: int) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of a character, the page turned so that the text lies level."""
        rect = self._rect
        pdfium_c.FPDFText_GetLooseCharBox(self._handle, self._at(position), self._rect_ref)
        left, right, low, high = rect.left, rect.right, rect.bottom, rect.top
        (x0, y0), (x1, y1) = self._turned(left, low, turn), self._turned(right, high, turn)
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)

    def hides(self, start: int, end: int) -> bool:
        """Whether a reader of the page does not see the word from ``start`` to ``end``, by how it is drawn."""
        how = self._unseen.suspects(self._at(start))
        if not how:
            return False
        rect, boxes = self._rect, []
        for position in (start, end - 1):
            pdfium_c.FPDFText_GetLooseCharBox(self._handle, self._at(position), self._rect_ref)
            boxes.append((rect.left, rect.bottom, rect.right, rect.top))
        (a0, a1, a2, a3), (b0, b1, b2, b3) = boxes
        return self._unseen.hides(how, (min(a0, b0), min(a1, b1), max(a2, b2), max(a3, b3)))

    def extent(self, turn: int) -> tuple[float, float]:
        """Width and height of the page, turned so that the text lies level."""
        width, height = self._edges[2] - self._edges[0], self._edges[3] - self._edges[1]
        return (width, height) if turn in (0, 180) else (height, width)

    def _turned(self, x: float, y: float, turn: int) -> tuple[float, float]:
        """A point of the page, the page turned so that the text lies level, counted from its top left corner."""
        left, bottom, right, top = self._edges
        if turn == 0:
            return x - left, top - y
        if turn == 90:
            return y - bottom, x - left
        if turn == 180:
            return right - x, y - bottom
        return top - y, right - x

    def baseline(self, position: int, turn: int) -> float:
        """The height at which a character stands; boxes differ from font to font, this does not."""
        x, y = ctypes.c_double(), ctypes.c_double()
        pdfium_c.FPDFText_GetCharOrigin(self._handle, self._at(position), ctypes.byref(x), ctypes.byref(y))
        return self._turned(x.value, y.value, turn)[1]

    def turn(self, position: int) -> int:
        """The direction of the text at a character: 0, 90, 180 or 270 degrees against the clock."""
        angle = pdfium_c.FPDFText_GetCharAngle(self._handle, self._at(position))
        return round(math.degrees(max(angle, 0.0)) / 90) % 4 * 90

    def size(self, position: int) -> float:
        """Font size in points, as drawn."""
        at = self._at(position)
        size = pdfium_c.FPDFText_GetFontSize(self._handle, at)
        if pdfium_c.FPDFText_GetMatrix(self._handle, at, ctypes.byref(self._matrix)):
            size *= math.hypot(self._matrix.c, self._matrix.d)
        return float(abs(size))

    def bold(self, position: int) -> bool:
        """Whether the font is a bold one, by its weight or, where the file gives none, by its name."""
        at = self._at(position)
        if pdfium_c.FPDFText_GetFontWeight(self._handle, at) >= _BOLD_WEIGHT:
            return True
        pdfium_c.FPDFText_GetFontInfo(self._handle, at, self._name, len(self._name), ctypes.byref(self._flags))
        return bool(_BOLD_NAME.search(self._name.value))


def _text_of(text_page: pdfium.PdfTextPage) -> tuple[str, list[int]]:
    """The text of a page and, where they differ, the index of the character at each position."""
    handle, count = text_page.raw, text_page.count_chars()
    if count <= 0:
        return "", []
    buffer = ctypes.create_string_buffer((count + 1) * 4)
    got = pdfium_c.FPDFText_GetText(handle, 0, count, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)))
    raw = buffer.raw[: max(got - 1, 0) * 2]
    text = raw.decode("utf-16-le", errors="replace")
    if len(text) == count and len(raw) == count * 2:
        return text, []
    index, unit = [], 0
    for char in text:
        index.append(max(pdfium_c.FPDFText_GetCharIndexFromTextIndex(handle, unit), 0))
        unit += 2 if ord(char) > 0xFFFF else 1
    return text, index


def page_lines(page: pdfium.PdfPage, number: int, looks: Looks) -> tuple[list[Line], float, str]:
    """The lines of a page, in the order in which the file draws them, its height in points, and the words not seen.

    A line is cut where a wide gap sets cells or columns apart. The page is turned so that most of its text lies
    level; text in another direction (a stamp in the margin) comes last, below the rest.
    """
    edges = page.get_bbox()
    text_page = page.get_textpage()
    try:
        characters = _Characters(page, text_page, edges, looks)
        found: list[tuple[int, Line]] = []
        hidden: list[str] = []
        for start, end in _line_spans(characters.text):
            turn = characters.turn(start)
            found += [(turn, line) for line in _cells(characters, start, end, turn, number, hidden)]
    finally:
        text_page.close()
    weight: Counter[int] = Counter()
    for turn, line in found:
        weight[turn] += len(line.text)
    main = max(weight, key=lambda turn: weight[turn], default=0)
    level = [line for turn, line in found if turn == main]
    depth = edges[3] - edges[1] if main in (0, 180) else edges[2] - edges[0]
    lines = level + _set_below(level, [line for turn, line in found if turn != main])
    return lines, depth, _clean(" ".join(hidden))


def _set_below(level: list[Line], turned: list[Line]) -> list[Line]:
    """Lines in another direction, set one below the other under the rest of the page."""
    floor = max((line.y1 for line in level), default=0.0)
    for line in turned:
        width, height = line.x1 - line.x0, line.height
        line.x0, line.y0 = 0.0, floor + height
        line.x1, line.y1 = width, floor + 2 * height
        floor = line.y1
    return turned


def _line_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each line in the text of a page, blanks at both ends left out."""
    spans = []
    start = 0
    for stop in re.finditer(rf"[\r\n]+|{_LINE_END_HYPHEN}|$", text):
        end = stop.end() if stop.group() == _LINE_END_HYPHEN else stop.start()
        piece = text[start:end]
        if piece.strip():
            lead = len(piece) - len(piece.lstrip())
            spans.append((start + lead, start + len(piece.rstrip())))
        start = stop.end()
    return spans


def _cells(characters: _Characters, start: int, end: int, turn: int, number: int, hidden: list[str]) -> list[Line]:
    """One line of PDFium's, cut at gaps too wide to be a space; words that are not seen go to ``hidden``."""
    size = max(characters.size(start), characters.size((start + end - 1) // 2))
    extent = characters.extent(turn)
    words: list[tuple[int, int, float, float]] = []
    at = start
    for space in [*(m.span() for m in _SPACES.finditer(characters.text, start, end)), (end, end)]:
        if space[0] > at:
            first = characters.box(at, turn)
            last = characters.box(space[0] - 1, turn) if space[0] - at > 1 else first
            left, right = min(first[0], last[0]), max(first[2], last[2])
            if is_off_or_tiny((left, first[1], right, first[3]), *extent, size) or characters.hides(at, space[0]):
                hidden.append(characters.text[at : space[0]])
            else:
                words.append((at, space[0], left, right))
        at = space[1]
    cells: list[list[tuple[int, int, float, float]]] = []
    for word in words:
        if not cells or word[2] - cells[-1][-1][3] > _CELL_GAP * max(size, 4.0):
            cells.append([word])
        else:
            cells[-1].append(word)
    return [_line(characters, cell, turn, number) for cell in cells]


def _line(characters: _Characters, words: list[tuple[int, int, float, float]], turn: int, number: int) -> Line:
    start, end = words[0][0], words[-1][1]
    probes = [at for part in range(5) if not characters.text[at := start + (end - 1 - start) * part // 4].isspace()]
    sizes = {probe: characters.size(probe) for probe in probes}
    size = statistics.median_high(sizes.values())  # a raised mark at the end is smaller than its line
    base = characters.baseline(next(probe for probe in probes if sizes[probe] == size), turn)
    box = characters.box(start, turn)
    if not size / 3 < box[3] - box[1] < 3 * size:  # a font whose size says nothing
        size = box[3] - box[1]
    pieces = list(_pieces(characters, start, end, turn, size, base))
    text = joined(pieces).replace(_LINE_END_HYPHEN, "-")
    return Line(
        text=_clean(text),
        x0=min(word[2] for word in words),
        y0=base - 0.85 * size,
        x1=max(word[3] for word in words),
        y1=base + max(0.25 * size, 1.0),
        size=size,
        bold=sum(characters.bold(probe) for probe in probes) * 2 > len(probes),
        head=words[0][3] - words[0][2],
        page=number,
        lead=len(pieces[1]) if len(pieces) > 1 and not pieces[0] else 0,
    )


def _pieces(characters: _Characters, start: int, end: int, turn: int, size: float, base: float) -> Iterator[str]:
    """The text of a line in pieces, the numbers raised in it apart from the rest."""

    def raised(position: int) -> bool:
        return is_raised(characters.size(position), characters.baseline(position, turn), size, base)

    at = start
    for digits in _DIGITS.finditer(characters.text, start, end):
        first = digits.end()
        while first > digits.start() and raised(first - 1):
            first -= 1
        if first < digits.end():
            yield characters.text[at:first]
            yield Raised(characters.text[first : digits.end()])
            at = digits.end()
    yield characters.text[at:end]


def is_raised(size: float, base: float, line_size: float, line_base: float) -> bool:
    """Whether something of this size and baseline stands raised in a line; ``y`` grows downwards."""
    return size < _RAISED_SIZE * line_size and line_base - base > _RAISED_BY * line_size


def _clean(text: str) -> str:
    """Control characters and lone surrogates are an accident of the font, not text."""
    return "".join(
        c if c.isprintable() or c in "\u00a0\u00ad\u200c\u200d\u200e\u200f" or c > "\ue000" else " " for c in text
    )
