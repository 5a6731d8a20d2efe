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
from indexer.series import SUB_STYLES, Piece, Series, find_series, line_of_its_own

_HAVING_REGARD = re.compile(
    r"having regard|vu |unter Hinweis auf|teniendo |tendo em conta|visti? |gezien |uwzględniając|учитывая", re.I
)
_WHEREAS = re.compile(r"whereas|considérant|in der Erwägung|considerando|overwegende|mając na uwadze|поскольку", re.I)
_PART = re.compile(r"(?:annex|appendix|addendum|schedule|part|chapter|protocol)\b[\s\w]{0,6}", re.I)
_NAME_OF_A_LIST = 60  # characters: a longer line that announces a list is no name to cite it by


def _spaced(words: str) -> str:
    """A pattern for words that may be set with a blank after each letter: "П Р И Г О В О Р И Л"."""
    return "|".join(r"[ \u00a0]?".join(word) for word in words.split())


# What opens the operative part of a judgment. It is a line, not a sentence of the reasons: it has no full stop.
_OPERATIVE = re.compile(
    r"^(?:for (?:these|those|the (?:foregoing|above)) reasons|on (?:these|those) grounds|par ces motifs|"
    r"aus diesen gründen|por (?:estos|esos|estes) (?:motivos|fundamentos)|per (?:questi|tali) motivi|"
    r"z (?:tych|powyższych) względów)\b[^.]{0,200}\Z|"
    rf"(?:^|\bсуд[\w\s]{{0,40}}?\s)(?:{_spaced('приговорил постановил решил определил')})[аи]?\s*:\Z|"
    rf"(?:^|\bсуд\s+)(?:{_spaced('засудив ухвалив вирішив постановив')})\s*:\Z|"
    rf"(?:^|\s)(?:{_spaced('үкім шешім қаулы')})\s+(?:{_spaced('етті шығарды қабылдады')})\s*:\Z",
    re.IGNORECASE | re.MULTILINE,
)


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
    above: dict[int, int] = {}  # of a piece: the one whose label its own begins with
    text_claims, head_claims = _parted(pieces, claims)
    for series in find_series(pieces, head_claims):
        _label_sections(series, pieces, labels, above)
    series_found = find_series(pieces, text_claims)
    resolution = _is_resolution(pieces, series_found)
    for series in series_found:
        if _is_believed(series, pieces):
            _label_series(series, pieces, labels, resolution, above)
    if resolution:
        _label_citations(pieces, labels)
    _label_footnotes(pieces, labels)
    first = {at: series.items[0][0] for series in series_found for at, _ in series.items}
    return _Parts(pieces, labels, above, first).without_repeats()


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


def _label_sections(series: Series, pieces: Sequence[Piece], labels: list[Label | None], above: dict[int, int]) -> None:
    if len(series.items) < 2 and not (series.prefix or series.parent is not None):
        return
    parent = labels[series.parent] if series.parent is not None else None
    for at, mark in series.items:
        token = mark.token
        if parent and not series.prefix and parent.text.startswith("section "):
            token = f"{parent.text.removeprefix('section ')}.{token}"
            above[at] = series.parent  # type: ignore[assignment]
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


def _label_series(
    series: Series, pieces: Sequence[Piece], labels: list[Label | None], resolution: bool, above: dict[int, int]
) -> None:
    parent = labels[series.parent] if series.parent is not None else None
    below = {at: series.parent for at, _ in series.items if parent and series.parent is not None}
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
        above.update(below)
        for at, mark in series.items:
            pieces[at].kind = Kind.LIST_ITEM
            if parent:
                labels[at] = Label(f"{parent.text} ({mark.token})", "subpara")
        return
    if series.style in ("A.", "I."):
        return
    if series.nested:
        above.update(below)
    for at, mark in series.items:
        pieces[at].kind = Kind.BODY
        if series.nested and parent:
            labels[at] = Label(f"{parent.text}.{mark.token}", "para")
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
        match = re.match(r"[\[(]?(\d{1,3})(?!\d)", piece.text)
        if piece.kind is Kind.FOOTNOTE and labels[at] is None and match:
            labels[at] = Label(f"footnote {match[1]}", "footnote")


class _Parts:
    """A walk through the labels that tells those that come again apart by their page or their part, or drops them.

    The first paragraph keeps the label: a reader who looks for "3" finds the "3" of the main text. What stands below a
    paragraph follows it: "operative 3 (a)" below "operative 3", and nothing below one that lost its label.
    """

    def __init__(
        self, pieces: Sequence[Piece], labels: Sequence[Label | None], above: dict[int, int], first: dict[int, int]
    ) -> None:
        self.pieces = pieces
        self.claimed = labels
        self.labels = list(labels)
        self.above = above
        self.first = first
        self.seen: set[str] = set()
        self.part = ""
        self.operative: int | None = None  # where the operative part opened
        self.unnumbered = False  # whether no paragraphs have been numbered in it so far
        self.named: dict[int, str | None] = {}  # of a list, by its first item: the part of all of it, None: it has none

    def without_repeats(self) -> list[Label | None]:
        for at, found in enumerate(self.claimed):
            self._enter(at)
            text = self._text(at, found) if found else None
            self.labels[at] = Label(text, found.kind) if found and text and text not in self.seen else None
            if kept := self.labels[at]:
                self.seen.add(kept.text)
            elif at in self.named:
                self.named[at] = None
        return self.labels

    def _enter(self, at: int) -> None:
        """Note the part of the document that begins with a piece, if one does."""
        piece, found = self.pieces[at], self.claimed[at]
        if found is None and piece.kind not in (*ASIDE, Kind.FOOTNOTE) and _OPERATIVE.search(piece.text):
            self.part, self.operative, self.unnumbered = "", at, True
        elif piece.kind is Kind.HEADING:
            match = _PART.match(piece.text)
            self.part = match[0].strip() if match else found.text if found else self.part
            self.unnumbered = False

    def _text(self, at: int, found: Label) -> str | None:
        parent = self.above.get(at)
        first = self.first.get(at, at)
        if parent is not None:
            return self._below(parent, at, first, found)
        if at == first and found.kind == "para":
            if found.text in self.seen and (name := self._name(at)):
                self.named[at] = name
            self.unnumbered = False
        if first in self.named:
            name = self.named[first]
            return f"{name}{found.text.removeprefix('para ')}" if name else None
        if found.text not in self.seen:
            return found.text
        page = self.pieces[at].page
        where = f"page {page}" if found.kind == "footnote" and page else self.part
        return f"{where}, {found.text}" if where else None

    def _below(self, parent: int, at: int, first: int, found: Label) -> str | None:
        """The label of what stands below a paragraph, unless the operative part has opened between the two."""
        over, claimed = self.labels[parent], self.claimed[parent]
        if claimed is None:
            return None
        own = found.text.removeprefix(claimed.text)
        if self.operative is None or not parent < self.operative <= first:
            return over.text + own if over else None
        if at == first and self.unnumbered:
            self.named[first] = "operative "
            self.unnumbered = False
        return f"operative {own.lstrip(' .')}" if self.named.get(first) else None

    def _name(self, at: int) -> str | None:
        """What a whole list that begins at ``at`` is told apart by: the operative part, or the line announcing it."""
        if self.unnumbered:
            return "operative "
        line = line_of_its_own(self.pieces[at - 1].text) if at and self.pieces[at - 1].kind not in ASIDE else None
        if line is None or not line.endswith(":") or len(line) > _NAME_OF_A_LIST or marks(line):
            return None
        return f"{line[:-1].rstrip()}, "
