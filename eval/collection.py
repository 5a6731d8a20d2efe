"""The index of a data set, kept between evaluations: made once for one corpus, model and passage size."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from eval.dataset import Dataset, Question, Text
from eval.spans import Span
from indexer.build import build
from indexer.document import Block, Document, Extract, Paragraph, Refused
from indexer.embedding import Embedder, load
from indexer.entries import Entry, cut, settings, write
from indexer.index import Index
from indexer.language import detect
from indexer.passages import SIZES, Sizes
from indexer.readers.text import paragraph_spans
from indexer.store import FORMAT

_ROWS = 512  # read, cut and written at a time
_SAMPLE = 40  # rows that the language of a corpus is told from
_SECONDS = "evaluation seconds"

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Collection:
    """An indexed data set. ``seconds`` is what indexing took in all, over as many runs as it needed."""

    index: Index
    seconds: float


def collect(
    dataset: Dataset, place: Path, model: str | None = None, sizes: Sizes = SIZES, progress: Progress = lambda _: None
) -> Collection:
    """Index a data set below ``place``, or open what is there; one that was stopped goes on from there.

    ``progress`` is told how many more passages are done. Raises `IndexBusy`, `ModelUnavailable`, `BadDataset`.
    """
    embedder = load(model)
    made_with = " ".join(settings(embedder, sizes).values())
    name = hashlib.sha256(f"{FORMAT} {made_with} {_fingerprint(dataset)}".encode()).hexdigest()[:12]
    index = Index(place / f"{dataset.name}-{name}", create=True)
    began = time.monotonic()
    if dataset.folder is not None:
        outcome = build(index, [dataset.folder], model=model, sizes=sizes)
        progress(outcome.passages)
    else:
        _add_rows(index, dataset, embedder, sizes, progress)
    spent = float(index.store.meta(_SECONDS) or 0)
    if index.store.meta("evaluated") != str(index.store.generation):
        spent += time.monotonic() - began
        index.store.set_meta(_SECONDS, f"{spent:.1f}")
        index.store.set_meta("evaluated", str(index.store.generation))
    return Collection(index, spent)


def forget(place: Path) -> None:
    """Delete every kept index."""
    shutil.rmtree(place, ignore_errors=True)


def _fingerprint(dataset: Dataset) -> str:
    """Tell a corpus from another of the same name: by the file it is read from, or by where the folder lies."""
    if isinstance(dataset.corpus, Path):
        with dataset.corpus.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    return str(dataset.corpus or (dataset.folder and dataset.folder.resolve()))


def _add_rows(index: Index, dataset: Dataset, embedder: Embedder, sizes: Sizes, progress: Progress) -> None:
    rows = dataset.texts()
    first = list(islice(rows, _SAMPLE))
    language = detect("\n".join(row.text for row in first[::2]))
    with index.only_writer():
        index.require(settings(embedder, sizes))
        have = {state.source for state in index.store.files()}
        missing = (row for row in chain(first, rows) if row.id not in have)
        while batch := list(islice(missing, _ROWS)):
            write(index, list(_entries(batch, language, sizes)), embedder, progress)
        index.follow()


def _entries(rows: Sequence[Text], language: str | None, sizes: Sizes) -> Iterator[Entry]:
    for row in rows:
        digest = hashlib.sha256(f"{row.title}\n{row.text}".encode("utf-8", "surrogatepass")).hexdigest()
        extract = Extract(row.text, tuple(Block(a, b) for a, b in paragraph_spans(row.text)), "text/plain")
        document = Document(
            hashlib.sha256(row.id.encode()).hexdigest()[:16], row.id, row.title or row.id, None, None,
            row.language or language, "text/plain", digest,
        )  # fmt: skip
        try:
            yield cut(document, extract, "", (len(row.text), 0), sizes=sizes)
        except Refused:  # a row without a word can be no one's answer
            continue


def golden(index: Index, question: Question) -> dict[str, int]:
    """Return the units that are right for a question, with their grade.

    A unit is a row of the corpus, or a paragraph of a document, written ``source#number``.
    """
    if question.relevant:
        return dict(question.relevant)
    return {f"{document.source}#{p.number}": 1 for document, p in _gold_paragraphs(index, question)}


def golden_spans(index: Index, question: Question, gold: Mapping[str, int]) -> list[Span]:
    """Return the characters that are right: those that the data set names, or the whole of the unit that it names."""
    if question.relevant:
        documents = (d for unit in gold for d in index.catalogue.named(unit))
        return [Span(d.source, 0, len(index.catalogue.text_of(d.id))) for d in documents]
    placed = [Span(g.source, g.start, g.end) for g in question.gold if g.start is not None and g.end is not None]
    labelled = replace(question, gold=tuple(g for g in question.gold if g.start is None))
    return placed + [Span(d.source, p.char_start, p.char_end) for d, p in _gold_paragraphs(index, labelled)]


def _gold_paragraphs(index: Index, question: Question) -> Iterator[tuple[Document, Paragraph]]:
    for gold in question.gold:
        for document in index.catalogue.named(gold.source):
            for p in index.catalogue.paragraphs(document.id):
                if gold.start is None or gold.end is None:
                    here = gold.label is not None and p.label == gold.label
                else:
                    here = p.char_start < gold.end and gold.start < p.char_end
                if here:
                    yield document, p


def is_in_a_passage(index: Index, unit: str) -> bool:
    """Say whether any passage holds a unit: a heading, say, is a paragraph and in none."""
    source, _, number = unit.rpartition("#")
    rows = index.store.db.execute(
        "SELECT 1 FROM passages p JOIN documents d ON d.key = p.document"
        " WHERE d.source = ?1 OR (d.source = ?2 AND p.first <= ?3 AND p.last >= ?3)",
        (unit, source, int(number) if number.isdecimal() else 0),
    )
    return rows.fetchone() is not None
