"""PDF: text by layout, in reading order, with the page of each block."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from indexer.document import Block, Extract, Kind, Refused
from indexer.readers.pdf_blocks import LineBlock, blocks_of
from indexer.readers.pdf_hidden import Looks
from indexer.readers.pdf_layout import regions, without_furniture
from indexer.readers.pdf_lines import Line, page_lines

_HYPHEN = re.compile(r"\w[-\u00ad\u2010]$")
_FILE_NAME = re.compile(r"\.(?:docx?|pdf|rtf|odt|txt|indd|qxd|tex|dvi|xlsx?|pptx?|wpd|fm|pmd|ps)\W*$", re.IGNORECASE)
_NO_TITLE = re.compile(r"(?:microsoft \w+( - .*)?|untitled.*|document\d*|title|none|null|slide \d+|\W*)", re.IGNORECASE)
_PASSWORD_ERROR = 4  # FPDF_ERR_PASSWORD


def read(data: bytes, name: str) -> Extract:
    """The text of a PDF file, its blocks and what it declares of itself.

    Within a block lines are joined by one space, or by a line break where the line ends in a hyphen. Running
    heads come once, as boilerplate at the end, and after them what is not seen; page numbers are left out. Raises
    `Refused` for a file that is no PDF, is damaged, needs a password or has no text layer.
    """
    pdf = _open(data)
    try:
        pages, heights, hidden = _pages(pdf)
        declared = pdf.get_metadata_dict(skip_empty=True)
        language = _language(pdf)
    finally:
        pdf.close()
    flow, heads = without_furniture(pages, heights)
    blocks = blocks_of([regions(page) for page in flow])
    if not any(char.isalnum() for block in blocks for line in block.lines for char in line.text) and not hidden:
        raise Refused("no text layer: scanned pages; run OCR first, e.g. ocrmypdf")
    text, placed = _assemble(blocks, heads, hidden)
    return Extract(
        text=text,
        blocks=placed,
        media_type="application/pdf",
        title=_title(declared.get("Title", ""), name),
        date=_date(declared.get("CreationDate", "")),
        language=language,
    )


def _open(data: bytes) -> pdfium.PdfDocument:
    if not data.strip():
        raise Refused("empty file")
    if b"%PDF-" not in data[:1024]:
        raise Refused(f"not a PDF: {_looks_like(data)}; give the file its right extension")
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD_ERROR or "password" in str(error).lower():
            raise Refused("encrypted: a password is needed; save a copy without one") from error
        if b"%%EOF" not in data[-2048:]:
            raise Refused("truncated: the end of the file is missing; get it again") from error
        raise Refused("damaged beyond reading; get the file again or print it to a new PDF") from error


def _looks_like(data: bytes) -> str:
    start = data[:512].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or b"<html" in start:
        return "this is HTML"
    if start.startswith(b"<?xml"):
        return "this is XML"
    if data.startswith(b"PK\x03\x04"):
        return "this is a ZIP archive (a docx or odt?)"
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return "this is an old Office file"
    if data.startswith(b"{\\rtf"):
        return "this is RTF"
    return "it does not begin with %PDF-"


def _pages(pdf: pdfium.PdfDocument) -> tuple[list[list[Line]], list[float], list[tuple[int, str]]]:
    """The lines and the height of each page, and what is not seen of those where something is not (page, text)."""
    looks = Looks()
    hidden: list[tuple[int, str]] = []
    pages: list[list[Line]] = []
    heights: list[float] = []
    failed = 0
    for number in range(len(pdf)):
        try:
            page = pdf[number]
            lines, height, unseen = page_lines(page, number + 1, looks)
            page.close()
            if any(char.isalnum() for char in unseen):
                hidden.append((number + 1, unseen))
        except pdfium.PdfiumError:
            failed += 1
            lines, height = [], 0.0
        pages.append(lines)
        heights.append(height)
    if failed == len(pages):
        raise Refused("damaged beyond reading: no page opens; get the file again" if pages else "a PDF without pages")
    return pages, heights, hidden


def _assemble(
    blocks: list[LineBlock], heads: list[str], hidden: list[tuple[int, str]]
) -> tuple[str, tuple[Block, ...]]:
    parts: list[str] = []
    placed: list[Block] = []
    at = 0
    heads_last = ((head, Kind.BOILERPLATE, 0, None) for head in heads)
    hidden_last = ((text, Kind.HIDDEN, 0, page) for page, text in hidden)
    for text, kind, level, page in [*_texts(blocks), *heads_last, *hidden_last]:
        if not text.strip():
            continue
        placed.append(Block(at, at + len(text), kind, level, page))
        parts.append(text)
        at += len(text) + 2
    return "\n\n".join(parts), tuple(placed)


def _texts(blocks: list[LineBlock]) -> Iterator[tuple[str, Kind, int, int]]:
    for block in blocks:
        yield _text(block.lines), block.kind, block.level, block.lines[0].page
        yield from _texts(block.notes)


def _text(lines: list[Line]) -> str:
    text = lines[0].text.strip()
    for line in lines[1:]:
        text += ("\n" if _HYPHEN.search(text) else " ") + line.text.strip()
    return text


def _title(declared: str, name: str) -> str | None:
    """The declared title, unless it is a file name or what a program puts there by default."""
    title = " ".join(declared.replace("\x00", "").split())
    stem = re.sub(r"\.\w+$", "", name.rsplit("/", 1)[-1])
    if len(title) < 4 or len(title) > 300 or _NO_TITLE.fullmatch(title) or _FILE_NAME.search(title):
        return None
    if title.casefold() == stem.casefold() or not re.search(r"[^\W\d_]{3}", title) or "\ufffd" in title:
        return None
    if " " not in title and re.search(r"[_\d/\\]", title):
        return None
    return title


def _date(declared: str) -> str | None:
    match = re.match(r"D:((?:19|20)\d\d)(\d\d)?(\d\d)?", declared)
    if not match:
        return None
    year, month, day = match.groups()
    if month is None or not 1 <= int(month) <= 12:
        return year
    return f"{year}-{month}-{day}" if day and 1 <= int(day) <= 31 else f"{year}-{month}"


def _language(pdf: pdfium.PdfDocument) -> str | None:
    size = pdfium_c.FPDFCatalog_GetLanguage(pdf.raw, None, 0)
    if not 4 <= size <= 64:
        return None
    buffer = ctypes.create_string_buffer(size)
    pdfium_c.FPDFCatalog_GetLanguage(pdf.raw, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    tag = buffer.raw[: size - 2].decode("utf-16-le", errors="replace").strip()
    return tag if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag) else None
