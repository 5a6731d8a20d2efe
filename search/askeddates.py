"""The dates in a question: how each was read, so that it can be said, and which times it fits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from search import calendar as periods
from search.calendar import DAY, MONTH, Period, Precision, finer
from search.dates import date_expressions

_MONTHS = (
    "January February March April May June July August September October November December"
).split()  # fmt: skip


@dataclass(frozen=True, slots=True)
class DateReading:
    """A date in a question at ``question[start:end]`` and the period it was read as.

    ``counted_from`` is today's date (ISO 8601) where the words tell the date from it ("last year"). ``matches`` are the
    times within it that the passages found mention, by year where it names none: (the period, how many passages).
    """

    text: str
    start: int
    end: int
    period: Period
    counted_from: str | None = None
    matches: tuple[tuple[Period, int], ...] = ()

    @property
    def read_as(self) -> str:
        """The reading in words: "January of any year", "since 2016", "September 2020 to November 2020"."""
        said = _said(self.period)
        return f"{said}, counted from today, {self.counted_from}" if self.counted_from else said

    def fits(self, period: Period) -> bool:
        """Whether a time that a text mentions shares a day with the time asked for.

        It must be known as closely: "in 2020" says nothing of January, and a day without a year is in no one year.
        """
        if not finer(period.precision, self.period.precision) or (period.yearless and not self.period.yearless):
            return False
        return self.period.touches(period.named)


def dates_asked(question: str, today: date) -> list[DateReading]:
    """Return the dates in a question, in order; those told from the present are counted from ``today``."""
    here = periods.day(today.year, today.month, today.day)
    absolute = {(e.start, e.end): e.period for e in date_expressions(question, None, typed=True)}
    readings = []
    for found in date_expressions(question, here, typed=True):
        told = absolute.get((found.start, found.end)) != found.period
        words = question[found.start : found.end]
        readings.append(DateReading(words, found.start, found.end, found.period, today.isoformat() if told else None))
    return readings


def with_matches(reading: DateReading, mentioned: Iterable[Sequence[Period]]) -> DateReading:
    """Return a reading with the times that fit it; ``mentioned`` are the times that each passage mentions."""
    counts: Counter[Period] = Counter()
    for passage in mentioned:
        fitting = [p.named for p in passage if reading.fits(p)]
        counts.update(
            {_year_of(reading, p) for p in fitting} if reading.period.yearless else {reading.period} if fitting else ()
        )
    matches = sorted(counts.items(), key=lambda pair: (pair[0].first or date.min, pair[0].last or date.max))
    return DateReading(
        reading.text, reading.start, reading.end, reading.period, reading.counted_from, tuple(matches)
    )  # fmt: skip


def _year_of(reading: DateReading, period: Period) -> Period:
    """The time asked for in the year in which a period touches it."""
    assert period.first is not None
    if period.yearless:
        return reading.period
    for year in (period.first.year, period.first.year - 1, period.first.year + 1):
        asked = reading.period.in_year(year)
        if asked is not None and asked.touches(period):
            return asked
    return period


def _said(period: Period) -> str:
    first, last = (_date_said(day, period.precision, period.yearless) for day in (period.first, period.last))
    any_year = " of any year" if period.yearless else ""
    if first and last:
        return f"{first if first == last else f'{first} to {last}'}{any_year}"
    return f"{f'since {first}' if first else f'until {last}'}{any_year}"


def _date_said(day: date | None, precision: Precision, yearless: bool) -> str | None:
    if day is None:
        return None
    month = _MONTHS[day.month - 1]
    said = f"{day.day} {month}" if precision is DAY else month if precision is MONTH else ""
    return said if yearless else f"{said} {day.year}".strip()
