"""Reading what the store holds: documents, their text, paragraphs and passages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.document import Document, Kind, Paragraph, Passage
from indexer.store import Store

_DOCUMENT = "id, source, title, publisher, date, language, media_type, sha256, address"
_PARAGRAPH = "number, label, label_kind, heading_path, page, kind, char_start, char_end"


@dataclass(frozen=True, slots=True)
class Filters:
    """What to keep: documents whose field is one of the values given, and whose date lies in the range.

    A date is ISO 8601; a document whose date is known to the month or year is kept if that period touches
    the range, and one without a date only if no range is asked for.
    """

    source: tuple[str, ...] = ()
    publisher: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    date_from: str | None = None
    date_to: str | None = None

    def __bool__(self) -> bool:
        return bool(self.source or self.publisher or self.language or self.date_from or self.date_to)


class Catalogue:
    """The documents of a store, read only."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def count(self) -> tuple[int, int, int]:
        """Return how many documents, paragraphs and passages there are."""
        row = self.store.db.execute(
            "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM paragraphs),"
            " (SELECT count(*) FROM passages)"
        ).fetchone()
        return int(row[0]), int(row[1]), int(row[2])

    def documents(self, query: str = "", limit: int = 100, offset: int = 0) -> tuple[int, list[Document]]:
        """Return how many documents have ``query`` in title or source, and those of the page asked for."""
        like = f"%{query.replace('%', '').replace('_', '')}%"
        where = "FROM documents WHERE title LIKE ? OR source LIKE ?"
        total = self.store.db.execute(f"SELECT count(*) {where}", (like, like)).fetchone()[0]
        rows = self.store.db.execute(
            f"SELECT {_DOCUMENT} {where} ORDER BY source, id LIMIT ? OFFSET ?", (like, like, limit, offset)
        )
        return int(total), [Document(*row) for row in rows]

    def document(self, document_id: str) -> Document | None:
        """Return one document, None if there is no such."""
        row = self.store.db.execute(f"SELECT {_DOCUMENT} FROM documents WHERE id = ?", (document_id,)).fetchone()
        return Document(*row) if row else None

    def named(self, name: str) -> list[Document]:
        """Return the document with this id or source, or those below it if it names a folder."""
        rows = self.store.db.execute(
            f"SELECT {_DOCUMENT} FROM documents WHERE id = ?1 OR ?1 IN (source, root || '/' || source)"
            " OR substr(source, 1, length(?1) + 1) = ?1 || '/'"
            " OR substr(root || '/' || source, 1, length(?1) + 1) = ?1 || '/' ORDER BY source",
            (name.rstrip("/"),),
        )
        return [Document(*row) for row in rows]

    def text_of(self, document_id: str) -> str:
        """Return the whole text of a document. Raises `KeyError` if there is no such."""
        row = self.store.db.execute("SELECT text FROM documents WHERE id = ?", (document_id,)).fetchone()
        if row is None:
            raise KeyError(document_id)
        return str(row[0])

    def original(self, document_id: str) -> Path | None:
        """Return where the file lies, None if there is no such document."""
        row = self.store.db.execute("SELECT root, source FROM documents WHERE id = ?", (document_id,)).fetchone()
        return Path(row[0]) / row[1] if row else None

    def paragraphs(self, document_id: str, first: int | None = None, last: int | None = None) -> list[Paragraph]:
        """Return the paragraphs of a document from number ``first`` to ``last``, all by default."""
        row = self.store.db.execute("SELECT key, text FROM documents WHERE id = ?", (document_id,)).fetchone()
        if row is None:
            return []
        rows = self.store.db.execute(
            f"SELECT {_PARAGRAPH} FROM paragraphs WHERE document = ? AND number BETWEEN ? AND ? ORDER BY number",
            (row[0], first or 0, last if last is not None else 1 << 60),
        )
        return [_paragraph(document_id, row[1], r) for r in rows]

    def paragraph(self, document_id: str, name: str) -> Paragraph | None:
        """Return a paragraph by number, label, or the last word of its label ("O" for "recital O")."""
        every = self.paragraphs(document_id)
        wanted = " ".join(name.casefold().split())
        if wanted.isdecimal():
            return next((p for p in every if p.number == int(wanted)), None)
        labelled = [(p, (p.label or "").casefold()) for p in every if p.label]
        exact = next((p for p, label in labelled if label == wanted), None)
        return exact or next((p for p, label in labelled if label.rpartition(" ")[2] == wanted), None)

    def passages(self, keys: Sequence[int]) -> dict[int, Passage]:
        """Return the passages with these keys; one that is gone is left out."""
        found: dict[int, Passage] = {}
        for chunk in _chunks(keys, 500):
            marks = ",".join("?" * len(chunk))
            for row in self.store.db.execute(
                "SELECT p.key, d.id, first, last, char_start, char_end,"
                " substr(d.text, char_start + 1, char_end - char_start), tokens, boilerplate"
                f" FROM passages p JOIN documents d ON d.key = p.document WHERE p.key IN ({marks})",
                chunk,
            ):
                key, document_id, first, last, start, end, text, tokens, boilerplate = row
                name = f"{document_id}:{start}-{end}"
                found[key] = Passage(name, document_id, first, last, start, end, text, tokens, bool(boilerplate))
        return found

    def documents_by_id(self, ids: Iterable[str]) -> dict[str, Document]:
        """Return these documents by id."""
        return {i: document for i in dict.fromkeys(ids) if (document := self.document(i))}

    def misplaced(self) -> list[int]:
        """Return the keys of passages that do not begin and end with paragraphs of their document."""
        rows = self.store.db.execute(
            "SELECT p.key FROM passages p"
            " LEFT JOIN paragraphs a ON a.document = p.document AND a.number = p.first"
            " LEFT JOIN paragraphs b ON b.document = p.document AND b.number = p.last"
            " JOIN documents d ON d.key = p.document"
            " WHERE a.char_start IS NULL OR b.char_end IS NULL OR p.char_start < a.char_start"
            " OR p.char_end > b.char_end OR b.char_end > length(d.text)"
        )
        return [int(row[0]) for row in rows]

    def languages(self) -> list[str | None]:
        """Return the languages of the documents."""
        return [row[0] for row in self.store.db.execute("SELECT DISTINCT language FROM documents")]

    def allowed(self, filters: Filters) -> list[int] | None:
        """Return the keys of the passages that pass ``filters``, ascending; None if all do."""
        if not filters:
            return None
        where, values = _where(filters)
        rows = self.store.db.execute(
            f"SELECT p.key FROM passages p JOIN documents d ON d.key = p.document WHERE {where} ORDER BY p.key", values
        )
        return [int(row[0]) for row in rows]


def _paragraph(document_id: str, text: str, row: tuple[Any, ...]) -> Paragraph:
    number, label, label_kind, path, page, kind, start, end = row
    return Paragraph(
        document_id, number, label, label_kind, tuple(json.loads(path)), page, Kind(kind), start, end, text[start:end]
    )


def _where(filters: Filters) -> tuple[str, list[str]]:
    clauses: list[str] = []
    values: list[str] = []
    for field in ("source", "publisher", "language"):
        if wanted := getattr(filters, field):
            clauses.append(f"d.{field} IN ({','.join('?' * len(wanted))})")
            values += wanted
    # "2021" and "2021-03" are periods: the first day of one and the last day of the other decide.
    if filters.date_from:
        last_day = "CASE length(d.date) WHEN 4 THEN d.date || '-12-31' WHEN 7 THEN d.date || '-31' ELSE d.date END"
        clauses.append(f"{last_day} >= ?")
        values.append(filters.date_from)
    if filters.date_to:
        clauses.append("d.date <= ?")
        values.append(filters.date_to if len(filters.date_to) >= len("2021-01-31") else f"{filters.date_to}-99")
    return " AND ".join(clauses), values


def _chunks(keys: Sequence[int], size: int) -> Iterable[Sequence[int]]:
    return (keys[i : i + size] for i in range(0, len(keys), size))
