"""Citations: from a span of a document's text to the paragraph, label, page and words that stand there."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.document import Document, Kind, Paragraph
from indexer.unseen import unseen
from search.results import Citation, Span


class NotInSource(Exception):
    """A quote that does not stand in the source at the characters given; it must not be shown."""


def cite(document: Document, paragraphs: Sequence[Paragraph], text: str, start: int, end: int) -> Citation:
    """Cite ``text``, which stands at ``start:end``; ``paragraphs`` are those of the document that touch the span.

    Raises `NotInSource` if no paragraph holds the span, or the words at it are others.
    """
    touched = [p for p in paragraphs if p.char_start < end and start < p.char_end]
    if not touched or start < touched[0].char_start or touched[-1].char_end < end:
        raise NotInSource(f"{document.source}: no paragraph at {start}:{end}")
    if not text or len(text) != end - start:
        raise NotInSource(f"{document.source}: {len(text)} characters for {start}:{end}")
    for p in touched:
        a, b = max(start, p.char_start), min(end, p.char_end)
        if p.text[a - p.char_start : b - p.char_start] != text[a - start : b - start]:
            raise NotInSource(f"{document.source}: other words at {a}:{b}")
    first, last = touched[0], touched[-1]
    return Citation(
        first.number, last.number, first.label, first.label_kind, first.page, start, end, text,
        permalink(document.id, first.number), hidden_of(touched, text),
    )  # fmt: skip


def hidden_of(paragraphs: Sequence[Paragraph], text: str) -> tuple[Span, ...]:
    """Return which parts of ``text``, which stands in these paragraphs, a reader of the original does not see."""
    if any(p.kind is Kind.HIDDEN for p in paragraphs):
        return ((0, len(text)),)
    return tuple(unseen(text))


def not_visible(hidden: Sequence[Sequence[int]], text: str) -> str:
    """Say in words that a text, or some of it, is not visible in the original; "" if all of it is."""
    if not hidden:
        return ""
    count = sum(end - start for start, end in hidden)
    if count == len(text):
        return "not visible in the original"
    return f"{count} of its characters not visible in the original"


def permalink(document_id: str, paragraph: int) -> str:
    """Return the path of a paragraph on the page."""
    return f"/documents/{document_id}#p{paragraph}"


def pinpoint(label: str | None, page: int | None, paragraph: int, hidden: str = "") -> str:
    """Say in words where a citation points: "recital O", "para 124.40, page 3", "paragraph 7".

    ``hidden`` is what `not_visible` says of its words.
    """
    where = label or f"paragraph {paragraph}"
    if label and label[0].isdigit():
        where = f"para {label}"
    return ", ".join(part for part in (where, page and f"page {page}", hidden) if part)
