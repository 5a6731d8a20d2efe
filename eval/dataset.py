"""Data sets: questions with what is right for each, over texts in BEIR layout, a folder of documents, or ir_datasets.

A BEIR folder holds ``corpus.jsonl`` (or .gz), ``queries.jsonl`` and ``qrels/*.tsv``; an ``answers.jsonl`` beside them
says which questions have no answer, and what the answers are. Over a folder of documents, ``questions.jsonl`` names the
gold of each question as a label or as characters of a file, so that it survives a change of passage size.
"""

from __future__ import annotations

import csv
import gzip
import importlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SAMPLE_SETS = tuple(Path(__file__).parent / "questions" / f"{name}.jsonl" for name in ("sample", "heldout"))
SAMPLE = Path(__file__).parent.parent / "corpus"
_NAMED = "ir_datasets:"


class BadDataset(Exception):
    """A data set that cannot be read; the message says what is missing and what to do."""


@dataclass(frozen=True, slots=True)
class Text:
    """A row of a corpus: a document of its own, with an id that judgements name."""

    id: str
    title: str
    text: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Gold:
    """A place that answers: characters of a file, or the label of one of its paragraphs; ``end`` is exclusive."""

    source: str
    label: str | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question. ``relevant`` judges rows of a corpus (grade by id), ``gold`` names places in documents."""

    id: str
    text: str
    kind: str = ""
    language: str | None = None
    answerable: bool = True
    relevant: tuple[tuple[str, int], ...] = ()
    gold: tuple[Gold, ...] = ()
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dataset:
    """Questions over a folder of documents (``folder``) or over rows (``corpus``); just one of the two is set."""

    name: str
    questions: tuple[Question, ...]
    folder: Path | None = None
    corpus: Path | str | None = None

    @property
    def judged(self) -> bool:
        """Whether the questions are made to be answered: some have no answer, or gold is a place."""
        return self.folder is not None or any(not q.answerable for q in self.questions)

    def texts(self) -> Iterator[Text]:
        """Yield the rows of the corpus; none where documents are indexed from a folder."""
        if isinstance(self.corpus, Path):
            yield from _rows(self.corpus)
        elif self.corpus is not None:
            yield from _named_rows(self.corpus)


def read(data: str, questions: Path | None = None) -> Dataset:
    """Read a data set: a folder, or a name of `ir_datasets` written ``ir_datasets:NAME``. Raises `BadDataset`."""
    if data.startswith(_NAMED):
        return _named(data.removeprefix(_NAMED))
    folder = Path(data)
    if not folder.is_dir():
        raise BadDataset(f"{folder} is not a folder. Give a folder in BEIR layout, or one of documents.")
    if corpus := next((f for f in (folder / "corpus.jsonl", folder / "corpus.jsonl.gz") if f.exists()), None):
        return _beir(folder, corpus)
    found = questions or folder / "questions.jsonl"
    if not found.exists():
        raise BadDataset(
            f"{folder} holds neither corpus.jsonl nor questions.jsonl. Name the questions: --questions FILE."
        )
    return Dataset(folder.resolve().name, tuple(map(_question, _lines(found))), folder=folder)


def below(given: str, questions: Path | None = None) -> list[str]:
    """Return the data sets that are meant: the one named, or those that a folder holds side by side."""
    folder = Path(given)
    if questions or not folder.is_dir() or _is_dataset(folder):
        return [given]
    return [str(inner) for inner in sorted(folder.iterdir()) if _is_dataset(inner)] or [given]


def _is_dataset(folder: Path) -> bool:
    return (folder / "queries.jsonl").exists() or (folder / "questions.jsonl").exists()


def sample(questions: Path) -> Dataset:
    """Return questions over the sample corpus: one of `SAMPLE_SETS`, or others."""
    return Dataset(questions.stem, tuple(map(_question, _lines(questions))), folder=SAMPLE)


# -- a folder of documents


def _question(row: dict[str, Any]) -> Question:
    gold = tuple(Gold(g["source"], g.get("label"), g.get("start"), g.get("end")) for g in row.get("gold", ()))
    return Question(
        str(row["id"]), row["question"], row.get("kind", ""), row.get("language"),
        row.get("answerable", True), gold=gold, answers=tuple(row.get("answers", ())),
    )  # fmt: skip


# -- BEIR layout


def _beir(folder: Path, corpus: Path) -> Dataset:
    answers = {row["_id"]: row for row in _lines(folder / "answers.jsonl")}
    judged = _qrels(folder)
    questions = []
    for row in _lines(folder / "queries.jsonl"):
        known = answers.get(row["_id"], {})
        relevant = tuple(sorted(judged.get(row["_id"], {}).items()))
        questions.append(
            Question(
                row["_id"], row["text"], known.get("type", ""), None,
                bool(known.get("answerable", True)), relevant, answers=tuple(known.get("answers", ())),
            )
        )  # fmt: skip
    if not questions:
        raise BadDataset(f"{folder} holds no queries.jsonl.")
    return Dataset(folder.resolve().name, tuple(questions), corpus=corpus)


def _qrels(folder: Path) -> dict[str, dict[str, int]]:
    files = sorted((folder / "qrels").glob("*.tsv"))
    chosen = next((f for f in files if f.stem == "test"), files[0] if files else None)
    if chosen is None:
        raise BadDataset(f"{folder / 'qrels'} holds no .tsv file.")
    judged: dict[str, dict[str, int]] = {}
    with chosen.open(encoding="utf-8", newline="") as lines:
        for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if len(row) == 3 and row[2].lstrip("-").isdecimal() and int(row[2]) > 0:
                judged.setdefault(row[0], {})[row[1]] = int(row[2])
    return judged


def _rows(corpus: Path) -> Iterator[Text]:
    for row in _lines(corpus):
        language = (row.get("metadata") or {}).get("language")
        yield Text(row["_id"], row.get("title") or "", row["text"], language)


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    if not file.exists():
        return
    with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


# -- ir_datasets, for users with a network


def _named(name: str) -> Dataset:
    data = _library().load(name)
    judged: dict[str, dict[str, int]] = {}
    for one in data.qrels_iter():
        if one.relevance > 0:
            judged.setdefault(one.query_id, {})[one.doc_id] = int(one.relevance)
    questions = tuple(
        Question(q.query_id, q.default_text(), relevant=tuple(sorted(judged.get(q.query_id, {}).items())))
        for q in data.queries_iter()
    )
    return Dataset(name.replace("/", "-"), questions, corpus=name)


def _named_rows(name: str) -> Iterator[Text]:
    for row in _library().load(name).docs_iter():
        yield Text(row.doc_id, getattr(row, "title", "") or "", getattr(row, "text", None) or row.default_text())


def _library() -> Any:
    try:
        return importlib.import_module("ir_datasets")
    except ImportError:
        raise BadDataset("Data sets by name need one more package: `pip install ir_datasets`.") from None
