"""The doctor: is this installation whole, does the index open, and is every stored text what its hash says."""

from __future__ import annotations

import platform
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from api.settings import Settings
from api.writer import Writer
from indexer.index import Index, IndexMissing
from indexer.store import IndexUnusable
from indexer.vectors import Vectors


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is right, and what was seen or what to do."""

    about: str
    ok: bool
    detail: str


def examine(settings: Settings) -> list[Finding]:
    """Look at the installation and the index, and say of each part whether it is right."""
    return [*_installation(settings), _writer(settings), *_index(settings)]


def _installation(settings: Settings) -> Iterator[Finding]:
    yield Finding(
        "Python", True, f"{platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.platform()}"
    )
    try:
        from indexer.embedding import load

        embedder = load(settings.model)
        embedder.embed_query("ready")
        yield Finding("model", True, f"{embedder.name}, revision {embedder.revision}, {embedder.dimensions} dimensions")
    except Exception as error:
        yield Finding("model", False, f"cannot be loaded: {error}. Run `make install` again.")


def _writer(settings: Settings) -> Finding:
    """Say what leaves this process, if anything; the writer is not asked for it."""
    writer = Writer.of(settings)
    nothing = "none is set: answers are the words of the sources, and nothing leaves this machine"
    return Finding("writer", True, writer.disclosure if writer else nothing)


def _index(settings: Settings) -> Iterator[Finding]:
    try:
        index = Index(settings.index)
    except (IndexMissing, IndexUnusable) as error:
        yield Finding("index", False, str(error))
        return
    documents, paragraphs, passages = index.catalogue.count()
    size = index.size_on_disk() / 1e6
    yield Finding(
        "index",
        True,
        f"{index.folder}: {documents} documents, {paragraphs} paragraphs, {passages} passages, {size:.1f} MB",
    )
    damage = index.store.damage()
    yield Finding("database", not damage, damage or "whole")
    yield _dense(index)
    yield _quotes(index)
    for root, source, reason in index.store.refusals():
        yield Finding("refused", True, f"{root}/{source}: {reason}")
    index.close()


def _dense(index: Index) -> Finding:
    loaded = Vectors.load(index.folder, index.store.generation)
    if loaded is None:
        return Finding("vectors", True, "the FAISS file is missing or old; it is built again at the next question")
    whole = len(loaded) == index.catalogue.count()[2]
    return Finding("vectors", whole, f"{len(loaded)} vectors, checksum right" if whole else "not one for each passage")


def _quotes(index: Index) -> Finding:
    """Check that every passage lies inside its document's paragraphs, so that whatever is quoted can be cited."""
    broken = index.catalogue.misplaced()
    return Finding(
        "citations",
        not broken,
        f"{len(broken)} passages out of place" if broken else "every passage lies in its paragraphs",
    )
