"""The build: file -> Document -> paragraphs -> passages -> vectors and words -> index."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.audit import ids
from indexer.backup import UPLOADS
from indexer.entries import BATCH, Entry, addressed, settings, write
from indexer.index import Index
from indexer.manifest import ManifestEntry, read_manifest
from indexer.passages import SIZES, Sizes
from indexer.reading import Job, Read, new_id, read
from indexer.sandbox import Parser
from indexer.scan import Absent, File, Scan, is_nowhere, place, scan
from indexer.store import FileState

if TYPE_CHECKING:
    from indexer.bulk import Cluster
    from indexer.embedding import Embedder

READING = 3  # goes up when readers change what they make of a file, so that files refused before are tried again


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
    """What a build did, each list by the source below the folder named; ``refused`` pairs a source with its reason."""

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
    named: dict[str, File]
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
    refused: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def begin(self, file: File) -> str:
        """Tell that a file is at hand; return its source below the folder that was named this time."""
        self.doing = self.named[file.place].source
        self.tell()
        return self.doing

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
        scanned, states = scan(paths), index.store.files()
        known = _by_path(index, scanned, states)
        found = _as_known(index, scanned, known)
        tally = _Tally(
            len(found.files), sum(f.size for f in found.files), progress, {f.place: f for f in scanned.files}
        )
        manifests, warnings = read_manifests(found)
        gone = [s for s in states if found.covers(s.root, s.source) and s.place not in found.places]
        doubles = [s for s in states if s.place in found.places and s is not known[s.place]]
        jobs = _look(index, found, known, manifests, tally)
        lost = _lost(index, found, states, [job for job in jobs if job.file.place not in known])
        with (
            parser or Parser() as reader,
            closing(_results(index, jobs, [*gone, *lost], reader, embedder, sizes, cluster)) as results,
        ):
            for batch in _batches(_read(index, jobs, results, known, Absent(gone, lost, _uploads(index)), tally)):
                _write(index, batch, embedder(), tally)
        _settle(index, found, gone, doubles, tally)
        _record(index, [*gone, *doubles], tally)
    return Outcome(
        tuple(tally.indexed), tuple(tally.unchanged), tuple(s.source for s in gone),
        tuple([r[1:] for r in found.refused] + tally.refused),
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
    """Read the files here or on a cluster, in their order; ``gone`` are documents whose file is not there."""
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


# -- what the index knows of the files


def _by_path(index: Index, scanned: Scan, states: Sequence[FileState]) -> dict[str, FileState]:
    """Return the document of each file by where it lies, whichever folder it was named through.

    An older index may have several for one file: that of an upload stays, else that of the folder named now.
    """
    uploads, named = _uploads(index), {file.place: str(file.root) for file in scanned.files}
    known: dict[str, FileState] = {}
    for s in states:
        at = s.place
        if at not in known or (known[at].root != uploads and s.root in (uploads, named.get(at))):
            known[at] = s
    return known


def _as_known(index: Index, scanned: Scan, known: dict[str, FileState]) -> Scan:
    """Put each file under the root and source that the index has for it, so that what was cited stays."""
    refused = {place(root, source): (root, source) for root, source, _ in index.store.refusals()}
    return scanned.known_as(refused | {at: (s.root, s.source) for at, s in known.items()})


def _uploads(index: Index) -> str:
    return os.path.join(os.path.abspath(index.folder), UPLOADS)


def _lost(index: Index, found: Scan, states: Sequence[FileState], new: Sequence[Job]) -> list[FileState]:
    """Return documents outside of what was scanned that a ``new`` file may be: their own is nowhere.

    That alone never deletes one, since its disk may only be out. Uploads neither take a document nor are taken.
    """
    uploads = _uploads(index)
    sizes = {job.file.size for job in new if str(job.file.root) != uploads}
    return [
        s for s in states
        if s.size in sizes and s.root != uploads and not found.covers(s.root, s.source) and is_nowhere(s.place)
    ]  # fmt: skip


# -- reading


def _look(
    index: Index,
    found: Scan,
    known: dict[str, FileState],
    manifests: dict[Path, dict[str, ManifestEntry]],
    tally: _Tally,
) -> list[Job]:
    """Pass over what a look shows to be as it was; return the files that must be read, in the order of the scan."""
    jobs: list[Job] = []
    for file in found.files:
        source, named = tally.begin(file), tally.named[file.place]
        entry = manifests[file.root].get(file.source) or manifests[named.root].get(named.source)
        described = _fingerprint(entry)
        state = known.get(file.place)
        if state is not None and (state.size, state.mtime_ns, state.described) == (
            file.size, file.mtime_ns, described,
        ):  # fmt: skip
            tally.unchanged.append(source)
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
    known: dict[str, FileState],
    absent: Absent,
    tally: _Tally,
) -> Iterator[Entry]:
    """Take what was read, in the order of ``jobs``; a new file may be one that is ``absent``, moved."""
    taken = {state.document_id for state in index.store.files()}
    for job in jobs:
        file = job.file
        source = tally.begin(file)
        got = next(results)
        state = known.get(file.place)
        if got.complaint:
            tally.warnings.append(got.complaint)
        if got.refused:
            _refuse(index, file, state, got.refused, tally)
            continue
        if got.entry is not None:
            # a file that was renamed or moved keeps its address
            named = state.document_id if state else absent.take(file, got.sha256) or new_id(file.source, taken)
            taken.add(named)
            tally.passages += len(got.entry.passages)
            yield addressed(got.entry, named)
        elif state is not None:
            with index.store.writing():
                index.store.touch(state.document_id, file.size, file.mtime_ns)
            tally.unchanged.append(source)
        tally.done(file)


def _refuse(index: Index, file: File, state: FileState | None, reason: str, tally: _Tally) -> None:
    tally.refusals[str(file.root), file.source] = reason
    tally.refused.append((tally.named[file.place].source, reason))
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
    tally.indexed += [tally.named[place(one.root, one.document.source)].source for one in batch]
    tally.documents += [one.document.id for one in batch]


def _settle(index: Index, found: Scan, gone: list[FileState], doubles: list[FileState], tally: _Tally) -> None:
    """Delete what is no longer there or there twice, and derive the dense index if anything changed."""
    store = index.store
    renamed = {s.document_id for s in store.files() if s.place in found.places}
    left = [s.document_id for s in gone if s.document_id not in renamed] + [s.document_id for s in doubles]
    tally.warnings += [f"{s.place} was in the index twice; its copy {s.source} was taken out" for s in doubles]
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
