"""Tells what kind of file some bytes are: by what they begin with, and by the name only where that is silent."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Final

HEAD: Final = 4096
"""Bytes that are enough to tell the kind of most files."""

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT: Final = "application/vnd.oasis.opendocument.text"
_OUTLOOK: Final = "application/vnd.ms-outlook"

_BY_SUFFIX: Final = {
    **dict.fromkeys((".txt", ".text", ".log", ".csv", ".tsv", ""), "text/plain"),
    **dict.fromkeys((".md", ".markdown", ".mdown"), "text/markdown"),
    **dict.fromkeys((".html", ".htm", ".xhtml", ".shtml"), "text/html"),
    **dict.fromkeys((".docx", ".docm", ".dotx"), DOCX),
    **dict.fromkeys((".odt", ".ott"), ODT),
    **dict.fromkeys((".eml", ".mht", ".mhtml"), "message/rfc822"),
    **dict.fromkeys((".srt", ".vtt"), "application/x-subrip"),
    **dict.fromkeys((".xml", ".rss", ".atom"), "application/xml"),
    **dict.fromkeys((".doc", ".dot", ".wps"), "application/msword"),
    **dict.fromkeys((".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst"), "application/x-archive"),
    **dict.fromkeys((".xls", ".xlsx", ".ppt", ".pptx", ".ods", ".odp"), "application/x-office"),
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".gif", ".tif", ".tiff", ".webp"), "application/x-picture"),
    **dict.fromkeys((".mp3", ".mp4", ".wav", ".mov", ".avi"), "application/x-picture"),
    ".msg": _OUTLOOK,
    ".pdf": "application/pdf",
    ".rtf": "application/rtf",
    ".mbox": "application/mbox",
}

_BY_FIRST_BYTES: Final = (
    (b"{\\rtf", "application/rtf"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-archive"),
    (b"Rar!\x1a\x07", "application/x-archive"),
    (b"\x1f\x8b", "application/x-archive"),
    (b"BZh", "application/x-archive"),
    (b"\xfd7zXZ\x00", "application/x-archive"),
    (b"\x28\xb5\x2f\xfd", "application/x-archive"),
    (b"\x89PNG\r\n", "application/x-picture"),
    (b"\xff\xd8\xff", "application/x-picture"),
    (b"GIF8", "application/x-picture"),
    (b"II*\x00", "application/x-picture"),
    (b"MM\x00*", "application/x-picture"),
)

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BY_STREAM: Final = tuple(
    (f"{name}\0".encode("utf-16-le"), kind)
    for name, kind in (
        ("EncryptedPackage", "application/x-ole-encrypted"),
        ("EncryptionInfo", "application/x-ole-encrypted"),
        ("WordDocument", "application/msword"),
        ("__properties_version1.0", _OUTLOOK),
        ("Workbook", "application/x-ole-storage"),
        ("Book", "application/x-ole-storage"),
        ("PowerPoint Document", "application/x-ole-storage"),
    )
)
"""Streams by which what is in an OLE container is known, the most telling first: messages hold other files."""
_HTML: Final = re.compile(rb"<(?:!doctype\s+html|html|head|body|title|meta|div|table|p)\b", re.IGNORECASE)
_XML_START: Final = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<\?xml\b")
_TEXTUAL: Final = frozenset({"text/plain", "text/html", "text/markdown", "application/xml", "message/rfc822"})


def media_type_of(name: str, head: bytes) -> str:
    """Return the media type of a file from its name and its first bytes (`HEAD` of them, or all).

    What the bytes say goes before what the name says; kinds that no reader takes have a type too.
    """
    named = _BY_SUFFIX.get(_suffix(name), "application/octet-stream")
    if b"%PDF-" in head[:1024]:
        return "application/pdf"
    if head.startswith(_OLE):
        return _kind_of_ole(named, head)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_zip(named, head)
    for magic, kind in _BY_FIRST_BYTES:
        if head.startswith(magic):
            return kind
    if named in _TEXTUAL or named.startswith("application/x-subrip") or named == "application/mbox":
        return _kind_of_markup(named, head)
    return _kind_of_mislabelled(named, head)


def _suffix(name: str) -> str:
    """Return the extension of a name; the end of a date ("of 12.03.2021") or of a sentence is none."""
    suffix = PurePosixPath(name.lower()).suffix
    is_one = any(character.isalpha() for character in suffix) and not any(character.isspace() for character in suffix)
    return suffix if is_one else ""


def _kind_of_ole(named: str, head: bytes) -> str:
    """Word before 2007, Outlook's messages and password-protected files of today share one container."""
    if named == _OUTLOOK:  # whole files are attached to messages, with the names of their streams
        return named
    found = {kind for stream, kind in _BY_STREAM if stream in head}
    if named in found:
        return named
    if kind := next((kind for _, kind in _BY_STREAM if kind in found), None):
        return kind
    if named == DOCX:
        return "application/x-ole-encrypted"
    return "application/msword" if named == "application/msword" else "application/x-ole-storage"


def _kind_of_zip(named: str, head: bytes) -> str:
    if ODT.encode() in head[:200]:
        return ODT
    if named in (DOCX, ODT, "application/x-office"):
        return named
    return DOCX if b"word/document.xml" in head else "application/x-archive"


def _kind_of_markup(named: str, head: bytes) -> str:
    """Saved web pages are often named .txt, and XHTML is often named .xml."""
    start = head[:HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    if named in ("text/plain", "application/xml") and re.match(rb"<(?:!doctype\s+html|html)\b", start, re.IGNORECASE):
        return "text/html"
    if named == "text/plain" and _XML_START.match(head):
        return "text/html" if _HTML.search(head[:HEAD]) else "application/xml"
    return named


def _kind_of_mislabelled(named: str, head: bytes) -> str:
    """A web page saved under the name of another format is read as what it is."""
    start = head[:HEAD]
    if _XML_START.match(start):
        return "text/html" if b"<html" in start.lower() else "application/xml"
    if _HTML.match(start.lstrip()):
        return "text/html"
    return named
