"""Members of a list that stand one a line, where a question asks for them: those who signed, those who were there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from indexer.document import Document, Paragraph
from indexer.words import normalise, split, stem
from search.asked import Asked
from search.countries import country_codes
from search.entities import Name, is_calendar, is_country
from search.function_words import function_words
from search.lists import Mention, looks_like
from search.names import alike
from search.nouns import ORGANISATION, PERSON, fits, kinds_of
from search.rosters import SIGNED, Roster, rosters_of
from search.statements import Statement, foreign

DOCUMENTS = 5  # the first of those found, whose lines are read
HELD = 0.75  # of the question's words must stand in what leads up to a run and in the title of its document
HALF = 0.5  # of them, where the names close a text that speaks as "we"
OPENING = 3  # paragraphs in which a text says what it is
SPELT = 0.8  # so much alike are two spellings of a name
_BELONGS = re.compile(
    r"(?:includ|compris|compos|consist|belong|took|take|part|attend|form|made|join|вход|вош|состо|участв)"
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def enrolled(
    question: str, asked: Asked, documents: Sequence[Document], paragraphs: Callable[[Document], list[Paragraph]]
) -> list[Mention]:
    """Return the names that stand one a line in what ``question`` asks for; ``documents`` as found, best first."""
    found: list[Mention] = []
    for document in list({d.id: d for d in documents}.values())[:DOCUMENTS]:
        read = paragraphs(document)
        scored = [(_fitting(question, asked, r, document, read), r) for r in rosters_of(read) if _of_kind(r, asked)]
        best = max((score for score, _ in scored), default=0.0)
        found += [m for score, roster in scored if 0 < score == best for m in _mentions(document, roster)]
    return found


def _mentions(document: Document, roster: Roster) -> Iterator[Mention]:
    for entry in roster.entries:
        line = entry.line
        statement = Statement(document, line.start, line.start + len(line.text), line.text)
        yield Mention(Name(entry.start, entry.end, entry.name), statement)


def _fitting(question: str, asked: Asked, roster: Roster, document: Document, paragraphs: Sequence[Paragraph]) -> float:
    """How well a roster is what is asked for, 0 if it is not: by who signed, or by what leads up to it."""
    signing, about = bool(SIGNED.search(question)), f"{document.title} {document.source}"
    whole = " ".join((about, document.date or "", *(p.text for p in paragraphs)))
    if not set(_YEAR.findall(question)) <= set(_YEAR.findall(whole)):
        return 0.0
    if not all(_names(name, whole if signing else f"{about} {roster.lead}") for name in asked.names):
        return 0.0
    words, opening = _content(question), " ".join(p.text for p in paragraphs[:OPENING])
    if signing:
        fits_it = not words or foreign(question, opening) or _held(words, f"{about} {roster.lead} {opening}") >= HALF
        return float(roster.signed and fits_it)
    if foreign(question, roster.lead):
        return float(asked.noun is not None and any(fits(word, asked.noun) for word in split(roster.lead)))
    words = frozenset(w for w in words if not _BELONGS.match(w) and (PERSON, "*") not in kinds_of(w))
    held, main = _held(words, f"{about} {roster.lead}"), frozenset((stem(normalise(asked.main or ""), None),))
    told = words & _content(roster.lead) and (main.isdisjoint(words) or _held(main, f"{about} {roster.lead}"))
    return held if told and held >= HELD else 0.0


def _names(name: str, text: str) -> bool:
    """Whether a text has a name of the question, in its own spelling, in another script, or as that of the country."""
    if name in text or country_codes(name) & country_codes(text[:2000]):
        return True
    return any(alike(name, word) >= SPELT for word in set(re.findall(r"[^\W\d_]{4,}", text)) if word[0].isupper())


def _held(words: frozenset[str], text: str) -> float:
    """The share of stems that stand in a text."""
    own = {stem(w, None) for w in split(text)}
    return sum(word in own for word in words) / len(words) if words else 0.0


def _content(text: str) -> frozenset[str]:
    """The stems of the words that say what is meant: no names, dates, or words for signing."""
    named = {w for run in re.findall(r"(?<=\s)[A-ZА-ЯЁ][\w’'-]*", text) for w in split(run)}
    return frozenset(
        stem(w, None)
        for w in split(text)
        if not (w in function_words() or SIGNED.search(w) or w.isdigit() or is_calendar(w) or w in named)
    )


def _of_kind(roster: Roster, asked: Asked) -> bool:
    """Whether what a roster holds can be what is asked for: "Mr" is before no organisation, countries are countries."""
    names = [line.name for line in roster.entries]
    if asked.noun and ("place", "country") in kinds_of(asked.noun):
        return 2 * sum(is_country(name) for name in names) > len(names)
    if asked.kind == ORGANISATION:
        return 2 * sum(line.titled for line in roster.entries) <= len(names)
    bodies = sum(looks_like(Name(0, len(name), name)) == ORGANISATION for name in names)
    return asked.kind != PERSON or 2 * bodies <= len(names)
