"""Days of the week beside dates: "on Monday evening (1 February)" tells which years it can be."""

from __future__ import annotations

import re
from functools import lru_cache


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
