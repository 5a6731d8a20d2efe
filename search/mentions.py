"""Mentions of a document in a text: by symbol ("A/HRC/28/10"), by kind and date ("its resolution of 14 March 2019"),
or by kind and number ("resolution 5/1")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from indexer.dates import FoundDate, dates_in

_SYMBOL = re.compile(r"(?<![\w/.])(?:[A-Z]{1,6}\d{0,2}(?:/[A-Z0-9][A-Za-z0-9.()-]*)+|[A-Z]\d_[A-Z]{2}\(\d{4}\)\d+)")
# What a document is, in the words of several languages; a reference in one may name a document in another.
_KINDS: dict[str, str] = {
    "resolution": r"r[eé]solutions?|резолюци\w+|қарар\w*|қаулы\w*|resoluci(?:ón|ones)|entschließung\w*|beschl[uü]ss\w*",
    "report": r"r[ae]pports?|reports?|доклад\w*|отч[её]т\w*|баянда\w+|informes?|berichts?",
    "statement": r"statements?|заявлени\w+|мәлімде\w+|déclarations?|declaraci(?:ón|ones)|declarations?|erklärung\w*|"
    r"декларац\w+|press\s+releases?|communiqu[eé]s?|comunicados?",
    "decision": r"d[eé]cisions?|rulings?|orders?|решени\w+|постановлени\w+|шешім\w*|decisi(?:ón|ones)|"
    r"приказ\w*|указ\w*|decrees?|d[eé]crets?|decretos?|распоряжени\w+|жарлы[қғ]\w*",
    "judgment": r"judge?ments?|приговор\w*|arrêts?|sentencias?|urteils?",
    "opinion": r"opinions?|views|avis|мнени\w+|соображени\w+",
    "observations": r"observations|conclusions|замечани\w+|general\s+comments?|recommendations?|рекомендаци\w+",
    "letter": r"letters?|communications?|appeals?|письм\w+|сообщени\w+|обращени\w+",
    "note verbale": r"notes?\s+verbales?|notas?\s+verbal(?:es)?|вербальн\w+\s+нот\w+|нот\w+\s+вербальн\w+",
    "minutes": r"minutes|протокол\w*|хаттама\w*|proc[eè]s-verba(?:l|ux)|protokoll(?:s|e|en)?|niederschrift\w*",
    "law": r"laws?|directives?|regulations?|guidelines|закон\w*",
    "paper": r"memorand(?:um|a)|briefings?|summar(?:y|ies)|articles?",
}
KINDS = "|".join(_KINDS.values())
_KIND = re.compile(rf"(?<!\w)(?:{KINDS})(?!\w)", re.IGNORECASE)
_NUMBERED = re.compile(
    rf"(?<!\w)(?P<kind>{KINDS})\s+(?:(?:No\.?|№)\s*(?P<bare>\d{{1,4}})|(?P<number>\d{{1,4}}/\d{{1,4}}))(?![\w/])",
    re.IGNORECASE,
)
_A_TIME = re.compile(r"minutes(?!\s+(?:of|from|dated)\b)", re.IGNORECASE)  # "for ten minutes on 5 May 2021"
_BEFORE_DATE = re.compile(r"(?:\b(?:of|dated|on|from|adopted|issued|от|vom|du|del?)|[,(])\s*$", re.IGNORECASE)
_ITS_DATE = re.compile(r"\s*[,(]?\s*(?:of|dated|from|adopted|issued|от|vom|du|del?)?\s*", re.IGNORECASE)
_BETWEEN_DATES = re.compile(
    r"(?:\s*\(\d{1,3}\)|\s*\[\^?\d{1,3}\])?\s*(?:,|;|\b(?:and|those|that|of|и|от|et|und)\b|\s)*"
)
_REACH = 100  # characters between the kind of a document and its date: the body that adopted it may stand there


@dataclass(frozen=True, slots=True)
class Mention:
    """A document as a text names it, at ``start:end``: by ``symbol``, or by ``kind`` with ``date`` (ISO 8601)."""

    start: int
    end: int
    symbol: str = ""
    kind: str = ""
    date: str = ""


def mentions(text: str) -> list[Mention]:
    """Find the documents that a text names, in order and without overlap."""
    found = sorted([*_symbols(text), *_numbered(text), *_dated(text)], key=lambda m: (m.start, -m.end))
    kept: list[Mention] = []
    for mention in found:
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


@lru_cache(maxsize=10_000)
def kind_of(word: str) -> str:
    """Return what kind of document a word names ("resolution" for "резолюции"), "" if none."""
    return next((kind for kind, words in _KINDS.items() if re.fullmatch(words, word, re.IGNORECASE)), "")


def kinds_in(text: str) -> list[str]:
    """Return the words for kinds of documents in a text, in order, as they stand."""
    return [match[0] for match in _KIND.finditer(text)]


def symbols_in(text: str) -> list[str]:
    """Return the symbols in a text, in order; small letters may be typed for capitals."""
    return [mention.symbol for mention in _symbols(text.upper())]


def _symbols(text: str) -> Iterator[Mention]:
    for match in _SYMBOL.finditer(text):
        symbol = match[0].rstrip(".-")
        while symbol.endswith(")") and symbol.count(")") > symbol.count("("):
            symbol = symbol[:-1].rstrip(".-")
        if any(character.isdigit() for character in symbol) and ("/" in symbol or "_" in symbol):
            yield Mention(match.start(), match.start() + len(symbol), symbol=symbol)


def _numbered(text: str) -> Iterator[Mention]:
    for match in _NUMBERED.finditer(text):
        end, date = match.end(), ""
        near = text[end : end + _REACH]
        for found in dates_in(near)[:1]:  # "Decree No. 88 of 3 May 2022"
            if _ITS_DATE.fullmatch(near, 0, found.start):
                end, date = end + found.end, found.iso
        yield Mention(match.start(), end, symbol=match["number"] or match["bare"], kind=match["kind"], date=date)


def _dated(text: str) -> Iterator[Mention]:
    """Kinds with dates; further dates of a list ("those of 18 April 2013, 15 March 2012") are of the same kind."""
    before: tuple[FoundDate, str] | None = None
    for date in dates_in(text):
        kind = _kind_before(text, date)
        if kind is not None:
            yield Mention(kind.start(), date.end, kind=kind[0], date=date.iso)
        elif before and _BETWEEN_DATES.fullmatch(text, before[0].end, date.start):
            yield Mention(date.start, date.end, kind=before[1], date=date.iso)
        else:
            before = None
            continue
        before = (date, kind[0] if kind else before[1] if before else "")


def _kind_before(text: str, date: FoundDate) -> re.Match[str] | None:
    """The kind of document that a date belongs to: the nearest before it in the same clause."""
    start = max(0, date.start - _REACH)
    reach = text[start : date.start]
    if not _BEFORE_DATE.search(reach):
        return None
    cut = max((m.end() for m in re.finditer(r"[.;!?]\s|\n\s*\n", reach)), default=0)
    found = list(_KIND.finditer(text, start + cut, date.start))
    if not found or _A_TIME.match(text, found[-1].start()) or dates_in(text[found[-1].end() : date.start]):
        return None
    return found[-1]
