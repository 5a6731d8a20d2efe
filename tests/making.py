"""Makes small indexes by hand, for tests that need no reader and no model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexer.document import Document, Kind, Paragraph, Passage
from indexer.index import Index
from indexer.store import StoredPassage
from indexer.words import index_words

ROOT = "/somewhere"
CORPUS = Path(__file__).parent.parent / "corpus"


def document(source: str, **fields: str | None) -> Document:
    """A document named after its source."""
    given = {"title": source, "publisher": None, "date": None, "language": "en", **fields}
    name = hashlib.sha256(source.encode()).hexdigest()[:16]
    return Document(id=name, source=source, media_type="text/plain", sha256=name * 4, **given)  # type: ignore[arg-type]


def parts(document_id: str, texts: Sequence[str]) -> tuple[str, list[Paragraph], list[Passage]]:
    """The text of a document, a paragraph for each of ``texts``, and a passage for each paragraph."""
    paragraphs: list[Paragraph] = []
    passages: list[Passage] = []
    at = 0
    for n, text in enumerate(texts, 1):
        end = at + len(text)
        paragraphs.append(Paragraph(document_id, n, None, None, (), None, Kind.BODY, at, end, text))
        passages.append(Passage(f"{document_id}:{at}-{end}", document_id, n, n, at, end, text, len(text.split())))
        at = end + 2
    return "\n\n".join(texts), paragraphs, passages


def put(index: Index, about: Document, texts: Sequence[str], vectors: npt.NDArray[np.float32] | None = None) -> None:
    """Write a document whose passages have these vectors (n, d), random ones if none are given."""
    text, paragraphs, passages = parts(about.id, texts)
    hashes = [hashlib.sha256(f"{about.id} {n}".encode()).digest() for n in range(len(texts))]
    if vectors is None:
        vectors = unit(len(texts), 8, seed=len(about.source))
    stored = [
        StoredPassage(p, index_words(p.text, about.language), index_words(about.title, about.language), h)
        for p, h in zip(passages, hashes, strict=True)
    ]
    with index.store.writing():
        index.store.put_vectors(hashes, vectors)
        index.store.add(about, ROOT, (len(text), 1), "described", text, paragraphs, stored)


def unit(n: int, dimensions: int, seed: int = 0) -> npt.NDArray[np.float32]:
    """Random vectors (n, dimensions) of length 1, the same for the same seed."""
    drawn = np.random.default_rng(seed).normal(size=(n, dimensions)).astype(np.float32)
    result: npt.NDArray[np.float32] = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return result
