"""Works out the numbers that an OpenDocument text shows before list items and headings but does not store in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lxml import etree

from indexer.readers.list_numbers import written

_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_ID: Final = "{http://www.w3.org/XML/1998/namespace}id"
_FORMS: Final = {"a": "lowerAlpha", "A": "upperAlpha", "i": "lowerRoman", "I": "upperRoman"}
_RUSSIAN: Final = {"а": "russianLower", "А": "russianUpper"}
_IN_LIST: Final = frozenset({f"{_TEXT}list", f"{_TEXT}list-item", f"{_TEXT}list-header"})
_DEEPEST: Final = 10  # the levels that a list style may have


@dataclass(frozen=True, slots=True)
class _Level:
    form: str  # "" for a bullet and for a level without numbers
    before: str
    after: str
    start: int
    shown: int  # how many levels are shown, this one included


_Levels = dict[int, _Level]
_Counts = dict[int, int]


class ListNumbers:
    """The list styles of one file and how far each list has counted."""

    def __init__(self, *parts: etree._Element | None) -> None:
        """Take the roots of the parts that define styles, the one that goes before another last."""
        self._styles: dict[str, _Levels] = {}
        self._outline: _Levels = {}
        self._chapters: _Counts = {}
        self._by_id: dict[str, _Counts] = {}
        self._last: dict[str, _Counts] = {}
        self._open: tuple[etree._Element | None, _Counts] = (None, {})
        for part in parts:
            for style in () if part is None else part.iter(f"{_TEXT}list-style", f"{_TEXT}outline-style"):
                if style.tag == f"{_TEXT}outline-style":
                    self._outline = _levels(style)
                else:
                    self._styles[style.get(f"{_STYLE}name") or ""] = _levels(style)

    def next(self, paragraph: etree._Element) -> str:
        """Count a paragraph or heading and return its number, "" where it has none."""
        item = paragraph.getparent()
        if item is None or item.tag != f"{_TEXT}list-item":
            return self._next_chapter(paragraph) if paragraph.tag == f"{_TEXT}h" else ""
        if next(item.iterchildren(f"{_TEXT}p", f"{_TEXT}h")) is not paragraph:
            return ""  # the rest of its item
        lists: list[etree._Element] = []
        for above in item.iterancestors():
            if above.tag not in _IN_LIST or len(lists) > _DEEPEST:
                break
            if above.tag == f"{_TEXT}list":
                lists.append(above)
        style = next((name for one in lists if (name := one.get(f"{_TEXT}style-name"))), "")
        levels = self._styles.get(style, {})
        if not lists or len(lists) not in levels:
            return ""
        return _count(levels, self._counts_of(lists[-1]), len(lists), item)

    def _next_chapter(self, heading: etree._Element) -> str:
        level = _number(heading, "outline-level", 1)
        if level not in self._outline or heading.get(f"{_TEXT}is-list-header") == "true":
            return ""
        if heading.get(f"{_TEXT}restart-numbering") == "true":
            self._chapters.pop(level, None)
        return _count(self._outline, self._chapters, level, heading)

    def _counts_of(self, outermost: etree._Element) -> _Counts:
        """How far a list has counted: on from another where it says so."""
        if self._open[0] is outermost:
            return self._open[1]
        style = outermost.get(f"{_TEXT}style-name") or ""
        counts = self._by_id.get(outermost.get(f"{_TEXT}continue-list") or "")
        if counts is None and outermost.get(f"{_TEXT}continue-numbering") == "true":
            counts = self._last.get(style)
        counts = {} if counts is None else counts
        self._open, self._last[style] = (outermost, counts), counts
        for name in (_ID, f"{_TEXT}id"):
            if given := outermost.get(name):
                self._by_id[given] = counts
        return counts


def _count(levels: _Levels, counts: _Counts, level: int, item: etree._Element) -> str:
    """Count one item and return its number; ``item`` may say with which number to go on."""
    said = levels[level]
    counts[level] = _number(item, "start-value", counts.get(level, said.start - 1) + 1)
    for deeper in [other for other in counts if other > level]:
        del counts[deeper]
    if not said.form:
        return ""
    shown = [upper for upper in range(max(1, level - said.shown + 1), level + 1) if upper in levels]
    numbers = (
        written(counts.get(upper, levels[upper].start), levels[upper].form) for upper in shown if levels[upper].form
    )
    return f"{said.before}{'.'.join(numbers)}{said.after}".strip()


def _levels(style: etree._Element) -> _Levels:
    found: _Levels = {}
    for level in style.iterchildren(etree.Element):
        form = level.get(f"{_STYLE}num-format") or ""
        found[_number(level, "level", 1)] = _Level(
            form and (_FORMS.get(form) or _RUSSIAN.get(form[:1], "decimal")),
            level.get(f"{_STYLE}num-prefix") or "",
            level.get(f"{_STYLE}num-suffix") or "",
            _number(level, "start-value", 1),
            _number(level, "display-levels", 1),
        )
    return found


def _number(element: etree._Element, name: str, default: int) -> int:
    value = element.get(f"{_TEXT}{name}") or ""
    return int(value) if value.isdecimal() and len(value) <= 6 else default
