"""Names that stand one a line: who signed a letter, who was in a delegation, what a table lists first in each row.

What such a run of lines holds is told by what leads up to it (a heading, a line that ends in a colon), or by where it
stands: names that close a text which says "we" are those of who signed it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from indexer.document import Kind, Paragraph
from search.nouns import PERSON, class_of
from search.quantities import dates_in
from search.quoted import quoted

LEAST = 3  # lines that make a run; two do behind a line that leads up to them
MOST_WORDS, MOST_CHARACTERS = 14, 130  # of a name
MOST_LEADING = 8  # words of a line that leads up to a run
MOST_LEAD = 400  # characters of a paragraph that leads up to a run
COLUMN = 0.6  # of the lines of a run have the mark that parts a name from what is said of it
SIGNED = re.compile(
    r"\b(?:co-?|under)?sign(?:ed|s|ing|ator\w*|atures?)?\b|\bendors\w+|\bподпис\w*|\bнижеподпис\w*", re.I
)

_MARKER = re.compile(r"\s*(?:[•·▪◦○●‣*–—-]\s+|\(?(?:\d{1,3}|[a-zа-я])[.)]\s+|\|\s*)+")
_HONORIFIC = re.compile(
    r"(?:(?:Mr|Mrs|Ms|Miss|Mme|Sr|Sra|Srta|Dr|Prof|Sir|Rev|H\.\s?E|Hon)\b\.?|(?:His|Her)\s+Excellency|The\s+Honou?rable"
    r"|Ambassador|г-н|г-жа|Г-н|Г-жа|проф\.|д-р)\s*"
)
_PARTED = (re.compile(r"\s*\t\s*"), re.compile(r"\s*\|\s*"), re.compile(r"[,;]\s+"), re.compile(r"\s+[–—-]\s+"))
_ASIDE = re.compile(r"\s*\([^()]*\)\s*$")
_SMALL = re.compile(
    r"(?:of|for|on|in|at|the|and|to|by|a|an|or|against|without|with|from|under|between|de|la|le|les|des|du|del|della|di"
    r"|da|do|dos|e|y|et|und|für|von|van|der|den|al|el|bin|ibn|i|и|по|в|во|за|на|о|об|против|для|при|от|из|с)$",
    re.I,
)
_NO_NAME = re.compile(r"^\d+\.\d|https?://|www\.|@|\+?\d[\d\s().-]{6,}\d|[!?:]$|^\W*\d+\W*$|^\[[^]]*\]$")
_VERB = re.compile(r"(?:ет|ют|ит|ут|ат|ят|ла|ло|ли|ть|ся)$")
_PRONOUN = re.compile(
    r"\b(?:we|our|us|I|he|she|it|they|this|that|is|are|was|were|has|have|had|will|be|мы|это|был\w*|был)\b", re.I
)
_WE = re.compile(r"\b(?:we|our|us|the\s+undersigned|мы|нас|нам|наш\w*)\b", re.I)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a document: ``text`` is what stands at ``start`` of it, ``paragraph`` what it is (part) of."""

    paragraph: Paragraph
    start: int
    text: str

    @property
    def kind(self) -> Kind:
        """What its paragraph is."""
        return self.paragraph.kind


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a run: the name is ``line.text[start:end]``; ``titled`` says that "Mr" or the like stands before it."""

    line: Line
    start: int
    end: int
    titled: bool

    @property
    def name(self) -> str:
        """The words of the name."""
        return self.line.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Roster:
    """A run of names, one a line: ``lead`` is what leads up to it, ``signed`` that they signed the text."""

    lead: str
    entries: tuple[Entry, ...]
    signed: bool


def rosters_of(paragraphs: Sequence[Paragraph]) -> list[Roster]:
    """Return the runs of names in a document, in order."""
    kept = [p for p in paragraphs if p.kind not in (Kind.BOILERPLATE, Kind.FOOTNOTE) and p.text.strip()]
    lines = [line for paragraph in kept for line in _lines_of(paragraph)]
    prose = [i for i, line in enumerate(lines) if _is_prose(line)]
    speaks = any(_WE.search(_unquoted(lines[i].text)) for i in prose)
    found: list[Roster] = []
    for start, end in _runs(lines):
        lead, entries = _lead(lines, start), _entries(lines[start:end])
        if entries and (_is_header(entries[0]) or _stands_apart(entries)):
            lead, entries = f"{lead} {entries[0].line.text}".strip(), entries[1:]
        signed = bool(SIGNED.search(lead)) or (speaks and start > max(prose, default=-1))
        if len(entries) >= (2 if lead else LEAST):
            found.append(Roster(lead, tuple(entries), signed))
    return found


def _lines_of(paragraph: Paragraph) -> list[Line]:
    """A paragraph as one line, or as several if each of them begins as those of a list do."""
    spans = [(m.start(), m.end()) for m in re.finditer(r"[^\n]*\S[^\n]*", paragraph.text)]
    lines = [Line(paragraph, paragraph.char_start + a, paragraph.text[a:b]) for a, b in spans]
    if len(lines) > 1 and any(all(mark.match(line.text) for line in lines) for mark in (_MARKER, _HONORIFIC)):
        return lines
    return [Line(paragraph, paragraph.char_start, paragraph.text)]


# -- where they run


def _runs(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """The spans of lines that are each a name, dates and addresses between them let through."""
    start: int | None = None
    for i, line in enumerate((*lines, None)):
        announced = i > 0 and lines[i - 1].text.rstrip().endswith(":")
        named = line is not None and _is_line(line, announced) and not _leads(line.text)
        if named and start is None:
            start = i
        elif start is not None and not named and not _let_through(lines, i):
            yield start, i
            start = None


def _let_through(lines: Sequence[Line], at: int) -> bool:
    """Whether a line that is no name ends no run: a date, an address, or one odd item between two of a list."""
    if at >= len(lines) - 1:
        return at < len(lines) and _is_aside(lines[at])
    around = lines[at - 1 : at + 2]
    marked = all(_MARKER.match(line.text) and line.kind is Kind.LIST_ITEM for line in around)
    return _is_aside(lines[at]) or (marked and _is_line(around[0]) and _is_line(around[2]))


def _is_line(line: Line, announced: bool = False) -> bool:
    """Whether a line is a name, with or without what is said of it; a heading is one behind a colon, or with "Mr"."""
    if line.kind is Kind.HEADING and not announced and not _HONORIFIC.match(line.text):
        return False
    text = _MARKER.sub("", line.text, count=1).strip()
    listed = line.kind is Kind.LIST_ITEM or text != line.text.strip()
    if _NO_NAME.search(text) or dates_in(text) or (text.endswith(".") and not listed and len(text.split()) > 4):
        return False
    head = next((text[: m.start()] for mark in _PARTED[:3] if (m := mark.search(text))), text)
    whole = len(text) <= MOST_CHARACTERS and _is_name(text.rstrip(".;,"))
    return whole or (len(text) <= 2 * MOST_CHARACTERS and listed and _is_name(head)) or _is_row(text)


def _is_row(text: str) -> bool:
    return any(mark.search(text) and _is_name(mark.split(text)[0]) for mark in _PARTED[:2])


def _is_name(text: str) -> bool:
    while title := _HONORIFIC.match(text):
        text = text[title.end() :]
    text = _ASIDE.sub("", text).strip('“”"«»')
    words = text.split()
    if not words or len(words) > MOST_WORDS or not (text[0].isupper() or text[0].isdigit()):
        return False
    if _PRONOUN.search(text) or not any(c.isalpha() for c in text) or re.search(r"(?<!\b[A-ZА-ЯЁ])[.;]\s", text):
        return False
    small = [w for w in words if w[0].islower() and not _SMALL.match(w)]
    if re.search("[а-яё]", text, re.I):
        return not any(_VERB.search(w) for w in small)
    return len(small) <= len(words) // 4


def _is_aside(line: Line) -> bool:
    """Whether a short line between names is no name and ends nothing: a date, an address."""
    text = line.text
    return len(text) <= MOST_CHARACTERS and bool(dates_in(text) or re.search(r"https?://|www\.|@", text))


def _leads(text: str) -> bool:
    """Whether a line says what follows: "Signatories", "Participating organisations"; a name has more capitals."""
    words = text.rstrip(" :").split()
    if len(words) > MOST_LEADING or any(w[0].isupper() for w in words[1:]):
        return False
    plural = any(class_of(w) and re.search(r"s$|[иыа]$", w.lower()) for w in words)
    return bool(SIGNED.search(text)) or plural


def _is_header(entry: Entry) -> bool:
    """Whether the first row of a table says what its columns are."""
    return "\t" in entry.line.text and bool(class_of(entry.name))


def _stands_apart(entries: Sequence[Entry]) -> bool:
    """Whether the first line of a run is not made like all others, which have a mark or a title before the name."""
    return len(entries) > 2 and entries[0].start == 0 and all(entry.start > 0 for entry in entries[1:])


def _is_prose(line: Line) -> bool:
    return line.kind is not Kind.HEADING and len(line.text.split()) > MOST_WORDS and not _is_line(line)


def _unquoted(text: str) -> str:
    for start, end in reversed(quoted(text)):
        text = text[:start] + text[end:]
    return text


def _lead(lines: Sequence[Line], start: int) -> str:
    """What leads up to a run: the heading right above it, and a line or the end of a paragraph that announces it."""
    said: list[str] = []
    before = lines[start - 1] if start else None
    if before and before.kind is not Kind.HEADING and (before.text.rstrip().endswith(":") or _leads(before.text)):
        said.append(before.text[-MOST_LEAD:])
    headings = lines[start].paragraph.heading_path
    near = (line for line in lines[max(0, start - 3) : start] if line.kind is Kind.HEADING)
    if headings and any(h.text.strip() == headings[-1] and h.paragraph.number > 1 for h in near):
        said.append(headings[-1])
    return " ".join(said)


# -- what the lines hold


def _entries(lines: Sequence[Line]) -> list[Entry]:
    bare = [_bare(line) for i, line in enumerate(lines) if _is_line(line, announced=i == 0)]
    texts = [entry.name for entry in bare]
    mark = next((m for m in _PARTED if sum(bool(m.search(t)) for t in texts) >= COLUMN * len(texts)), None)
    return [_cut(entry, mark) for entry in bare]


def _bare(line: Line) -> Entry:
    """A line without its marker, titles of address, and the stop at its end."""
    text = line.text
    marker = _MARKER.match(text)
    start = marker.end() if marker else len(text) - len(text.lstrip())
    titled = False
    while title := _HONORIFIC.match(text, start):
        start, titled = title.end(), True
    return Entry(line, start, start + len(text[start:].rstrip().rstrip(".;,|")), titled)


def _cut(entry: Entry, mark: re.Pattern[str] | None) -> Entry:
    """A line up to the mark of its column; one among plain names up to where it says who that is: ", chair"."""
    text, start, end = entry.line.text, entry.start, entry.end
    found = mark.search(text, start, end) if mark else _PARTED[2].search(text, start, end)
    after = text[found.end() : end].split() if found else []
    if (
        found
        and found.start() > start
        and (mark or (after and (class_of(after[0]) == PERSON or after[0][0].islower())))
    ):
        end = found.start()
    if post := _post(text, start, end) if entry.titled else None:
        end = post
    if aside := _ASIDE.search(text[start:end]):
        end = start + aside.start()
    return Entry(entry.line, start, start + len(text[start:end].rstrip(" ,–—-")), entry.titled)


def _post(text: str, start: int, end: int) -> int | None:
    """Where a name with "Mr" before it runs into what its bearer is, with no comma between."""
    words = list(re.finditer(r"\S+", text[start:end]))
    return next((start + a.end() for a, b in pairwise(words[1:]) if class_of(b[0].strip(",")) == PERSON), None)
