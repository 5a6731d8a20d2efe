"""Where the text of a PDF page runs: running heads and feet aside, columns one after the other, cells into rows."""

from __future__ import annotations

import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from indexer.readers.pdf_lines import Line, is_raised
from indexer.readers.raised import Raised, joined

# The share of the height of a page, at its top and at its foot, where running heads and feet stand.
_MARGIN = 0.14
_WORD = re.compile(r"[^\W\d_]{2}")
_PAGE_NUMBER = re.compile(r"\W*(?:[^\W\d_]{1,8}\.?\s*)?#(?:\W*(?:[^\W\d_]{1,3}\s*)?#)?\W*")
_RTL = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")

_Band = tuple[int, int, float]


def without_furniture(pages: Sequence[list[Line]], heights: Sequence[float]) -> tuple[list[list[Line]], list[str]]:
    """The pages without what repeats in their margins, and the text of each running head or foot, once.

    A running head has the same words at the same height on pages near each other; a page number counts along with
    the pages. Page numbers alone are not returned: they say nothing.
    """
    furniture = _furniture(pages, heights)
    kept = [[line for line in page if id(line) not in furniture] for page in pages]
    heads: dict[str, str] = {}
    for page in pages:
        for line in page:
            if id(line) in furniture and not _PAGE_NUMBER.fullmatch(_masked(line.text)):
                heads.setdefault(_masked(line.text), line.text)
    return kept, list(heads.values())


def _furniture(pages: Sequence[list[Line]], heights: Sequence[float]) -> set[int]:
    alike: defaultdict[str, list[tuple[int, Line]]] = defaultdict(list)
    for number, (lines, height) in enumerate(zip(pages, heights, strict=True)):
        top, foot = min((line.y0 for line in lines), default=0.0), max((line.y1 for line in lines), default=0.0)
        for line in lines:
            inside = _MARGIN * height < (line.y0 + line.y1) / 2 < (1 - _MARGIN) * height
            if not inside or line.y0 < top + 2 or line.y1 > foot - 2:
                alike[_masked(line.text)].append((number, line))
    needed = 2 if len(pages) < 6 else 3
    found: set[int] = set()
    for places in alike.values():
        if len(places) >= needed:
            for level in _level_groups(places):
                found |= {id(line) for line in _repeating(level, needed)}
    return found


def _level_groups(places: Sequence[tuple[int, Line]]) -> Iterator[list[tuple[int, Line]]]:
    """Lines of the same words, grouped by height on the page: within 4 points of the one before."""
    group: list[tuple[int, Line]] = []
    for place in sorted(places, key=lambda place: place[1].y0):
        if group and place[1].y0 - group[-1][1].y0 > 4:
            yield group
            group = []
        group.append(place)
    if group:
        yield group


def _repeating(group: Sequence[tuple[int, Line]], needed: int) -> list[Line]:
    """Those of a group that are furniture: the same text on pages near each other, or a number that counts along.

    "Definition 20" over one page and "Definition 25" over another is neither, nor is "12. Article 5".
    """
    if len({page for page, _ in group}) >= needed and _counts_along([(page, line.text) for page, line in group]):
        return [line for _, line in group]
    found: list[Line] = []
    for text in {line.text for _, line in group if _WORD.search(line.text)}:
        same = sorted(((page, line) for page, line in group if line.text == text), key=lambda place: place[0])
        near = [b - a <= 3 for (a, _), (b, _) in pairwise(same)]
        if len({page for page, _ in same}) >= needed and sum(near) * 2 >= len(near):
            found += [line for _, line in same]
    return found


def _masked(text: str) -> str:
    return re.sub(r"\d+|\b[ivxl]+\b", "#", " ".join(text.casefold().split()))


def _counts_along(places: Sequence[tuple[int, str]]) -> bool:
    """Whether a number on most of the pages grows by one a page."""
    if re.fullmatch(r"\(?#(?:\.#)*[.)]*|.*#\.#.*", _masked(places[0][1])) and _masked(places[0][1]) != "#":
        return False  # "79.1." numbers a paragraph, even where it climbs as fast as the pages do
    offsets: Counter[int] = Counter()
    for page, text in places:
        offsets.update({int(number) - page for number in re.findall(r"\d{1,6}", text)})
    if not offsets:
        return all(re.fullmatch(r"[\W_]*[ivxl]+[\W_]*", text, re.IGNORECASE) for _, text in places)
    return offsets.most_common(1)[0][1] >= 0.6 * len(places)


def regions(cells: Sequence[Line]) -> list[list[Line]]:
    """The lines of a page in reading order: each region is one column, or runs over the whole width."""
    return [rows(region) for region in _columns(sorted(cells, key=lambda cell: (cell.y0 + cell.y1, cell.x0)))]


def _columns(cells: list[Line]) -> list[list[Line]]:
    best: list[_Band] = []
    for gutter in _gutters(cells):
        bands = list(_bands(cells, gutter))
        if sum(end - start for start, end, _ in bands) > sum(end - start for start, end, _ in best):
            best = bands
    found: list[list[Line]] = []
    at = 0
    for start, end, gutter in best:
        found.append(cells[at:start])
        for strip in _strips(cells[start:end], gutter):
            found += _columns([cell for cell in strip if cell.x0 < gutter])
            found += _columns([cell for cell in strip if cell.x0 >= gutter])
        at = end
    found.append(cells[at:])
    return [region for region in found if region]


def _gutters(cells: Sequence[Line]) -> list[float]:
    """Places where a column to the right may begin: left edges that several lines share, the leftmost aside."""
    edges = Counter(round(cell.x0 / 2) for cell in cells)
    shared = sorted(edge * 2.0 - 2.0 for edge, count in edges.items() if count >= 3)
    return shared[1:] if len(shared) <= 12 else []


def _bands(cells: Sequence[Line], gutter: float) -> Iterator[_Band]:
    """Runs of cells (from, to) that no line crosses at ``gutter``, with prose on both of its sides."""
    start = 0
    for at in range(len(cells) + 1):
        if at == len(cells) or (cells[at].x0 < gutter and cells[at].x1 > gutter):
            if _is_prose_beside_prose(cells[start:at], gutter):
                yield start, at, gutter
            start = at + 1


def _is_prose_beside_prose(cells: Sequence[Line], gutter: float) -> bool:
    sides = [[c for c in cells if c.x0 < gutter], [c for c in cells if c.x0 >= gutter]]
    if any(len(side) < 3 for side in sides):
        return False
    top = max(min(cell.y0 for cell in side) for side in sides)
    bottom = min(max(cell.y1 for cell in side) for side in sides)
    extents = [max(cell.y1 for cell in side) - min(cell.y0 for cell in side) for side in sides]
    if bottom - top < 0.4 * min(extents):
        return False
    for side in sides:
        width = max(cell.x1 for cell in side) - min(cell.x0 for cell in side)
        filled = statistics.fmean(cell.x1 - cell.x0 for cell in side) / max(width, 1.0)
        if filled < 0.6 or statistics.fmean(len(cell.text) for cell in side) < 12:
            return False
    return True


def _strips(cells: Sequence[Line], gutter: float) -> list[list[Line]]:
    """The rows of a table whose cells hold prose, or the whole band where it is text in columns.

    Paragraphs in columns end beside each other by chance; in a table most blanks run through both columns.
    """
    sides = [[c for c in cells if c.x0 < gutter], [c for c in cells if c.x0 >= gutter]]
    steps = [after.y0 - cell.y0 for side in sides for cell, after in pairwise(side) if after.y0 > cell.y0 + 1]
    blank = 1.3 * statistics.median(steps)
    common = _runs(cells, blank)
    most = 0.6 * max(len(_runs(side, blank)) - 1 for side in sides)
    return common if len(common) >= 3 and len(common) - 1 >= most else [list(cells)]


def _runs(cells: Sequence[Line], blank: float) -> list[list[Line]]:
    """Cells from top to bottom, parted wherever all of them leave more than ``blank`` points to the next."""
    found: list[list[Line]] = []
    top = 0.0
    for cell in sorted(cells, key=lambda cell: cell.y0):
        if not found or cell.y0 - top > blank:
            found.append([])
        found[-1].append(cell)
        top = max(top, cell.y0)
    return found


def rows(cells: Sequence[Line]) -> list[Line]:
    """Cells that stand side by side, joined to one line each: "52." and the text after its tab, a raised mark."""
    found: list[list[Line]] = []
    for cell in sorted(cells, key=lambda cell: (cell.y0 + cell.y1, cell.x0)):
        for row in reversed(found[-3:]):
            if _is_beside(row, cell):
                row.append(cell)
                break
        else:
            found.append([cell])
    return [_joined(row) for row in found]


def _is_beside(row: Sequence[Line], cell: Line) -> bool:
    tallest = max(row, key=lambda other: other.height)
    shared = min(tallest.y1, cell.y1) - max(tallest.y0, cell.y0)
    if shared < 0.5 * min(tallest.height, cell.height):
        return False
    if min(len(tallest.text), len(cell.text)) > 4 and abs(tallest.size - cell.size) > 0.15 * tallest.size:
        return False
    return all(min(other.x1, cell.x1) - max(other.x0, cell.x0) < 0.2 * cell.size for other in row)


def _joined(row: list[Line]) -> Line:
    if len(row) == 1:
        return row[0]
    main = max(row, key=lambda cell: len(cell.text))
    rtl = sum(len(_RTL.findall(cell.text)) for cell in row) * 2 > sum(len(cell.text) for cell in row)
    ordered = sorted(row, key=lambda cell: cell.x0, reverse=rtl)
    pieces = _pieces(ordered[0], main)
    for before, cell in pairwise(ordered):
        gap = before.x0 - cell.x1 if rtl else cell.x0 - before.x1
        pieces += [" " if gap > 0.12 * main.size else "", *_pieces(cell, main)]
    return Line(
        text=joined(pieces),
        x0=min(cell.x0 for cell in row),
        y0=main.y0,
        x1=max(cell.x1 for cell in row),
        y1=main.y1,
        size=main.size,
        bold=main.bold,
        head=ordered[0].head,
        page=main.page,
        cells=sum(1 for before, cell in pairwise(ordered) if cell.x0 - before.x1 > main.size) + 1,
    )


def _pieces(cell: Line, main: Line) -> list[str]:
    """The text of a cell, what stands raised in its row apart: all of it, or a mark that it begins with."""
    lead = len(cell.text) if is_raised(cell.size, cell.base, main.size, main.base) else cell.lead
    return [Raised(cell.text[:lead]), cell.text[lead:]]
