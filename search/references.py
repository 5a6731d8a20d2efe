"""Written references to a paragraph: "recital O", "paras. 3–5 and 9", "§ 124.40", "п. 8 (а)", "pp. 4-6".

They are found by their unit word and the numbers after it; what they point to is for `search.addresses` to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

# Singular words written out name one thing; plurals and abbreviations may head a list.
_UNITS: dict[str, tuple[str, str]] = {
    "recital": (
        r"recital|considérant|considerando|erwägungsgrund",
        r"recitals|considérants|considerandos|erwägungsgründen?|(?:пункт\w*\s+)?преамбул\w+|преамб\.",
    ),
    "citation": (r"citation", r"citations"),
    "footnote": (r"foot-?note|endnote", r"foot-?notes|endnotes|fnn?\.?|сноск\w+|прим\.|примечани\w+"),
    "section": (r"section|chapter|part|kapitel|chapitre", r"sections|chapters|secs?\.|раздел\w*|глав[аеуы]|гл\."),
    "article": (r"article|artículo|artikel", r"articles|arts?\.|стать\w+|ст\."),
    "page": (r"page|seite", r"pages|pp?\.|стр\.|страниц\w+"),
    "para": (
        r"(?:operative\s+|sub-?)?paragraph|point|recommendation|paragraphe|párrafo|apartado|absatz|ziffer|randnummer",
        r"(?:operative\s+|sub-?)?paragraphs|paras?\b\.?|pars\.|points|recommendations|paragraphes|párrafos|párrs?\.|"
        r"absätzen?|abs\.|ziff\.|rn\.|§{1,2}|¶{1,2}|пункт\w*|пп?\.|параграф\w*|рекомендаци\w+",
    ),
}
_SUB = r"(?:[ \u00a0]?\((?:[a-zа-яё]{1,4}|\d{1,3})\))"
_NUMBER = rf"\d{{1,4}}(?:\.\d{{1,4}}){{0,4}}(?:[a-z](?!\w))?{_SUB}*"
_LETTERS = r"[A-ZА-ЯЁ]{1,2}(?!\w)"
_ROMAN = rf"[IVXLC]{{1,7}}(?:\.(?:[A-Z]|\d{{1,3}}))*(?!\w){_SUB}*"
_TOKEN = rf"(?:{_NUMBER}|{_ROMAN}|{_LETTERS}|{_SUB}+)"
_RANGE = r"\s*(?:[-‐-―−]|\b(?:to|through|until|up\s+to|до|по|bis|à|al?)\b)\s*"
_JOIN = r"(?:\s*[,;]\s*(?:(?:and|or|и|или|und|et|y)\b)?|\s*&|\s+(?:and|or|и|или|und|et|y)\b)\s*"
_AFTER = r"(?![\w%]|[./]\d)"  # "8.5" is not paragraph 8, and "5/1" is a resolution
_LOOKALIKES = str.maketrans("АВЕКМНОРСТХ", "ABEKMHOPCTX")  # Cyrillic capitals typed for Latin labels


@dataclass(frozen=True, slots=True)
class Pinpoint:
    """What a reference names: a unit (a key of the table of words) and its items, each (first, last or None)."""

    unit: str
    items: tuple[tuple[str, str | None], ...]
    start: int
    end: int


def pinpoints(text: str, *, typed: bool = False) -> list[Pinpoint]:
    """Find the references in ``text``, in order; ``start`` and ``end`` are its characters.

    In running text a capital letter after a unit is taken only in the case it is written in; ``typed`` by a person
    who asks for a place, case does not matter and every unit may head a list.
    """
    found = []
    at = 0
    while match := _pattern(typed).search(text, at):
        at = match.end()
        unit = next(name for name in _UNITS if match[name] or match[f"{name}s"])
        many = typed or bool(match[f"{unit}s"])
        items, end = _items(text, match.start("list"), unit, many, typed)
        if items:
            found.append(Pinpoint(unit, items, match.start(), end))
            at = end
    return sorted([*found, *_numbers_first(text)], key=lambda p: p.start)


def label_key(token: str) -> str:
    """Return the form in which two writings of one label are equal: "15(A)" and "15 (a)", Cyrillic "О" and "O"."""
    return "".join(token.split()).upper().translate(_LOOKALIKES).casefold().rstrip(".")


@cache
def _pattern(typed: bool) -> re.Pattern[str]:
    words = "|".join(f"(?P<{name}s>{many})|(?P<{name}>{one})" for name, (one, many) in _UNITS.items())
    # Case of the unit word never matters; that of a letter label does in running text ("part a" is no part A).
    number = r"(?:(?:no|nos|nr)\.|№+|numbers?)?"
    token = f"(?i:{_TOKEN})" if typed else _TOKEN
    return re.compile(rf"(?<![\w])(?i:{words})\s*(?i:{number})\s*(?P<list>{token}){_AFTER}")


def _items(text: str, start: int, unit: str, many: bool, typed: bool) -> tuple[tuple[tuple[str, str | None], ...], int]:
    """Read the list that begins at ``start``: its items, and where it ends."""
    flags = re.IGNORECASE if typed else 0
    item = re.compile(rf"({_TOKEN}){_AFTER}(?:(?i:{_RANGE})({_TOKEN}){_AFTER})?", flags)
    join = re.compile(_JOIN, re.IGNORECASE)
    items: list[tuple[str, str | None]] = []
    at, end = start, start
    while match := item.match(text, at):
        first, last = match[1], match[2]
        if not _fits(unit, first):
            break
        if first.startswith("(") and items:  # "3 (a) and (b)"
            first = re.sub(rf"{_SUB}*$", "", items[-1][0]) + first
        if last is not None and not _fits(unit, last):
            last, end = None, match.end(1)
        else:
            end = match.end()
        items.append((first, last))
        joined = join.match(text, end)
        if not joined or not (many or text[joined.end() : joined.end() + 1] == "("):
            break
        at = joined.end()
    return tuple(items), end


def _fits(unit: str, token: str) -> bool:
    """Whether a token can be a number of this unit: recitals have letters or numbers, paragraphs numbers."""
    if token.startswith("("):
        return unit == "para"
    if unit in ("recital", "section"):
        return True
    return token[0].isdigit()


def _numbers_first(text: str) -> Iterator[Pinpoint]:
    """Kazakh writes the number before the unit: "8-тармақ"."""
    for match in re.finditer(r"(?<![\w.-])(\d{1,4}(?:\.\d{1,4})*)-(?:тармақ|тармағ)\w*", text, re.IGNORECASE):
        yield Pinpoint("para", ((match[1], None),), match.start(), match.end())
