"""Reads SubRip and WebVTT subtitles: the text is the file itself, and each cue's words are a block."""

from __future__ import annotations

import re
from typing import Final

from indexer.document import Block, Extract
from indexer.encoding import decode

_CUE: Final = re.compile(r"^[ \t]*(?:\d+:)?\d{1,2}:\d\d[.,]\d{1,3}[ \t]*-->[^\r\n]*(?:\r\n?|\n)", re.MULTILINE)
_BLANK_LINE: Final = re.compile(r"(?:\r\n?|\n)[ \t]*(?:\r\n?|\n)")


def read(data: bytes, name: str) -> Extract:
    """Return the decoded file with one block a cue; raise `Refused` where it is not text."""
    text, _ = decode(data)
    blocks = []
    for cue in _CUE.finditer(text):
        blank = _BLANK_LINE.search(text, cue.end())
        end = blank.start() if blank else len(text)
        words = text[cue.end() : end]
        if words.strip():
            start = cue.end() + len(words) - len(words.lstrip())
            blocks.append(Block(start, cue.end() + len(words.rstrip())))
    return Extract(text, tuple(blocks), "application/x-subrip")
