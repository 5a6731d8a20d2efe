"""The particulars of a sentence, its numbers, dates and names, and whether a passage has them all.

A word of prose may be said otherwise. A number, a date or a name may not: it stands in the passage, in another spelling
or script at most, or the sentence is not supported by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from indexer.dates import dates_in
from indexer.words import stem
from search.countries import countries, country_codes
from search.function_words import function_words
from search.names import WORD, alike, folded, sound_key
from search.results import Span

LIKE_ENOUGH = 0.75  # of a name in another script, as in `search.terms`
_NUMBER = re.compile(r"\d+(?:[\u00a0\u202f ]\d{3}(?!\d))*(?:[.,:/]\d+)*")
_YEAR = re.compile(r"(?:19|20)\d\d")
_CALENDAR = ("en", "ru", "kk", "uk", "fr", "es", "de")
_INFLECTED = 3  # letters of a Cyrillic ending at most

_ARTICLES = frozenset("one один одна одно одного одной un une uno una ein eine он on once mil sept cent both".split())


@dataclass(frozen=True, slots=True)
class Passage:
    """What a passage has to compare with: its text, and the particulars in it.

    ``numbers`` do not hold those of dates: "4 May" is no source for four of anything. ``dated`` are these.
    """

    text: str
    numbers: frozenset[str]
    dated: frozenset[str]
    dates: frozenset[str]
    calendar: frozenset[str]
    words: tuple[str, ...]
    keys: frozenset[str]


@lru_cache(maxsize=256)
def read(text: str) -> Passage:
    """Read the particulars of a passage."""
    words = tuple(dict.fromkeys(WORD.findall(text)))
    found = list(_numbers(text))
    counts = {str(value) for word in words if (value := _count(word)) is not None}
    return Passage(
        text, frozenset(n for n, dated in found if not dated or _YEAR.fullmatch(n)) | counts,
        frozenset(n for n, dated in found if dated), frozenset(d.iso for d in dates_in(text)),
        frozenset(c for w in words if (c := _calendar(w))), words, frozenset(sound_key(w) for w in words),
    )  # fmt: skip


def missing(sentence: str, passage: str, common: Iterable[str] = ()) -> str:
    """Return the first number, date or name of ``sentence`` that ``passage`` does not have, "" if it has all.

    ``common`` are words known to be no names, in lower case: the first word of a sentence has a capital anyway.
    """
    has = read(passage)
    dated = [(d.start, d.end) for d in dates_in(sentence) if d.iso in has.dates]
    for start, end, kind in particulars(sentence, frozenset(common)):
        words = sentence[start:end]
        if any(a <= start and end <= b for a, b in dated) or _has(words, kind, has):
            continue
        return words
    return ""


def particulars(sentence: str, common: frozenset[str] = frozenset()) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and kind of what may not be changed: number, dated, count, calendar, country or name."""
    for match in _NUMBER.finditer(sentence):
        yield match.start(), match.end(), "dated" if _beside_calendar(sentence, match.span()) else "number"
    named = list(countries(sentence))
    for n, match in enumerate(WORD.finditer(sentence)):
        word, (start, end) = match[0], match.span()
        if word[0].isdigit():
            continue
        country = next(((a, b) for code, a, b in named if a <= start < b), None)
        if country and word[0].isupper():
            if start == country[0] or start <= country[0] < end:
                yield country[0], max(country[1], end), "country"
        elif kind := _kind(word, sentence, (start, end), n == 0, common):
            yield start, end, kind


def _kind(word: str, sentence: str, span: Span, first: bool, common: frozenset[str]) -> str:
    low = word.casefold()
    if _calendar(word) and (word[0].isupper() or _beside_number(sentence, span)):
        return "calendar"
    if _count(word) is not None and low not in _ARTICLES:
        return "count"
    if not word[0].isupper() or low in function_words() or folded(word) in function_words():
        return ""
    return "" if first and low in common else "name"


def _has(words: str, kind: str, passage: Passage) -> bool:
    if kind in ("number", "dated"):
        return _plain(words) in (passage.numbers if kind == "number" else passage.numbers | passage.dated)
    if kind == "count":
        return str(_count(words)) in passage.numbers
    if kind == "calendar":
        return _calendar(words) in passage.calendar
    if kind == "country" and country_codes(words) & country_codes(passage.text):
        return True
    return all(_named(word, passage) for word in WORD.findall(words))


def _named(word: str, passage: Passage) -> bool:
    """Whether a passage has a name: the same sounds, a Cyrillic ending, or near enough in another script."""
    bare = re.sub(r"['’]s?$", "", word)
    key = sound_key(bare)
    if key in passage.keys or sound_key(word) in passage.keys:
        return True
    cyrillic = _is_cyrillic(bare)
    for other in passage.words:
        if not other[:1].isalpha():
            continue
        if cyrillic != _is_cyrillic(other):
            if other[:1].isupper() and alike(bare, other) >= LIKE_ENOUGH:
                return True
        elif _inflected(bare, other) if cyrillic else _same_but_for_s(bare, other):
            return True
    return False


def _inflected(a: str, b: str) -> bool:
    a, b = folded(a), folded(b)
    same = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return same >= 3 and max(len(a), len(b)) - same <= _INFLECTED and min(len(a), len(b)) - same <= 2


def _same_but_for_s(a: str, b: str) -> bool:
    a, b = (re.sub(r"['’]s?$", "", folded(w)) for w in (a, b))
    return a == b or (len(a) > 3 and stem(a, "en") == stem(b, "en") and abs(len(a) - len(b)) <= 2)


def _is_cyrillic(word: str) -> bool:
    return "\u0400" <= word[:1] <= "\u052f"


def _numbers(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each number, and each part of one that is written with separators, and whether it is part of a date."""
    dates = [(d.start, d.end) for d in dates_in(text)]
    for match in _NUMBER.finditer(text):
        dated = any(a <= match.start() < b for a, b in dates) or _beside_calendar(text, match.span())
        parts = [part for part in re.split(r"[^\d]+", match[0]) if part]
        for number in {_plain(match[0]), *parts}:
            yield number, dated


def _plain(number: str) -> str:
    """Return a number without what groups its thousands: "1,000", "1 000" and "1000" are one."""
    number = re.sub(r"[\u00a0\u202f ]", "", number)
    return re.sub(r",(?=\d{3}(?:\D|$))", "", number)


def _beside_calendar(text: str, span: Span) -> bool:
    """Whether a number stands beside the name of a month or a day: "4 May", "May 4", "the 4th of May"."""
    after = re.match(r"(?:st|nd|rd|th|er|º|\.)?\s+(?:of\s+|de\s+)?([^\W\d_]+)", text[span[1] : span[1] + 40])
    before = re.search(r"([^\W\d_]+)\.?,?\s+$", text[max(0, span[0] - 40) : span[0]])
    return any(match and _calendar(match[1]) for match in (after, before))


def _beside_number(sentence: str, span: Span) -> bool:
    return bool(re.search(r"\d\W{0,3}$", sentence[: span[0]]) or re.match(r"\W{0,3}\d", sentence[span[1] :]))


def _count(word: str) -> int | None:
    return _count_words().get(word.casefold())


@cache
def _count_words() -> dict[str, int]:
    lines = Path(__file__).with_name("number_words.txt").read_text(encoding="utf-8").splitlines()
    table = (line.partition(":") for line in lines if line and not line.startswith("#"))
    return {word: int(value) for value, _, words in table for word in words.split()}


def _calendar(word: str) -> str | None:
    """The month ("m5") or day of the week ("d0") that a word names in any of a few languages."""
    return _calendar_words().get(word.casefold())


@cache
def _calendar_words() -> dict[str, str]:
    from babel.dates import get_day_names, get_month_names

    found: dict[str, str] = {}
    for language in _CALENDAR:
        for context in ("format", "stand-alone"):
            for mark, names in (
                ("m", get_month_names("wide", context, language)),
                ("d", get_day_names("wide", context, language)),
            ):
                found |= {name.casefold(): f"{mark}{number}" for number, name in names.items()}
    return found
