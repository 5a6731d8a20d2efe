"""Readers turn a file into an `Extract`: one file a format, found here by media type.

A reader is a function ``read(data: bytes, name: str) -> Extract``. It raises `Refused` with a reason that a user
can act on, opens nothing but the bytes that it was given, and runs in a child process with limits. A reader's module
is imported when the first file of its kind is read, so importing this package costs nothing.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Final

from indexer.document import Extract, Refused
from indexer.readers.kinds import media_type_of
from indexer.readers.pdf_bombs import refuse_bombs

__all__ = ["READERS", "load", "media_type_of", "read"]

READERS: Final = {
    "text/plain": "text",
    "text/markdown": "markdown",
    "text/html": "html",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/rtf": "rtf",
    "application/xml": "xml",
    "application/x-subrip": "subtitles",
    "message/rfc822": "mail",
    "application/mbox": "mail",
}

_REFUSALS: Final = {
    "application/msword": "legacy Word file: save it as .docx",
    "application/vnd.ms-outlook": "Outlook message: save it as .eml",
    "application/x-ole-encrypted": "password-protected: save it without a password",
    "application/x-ole-storage": "legacy Office file: save it as .docx or PDF",
    "application/x-archive": "archive: unpack it first",
    "application/x-office": "a table or slides: save it as PDF",
    "application/x-picture": "a picture, sound or film: it holds no text to read",
}


def load(media_type: str) -> Callable[[bytes, str], Extract]:
    """Import the reader of a media type and return its function; raise `Refused` where there is none."""
    if media_type not in READERS:
        raise Refused(_REFUSALS.get(media_type, "not a kind of file that can be read here: save it as PDF or text"))
    reader: Callable[[bytes, str], Extract] = importlib.import_module(f"indexer.readers.{READERS[media_type]}").read
    return reader


def read(data: bytes, name: str) -> Extract:
    """Read a whole file.

    Raises:
        Refused: the file is empty, damaged, of a kind that is not read, or holds no words.
    """
    if not data:
        raise Refused("empty file")
    media_type = media_type_of(name, data)
    reader = load(media_type)
    if media_type == "application/pdf":
        refuse_bombs(data)
    extract = reader(data, name)
    if not any(character.isalnum() for block in extract.blocks for character in extract.text[block.start : block.end]):
        raise Refused("no text in it")
    return extract
