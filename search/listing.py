"""The members of a list over all sources: names joined over their spellings, each with the quotes that give it."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.document import Document, Passage
from search.asked import Asked, what_is_asked
from search.enrolled import enrolled
from search.entities import Seen
from search.lists import Mention, covers, members
from search.quotes import Quotes
from search.results import LookedAt, Member
from search.statements import LOOKED_AT, Statement, foreign, statements
from search.variants import joined

Found = Sequence[tuple[Document, Passage]]

MOST_CITED = 8  # quotes for one member


def listed(
    question: str, found: Found, answering: Sequence[Statement], quotes: Quotes
) -> tuple[tuple[Member, ...], LookedAt | None]:
    """Return who or what ``question`` asks for, each cited, and how far it was looked; (), None if it asks for no list,
    or if none of it was found.

    ``found`` are passages, best first; ``answering`` the sentences that answer, which alone are read in another script
    than that of the question, as words of it cannot be looked for there.
    """
    asked = what_is_asked(question)
    if asked is None:
        return (), None
    looked = [pair for pair in found if not pair[1].boilerplate][:LOOKED_AT]
    seen = Seen.of([passage.text for _, passage in looked])
    read = _read(question, asked, looked, answering)
    mentions = [m for m in members(asked, read, seen, question) if _about(asked, m, looked)]
    mentions += enrolled(question, asked, [document for document, _ in looked], quotes.paragraphs)
    called = joined([m.name.words for m in mentions], seen.abbreviations)
    table = [Member(c.name, c.variants, _cited(c.variants, mentions, quotes)) for c in called]
    given = tuple(member for member in table if member.citations)
    return given, LookedAt(len(looked), len({document.id for document, _ in looked})) if given else None


def _read(question: str, asked: Asked, looked: Found, answering: Sequence[Statement]) -> list[Statement]:
    known = [s for s in answering if s.foreign]
    own = statements(
        looked, question, lambda text, language: not foreign(question, text) and covers(asked, text, language)
    )
    first = {s.place: i for i, s in enumerate(answering)}
    return [*known, *sorted(own, key=lambda s: first.get(s.place, len(first)))]


def _about(asked: Asked, mention: Mention, looked: Found) -> bool:
    """Whether the document of a mention has the names that the question has: "closed in Northland" is of Northland."""
    if mention.sentence.foreign or not asked.names:
        return True
    document = mention.sentence.document
    text = " ".join((document.title, *(p.text for d, p in looked if d.id == document.id)))
    return any(name in text for name in asked.names)


def _cited(variants: Sequence[str], mentions: Sequence[Mention], quotes: Quotes) -> tuple[int, ...]:
    numbers: list[int] = []
    for mention in mentions:
        if mention.name.words in variants and len(numbers) < MOST_CITED:
            s = mention.sentence
            n = quotes.add(s.document, s.text, s.start, s.end)
            if n is not None and n not in numbers:
                numbers.append(n)
    return tuple(sorted(numbers))
