"""Days of the week beside dates: "on Monday evening (1 February)" tells which years it can be."""

from __future__ import annotations

import datetime
import re
from functools import lru_cache

from search.quantities import dates_in


@lru_cache(maxsize=1)
def _days() -> dict[str, int]:
    from babel import Locale

    table: dict[str, int] = {}
    for tag in ("en", "ru"):
        for form in Locale.parse(tag).days.values():
            table |= {str(word).lower(): number for number, word in form.get("wide", {}).items()}
    russian = {word[:-1] + "у": n for word, n in table.items() if word.endswith("а")}
    return table | russian


def weekday_at(text: str, start: int, end: int) -> int | None:
    """Return the day of the week (0 for Monday) that stands right beside a date, None if none does."""
    words = "|".join(_days())
    before = re.search(
        rf"\b({words})(?:\s+(?:morning|afternoon|evening|night|утром|днём|вечером))?,?\s*\(?\s*$", text[:start], re.I
    )
    after = re.match(rf"\s*,?\s*\(?\s*({words})\b", text[end:], re.I)
    found = before or after
    return _days()[found[1].lower()] if found else None


def years_of(text: str, until: int) -> frozenset[int]:
    """Return the years in which each "Monday (1 February)" of a text falls on that day; none if it has no such date."""
    possible: set[int] | None = None
    for when in dates_in(text):
        day = weekday_at(text, when.start, when.end)
        if day is None or when.year or not when.month or not when.day:
            continue
        fits = {y for y in range(1990, until + 1) if _weekday(y, when.month, when.day) == day}
        possible = fits if possible is None else possible & fits
    return frozenset(possible or ())


def _weekday(year: int, month: int, day: int) -> int | None:
    try:
        return datetime.date(year, month, day).weekday()
    except ValueError:
        return None
