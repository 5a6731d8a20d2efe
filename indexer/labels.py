"""What a document itself calls its paragraphs: "recital O", "para 8", "124.40", "3 (b)", "section 2.1".

A mark at the start of a paragraph is only a claim. It becomes a label when it takes its place in a series that goes
up in order; a year, a cross-reference or a number that opens a sentence does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from indexer.document import ASIDE, Kind
from indexer.marks import Mark, ends_open, is_contents_line, marks
from indexer.series import SUB_STYLES, Piece, Series, find_series

_HAVING_REGARD = re.compile(
    r"having regard|vu |unter Hinweis auf|teniendo |tendo em conta|visti? |gezien |uwzględniając|учитывая", re.I
)
_WHEREAS = re.compile(r"whereas|considérant|in der Erwägung|considerando|overwegende|mając na uwadze|поскольку", re.I)


@dataclass(frozen=True, slots=True)
class Label:
    """``text`` as one would cite it, and its ``kind``: para, subpara, recital, citation, footnote or section."""

    text: str
    kind: str


def label(pieces: Sequence[Piece]) -> list[Label | None]:
    """The label of each piece, None where it has none; labels do not repeat.

    Changes the kind of a piece where its label shows what it is: a numbered heading, a recital, a footnote.
    """
    claims = [_claims(piece) for piece in pieces]
    labels: list[Label | None] = [None] * len(pieces)
    text_claims, head_claims = _parted(pieces, claims)
    for series in find_series(pieces, head_claims):
        _label_sections(series, pieces, labels)
    series_found = find_series(pieces, text_claims)
    resolution = _is_resolution(pieces, series_found)
    for series in series_found:
        if _is_believed(series, pieces):
            _label_series(series, pieces, labels, resolution)
    if resolution:
        _label_citations(pieces, labels)
    _label_footnotes(pieces, labels)
    _drop_repeats(pieces, labels)
    return labels


def _claims(piece: Piece) -> list[Mark]:
    if piece.kind in (*ASIDE, Kind.FOOTNOTE) or is_contents_line(piece.text):
        return []
    return marks(piece.text)


def _parted(pieces: Sequence[Piece], claims: Sequence[list[Mark]]) -> tuple[list[list[Mark]], list[list[Mark]]]:
    """Claims of running text and claims of headings. "A." over a recital and "A." over a chapter look alike."""
    text: list[list[Mark]] = []
    head: list[list[Mark]] = []
    for piece, found in zip(pieces, claims, strict=True):
        style = found[0].style if found else ""
        titled = piece.kind is Kind.HEADING or (style in ("A.", "I.", "1.1") and _is_title(piece.text))
        as_head = titled and style in ("A.", "I.", "1.", "1.1", "1")
        head.append(found if as_head else [])
        text.append([] if as_head and not (style in ("1.", "1.1") and not ends_open(piece.text)) else found)
    for at, found in enumerate(head):
        if found and _continues(found[0], at, text, head):
            text[at], head[at] = found, []
    return text, head


def _continues(mark: Mark, at: int, text: Sequence[list[Mark]], head: Sequence[list[Mark]]) -> bool:
    """Whether what looks like a heading takes the next number of the running text: "127." between 126 and 128."""
    if mark.style not in ("1.", "1.1"):
        return False
    before = _nearest(mark, reversed(range(at)), text, mark.value - 1)
    after = _nearest(mark, range(at + 1, len(text)), text, mark.value + 1)
    return (before or (after and mark.value == 1)) and not _nearest(mark, reversed(range(at)), head, mark.value - 1)


def _nearest(mark: Mark, places: Iterable[int], claims: Sequence[list[Mark]], value: int) -> bool:
    """Whether the nearest claim of the style of ``mark`` has the number ``value``."""
    for at in places:
        for other in claims[at]:
            if (other.style, other.prefix) == (mark.style, mark.prefix) and not other.weak:
                return other.value == value
    return False


def _is_title(text: str) -> bool:
    return len(text) <= 120 and "\n" not in text.strip() and ends_open(text) and not _WHEREAS.search(text[:20])


def _label_sections(series: Series, pieces: Sequence[Piece], labels: list[Label | None]) -> None:
    if len(series.items) < 2 and not (series.prefix or series.parent is not None):
        return
    above = labels[series.parent] if series.parent is not None else None
    for at, mark in series.items:
        token = mark.token
        if above and not series.prefix and above.text.startswith("section "):
            token = f"{above.text.removeprefix('section ')}.{token}"
        labels[at] = Label(f"section {token}", "section")
        pieces[at].kind = Kind.HEADING


def _is_resolution(pieces: Sequence[Piece], found: Sequence[Series]) -> bool:
    """Citations ("having regard to"), recitals ("whereas") and numbered paragraphs make a resolution."""
    regards = any(_HAVING_REGARD.match(_after_mark(piece.text)) for piece in pieces)
    recitals = any(_is_recitals(series, pieces) for series in found)
    numbered = any(series.style == "1." and len(series.items) > 1 for series in found)
    return regards and recitals and numbered


def _is_recitals(series: Series, pieces: Sequence[Piece]) -> bool:
    if series.style not in ("A.", "(1)") or len(series.items) < 2:
        return False
    saying = sum(bool(_WHEREAS.match(pieces[at].text[mark.end :])) for at, mark in series.items)
    return saying * 2 > len(series.items)


def _after_mark(text: str) -> str:
    found = marks(text)
    return text[found[0].end :] if found else text


def _is_believed(series: Series, pieces: Sequence[Piece]) -> bool:
    """Whether a series is long enough to be the document's own numbering rather than chance."""
    if series.style == "1.1":
        return len(series.items) >= 2 or series.parent is not None
    if series.style == "1":  # a bare number needs more: five in a row, over paragraphs and not table rows
        lengths = sorted(len(pieces[at].text) for at, _ in series.items)
        return len(lengths) >= 5 and series.items[0][1].value == 1 and lengths[len(lengths) // 2] >= 60
    return len(series.items) >= 2


def _label_series(series: Series, pieces: Sequence[Piece], labels: list[Label | None], resolution: bool) -> None:
    above = labels[series.parent] if series.parent is not None else None
    if _is_recitals(series, pieces):
        for at, mark in series.items:
            labels[at] = Label(f"recital {mark.token}", "recital")
            pieces[at].kind = Kind.BODY
        return
    if series.style == "(1)" and _is_referred_to(series, pieces):
        for at, mark in series.items:
            labels[at] = Label(f"footnote {mark.token}", "footnote")
            pieces[at].kind = Kind.FOOTNOTE
        return
    if series.style in SUB_STYLES:
        for at, mark in series.items:
            pieces[at].kind = Kind.LIST_ITEM
            if above:
                labels[at] = Label(f"{above.text} ({mark.token})", "subpara")
        return
    if series.style in ("A.", "I."):
        return
    for at, mark in series.items:
        pieces[at].kind = Kind.BODY
        if series.nested and above:
            labels[at] = Label(f"{above.text}.{mark.token}", "para")
        else:
            labels[at] = Label(f"para {mark.token}" if resolution else mark.token, "para")


def _is_referred_to(series: Series, pieces: Sequence[Piece]) -> bool:
    """Whether "(1)", "(2)" stand in the text before, right after a word, as the marks of footnotes do."""
    before = "\n".join(piece.text for piece in pieces[: series.items[0][0]])
    after_word = any(re.search(rf"[^\W\d_][”’\"»)]?\({mark.value}\)", before) for _, mark in series.items)
    marked = sum(bool(re.search(rf"\S\({mark.value}\)", before)) for _, mark in series.items)
    return after_word and marked * 2 > len(series.items)


def _label_citations(pieces: Sequence[Piece], labels: list[Label | None]) -> None:
    number = 0
    for at, piece in enumerate(pieces):
        if labels[at] is None and _HAVING_REGARD.match(_after_mark(piece.text)) and piece.kind not in ASIDE:
            number += 1
            labels[at] = Label(f"citation {number}", "citation")
            piece.kind = Kind.BODY


def _label_footnotes(pieces: Sequence[Piece], labels: list[Label | None]) -> None:
    for at, piece in enumerate(pieces):
        match = re.match(r"\(?(\d{1,3})(?!\d)", piece.text)
        if piece.kind is Kind.FOOTNOTE and labels[at] is None and match:
            labels[at] = Label(f"footnote {match[1]}", "footnote")


def _drop_repeats(pieces: Sequence[Piece], labels: list[Label | None]) -> None:
    """A label that comes again is qualified by its page or its annex; where that does not tell them apart, dropped.

    The first paragraph keeps the label: a reader who looks for "3" finds the "3" of the main text.
    """
    seen: set[str] = set()
    part = ""
    for at, found in enumerate(labels):
        if pieces[at].kind is Kind.HEADING:
            match = re.match(
                r"(?:annex|appendix|addendum|schedule|part|chapter|protocol)\b[\s\w]{0,6}", pieces[at].text, re.I
            )
            part = match[0].strip() if match else labels[at].text if labels[at] else part  # type: ignore[union-attr]
        if found is None:
            continue
        if found.text in seen:
            page = pieces[at].page
            where = f"page {page}" if found.kind == "footnote" and page else part
            text = f"{where}, {found.text}"
            found = Label(text, found.kind) if where and text not in seen else None
            labels[at] = found
        if found:
            seen.add(found.text)
