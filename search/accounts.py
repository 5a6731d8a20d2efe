"""Two accounts of one event: whether they are of the same, and what they say otherwise.

Precision matters more than recall. Two sentences are of one event only if they use the same word for it and share who
took part, or enough of where, when, how many and with which words; what differs must be given by both of them outright.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from indexer.words import normalise, stem
from search.entities import Name, Seen, is_country
from search.events import Event, events_in, may_tell, sounds
from search.nouns import PLACE, kinds_of
from search.outcomes import found_guilty, may_turn, only_once, opposed, penalty, turns, undoes, undoes_named
from search.quantities import Count, When
from search.results import Disagreement
from search.speech import speech_in
from search.variants import same

ENOUGH = 2  # points for what two accounts share
UNITS_SLACK = 1.1  # numbers this near are one number rounded

MOST_APART = 40  # characters between the word for an end and what it ends
_AUXILIARY = re.compile(
    r"(?:\b(?:was|were|is|are|been|being|be|has|have|had|to|not|never|был|была|были|было|не)\s+)+$", re.I
)
_NEXT = re.compile(r"[^\W\d_]+")

Span = tuple[int, int]


@dataclass(frozen=True)
class Account:
    """A sentence as an account: ``dated`` is the date of its document (ISO 8601, as far as known); ``years_told`` gives
    the years in which the document can be from, where it gives no date but a day of the week; ``source`` is what tells
    its document from others, where it is known."""

    text: str
    language: str | None
    dated: str | None
    seen: Seen
    years_told: Callable[[], frozenset[int]] = frozenset
    source: str | None = None

    @cached_property
    def roots(self) -> frozenset[str]:
        """The stems of the words that may tell of an event."""
        return frozenset(root for _, root in may_tell(self.text, self.language))

    @cached_property
    def turning(self) -> tuple[str, ...]:
        """Of these words, those that can be against another one."""
        return tuple(word for word, _ in may_tell(self.text, self.language) if turns(word))

    @cached_property
    def speaker(self) -> str | None:
        """Who is said to say it, in its own words."""
        speech = speech_in(self.text)
        return self.text[slice(*speech.speaker)].lower().removeprefix("the ") if speech else None

    @cached_property
    def events(self) -> list[Event]:
        """What it tells of."""
        return events_in(self.text, self.language, self.seen)


@dataclass(frozen=True, slots=True)
class Difference:
    """What two accounts say otherwise: the words of each for it, as spans, and what happened in the first's words.

    ``years`` are those that a date without one can be of.
    """

    kind: Disagreement
    aspect: str
    about: str
    first: Span
    second: Span
    years: tuple[frozenset[int], frozenset[int]] = (frozenset(), frozenset())


def differences(a: Account, b: Account) -> list[Difference]:
    """Return what two accounts of one event say otherwise; [] if they agree or are of different events."""
    found: dict[tuple[str, Span], Difference] = {}
    if not _may_differ(a, b):
        return []
    for x in a.events:
        for y in b.events:
            if x.root != y.root and not may_turn(x.word, y.word):
                continue
            if not (x.happened and y.happened) or _apart(a, b, x, y):
                continue
            for difference in _between(a, b, x, y):
                found.setdefault((difference.aspect, difference.first), difference)
    return list(found.values())


def _may_differ(a: Account, b: Account) -> bool:
    """Whether two accounts have words for one event or for its end at all; only then are they read."""
    return not a.roots.isdisjoint(b.roots) or any(may_turn(x, y) for x in a.turning for y in b.turning)


def _one_document(a: Account, b: Account) -> bool:
    return a.source is not None and a.source == b.source


def _between(a: Account, b: Account, x: Event, y: Event) -> Iterator[Difference]:
    if x.root == y.root:
        yield from _numbers(a, b, x, y)
        for differ in (_dates, _places, _denial):
            if difference := differ(a, b, x, y):
                yield difference
    else:
        for differ in (_ending, _opposition):
            if difference := differ(a, b, x, y):
                yield difference


# -- what they share


def _shared_people(x: Event, y: Event, a: Account, b: Account) -> bool:
    abbreviations = a.seen.abbreviations | b.seen.abbreviations
    return any(same(p.words, q.words, abbreviations) for p in x.people for q in y.people)


def _other_people(x: Event, y: Event, a: Account, b: Account) -> bool:
    """Whether each names someone, and none of them is the same."""
    return bool(x.people and y.people) and not _shared_people(x, y, a, b)


def _apart(a: Account, b: Account, x: Event, y: Event) -> bool:
    """Whether each names someone whom the other does not: two events, though one court or ministry is in both.

    Where both say whom it was done to, only these count: who else is named beside them may be left out by the other.
    """
    mine, other = (x.acted_on, y.acted_on) if x.acted_on and y.acted_on else (x.named, y.named)
    abbreviations = a.seen.abbreviations | b.seen.abbreviations
    fits = [[same(p.words, q.words, abbreviations) for q in other] for p in mine]
    return any(not any(row) for row in fits) and any(not any(column) for column in zip(*fits, strict=True))


def _points(a: Account, b: Account, x: Event, y: Event) -> int:
    """How much two events share besides the word for them."""
    points = 2 * _shared_people(x, y, a, b)
    points += bool(sounds(x.places) & sounds(y.places))
    points += bool(x.kinds & y.kinds)
    points += any(_same_day(d, e) for d in x.dates for e in y.dates)
    points += any(c.noun == d.noun and (c.least, c.most) == (d.least, d.most) for c in x.counts for d in y.counts)
    common, least = len(x.around & y.around), min(len(x.around), len(y.around))
    return points + (common >= 2 and common >= 0.35 * least) + (common >= 4 and common >= 0.5 * least)


def _anchored(a: Account, b: Account, x: Event, y: Event) -> bool:
    """Whether two events share someone, a place or a date: "In the dialogue, 66 delegations spoke" is of any."""
    if _shared_people(x, y, a, b) or sounds(x.places) & sounds(y.places):
        return True
    return any(d.month and _same_day(d, e) for d in x.dates for e in y.dates)


def _same_day(d: When, e: When) -> bool:
    fits = all(p is None or q is None or p == q for p, q in ((d.year, e.year), (d.month, e.month), (d.day, e.day)))
    return fits and (d.month is not None) == (e.month is not None)


def _other_time(a: Account, b: Account, x: Event, y: Event, *, to_the_year: bool = True) -> bool:
    """Whether both are dated and the dates cannot be one; a year that differs for one same day may be what is wrong."""
    if not x.dates or not y.dates:
        return False
    pairs = [(d, e) for d in x.dates for e in y.dates]
    if not to_the_year and any(d.day and (d.day, d.month) == (e.day, e.month) for d, e in pairs) and _alike(x, y, 3):
        return False
    return not any(_may_be_one(a, b, d, e) for d, e in pairs)


def _may_be_one(a: Account, b: Account, d: When, e: When) -> bool:
    if any(p and q and p != q for p, q in ((d.month, e.month), (d.day, e.day))):
        return False
    years, others = _years(a, d), _years(b, e)
    return not years or not others or bool(years & others)


def _other_place(x: Event, y: Event) -> bool:
    mine, other = _cities(x), _cities(y)
    return bool(mine and other) and not any(same(p.words, q.words, {}) for p in mine for q in other)


def _cities(event: Event) -> list[Name]:
    return [place for place in event.places if not is_country(place.words)]


def _years(account: Account, when: When) -> frozenset[int]:
    """The years that a date can be of: its own, the one before its document's date, or those its document allows."""
    if when.year:
        return frozenset((when.year,))
    if account.dated and when.month:
        year, month = int(account.dated[:4]), int(account.dated[5:7] or 12)
        return frozenset((year if when.month <= month else year - 1,))
    return account.years_told()


# -- what they say otherwise


def _dates(a: Account, b: Account, x: Event, y: Event) -> Difference | None:
    if len(x.dates) != 1 or len(y.dates) != 1 or _other_people(x, y, a, b) or _other_place(x, y):
        return None
    d, e = x.dates[0], y.dates[0]
    if _may_be_one(a, b, d, e) or not d.month or not e.month or _points(a, b, x, y) < ENOUGH or x.denied != y.denied:
        return None
    one_day = d.day is not None and d.day == e.day and d.month == e.month
    years, others = _years(a, d), _years(b, e)
    one_month = d.month == e.month and bool(years & others) and d.day != e.day
    once = only_once(x.root) and _shared_people(x, y, a, b)
    near = one_month and (_alike(x, y) or once)
    if not (near or once or (one_day and _alike(x, y, 3))):
        return None
    if _another_raid(a, b, x, y, one_day=one_day) or (_one_document(a, b) and not (once or _two_speak(a, b))):
        return None
    unsaid = (frozenset() if d.year else years, frozenset() if e.year else others)
    return Difference(Disagreement.CONFLICT, "date", _told(a, x), (d.start, d.end), (e.start, e.end), unsaid)


def _another_raid(a: Account, b: Account, x: Event, y: Event, *, one_day: bool) -> bool:
    """Whether the counts of two dated events differ as well, and nothing says that they are one all the same."""
    if not any(_counts_differ(c, d) is Disagreement.CONFLICT for c in x.counts for d in y.counts):
        return False
    one_person = bool(x.acted_on and y.acted_on) and _shared_people(x, y, a, b)
    return _one_document(a, b) or not (one_day or one_person) or not _alike(x, y)


def _two_speak(a: Account, b: Account) -> bool:
    """Whether one of two sentences of one document has someone say it who does not say the other."""
    return a.speaker != b.speaker


def _alike(x: Event, y: Event, least: int = 1) -> bool:
    """Whether the words around two events are mostly the same."""
    common = len(x.around & y.around)
    return common >= least and common >= 0.5 * min(len(x.around), len(y.around))


def _numbers(a: Account, b: Account, x: Event, y: Event) -> Iterator[Difference]:
    if _other_people(x, y, a, b) or _other_place(x, y) or _other_time(a, b, x, y, to_the_year=False):
        return
    if x.denied != y.denied or _points(a, b, x, y) < ENOUGH or not _anchored(a, b, x, y):
        return
    agreed = {c.noun for c in x.counts for d in y.counts if c.noun == d.noun and (c.least, c.most) == (d.least, d.most)}
    for c in x.counts:
        for d in y.counts:
            if c.noun in agreed or d.noun in agreed:
                continue
            if kind := _counts_differ(c, d):
                yield Difference(kind, c.measures(a.text), _told(a, x), (c.start, c.end), (d.start, d.end))
    if named := _named_differ(a, x, y):
        yield named


def _named_differ(a: Account, x: Event, y: Event) -> Difference | None:
    """A count of people or bodies here, other names there: "at least three organisations", and four of them named."""
    for counting, naming in ((x, y), (y, x)):
        if counting.people or len(naming.people) < 2:
            continue
        of_kind = [c for c in naming.counts if kinds_of(c.noun)]
        for count in counting.counts:
            classes = {kind for kind, _ in kinds_of(count.noun)} - {PLACE}
            named = len(naming.people)
            if of_kind or not classes & {kind for kind, _ in naming.kinds} or count.least == count.most == named:
                continue
            kind = Disagreement.CONFLICT if count.exact and named > count.most else Disagreement.SCOPE
            spans = (count.start, count.end), (naming.people[0].start, naming.people[-1].end)
            return Difference(kind, "number", _told(a, x), *(spans if counting is x else spans[::-1]))
    return None


def _counts_differ(c: Count, d: Count) -> Disagreement | None:
    if stem(normalise(c.noun), None) != stem(normalise(d.noun), None):
        return None
    low, high = max(c.least, d.least), min(c.most, d.most)
    if low > high * UNITS_SLACK:
        return Disagreement.CONFLICT
    if (c.least, c.most) == (d.least, d.most) or low > high:
        return None
    if low == high and not c.exact and not d.exact:
        return Disagreement.CONFLICT  # "at least three" and "up to three"
    return Disagreement.SCOPE if c.exact != d.exact else None


def _places(a: Account, b: Account, x: Event, y: Event) -> Difference | None:
    mine, other = ([n for n in event.towns if not is_country(n.words)] for event in (x, y))
    if len(mine) != 1 or len(other) != 1 or not _shared_people(x, y, a, b) or not _other_place(x, y):
        return None
    dated = any(d.day and _same_day(d, e) and _may_be_one(a, b, d, e) for d in x.dates for e in y.dates)
    if _other_time(a, b, x, y) or not (dated or only_once(x.root)) or x.denied or y.denied:
        return None
    p, q = mine[0], other[0]
    return Difference(Disagreement.CONFLICT, "place", _told(a, x), (p.start, p.end), (q.start, q.end))


def _denial(a: Account, b: Account, x: Event, y: Event) -> Difference | None:
    if x.denied == y.denied or not _shared_people(x, y, a, b) or _other_time(a, b, x, y) or _other_place(x, y):
        return None
    if x.around and y.around and not _alike(x, y):
        return None
    return Difference(Disagreement.CONFLICT, "outcome", _told(a, x), _with_not(a, x), _with_not(b, y))


def _phrase(account: Account, event: Event) -> Span:
    """The word for an event with what goes before it: "was arrested", "to suspend"."""
    before = _AUXILIARY.search(account.text[: event.start])
    return (before.start() if before else event.start), event.end


def _ended(account: Account, event: Event) -> Span:
    """The word for the end of something with what it is the end of: "to cancel the fines"."""
    start, end = _phrase(account, event)
    thing = next((m for m in _NEXT.finditer(account.text, end, end + MOST_APART) if penalty(m[0])), None)
    return start, thing.end() if thing else end


def _told(account: Account, event: Event) -> str:
    return account.text[slice(*_phrase(account, event))]


def _with_not(account: Account, event: Event) -> Span:
    if not event.denied:
        return event.start, event.end
    before = account.text[: event.start].lower()
    return max(before.rfind("not "), before.rfind("never "), before.rfind("не ")), event.end


def _ending(a: Account, b: Account, x: Event, y: Event) -> Difference | None:
    for first, second, mine, other, turned in ((a, b, x, y, False), (b, a, y, x, True)):
        if first is not (b if turned else a) or mine.denied or other.denied:
            continue
        if any(event.root == other.root for event in first.events):
            continue  # it tells of the end itself
        plain = (
            undoes(other.word, mine.word)
            and not opposed(other.word, mine.word)
            and _shared_people(mine, other, first, second)
        )
        named = undoes_named(other.word, other.around, mine.word) and _one_matter(first, second, mine, other)
        if (plain or named) and not _before(second, first, other, mine):
            spans = _phrase(first, mine), _ended(second, other) if named else _phrase(second, other)
            about = _told(first, mine)
            return Difference(Disagreement.LATER, "outcome", about, *(spans[::-1] if turned else spans))
    return None


def _one_matter(a: Account, b: Account, x: Event, y: Event) -> bool:
    """Whether a penalty and its end are of the same people; if those are not named, the end must be dated later."""
    if _shared_people(x, y, a, b):
        return True
    unnamed = not y.people and bool(x.kinds & y.kinds)
    return unnamed and any(_after(b, e, a, d) for e in y.about_then for d in x.about_then)


def _before(a: Account, b: Account, x: Event, y: Event) -> bool:
    return any(_after(b, e, a, d) for d in x.dates for e in y.dates)


def _after(a: Account, d: When, b: Account, e: When) -> bool:
    """Whether date ``d`` of ``a`` is surely later than ``e`` of ``b``."""
    years, others = _years(a, d), _years(b, e)
    if not years or not others:
        return False
    first, second = (min(years), d.month or 0, d.day or 0), (max(others), e.month or 13, e.day or 32)
    return first > second


def _opposition(a: Account, b: Account, x: Event, y: Event) -> Difference | None:
    if x.denied or y.denied or not (opposed(x.word, y.word) or _found_guilty(x, y) or _found_guilty(y, x)):
        return None
    if not _shared_people(x, y, a, b) and not _of_one_country(x, y):
        return None
    if _other_place(x, y):
        return None
    later = _other_time(a, b, x, y)
    if later and not (_before(a, b, x, y) or _before(b, a, y, x)):
        return None
    kind = Disagreement.LATER if later else Disagreement.CONFLICT
    return Difference(kind, "outcome", _told(a, x), _phrase(a, x), _phrase(b, y))


def _found_guilty(x: Event, y: Event) -> bool:
    return found_guilty(y.word) and any(opposed(x.word, word) for word in y.around)


def _of_one_country(x: Event, y: Event) -> bool:
    """Whether two events name no one but the same countries, and say the rest with mostly the same words."""
    return not x.people and not y.people and bool(x.countries) and x.countries == y.countries and _alike(x, y)
