"""Works out the numbers that a browser shows before the items of an ordered list but that are not in its text.

A list that is laid out without numbers has none: by its own style, by a simple rule of a style sheet in the page, or by
a class that common style sheets give such lists. Sheets in other files are not read.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from indexer.readers.list_numbers import written

_LIST_STYLE: Final = re.compile(r"(?:^|[;\s])list-style(?:-type)?\s*:([^;]*)", re.IGNORECASE)
_LONGEST_PART: Final = 2_000  # characters of the selectors or the body of a rule that are looked at
_SIMPLE: Final = re.compile(r"(ol|li|\*)?([.#][\w-]+)?", re.IGNORECASE)
_UNNUMBERED: Final = re.compile(
    r"(?:^|[-_\s])(?:unstyled|list-none|list-inline|no-?bullets?|no-?list-?style|breadcrumbs?|comment-?list|carousel|slides?)"
    r"(?:$|[-_\s])",
    re.IGNORECASE,
)
_TYPES: Final = {"1": "decimal", "a": "lowerAlpha", "A": "upperAlpha", "i": "lowerRoman", "I": "upperRoman"}
_STYLES: Final = {
    **{"none": "", "disc": "", "circle": "", "square": "", "decimal": "decimal", "decimal-leading-zero": "decimalZero"},
    **{"lower-alpha": "lowerAlpha", "lower-latin": "lowerAlpha", "upper-alpha": "upperAlpha"},
    **{"upper-latin": "upperAlpha", "lower-roman": "lowerRoman", "upper-roman": "upperRoman"},
}
_INTEGER: Final = re.compile(r"\s*([+-]?\d{1,6})(?!\d)")


class ListNumbers:
    """How far each ordered list of a page has counted."""

    def __init__(self, root: etree._Element) -> None:
        """Take the root of the page."""
        self._unnumbered = _selectors_without_numbers(root)
        self._counts: dict[etree._Element, int] = {}
        self._forms: dict[etree._Element, str] = {}

    def next(self, item: etree._Element) -> str:
        """Count a list item and return its number, without the stop behind it; "" where none is shown."""
        parent = item.getparent()
        if parent is None or parent.tag != "ol":
            return ""
        step = -1 if parent.get("reversed") is not None else 1
        if parent not in self._counts:
            first = sum(1 for _ in parent.iterchildren("li")) if step < 0 else 1
            self._counts[parent] = _integer(parent, "start", first) - step
            self._forms[parent] = self._form(parent, _TYPES.get(parent.get("type") or "", "decimal"))
        number = self._counts[parent] = _integer(item, "value", self._counts[parent] + step)
        form = self._form(item, _TYPES.get(item.get("type") or "", self._forms[parent]))
        return written(number, form) if form and self._forms[parent] else ""

    def _form(self, element: etree._Element, form: str) -> str:
        """Return how the items of a list are numbered, "" for not at all, where attributes alone say ``form``."""
        said = _LIST_STYLE.search(element.get("style") or "")
        if said:
            return next((_STYLES[word] for word in said[1].lower().split() if word in _STYLES), form)
        classes = element.get("class") or ""
        names = {str(element.tag), "*", f"#{element.get('id')}", *(f".{name}" for name in classes.split())}
        return "" if names & self._unnumbered or _UNNUMBERED.search(classes) else form


def _selectors_without_numbers(root: etree._Element) -> frozenset[str]:
    """Return the names, classes and ids of which a style sheet in the page says that their items have no numbers."""
    found = set()
    sheets = root.iter("style") if next(root.iter("ol"), None) is not None else ()
    for text in (sheet.text or "" for sheet in sheets):
        for rule in _uncommented(text).split("}") if "list-style" in text else ():
            selectors, _, body = rule.rpartition("{")
            said = _LIST_STYLE.search(body[:_LONGEST_PART])
            if said and "none" in re.findall(r"[a-z-]+", said[1].lower()):
                matches = (_SIMPLE.fullmatch(selector.strip()) for selector in selectors[-_LONGEST_PART:].split(","))
                found |= {match[2] or (match[1] or "").lower() for match in matches if match}
    return frozenset(found - {""})


def _uncommented(sheet: str) -> str:
    """A style sheet without its comments; one that is not closed goes to the end, as in a browser."""
    first, *rest = sheet.split("/*")
    return first + "".join(part.partition("*/")[2] for part in rest)


def _integer(element: etree._Element, name: str, default: int) -> int:
    match = _INTEGER.match(element.get(name) or "")
    return int(match[1]) if match else default
