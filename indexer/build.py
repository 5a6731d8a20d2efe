"""The build: file -> Document -> paragraphs -> passages -> vectors and words -> index."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.audit import ids
from indexer.entries import BATCH, Entry, addressed, settings, write
from indexer.index import Index
from indexer.manifest import ManifestEntry, read_manifest
from indexer.passages import SIZES, Sizes
from indexer.reading import Job, Read, new_id, read
from indexer.sandbox import Parser
from indexer.scan import File, Scan, scan
from indexer.store import FileState

if TYPE_CHECKING:
    from indexer.bulk import Cluster
    from indexer.embedding import Embedder

READING = 2  # goes up when readers change what they make of a file, so that files refused before are tried again


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: counts so far and in all; ``doing`` is the file at hand; sizes in bytes."""

    doing: str
    files_done: int
    files: int
    passages_done: int
    passages: int
    bytes_done: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a build did, each list by source; ``refused`` pairs a source with its reason."""

    indexed: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]
    passages: int
    seconds: float
    skipped: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class _Tally:
    files: int
    bytes: int
    report: Callable[[Progress], None]
    doing: str = ""
    files_done: int = 0
    bytes_done: int = 0
    passages: int = 0
    passages_done: int = 0
    withdrawn: int = 0
    indexed: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refusals: dict[tuple[str, str], str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def done(self, file: File) -> None:
        self.files_done += 1
        self.bytes_done += file.size
        self.tell()

    def tell(self) -> None:
        self.report(
            Progress(
                self.doing, self.files_done, self.files, self.passages_done, self.passages, self.bytes_done, self.bytes
            )
        )


def build(
    index: Index,
    paths: Sequence[Path],
    progress: Callable[[Progress], None] = lambda _: None,
    *,
    model: str | None = None,
    parser: Parser | None = None,
    sizes: Sizes = SIZES,
    cluster: Cluster | None = None,
) -> Outcome:
    """Bring ``index`` up to date with the files below ``paths``: what did not change costs nothing.

    With a ``cluster`` its workers read and embed; what they made is written here, as ever. Each batch is one
    transaction, so that a build that is stopped at any moment goes on from there when it is run again. Raises
    `IndexBusy`, `IndexUnusable`, `FileNotFoundError`.
    """
    began = time.monotonic()
    with index.only_writer():
        embedder = _embedder(index, model, sizes)
        index.catalogue.integrity.check()  # else what is damaged would be sealed as it is
        found = scan(paths)
        tally = _Tally(len(found.files), sum(f.size for f in found.files), progress)
        manifests, warnings = read_manifests(found)
        known = {(state.root, state.source): state for state in index.store.files()}
        gone = [s for s in known.values() if found.covers(s.root, s.source) and not _is_there(s, found)]
        ids = {state.sha256: state.document_id for state in gone}
        jobs = _look(index, found, known, manifests, tally)
        with (
            parser or Parser() as reader,
            closing(_results(index, jobs, gone, reader, embedder, sizes, cluster)) as results,
        ):
            for batch in _batches(_read(index, jobs, results, known, ids, tally)):
                _write(index, batch, embedder(), tally)
        _settle(index, found, gone, tally)
        _record(index, gone, tally)
    return Outcome(
        tuple(tally.indexed), tuple(tally.unchanged), tuple(s.source for s in gone),
        tuple([r[1:] for r in found.refused] + [(place[1], reason) for place, reason in tally.refusals.items()]),
        tally.passages_done, time.monotonic() - began, found.skipped, tuple(warnings + tally.warnings),
    )  # fmt: skip


def _embedder(index: Index, model: str | None, sizes: Sizes) -> Callable[[], Embedder]:
    """Load the model at the first text that needs it: a second run on an unchanged folder needs none."""

    @lru_cache(maxsize=1)
    def loaded() -> Embedder:
        from indexer.embedding import load

        embedder = load(model or index.store.meta("model"))
        index.require(settings(embedder, sizes))
        return embedder

    stored = index.store.meta("model")
    if model is not None and stored not in (None, model):
        loaded()  # says at once that the index was made with another one
    return loaded


def _results(
    index: Index,
    jobs: Sequence[Job],
    gone: Sequence[FileState],
    parser: Parser,
    embedder: Callable[[], Embedder],
    sizes: Sizes,
    cluster: Cluster | None,
) -> Generator[Read]:
    """Read the files here or on a cluster, in their order; ``gone`` are documents whose file is gone."""
    if cluster is None or not jobs:
        yield from (read(job, parser, sizes) for job in jobs)
    else:
        embedded = {state.sha256: index.store.embedded(state.document_id) for state in gone}
        yield from cluster.read(jobs, embedded, parser, embedder(), sizes)


def remove(index: Index, document_ids: Sequence[str]) -> int:
    """Delete documents from the index, and say how many were there. Raises `IndexBusy`."""
    with index.only_writer():
        index.catalogue.integrity.check()
        with index.store.writing():
            removed = sum(index.store.delete(document_id) for document_id in document_ids)
            index.store.forget_unused_vectors()
        index.tidy()
        index.save_vectors()
        index.audit.append("remove", documents=ids(list(document_ids)), removed=removed)
    return removed


# -- reading


def _look(
    index: Index,
    found: Scan,
    known: dict[tuple[str, str], FileState],
    manifests: dict[Path, dict[str, ManifestEntry]],
    tally: _Tally,
) -> list[Job]:
    """Pass over what a look shows to be as it was; return the files that must be read, in the order of the scan."""
    jobs: list[Job] = []
    for file in found.files:
        tally.doing = file.source
        tally.tell()
        entry = manifests[file.root].get(file.source)
        described = _fingerprint(entry)
        state = known.get((str(file.root), file.source))
        if state is not None and (state.size, state.mtime_ns, state.described) == (
            file.size, file.mtime_ns, described,
        ):  # fmt: skip
            tally.unchanged.append(file.source)
            tally.done(file)
        elif reason := index.store.refusal(str(file.root), file.source, file.size, file.mtime_ns, READING):
            _refuse(index, file, state, reason, tally)
        elif state is None:
            jobs.append(Job(file, entry, described, new_id(file.source, ())))
        else:
            has = state.sha256 if state.described == described else ""
            embedded = index.store.embedded(state.document_id)
            jobs.append(Job(file, entry, described, state.document_id, has, embedded))
    return jobs


def _read(
    index: Index,
    jobs: Sequence[Job],
    results: Iterator[Read],
    known: dict[tuple[str, str], FileState],
    ids: dict[str, str],
    tally: _Tally,
) -> Iterator[Entry]:
    """Take what was read, in the order of ``jobs``; ``ids`` names documents that are gone by their SHA-256."""
    taken = {state.document_id for state in known.values()}
    for job in jobs:
        file = job.file
        tally.doing = file.source
        tally.tell()
        got = next(results)
        state = known.get((str(file.root), file.source))
        if got.complaint:
            tally.warnings.append(got.complaint)
        if got.refused:
            _refuse(index, file, state, got.refused, tally)
            continue
        if got.entry is not None:
            # a renamed file keeps its address
            named = state.document_id if state else ids.pop(got.sha256, "") or new_id(file.source, taken)
            taken.add(named)
            tally.passages += len(got.entry.passages)
            yield addressed(got.entry, named)
        elif state is not None:
            with index.store.writing():
                index.store.touch(state.document_id, file.size, file.mtime_ns)
            tally.unchanged.append(file.source)
        tally.done(file)


def _refuse(index: Index, file: File, state: FileState | None, reason: str, tally: _Tally) -> None:
    tally.refusals[str(file.root), file.source] = reason
    with index.store.writing():
        if state is not None:
            index.store.delete(state.document_id)
            tally.withdrawn += 1
        index.store.refuse(str(file.root), file.source, file.size, file.mtime_ns, READING, reason)
    tally.done(file)


# -- writing


def _batches(ready: Iterator[Entry]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    for one in ready:
        batch.append(one)
        if sum(len(e.embedded) for e in batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _write(index: Index, batch: list[Entry], embedder: Embedder, tally: _Tally) -> None:
    def done(passages: int) -> None:
        tally.passages_done += passages
        tally.tell()

    write(index, batch, embedder, done)
    tally.indexed += [one.document.source for one in batch]
    tally.documents += [one.document.id for one in batch]


def _settle(index: Index, found: Scan, gone: list[FileState], tally: _Tally) -> None:
    """Delete what is no longer there, and derive the dense index if anything changed."""
    store = index.store
    renamed = {s.document_id for s in store.files() if _is_there(s, found)}
    left = [state.document_id for state in gone if state.document_id not in renamed]
    remembered = store.refusals()
    still = set(found.refused) | {(*place, reason) for place, reason in tally.refusals.items()}
    outdated = [r[:2] for r in remembered if found.covers(*r[:2]) and r not in still]
    unread = [refusal for refusal in found.refused if refusal not in remembered]
    if (
        left or outdated or unread or tally.indexed or tally.withdrawn
    ):  # else the index is as it was, for its readers too
        with store.writing():
            for document_id in left:
                store.delete(document_id)
            for root, source, reason in unread:
                store.refuse(root, source, 0, 0, READING, reason)
            store.forget_refusals(outdated)
            store.forget_unused_vectors()
    index.tidy()
    index.follow()


def _record(index: Index, gone: list[FileState], tally: _Tally) -> None:
    if tally.indexed or gone or tally.withdrawn:
        index.audit.append(
            "index", indexed=ids(tally.documents), gone=ids([state.document_id for state in gone]),
            withdrawn=tally.withdrawn, refused=len(tally.refusals),
        )  # fmt: skip


# -- describing


def read_manifests(found: Scan) -> tuple[dict[Path, dict[str, ManifestEntry]], list[str]]:
    """Return the manifest of each root that was scanned, and what is wrong with them."""
    manifests: dict[Path, dict[str, ManifestEntry]] = {}
    warnings: list[str] = []
    for root in found.roots:
        manifests[root], complaints = read_manifest(root)
        warnings += complaints
    return manifests, warnings


def _fingerprint(entry: ManifestEntry | None) -> str:
    fields = None if entry is None else [entry.title, entry.publisher, entry.date, entry.language, entry.address]
    return hashlib.sha256(json.dumps([READING, fields]).encode()).hexdigest()[:16]


def _is_there(state: FileState, found: Scan) -> bool:
    return (Path(state.root) / state.source) in found.paths
