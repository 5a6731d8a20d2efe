"""A day, a month or a year, as it is written in filters."""

from __future__ import annotations

import re
from datetime import date

FORM = "2021-02-11, 2021-02 or 2021"
_PERIOD = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", re.ASCII)


def period(value: str) -> str:
    """Return a period as it was given. Raises `ValueError` for what is not written in this form, or is no date."""
    if not _PERIOD.fullmatch(value):
        raise ValueError(f"a date is written {FORM}")
    date.fromisoformat(value + "2000-01-01"[len(value) :])
    return value
