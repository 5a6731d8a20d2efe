"""A folder read as it is: its documents and paragraphs in a catalogue, with no model, passages or vectors."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from indexer.build import read_manifests
from indexer.catalogue import Catalogue
from indexer.document import Kind, Refused
from indexer.paragraphs import paragraphs
from indexer.reading import as_document, new_id
from indexer.sandbox import Parser
from indexer.scan import DATABASE, scan
from indexer.store import Store


@contextmanager
def read_folder(
    paths: Sequence[Path], parser: Parser | None = None, only: Collection[str] | None = None
) -> Iterator[Catalogue]:
    """Read the files below ``paths`` for as long as the context lasts; what cannot be read is left out.

    ``only`` names the files that matter by the SHA-256 of their bytes. Raises `FileNotFoundError`.
    """
    with tempfile.TemporaryDirectory(prefix="pincite-") as folder:
        store = Store(Path(folder) / DATABASE)
        try:
            with parser or Parser() as reader, store.writing():
                _fill(store, paths, reader, only)
            yield Catalogue(store)
        finally:
            store.close()


def _fill(store: Store, paths: Sequence[Path], reader: Parser, only: Collection[str] | None) -> None:
    found = scan(paths)
    manifests, _ = read_manifests(found)
    taken: set[str] = set()
    for file in found.files:
        try:
            data = reader.load(file.path)
            sha256 = hashlib.sha256(data).hexdigest()
            if only is not None and sha256 not in only:
                continue
            extract = reader.read(data, file.source)
        except Refused:
            continue
        document_id = new_id(file.source, taken)
        entry = manifests[file.root].get(file.source)
        document = as_document(document_id, file, extract, entry, sha256)
        parts = paragraphs(extract, document_id)
        if all(part.kind is Kind.BOILERPLATE for part in parts):
            continue
        taken.add(document_id)
        store.add(document, str(file.root), (file.size, 0), "", extract.text, parts, [])
