"""Questions worded unlike the sentences that answer them, and what is found for them: what `eval.interaction` fits.

``training/questions.jsonl`` names for each its document and the words that answer it. The documents are excerpts of
public data sets (``training/excerpts.json`` names their rows), or invented (``training/invented.jsonl``: nothing in
them happened). None is of the sample corpus, and no question is a data set's own. Those who wrote them were asked to
use other words than the text has, some of them to keep its names.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from eval.collection import collect
from eval.dataset import Dataset, Gold, Question
from eval.refusal_questions import read
from indexer import english
from indexer.sentences import sentences
from indexer.words import split, stem
from search.engine import Engine
from search.query import Query
from search.ranking import RANKING, Found
from search.reranking import token_weights
from search.terms import Term

TRAINING = Path(__file__).parent / "training"
Places = npt.NDArray[np.int32]  # where each token of a text stands: start and end (t, 2)
Passage = tuple[int, Places]  # which of the texts it is

SOURCES = {"reviews": "upr", "speeches": "scale_ungdc_100k", "articles": "xquad_ru2en"}
CANDIDATES = 16  # passages of a question that are read


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens ``first`` to ``last`` of a passage, whether they answer, and the share of the question's words there."""

    first: int
    last: int
    answers: bool
    coverage: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that was found: which of `Examples.texts` it is, its score (0 to 1), its sentences."""

    text: int
    score: float
    sentences: tuple[Sentence, ...]

    @property
    def answers(self) -> bool:
        """Whether a sentence of it answers."""
        return any(sentence.answers for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class Example:
    """A question: its tokens with marks (t + 2), how rare the word of each is (t,), what is found without the fit."""

    group: str
    tokens: tuple[int, ...]
    rarity: npt.NDArray[np.float64]
    found: tuple[Candidate, ...]

    @property
    def answering(self) -> list[int]:
        """The texts that were found and answer."""
        return [candidate.text for candidate in self.found if candidate.answers]


@dataclass(frozen=True, slots=True)
class Examples:
    """Questions, and the texts that are found for them: the tokens of each, marks of beginning and end included."""

    asked: list[Example]
    texts: list[tuple[int, ...]]


def groups(data: Path) -> list[str]:
    """Return the groups of documents whose data sets lie below ``data``, those that are invented among them."""
    named = {question["group"] for question in read(TRAINING / "questions.jsonl")}
    return sorted(g for g in named if kind(g) not in SOURCES or (data / SOURCES[kind(g)]).is_dir())


def kind(group: str) -> str:
    """Return what the documents of a group are: reviews, speeches, articles, or invented."""
    return group.partition("-")[0]


def examples(data: Path, work: Path, report: Callable[[str], None] = lambda line: None) -> Examples:
    """Index the documents of each group below ``work`` and return what is found for its questions."""
    found = Examples([], [])
    for group in groups(data):
        _add(found, data, group, work)
        report(f"{group}: read, {len(found.asked)} questions over {len(found.texts)} passages so far")
    return found


def _add(examples: Examples, data: Path, group: str, work: Path) -> None:
    folder = work / "documents" / group
    folder.mkdir(parents=True, exist_ok=True)
    texts = _documents(data, group)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8", newline="")
    rows = [row for row in read(TRAINING / "questions.jsonl") if row["group"] == group]
    questions = [Question(f"{group} {n}", row["question"], gold=_golden(row, texts)) for n, row in enumerate(rows)]
    without = replace(RANKING, reranking=replace(RANKING.reranking, sentence=0.0))
    engine = Engine(collect(Dataset(group, tuple(questions), folder=folder), work).index, None, without)
    known: dict[str, Passage] = {}
    try:
        for question in questions:
            examples.asked.append(_example(engine, question, group, known, examples.texts))
    finally:
        engine.close()


def _documents(data: Path, group: str) -> dict[str, str]:
    """The texts of a group by name: a title, then paragraphs."""
    if kind(group) not in SOURCES:
        return {row["document"]: row["text"] for row in read(TRAINING / "invented.jsonl") if row["group"] == group}
    wanted: Mapping[str, list[str]] = json.loads((TRAINING / "excerpts.json").read_text(encoding="utf-8"))[group]
    ids = {row: document for document, rows in wanted.items() for row in rows}
    found: dict[str, list[str]] = defaultdict(list)
    [corpus] = (data / SOURCES[kind(group)]).glob("corpus.jsonl*")
    for row in read(corpus.with_suffix("") if corpus.suffix == ".gz" else corpus):
        if row["_id"] in ids:
            document = found[ids[row["_id"]]]
            document += [row["text"]] if document else [row["title"], row["text"]]
    return {name: "\n\n".join(paragraphs) + "\n" for name, paragraphs in found.items()}


def _golden(row: Mapping[str, Any], texts: Mapping[str, str]) -> tuple[Gold, ...]:
    """The places that answer: in the question's document, and in others where it names some."""
    answering = [row, *row.get("also", ())]
    return tuple(place for one in answering for place in _places(one["document"], texts, one["holds"]))


def _places(document: str, texts: Mapping[str, str], holds: Sequence[str]) -> Iterator[Gold]:
    for words in holds:
        start = texts[document].find(words)
        while start >= 0:
            yield Gold(f"{document}.txt", None, start, start + len(words))
            start = texts[document].find(words, start + 1)


def _example(
    engine: Engine, question: Question, group: str, known: dict[str, Passage], texts: list[tuple[int, ...]]
) -> Example:
    text = question.text
    with engine.index.store.reading():
        terms = engine.ranker.terms(text)
        found = [f for f in engine.ranked(text, terms, Query(text)) if not f.passage.boilerplate][:CANDIDATES]
        asked = _reader().token_vectors([text], query=True)[0]
        candidates = tuple(_candidate(engine, f, terms, question, known, texts) for f in found)
    return Example(group, tuple(_reader().split(text).ids), token_weights(text, asked, terms), candidates)


def _candidate(
    engine: Engine, found: Found, terms: Sequence[Term], question: Question,
    known: dict[str, Passage], texts: list[tuple[int, ...]],
) -> Candidate:  # fmt: skip
    text = engine.ranker.as_embedded(found.document, found.passage)
    if text not in known:
        tokens = _reader().split(text)
        known[text] = len(texts), np.array(tokens.offsets[1:-1], np.int32).reshape(-1, 2)
        texts.append(tuple(tokens.ids))
    number, places = known[text]
    read = tuple(_sentences(found, places, len(text) - len(found.passage.text), terms, question))
    return Candidate(number, found.fused.score, read)


def _sentences(
    found: Found, places: Places, before: int, terms: Sequence[Term], question: Question
) -> Iterator[Sentence]:
    """The sentences of a passage; ``before`` characters of context stand before its text."""
    total = sum(term.idf for term in terms) or 1.0
    for start, end in sentences(found.passage.text):
        inside = np.flatnonzero((places[:, 0] < before + end) & (places[:, 1] > before + start))
        if not len(inside):
            continue
        at = found.passage.char_start
        stems = {stem(word, found.document.language) for word in split(found.passage.text[start:end])}
        answers = any(
            gold.source == found.document.source and (gold.start or 0) < at + end and at + start < (gold.end or 0)
            for gold in question.gold
        )
        coverage = sum(term.idf for term in terms if not stems.isdisjoint(term.stems)) / total
        yield Sentence(int(inside[0]), int(inside[-1]) + 1, answers, coverage)


def _reader() -> english.EnglishReader:
    reader = english.load(learned=False)
    if reader is None:
        raise SystemExit("The model for English is not installed: make install")
    return reader
