"""Seals: digests that show a changed byte. SQLite has no checksums of its own and gives out what it finds.

A document is sealed with all that hangs on it, when it is written: its text in one half of the seal, what is known of
it, its paragraphs and its passages in the other. The settings and the keyword index are sealed when a write is over,
with the number of their generation: an index whose generation went on since is not sealed, and not damaged. A vector
carries its own check.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3

HALF: Final = 16  # bytes for the text, and as many for the rest
_CHECK: Final = 4  # bytes at the end of a stored vector
_KNOWN = "id, source, root, title, publisher, date, language, address, media_type, sha256, described"
_KEYWORDS = (
    "SELECT key, value FROM meta WHERE key IN ('format', 'generation', 'model', 'revision', 'passages') ORDER BY key",
    "SELECT id, block FROM keywords_data ORDER BY id",
    "SELECT segid, term, pgno FROM keywords_idx ORDER BY segid, term",
    "SELECT id, CAST(c0 AS BLOB), CAST(c1 AS BLOB) FROM keywords_content ORDER BY id",
    "SELECT id, sz FROM keywords_docsize ORDER BY id",
    "SELECT k, v FROM keywords_config ORDER BY k",
)


def of_text(text: bytes) -> bytes:
    """Return the half of a seal that vouches for a document's text, given in UTF-8."""
    return hashlib.sha256(text).digest()[:HALF]


def of_document(db: sqlite3.Connection, key: int) -> bytes | None:
    """Return the seal (32 bytes) of a document as it is stored now, None if there is no such.

    Raises `sqlite3.DatabaseError` where it cannot be read at all.
    """
    row = db.execute("SELECT CAST(text AS BLOB) FROM documents WHERE key = ?", (key,)).fetchone()
    if row is None or not isinstance(row[0], bytes):
        return None
    digest = hashlib.sha256()
    for sql in (
        f"SELECT {_KNOWN} FROM documents WHERE key = ?",
        "SELECT number, label, label_kind, kind, heading_path, page, char_start, char_end FROM paragraphs"
        " WHERE document = ? ORDER BY number",
        "SELECT key, first, last, char_start, char_end, tokens, boilerplate, embedded FROM passages"
        " WHERE document = ? ORDER BY key",
    ):
        digest.update(repr(db.execute(sql, (key,)).fetchall()).encode("utf-8", "surrogatepass"))
    return of_text(row[0]) + digest.digest()[:HALF]


def of_keywords(db: sqlite3.Connection) -> str:
    """Return the seal of the settings and the keyword index as they are stored now, in hexadecimal."""
    digest = hashlib.sha256()
    for sql in _KEYWORDS:
        for row in db.execute(sql):
            for value in row:
                digest.update(value if isinstance(value, bytes) else repr(value).encode("utf-8", "surrogatepass"))
                digest.update(b"\0")
    return digest.hexdigest()


def sealed_vector(hash: bytes, vector: bytes) -> bytes:
    """Return a vector as it is stored: with a check that it is whole and stands under the right hash."""
    return vector + zlib.crc32(vector, zlib.crc32(hash)).to_bytes(_CHECK, "big")


def open_vector(hash: bytes, stored: bytes) -> bytes | None:
    """Return a vector without its check, None if it was changed."""
    vector, check = stored[:-_CHECK], stored[-_CHECK:]
    return vector if sealed_vector(hash, vector)[-_CHECK:] == check else None
