"""What a date in a text is the date of: the document itself, the event that its clause tells, or something it mentions.

A date that a preposition ties to the clause ("in May 2020", "since 2016", "11 февраля") says when what is told took
place. One that belongs to a noun ("the 2021 elections", "the Act of 2004") or to the name of a text ("its resolution of
14 March 2019") does not.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from indexer.metadata import is_dateline
from search.calendar import DAY, YEAR, Period
from search.dates import DateExpression
from search.mentions import KINDS


class DateKind(StrEnum):
    """What a date is the date of."""

    DOCUMENT = "document"
    EVENT = "event"
    MENTIONED = "mentioned"


_REACH: Final = 400  # characters before a date in which its clause is read
_CLAUSE: Final = re.compile(r"[.;!?…]\s|\n\s*\n")
_PART: Final = (
    r"(?:(?:the|early|late|mid|beginning|start|middle|end|evening|morning|night|afternoon|of"
    r"|начал\w|конц\w|середин\w|утром|вечером|ночью|дн[её]м)[\s-]+)*"
)
_TIED: Final = re.compile(
    r"(?:^|\W)(?:on|in|at|during|throughout|over|within|since|until|till|by|before|after|following|between|around|every"
    r"|as\s+of|le|depuis|dès|avant|après|jusqu['’]au|el|en|desde|hasta|am|im|seit|bis|ab|в|во|на|за|к|ко|с|со|до|после|между|в\s+течение|около|начиная\s+с)\s+"
    + _PART
    + "$",
    re.IGNORECASE,
)
_OF: Final = re.compile(r"(?:^|\W)(?:of|dated|от|від|du|del|vom)\s+$", re.IGNORECASE)
_OPENS: Final = re.compile(
    r"(?:since|until|till|by|before|after|following|between|from|с|со|до|к|ко|после|между|начиная)\b", re.IGNORECASE
)
_TOLD: Final = re.compile(
    r"(?:last|past|previous|next|coming|this|current|yesterday|tomorrow|вчера|завтра|позавчера|послезавтра"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b|.*\b(?:ago|назад|last)$|(?:прошл|минувш|эт)\w+\s"
    r"|(?:весной|летом|осенью|зимой)\b",
    re.IGNORECASE,
)
_NOW: Final = re.compile(r"today|tonight|сегодня", re.IGNORECASE)
_OF_A_NOUN: Final = re.compile(r"['’]s\b")
_RUSSIAN_DAY: Final = re.compile(r"\d{1,2}(?:\s|-го)[^\d]*[а-яё]", re.IGNORECASE)
_KAZAKH_DAY: Final = re.compile(r"\d{4}\s+жыл\w*\s.*[дт][ае]н?", re.IGNORECASE)
"""A date in the case that says when: "2022 жылғы 17 қаңтарда"."""
_CITES: Final = re.compile(
    r"(?:^|\W)(?:having\s+regard\s+to|in\s+view\s+of|recalling|pursuant\s+to|in\s+accordance\s+with"
    r"|принимая\s+во\s+внимание|учитывая|ссылаясь\s+на|руководствуясь|в\s+соответствии\s+с)\b",
    re.IGNORECASE,
)
_TEXT: Final = re.compile(rf"(?<!\w)(?:{KINDS})(?!\w)", re.IGNORECASE)


def kind_of(text: str, date: DateExpression, own: Period | None = None) -> DateKind:
    """Say what a date in ``text`` is the date of; ``own`` is the document's, where the text may state that."""
    kind = _kind(text, date)
    if own is None or date.period != own:
        return kind
    stated = kind is DateKind.MENTIONED or is_dateline(text, date.start, date.end)
    return DateKind.DOCUMENT if stated else kind


def _kind(text: str, date: DateExpression) -> DateKind:
    words = text[date.start : date.end]
    before = _clause_before(text, date.start)
    if _NOW.fullmatch(words) or _OF_A_NOUN.match(text, date.end):
        return DateKind.MENTIONED
    if _OPENS.match(words) or _TIED.search(before):
        return DateKind.EVENT
    if _OF.search(before):
        names_a_text = date.period.precision is YEAR or _TEXT.search(before) or _CITES.search(before)
        return DateKind.MENTIONED if names_a_text else DateKind.EVENT
    if _TOLD.match(words):
        return DateKind.EVENT
    if date.period.precision is DAY and _RUSSIAN_DAY.match(words):  # "Суд 11 февраля оставил", without a preposition
        return DateKind.EVENT
    return DateKind.EVENT if _KAZAKH_DAY.fullmatch(words) else DateKind.MENTIONED


def _clause_before(text: str, start: int) -> str:
    reach = text[max(0, start - _REACH) : start]
    cut = max((match.end() for match in _CLAUSE.finditer(reach)), default=0)
    return reach[cut:]
