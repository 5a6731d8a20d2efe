"""Reading what the store holds: documents, their text, paragraphs and passages."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from indexer.document import Document, Kind, Paragraph, Passage
from indexer.integrity import Integrity
from indexer.store import Store

T = TypeVar("T")

_DOCUMENT = "id, source, title, publisher, date, language, media_type, sha256, address"
_TEXTS_KEPT = 64_000_000  # characters of documents that stay in memory between questions
_LAST = (1 << 63) - 1  # the highest number that SQLite compares as an integer
_PARAGRAPH = "number, label, label_kind, heading_path, page, kind, char_start, char_end"


# Fields of which one of several values is asked for.
FILTERED: Final = ("source", "publisher", "language", "media_type")


@dataclass(frozen=True, slots=True)
class Filters:
    """What to keep: documents whose field is one of the values given, and whose date lies in the range.

    A date is ISO 8601; a document whose date is known to the month or year is kept if that period touches
    the range, and one without a date only if no range is asked for.
    """

    source: tuple[str, ...] = ()
    publisher: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    media_type: tuple[str, ...] = ()
    date_from: str | None = None
    date_to: str | None = None

    def __bool__(self) -> bool:
        return bool(self.source or self.publisher or self.language or self.media_type or self.date_from or self.date_to)


class Catalogue:
    """The documents of a store, read only."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.integrity = Integrity(store)
        self._texts: OrderedDict[int, str] = OrderedDict()
        self._kept = 0
        self._keeping = threading.Lock()
        self._languages: tuple[int, list[str | None]] | None = None
        self._spellings: dict[str, tuple[int, dict[str, list[str]]]] = {}

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
            f"SELECT {_DOCUMENT} {where} ORDER BY source, id LIMIT ? OFFSET ?",
            (like, like, limit if limit >= 0 else _LAST, offset),
        )
        return int(total), [Document(*row) for row in rows]

    def matching(self, filters: Filters) -> list[Document]:
        """Return the documents that pass ``filters``, by source."""
        where, values = conditions(filters)
        rows = self.store.db.execute(
            f"SELECT {_DOCUMENT} FROM documents d WHERE {where or 'true'} ORDER BY source, id", values
        )
        return [Document(*row) for row in rows]

    def count_matching(self, filters: Filters) -> int:
        """Return how many documents pass ``filters``."""
        where, values = conditions(filters)
        row = self.store.db.execute(f"SELECT count(*) FROM documents d WHERE {where or 'true'}", values).fetchone()
        return int(row[0])

    def passing(self, ids: Collection[str], filters: Filters) -> frozenset[str]:
        """Return those of a few documents, by their ids, that pass ``filters``; no others are read."""
        if not (ids and filters):
            return frozenset(ids)
        where, values = conditions(filters)
        rows = self.store.db.execute(
            f"SELECT d.id FROM documents d WHERE d.id IN ({','.join('?' * len(ids))}) AND {where}",
            [*ids, *values],
        )
        return frozenset(str(row[0]) for row in rows)

    def document(self, document_id: str) -> Document | None:
        """Return one document, None if there is no such."""
        row = self.store.db.execute(f"SELECT {_DOCUMENT} FROM documents WHERE id = ?", (document_id,)).fetchone()
        if row is None:
            self.integrity.missing(document_id)
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

    def titled(self, titles: Sequence[str]) -> list[Document]:
        """Return the documents with one of these titles, in the order of the titles."""
        found: list[Document] = []
        for title in titles:
            rows = self.store.db.execute(f"SELECT {_DOCUMENT} FROM documents WHERE title = ? ORDER BY source", (title,))
            found += [Document(*row) for row in rows]
        return found

    def with_label(self, ending: str) -> list[Document]:
        """Return the documents that have a paragraph whose label ends so, in small letters without blanks: "15(a)"."""
        rows = self.store.db.execute(
            f"SELECT {_DOCUMENT} FROM documents WHERE key IN (SELECT document FROM paragraphs"
            " WHERE substr(replace(lower(label), ' ', ''), length(replace(label, ' ', '')) - length(?1) + 1) = ?1)"
            " ORDER BY source",
            (ending,),
        )
        return [Document(*row) for row in rows]

    def text_of(self, document_id: str) -> str:
        """Return the whole text of a document. Raises `KeyError` if there is no such, `IndexDamaged`."""
        return self.integrity.text(self._key(document_id))

    def text(self, document_id: str) -> str:
        """Return the whole text of a document, keeping those used last. Raises `KeyError` if there is no such."""
        return self._text(self._key(document_id))

    def _key(self, document_id: str) -> int:
        row = self.store.db.execute("SELECT key FROM documents WHERE id = ?", (document_id,)).fetchone()
        if row is None:
            raise self.integrity.missing(document_id)
        return int(row[0])

    def paragraph_at(self, document_id: str, character: int) -> Paragraph:
        """Return the paragraph that a character of a document's text lies in, else the one before it, else the first.

        Raises `KeyError` if there is no such document.
        """
        where = (
            "number = coalesce((SELECT max(number) FROM paragraphs p"
            " WHERE p.document = paragraphs.document AND p.char_start <= ?), 1)"
        )
        for paragraph in self._paragraphs(document_id, where, (character,)):
            return paragraph
        raise KeyError(document_id)

    def original(self, document_id: str) -> Path | None:
        """Return where the file lies, None if there is no such document."""
        row = self.store.db.execute("SELECT root, source FROM documents WHERE id = ?", (document_id,)).fetchone()
        return Path(row[0]) / row[1] if row else None

    def paragraphs(self, document_id: str, first: int | None = None, last: int | None = None) -> list[Paragraph]:
        """Return the paragraphs of a document from number ``first`` to ``last``, all by default."""
        return self._paragraphs(
            document_id, "number BETWEEN ? AND ?", (first or 0, last if last is not None else _LAST)
        )

    def paragraph(self, document_id: str, name: str) -> Paragraph | None:
        """Return a paragraph by number, label, or the last word of its label ("O" for "recital O")."""
        wanted = " ".join(name.split())
        if wanted.isdecimal():
            number = min(int(wanted), _LAST)
            return next(iter(self._paragraphs(document_id, "number = ?", (number,))), None)
        found = self._paragraphs(document_id, "lower(label) = lower(?1) OR label LIKE '% ' || ?1", (wanted,))
        return min(found, key=lambda p: ((p.label or "").casefold() != wanted.casefold(), p.number), default=None)

    def count_paragraphs(self, document_id: str) -> int:
        """Return how many paragraphs a document has."""
        row = self.store.db.execute(
            "SELECT count(*) FROM paragraphs JOIN documents d ON d.key = document WHERE d.id = ?", (document_id,)
        ).fetchone()
        return int(row[0])

    def _paragraphs(self, document_id: str, where: str, values: tuple[object, ...]) -> list[Paragraph]:
        row = self.store.db.execute("SELECT key FROM documents WHERE id = ?", (document_id,)).fetchone()
        if row is None:
            return []
        rows = self.store.db.execute(
            f"SELECT {_PARAGRAPH} FROM paragraphs WHERE ({where}) AND document = {int(row[0])} ORDER BY number", values
        )
        text = self._text(row[0])
        return [_paragraph(document_id, text, r) for r in rows]

    def _text(self, key: int) -> str:
        """Return a document's text, keeping those used last; a key is never used for another text."""
        with self._keeping:
            if key in self._texts:
                self._texts.move_to_end(key)
                return self._texts[key]
        text = self.integrity.text(key)
        with self._keeping:
            if key not in self._texts:
                self._texts[key] = text
                self._kept += len(text)
            while self._kept > _TEXTS_KEPT and len(self._texts) > 1:
                self._kept -= len(self._texts.popitem(last=False)[1])
        return text

    def passages(self, keys: Sequence[int]) -> dict[int, Passage]:
        """Return the passages with these keys; one that is gone is left out."""
        found: dict[int, Passage] = {}
        for chunk in _chunks(keys, 500):
            marks = ",".join("?" * len(chunk))
            for row in self.store.db.execute(
                "SELECT p.key, d.id, first, last, char_start, char_end, d.key, tokens, boilerplate"
                f" FROM passages p JOIN documents d ON d.key = p.document WHERE p.key IN ({marks})",
                chunk,
            ):
                key, document_id, first, last, start, end, document, tokens, boilerplate = row
                text = self._text(document)[start:end]
                if len(text) != end - start:  # SQLite's substr stops at a NUL, which a text may hold
                    text = self.text_of(document_id)[start:end]
                name = f"{document_id}:{start}-{end}"
                found[key] = Passage(
                    name, document_id, first, last, start, end, text, tokens, boilerplate > 0, boilerplate > 1
                )
        return found

    def passage_keys(self, document_id: str, number: int) -> list[int]:
        """Return the keys of the passages that hold a paragraph, in reading order."""
        rows = self.store.db.execute(
            "SELECT p.key FROM passages p JOIN documents d ON d.key = p.document"
            " WHERE d.id = ? AND ? BETWEEN p.first AND p.last ORDER BY p.char_start",
            (document_id, number),
        )
        return [int(row[0]) for row in rows]

    def documents_by_id(self, ids: Iterable[str]) -> dict[str, Document]:
        """Return these documents by id."""
        found: dict[str, Document] = {}
        for chunk in _chunks(list(dict.fromkeys(ids)), 500):
            marks = ",".join("?" * len(chunk))
            rows = self.store.db.execute(f"SELECT {_DOCUMENT} FROM documents WHERE id IN ({marks})", chunk)
            found |= {row[0]: Document(*row) for row in rows}
        return found

    def misplaced(self) -> list[int]:
        """Return the keys of passages that do not begin and end with paragraphs of their document."""
        rows = self.store.db.execute(
            "SELECT p.key FROM passages p"
            " LEFT JOIN paragraphs a ON a.document = p.document AND a.number = p.first"
            " LEFT JOIN paragraphs b ON b.document = p.document AND b.number = p.last"
            " JOIN documents d ON d.key = p.document"
            " WHERE a.char_start IS NULL OR b.char_end IS NULL OR p.char_start < a.char_start"
            " OR p.char_end > b.char_end OR b.char_end >"
            # length() stops at a NUL; such a text is measured in bytes, which are never fewer
            " CASE WHEN instr(CAST(d.text AS BLOB), x'00') THEN length(CAST(d.text AS BLOB)) ELSE length(d.text) END"
        )
        return [int(row[0]) for row in rows]

    def languages(self) -> list[str | None]:
        """Return the languages of the documents; they are read once a generation, since each word asks for them."""
        generation = self.store.generation
        if self._languages is None or self._languages[0] != generation:
            rows = self.store.db.execute("SELECT DISTINCT language FROM documents ORDER BY language")
            self._languages = generation, [row[0] for row in rows]
        return self._languages[1]

    def spellings(self, field: str) -> dict[str, list[str]]:
        """Return what the documents have in a field that is filtered by, by the same in small letters.

        It is read once a generation.
        """
        if field not in FILTERED:
            raise KeyError(field)
        generation = self.store.generation
        if self._spellings.get(field, (-1, {}))[0] != generation:
            found: dict[str, list[str]] = {}
            for (value,) in self.store.db.execute(f"SELECT DISTINCT {field} FROM documents WHERE {field} IS NOT NULL"):
                found.setdefault(str(value).casefold(), []).append(str(value))
            self._spellings[field] = generation, found
        return self._spellings[field][1]

    def titles(self) -> list[tuple[str, str | None]]:
        """Return the title and language of each document, each pair once."""
        return self.store.db.execute("SELECT DISTINCT title, language FROM documents ORDER BY title").fetchall()

    def allowed(self, filters: Filters) -> list[int] | None:
        """Return the keys of the passages that pass ``filters``, ascending; None if all do."""
        return self._passing(filters, "ORDER BY p.key") if filters else None

    def few(self, filters: Filters, most: int) -> list[int] | None:
        """Return the keys of the passages that pass ``filters`` if they are at most ``most``, else None."""
        if not filters:
            return None
        found = self._passing(filters, f"LIMIT {most + 1}")
        return found if len(found) <= most else None

    def _passing(self, filters: Filters, how: str) -> list[int]:
        where, values = conditions(filters)
        rows = self.store.db.execute(
            f"SELECT p.key FROM passages p JOIN documents d ON d.key = p.document WHERE {where} {how}", values
        )
        return [int(row[0]) for row in rows]


def _paragraph(document_id: str, text: str, row: tuple[Any, ...]) -> Paragraph:
    number, label, label_kind, path, page, kind, start, end = row
    return Paragraph(
        document_id, number, label, label_kind, tuple(json.loads(path)), page, Kind(kind), start, end, text[start:end]
    )


def conditions(filters: Filters) -> tuple[str, list[str]]:
    """Return the condition on a document ``d`` that ``filters`` make, "" for none, and its values."""
    clauses: list[str] = []
    values: list[str] = []
    for field in FILTERED:
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


def _chunks(keys: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    return (keys[i : i + size] for i in range(0, len(keys), size))
