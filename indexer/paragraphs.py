"""The blocks of a reader, of whatever format, as numbered paragraphs with label, heading path and place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from indexer.document import ASIDE, Extract, Kind, Paragraph
from indexer.labels import Label, label
from indexer.marks import ends_open, is_contents_line, marks
from indexer.series import Piece

# What str.strip() takes, and the blanks that it leaves: zero-width space and byte order mark.
_BLANKS = " \t\r\n\f\v\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b"
_BLANKS += "\u2028\u2029\u202f\u205f\u3000\ufeff\x1c\x1d\x1e\x1f\x85"
_HYPHEN = re.compile(r"\w[-\u00ad\u2010]$")
_LONG_LINE = 160  # characters: text whose lines are longer was not wrapped, so each line is a paragraph


def paragraphs(extract: Extract, document_id: str) -> list[Paragraph]:
    """The paragraphs of a document in reading order, numbered from 1.

    ``text == extract.text[char_start:char_end]``, without blanks at either end and with its mark; paragraphs do
    not overlap, and labels do not repeat within a document.
    """
    pieces = list(_pieces(extract))
    if not any(piece.kind is Kind.HEADING for piece in pieces):
        _find_headings(pieces)
    labels = label(pieces)
    pieces, labels = _rejoined(extract.text, pieces, labels)
    paths = _heading_paths(pieces, labels)
    return [
        Paragraph(
            document_id=document_id,
            number=number,
            label=found.text if found else None,
            label_kind=found.kind if found else None,
            heading_path=path,
            page=piece.page,
            kind=piece.kind,
            char_start=piece.start,
            char_end=piece.end,
            text=piece.text,
        )
        for number, (piece, found, path) in enumerate(zip(pieces, labels, paths, strict=True), start=1)
    ]


def body_start(paragraph: Paragraph) -> int:
    """Where in ``paragraph.text`` the words begin, after its mark ("8. ", "(b) ", "–  "); 0 if it has none."""
    found = marks(paragraph.text) if paragraph.label or paragraph.kind is Kind.LIST_ITEM else []
    if found:
        return found[0].end
    match = re.match(r"[(\[]?\d{1,3}[)\].]*\s*", paragraph.text) if paragraph.kind is Kind.FOOTNOTE else None
    return match.end() if match else 0


def _pieces(extract: Extract) -> Iterator[Piece]:
    """The blocks, trimmed, cut where one holds several paragraphs or may do so (soft)."""
    at = 0
    for block in extract.blocks:
        first = True
        for start, end, soft in _cuts(extract.text, max(block.start, at), min(block.end, len(extract.text))):
            text = extract.text[start:end]
            kind = block.kind
            if kind is Kind.BODY and (found := marks(text)) and found[0].style == "-":
                kind = Kind.LIST_ITEM
            yield Piece(start, end, text, kind, block.level, block.page, soft and not first)
            first = False
            at = end


def _cuts(text: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Start and end of what may be a paragraph each in a block, and whether it only may be one."""
    lines = list(_lines(text, start, end))
    unwrapped = any(stop - begin > _LONG_LINE for begin, stop in lines) and len(lines) > 1
    run: tuple[int, int] | None = None
    soft = False
    for begin, stop in lines:
        marked = marks(text[begin : min(stop, begin + 40)])
        if run is not None and marked and _closes_bracket(text[run[0] : run[1]], marked[0].style):
            marked = []
        hyphenated = run is not None and bool(_HYPHEN.search(text[max(run[0], run[1] - 2) : run[1]]))
        if run is not None and (hyphenated or not (marked or unwrapped)):
            run = (run[0], stop)
            continue
        if run is not None:
            yield from _notes(text, *run, soft)
        soft = bool(marked) and not unwrapped and marked[0].style != "-"
        run = (begin, stop)
    if run is not None:
        yield from _notes(text, *run, soft)


def _closes_bracket(before: str, style: str) -> bool:
    """Whether "189)" at the start of a line ends what "(No." began on the line before."""
    return style in ("1)", "a)", "i)") and before.count("(") > before.count(")")


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for line in text[start:end].split("\n"):
        begin = at + len(line) - len(line.lstrip(_BLANKS))
        stop = at + len(line.rstrip(_BLANKS))
        if stop > begin:
            yield begin, stop
        at += len(line) + 1


def _notes(text: str, start: int, end: int, soft: bool) -> Iterator[tuple[int, int, bool]]:
    """A line of footnotes that run on, "(1)OJ C 23, p. 83.(2)OJ C 45, p. 85.", cut before each of them."""
    first = re.match(r"\((\d{1,3})\)", text[start:end])
    begin = start
    if first:
        number = int(first[1])
        for mark in re.finditer(r"(?<=[.;!?)\]”\"’])[\s\u00a0]*\((\d{1,3})\)(?=\s?[^\W\d_(])", text[start:end]):
            if int(mark[1]) == number + 1:
                cut = start + mark.start(1) - 1
                stop = begin + len(text[begin:cut].rstrip(_BLANKS))
                if stop > begin:
                    yield begin, stop, soft
                    begin, number, soft = cut, number + 1, False
    yield begin, end, soft


def _find_headings(pieces: Sequence[Piece]) -> None:
    """Headings in plain text: short lines without an end, over longer text that has one."""
    titled = False
    for piece, after in pairwise(pieces):
        if piece.kind is not Kind.BODY or not _looks_like_heading(piece.text):
            continue
        over_text = after.kind not in ASIDE and len(after.text) >= max(100, 2 * len(piece.text))
        if over_text or (not titled and _looks_like_heading(after.text) and len(piece.text) > 20):
            piece.kind = Kind.HEADING
            piece.level = 2 if titled else 1
            titled = True


def _looks_like_heading(text: str) -> bool:
    words = text.split()
    if not 1 <= len(words) <= 16 or len(text) > 120 or "\n" in text or not ends_open(text):
        return False
    found = marks(text)
    if (found and found[0].style not in ("A.", "I.", "1.", "1.1")) or is_contents_line(text):
        return False
    first = text[found[0].end :] if found else text
    letters = sum(char.isalpha() for char in text)
    return letters * 2 > len(text) and not first[:1].islower() and not re.search(r"https?://|www\.|@|\.\w{3,4}$", text)


def _rejoined(
    source: str, pieces: Sequence[Piece], labels: Sequence[Label | None]
) -> tuple[list[Piece], list[Label | None]]:
    """Without the cuts that no label bears out, and with a mark on a line of its own joined to its text."""
    kept: list[Piece] = []
    named: list[Label | None] = []
    for piece, found in zip(pieces, labels, strict=True):
        before = kept[-1] if kept else None
        alone = before is not None and named[-1] is not None and _is_mark_alone(before.text)
        if before is not None and (
            (piece.soft and found is None and piece.kind is not Kind.LIST_ITEM)
            or (alone and found is None and piece.kind in (Kind.BODY, Kind.LIST_ITEM))
        ):
            before.end = piece.end
            before.text = source[before.start : piece.end]
        else:
            kept.append(piece)
            named.append(found)
    return kept, named


def _is_mark_alone(text: str) -> bool:
    found = marks(text)
    return bool(found) and found[0].end >= len(text)


def _heading_paths(pieces: Sequence[Piece], labels: Sequence[Label | None]) -> list[tuple[str, ...]]:
    """For each piece the headings above it, outermost first; a heading's own path does not hold itself."""
    paths: list[tuple[str, ...]] = []
    above: list[tuple[int, int, str]] = []  # level, depth of the section number, text
    for piece, found in zip(pieces, labels, strict=True):
        if piece.kind is Kind.HEADING:
            depth = len(found.text.split(".")) if found and found.kind == "section" else 0
            while above and not _is_below(piece.level, depth, above[-1][0], above[-1][1]):
                above.pop()
        paths.append(() if piece.kind in ASIDE else tuple(text for _, _, text in above))
        if piece.kind is Kind.HEADING:
            above.append((piece.level, depth, " ".join(piece.text.split())))
    return paths


def _is_below(level: int, depth: int, upper_level: int, upper_depth: int) -> bool:
    """Whether a heading stands under another one: by their section numbers, else by their levels."""
    if depth and upper_depth:
        return depth > upper_depth
    if level and upper_level:
        return level > upper_level
    return bool(depth) and not upper_depth and upper_level == 1
