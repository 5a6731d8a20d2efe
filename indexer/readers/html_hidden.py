"""Finds the text of a web page that its reader does not see: by its attributes, inline styles and simple style rules.

A rule counts if its selector is one element's name, class or id, and it stands outside of any `@media`. What other
files or scripts do to the page is not known; where only they would tell, words are taken as seen.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from lxml import etree

SIGNS: Final = re.compile(r"\shidden\b|\sstyle\s*=|<style|<font", re.IGNORECASE)
"""Without one of these in its source, a page hides nothing that would be found here."""

Colour = tuple[int, int, int]
Style = dict[str, str]

_BRACE: Final = re.compile(r"[{}]")
_SELECTOR: Final = re.compile(r"(\*|[a-z][\w-]*)?([.#][\w-]+)?", re.IGNORECASE)
_LENGTH: Final = re.compile(r"(-?[\d.]+)\s*(px|pt|em|rem|ex|ch|vw|vh|%)?")
_HEX: Final = re.compile(r"#([0-9a-f]{3,8})\b")
_RGB: Final = re.compile(r"rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)(?:[\s,/]+([\d.]+)(%?))?\s*\)")
_NO_RECT: Final = re.compile(
    r"rect\(\s*[01](px)?[\s,]+[01](px)?[\s,]+[01](px)?[\s,]+[01](px)?\s*\)|inset\(\s*(50|100)%"
)
_NAMED: Final = {
    "white": (255, 255, 255), "black": (0, 0, 0), "snow": (255, 250, 250), "ivory": (255, 255, 240),
    "whitesmoke": (245, 245, 245), "ghostwhite": (248, 248, 255), "floralwhite": (255, 250, 240),
    "red": (255, 0, 0), "blue": (0, 0, 255), "green": (0, 128, 0), "yellow": (255, 255, 0), "gray": (128, 128, 128),
}  # fmt: skip
_WHITE: Final = (255, 255, 255)
_ALIKE: Final = 24  # of 255, between two colours that an eye does not tell apart on a page
_FAR: Final = -900.0  # pixels to the left or above
_TINY: Final = {"px": 1.0, "pt": 1.0, "em": 0.1, "rem": 0.1, "ex": 0.1, "ch": 0.1, "vw": 0.1, "vh": 0.1, "%": 10.0}
_RELEVANT: Final = re.compile(
    r"display|visibility|opacity|color|background|font|position|left|top|text-indent|clip|height|overflow"
)


@dataclass(frozen=True, slots=True)
class _Look:
    """How the text of an element looks; ``ground`` and ``colour`` are None where they are not known."""

    gone: bool = False  # with all that is inside
    unseen: bool = False
    tiny: bool = False
    clear: bool = False
    colour: Colour | None = None
    ground: Colour | None = None

    @property
    def hidden(self) -> bool:
        alike = self.colour is not None and self.ground is not None and _is_alike(self.colour, self.ground)
        return self.gone or self.unseen or self.tiny or self.clear or alike


def hidden_of(root: etree._Element) -> frozenset[etree._Element]:
    """Return the elements whose own words are not seen."""
    rules = _rules_of(root)
    scripted = next(root.iter("script"), None) is not None
    linked = any("stylesheet" in (link.get("rel") or "").lower() for link in root.iter("link"))
    looks = [_Look(ground=None if linked else _WHITE)]
    found: set[etree._Element] = set()
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        if event == "end":
            looks.pop()
            continue
        style = _style_of(element, rules)
        looks.append(_looks(looks[-1], element, style, scripted) if style else looks[-1])
        if looks[-1].hidden:
            found.add(element)
    return frozenset(found)


def _rules_of(root: etree._Element) -> dict[str, list[tuple[str, Style]]]:
    """Return the rules that matter here, by the class, id or name that they are for."""
    rules: defaultdict[str, list[tuple[str, Style]]] = defaultdict(list)
    for sheet in root.iter("style"):
        for selectors, body in _outer_rules(sheet.text or ""):
            if _RELEVANT.search(body) and (style := _declarations(body)):
                for selector in selectors.split(","):
                    match = _SELECTOR.fullmatch(selector.strip())
                    if match and (match[1] or match[2]):
                        name = (match[1] or "*").lower()
                        rules[match[2] or name].append((name, style))
    return dict(rules)


def _outer_rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Yield the selectors and the body of each rule that stands outside of any other, such as `@media`."""
    first, *commented = sheet.replace("<!--", "").replace("-->", "").split("/*")
    text = first + "".join(part.partition("*/")[2] for part in commented)
    depth = start = body = 0
    selectors = ""
    for brace in _BRACE.finditer(text):
        if brace[0] == "{":
            if depth == 0:
                selectors, body = text[start : brace.start()].rpartition(";")[2], brace.end()
            depth += 1
        elif depth:
            depth -= 1
            start = brace.end()
            if depth == 0 and "@" not in selectors:
                yield selectors, text[body : brace.start()]


def _declarations(body: str) -> Style:
    pairs = (part.split(":", 1) for part in body.lower().split(";") if ":" in part)
    return {name.strip(): value.replace("!important", "").strip() for name, value in pairs}


def _style_of(element: etree._Element, rules: dict[str, list[tuple[str, Style]]]) -> Style:
    """Merge what rules and the element itself say of it, the most particular last."""
    style: Style = {}
    if rules:
        classes = [f".{name}" for name in (element.get("class") or "").split()]
        for key in ("*", str(element.tag), *classes, f"#{element.get('id')}"):
            for name, said in rules.get(key, ()):
                if name in ("*", element.tag):
                    style |= said
    if element.get("bgcolor"):
        style["background-color"] = (element.get("bgcolor") or "").strip().lower()
    if element.tag == "font" and element.get("color"):
        style["color"] = (element.get("color") or "").strip().lower()
    if element.get("hidden") is not None:
        style.setdefault("display", "none")
    if given := element.get("style"):
        style |= _declarations(given)
    return style


def _looks(above: _Look, element: etree._Element, style: Style, scripted: bool) -> _Look:
    whole = element.tag in ("html", "body")  # pages are shown by a script, once it has run
    look = replace(above, gone=above.gone or (not whole and _is_gone(style, scripted)))
    if (seen := style.get("visibility")) and not whole:
        look = replace(look, unseen=seen in ("hidden", "collapse"))
    if size := style.get("font-size"):
        length = _length(size)
        look = replace(look, tiny=length is not None and length[0] <= _TINY.get(length[1], 0.0))
    if ground := style.get("background-color") or style.get("background"):
        look = replace(look, ground=_ground(ground, above.ground))
    if colour := style.get("color"):
        clipped = any("background-clip" in name for name in style)
        look = replace(look, clear=_is_clear(colour) and not clipped, colour=_colour(colour) if not clipped else None)
    return look


def _is_gone(style: Style, scripted: bool) -> bool:
    """Whether an element is not shown with all that is inside it."""
    if style.get("display") == "none":
        return True
    opacity = _length(style.get("opacity", ""))
    if opacity and opacity[0] <= 0.02 and not scripted:  # else it may be faded in
        return True
    if style.get("position") in ("absolute", "fixed"):
        away = (_length(style.get(side, "")) for side in ("left", "top"))
        if any(length and length[0] <= _FAR for length in away) or _NO_RECT.search(
            style.get("clip", "") + style.get("clip-path", "")
        ):
            return True
    indent = _length(style.get("text-indent", ""))
    if indent and indent[0] <= _FAR:
        return True
    heights = (_length(style.get(name, "")) for name in ("height", "max-height"))
    return style.get("overflow") == "hidden" and any(height and height[0] == 0 for height in heights)


def _length(value: str) -> tuple[float, str] | None:
    match = _LENGTH.fullmatch(value)
    try:
        return (float(match[1]), match[2] or "px") if match else None
    except ValueError:  # "1.2.3"
        return None


def _ground(value: str, above: Colour | None) -> Colour | None:
    """Return the colour behind a text, None where a picture or a colour that is not known is there."""
    if "url(" in value or "gradient" in value or "var(" in value:
        return None
    return above if _is_clear(value) or value in ("none", "inherit", "initial", "unset") else _colour(value)


def _is_clear(value: str) -> bool:
    match = _RGB.search(value)
    digits = _HEX.search(value)
    if match and match[4] and not match[4].strip("0."):
        return True
    alpha = digits[1][len(digits[1]) * 3 // 4 :] if digits and len(digits[1]) in (4, 8) else "f"
    return "transparent" in value or not alpha.strip("0")


def _colour(value: str) -> Colour | None:
    """Return the colour that a value names, None if it is not known."""
    if match := _RGB.search(value):
        try:
            red, green, blue = (min(255, int(float(match[n]))) for n in (1, 2, 3))
        except ValueError:
            return None
        return red, green, blue
    if match := _HEX.search(value):
        digits = match[1] if len(match[1]) >= 6 else "".join(2 * digit for digit in match[1])
        return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
    return next((_NAMED[word] for word in re.findall(r"[a-z]+", value) if word in _NAMED), None)


def _is_alike(one: Colour, other: Colour) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= _ALIKE
