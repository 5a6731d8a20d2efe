"""Lays blocks out into one text and remembers where each lies: the last step of every rich-format reader."""

from __future__ import annotations

import re
from typing import Final, TypedDict, Unpack

from indexer.document import Block, Extract, Kind

GAP: Final = "\n\n"
_BLANK_LINES: Final = re.compile(r"\n[^\S\n]*\n\s*")


class Declared(TypedDict, total=False):
    """What a file says about itself; each may be absent or None."""

    title: str | None
    publisher: str | None
    date: str | None
    language: str | None


class Layout:
    """A text under construction: blocks are added in reading order and parted by a blank line."""

    def __init__(self) -> None:
        """Start with no text."""
        self._parts: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._hidden: list[str] = []

    def add(self, text: str, kind: Kind = Kind.BODY, level: int = 0) -> None:
        """Append one block, or several where blank lines part the text; white space around a block is dropped.

        What is `Kind.HIDDEN` comes last, so that the paragraphs a reader sees keep their numbers and neighbours.
        """
        if kind is Kind.HIDDEN:
            self._hidden.append(text)
            return
        for part in _BLANK_LINES.split(text):
            self._add(part.strip(), kind, level)

    def _add(self, text: str, kind: Kind, level: int) -> None:
        if not text:
            return
        if self._parts:
            self._parts.append(GAP)
            self._length += len(GAP)
        self._blocks.append(Block(self._length, self._length + len(text), kind, level))
        self._parts.append(text)
        self._length += len(text)

    def add_extract(self, extract: Extract) -> None:
        """Append the blocks of another extract, such as the HTML body of a letter."""
        for block in extract.blocks:
            self.add(extract.text[block.start : block.end], block.kind, block.level)

    def extract(self, media_type: str, **declared: Unpack[Declared]) -> Extract:
        """Return what was laid out as an `Extract`."""
        for text in self._hidden:
            for part in _BLANK_LINES.split(text):
                self._add(part.strip(), Kind.HIDDEN, 0)
        self._hidden.clear()
        return Extract("".join(self._parts), tuple(self._blocks), media_type, **declared)
