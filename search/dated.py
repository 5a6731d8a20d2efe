"""The dates that documents state: found once a document, in its paragraphs, and kept while it stays as it is."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from indexer.catalogue import Catalogue
from indexer.document import ASIDE, Document, Kind, Paragraph, Passage
from search.calendar import Period, of_iso
from search.datekinds import DateKind, kind_of
from search.dates import date_expressions

_HEAD: Final = 15
"""Paragraphs at the start of a document in which it may state its own date."""
_Version = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Dated:
    """A date that a document states at the characters ``start:end`` of its text, in paragraph ``paragraph``.

    Where a document's own date stands nowhere in it, ``start`` and ``end`` are where its first paragraph begins.
    """

    document: Document
    paragraph: int
    start: int
    end: int
    period: Period
    kind: DateKind


class DatedTexts:
    """The dates in the documents of a catalogue; safe to use from many threads."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._kept: dict[str, tuple[_Version, tuple[Dated, ...]]] = {}  # by document id, one version of each

    def read(self, documents: Sequence[Document], seconds: float | None = None) -> tuple[list[Dated], int]:
        """Return the dates in documents and how many of them were read, beginning with those known already.

        With ``seconds`` no further document is begun once that time is over; call again and it goes on from there.
        """
        until = None if seconds is None else time.monotonic() + seconds
        found: list[Dated] = []
        unknown: list[Document] = []
        for document in documents:
            known = self._known(document)
            if known is None:
                unknown.append(document)
            else:
                found += known
        read = len(documents) - len(unknown)
        for document in unknown:
            if until is not None and time.monotonic() > until:
                break
            found += self.of(document)
            read += 1
        return found, read

    def of(self, document: Document) -> tuple[Dated, ...]:
        """Return the dates in one document, in reading order."""
        found = self._known(document)
        if found is None:
            found = tuple(_dated(document, self._catalogue.paragraphs(document.id)))
            self._kept[document.id] = (document.sha256, document.date), found
        return found

    def within(self, passage: Passage, document: Document) -> list[Dated]:
        """Return the dates in one passage of a document, without reading the rest of it."""
        paragraphs = self._catalogue.paragraphs(document.id, passage.first, passage.last)
        own = of_iso(document.date)
        dated = [d for p in paragraphs for d in _in_paragraph(document, p, own, p.number <= _HEAD)]
        return [d for d in dated if passage.char_start <= d.start and d.end <= passage.char_end]

    def _known(self, document: Document) -> tuple[Dated, ...] | None:
        version, found = self._kept.get(document.id, (None, None))
        return found if version == (document.sha256, document.date) else None


def _dated(document: Document, paragraphs: Sequence[Paragraph]) -> Iterator[Dated]:
    """Yield the dates in the paragraphs of a document; its own once, where it stands first."""
    own = of_iso(document.date)
    found = [d for paragraph in paragraphs for d in _in_paragraph(document, paragraph, own, paragraph.number <= _HEAD)]
    stated = next((d for d in found if d.kind is DateKind.DOCUMENT), None)
    if stated is None and own is not None and paragraphs:
        first = next((p for p in paragraphs if p.kind not in ASIDE), paragraphs[0])
        yield Dated(document, first.number, first.char_start, first.char_start, own, DateKind.DOCUMENT)
    for dated in found:
        if dated.kind is not DateKind.DOCUMENT or dated is stated:
            yield dated


def _in_paragraph(document: Document, paragraph: Paragraph, own: Period | None, head: bool) -> Iterator[Dated]:
    if paragraph.kind in ASIDE:
        return
    for date in date_expressions(paragraph.text, own):
        kind = kind_of(paragraph.text, date, own if head else None)
        if kind is DateKind.EVENT and paragraph.kind is Kind.FOOTNOTE:
            kind = DateKind.MENTIONED
        at = paragraph.char_start
        yield Dated(document, paragraph.number, at + date.start, at + date.end, date.period, kind)
