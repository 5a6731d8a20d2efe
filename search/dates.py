"""Dates in texts and questions: what is written, the period it means, and the characters it stands at.

What is told from another date ("last autumn", "in January", "on Monday") is understood from the date of the document,
and not at all where it has none: a date is never guessed. Each text is read once, word by word.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from search import calendar as periods
from search.calendar import Period
from search.dateforms import beginnings, written_date
from search.datetext import Read, Words
from search.dateyears import narrowed
from search.deictics import Anchor, anchor_of, deictic_year, is_set, may_be_set, to_come, told_date, weekday_before


@dataclass(frozen=True, slots=True)
class DateExpression:
    """A date as it is written at ``text[start:end]``, and the period it means."""

    start: int
    end: int
    period: Period


def date_expressions(text: str, written: Period | None = None, *, typed: bool = False) -> list[DateExpression]:
    """Return the dates in a text in order, none overlapping another.

    ``written`` is when the text was written. Without it a date whose year is not said stays ``yearless``. In what a
    person ``typed`` as a question months may stand in small letters, and a month or day without a year stays so.
    """
    words = Words(text, typed=typed)
    can_begin = beginnings()
    begin = [i for i, word in enumerate(words.words) if word in can_begin]
    return _Reading(words, anchor_of(written), typed).expressions(begin) if begin else []


_RELATIONS: Final = {
    "since": periods.since, "until": periods.until, "by": periods.until,
    "before": periods.before, "after": periods.after,
}  # fmt: skip


class _Reading:
    """Reads one text from its first word to its last."""

    def __init__(self, words: Words, anchor: Anchor | None, typed: bool) -> None:
        self.words = words
        self.anchor = anchor
        self.typed = typed

    def expressions(self, begin: list[int]) -> list[DateExpression]:
        """Return the dates that begin with the words ``begin``, or end with them ("ago")."""
        found: list[DateExpression] = []
        taken = 0  # words before this one are used
        for i in begin:
            if i < taken or (read := self._one(i)) is None or read.first < taken:
                continue
            read, others = self._joined(read, taken)
            for part in [*others, read]:
                found.append(self._expression(part))
            taken = read.last + 1
        return sorted(found, key=lambda e: e.start)

    def _one(self, i: int) -> Read | None:
        words = self.words
        read = weekday_before(words, i) or written_date(words, i)
        if read is not None:
            read = narrowed(words, read)
        if self.anchor is None:
            return read
        if read is not None:
            return deictic_year(words, read, self.anchor)
        return told_date(words, i, self.anchor)

    # -- two dates as one period, and what a word before them makes of it

    def _joined(self, read: Read, taken: int) -> tuple[Read, list[Read]]:
        """Return the whole that a date is part of, and dates of the same list that stand before it."""
        before = self._before(read.first, taken)
        others: list[Read] = []
        if (second := self._second(read)) is not None:
            other, ranged = second
            ranged = ranged or (before is not None and before[0] == "between")
            a, b = _completed(read.period, other.period)
            if (whole := _whole(a, b, ranged)) is not None:
                read = replace(other, period=whole, first=read.first)
                return self._from(read, before), others
            if a is not read.period:
                others, read = [replace(read, period=a)], other
        return self._related(read, before), others

    def _before(self, first: int, taken: int) -> tuple[str, int] | None:
        """The word before a date that says how it is meant, passing over "the end of": (class, word).

        "after the 2016 meeting" is said of the meeting, and of no year.
        """
        words, at = self.words, first - 1
        if words.value(at, "the") and (len(words.word(first)) == 4 or words.value(first, "month")):
            return None
        for _ in range(4):
            if at < taken or not (words.spaced(at) or words.dashed(at)):
                return None
            senses = words.senses(at)
            if senses.keys().isdisjoint(("part", "the", "of")):
                break
            at -= 1
        return next(((kind, at) for kind in ("between", "from", *_RELATIONS) if kind in senses), None)

    def _second(self, read: Read) -> tuple[Read, bool] | None:
        """The date that a dash, "to" or "and" joins to this one, and whether a period leads from one to the other."""
        words, at = self.words, read.last + 1
        gap = words.text[read.end : words.start(at)] if at < len(words.words) else ""
        if len(gap.strip()) == 1 and words.dashed(read.last):
            ranged = True
        elif gap.isspace() and (words.value(at, "to") or words.value(at, "and")) and words.spaced(at):
            ranged = not words.value(at, "and")
            at += 1
        else:
            return None
        for _ in range(3):
            if words.senses(at).keys().isdisjoint(("part", "the", "of")):
                break
            at += 1
        other = self._one(at)
        return (other, ranged) if other is not None and other.first == at else None

    def _from(self, read: Read, before: tuple[str, int] | None) -> Read:
        if before is not None and before[0] in ("between", "from"):
            return replace(read, first=before[1])
        return read

    def _related(self, read: Read, before: tuple[str, int] | None) -> Read:
        """Open the period where a word before it says so: "since", "until", "by", "before", "after"."""
        if before is None:
            return read
        kind, at = before
        period = self._dated(read, passed=kind == "since")
        several = period.precision is periods.DAY and period.first != period.last
        if kind == "between" or (several and kind == "from"):
            return self._from(read, before)
        if kind == "from":
            if self.words.word(at) not in _SINCE:
                return read
            kind = "since"
            if self.words.value(at - 1, "since") and self.words.spaced(at - 1):  # "начиная с"
                at -= 1
        return replace(read, period=_RELATIONS[kind](period), first=at)

    def _dated(self, read: Read, *, passed: bool = False) -> Period:
        """Give a period the year it lacks, if the text's own date is known: the last such, or the next to come.

        Where it ``passed``, it is the last. Where a verb sets it ("postponed to"), it is the nearer.
        """
        period, words = read.period, self.words
        if not period.yearless or self.anchor is None:
            return period
        here = Period(self.anchor.day, self.anchor.day, periods.DAY)
        last, coming = period.before(here), period.next_after(here)
        if passed or last is None or last.first is None or coming is None or coming.first is None:
            return last or period
        if to_come(words, read.first):
            return coming
        ahead = coming.first - self.anchor.day
        nearer = coming if ahead < self.anchor.day - last.first else last
        if is_set(words, read.first, read.last):
            return nearer
        weekday = _weekday(words, read.first)
        for fitting in (last, nearer):
            if weekday is not None and fitting.first is not None and fitting.first.weekday() == weekday:
                return fitting
        return period if self._doubtful(read, ahead) else last

    def _doubtful(self, read: Read, ahead: timedelta) -> bool:
        """Whether a day that comes again so soon may be meant as that, though nothing says so, or as a year ago."""
        if self.anchor is None or not self.anchor.knows(periods.MONTH) or read.period.precision is not periods.DAY:
            return False
        return timedelta(0) < ahead <= (_SOON_IF_SET if may_be_set(self.words, read.first) else _SOON)

    def _expression(self, read: Read) -> DateExpression:
        period = read.period if self.typed else self._dated(read)
        return DateExpression(self.words.start(read.first), read.end, period)


_SINCE: Final = ("с", "со")
_SOON: Final = timedelta(weeks=3)
_SOON_IF_SET: Final = timedelta(weeks=8)  # where a verb may set the day: "announced a strike on 1 June"


def _weekday(words: Words, i: int) -> int | None:
    weekday = words.value(i, "weekday")
    return words.value(i, "short weekday") if weekday is None else weekday


def _completed(a: Period, b: Period) -> tuple[Period, Period]:
    """Give the one of two joined dates that has no year the year that makes it come first, or second."""
    if a.yearless and not b.yearless and b.first is not None:
        years = (b.first.year, b.first.year - 1)
        return next((p for y in years if (p := a.in_year(y)) and p.first and p.first <= b.first), a), b
    if b.yearless and not a.yearless and a.last is not None and a.first is not None:
        years = (a.first.year, a.first.year + 1)
        return a, next((p for y in years if (p := b.in_year(y)) and p.last and p.last >= a.last), b)
    return a, b


def _whole(a: Period, b: Period, ranged: bool) -> Period | None:
    """One period from ``a`` to ``b``, if one leads to the other or follows it at once."""
    if a.yearless != b.yearless:
        return None
    if a.first is None or a.last is None or b.first is None or b.last is None:
        return None
    if not ranged and a.last + timedelta(days=1) != b.first:
        return None
    if b.last < a.first and not a.yearless:
        return None
    return Period(a.first, b.last, b.precision if periods.finer(a.precision, b.precision) else a.precision, a.yearless)
