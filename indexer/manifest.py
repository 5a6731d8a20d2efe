"""Reads ``manifest.csv``: what a folder's owner says about the documents in it."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

MANIFEST: Final = "manifest.csv"
_FIELDS: Final = ("source", "title", "publisher", "date", "language", "address", "sha256")
_DATE: Final = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_LARGEST: Final = 64 * 2**20
"""Bytes; a line for each of 100,000 documents is a third of this."""


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """One document of a manifest; what the owner left out is None. ``source`` is relative to the manifest."""

    source: str
    title: str | None = None
    publisher: str | None = None
    date: str | None = None
    language: str | None = None
    address: str | None = None
    sha256: str | None = None


def read_manifest(folder: Path) -> tuple[dict[str, ManifestEntry], list[str]]:
    """Return the entries of a folder's manifest by source, and a warning in words for each thing wrong with it.

    A folder without a manifest has no entries and no warnings. Nothing is raised: a bad row costs that row.
    """
    path = folder / MANIFEST
    if not path.is_file():
        return {}, []
    try:
        if path.stat().st_size > _LARGEST:
            return {}, [f"{MANIFEST}: larger than {_LARGEST // 2**20} MiB, so it is not read"]
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return {}, [f"{MANIFEST}: not UTF-8 (byte {error.start}): save it as UTF-8; it is not read"]
    except OSError as error:
        return {}, [f"{MANIFEST}: cannot be opened: {error.strerror}"]
    return _entries(text)


def mismatch(entry: ManifestEntry, data: bytes) -> str | None:
    """Return a warning if a document is not the one that the manifest's checksum was made of, else None."""
    if entry.sha256 is None or hashlib.sha256(data).hexdigest() == entry.sha256:
        return None
    return f"{MANIFEST}: {entry.source}: the file is not the one whose sha256 is given; the manifest may be out of date"


def _entries(text: str) -> tuple[dict[str, ManifestEntry], list[str]]:
    entries: dict[str, ManifestEntry] = {}
    warnings: list[str] = []
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in next(rows, [])]
        if "source" not in header:
            return {}, [f"{MANIFEST}: its first line must name the columns, with one called source; it is not read"]
        for row in rows:
            if any(cell.strip() for cell in row):
                _take(dict(zip(header, row, strict=False)), len(row) - len(header), rows.line_num, entries, warnings)
    except csv.Error as error:
        warnings.append(f"{MANIFEST} line {rows.line_num}: {error}; the lines after it are not read")
    return entries, warnings


def _take(row: dict[str, str], surplus: int, line: int, entries: dict[str, ManifestEntry], warnings: list[str]) -> None:
    """Add the entry of one row, or say why not."""
    fields = {name: " ".join(row.get(name, "").split()) or None for name in _FIELDS}
    source = (row.get("source") or "").strip().replace("\\", "/").removeprefix("./")
    here = f"{MANIFEST} line {line}"
    if not source:
        warnings.append(f"{here}: no source; the line is not used")
    elif PurePosixPath(source).is_absolute() or ".." in PurePosixPath(source).parts or re.match(r"[A-Za-z]:/", source):
        warnings.append(f"{here}: {source} is not a path inside the folder; the line is not used")
    elif surplus > 0:
        warnings.append(f"{here}: {source}: more cells than columns; quote cells with commas; the line is not used")
    elif source in entries:
        warnings.append(f"{here}: {source} is listed twice; the first line is used")
    else:
        _check(fields, f"{here}: {source}", warnings)
        entries[source] = ManifestEntry(source, **{name: fields[name] for name in _FIELDS[1:]})


def _check(fields: dict[str, str | None], here: str, warnings: list[str]) -> None:
    """Leave out values that cannot be what their column says."""
    date, sha256 = fields["date"], fields["sha256"]
    if date and not _DATE.fullmatch(date):
        warnings.append(f"{here}: date {date!r} is not written 2021, 2021-02 or 2021-02-11; it is left out")
        fields["date"] = None
    fields["sha256"] = sha256.lower() if sha256 else None
    if sha256 and not re.fullmatch(r"[0-9a-fA-F]{64}", sha256):
        warnings.append(f"{here}: sha256 is not 64 hexadecimal digits; it is left out")
        fields["sha256"] = None
