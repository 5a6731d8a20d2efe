"""Reads Markdown: the text is the decoded file itself; headings, list items and front matter are recognised."""

from __future__ import annotations

import re
from typing import Final

from indexer.document import Block, Extract, Kind
from indexer.encoding import decode
from indexer.readers.layout import Declared

_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n?|\n|$)")
_HEADING: Final = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_UNDERLINE: Final = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_BULLET: Final = re.compile(r"[ \t]*[-*+][ \t]+(?:\[[ xX]\][ \t]+)?")
_NUMBERED: Final = re.compile(r"[ \t]*\d{1,9}[.)][ \t]+")
_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})")
_RULE: Final = re.compile(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_TABLE_RULE: Final = re.compile(r"[ \t]*\|?[ \t:|-]*-[ \t:|-]*\|?[ \t]*$")
_FOOTNOTE: Final = re.compile(r" {0,3}\[\^[^\]]+\]:[ \t]*")
_QUOTE: Final = re.compile(r"(?: {0,3}>[ \t]?)+")
_FRONT_MATTER: Final = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?\r?\n)?(?:---|\.\.\.)[ \t]*(?:\r?\n|$)", re.DOTALL)
_FIELD: Final = re.compile(r"^([A-Za-z_]+)[ \t]*:[ \t]*(.+?)[ \t]*$", re.MULTILINE)


def read(data: bytes, name: str) -> Extract:
    """Return the decoded file and its blocks; raise `Refused` where it is not text."""
    text, _ = decode(data)
    front = _FRONT_MATTER.match(text)
    blocks = _Blocks(text)
    for line in _LINE.finditer(text, front.end() if front else 0):
        if line.group():
            blocks.line(line.start(), line.end())
    blocks.close()
    return Extract(text, tuple(blocks.found), "text/markdown", **_declared(front))


def _declared(front: re.Match[str] | None) -> Declared:
    if not front or not front.group(1):
        return {}
    fields = {key.lower(): value.strip("\"'") for key, value in _FIELD.findall(front.group(1))}
    date = re.match(r"\d{4}(?:-\d\d(?:-\d\d)?)?", fields.get("date", ""))
    return {
        "title": fields.get("title"),
        "publisher": fields.get("publisher"),
        "date": date.group() if date else None,
        "language": fields.get("language") or fields.get("lang"),
    }


class _Blocks:
    """Takes the lines of a file one by one and gathers them into blocks."""

    def __init__(self, text: str) -> None:
        self.found: list[Block] = []
        self._text = text
        self._open: Block | None = None
        self._fence: str | None = None

    def line(self, start: int, end: int) -> None:
        """Take the line between two offsets."""
        while end > start and self._text[end - 1].isspace():
            end -= 1
        if self._in_fence(start, end):
            return
        marker = _QUOTE.match(self._text, start, end)
        if marker and not (self._open and self._open.start < start and self._open.kind is Kind.LIST_ITEM):
            start = marker.end()
        start = _skip_blanks(self._text, start, end)
        if start >= end:
            self.close()
        else:
            self._words(start, end)

    def close(self) -> None:
        """End the open block."""
        if self._open:
            self.found.append(self._open)
            self._open = None

    def _in_fence(self, start: int, end: int) -> bool:
        fence = _FENCE.match(self._text, start, end)
        if self._fence is None:
            if fence:
                self.close()
                self._fence = fence.group(1)
            return fence is not None
        if fence and fence.group(1).startswith(self._fence) and fence.end() == end:
            self._fence = None
            self.close()
        elif start < end:
            self._extend(start, end)
        return True

    def _words(self, start: int, end: int) -> None:
        line = self._text[start:end]
        plain = self._open is not None and self._open.kind is Kind.BODY
        heading = _HEADING.match(line)
        underline = _UNDERLINE.match(line)
        if heading:
            self._alone(start + heading.start(2), start + heading.end(2), len(heading.group(1)))
        elif self._open and plain and underline:
            self._open = Block(self._open.start, self._open.end, Kind.HEADING, 1 if "=" in line else 2)
            self.close()
        elif _RULE.match(line) or (line.count("-") > 1 and _TABLE_RULE.match(line)):
            self.close()
        else:
            self._prose(line, start, end)

    def _prose(self, line: str, start: int, end: int) -> None:
        bullet, numbered, note = _BULLET.match(line), _NUMBERED.match(line), _FOOTNOTE.match(line)
        if bullet or numbered or note:
            self.close()
            # A bullet is a sign of the format; a number is the author's and may be cited.
            self._open = Block(start + (bullet.end() if bullet else 0), end, Kind.FOOTNOTE if note else Kind.LIST_ITEM)
        elif line.startswith("|"):
            self.close()
            self._open = Block(start, end)
            self.close()
        else:
            self._extend(start, end)

    def _extend(self, start: int, end: int) -> None:
        if self._open:
            self._open = Block(self._open.start, end, self._open.kind)
        else:
            start = _skip_blanks(self._text, start, end)
            self._open = Block(start, end)

    def _alone(self, start: int, end: int, level: int) -> None:
        self.close()
        if start < end:
            self.found.append(Block(start, end, Kind.HEADING, level))


def _skip_blanks(text: str, start: int, end: int) -> int:
    while start < end and (text[start].isspace() or text[start] == "\ufeff"):
        start += 1
    return start
