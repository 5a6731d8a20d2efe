"""The forms that one date is written in: "25 January 2020", "25.01.2020", "autumn 2020", "the 1990s", "XIX век"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate
from typing import Final

from search import calendar as periods
from search.calendar import Period
from search.datewords import (
    ALSO_OTHER_WORDS,
    NOT_AFTER_A_YEAR,
    NOT_BEFORE_A_YEAR,
    Senses,
    lexicon,
)

_DASHES: Final = frozenset("-–—‐‑−")
_NEAR_YEARS: Final = range(1900, 2100)  # a bare number of these is a year unless something says that it is not
_MOST_DAYS: Final = 6  # in one list: "3, 4 and 7 May"
_NOTHING: Final[Senses] = {}
_EDGE: Final = re.compile(r"[№$€£#/\\_@=+%]")


@dataclass(frozen=True, slots=True)
class Read:
    """A date that was read: words ``first`` to ``last``, up to the character ``end``."""

    period: Period
    first: int
    last: int
    end: int


class Words:
    """A text as words and what stands between them: word, gap, word, gap, word."""

    def __init__(self, text: str, *, typed: bool = False) -> None:
        """Cut ``text``; ``typed`` by a person who asks, names may stand in small letters."""
        self.text = text
        self.typed = typed
        small = text.lower()
        if len(small) != len(text):  # "İ" becomes two characters
            small = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
        pieces = _CUT.split(small)
        self.words, self.gaps = pieces[0::2], pieces[1::2]
        self._pieces = pieces
        self._starts: list[int] = []
        self._lexicon = lexicon()

    def beginnings(self) -> list[int]:
        """Return the words that a date can begin with, or that say that one ends ("ago"), in order."""
        begin = beginnings()
        return [i for i, word in enumerate(self.words) if word in begin]

    def start(self, i: int) -> int:
        """Return the character at which word ``i`` begins."""
        if not self._starts:
            self._starts = [0, *accumulate(map(len, self._pieces))]
        return self._starts[2 * i]

    def end(self, i: int) -> int:
        """Return the character at which word ``i`` has ended."""
        return self.start(i) + len(self.words[i])

    def senses(self, i: int) -> Senses:
        """Return what word ``i`` can be in a date."""
        return self._lexicon.get(self.words[i], _NOTHING) if 0 <= i < len(self.words) else _NOTHING

    def value(self, i: int, kind: str) -> int | None:
        """Return the value of word ``i`` as a ``kind``, None if it is none."""
        return self.senses(i).get(kind)

    def word(self, i: int) -> str:
        """Return word ``i``, "" where there is none."""
        return self.words[i] if 0 <= i < len(self.words) else ""

    def gap(self, i: int) -> str:
        """Return what stands between words ``i`` and ``i + 1``, "" at the ends."""
        return self.gaps[i] if 0 <= i < len(self.gaps) else ""

    def spaced(self, i: int) -> bool:
        """Whether only white space, and no empty line, parts words ``i`` and ``i + 1``."""
        gap = self.gap(i)
        return gap.isspace() and gap.count("\n") < 2

    def dashed(self, i: int) -> bool:
        """Whether a dash, perhaps between blanks, parts words ``i`` and ``i + 1``."""
        gap = self.gap(i).strip()
        return len(gap) == 1 and gap in _DASHES

    def digits(self, i: int) -> int | None:
        """Return the number that word ``i`` writes in digits."""
        return self.value(i, "number")

    def capital(self, i: int) -> bool:
        """Whether word ``i`` begins with a capital letter."""
        return self.text[self.start(i) : self.start(i) + 1].isupper()

    def read(self, period: Period, first: int, last: int, end: int | None = None) -> Read:
        """Return what was read in words ``first`` to ``last``."""
        return Read(period, first, last, self.end(last) if end is None else end)


_CUT: Final = re.compile(r"(\W+)")


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


# -- in digits


def _in_digits(words: Words, i: int) -> Read | None:
    mark = words.gap(i)
    if len(mark) != 1 or mark == " " or words.gap(i + 1) != mark:
        return None
    a, b, c = (words.digits(i + k) for k in range(3))
    if a is None or b is None or c is None:
        return None
    before, after = words.gap(i - 1), words.gap(i + 2)
    if _edged(before, after) or (after == "." and words.digits(i + 3) is not None):
        return None
    sizes = [len(words.word(i + k)) for k in range(3)]
    if mark in _DASHES and sizes == [4, 2, 2]:
        return words.read(periods.day(a, b, c), i, i + 2)
    if sizes[2] != 4 or (mark == "/" and a <= 12 and a != b):  # 4/5/2021 is May to some and April to others
        return None
    if mark in "./" or mark in _DASHES:
        return _yeared(words, periods.day(c, b, a), i, i + 2)
    return None


def _edged(before: str, after: str) -> bool:
    """Whether what touches a number shows that it is part of something else."""
    return bool(
        (before and (before[-1] in _DASHES or before[-1] in ".:" or _EDGE.match(before[-1])))
        or (after and ((after[0] in _DASHES and len(after) == 1) or _EDGE.match(after[0])))
    )


def _yeared(words: Words, period: Period, first: int, last: int) -> Read:
    """Take the word for "year" that Russian and Kazakh put after it, with its full stop."""
    if words.value(last + 1, "yeared") and words.spaced(last):
        last += 1
        end = words.end(last)
        if words.word(last) in ("г", "гг", "ж") and words.gap(last).startswith("."):
            end += 1
        return words.read(period, first, last, end)
    return words.read(period, first, last)


# -- days and months


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
        read = _yeared(words, periods.years(year, year), i, at + 1)
        return year, read.last, read.end
    return None, i, words.end(i)


def _no_range(words: Words, i: int) -> bool:
    """Whether a year stands for itself: not the beginning of "2021-0056"."""
    return words.gap(i) not in _DASHES or words.digits(i + 1) is None


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
    before = words.senses(i - 1) if words.spaced(i - 1) or words.dashed(i - 1) else _NOTHING
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
        if (read := _years(words, at)) is None or read.period.first is None or words.gap(i).strip():
            lone = words.word(i)[-2:] in ("ью", "ой", "ом") or (
                words.word(i - 1) == "the" and words.word(i - 2) in ("in", "during")
            )
            alone = periods.months(None, first, (first + 1) % 12 + 1)
            return words.read(alone, i, i) if lone and words.word(i) != "fall" else None
        year, last, end = read.period.first.year, read.last, read.end
    return words.read(periods.months(year, first, (first + 1) % 12 + 1), i, last, end)


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


# -- years and more


def _years(words: Words, i: int) -> Read | None:
    """ "2016", "1922–26", "1997/98", "2018–2020 годах", "the 1990s", "90-х годах"."""
    size = len(words.word(i))
    if size < 2 or (size == 2 and words.gap(i) not in _DASHES):
        return None
    if read := _decade(words, i):
        return read
    year = words.digits(i)
    if year is None or size not in (3, 4):
        return None
    last = _second_year(words, i, year)
    at = i if last is None else i + 1
    read = _yeared(words, periods.years(year, year if last is None else last), i, at)
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
    if (_edged(before, after) and not prefixed) or len(words.word(i)) != 4:
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


def _decade(words: Words, i: int) -> Read | None:
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
        read = _yeared(words, _ten(number), i, i + 1)
        return read if len(word) == 4 or read.last > i + 1 else None
    return None


def _ten(year: int) -> Period:
    return periods.years(year, year + 9)


def _century(words: Words, i: int) -> Read | None:
    """ "21st century", "the twenty-first century", "XIX веке", "20-го века", "XVIII и XIX веков"."""
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


_FORMS: Final[dict[str, tuple[Callable[[Words, int], Read | None], ...]]] = {
    "number": (_in_digits, _kazakh, _days_of_a_month, _century, _years),
    "ordinal": (_days_of_a_month, _century),
    "decade": (_decade,),
    "month": (_month_first,),
    "short month": (_month_first,),
    "season": (_seasons,),
    "roman": (_century,),
    "count": (_century,),
}
TOLD: Final = ("ago", "deictic", "day word", "weekday", "short weekday")  # for `search.deictics`


@cache
def beginnings() -> frozenset[str]:
    """Return the words that a date can begin with, or that show that one ends."""
    kinds = {*_FORMS, *TOLD} - {"count"}
    found = {word for word, senses in lexicon().items() if not kinds.isdisjoint(senses)}
    return frozenset(found | {"twenty", "двадцать"})


# -- parts of years


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
