"""What stands beside the sentences of an answer: the members of the list asked for, and where sources differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from indexer.document import Document, Passage
from search.answers import Candidate
from search.disagreement import differing
from search.listing import listed
from search.quotes import Quotes
from search.results import Conflict, Disagreement, LookedAt, Member, Status
from search.statements import Statement, foreign

HELD_AGAINST = 2  # sentences of an answer, the best, that others are held against: a later one may be beside the point


@dataclass(frozen=True, slots=True)
class Beside:
    """What was found beside the sentences of an answer."""

    members: tuple[Member, ...] = ()
    looked_at: LookedAt | None = None
    conflicts: tuple[Conflict, ...] = ()

    @property
    def status(self) -> Status:
        """Conflicting only if two sources cannot both be right; a later development is no conflict."""
        hard = any(conflict.kind is Disagreement.CONFLICT for conflict in self.conflicts)
        return Status.CONFLICTING if hard else Status.ANSWERED


def beside(
    question: str,
    found: Sequence[tuple[Document, Passage]],
    chosen: Sequence[Candidate],
    quotes: Quotes,
    text_of: Callable[[str], str],
) -> Beside:
    """Look through the passages ``found``, best first, for what the sentences ``chosen`` leave unsaid."""
    answering = [Statement(c.hit.document, c.start, c.end, c.text, foreign(question, c.text)) for c in chosen]
    members, looked_at = listed(question, found, answering, quotes)
    return Beside(members, looked_at, differing(question, found, answering[:HELD_AGAINST], quotes, text_of))
