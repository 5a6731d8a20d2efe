"""Which runs of a Word file its reader does not see: marked as hidden, white on no ground of their own, or tiny."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from indexer.readers.package import local_name

_LIGHT: Final = 0xF0  # of 255, in each part of a colour
_TINY: Final = 2  # half points
_UNSURE: Final = frozenset({"txbxContent", "drawing", "pict"})
"""What may stand on a ground that is drawn elsewhere."""
_PLAIN: Final = frozenset({None, "auto", "FFFFFF", "ffffff"})
_OFF: Final = frozenset({"0", "false", "off"})

Properties = dict[str, str | None]
"""What is said of a run: "vanish", "sz", "color", and "ground" where it has one that is not white."""


class Hidden:
    """Tells which runs are not seen; ``styles`` are the style elements of the file by id."""

    def __init__(self, styles: dict[str | None, etree._Element], document: etree._Element) -> None:
        self._styles = styles
        self._known: dict[str | None, Properties] = {}
        self._coloured = any(local_name(child) == "background" for child in document)

    def hides(self, run: etree._Element, paragraph_style: str | None) -> bool:
        """Whether the words of a run are not seen, in a paragraph of this style."""
        own = _child(run, "rPr")
        said = dict(self._of_style(paragraph_style))
        if own is not None:
            said |= self._of_style(_value(_child(own, "rStyle")))
            said |= _properties(own)
        if not said:
            return False
        if said.get("vanish", "0") not in _OFF:
            return True
        size = said.get("sz") or ""
        if size.isdigit() and 0 < int(size) <= _TINY:
            return True
        return _is_light(said.get("color")) and "ground" not in said and not self._on_ground(run)

    def _of_style(self, name: str | None) -> Properties:
        if name not in self._known:
            said: Properties = {}
            for style in reversed(list(self._chain(name))):
                properties = _child(style, "rPr")
                said |= {} if properties is None else _properties(properties)
                said |= _ground(_child(style, "pPr"))
            self._known[name] = said
        return self._known[name]

    def _chain(self, name: str | None) -> Iterator[etree._Element]:
        seen: set[str | None] = set()
        while name in self._styles and name not in seen:
            seen.add(name)
            yield self._styles[name]
            name = _value(_child(self._styles[name], "basedOn"))

    def _on_ground(self, run: etree._Element) -> bool:
        """Whether something that a run stands in is, or may be, of another colour than white."""
        if self._coloured:
            return True
        for above in run.iterancestors():
            name = local_name(above)
            if name in _UNSURE or (name in ("p", "tc") and _ground(_child(above, f"{name}Pr"))):
                return True
            if name == "tbl" and _child(_child(above, "tblPr"), "tblStyle") is not None:
                return True  # the style may shade the rows
        return False


def _properties(element: etree._Element) -> Properties:
    said: Properties = {}
    for part in element:
        name = local_name(part)
        if name in ("vanish", "sz", "color"):
            said[name] = _value(part) or ("1" if name == "vanish" else None)
        elif name == "highlight":
            said["ground"] = _value(part)
    return said | _ground(element)


def _ground(element: etree._Element | None) -> Properties:
    shade = _child(element, "shd")
    if shade is None:
        return {}
    fill = next((value for name, value in shade.items() if name.endswith("}fill")), None)
    themed = any(name.endswith("}themeFill") for name in shade.keys())  # noqa: SIM118 - an element, not a dict
    return {"ground": fill} if themed or fill not in _PLAIN else {}


def _is_light(colour: str | None) -> bool:
    try:
        return len(colour or "") == 6 and all(part >= _LIGHT for part in bytes.fromhex(colour or ""))
    except ValueError:
        return False


def _child(element: etree._Element | None, name: str) -> etree._Element | None:
    return None if element is None else next((child for child in element if local_name(child) == name), None)


def _value(element: etree._Element | None) -> str | None:
    if element is None:
        return None
    return next((value for name, value in element.items() if name.endswith("}val")), None)
