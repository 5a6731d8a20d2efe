"""An entry of the index: a document cut into paragraphs and passages, with what the model and the keywords read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from indexer import tokens
from indexer.document import Document, Extract, Kind, Paragraph, Refused
from indexer.embedding import Embedder
from indexer.index import Index
from indexer.paragraphs import paragraphs
from indexer.passages import SIZES, Sizes, context, passages
from indexer.store import StoredPassage
from indexer.words import index_words

BATCH = 128  # passages embedded, and committed, at a time


@dataclass(frozen=True, slots=True)
class Entry:
    """A document that is read and cut, and waits for its vectors.

    ``root`` is the folder that its source counts from, ``stat`` the size in bytes and the time of change (ns) of its
    file, ``described`` a fingerprint of what a manifest says of it; ``embedded`` maps the hash of what the model reads
    for a passage to that text. ``vectors`` has, by the same hash, those (d,) that were made where the file was read.
    """

    document: Document
    root: str
    stat: tuple[int, int]
    described: str
    text: str
    paragraphs: tuple[Paragraph, ...]
    passages: tuple[StoredPassage, ...]
    embedded: dict[bytes, str]
    vectors: Mapping[bytes, npt.NDArray[np.float32]] = field(default_factory=dict)


def cut(
    document: Document,
    extract: Extract,
    root: str,
    stat: tuple[int, int],
    described: str = "",
    sizes: Sizes = SIZES,
) -> Entry:
    """Cut a document. Raises `Refused` if it is page furniture throughout."""
    parts = paragraphs(extract, document.id)
    if not any(p.kind is not Kind.BOILERPLATE for p in parts):
        raise Refused("no text in it")
    by_number = {p.number: p for p in parts}
    stored: list[StoredPassage] = []
    embedded: dict[bytes, str] = {}
    for passage in passages(extract.text, parts, tokens.count, sizes):
        about = context(document, by_number[passage.first]) if sizes.context else ""
        reads = f"{about}\n{passage.text}" if about else passage.text
        key = hashlib.sha256(reads.encode("utf-8", "surrogatepass")).digest()
        words = index_words(passage.text, document.language)
        stored.append(StoredPassage(passage, words, index_words(about, document.language), key))
        embedded[key] = reads
    return Entry(document, root, stat, described, extract.text, tuple(parts), tuple(stored), embedded)


def addressed(entry: Entry, document_id: str) -> Entry:
    """Return the entry with its document under another name."""
    if (old := entry.document.id) == document_id:
        return entry

    def moved(stored: StoredPassage) -> StoredPassage:
        name = document_id + stored.passage.id.removeprefix(old)
        return replace(stored, passage=replace(stored.passage, id=name, document_id=document_id))

    return replace(
        entry, document=replace(entry.document, id=document_id),
        paragraphs=tuple(replace(p, document_id=document_id) for p in entry.paragraphs),
        passages=tuple(map(moved, entry.passages)),
    )  # fmt: skip


def write(
    index: Index, entries: Sequence[Entry], embedder: Embedder, done: Callable[[int], None] = lambda _: None
) -> None:
    """Embed what has no vector yet, a batch a transaction, then write the documents in one more.

    ``done`` is told how many more passages have their vector. The caller is the only writer.
    """
    store = index.store
    texts = {key: text for one in entries for key, text in one.embedded.items()}
    have = store.known_vectors(list(texts))
    missing = [key for key in texts if key not in have]
    done(sum(len(one.passages) for one in entries) - len(missing))
    made = {key: vector for one in entries for key, vector in one.vectors.items()}
    for wanted in ([key for key in missing if key in made], [key for key in missing if key not in made]):
        for chunk in (wanted[i : i + BATCH] for i in range(0, len(wanted), BATCH)):
            came = chunk[0] in made
            vectors = np.stack([made[k] for k in chunk]) if came else embedder.embed_passages([texts[k] for k in chunk])
            with store.writing():
                store.put_vectors(chunk, vectors)
            done(len(chunk))
    with store.writing():
        for one in entries:
            store.add(one.document, one.root, one.stat, one.described, one.text, one.paragraphs, one.passages)


def settings(embedder: Embedder, sizes: Sizes = SIZES) -> dict[str, str]:
    """Return what an index is made with, and what a query over it must be asked with."""
    return {"model": embedder.name, "revision": embedder.revision, "passages": str(sizes)}
