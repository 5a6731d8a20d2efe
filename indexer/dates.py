"""Finds full dates in text, as people write them in eight languages."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

_LANGUAGES: Final = ("en", "ru", "kk", "uk", "fr", "es", "de", "ar", "ar_LB", "ar_DZ", "ar_MA")
"""As CLDR calls them. Arabic has other names of the months in Egypt, the Levant and the Maghreb."""
_EARLIEST: Final = 1900
_KAZAKH_CASE: Final = r"(?:с?[ыі]н)?(?:[дт][ае](?:ғы|гі)?|[дт]?[ае]н|[ғқ]?а|[гк]?е|[ндт]?[ыі]ң)?"
"""What Kazakh adds to a month: "20 ақпанда" (on), "20 ақпандағы мәлімдеме" (of), "20 ақпанынан" (since)."""


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in a text: ISO 8601, and where it is written."""

    iso: str
    start: int
    end: int


def dates_in(text: str) -> list[FoundDate]:
    """Return the full dates (day, month and year) in a text, in order."""
    return [date for match in _pattern().finditer(text) if (date := _found(match))]


def date_at(text: str, start: int) -> FoundDate | None:
    """Return the full date that begins at the character ``start``, None if none does."""
    match = _pattern().match(text, start)
    return _found(match) if match else None


def month_named(word: str) -> int | None:
    """Return the number of the month that a word names in full, with small and capital letters as its language has."""
    return _full_names().get(word)


def _found(match: re.Match[str]) -> FoundDate | None:
    groups = {name.rstrip("0123456789"): value for name, value in match.groupdict().items() if value}
    iso = _iso(groups)
    return FoundDate(iso, match.start(), match.end()) if iso else None


def _iso(groups: dict[str, str]) -> str | None:
    names = [name.strip().rstrip(".") for name in groups.get("month", "").casefold().split("/")]
    try:
        month, *others = {_months().get(name) or int(name) for name in names}
        date = datetime.date(int(groups["year"]), month, int(groups["day"]))
    except ValueError:
        return None
    if others:  # "12 March/April 2021"
        return None
    return date.isoformat() if date.year >= _EARLIEST else None


@cache
def _months() -> dict[str, int]:
    """The number of each month by its name, in every case and length that CLDR knows."""
    names = (found for width in ("wide", "abbreviated") for found in _named(width))
    return {name.casefold().rstrip("."): number for name, number in names} | {"sept": 9, "қыркүйег": 9}


@cache
def _full_names() -> dict[str, int]:
    return dict(_named("wide"))


def _named(width: Literal["wide", "abbreviated"]) -> Iterator[tuple[str, int]]:
    from babel.dates import get_month_names

    contexts: tuple[Literal["format", "stand-alone"], ...] = ("format", "stand-alone")
    for language in _LANGUAGES:
        for context in contexts:
            for number, name in get_month_names(width, context, language).items():
                yield name, number


@cache
def _pattern() -> re.Pattern[str]:
    name = "(?:" + "|".join(sorted(map(re.escape, _months()), key=len, reverse=True)) + r")\.?"
    month = rf"{name}(?:\s?/\s?{name})?"  # the United Nations write both Arabic names of a month
    day, year = r"[0-3\u0660-\u0663]?\d", r"(?:19|20|\u0661\u0669|\u0662\u0660)\d\d"  # the latter are Arabic digits
    forms = (
        rf"(?P<day1>{day})(?:st|nd|rd|th|er|º|\.)?\s+(?:of\s+|de\s+)?(?P<month1>{month}),?\s+(?:del?\s+)?(?P<year1>{year})",
        rf"(?P<month2>{month})\s+(?P<day2>{day})(?:st|nd|rd|th)?,?\s+(?P<year2>{year})",
        rf"(?P<year3>{year})\s+(?:жылғы|ж\.|жылдың)\s+(?P<day3>{day})\s+(?P<month3>{name}){_KAZAKH_CASE}",
        r"(?P<year4>(?:19|20)\d\d)-(?P<month4>\d\d)-(?P<day4>\d\d)",
        r"(?P<day5>[0-3]\d)\.(?P<month5>[01]\d)\.(?P<year5>(?:19|20)\d\d)",
    )
    return re.compile(r"(?<![\w./-])(?:" + "|".join(forms) + r")(?![\w/-]|\.\d)", re.IGNORECASE)
