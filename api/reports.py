"""Reads a report and finds its quotations, each with the notes, bracket and sentence that say where it stands."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.document import ASIDE
from indexer.encoding import decode
from indexer.readers.docx_quotes import quote_paragraphs
from indexer.readers.raised import NOTE_MARK
from indexer.sandbox import Parser
from search.quoted import quoted, sentence_around

PLAIN = (".md", ".markdown", ".txt", ".text")
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_MARK = re.compile(r"\[\^?([\w-]{1,16})\]|\^([\w-]{1,4})\^|([⁰¹²³⁴-⁹]+)|<sup>\s*\[?(\d{1,3})\]?\s*</sup>")
_MARKS_AFTER = re.compile(rf"[\"”“»«’'.,;:)\s*_]{{0,5}}((?:(?:{_MARK.pattern})[\s,]?)+)")
_NOTE = re.compile(r"\s*(?:\[\^([\w-]{1,16})\]:|\[([\w-]{1,16})\]:?|\^([\w-]{1,4})\^|([⁰¹²³⁴-⁹]+))\s*(?=\S)")
_BESIDE = re.compile(r"[\"”“»«’'.,;:*_\s]{0,4}\(((?:[^()\n]|\([^()\n]*\)){3,300})\)")
_SIGNED = re.compile(r"\n?[ \t]*(?:[—–―]|--)[ \t]*([^\n]{3,300})$")
_QUOTED_LINE = re.compile(r"^[ \t]*>[ \t]?", re.MULTILINE)
_FENCED = re.compile(r"^[ \t]*(`{3,}|~{3,}).*?^[ \t]*\1[`~]*[ \t]*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of a report at ``start:end`` of its text; ``quote`` if it is set as a quotation as a whole."""

    start: int
    end: int
    quote: bool = False


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation at ``start:end`` of the report, its words without markup, and what is said of where it stands.

    ``sentence`` is the sentence around it with the quotation, at the characters ``at``, blanked out.
    """

    text: str
    start: int
    end: int
    notes: tuple[str, ...] = ()
    beside: str = ""
    sentence: str = ""
    at: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Report:
    """A report: its file's name and hash, its text, its quotations in order, and its text without them."""

    name: str
    sha256: str
    text: str
    quotations: tuple[Quotation, ...]
    own_words: str


def read_report(path: Path, parser: Parser | None = None) -> Report:
    """Read a report in any format that can be indexed. Raises `Refused`, and `FileNotFoundError`."""
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}. Check the path.")
    with parser or Parser() as reader:
        data = reader.load(path)
        if path.suffix.casefold() in PLAIN:
            text, _ = decode(data)
            blocks = list(_plain_blocks(text))
        else:
            extract = reader.read(data, path.name)
            text = extract.text
            set_off = set(map(_words, quote_paragraphs(data)))
            blocks = [
                Block(b.start, b.end, _words(text[b.start : b.end]) in set_off)
                for b in extract.blocks
                if b.kind not in ASIDE
            ]
    found = tuple(_quotations(text, blocks))
    return Report(path.name, hashlib.sha256(data).hexdigest(), text, found, _blanked(text, found))


def read_text(text: str, name: str = "") -> Report:
    """Read a report that is given as Markdown or plain text."""
    found = tuple(_quotations(text, list(_plain_blocks(text))))
    return Report(name, hashlib.sha256(text.encode()).hexdigest(), text, found, _blanked(text, found))


def _words(text: str) -> str:
    return "".join(_MARK.sub("", re.sub(NOTE_MARK, "", text)).split())


def _blanked(text: str, found: Sequence[Quotation]) -> str:
    for quotation in found:
        text = text[: quotation.start] + " " * (quotation.end - quotation.start) + text[quotation.end :]
    return text


def _plain_blocks(text: str) -> Iterator[Block]:
    """The paragraphs of Markdown or plain text: between blank lines, and where ">" begins or ends."""
    skipped = [m.span() for m in _FENCED.finditer(text)]
    begin, quote = None, False
    at = 0
    for line in text.splitlines(keepends=True):
        start, at = at, at + len(line)
        blank = not line.strip() or any(a <= start < b for a, b in skipped)
        marked = bool(_QUOTED_LINE.match(line))
        if begin is not None and (blank or marked != quote or (not marked and _NOTE.match(line))):
            yield Block(begin, start, quote)
            begin = None
        if not blank and begin is None:
            begin, quote = start, marked
    if begin is not None:
        yield Block(begin, len(text), quote)


# -- quotations


def _quotations(text: str, blocks: Sequence[Block]) -> Iterator[Quotation]:
    notes = _notes(text, blocks)
    for at, block in enumerate(blocks):
        if block.quote:
            yield from _set_off(text, blocks, at, notes)
        else:
            for start, end in quoted(text[block.start : block.end]):
                yield _inline(text, block, block.start + start, block.start + end, notes)


def _notes(text: str, blocks: Sequence[Block]) -> dict[str, str]:
    """The text of each note by its mark; a number in brackets is a note where a paragraph begins with it."""
    notes: dict[str, str] = {}
    for block in blocks:
        if match := _NOTE.match(text, block.start, block.end):
            notes.setdefault(_mark(match), _clean(text[match.end() : block.end]))
    return notes


def _mark(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group).translate(_SUPERSCRIPT)


def _notes_at(text: str, at: int, notes: dict[str, str], end: int) -> tuple[str, ...]:
    """The notes whose marks stand at a character of the text, before ``end``: the next paragraph may be a note."""
    match = _MARKS_AFTER.match(text, at, end)
    marks = [_mark(m) for m in _MARK.finditer(match[1])] if match else []
    return tuple(notes[mark] for mark in marks if mark in notes)


def _inline(text: str, block: Block, start: int, end: int, notes: dict[str, str]) -> Quotation:
    """A quotation in running text."""
    whole = text[block.start : block.end]
    masked = whole
    for a, b in quoted(whole):
        masked = masked[:a] + "x" * (b - a) + masked[b:]
    first, last = sentence_around(masked, start - block.start, end - block.start)
    sentence = whole[first:last]
    at = (start - block.start - first, end - block.start - first)
    sentence = sentence[: at[0]] + " " * (at[1] - at[0]) + sentence[at[1] :]
    beside = _BESIDE.match(text, end, block.end)
    # A mark at the end of the sentence is this quotation's if no other quotation comes between.
    following = [block.start + a for a, _ in quoted(whole) if block.start + a > end]
    marks = _MARK.search(text, end, min([*following, block.start + last + 8, block.end]))
    found = _notes_at(text, end, notes, block.end)
    if marks and not found:
        found = _notes_at(text, marks.start(), notes, block.end)
    return Quotation(_clean(text[start:end]), start, end, found, beside[1] if beside else "", sentence, at)


def _set_off(text: str, blocks: Sequence[Block], at: int, notes: dict[str, str]) -> Iterator[Quotation]:
    """A block quotation: attributed at its end, by a note, or by the line that leads up to it."""
    block = blocks[at]
    start, end = block.start, block.end
    if mark := _QUOTED_LINE.match(text, start, end):
        start = mark.end()
    while end > start and text[end - 1].isspace():
        end -= 1
    signed = _SIGNED.search(_QUOTED_LINE.sub(lambda m: " " * len(m[0]), text[start:end]))
    beside = signed[1] if signed else ""
    found: tuple[str, ...] = ()
    if signed:
        end = start + len(text[start : start + signed.start()].rstrip("> \t\n"))
    elif marks := re.search(rf"\s*(?:{_MARK.pattern})+\s*$", text[start:end]):
        found = _notes_at(text, start + marks.start(), notes, end)
        is_number = all(_mark(mark).isdigit() for mark in _MARK.finditer(marks[0]))  # "[sic]" is of the quotation
        end = start + marks.start() if found or is_number else end
    if end <= start:
        return
    inner = quoted(text[start:end])
    if len(inner) == 1 and inner[0][0] <= 2 and inner[0][1] >= end - start - 3:
        start, end = start + inner[0][0], start + inner[0][1]
    yield Quotation(_clean(text[start:end]), start, end, found, beside, _lead(text, blocks, at), (0, 0))


def _lead(text: str, blocks: Sequence[Block], at: int) -> str:
    """The sentence that leads up to a block quotation, and a bracket or dash line after it."""
    while at and blocks[at - 1].quote:
        at -= 1
    before = text[blocks[at - 1].start : blocks[at - 1].end].strip() if at else ""
    if not before.endswith((":", ",", "that", "—")):
        return ""
    first, _ = sentence_around(before, len(before) - 1, len(before))
    return _clean(before[first:])


_LINK = re.compile(r"!?\[([^\]\n]+)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)")
_EMPHASIS = re.compile(r"(\*{1,3}|(?<!\w)_{1,3})(?=\S)(.+?)(?<=\S)\1(?!\w)", re.DOTALL)


def _clean(text: str) -> str:
    """The words of a piece of Markdown: without quote signs, emphasis, links, note marks and escapes."""
    text = _QUOTED_LINE.sub("", text)
    text = re.sub(r"\[\^[\w-]{1,16}\]|\^[\w-]{1,4}\^|<sup>.*?</sup>", "", text)
    text = _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", text))
    return re.sub(r"\\([\\`*_{}\[\]()#+.!>-])", r"\1", text).strip()
