"""The concordance of a corpus: where each of its words stands, so that a quotation is found without a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer.catalogue import Catalogue
from indexer.document import Document
from search.wording import key, spans

Positions = npt.NDArray[np.int64]
_UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words ``first`` to ``last`` (exclusive) of the corpus, all of one document; characters of its text."""

    document: Document
    first: int
    last: int
    char_start: int
    char_end: int


class Concordance:
    """All words of the documents in a row. A position is a place in that row; a gap separates documents."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Read every text: about a second for a million words."""
        self.catalogue = catalogue
        _, self.documents = catalogue.documents(limit=-1)
        self._ids: dict[str, int] = {}
        self._written: dict[str, int] = {}
        ids: list[int] = []
        starts: list[int] = []
        ends: list[int] = []
        firsts: list[int] = []
        for document in self.documents:
            firsts.append(len(ids))
            for word, start, end in spans(catalogue.text_of(document.id)):
                ids.append(self._known(word))
                starts.append(start)
                ends.append(end)
            ids.append(_UNKNOWN)
            starts.append(0)
            ends.append(0)
        self.words = np.array(ids, dtype=np.int32)
        self._starts = np.array(starts, dtype=np.int32)
        self._ends = np.array(ends, dtype=np.int32)
        self._firsts = np.array([*firsts, len(ids)], dtype=np.int64)
        self._order = np.argsort(self.words, kind="stable")
        self._bounds = np.searchsorted(self.words[self._order], np.arange(len(self._ids) + 1))

    def _known(self, word: str) -> int:
        """The id of a word; words that are set differently share one."""
        known = self._written.get(word)
        if known is None:
            known = self._written[word] = self._ids.setdefault(key(word), len(self._ids))
        return known

    def ids_of(self, keys: Sequence[str]) -> list[int]:
        """Return the ids of words by their keys; below -1 for words that the corpus does not have."""
        return [self._ids.get(key, _UNKNOWN - 1) for key in keys]

    def positions(self, word: int) -> Positions:
        """Return where a word stands, ascending."""
        if word < 0:
            return np.zeros(0, np.int64)
        return self._order[self._bounds[word] : self._bounds[word + 1]]

    def frequency(self, word: int) -> int:
        """Return how often a word stands in the corpus."""
        return int(self._bounds[word + 1] - self._bounds[word]) if word >= 0 else 0

    def phrase(self, ids: Sequence[int]) -> Positions:
        """Return where these words stand one after the other, by the position of the first."""
        if not ids or min(ids) < 0:
            return np.zeros(0, np.int64)
        rare = sorted(range(len(ids)), key=lambda i: self.frequency(ids[i]))
        found = self.positions(ids[rare[0]]) - rare[0]
        found = found[(found >= 0) & (found + len(ids) <= len(self.words))]
        for i in rare[1:]:
            if not len(found):
                break
            found = found[self.words[found + i] == ids[i]]
        return found

    def stretch(self, first: int, last: int) -> Stretch:
        """Return words ``first`` to ``last`` (exclusive), which lie in one document."""
        document = self._document_at(first)
        return Stretch(
            self.documents[document], first, last, int(self._starts[first]), int(self._ends[max(first, last - 1)])
        )

    def bounds_at(self, position: int) -> tuple[int, int]:
        """Return the first and last position (exclusive) of the document that a position lies in."""
        document = self._document_at(position)
        return int(self._firsts[document]), int(self._firsts[document + 1]) - 1

    def bounds_of(self, document_id: str) -> tuple[int, int]:
        """Return the first and last position (exclusive) of a document, (0, 0) if it is not in the corpus."""
        at = next((i for i, document in enumerate(self.documents) if document.id == document_id), None)
        return (0, 0) if at is None else (int(self._firsts[at]), int(self._firsts[at + 1]) - 1)

    def characters(self, position: int) -> tuple[int, int]:
        """Return start and end of one word in its document's text."""
        return int(self._starts[position]), int(self._ends[position])

    def _document_at(self, position: int) -> int:
        return int(np.searchsorted(self._firsts, position, side="right")) - 1
