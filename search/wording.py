"""Words of a text with their places, and when two wordings are the same but for how they are set.

What counts as setting only (`same_setting`): white space of any kind and amount; the shape of quotation marks and
apostrophes; the shape of hyphens and dashes; "…" for "..."; ligatures, soft hyphens and zero-width characters; composed
or decomposed accents; and a hyphen at the end of a printed line. Of a source (`alike`), the ">" that mail sets before
lines it quotes and the mark of a note ("15[2] people") may be left out. Letters, digits, their case, and all other
punctuation are words and count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

# Scripts without spaces between words: each character stands for itself.
_UNSPACED: Final = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_ACCENTS: Final = r"\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0900-\u0903\u093a-\u094f"
_INVISIBLE: Final = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_LETTER: Final = rf"(?:(?![{_UNSPACED}])[^\W_][{_ACCENTS}]*)"
_LINE_END: Final = r"[-\u2010\u2011\u00ad][ \t]*\r?\n[ \t]*"
_INSIDE: Final = rf"(?:['’ʼ‘]|[{_INVISIBLE}]+|{_LINE_END}|(?:(?<!\d)[-\u2010\u2011]|[-\u2010\u2011](?!\d)))"
_WORD: Final = re.compile(
    rf"[{_UNSPACED}]"
    rf"|(?:(?<!\w)[-−+$€£₸₽])?\d+(?:[.,:/]\d+)*[%‰°](?!\w)|(?:(?<!\w)[-−+$€£₸₽])?\d+(?:[.,:/]\d+)+(?!\w)"
    rf"|(?:(?<!\w)[-−$€£₸₽](?=\d))?{_LETTER}+(?:{_INSIDE}{_LETTER}+)*"
)
_QUOTED_LINE: Final = re.compile(r"(?<=\n)[ \t]*(?:>[ \t]*)+")
_NOTE: Final = re.compile(r"(?:\A|(?<=[\w.,;:!?…)\]\"'”’»%]))\[\d{1,3}\]")
_BREAK: Final = re.compile(_LINE_END)
_MARKS: Final = "\"'`´“”„‟«»‹›‘’‚‛ʼ′″「」『』＂＇"
_FOLDED: Final = str.maketrans({
    **dict.fromkeys(_MARKS, "'"), **dict.fromkeys(_INVISIBLE), **dict.fromkeys("‐‑‒–—―−﹣－", "-"), "…": "...",
    "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st",
})  # fmt: skip
_DASHES: Final = re.compile(r"--+")
_MARK_RUN: Final = re.compile(r"''+")


@dataclass(frozen=True, slots=True)
class Word:
    """A word at ``start:end`` of its text; ``key`` is equal for all ways of setting it, and for both cases."""

    key: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """Return the words of a text in order. Numbers keep their separators, sign and per cent."""
    return [Word(key(word), start, end) for word, start, end in spans(text)]


def spans(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield each word as it is written, with its start and end."""
    for match in _WORD.finditer(text):
        start, end = match.span()
        if text[end : end + 1] != "]" or text[start - 1 : start] != "[" or not _is_note(text, start, end):
            yield match[0], start, end


def _is_note(text: str, start: int, end: int) -> bool:
    """Whether a number in square brackets is the mark of a note, which is no word of the text."""
    return start > 1 and bool(_NOTE.fullmatch(text, start - 1, end + 1))


def key(word: str) -> str:
    """Return the form under which a word is looked up: hyphens inside it are left out, case is folded."""
    if word.isascii() and word.isalnum():
        return word.casefold()
    plain = unicodedata.normalize("NFKC", _BREAK.sub("", word).translate(_FOLDED)).casefold()
    return plain.replace("-", "") if plain[:1] != "-" else "-" + plain[1:].replace("-", "")


def same_setting(source: str, other: str) -> bool:
    """Whether two runs of text whose words are the same by `key` differ in their setting only."""
    if source == other:
        return True
    folded = fold(other)
    return any(fold(_BREAK.sub(hyphen, source)) == folded for hyphen in ("-", "")) or (
        fold(_BREAK.sub("", other)) == fold(_BREAK.sub("", source))
    )


def alike(source: str, other: str) -> bool:
    """Whether what stands after a word of a source was taken over, but for its setting and the marks of notes."""
    if fold(source) == fold(other):
        return True
    return fold(other) in (fold(_QUOTED_LINE.sub("", source)), fold(unmarked(source)))


def unmarked(source: str) -> str:
    """Return what begins at or after a word of a source without the ">" before quoted lines and the marks of notes."""
    return _NOTE.sub("", _QUOTED_LINE.sub("", source))


def fold(text: str) -> str:
    """Return a text in the form in which settings are equal. White space goes: words are compared one by one."""
    text = unicodedata.normalize("NFC", text.translate(_FOLDED))
    return _MARK_RUN.sub("'", _DASHES.sub("-", "".join(text.split())))
