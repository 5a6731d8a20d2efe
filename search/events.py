"""What a sentence tells as having happened: the word for it, who took part, when, where, how many, or that it did not.

Read by the grammar of the sentence alone. What is asked for, planned or feared did not happen, and is no event.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise

from indexer.words import normalise, stem
from search.entities import Name, Seen, is_calendar, is_country, key, names_in
from search.function_words import function_words
from search.nouns import kinds_of
from search.quantities import Count, When, counts_in, dates_in, is_number

NEAR = 14  # words between an event and who took part in it

_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_IRREGULAR = frozenset(
    "shot held died beat beaten sent found fled left won lost took taken gave given met began broke broken fell went"
    " put cut hit shut sold bought brought sought fought built born sworn stolen written withdrawn withdrew overthrown"
    " threw thrown rose led made kept burnt upheld set told struck slain hung let drawn chosen frozen hidden"
    " driven".split()
)
_PAST = re.compile(
    r"(?:[^\W\d_]{2,}ed)$|(?:[а-яё]{2,}(?:л|ла|ло|ли|лся|лась|лось|лись|н|на|но|ны|ён|ена|ены|ит|иты|ита|та|то|ты))$"
)
_NOT_PAST = frozenset(
    "need indeed hundred based related alleged united armed interested concerned called so-called лет".split()
)
_POSSIBLE = re.compile(
    r"\b(?:should|shall|must|(?-i:may)|might|could|would|will|calls?\s+(?:on|for|upon)|call(?:ed|ing)\s+(?:on|for|upon)|urg\w+|recommend\w*|demand\w*"
    r"|request\w*|encourag\w+|invit\w+|if|whether|unless|in\s+order\s+to|plan\w*\s+to|propos\w+|threaten\w*|risk\w*|appeal\w*\s+(?:to|for)"
    r"|requir\w+|insist\w*|intend\w*|refus\w+\s+to|fail\w*\s+to|требу\w*|потребова\w*|призва\w*|призыва\w*|рекоменд\w*|следует|должн\w*"
    r"|нужно|чтобы|если|планиру\w*|предлага\w*|предложи\w*|могут|может|пока)\b",
    re.I,
)
_INFINITIVE = re.compile(r"(?<!up )\bto\s+$")
_DENIED = re.compile(r"\b(?:not|never|n’t|n't|не)\s+(?:\w+\s+)?$", re.I)
_IN = re.compile(r"\b(?:in|at|near|outside|в|во|на|под|около)\s+(?:the\s+)?[“«\"]?$", re.I)
_OF_THEM = re.compile(r"(?:\bof\s+wh(?:ich|om)|\bincluding|\bиз\s+(?:них|которых))\s+(?:\w+\s+)?$", re.I)
_OWN_VERB = re.compile(
    r"[”»\"]?(?:\s*\([^)]*\))?\s+(?:was|were|is|are|has|have|had|will|would|[a-z]+ed|[а-яё]+(?:л|ла|ли))\b"
)


@dataclass(slots=True)
class _Clause:
    """A clause with all that stands in it, each with offsets into the sentence."""

    text: str
    start: int
    end: int
    names: list[Name]
    dates: list[When]
    counts: list[Count]
    words: list[re.Match[str]] = field(default_factory=list)


@dataclass(frozen=True)
class Event:
    """One event of a sentence, told by a ``match`` in its ``clause``.

    All but the word is read when it is first asked for: most events of two sentences have nothing in common.
    """

    clause: _Clause
    match: re.Match[str]
    verbs: Sequence[re.Match[str]]
    roots: dict[int, str]

    @cached_property
    def word(self) -> str:
        """The word for what happened, which stands at ``start:end``."""
        return self.match[0]

    @cached_property
    def start(self) -> int:
        """Where the word begins in the sentence."""
        return self.match.start()

    @cached_property
    def end(self) -> int:
        """Where the word ends."""
        return self.match.end()

    @cached_property
    def root(self) -> str:
        """The stem of the word."""
        return self.roots[self.start]

    @cached_property
    def happened(self) -> bool:
        """Whether it is neither asked for nor feared."""
        return not _POSSIBLE.search(self.clause.text[self.clause.start : self.start])

    @cached_property
    def denied(self) -> bool:
        """Whether the sentence says that it did not happen."""
        return bool(_DENIED.search(self.clause.text[: self.start]))

    @cached_property
    def people(self) -> tuple[Name, ...]:
        """Who took part."""
        return _people(self.clause, self.start, self.end, self.verbs)

    @cached_property
    def countries(self) -> frozenset[str]:
        """The countries that the clause names."""
        return frozenset(n.words for n in self.clause.names if is_country(n.words))

    @cached_property
    def places(self) -> tuple[Name, ...]:
        """Where it happened."""
        return tuple(n for n in self.clause.names if _is_place(self.clause.text, n) and self._tied(n))

    @cached_property
    def dates(self) -> tuple[When, ...]:
        """When it happened."""
        return tuple(d for d in self.clause.dates if self._tied(d))

    @cached_property
    def about_then(self) -> tuple[When, ...]:
        """All dates of the clause."""
        return tuple(self.clause.dates)

    @cached_property
    def counts(self) -> tuple[Count, ...]:
        """How many took part."""
        return tuple(c for c in self.clause.counts if _counts_for(self.clause, self.start, self.end, c, self._others))

    @cached_property
    def kinds(self) -> frozenset[tuple[str, str]]:
        """The kinds of the nouns beside it."""
        near = (w[0] for w in self.clause.words if abs(w.start() - self.start) < 120)
        return frozenset(kind for word in near for kind in kinds_of(word))

    @cached_property
    def around(self) -> frozenset[str]:
        """The stems of all other words of the clause."""
        return frozenset(self.roots.values()) - {self.root}

    @cached_property
    def _others(self) -> list[re.Match[str]]:
        return [v for v in self.verbs if v.start() != self.start]

    def _tied(self, thing: Name | When) -> bool:
        """Whether a date or place goes with it: no other verb between, or it opens the clause for all of them."""
        if thing.start >= self.end:
            return not any(self.end <= v.start() < thing.start for v in self._others)
        if not any(thing.end <= v.start() < self.start for v in self._others):
            return True
        return not any(v.end() <= thing.start for v in self._others)


@lru_cache(maxsize=10_000)
def may_tell(text: str, language: str | None) -> frozenset[tuple[str, str]]:
    """Return the words of a sentence that may tell of an event, each with its stem, before names are read."""
    words = [w for w in _WORD.finditer(text) if _says_something(w[0]) and _is_past(text, w)]
    return frozenset((w[0], stem(normalise(w[0]), language)) for w in words)


def events_in(text: str, language: str | None, seen: Seen) -> list[Event]:
    """Return the events that a sentence tells of, in order."""
    names, dates, counts = names_in(text, seen), dates_in(text), counts_in(text)
    found: list[Event] = []
    for start, end in _clauses(text):
        inside = _Clause(
            text, start, end,
            [n for n in names if start <= n.start < end], [d for d in dates if start <= d.start < end],
            [c for c in counts if start <= c.start < end], list(_WORD.finditer(text, start, end)),
        )  # fmt: skip
        found += _events(inside, language)
    return found


def _clauses(text: str) -> list[tuple[int, int]]:
    cuts = [
        0,
        *(m.end() for m in re.finditer(r";\s|\bwhereas\b|,\s+(?:but|while|whereas|although|но|однако|хотя)\s", text)),
        len(text),
    ]
    return [(a, b) for a, b in pairwise(cuts) if text[a:b].strip()]


def _events(clause: _Clause, language: str | None) -> list[Event]:
    taken = [(n.start, n.end) for n in clause.names] + [(d.start, d.end) for d in clause.dates]
    words = [w for w in clause.words if not any(a <= w.start() < b for a, b in taken)]
    roots = {w.start(): stem(normalise(w[0]), language) for w in words if _says_something(w[0])}
    counted = {c.noun.lower() for c in clause.counts}
    verbs = [w for w in words if _is_past(clause.text, w) and w[0].lower() not in counted]
    return [Event(clause, word, verbs, roots) for word in verbs if word.start() in roots]


def _says_something(word: str) -> bool:
    low = word.lower()
    return len(low) > 2 and low not in function_words() and not is_calendar(low)


def _is_past(text: str, word: re.Match[str]) -> bool:
    low = word[0].lower()
    if low in _NOT_PAST or low in function_words() or is_number(low):
        return False
    return low in _IRREGULAR or bool(_PAST.search(low)) or bool(_INFINITIVE.search(text, 0, word.start()))


def _is_place(text: str, name: Name) -> bool:
    return not name.quoted and bool(_IN.search(text[: name.start]))


def _counts_for(clause: _Clause, start: int, end: int, count: Count, verbs: Sequence[re.Match[str]]) -> bool:
    """Whether so many took part: no other verb and no other number between."""
    low, high = (end, count.start) if count.start >= end else (count.end, start)
    if any(c is not count and low <= c.start < high for c in clause.counts) or _OF_THEM.search(
        clause.text[: count.start]
    ):
        return False
    between = [v for v in verbs if low <= v.start() < high]
    numbers = re.search(r"\d", re.sub(r"\d{1,2}\s+\w+\s+(?:19|20)\d\d|(?:19|20)\d\d", "", clause.text[low:high]))
    other_ended = count.end <= start and any(v.end() <= count.start and count.start - v.end() < 25 for v in verbs)
    return not between and not numbers and not other_ended and len(clause.text[low:high].split()) <= NEAR


def _people(clause: _Clause, start: int, end: int, verbs: Sequence[re.Match[str]]) -> tuple[Name, ...]:
    """Who took part: the nearest names before and after, unless those behind do something of their own."""
    text = clause.text
    names = [n for n in clause.names if not is_country(n.words) and (n.quoted or not _IN.search(text[: n.start]))]
    before = [n for n in names if n.end <= start]
    after = [n for n in names if n.start >= end]
    nearest = [group for group in (_together(text, before[::-1])[::-1], _together(text, after)) if group]
    kept: list[Name] = []
    for group in nearest:
        follows = group[0].start >= end
        gap = text[end : group[0].start] if follows else text[group[-1].end : start]
        if len(gap.split()) > NEAR or (follows and _does_own(clause, end, group, verbs)):
            continue
        kept += group
    return tuple(kept)


def _does_own(clause: _Clause, end: int, group: Sequence[Name], verbs: Sequence[re.Match[str]]) -> bool:
    """Whether names behind an event belong to another one; what is said or denied is of the names in its "that"."""
    gap = clause.text[end : group[0].start]
    if re.match(r"\s+(?:that|что)\b", gap):
        return False
    gap = re.sub(
        r"\w+ed\s+(?:on|by|against|in|to|for)\s+(?:the\s+)?$", lambda m: " " * len(m[0]), gap
    )  # "the fine imposed on X"
    between = any(end <= v.start() < group[0].start and gap[v.start() - end : v.end() - end].strip() for v in verbs)
    return between or bool(_OWN_VERB.match(clause.text, group[-1].end))


def _together(text: str, names: Sequence[Name]) -> list[Name]:
    group: list[Name] = []
    for name in names:
        if group:
            low, high = sorted((group[-1], name), key=lambda n: n.start)
            if len(text[low.end : high.start].split()) > 3 or not re.search(
                r",|\band\b|\bи\b", text[low.end : high.start]
            ):
                break
        group.append(name)
    return group


def sounds(names: Sequence[Name]) -> frozenset[tuple[str, ...]]:
    """Return names by how they sound."""
    return frozenset(key(name.words) for name in names)
