"""Titles: a question that names a document is answered there first, as a reader would look."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from indexer.index import Index
from indexer.words import index_words
from search.linking import MOST_WORDS, Spoken, spoken
from search.terms import Term

Stems = frozenset[str]


class Titles:
    """The words of the titles of one generation of an index, and how many titles have each."""

    def __init__(self, titles: Iterable[tuple[str, str | None]]) -> None:
        """Take each (title, language) once, however many documents bear it."""
        self._stems: dict[str, Stems] = {}
        for title, language in titles:
            if title not in self._stems:
                self._stems[title] = frozenset(index_words(title, language).split())
        self.spoken: dict[Spoken, list[str]] = {}
        for title in self._stems:
            if len(words := spoken(title)) <= MOST_WORDS:
                self.spoken.setdefault(words, []).append(title)
        self._frequency = Counter(stem for stems in self._stems.values() for stem in stems)

    @classmethod
    def of(cls, index: Index) -> Titles:
        """Read the titles of an index."""
        return cls(index.catalogue.titles())

    def named(self, titles: Iterable[str], terms: Sequence[Term]) -> dict[str, float]:
        """Say how far the question names each title, 0 to 1.

        It is the share of the title's words that are in the question, times the share of the question's words known in
        titles that are in this one; words weigh by inverse document frequency over the titles.
        """
        asked = frozenset(stem for term in terms for stem in term.stems)
        most = sum(max(map(self._weight, term.stems), default=0.0) for term in terms)
        return {title: self._match(self._stems.get(title, frozenset()), asked, most) for title in set(titles)}

    def _match(self, title: Stems, asked: Stems, most: float) -> float:
        whole = sum(map(self._weight, title))
        shared = sum(map(self._weight, title & asked))
        return min(shared / whole, 1.0) * min(shared / most, 1.0) if shared else 0.0

    def _weight(self, stem: str) -> float:
        frequency = self._frequency[stem]
        if not frequency:
            return 0.0
        return math.log1p((len(self._stems) - frequency + 0.5) / (frequency + 0.5))
