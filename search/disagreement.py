"""Where sources differ: every answering sentence against the other accounts of its event in the best passages."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from indexer.document import Document, Passage
from indexer.words import split, stem
from search.accounts import Account, Difference, differences
from search.entities import Seen, is_country, names_in
from search.function_words import function_words
from search.outcomes import can_differ
from search.quotes import Quotes
from search.results import Conflict, Disagreement
from search.speech import speech_in
from search.statements import LOOKED_AT, Statement, statements
from search.variants import same
from search.weekdays import years_of

MOST = 4  # conflicts that an answer shows
MOST_READ = 120  # sentences that are read as accounts, those that share most words first
MOST_VALUES = 4  # more than that are of as many events, told in one formula
SHARED = 2  # stems that another sentence must share with an answering one to be read at all
_ITEM = re.compile(r"\s*(?:[-–—•*]|\(?\d{1,4}[.)]?|\(?[a-zа-я]\))\s+")
_HEAD_ENDS = re.compile(r"\s*[,;:(–—-]")
_ORDER = (Disagreement.CONFLICT, Disagreement.LATER, Disagreement.SCOPE)

Found = Sequence[tuple[Document, Passage]]


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two statements and one thing that they say otherwise."""

    first: Statement
    second: Statement
    difference: Difference

    def values(self) -> tuple[str, str]:
        """Return the words of each for what they say otherwise."""
        return self.first.text[slice(*self.difference.first)], self.second.text[slice(*self.difference.second)]


def differing(
    question: str, found: Found, answering: Sequence[Statement], quotes: Quotes, text_of: Callable[[str], str]
) -> tuple[Conflict, ...]:
    """Return where other sentences of the passages ``found`` differ from those that answer, the conflicts first.

    ``text_of`` gives the text of a document by id: one without a date may still tell its year by a day of the week.
    """
    looked = [pair for pair in found if not pair[1].boilerplate][:LOOKED_AT]
    stems = [_stems(s.text, s.document.language) for s in answering]
    near = statements(looked, question, lambda text, language: _near(text, language, stems) and can_differ(text))
    others = sorted(near, key=lambda s: -_shared(s, stems))[:MOST_READ]
    seen = Seen.of([s.text for s in (*answering, *others)])
    accounts = _Accounts(seen, text_of)
    pairs: list[_Pair] = []
    done: set[tuple[str, int]] = set()
    for statement, own in zip(answering, stems, strict=True):
        done.add(statement.place)
        for other in others:
            if other.place in done or len(own & _stems(other.text, other.document.language)) < SHARED:
                continue
            if _other_rows(statement, other, seen):
                continue
            for difference in differences(accounts.of(statement), accounts.of(other)):
                pairs.append(_Pair(statement, other, difference))
    pairs.sort(key=lambda pair: _ORDER.index(pair.difference.kind))
    return _merged(pairs, quotes)


def _other_rows(a: Statement, b: Statement, seen: Seen) -> bool:
    """Whether two are rows of a table or items of a list in one document, each of which is about someone else."""
    if a.document.id != b.document.id:
        return False
    mine, other = _head(a.text, seen), _head(b.text, seen)
    return mine is not None and other is not None and not same(mine, other, seen.abbreviations)


def _head(text: str, seen: Seen) -> str | None:
    """Whom a row or an item is about: the name that it begins with; None for what someone says, which may be denied."""
    names = [name for name in names_in(text, seen) if not is_country(name.words)]
    if not names or speech_in(text):
        return None
    if "\t" in text:
        return names[0].words.split("\t")[0]
    marker = _ITEM.match(text)
    begins = names[0].start == (marker.end() if marker else 0)
    return names[0].words if begins and (marker or _HEAD_ENDS.match(text, names[0].end)) else None


class _Accounts:
    """Reads each statement once."""

    def __init__(self, seen: Seen, text_of: Callable[[str], str]) -> None:
        self._seen = seen
        self._text_of = text_of
        self._read: dict[tuple[str, int], Account] = {}
        self._years: dict[str, frozenset[int]] = {}

    def of(self, statement: Statement) -> Account:
        """Return a statement as an account."""
        if statement.place not in self._read:
            d = statement.document
            self._read[statement.place] = Account(
                statement.text, d.language, d.date, self._seen, partial(self._years_of, d), d.id
            )
        return self._read[statement.place]

    def _years_of(self, document: Document) -> frozenset[int]:
        if document.date:
            return frozenset()
        if document.id not in self._years:
            this_year = datetime.datetime.now(tz=datetime.UTC).year
            self._years[document.id] = years_of(self._text_of(document.id), this_year)
        return self._years[document.id]


@lru_cache(maxsize=10_000)
def _stems(text: str, language: str | None) -> frozenset[str]:
    return frozenset(stem(w, language) for w in split(text) if w not in function_words() and len(w) > 2)


def _near(text: str, language: str | None, answering: Sequence[frozenset[str]]) -> bool:
    own = _stems(text, language)
    return any(len(own & stems) >= SHARED for stems in answering)


def _shared(statement: Statement, answering: Sequence[frozenset[str]]) -> int:
    own = _stems(statement.text, statement.document.language)
    return max((len(own & stems) for stems in answering), default=0)


def _merged(pairs: Sequence[_Pair], quotes: Quotes) -> tuple[Conflict, ...]:
    """Join pairs about the same words of one answering sentence into one conflict, each value with its citations."""
    groups: dict[tuple[object, ...], list[_Pair]] = {}
    for pair in pairs:
        key = (pair.first.place, pair.difference.aspect, pair.difference.kind, pair.difference.first)
        groups.setdefault(key, []).append(pair)
    told = [group for group in groups.values() if len({v for pair in group for v in pair.values()}) <= MOST_VALUES]
    conflicts = [_conflict(group, quotes) for group in told[:MOST]]
    return tuple(conflict for conflict in conflicts if len(conflict.values) > 1)


def _conflict(group: Sequence[_Pair], quotes: Quotes) -> Conflict:
    cited: dict[str, list[int]] = {}
    years: dict[str, tuple[int, ...]] = {}
    for pair in group:
        statements_and_years = zip((pair.first, pair.second), pair.values(), pair.difference.years, strict=True)
        for statement, value, unsaid in statements_and_years:
            n = quotes.add(statement.document, statement.text, statement.start, statement.end)
            if n is not None and n not in cited.setdefault(value, []):
                cited[value].append(n)
            if unsaid:
                years[value] = tuple(sorted(unsaid, reverse=True))
    difference = group[0].difference
    values = tuple((value, tuple(numbers)) for value, numbers in cited.items() if numbers)
    return Conflict(difference.about, values, difference.kind, difference.aspect, tuple(years.items()))
