"""Citations that were saved earlier, compared with the documents as they are now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from indexer.document import Document
from search.addresses import Place
from search.differences import Difference, differences
from search.verification import Found, Verdict, Verification


class State(StrEnum):
    """What became of a citation."""

    UNCHANGED = "unchanged"
    MOVED = "moved"
    CHANGED = "changed"
    VANISHED = "vanished"


@dataclass(frozen=True, slots=True)
class Saved:
    """A citation as it was: the document by its source, where the words stood in it, and the words."""

    source: str
    paragraph: int | None
    label: str | None
    char_start: int
    char_end: int
    text: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A saved citation, what became of it, and where its words stand now."""

    saved: Saved
    state: State
    now: Found | None = None
    differences: tuple[Difference, ...] = ()


def saved_in(content: Any) -> Iterator[Saved]:
    """Yield the citations in JSON that Pincite wrote: answers, results of a search, certificates, or lists of them.

    A citation is an object with ``char_start``, ``char_end`` and ``text`` whose ``source`` is in it or above it.
    """
    waiting: list[tuple[Any, str]] = [(content, "")]
    while waiting:
        value, source = waiting.pop()
        if isinstance(value, list):
            waiting += [(item, source) for item in reversed(value)]
        if not isinstance(value, dict):
            continue
        document = value.get("document")
        source = str(value.get("source") or (document.get("source") if isinstance(document, dict) else "") or source)
        start, end, text = value.get("char_start"), value.get("char_end"), value.get("text")
        if isinstance(start, int) and isinstance(end, int) and isinstance(text, str) and source:
            number, label = value.get("paragraph", value.get("number")), value.get("label")
            yield Saved(
                source, number if isinstance(number, int) else None, str(label) if label else None, start, end, text
            )
            continue  # words inside a citation, such as who speaks, are no citations
        waiting += [(item, source) for item in reversed(list(value.values())) if isinstance(item, dict | list)]


def compared(saved: Saved, verification: Verification) -> Compared:
    """Say what became of a saved citation: by the same words in the same document, then in any document."""
    catalogue = verification.concordance.catalogue
    own = next((d for d in catalogue.named(saved.source) if d.source == saved.source), None)
    if own and catalogue.text(own.id)[saved.char_start : saved.char_end] == saved.text:
        first = catalogue.paragraph_at(own.id, saved.char_start)
        last = catalogue.paragraph_at(own.id, max(saved.char_start, saved.char_end - 1))
        now = Found(own, first, last, saved.char_start, saved.char_end, saved.text)
        called = (saved.paragraph or first.number, saved.label)
        same = called == (first.number, first.label)
        return Compared(saved, State.UNCHANGED if same else State.MOVED, now)
    return _elsewhere(saved, own, verification)


def _elsewhere(saved: Saved, own: Document | None, verification: Verification) -> Compared:
    check = verification.check(saved.text, [Place(own)] if own else None)
    if not check.places:
        return Compared(saved, State.VANISHED)
    now = check.places[0]
    if check.wording is Verdict.EXACT:
        return Compared(saved, State.MOVED, now)
    if check.verdict in (Verdict.TYPOGRAPHIC, Verdict.ALTERED) and own and now.document.id == own.id:
        return Compared(saved, State.CHANGED, now, differences(now.text, saved.text))
    return Compared(saved, State.VANISHED)
