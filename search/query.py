"""What is asked: the query, its mode, and what to keep."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

from indexer.catalogue import Filters

MAX_QUERY = 2_000  # characters
MAX_LIMIT = 100
MAX_OFFSET = 1_000


class Mode(StrEnum):
    """Which side ranks: both, the vectors, or the words."""

    HYBRID = "hybrid"
    DENSE = "dense"
    LEXICAL = "lexical"


class BadQuery(ValueError):
    """A query that cannot be asked; ``hint`` says what to change."""

    def __init__(self, problem: str, hint: str) -> None:
        super().__init__(problem)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Query:
    """A search: ``limit`` hits from ``offset``; ``rerank`` None leaves it to the engine."""

    text: str
    limit: int = 10
    offset: int = 0
    mode: Mode = Mode.HYBRID
    rerank: bool | None = None
    filters: Filters = field(default_factory=Filters)
    explain: bool = False


def clean(text: str) -> str:
    """Return the query without control characters and surplus space. Raises `BadQuery` if nothing is left."""
    visible = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") else c for c in text)
    words = " ".join(visible.split())
    if not any(c.isalnum() for c in words):
        raise BadQuery("The query has no words.", "Type a question or some words to look for.")
    if len(words) > MAX_QUERY:
        raise BadQuery(
            f"The query has {len(words)} characters; {MAX_QUERY} is the most.", "Ask for one thing at a time."
        )
    return words
