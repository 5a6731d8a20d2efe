"""What form an answer takes: a question that asks when, where, who, how many, how long or how old wants that said.

A passage without any date answers no "when". The other way round nothing follows: a date is not yet the date asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from search.function_words import function_words
from search.names import WORD

_FLAGS = re.IGNORECASE
_HOW_OLD = re.compile(r"\bhow old\b|\bwhat age\b|(?<!на )\bсколько (?:\w+ )?лет\b|\bв каком возрасте\b", _FLAGS)
_HOW_LONG = re.compile(r"\bhow (?:long|many (?:days|weeks|months|years))\b|\bкак долго\b|\bна сколько лет\b", _FLAGS)
_WHEN = re.compile(
    r"\b(?:when|(?:what|which) (?:year|date|day)|когда|в каком году|қашан|коли|cuándo|quand|wann)\b", _FLAGS
)
_HOW_MANY = re.compile(r"\b(?:how (?:many|much|large|far)|сколько|қанша|скільки|cuánt\w+|combien)\b", _FLAGS)
_WHERE = re.compile(r"\b(?:where|где|куда|откуда|қайда|де|dónde|où|wo)\b", _FLAGS)
_WHO = re.compile(r"\b(?:who|whom|whose|кто|кого|кому|кем|кім|хто|quién|quiénes|qui|wer)\b", _FLAGS)

_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_DATE_WORD = re.compile(
    r"\b(?:(?:jan|febr)uary|march|april|may|june|july|august|(?:septem|octo|novem|decem)ber|\w+day"
    r"|январ\w|феврал\w|март\w?|апрел\w|ма[йя]|ию[нл]\w|август\w?|(?:сент|окт|но|дек)[ая]бр\w|ноябр\w)\b",
    _FLAGS,
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_COUNT_WORD = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand|million|several"
    r"|один|два|две|три|четыр\w+|пят\w+|шест\w+|сем\w+|десят\w+|сот\w+|тысяч\w+|миллион\w*)\b",
    _FLAGS,
)
_AGE = re.compile(
    r"\b\d{1,3}[- ]years?[- ]old\b|\baged?\b|\bborn\b|\(\d{1,2}\)|, \d{1,2},"
    r"|\b\d{1,3}[- ]?(?:лет|летн\w+|года?)\b|родил\w+|возраст\w*",
    _FLAGS,
)
_TIME_UNIT = re.compile(
    r"\b(?:days?|weeks?|months?|years?|hours?|minutes?|decades?|century|centuries|since|until"
    r"|дн[яией]\w*|день|недел\w+|месяц\w*|лет|год\w*|час\w*|минут\w*|до сих пор)\b",
    _FLAGS,
)
_SPAN = re.compile(  # "from 1991 to 2000", "1991-2000", "19 February - 26 March 1945"
    r"\b(?:from|between|с|между)\s+(?:\w+\s+){0,2}(?:1[5-9]|20)\d\d\b"
    r"|\w\s*[-–—]\s*(?:\d{1,2}\s+)?(?:\w+\s+)?(?:1[5-9]|20)\d\d\b|(?:1[5-9]|20)\d\d\s*[-–—]\s*\d\d\b",
    _FLAGS,
)
_LENGTH = re.compile(
    r"\d\W?(?:[kcm]?m|км|см|мм|м|ft|miles?|feet|foot|yards?|\w*met(?:re|er)s?|\w*метр\w*|миль)\b", _FLAGS
)


@lru_cache(maxsize=20_000)
def missing_form(question: str, text: str) -> str | None:
    """Return what the question asks for if ``text`` has none: age, length of time, date, number, place or name.

    Where a question asks for two of them, the first counts.
    """
    asked = [(match.start(), n) for n, (_, asks, _) in enumerate(_FORMS) if (match := asks.search(question))]
    if not asked:
        return None
    what, _, is_given = _FORMS[min(asked)[1]]  # "who may change the law where it is built" asks who
    return None if is_given(question, text) else what


def _gives_number(question: str, text: str) -> bool:
    asked = set(_NUMBER.findall(question))
    return any(number not in asked for number in _NUMBER.findall(text)) or bool(_COUNT_WORD.search(text))


def _gives_name(question: str, text: str) -> bool:
    """Whether a word with a capital stands in ``text`` that is not the question's."""
    asked = question.casefold()
    names = (word for word in WORD.findall(text) if word[0].isupper() and word.casefold() not in asked)
    return any(name.casefold() not in function_words() for name in names)


def _gives_place(question: str, text: str) -> bool:
    """The same, but a capital at the beginning may only be that of the sentence."""
    first = WORD.search(text)
    return first is not None and _gives_name(question, text[first.end() :])


_Given = Callable[[str, str], bool]
_FORMS: tuple[tuple[str, re.Pattern[str], _Given], ...] = (
    ("age", _HOW_OLD, lambda _, text: bool(_AGE.search(text))),
    ("length of time", _HOW_LONG, lambda _, text: any(form.search(text) for form in (_TIME_UNIT, _SPAN, _LENGTH))),
    ("date", _WHEN, lambda _, text: bool(_YEAR.search(text) or _DATE_WORD.search(text))),
    ("number", _HOW_MANY, _gives_number),
    ("place", _WHERE, _gives_place),
    ("name", _WHO, _gives_name),
)
