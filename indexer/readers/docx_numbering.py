"""Works out the numbers that Word shows before paragraphs but does not store in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lxml import etree

from indexer.readers.list_numbers import written

_W: Final = re.compile(r"\{[^}]*\}")
_PLACE: Final = re.compile(r"%([1-9])")


@dataclass(frozen=True, slots=True)
class _Level:
    form: str
    text: str
    start: int


class Numbering:
    """The lists of one file and how far each has counted."""

    def __init__(self, root: etree._Element | None) -> None:
        """Take the root of numbering.xml, or None if the file has none."""
        self._levels: dict[str, dict[int, _Level]] = {}
        self._list_of: dict[str, str] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        styles: dict[str, str] = {}  # the lists that styles stand for, and those that take their levels from a style
        links: dict[str, str] = {}
        for element in () if root is None else root:
            tag = _local(element)
            if tag == "abstractNum":
                abstract = _value(element, "abstractNumId")
                self._levels[abstract] = dict(_levels(element))
                for child in element:
                    if _local(child) == "styleLink":
                        styles[_value(child, "val")] = abstract
                    elif _local(child) == "numStyleLink":
                        links[abstract] = _value(child, "val")
            elif tag == "num":
                self._take_list(element)
        for list_id, abstract in self._list_of.items():
            if not self._levels.get(abstract):
                self._list_of[list_id] = styles.get(links.get(abstract, ""), abstract)

    def next(self, list_id: str | None, depth: str | None) -> str | None:
        """Count one paragraph and return its number: "" for a bullet, None if it is in no list."""
        level = int(depth) if depth and depth.isdigit() else 0
        abstract = self._list_of.get(list_id or "")
        levels = self._levels.get(abstract or "", {})
        if abstract is None or level not in levels:
            return None
        counts = self._counts.setdefault(abstract, {})
        start = self._restarts.get(list_id or "", {}).pop(level, None)
        counts[level] = start if start is not None else counts.get(level, levels[level].start - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        if levels[level].form in ("bullet", "none"):
            return ""
        return _PLACE.sub(lambda place: self._shown(levels, counts, int(place.group(1)) - 1), levels[level].text)

    def _take_list(self, element: etree._Element) -> None:
        list_id = _value(element, "numId")
        for child in element:
            if _local(child) == "abstractNumId":
                self._list_of[list_id] = _value(child, "val")
            elif _local(child) == "lvlOverride":
                for start in child:
                    if _local(start) == "startOverride":
                        self._restarts.setdefault(list_id, {})[_number(child, "ilvl", 0)] = _number(start, "val", 1)

    @staticmethod
    def _shown(levels: dict[int, _Level], counts: dict[int, int], level: int) -> str:
        if level not in levels:
            return ""
        return written(counts.get(level, levels[level].start), levels[level].form)


def _levels(abstract: etree._Element) -> list[tuple[int, _Level]]:
    found = []
    for element in abstract:
        if _local(element) == "lvl":
            parts = {_local(child): child for child in element}
            form = _value(parts["numFmt"], "val") if "numFmt" in parts else "decimal"
            text = _value(parts["lvlText"], "val") if "lvlText" in parts else ""
            start = _number(parts["start"], "val", 1) if "start" in parts else 1
            found.append((_number(element, "ilvl", 0), _Level(form, text, start)))
    return found


def _local(element: etree._Element) -> str:
    return _W.sub("", element.tag) if isinstance(element.tag, str) else ""


def _value(element: etree._Element, name: str) -> str:
    return next((value for key, value in element.items() if _W.sub("", key) == name), "")


def _number(element: etree._Element, name: str, default: int) -> int:
    value = _value(element, name)
    return int(value) if re.fullmatch(r"\d{1,6}", value) else default
