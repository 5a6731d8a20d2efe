"""Dates and counts as a sentence gives them: "25 January", "in May 2016", "at least three", "не менее 12"."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from indexer.words import normalise, stem
from search.nouns import class_of

Range = tuple[float, float]
MOST_WORDS = 4  # behind a number, in which its currency stands: "two million Kazakhstani tenge"
_NO_MONEY = frozenset(
    "unit account silver gold fund day right valu единиц серебр золот дня код валют соглашен остров".split()
)
KEPT = 2_000  # characters: what was read of a sentence is kept for the next question, of a whole document it is not


@dataclass(frozen=True, slots=True)
class When:
    """A date in a text at ``start:end``; parts that are not given are None."""

    year: int | None
    month: int | None
    day: int | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Count:
    """A number of things, ``least`` to ``most``, at ``start:end`` with its bounds and up to its ``noun``."""

    least: float
    most: float
    noun: str
    start: int
    end: int

    @property
    def exact(self) -> bool:
        """Whether it is one number, or one to within what "about" allows."""
        return self.most <= 1.4 * max(self.least, 1)

    def measures(self, text: str) -> str:
        """What it is a number of in ``text``: "duration", "amount" of money, or plain "number"."""
        if stem(normalise(self.noun), None) in _units_of_time():
            return "duration"
        words = [normalise(w) for w in re.findall(r"[^\W\d_]+", text[self.start : self.end + 40])[:MOST_WORDS]]
        sign = unicodedata.category(text[self.start - 1 : self.start] or " ") == "Sc"
        return "amount" if sign or any(stem(w, None) in _currencies() for w in words) else "number"


@lru_cache(maxsize=1)
def _units_of_time() -> frozenset[str]:
    """The stems of days, weeks, months and years in English and Russian."""
    from babel.dates import format_timedelta

    spans = [timedelta(**{unit: n}) for unit in ("minutes", "hours") for n in (1, 2, 5)]
    spans += [timedelta(days=n * days) for days in (1, 7, 31, 366) for n in (1, 2, 5)]
    told = [format_timedelta(span, locale=tag, threshold=1) for span in spans for tag in ("en", "ru")]
    return frozenset(stem(normalise(words.split()[-1]), None) for words in (*told, "суток", "сутки"))


@lru_cache(maxsize=1)
def _currencies() -> frozenset[str]:
    """The stems of the last words of the names of currencies in English and Russian."""
    from babel import Locale
    from babel.numbers import get_currency_name

    names = [
        get_currency_name(str(code), count, locale=tag)
        for tag in ("en", "ru")
        for code in Locale.parse(tag).currencies
        for count in (1, 2, 5)
    ]
    last = {normalise(name.split("(")[0].split()[-1]) for name in names if name.split("(")[0].split()}
    return frozenset(stem(word, None) for word in last if word.isalpha() and len(word) > 2) - _NO_MONEY


# -- dates


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    """The names of months in English and Russian, in all the cases that follow a number or "in"."""
    from babel import Locale

    table: dict[str, int] = {}
    for tag in ("en", "ru"):
        for form in Locale.parse(tag).months.values():
            table |= {str(word).lower(): number for number, word in form.get("wide", {}).items()}
    return table | {word[:-1] + "е": number for word, number in table.items() if re.search("[а-яё]$", word)}


@lru_cache(maxsize=1)
def _date() -> re.Pattern[str]:
    month = "|".join(sorted((re.escape(m) for m in _months()), key=len, reverse=True))
    return re.compile(
        rf"\b(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m1>{month})(?:,?\s+(?P<y1>(?:19|20)\d\d))?\b"
        rf"|\b(?P<m2>{month})\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*\d)(?:,?\s+(?P<y2>(?:19|20)\d\d))?\b"
        rf"|\b(?P<m3>{month})\s+(?:of\s+)?(?P<y3>(?:19|20)\d\d)\b"
        r"|\b(?:in|since|of|by|during|в)\s+(?P<y4>(?:19|20)\d\d)\b|\b(?P<y5>(?:19|20)\d\d)\s+год[ау]",
        re.IGNORECASE,
    )


def dates_in(text: str) -> list[When]:
    """Return the dates of a text, whole or in part, in order."""
    return list(_dates_kept(text) if len(text) <= KEPT else _dates_in(text))


@lru_cache(maxsize=10_000)
def _dates_kept(text: str) -> tuple[When, ...]:
    return _dates_in(text)


def _dates_in(text: str) -> tuple[When, ...]:
    found = []
    for match in _date().finditer(text):
        parts = {name[0]: value for name, value in match.groupdict().items() if value}
        year, day = (int(parts[k]) if k in parts else None for k in ("y", "d"))
        month = _months()[parts["m"].lower()] if "m" in parts else None
        if day is not None and not 1 <= day <= 31:
            continue
        start = match.start("y4") if match["y4"] else match.start()
        found.append(When(year, month, day, start, match.end()))
    return tuple(found)


# -- counts

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_RUSSIAN = {
    1: "один одна одного одной одному", 2: "два две двух двум двумя", 3: "три трёх трех трём трем",
    4: "четыре четырёх четырех четырём",
    5: "пять пяти", 6: "шесть шести", 7: "семь семи", 8: "восемь восьми", 9: "девять девяти", 10: "десять десяти",
    11: "одиннадцать одиннадцати", 12: "двенадцать двенадцати", 13: "тринадцать тринадцати",
    14: "четырнадцать четырнадцати", 15: "пятнадцать пятнадцати", 16: "шестнадцать шестнадцати",
    17: "семнадцать семнадцати", 18: "восемнадцать восемнадцати", 19: "девятнадцать девятнадцати",
    20: "двадцать двадцати", 30: "тридцать тридцати", 40: "сорок сорока", 50: "пятьдесят пятидесяти",
}  # fmt: skip
_AT_LEAST = (
    r"at least|no fewer than|not less than|no less than|не менее чем|не менее|не меньше|по меньшей мере|как минимум"
    r"|минимум"
)
_MORE = "more than|over|above|upwards of|более чем|более|больше|свыше"
_AT_MOST = "up to|at most|no more than|не более чем|не более|не больше|максимум|до"
_FEWER = "fewer than|less than|under|nearly|almost|менее|меньше|почти"
_ABOUT = "about|around|some|approximately|roughly|circa|an estimated|около|примерно|приблизительно|порядка"


@lru_cache(maxsize=1)
def _words() -> dict[str, int]:
    table = {word: n for n, word in enumerate(_UNITS.split())}
    table |= {word: 10 * n for n, word in enumerate(_TENS.split(), 2)}
    table |= {word: n for n, forms in _RUSSIAN.items() for word in forms.split()}
    return table


def is_number(word: str) -> bool:
    """Whether a small-letter word is a number."""
    return word in _words()


@lru_cache(maxsize=1)
def _count() -> re.Pattern[str]:
    words = "|".join(sorted(_words(), key=len, reverse=True))
    return re.compile(
        rf"(?:\b(?P<bound>{_AT_LEAST}|{_MORE}|{_AT_MOST}|{_FEWER}|{_ABOUT})\s+)?"
        rf"(?<![\w.,/-])(?P<number>\d{{1,3}}(?:[,\u00a0\u202f ]\d{{3}})+|\d+"
        rf"|(?:{_TENS.replace(' ', '|')})-\w+|{words})(?![\w-]|[.,/:]\d|\s?%)"
        r"(?=(?P<rest>(?:\s+[^\W\d_][\w’'-]*){1,4}))",
        re.IGNORECASE,
    )


def counts_in(text: str) -> list[Count]:
    """Return how many of what a text tells of, in order; no dates, shares, ages or numbers of articles."""
    return list(_counts_in(text))


@lru_cache(maxsize=10_000)
def _counts_in(text: str) -> tuple[Count, ...]:
    dates = dates_in(text)
    found = []
    for match in _count().finditer(text):
        start = match.start("number")
        value = _value(match["number"])
        if value is None or any(d.start <= start < d.end for d in dates) or _numbers_something(text, start):
            continue
        if match["number"].lower() in ("one", "один", "одна", "одного", "одной") and not match["bound"]:
            continue
        if noun := _noun(match["rest"]):
            least, most = _bounds(value, (match["bound"] or "").lower())
            found.append(Count(least, most, noun[0], match.start(), match.start("rest") + noun[1]))
    return tuple(found)


def _value(words: str) -> float | None:
    digits = re.sub(r"[,\s]", "", words)
    if digits.isdigit():
        return None if len(words) == 4 and words[:2] in ("19", "20") else float(digits)
    tens, _, unit = words.lower().partition("-")
    if unit:
        return float(_words()[tens] + _words()[unit]) if unit in _words() else None
    return float(_words()[tens])


def _numbers_something(text: str, at: int) -> bool:
    """Whether a number only says which one: "Article 5", "paragraph 12", "№ 7"."""
    return bool(
        re.search(
            r"(?:\b(?:articles?|art\.?|para(?:graph)?s?\.?|no\.?|rule|section|chapter|page|resolution|law|decree|стать\w+|пункт\w*)|№|§)\s*$",
            text[:at],
            re.I,
        )
    )


def _bounds(value: float, bound: str) -> Range:
    endless = float("inf")
    if re.fullmatch(_AT_LEAST, bound):
        return value, endless
    if re.fullmatch(_MORE, bound):
        return value + 0.5, endless
    if re.fullmatch(_AT_MOST, bound):
        return 0.0, value
    if re.fullmatch(_FEWER, bound):
        return (0.0 if "than" in bound or bound in ("under", "менее", "меньше") else 0.8 * value), value - 0.5
    if re.fullmatch(_ABOUT, bound):
        return 0.85 * value, 1.15 * value
    return value, value


_NO_NOUN = re.compile(
    r"(?:of|and|or|to|in|on|at|by|for|from|with|were|was|are|is|have|has|had|more|other|times|per|percent|pm|am|kg|и|из|в|на|с|по|или|были|был)$",
    re.I,
)


def _noun(rest: str) -> tuple[str, int] | None:
    """What is counted, and where it ends: the first noun for people, bodies or places, else the first word."""
    words = list(re.finditer(r"\S+", rest))
    before = []
    for word in words:
        if _NO_NOUN.match(word[0]):
            break
        before.append(word)
        if class_of(word[0]):
            return word[0], word.end()
    return (before[0][0], before[0].end()) if before else None
