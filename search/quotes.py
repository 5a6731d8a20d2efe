"""The numbered citations of one answer: each place is cited once, and only words that stand in the source."""

from __future__ import annotations

from dataclasses import replace

from indexer.catalogue import Catalogue
from indexer.document import Document, Paragraph
from search.citations import NotInSource, cite
from search.results import Citation, Quote
from search.speakers import said_by


class Quotes:
    """Collects the quotes of an answer in the order in which they are first needed, from 1."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._numbers: dict[tuple[str, int, int], int] = {}
        self._quotes: list[Quote] = []

    def add(self, document: Document, text: str, start: int, end: int) -> int | None:
        """Cite ``text``, which should stand at ``start:end``, and return its number; None if others stand there."""
        if known := self._numbers.get((document.id, start, end)):
            return known
        first = self._catalogue.paragraph_at(document.id, start).number
        last = self._catalogue.paragraph_at(document.id, max(start, end - 1)).number
        paragraphs = self._catalogue.paragraphs(document.id, first, last)
        try:
            return self.put(document, cite(document, paragraphs, text, start, end))
        except NotInSource:
            return None

    def paragraphs(self, document: Document) -> list[Paragraph]:
        """Return all paragraphs of a document, for what stands one a line in it."""
        return self._catalogue.paragraphs(document.id)

    def put(self, document: Document, citation: Citation) -> int:
        """Take up a citation and return its number."""
        n = len(self._quotes) + 1
        self._numbers[document.id, citation.char_start, citation.char_end] = n
        self._quotes.append(Quote(n, document, citation))
        return n

    def all(self) -> tuple[Quote, ...]:
        """Return the quotes with who says each."""
        return tuple(replace(quote, said=said_by(self._catalogue, quote)) for quote in self._quotes)
