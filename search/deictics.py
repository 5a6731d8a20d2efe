"""Dates told from when a text was written: "last autumn", "in the past two years", "три года назад", "on Monday"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from search import calendar as periods
from search.calendar import DAY, MONTH, YEAR, Period, Precision
from search.dateforms import written_date
from search.datetext import Read, Words

_UNITS: Final = {  # each with the precision it needs, and how many of those it has
    "days": (DAY, 1), "weeks": (DAY, 7), "months": (MONTH, 1), "quarters": (MONTH, 3), "years": (YEAR, 1),
    "decades": (YEAR, 10), "centuries": (YEAR, 100),
}  # fmt: skip
_MOST: Final = 400  # units that a text counts back


@dataclass(frozen=True, slots=True)
class Anchor:
    """When a text was written, as closely as that is known."""

    day: date
    precision: Precision

    def knows(self, unit: Precision) -> bool:
        """Whether the date is known closely enough to count in ``unit``."""
        return periods.finer(self.precision, unit)


def anchor_of(period: Period | None) -> Anchor | None:
    """Return the anchor that a document's date is, None if it has none."""
    return Anchor(period.last, period.precision) if period is not None and period.last is not None else None


def told_date(words: Words, i: int, anchor: Anchor) -> Read | None:
    """Return the date that word ``i`` begins, or ends for "ago", seen from ``anchor``."""
    for kind in words.senses(i):
        if (form := _FORMS.get(kind)) is not None:
            try:
                if read := form(words, i, anchor):
                    return read
            except ValueError:  # outside of the calendar
                continue
    return None


def _ago(words: Words, i: int, anchor: Anchor) -> Read | None:
    """ "two years ago", "a week ago", "месяц назад"."""
    if not words.value(i, "ago") or not words.spaced(i - 1):
        return None
    unit = _unit(words, i - 1)
    count = _count(words, i - 2) if words.spaced(i - 2) else None
    first = i - 2
    if count is None and not words.word(i - 1).isascii():  # "неделю назад"
        count, first = 1, i - 1
    if unit is None or count is None or not 0 < count <= _MOST or unit == "centuries":
        return None
    precision, size = _UNITS[unit]
    if not anchor.knows(precision):
        return None
    return words.read(periods.shifted(anchor.day, precision, -count * size), first, i)


def _unit(words: Words, i: int) -> str | None:
    senses = words.senses(i)
    return next((unit for unit in _UNITS if unit in senses), None)


def _count(words: Words, i: int) -> int | None:
    return words.value(i, "count") or words.digits(i)


def _deictic(words: Words, i: int, anchor: Anchor) -> Read | None:
    """ "last year", "this summer", "next Monday", "за последние два года"."""
    by = words.value(i, "deictic")
    if by is None or not words.spaced(i):
        return None
    count = _count(words, i + 1)
    at = i + 1 if count is None or not words.spaced(i + 1) else i + 2
    unit = _unit(words, at)
    if unit is not None:
        if count is not None and at == i + 2:
            return _window(words, i, at, by * count, unit, anchor)
        return _unit_told(words, i, by, unit, anchor)
    return _named(words, i, by, anchor) if at == i + 1 else None


def _window(words: Words, first: int, last: int, count: int, unit: str, anchor: Anchor) -> Read | None:
    """So many units up to the anchor, or from it on."""
    precision, size = _UNITS[unit]
    if count == 0 or abs(count) > _MOST or not anchor.knows(precision):
        return None
    there = periods.shifted(anchor.day, precision, count * size)
    here = periods.shifted(anchor.day, precision, 0)
    begins, ends = (there, here) if count < 0 else (here, there)
    return words.read(replace(begins, last=ends.last), first, last)


def _unit_told(words: Words, i: int, by: int, unit: str, anchor: Anchor) -> Read | None:
    precision, size = _UNITS[unit]
    plural = words.word(i + 1) in _PLURALS
    if unit == "days" or plural or not anchor.knows(precision):
        return None  # "recent years" and "these days" say nothing that can be counted
    if unit == "weeks":
        return words.read(periods.week(anchor.day, by), i, i + 1)
    if size == 1:
        return words.read(periods.shifted(anchor.day, precision, by), i, i + 1)
    number = (anchor.day.year - (unit == "centuries")) if precision is YEAR else anchor.day.month - 1
    begins = number - number % size + by * size
    if precision is YEAR:
        first = begins + (unit == "centuries")
        return words.read(periods.years(first, first + size - 1), i, i + 1)
    year, month = anchor.day.year + begins // 12, begins % 12 + 1
    return words.read(periods.months(year, month, month + 2), i, i + 1)


_PLURALS: Final = frozenset(
    "days weeks months years decades centuries дни недели месяцы годы годов лет десятилетия века".split()
)


def _named(words: Words, i: int, by: int, anchor: Anchor) -> Read | None:
    """A season, month, day or weekday with "last", "this" or "next"."""
    dated = written_date(words, i + 1)
    if by < 0 and dated is not None and dated.period.yearless and dated.period.precision is DAY:  # "last March 27"
        period = dated.period.before(Period(anchor.day, anchor.day, DAY))
        return words.read(period, i, dated.last, dated.end) if period is not None else None
    season, month = words.value(i + 1, "season"), words.value(i + 1, "month")
    weekday = words.value(i + 1, "weekday")
    if weekday is not None and anchor.knows(DAY):
        return words.read(_weekday(anchor.day, weekday, by), i, i + 1)
    if season is not None and anchor.knows(MONTH):
        named = periods.months(None, 3 * season + 3, (3 * season + 4) % 12 + 1)
    elif month is not None and anchor.knows(MONTH):
        named = periods.months(None, month, month)
    else:
        return None
    near = [named.in_year(anchor.day.year + k) for k in (-1, 0, 1)]
    found = _nearest([p for p in near if p is not None], anchor.day, by)
    return words.read(found, i, i + 1) if found is not None else None


def _nearest(near: list[Period], today: date, by: int) -> Period | None:
    """The last that is over, the one that is now or of this year, or the first to come."""
    if by < 0:
        return next((p for p in reversed(near) if p.last is not None and p.last < today.replace(day=1)), None)
    if by > 0:
        return next((p for p in near if p.first is not None and p.first > today), None)
    now = next((p for p in near if p.first is not None and p.last is not None and p.first <= today <= p.last), None)
    return now or near[1]


def _weekday(today: date, weekday: int, by: int) -> Period:
    """The last such day up to today; with "last" before today, with "next" after it."""
    back = (today.weekday() - weekday) % 7
    if by < 0 and back == 0:
        back = 7
    return periods.shifted(today, DAY, 7 - back if by > 0 else -back)


def _day_word(words: Words, i: int, anchor: Anchor) -> Read | None:
    by = words.value(i, "day word")
    if by is None or not anchor.knows(DAY):
        return None
    return words.read(periods.shifted(anchor.day, DAY, by), i, i)


def _on_weekday(words: Words, i: int, anchor: Anchor) -> Read | None:
    """ "on Monday"; a named day ("Bloody Sunday") is none."""
    weekday = words.value(i, "weekday")
    if weekday is None or not anchor.knows(DAY) or not is_weekday(words, i):
        return None
    return words.read(_weekday(anchor.day, weekday, 1 if to_come(words, i) or is_set(words, i, i) else 0), i, i)


def is_weekday(words: Words, i: int) -> bool:
    """Whether the name of a weekday is meant as one, and as one day: not "every Monday", "the first Monday"."""
    if words.value(i - 1, "ordinal") or words.word(i - 1) in ("every", "each", "кажд"):
        return False
    if not words.word(i).isascii():
        return not words.senses(i - 1).keys().isdisjoint(("at", "part", "and"))
    named = words.spaced(i - 1) and words.word(i - 1) and words.capital(i - 1) and not words.senses(i - 1)
    return words.typed or (words.capital(i) and not named)


_FORMS: Final[dict[str, Callable[[Words, int, Anchor], Read | None]]] = {
    "ago": _ago, "deictic": _deictic, "day word": _day_word, "weekday": _on_weekday,
}  # fmt: skip


def to_come(words: Words, i: int) -> bool:
    """Whether the clause up to word ``i`` tells what is still to come: "will", "scheduled", "состоится"."""
    return _clause_has(words, i, "future")


def is_set(words: Words, first: int, last: int) -> bool:
    """Whether a verb sets the date in words ``first`` to ``last``: "moved to", "summoned for", "отложено до"."""
    at = first - 1
    while not words.senses(at).keys().isdisjoint(("the", "part", "of")):
        at -= 1
    if words.value(at, "set for") and words.spaced(at):
        return _clause_has(words, at, "setting")
    return words.word(last).endswith(_DATIVES) and _kazakh_sets(words, last)


def may_be_set(words: Words, i: int) -> bool:
    """Whether the clause up to word ``i`` has a verb that sets dates, though nothing ties that to the one at ``i``."""
    return _clause_has(words, i, "setting")


def _kazakh_sets(words: Words, last: int) -> bool:
    """Whether a verb behind a date does so: "20 ақпанға ауыстырылды"."""
    for at in range(last + 1, last + _CLAUSE):
        if words.gap(at - 1).strip():
            return False
        if words.word(at).startswith(_KAZAKH_SETTING):
            return True
    return False


def _clause_has(words: Words, i: int, kind: str) -> bool:
    for at in range(i - 1, max(i - _CLAUSE, -1), -1):
        if words.gap(at).strip():
            return False
        if words.value(at, kind):
            return True
    return False


_CLAUSE: Final = 10  # words
_DATIVES: Final = ("ға", "ге", "қа", "ке")
_KAZAKH_SETTING: Final = ("ауыстыр", "шегер", "қалдыр", "белгілен", "тағайында", "шақыр", "жоспарла")


def weekday_before(words: Words, i: int) -> Read | None:
    """Return the date that a weekday introduces: "Monday evening (1 February)", "во вторник, 9 февраля"."""
    if words.value(i, "weekday") is None and words.value(i, "short weekday") is None:
        return None
    at = i + 1
    if words.value(at, "daytime") and words.spaced(i):
        at += 1
    gap = words.gap(at - 1)
    if gap.strip() not in ("", ",", "(") or not gap:
        return None
    read = written_date(words, at + 1 if words.value(at, "the") else at)
    if read is None or read.period.precision is not DAY:
        return None
    end = read.end
    if gap.endswith("("):
        if not words.text.startswith(")", end):
            return None
        end += 1
    return Read(read.period, i, read.last, end)


def deictic_year(words: Words, read: Read, anchor: Anchor) -> Read:
    """Give a month, day or season a year told after it: "May of this year", "осенью прошлого года", "17 June last"."""
    at = read.last + 1
    if not read.period.yearless or not words.spaced(read.last):
        return read
    if words.value(at, "of") and words.spaced(at):
        at += 1
    by = words.value(at, "deictic")
    if by is None:
        return read
    if words.spaced(at) and words.value(at + 1, "years") and words.word(at + 1) not in _PLURALS:
        period = read.period.in_year(anchor.day.year + by)
        return words.read(period, read.first, at + 1) if period is not None else read
    if words.word(at) == "last" and _unit(words, at + 1) is None and at == read.last + 1:
        period = read.period.before(Period(anchor.day, anchor.day, DAY))
        return words.read(period, read.first, at) if period is not None else read
    return read
