"""Words as PostgreSQL's full text holds them: the tokens that SQLite's FTS5 makes of the same words, and their BM25.

A word that is several tokens ("124.40", "o'brien") is a phrase to FTS5; here it is a lexeme of its own beside them.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

K1: Final = 1.2  # of BM25, with `B`: as FTS5 has them
B: Final = 0.75
CONTEXT_WEIGHT: Final = 0.6  # of a word of the context (title, headings), as `Index.keyword` sets it for FTS5
SCORED: Final = 2_000  # passages whose BM25 is computed; reading all words of one takes longer than looking for a few
_LONGEST: Final = 400  # characters of a lexeme; PostgreSQL takes 2,046 bytes
_LAST_POSITION: Final = 16_383
_TOKEN = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Lexemes:
    """The lexemes of a passage as a ``tsvector`` literal, and how many ``tokens`` they were made of."""

    vector: str
    tokens: int


def tokens_of(word: str) -> list[str]:
    """Return the tokens that FTS5 cuts a word into."""
    return [token[:_LONGEST] for token in _TOKEN.findall(word)]


def lexeme_of(stem: str) -> str:
    """Return the lexeme that a stem is found by, "" if it holds nothing to look for."""
    return "_".join(tokens_of(stem))[:_LONGEST]


def lexemes(words: str, context: str) -> Lexemes:
    """Return the lexemes of a passage: those of its ``words``, and with the weight "B" those of its ``context``."""
    found: dict[str, list[str]] = {}
    at = 0
    for text, weight in ((context, "B"), (words, "")):
        for word in text.split(" "):
            tokens = tokens_of(word)
            for first in range(len(tokens)):
                place = f"{min(at + first + 1, _LAST_POSITION)}{weight}"
                for last in range(first, len(tokens)):
                    found.setdefault("_".join(tokens[first : last + 1])[:_LONGEST], []).append(place)
            at += len(tokens)
    vector = " ".join(f"'{lexeme}':{','.join(places)}" for lexeme, places in found.items())
    return Lexemes(vector, at)


def weights(stems: Iterable[str], frequency: Mapping[str, int], passages: int) -> dict[str, float]:
    """Return what each lexeme of a query weighs: its inverse document frequency, once for each stem that it stands for.

    ``frequency`` says how many of the ``passages`` hold a lexeme.
    """
    asked = Counter(lexeme for stem in stems if (lexeme := lexeme_of(stem)))
    return {lexeme: times * _idf(frequency.get(lexeme, 0), passages) for lexeme, times in asked.items()}


def held(weights: Mapping[str, float]) -> tuple[str, list[str | float]]:
    """Return the expression for what a passage holds of the lexemes, by weight, and its values."""
    values = [value for lexeme, weight in weights.items() for value in (any_of([lexeme]), weight)]
    return " + ".join(["(k.words @@ ?::tsquery)::int * ?::float8"] * len(weights)), values


def any_of(lexemes: Sequence[str]) -> str:
    """Return the ``tsquery`` literal for passages that hold any of the lexemes."""
    return " | ".join(f"'{lexeme}'" for lexeme in lexemes)


def _idf(frequency: int, passages: int) -> float:
    value = math.log((passages - frequency + 0.5) / (frequency + 0.5))
    return value if value > 0 else 1e-6  # as FTS5 does: a word in most passages still counts for something


RANKED: Final = f"""
WITH k AS MATERIALIZED (
    SELECT k.key, k.words, k.tokens FROM keywords k {{joined}} WHERE {{where}} ORDER BY {{held}} DESC, k.key LIMIT ?
)
SELECT k.key, round(sum(
        a.weight * f.n * {K1 + 1} / (f.n + {K1} * ({1 - B} + {B} * k.tokens * t.passages::float8 / t.tokens))
    )::numeric, 9)::float8 AS score
FROM totals t CROSS JOIN k
CROSS JOIN LATERAL unnest(k.words) l
JOIN unnest(?::text[], ?::float8[]) a (lexeme, weight) ON a.lexeme = l.lexeme
CROSS JOIN LATERAL (
    SELECT cardinality(l.weights) - {1 - CONTEXT_WEIGHT} * cardinality(array_positions(l.weights, 'B')) AS n
) f
GROUP BY k.key ORDER BY score DESC, k.key LIMIT ?
"""
"""BM25 as FTS5 computes it, over the passages that ``where`` leaves; equal scores in the order of keys.

Where more are left than `SCORED`, those that hold the most of the lexemes, by weight, are scored (``held``).
"""
