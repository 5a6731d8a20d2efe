"""Years as they are written: "2016", "1922–26", "the 1990s", "XIX век", and "the first half of 2020"."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from search import calendar as periods
from search.calendar import Period
from search.datetext import DASHES, Read, Words
from search.datewords import NOT_AFTER_A_YEAR, NOT_BEFORE_A_YEAR

_NEAR_YEARS: Final = range(1900, 2100)  # a bare number of these is a year unless something says that it is not
_EDGE: Final = re.compile(r"[№$€£#/\\_@=+%]")


def edged(before: str, after: str) -> bool:
    """Whether what touches a number shows that it is part of something else."""
    return bool(
        (before and (before[-1] in DASHES or before[-1] in ".:" or _EDGE.match(before[-1])))
        or (after and ((after[0] in DASHES and len(after) == 1) or _EDGE.match(after[0])))
    )


def yeared(words: Words, period: Period, first: int, last: int) -> Read:
    """Take the word for "year" that Russian and Kazakh put after it, with its full stop."""
    if words.value(last + 1, "yeared") and words.spaced(last):
        last += 1
        end = words.end(last)
        if words.word(last) in ("г", "гг", "ж") and words.gap(last).startswith("."):
            end += 1
        return words.read(period, first, last, end)
    return words.read(period, first, last)


def years_written(words: Words, i: int) -> Read | None:
    """Return the years that word ``i`` begins: "2016", "1922–26", "1997/98", "2018–2020 годах", "the 1990s"."""
    size = len(words.word(i))
    if size < 2 or (size == 2 and words.gap(i) not in DASHES):
        return None
    if read := decade(words, i):
        return read
    year = words.digits(i)
    if year is None or size not in (3, 4):
        return None
    last = _second_year(words, i, year)
    at = i if last is None else i + 1
    read = yeared(words, periods.years(year, year if last is None else last), i, at)
    if read.last > at or _is_year(words, i, at, year):
        return read
    return None


def _second_year(words: Words, i: int, year: int) -> int | None:
    second, size = words.digits(i + 1), len(words.word(i + 1))
    slash = words.gap(i) == "/"
    if second is None or not (words.dashed(i) or slash) or size not in (2, 4):
        return None
    if size == 2:
        second += year - year % 100
    return second if year < second and (not slash or second == year + 1) else None


def _is_year(words: Words, i: int, last: int, year: int) -> bool:
    """Whether the number in words ``i`` to ``last``, by what stands around it, is a year at all."""
    before, after = words.gap(i - 1), words.gap(last)
    prefixed = words.value(i - 1, "part") and words.dashed(i - 1)  # "mid-2018"
    if (edged(before, after) and not prefixed) or len(words.word(i)) != 4:
        return False
    touching = words.word(i - 1).isdigit() and words.digits(i - 1) is not None
    if touching and before in (" ", "\u00a0", "\u202f", ",", "."):  # "2 020", "1,950"
        return False
    if words.word(i - 1) in NOT_BEFORE_A_YEAR or (words.spaced(last) and words.word(last + 1) in NOT_AFTER_A_YEAR):
        return False
    pointed = not words.senses(i - 1).keys().isdisjoint(("at", "part")) and words.spaced(i - 1)
    enclosed = before.endswith("(") and bool(after) and after[0] in ");,:"
    listed = before in (", ", " , ") and len(words.word(i - 1)) == 4 and words.digits(i - 1) is not None
    if last > i:
        return enclosed or pointed or year in _NEAR_YEARS or after.startswith(")")
    if year in _NEAR_YEARS and year % 100:
        return True
    return year in range(1000, 2101) and ((pointed and words.word(i - 1) not in _QUANTITIES) or enclosed or listed)


_QUANTITIES: Final = frozenset("of for to as or and about из для через или и от".split())


def decade(words: Words, i: int) -> Read | None:
    """Return the decade that word ``i`` begins: "the 1990s", "1970-х годов", "90-х годах"."""
    word = words.word(i)
    if word[-1:] == "s" and word[:-1].isdigit() and len(word) == 5 and word[-2] == "0":
        return words.read(_ten(int(word[:-1])), i, i)
    number = words.digits(i)
    if number is None or number % 10:
        return None
    if words.gap(i) in ("’", "'") and words.word(i + 1) == "s" and len(word) == 4:
        return words.read(_ten(number), i, i + 1)
    if words.dashed(i) and words.word(i + 1) in ("х", "е", "ые", "ых") and len(word) in (2, 3, 4):
        if len(word) == 2:
            number += 1900
        read = yeared(words, _ten(number), i, i + 1)
        return read if len(word) == 4 or read.last > i + 1 else None
    return None


def _ten(year: int) -> Period:
    return periods.years(year, year + 9)


def century(words: Words, i: int) -> Read | None:
    """Return the centuries that word ``i`` begins: "21st century", "XIX веке", "20-го века", "XVIII и XIX веков"."""
    first = _numbered_century(words, i)
    if first is None:
        return None
    number, last = first
    if not words.value(last + 1, "centuries") or not words.spaced(last):
        joined = words.dashed(last) or (words.value(last + 1, "and") and words.spaced(last))
        at = last + 1 if words.dashed(last) else last + 2
        second = _numbered_century(words, at) if joined else None
        if second is None or not words.value(second[1] + 1, "centuries") or second[0] != number + 1:
            return None
        return words.read(periods.years(100 * number - 99, 100 * second[0]), i, second[1] + 1)
    return words.read(periods.years(100 * number - 99, 100 * number), i, last + 1)


def _numbered_century(words: Words, i: int) -> tuple[int, int] | None:
    """The number of a century that begins at word ``i``, and the last word of it."""
    number = words.value(i, "ordinal") or (words.value(i, "roman") if words.typed or words.capital(i) else None)
    if number is None and words.word(i) in ("twenty", "двадцать") and words.value(i + 1, "ordinal") == 1:
        return 21, i + 1
    if number is None and (digits := words.digits(i)) is not None and len(words.word(i)) <= 2:
        if words.dashed(i) and words.word(i + 1) in ("го", "м", "й", "ом", "му", "th", "st"):
            return (digits, i + 1) if 3 <= digits <= 21 else None
        number = digits if not words.word(i + 1).isascii() else None  # "18 веком"
    return (number, i) if number is not None and 3 <= number <= 21 else None


def narrowed(words: Words, read: Read) -> Read:
    """Take "the first half of", "second quarter of", "first nine months of" before a year into account."""
    period = read.period
    if period.precision is not periods.YEAR or period.first is None or period.last is None:
        return read
    if period.first.year != period.last.year:
        return read
    at = read.first - 1
    if words.value(at, "of"):
        at -= 1
    if not words.spaced(at) or not words.spaced(read.first - 1):
        return read
    bounds = _part_of_year(words, at)
    if bounds is None:
        return read
    first, last, begin = bounds
    return replace(read, period=periods.months(period.first.year, first, last), first=begin)


def _part_of_year(words: Words, at: int) -> tuple[int, int, int] | None:
    """First month, last month, and the word where a part of the year begins that ends at word ``at``."""
    before = words.value(at - 1, "ordinal")
    if words.value(at, "halves"):
        if before in (1, 2):
            return 6 * before - 5, 6 * before, at - 1
    elif words.value(at, "quarters"):
        if before is not None and before <= 4:
            return 3 * before - 2, 3 * before, at - 1
    elif words.value(at, "months"):
        count = words.value(at - 1, "count") or words.digits(at - 1)
        if count is not None and count <= 12 and words.value(at - 2, "ordinal") == 1:
            return 1, count, at - 2
    return None
