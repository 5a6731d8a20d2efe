"""The marks that paragraphs begin with: "12.", "124.40", "(b)", "A.", "IV.", "–", and the ways to read each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ROMAN = re.compile(r"m{0,3}(cm|cd|d?c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})", re.IGNORECASE)
_SPACE = r"(?:[\s\u00a0\u2000-\u200b\u202f\u3000]+|$)"
_MARKS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("1.1", re.compile(rf"(\d{{1,3}}(?:\.\d{{1,3}}){{1,4}})\.?(?:{_SPACE}|(?=[^\W\d_]{{3}}))")),
    ("1.", re.compile(rf"(\d{{1,4}})\.(?:{_SPACE}|(?=[^\W\d_]{{2}}))")),
    ("(1)", re.compile(r"\((\d{1,3})\)[\s\u00a0]*")),
    ("1)", re.compile(rf"(\d{{1,3}})\){_SPACE}")),
    ("[1]", re.compile(rf"\[(\d{{1,4}})\]{_SPACE}")),
    ("(a)", re.compile(rf"\(([a-z]{{1,4}}|[а-яё])\)(?:{_SPACE}|(?=[A-ZА-ЯЁ]))")),
    ("a)", re.compile(rf"([a-zа-яё]|[ivx]{{2,4}})\){_SPACE}")),
    ("A.", re.compile(rf"([A-Z]{{1,5}})\.{_SPACE}")),
    ("A.", re.compile(r"([А-ЯЁ])\.[\s\u00a0]+(?=[а-яё]{2})")),  # before a capital it is an initial: "А. Иванов"
    ("-", re.compile(r"([–—\-•·▪●○◦‣∙*\uf0b7\uf0a7])[\s\u00a0\t]+")),
    ("1", re.compile(r"(\d{1,4})(?=[\s\u00a0]+[^\W\d_])[\s\u00a0]+")),
)
# Russian lists leave out letters that are taken for others, each office its own: ё, й, the signs, and by the state
# standard also з, о and ч.
_RUSSIAN = (
    "абвгдежзийклмнопрстуфхцчшщэюя",
    "абвгдежзиклмнопрстуфхцчшщэюя",
    "абвгдежиклмнпрстуфхцшщэюя",
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
)
_ENDED = re.compile(r"[.:;,!?…][\"'”’»)\]\d*]*$|(?:[;,] (?:and|or))$")
_LEADERS = re.compile(r"\.{5,}|…{2,}|(?:\. ){4,}")


@dataclass(frozen=True, slots=True)
class Mark:
    """One way to read the mark at the start of a text: its style, its number in that style, where the rest begins."""

    style: str
    value: int
    token: str
    end: int
    prefix: tuple[int, ...] = ()
    weak: bool = False  # a number whose point is missing: good only where it is the very next one


def marks(text: str) -> list[Mark]:
    """The ways to read the mark at the start of ``text``, which must not begin with a blank; [] if there is none."""
    for style, pattern in _MARKS:
        if match := pattern.match(text):
            return list(_readings(style, match))
    return []


def _readings(style: str, match: re.Match[str]) -> Iterator[Mark]:
    token, end = match[1], match.end()
    if style == "-":
        yield Mark(style, 0, token, end)
    elif style == "1.1":
        numbers = tuple(int(part) for part in token.split("."))
        yield Mark(style, numbers[-1], token, end, numbers[:-1])
    elif token.isdigit():
        yield Mark(style, int(token), token, end)
        if style == "1":
            yield Mark("1.", int(token), token, end, weak=True)
    elif len(token) == 1 and token.lower() in _RUSSIAN[-1]:
        places = (alphabet.find(token.lower()) + 1 for alphabet in _RUSSIAN)
        yield from (Mark(style, place, token, end) for place in dict.fromkeys(places) if place)
    else:
        if len(set(token)) == 1:  # Z is followed by AA, BB or by AA, AB
            yield Mark(style, ord(token[0].lower()) - 96 + 26 * (len(token) - 1), token, end)
        elif len(token) == 2 and token[0] in "aA":
            yield Mark(style, 26 + ord(token[1].lower()) - 96, token, end)
        if token and _ROMAN.fullmatch(token):
            yield Mark(style.replace("a", "i").replace("A", "I"), _roman(token), token, end)


def _roman(token: str) -> int:
    values = [{"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}[char] for char in token.lower()]
    return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))


def is_contents_line(text: str) -> bool:
    """Whether a line belongs to a table of contents: a title, leaders, a page number."""
    return bool(_LEADERS.search(text))


def ends_open(text: str) -> bool:
    """Whether a text stops without the punctuation that ends a sentence or an item, as a heading does."""
    return not _ENDED.search(text.rstrip())
