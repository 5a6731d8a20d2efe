"""The words of a query as the keyword index knows them: stems, how rare they are, and spellings near an unknown one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from indexer.index import Index
from indexer.words import query_stems, split
from search.function_words import function_words_in
from search.names import alike, sound_key

COMMON = 0.3  # a word in more than this share of the passages tells them apart no better than chance
SMALL = 30  # passages: below this, shares mean nothing
MIN_FUZZY = 5  # letters: shorter words have too many neighbours
LIKE_ENOUGH = 0.75
NEIGHBOURS = 4


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the query: the stems to look for, and the inverse document frequency of the rarest of them."""

    word: str
    stems: tuple[str, ...]
    frequency: int
    idf: float


def terms_of(text: str, index: Index, passages: int, languages: Iterable[str | None]) -> list[Term]:
    """Return the words of ``text`` that can tell passages apart, each once, in order: no function words, if others are
    there, and none that nearly every passage has."""
    languages = list(languages)
    words = list(dict.fromkeys(split(text)))
    content = [word for word in words if word not in function_words_in(words)]
    terms = [_term(word, index, passages, languages) for word in content or words]
    rare = [term for term in terms if passages < SMALL or term.frequency <= COMMON * passages]
    return rare or terms


def _term(word: str, index: Index, passages: int, languages: Sequence[str | None]) -> Term:
    stems = query_stems(word, languages)
    frequency = max(index.document_frequency(stem) for stem in stems)
    if not frequency and word.isalpha() and len(word) >= MIN_FUZZY:
        near = _near(word, index)
        stems += [stem for stem, _ in near]
        frequency = sum(count for _, count in near)
    return Term(
        word, tuple(dict.fromkeys(stems)), frequency, math.log1p((passages - frequency + 0.5) / (frequency + 0.5))
    )


def _near(word: str, index: Index) -> list[tuple[str, int]]:
    """Stems of the index that may be ``word`` spelt otherwise, or in another script: Бокаев, Bokayev, Bokaev."""
    prefixes = {word[:2], sound_key(word)[:2]} - {""}
    known = (pair for prefix in sorted(prefixes) for pair in index.neighbours(prefix))
    scored = [(alike(word, stem), stem, count) for stem, count in known if len(stem) >= MIN_FUZZY - 1]
    best = sorted((s for s in scored if s[0] >= LIKE_ENOUGH), key=lambda s: (-s[0], s[1]))
    return [(stem, count) for _, stem, count in best[:NEIGHBOURS]]
