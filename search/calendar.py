"""Periods of the calendar as texts name them: a day, a month, a year, or from one to another, known that precisely."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

_NO_YEAR = 4  # stands in for a year that was not said; a leap year, so that 29 February can stand in it
_EARLIEST, _LATEST = date.min.year + 2, date.max.year - 2  # so that no arithmetic leaves the calendar


class Precision(StrEnum):
    """How closely a date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


DAY, MONTH, YEAR = Precision.DAY, Precision.MONTH, Precision.YEAR
_CHARACTERS = {DAY: 10, MONTH: 7, YEAR: 4}


def finer(one: Precision, other: Precision) -> bool:
    """Whether a date known to ``one`` is known as closely as to ``other``, or more so."""
    return _CHARACTERS[one] >= _CHARACTERS[other]


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both included; None where it is open.

    With ``yearless`` the year was not said: only month and day of ``first`` and ``last`` mean anything.
    """

    first: date | None
    last: date | None
    precision: Precision
    yearless: bool = False

    @property
    def start(self) -> str | None:
        """The first day, month or year in ISO 8601, as precisely as it is known ("2021-02"); "--02" without a year."""
        return self._iso(self.first)

    @property
    def end(self) -> str | None:
        """The last day, month or year, as `start`."""
        return self._iso(self.last)

    def _iso(self, day: date | None) -> str | None:
        if day is None:
            return None
        written = day.isoformat()[: _CHARACTERS[self.precision]]
        return f"-{written[4:]}" if self.yearless else written

    @property
    def named(self) -> Period:
        """What its words name: of a period that is open, the day, month or year that it begins or ends with."""
        known = self.first or self.last
        if known is None or (self.first is not None and self.last is not None):
            return self
        last = known
        if self.precision is not DAY:
            month = known.month if self.precision is MONTH else 12
            last = date(known.year, month, calendar.monthrange(known.year, month)[1])
        first = known if self.first or self.precision is DAY else known.replace(day=1)
        if self.precision is YEAR and not self.first:
            first = first.replace(month=1)
        return replace(self, first=first, last=last)

    def in_year(self, year: int) -> Period | None:
        """Return a period without a year as it lies in ``year``; None where there is no such day."""
        if not self.yearless or self.first is None or self.last is None or not _EARLIEST <= year <= _LATEST:
            return None if self.yearless else self
        try:
            first = self.first.replace(year=year)
            return between(first, _last_in(self, year + (self.last < self.first)), self.precision)
        except ValueError:
            return None

    def touches(self, other: Period) -> bool:
        """Whether the two share a day; a period without a year is held against each year of the other."""
        if self.yearless and not other.yearless:
            if other.first is None or other.last is None or other.last.year - other.first.year > 1:
                return True
            held = (self.in_year(year) for year in range(other.first.year - 1, other.last.year + 1))
            return any(p is not None and p.touches(other) for p in held)
        if other.yearless and not self.yearless:
            return other.touches(self)
        starts = self.first is None or other.last is None or self.first <= other.last
        return starts and (self.last is None or other.first is None or other.first <= self.last)

    def before(self, anchor: Period) -> Period | None:
        """Return a period without a year as it last began, seen from the end of ``anchor``."""
        if anchor.last is None or self.first is None:
            return None
        this = self.in_year(anchor.last.year)
        if this is not None and this.first is not None and this.first <= anchor.last:
            return this
        return self.in_year(anchor.last.year - 1)

    def next_after(self, anchor: Period) -> Period | None:
        """Return a period without a year as it next ends, seen from the beginning of ``anchor``."""
        if anchor.first is None:
            return None
        this = self.in_year(anchor.first.year)
        if this is not None and this.last is not None and this.last >= anchor.first:
            return this
        return self.in_year(anchor.first.year + 1)


def _last_in(period: Period, year: int) -> date:
    assert period.last is not None
    if period.precision is DAY:
        return period.last.replace(year=year)
    return date(year, period.last.month, calendar.monthrange(year, period.last.month)[1])


def between(first: date, last: date, precision: Precision) -> Period:
    """Return the period between two days. Raises `ValueError` if the last comes before the first."""
    if last < first:
        raise ValueError(f"{last} comes before {first}")
    return Period(first, last, precision)


def day(year: int | None, month: int, day_of_month: int) -> Period:
    """Return one day. Raises `ValueError` if there is none such."""
    found = date(_checked(year), month, day_of_month)
    return Period(found, found, DAY, year is None)


def months(year: int | None, first: int, last: int) -> Period:
    """Return the months from ``first`` to ``last``, into the next year if the last is the smaller number.

    Raises `ValueError` if there are none such.
    """
    begins = date(_checked(year), first, 1)
    ends = begins.year if year is None else begins.year + (last < first)
    return Period(begins, date(ends, last, calendar.monthrange(ends, last)[1]), MONTH, year is None)


def years(first: int, last: int) -> Period:
    """Return the years from ``first`` to ``last``. Raises `ValueError` if they are none of our calendar."""
    return between(date(_checked(first), 1, 1), date(_checked(last), 12, 31), YEAR)


def _checked(year: int | None) -> int:
    if year is None:
        return _NO_YEAR
    if not _EARLIEST <= year <= _LATEST:
        raise ValueError(f"no year {year}")
    return year


def of_iso(written: str | None) -> Period | None:
    """Return the period that "2021-02-11", "2021-02" or "2021" names; None for anything else."""
    try:
        parts = [int(part) for part in (written or "").split("-")]
        match parts:
            case [year]:
                return years(year, year)
            case [year, month]:
                return months(year, month, month)
            case [year, month, day_of_month]:
                return day(year, month, day_of_month)
    except ValueError:
        pass
    return None


def shifted(anchor: date, unit: Precision, by: int) -> Period:
    """Return the day, month or year that lies ``by`` of them after that of ``anchor``. Raises `ValueError`."""
    try:
        if unit is YEAR:
            return years(anchor.year + by, anchor.year + by)
        if unit is DAY:
            moved = anchor + timedelta(days=by)
            return day(moved.year, moved.month, moved.day)
        count = anchor.year * 12 + anchor.month - 1 + by
        return months(count // 12, count % 12 + 1, count % 12 + 1)
    except OverflowError as error:
        raise ValueError("outside of the calendar") from error


def week(anchor: date, by: int) -> Period:
    """Return the week, Monday to Sunday, that lies ``by`` weeks after that of ``anchor``. Raises `ValueError`."""
    monday = shifted(anchor, DAY, 7 * by - anchor.weekday()).first
    assert monday is not None
    return between(monday, monday + timedelta(days=6), DAY)


def since(period: Period) -> Period:
    """Return the time from the beginning of a period on."""
    return replace(period, last=None)


def until(period: Period) -> Period:
    """Return the time to the end of a period."""
    return replace(period, first=None)


def after(period: Period) -> Period:
    """Return the time after a period."""
    return replace(period, first=period.last and period.last + timedelta(days=1), last=None)


def before(period: Period) -> Period:
    """Return the time before a period."""
    return replace(period, first=None, last=period.first and period.first - timedelta(days=1))
