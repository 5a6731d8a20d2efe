"""Reading one file: bytes -> Document -> paragraphs -> passages, here or on a worker of a cluster."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from indexer import metadata
from indexer.document import Document, Extract, Refused
from indexer.entries import Entry, cut
from indexer.manifest import ManifestEntry, mismatch
from indexer.passages import Sizes
from indexer.sandbox import Parser
from indexer.scan import File


@dataclass(frozen=True, slots=True)
class Job:
    """A file that is new or may have changed, with all that a worker must know of it.

    ``has`` is the SHA-256 under which the index has the file as it is described now, "" if it does not; ``known`` holds
    the hashes of what was embedded of it before; ``document_id`` is its name, or a first guess for a new file.
    """

    file: File
    entry: ManifestEntry | None
    described: str
    document_id: str
    has: str = ""
    known: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True)
class Read:
    """What became of a job: an entry, or the reason for which the file is ``refused``, or neither: it is as it was.

    ``complaint`` says how the file differs from what its manifest says.
    """

    sha256: str = ""
    complaint: str = ""
    refused: str = ""
    entry: Entry | None = None


def read(job: Job, parser: Parser, sizes: Sizes) -> Read:
    """Read and cut a file."""
    sha256 = complaint = ""
    try:
        data = parser.load(job.file.path)
        complaint = (job.entry and mismatch(job.entry, data)) or ""
        sha256 = hashlib.sha256(data).hexdigest()
        if sha256 == job.has:
            return Read(sha256, complaint)
        extract = parser.read(data, job.file.source)
        document = as_document(job.document_id, job.file, extract, job.entry, sha256)
        stat = (job.file.size, job.file.mtime_ns)
        return Read(sha256, complaint, entry=cut(document, extract, str(job.file.root), stat, job.described, sizes))
    except Refused as refusal:
        return Read(sha256, complaint, refused=str(refusal))


def as_document(document_id: str, file: File, extract: Extract, entry: ManifestEntry | None, sha256: str) -> Document:
    """Return what is known of a document, from the folder's manifest before the document itself."""
    title, publisher, date, language = metadata.describe(extract, file.source)
    given = entry or ManifestEntry(source=file.source)
    return Document(
        document_id, file.source, given.title or title, given.publisher or publisher, given.date or date,
        given.language or language, extract.media_type, sha256, given.address,
    )  # fmt: skip


def new_id(source: str, taken: Collection[str]) -> str:
    """Return the name of a document, made from its source; salted where another folder has a file of the same name."""
    salt = 0
    while (name := hashlib.sha256(f"{source}\0{salt}".encode("utf-8", "surrogatepass")).hexdigest()[:16]) in taken:
        salt += 1
    return name
