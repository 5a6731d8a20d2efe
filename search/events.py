"""What a sentence tells as having happened: the word for it, who took part, when, where, how many, or that it did not.

Read by the grammar of the sentence alone. What is asked for, planned or feared did not happen, and is no event.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import pairwise

from indexer.words import normalise, stem
from search.entities import Name, Seen, is_calendar, is_country, key, names_in
from search.function_words import function_words
from search.nouns import ORGANISATION, PLACE, class_of, kinds_of
from search.outcomes import dies, done_to
from search.quantities import Count, When, counts_in, dates_in, is_number
from search.speech import speech_in

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
# "Lomsk remand prison", "port of Velm", ", отделение полиции Тарна"; not "начальник колонии Петров".
_BEFORE_SITE = re.compile(
    r"[ \xa0]+(?:(?:remand|pre-trial|penal|police|railway|bus|military|refugee|detention|labour|central|international"
    r"|women[’']s|high-security|maximum-security)[ \xa0]+)?([a-z]+)"
)
_SITE_OF = re.compile(
    r"\b([a-z]+)\s+of\s+(?:the\s+)?$|(?:^|[,;\t(]|\b(?:в|во|на|из|у|под|около)\s)\s*([а-яё]+)\s+(?:[а-яё]+\s+)?$", re.I
)
_SITE = re.compile(r"station|precinct|barracks|harbour|отдел(?:ени[еяи]|[ае])?", re.I)
_BEING = re.compile(r"\b(?:was|were|is|are|been|being|be|был[аои]?)\s+(?:(?:also|later|not|\w+ly|не)\s+){0,2}$", re.I)
_PARTICIPLE = re.compile(r"[а-яё]+(?:[аяеё]н|[бвш]ит|[аыу]т|ят)[аоы]?$", re.I)  # "задержана", "убит"
_REDUCED = re.compile(r"[,.;:)]|\s*$|\s+(?:\d|(?:in|on|at|by|for|to|after|during|в|во|на|за|по|к)\b)", re.I)
_LEADS_ELSEWHERE = re.compile(
    r"\b(?:of|for|from|with|by|between|against|to|into|about|on|after|от|из|с|для|между|против)\s+(?:the\s+)?$", re.I
)
_OBJECT_ENDS = re.compile(
    r"[;:(]|\b(?:to|in|at|by|for|on|after|during|because|from|over|with|that|who|что|за|к|в|во|на|по|из|после)\b", re.I
)
_AND_WAS = re.compile(r"\b(?:was|were|been|being)\b[^,;]{1,60}\band\s+(?:\w+ly\s+)?$", re.I)  # "held and charged"
_RELATIVE = re.compile(r",\s+(?:who|whose|whom|which|котор\w+)\b[^,]*,", re.I)
_OF_THEM = re.compile(r"(?:\bof\s+wh(?:ich|om)|\bincluding|\bиз\s+(?:них|которых))\s+(?:\w+\s+)?$", re.I)
_OWN_VERB = re.compile(
    r"[”»\"]?(?:\s*\([^)]*\))?\s+(?:was|were|is|are|has|have|had|will|would|[a-z]+ed|[а-яё]+(?:л|ла|ли))\b"
)


@dataclass
class _Clause:
    """A clause with all that stands in it, each with offsets into the sentence."""

    text: str
    start: int
    end: int
    names: list[Name]
    dates: list[When]
    counts: list[Count]
    words: list[re.Match[str]] = field(default_factory=list)

    @cached_property
    def people(self) -> list[Name]:
        """Its names that are of people and bodies."""
        return [n for n in self.names if not is_country(n.words) and not _is_place(self.text, n)]

    @cached_property
    def told_of(self) -> list[Name]:
        """Of these, those that do not only say it."""
        said_by = range(*speech.speaker) if (speech := speech_in(self.text)) else ()
        return [n for n in self.people if n.start not in said_by]


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
        """Who took part; of what is done to someone, whom it was done to and not who did it."""
        nearest = _people(self.clause, self.start, self.end, self.verbs)
        return self.acted_on or tuple(n for n in nearest if not self._did_it(n))

    @cached_property
    def acted_on(self) -> tuple[Name, ...]:
        """Whom it was done to, where the grammar shows it: the subject of a passive, the object of a penalty."""
        return _acted_on(self.clause, self.match, self._others)

    @cached_property
    def named(self) -> tuple[Name, ...]:
        """All that the clause names but places, countries and who only says it."""
        return tuple(self.clause.told_of)

    @cached_property
    def countries(self) -> frozenset[str]:
        """The countries that the clause names."""
        return frozenset(n.words for n in self.clause.names if is_country(n.words))

    @cached_property
    def places(self) -> tuple[Name, ...]:
        """Where it happened."""
        return tuple(n for n in self.clause.names if _is_place(self.clause.text, n) and self._tied(n))

    @cached_property
    def towns(self) -> tuple[Name, ...]:
        """Of these places, those that it is said outright to have happened in."""
        return tuple(n for n in self.places if _IN.search(self.clause.text[: n.start]))

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

    def _did_it(self, name: Name) -> bool:
        """Whether a name is that of who did it: before an active verb, behind "by"."""
        if name.start >= self.end or not done_to(self.word):
            return done_to(self.word) and bool(re.search(r"\bby\s+(?:the\s+)?$", self.clause.text[: name.start]))
        after = self.clause.text[self.end :]
        passive = _passive(self.clause.text, self.match) or _AND_WAS.search(self.clause.text[: self.start])
        if any(v.end() <= name.start for v in self._others):  # "arrested Ana Costa and charged her"
            passive = passive or re.match(r"\s+(?:her|him|them|её|ее|его|их)\b", after)
        return not (passive or _REDUCED.match(after))

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
    names = [cell for name in names_in(text, seen) for cell in _cells(name)]
    dates, counts = dates_in(text), counts_in(text)
    found: list[Event] = []
    for start, end in _clauses(text):
        inside = _Clause(
            text, start, end,
            [n for n in names if start <= n.start < end], [d for d in dates if start <= d.start < end],
            [c for c in counts if start <= c.start < end], list(_WORD.finditer(text, start, end)),
        )  # fmt: skip
        found += _events(inside, language)
    return found


def _cells(name: Name) -> list[Name]:
    """A name, or where it runs over cells of a table, one for each."""
    cells = [
        (name.start + m.start(), name.start + m.end(), m[0]) for m in re.finditer(r"[^\t]*[^\W\d_][^\t]*", name.words)
    ]
    return [replace(name, start=start, end=end, words=words) for start, end, words in cells]


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
    """Whether a name is that of a place: behind "in", or beside a noun for a place ("Kell prison", "port of Velm")."""
    if name.quoted or _IN.search(text[: name.start]):
        return not name.quoted
    if (follows := _BEFORE_SITE.match(text, name.end)) and _is_site(follows[1]):
        return True
    before = _SITE_OF.search(text[: name.start])
    return before is not None and _is_site(before[1] or before[2]) and not _OWN_VERB.match(text, name.end)


def _is_site(noun: str) -> bool:
    """Whether a noun is one for a place; a state may be what acts."""
    return (class_of(noun) == PLACE and (PLACE, "country") not in kinds_of(noun)) or bool(_SITE.fullmatch(noun))


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
    names = clause.people
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


def _passive(text: str, verb: re.Match[str]) -> bool:
    return bool(_PARTICIPLE.fullmatch(verb[0]) or _BEING.search(text[: verb.start()]))


def _acted_on(clause: _Clause, verb: re.Match[str], others: Sequence[re.Match[str]]) -> tuple[Name, ...]:
    """Whom the event of a verb was done to; none where the grammar leaves it open."""
    if dies(verb[0]) or _passive(clause.text, verb):
        return _subject(clause, verb, others)
    if not done_to(verb[0]):
        return ()
    if found := _object(clause, verb, others):
        return found
    if verb[0].lower().endswith("ли"):  # "убили", which names no one who did
        return _subject(clause, verb, others)
    if not _REDUCED.match(clause.text, verb.end()):
        return ()
    subject = _subject(clause, verb, others)  # "Ana Costa, 34, arrested in May", not "the Velm Court ruled"
    return tuple(n for n in subject if not any(class_of(word) == ORGANISATION for word in n.words.split()))


def _subject(clause: _Clause, verb: re.Match[str], others: Sequence[re.Match[str]]) -> tuple[Name, ...]:
    """The names before a verb, back to the verb or "that" before it, but those that only say whose or of what."""
    text = clause.text
    aside = [m.span() for m in _RELATIVE.finditer(text, clause.start, verb.start())]
    ends = [v.end() for v in others if v.end() <= verb.start() and not any(a < v.start() < b for a, b in aside)]
    ends += [m.end() for m in re.finditer(r"\bthat\b|\bчто\b", text[: verb.start()])]
    low = max(ends, default=clause.start)
    inside = [n for n in clause.told_of if low <= n.start < verb.start() and not any(a < n.start < b for a, b in aside)]
    return tuple(n for n in inside if not _beside_the_point(text, n))


def _object(clause: _Clause, verb: re.Match[str], others: Sequence[re.Match[str]]) -> tuple[Name, ...]:
    """The names behind a verb, up to the next verb or preposition."""
    text = clause.text
    taken = [n for n in clause.people if n.start >= verb.end()]
    ends = [m.start() for m in _OBJECT_ENDS.finditer(text, verb.end(), clause.end)]
    ends = [at for at in ends if not any(n.start <= at < n.end for n in taken)]
    high = min([*ends, *(v.start() for v in others if v.start() >= verb.end())], default=clause.end)
    return tuple(n for n in taken if n.start < high and not _beside_the_point(text, n))


def _beside_the_point(text: str, name: Name) -> bool:
    """Whether a name only says whose or of what: in brackets, behind a preposition, with an "'s"."""
    before = text[: name.start]
    whose = re.match(r"[’']s?\b|[’']\s", text[name.end :])
    return bool(whose or before.count("(") > before.count(")") or _LEADS_ELSEWHERE.search(before))


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
