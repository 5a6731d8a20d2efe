"""The forms that one date is written in: "25 January 2020", "25.01.2020", "autumn 2020", "2021 жылғы 11 ақпан"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Final

from indexer.dates import date_at, month_named
from search import calendar as periods
from search.datetext import DASHES, NOTHING, Read, Words
from search.datewords import ALSO_OTHER_WORDS, lexicon
from search.dateyears import century, decade, edged, yeared, years_written

_MOST_DAYS: Final = 6  # in one list: "3, 4 and 7 May"
_LONGEST: Final = 7  # words of one date: "5 de agosto del 2022"


def written_date(words: Words, i: int) -> Read | None:
    """Return the date whose first word is ``i``, in any form that needs no other date to be understood."""
    for kind in words.senses(i):
        for form in _FORMS.get(kind, ()):
            try:
                if read := form(words, i):
                    return read
            except ValueError:  # 31 February
                continue
    return None


def _in_digits(words: Words, i: int) -> Read | None:
    mark = words.gap(i)
    if len(mark) != 1 or mark == " " or words.gap(i + 1) != mark:
        return None
    a, b, c = (words.digits(i + k) for k in range(3))
    if a is None or b is None or c is None:
        return None
    before, after = words.gap(i - 1), words.gap(i + 2)
    if edged(before, after) or (after == "." and words.digits(i + 3) is not None):
        return None
    sizes = [len(words.word(i + k)) for k in range(3)]
    if mark in DASHES and sizes == [4, 2, 2]:
        return words.read(periods.day(a, b, c), i, i + 2)
    if sizes[2] != 4 or (mark == "/" and a <= 12 and a != b):  # 4/5/2021 is May to some and April to others
        return None
    if mark in "./" or mark in DASHES:
        return yeared(words, periods.day(c, b, a), i, i + 2)
    return None


def _days_of_a_month(words: Words, i: int) -> Read | None:
    """ "26 and 27 November 2020", "с 14 по 16 мая", "the 3rd of March"."""
    days: list[int] = []
    at = i
    while len(days) < _MOST_DAYS and (number := _day(words, at)) is not None:
        days.append(number)
        if (after := _next_in_list(words, at)) is None:
            break
        at = after
    else:
        return None
    month = at + 2 if words.value(at + 1, "of") and words.spaced(at) else at + 1
    number = words.value(month, "month") or words.value(month, "short month")
    if number is None or not (words.spaced(month - 1) or words.dashed(month - 1)) or not words.spaced(at):
        return None
    return _days_read(words, days, number, i, month)


def _day(words: Words, i: int) -> int | None:
    ordinal = words.value(i, "ordinal") if words.word(i)[:1].isdigit() else None
    number = ordinal or (words.digits(i) if len(words.word(i)) <= 2 else None)
    return number if number is not None and number <= 31 else None


def _next_in_list(words: Words, i: int) -> int | None:
    """Where the next day of a list stands: "26 and 27", "14–16", "3, 4"."""
    if words.dashed(i) or words.gap(i) == ", ":
        return i + 1 if _day(words, i + 1) is not None else None
    joins = words.value(i + 1, "and") or words.value(i + 1, "to")
    if joins and words.gap(i).strip() in ("", ",") and words.spaced(i + 1):
        return i + 2 if _day(words, i + 2) is not None else None
    return None


def _days_read(words: Words, days: list[int], month: int, first: int, last: int) -> Read:
    year, last, end = _year_after(words, last)
    a, b = periods.day(year, month, days[0]), periods.day(year, month, days[-1])
    period = a if a == b else replace(a, last=b.last)
    if period.first is None or period.last is None or period.last < period.first:
        raise ValueError("the days do not ascend")
    return words.read(period, first, last, end)


def _year_after(words: Words, i: int) -> tuple[int | None, int, int]:
    """The year that may follow word ``i``: it, the last word, and the character where it ends."""
    at = i
    if words.value(at + 1, "of") and words.spaced(at):
        at += 1
    gap = words.gap(at).strip()
    dotted = gap == "." and bool(words.value(i, "short month"))  # "Jan. 2021"
    year = words.digits(at + 1)
    if (gap in ("", ",") or dotted) and year is not None and len(words.word(at + 1)) == 4 and _no_range(words, at + 1):
        read = yeared(words, periods.years(year, year), i, at + 1)
        return year, read.last, read.end
    return None, i, words.end(i)


def _no_range(words: Words, i: int) -> bool:
    """Whether a year stands for itself: not the beginning of "2021-0056"."""
    return words.gap(i) not in DASHES or words.digits(i + 1) is None


def _month_first(words: Words, i: int) -> Read | None:
    """ "June 9, 2019", "July 14 and 26", "May 2020", "январе", "Jan. 5, 2021"."""
    number = words.value(i, "month")
    short = number is None
    number = number or words.value(i, "short month")
    if number is None or not _is_name(words, i):
        return None
    dated = _days_after(words, i, number)
    if dated is not None:
        return dated
    year, last, end = _year_after(words, i)
    if year is None and (short or not _alone(words, i)):
        return None
    return words.read(periods.months(year, number, number), i, last, end)


def _days_after(words: Words, i: int, month: int) -> Read | None:
    gap = words.gap(i).strip()
    if gap not in ("", ".") or (gap and not words.value(i, "short month")) or not words.word(i).isascii():
        return None
    days: list[int] = []
    at = i + 1
    while (number := _day(words, at)) is not None and len(days) < _MOST_DAYS:
        days.append(number)
        after = _next_in_list(words, at)
        if after is None or words.value(after + 1, "month"):
            break
        at = after
    if not days or (words.word(i - 1) == "in" and words.gap(at).strip() != ","):  # "In May 20 people were fined"
        return None
    return _days_read(words, days, month, i, at)


def _is_name(words: Words, i: int) -> bool:
    """English writes months with a capital letter, Russian and Kazakh with a small one, but at the start."""
    if words.typed or not words.word(i).isascii():
        return True
    return words.capital(i)


def _alone(words: Words, i: int) -> bool:
    """Whether the name of a month, without day or year, is meant as a month."""
    if words.word(i) not in ALSO_OTHER_WORDS:
        return True
    before = words.senses(i - 1) if words.spaced(i - 1) or words.dashed(i - 1) else NOTHING
    named = not words.word(i).isascii() and words.capital(i) and not words.typed  # "у Марты", "с Августом"
    return not named and not before.keys().isdisjoint(("at", "part", "deictic"))


def _seasons(words: Words, i: int) -> Read | None:
    """ "summer of 2019", "осенью 2015 года", "winter 2019-20"; alone only as "осенью" or "in the summer"."""
    season = words.value(i, "season")
    if season is None:
        return None
    first = 3 * season + 3
    year, last, end = _year_after(words, i)
    if year is None:
        at = i + 2 if words.value(i + 1, "of") else i + 1
        if (read := years_written(words, at)) is None or read.period.first is None or words.gap(i).strip():
            lone = words.word(i)[-2:] in ("ью", "ой", "ом") or (
                words.word(i - 1) == "the" and words.word(i - 2) in ("in", "during")
            )
            alone = periods.months(None, first, (first + 1) % 12 + 1)
            return words.read(alone, i, i) if lone and words.word(i) != "fall" else None
        year, last, end = read.period.first.year, read.last, read.end
    return words.read(periods.months(year, first, (first + 1) % 12 + 1), i, last, end)


def _in_another_language(words: Words, i: int) -> Read | None:
    """ "28 janvier 2022", "5 de agosto de 2022", "3. März 2020": whole dates of languages without forms here."""
    if _day(words, i) is None or words.word(i + 1)[:1].isdigit():
        return None
    found = date_at(words.text, words.start(i))
    if found is None:
        return None
    last = next((at for at in range(i + 2, i + _LONGEST) if words.end(at) == found.end), None)
    period = periods.of_iso(found.iso)
    return words.read(period, i, last) if period is not None and last is not None else None


def _year_of_a_month(words: Words, i: int) -> Read | None:
    """The month before the year ``i`` in a language that has no forms here: "janvier 2022", "agosto de 2022"."""
    year = words.digits(i)
    if year is None or len(words.word(i)) != 4 or not words.spaced(i - 1):
        return None
    at = i - 2 if words.word(i - 1) in ("de", "del") and words.spaced(i - 2) else i - 1
    month = month_named(words.text[words.start(at) : words.end(at)]) if at >= 0 else None
    if month is None or words.value(at, "month"):
        return None
    return words.read(periods.months(year, month, month), at, i)


def _kazakh(words: Words, i: int) -> Read | None:
    """ "2021 жылғы 11 ақпан", "2021 жылғы ақпанда"."""
    year = words.digits(i)
    if len(words.word(i)) != 4 or year is None or not words.word(i + 1).startswith("жыл") or not words.spaced(i):
        return None
    day = _day(words, i + 2)
    at = i + 2 if day is None else i + 3
    month = words.value(at, "month")
    if month is None:
        return None
    return words.read(periods.months(year, month, month) if day is None else periods.day(year, month, day), i, at)


_FORMS: Final[dict[str, tuple[Callable[[Words, int], Read | None], ...]]] = {
    "number": (
        _in_digits, _kazakh, _days_of_a_month, _in_another_language, century, _year_of_a_month, years_written,
    ),
    "ordinal": (_days_of_a_month, _in_another_language, century),
    "decade": (decade,),
    "month": (_month_first,),
    "short month": (_month_first,),
    "season": (_seasons,),
    "roman": (century,),
    "count": (century,),
}  # fmt: skip
TOLD: Final = ("ago", "deictic", "day word", "weekday", "short weekday")  # for `search.deictics`


@cache
def beginnings() -> frozenset[str]:
    """Return the words that a date can begin with, or that show that one ends."""
    kinds = {*_FORMS, *TOLD} - {"count"}
    found = {word for word, senses in lexicon().items() if not kinds.isdisjoint(senses)}
    return frozenset(found | {"twenty", "двадцать"})
