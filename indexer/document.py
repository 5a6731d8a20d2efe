"""The words of the project: document, paragraph, passage, and what a reader hands over."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a block or paragraph is in its document."""

    HEADING = "heading"
    BODY = "body"
    LIST_ITEM = "list item"
    FOOTNOTE = "footnote"
    BOILERPLATE = "boilerplate"
    HIDDEN = "not visible"


ASIDE = frozenset({Kind.BOILERPLATE, Kind.HIDDEN})
"""What is kept and can be cited, but ranks last and never answers."""


class Refused(Exception):
    """A file that cannot be read; the message is the reason shown to the user, and says what to do."""


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text that the layout keeps together: one heading, paragraph, list item or footnote.

    ``start`` and ``end`` are character offsets into `Extract.text`; ``level`` is 1 to 6 for a heading
    whose level is known and 0 otherwise; ``page`` counts from 1 and is None where there are no pages.
    """

    start: int
    end: int
    kind: Kind = Kind.BODY
    level: int = 0
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Extract:
    """What a reader makes of a file: its text as it stands in the source, and where its blocks lie.

    Blocks are in reading order and do not overlap. ``title``, ``publisher``, ``date`` (ISO 8601, as
    precise as the file is, or in its own words) and ``language`` (BCP 47) are what the file itself declares, else None.
    """

    text: str
    blocks: tuple[Block, ...]
    media_type: str
    title: str | None = None
    publisher: str | None = None
    date: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was indexed. ``source`` is its path below the corpus root, with forward slashes."""

    id: str
    source: str
    title: str
    publisher: str | None
    date: str | None
    language: str | None
    media_type: str
    sha256: str
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The smallest thing that can be cited: ``text_of(document)[char_start:char_end] == text``.

    ``number`` is 1, 2, 3 ... in reading order, the same whenever the same bytes are read. ``label`` is
    what the document itself calls the paragraph ("recital O", "para 8", "124.40"), None if it does not.
    """

    document_id: str
    number: int
    label: str | None
    label_kind: str | None
    heading_path: tuple[str, ...]
    page: int | None
    kind: Kind
    char_start: int
    char_end: int
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """What is embedded and ranked: one paragraph, several short neighbours, or a part of a long one.

    ``first`` and ``last`` are paragraph numbers; ``text`` is the source between ``char_start`` and
    ``char_end``; ``tokens`` counts it with tiktoken. ``boilerplate`` says that it ranks last and never answers;
    ``hidden`` that this is because a reader of the original does not see it.
    """

    id: str
    document_id: str
    first: int
    last: int
    char_start: int
    char_end: int
    text: str
    tokens: int
    boilerplate: bool = False
    hidden: bool = False
