"""Questions worded unlike the sentences that answer them, and what is found for them: what `eval.interaction` fits.

``training/questions.jsonl`` names for each its document and the words that answer it. The documents are excerpts of
public data sets (``training/excerpts.json`` names their rows), or invented (``training/invented.jsonl``: nothing in
them happened). None is of the sample corpus, and no question is a data set's own. Those who wrote them were asked to
use other words than the text has, some of them to keep its names.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from eval.collection import collect
from eval.dataset import Dataset, Gold, Question
from eval.refusal_questions import read
from indexer import english
from indexer.sentences import sentences
from indexer.tokenvectors import TokenVectors
from indexer.words import split, stem
from search.engine import Engine
from search.query import Query
from search.ranking import RANKING, Found
from search.reranking import token_weights
from search.terms import Term

TRAINING = Path(__file__).parent / "training"
SOURCES = {"reviews": "upr", "speeches": "scale_ungdc_100k", "articles": "xquad_ru2en"}
CANDIDATES = 8  # passages of a question that are read

Halves = npt.NDArray[np.float16]
Passage = tuple[TokenVectors, Halves]


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens ``first`` to ``last`` of a passage, whether they answer, and the share of the question's words there."""

    first: int
    last: int
    answers: bool
    coverage: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that was found: its token vectors (t, d), read with its context, its score (0 to 1), its sentences."""

    vectors: Halves
    score: float
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A question: its token vectors (t, d), how rare the word of each is (t,), what is found without `interaction`."""

    group: str
    vectors: Halves
    rarity: npt.NDArray[np.float64]
    found: tuple[Candidate, ...]

    @property
    def answered(self) -> bool:
        """Whether a sentence that was found answers."""
        return any(sentence.answers for candidate in self.found for sentence in candidate.sentences)


def groups(data: Path) -> list[str]:
    """Return the groups of documents whose data sets lie below ``data``, those that are invented among them."""
    named = {question["group"] for question in read(TRAINING / "questions.jsonl")}
    return sorted(g for g in named if kind(g) not in SOURCES or (data / SOURCES[kind(g)]).is_dir())


def kind(group: str) -> str:
    """Return what the documents of a group are: reviews, speeches, articles, or invented."""
    return group.partition("-")[0]


def examples(data: Path, group: str, work: Path) -> list[Example]:
    """Index the documents of a group below ``work`` and return what is found for its questions."""
    folder = work / "documents" / group
    folder.mkdir(parents=True, exist_ok=True)
    texts = _documents(data, group)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8", newline="")
    rows = [row for row in read(TRAINING / "questions.jsonl") if row["group"] == group]
    questions = [
        Question(f"{group} {n}", row["question"], gold=tuple(_places(row["document"], texts, row["holds"])))
        for n, row in enumerate(rows)
    ]
    without = replace(RANKING, reranking=replace(RANKING.reranking, sentence=0.0))
    engine = Engine(collect(Dataset(group, tuple(questions), folder=folder), work).index, None, without)
    passages: dict[str, Passage] = {}
    try:
        return [_example(engine, question, group, passages) for question in questions]
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


def _places(document: str, texts: Mapping[str, str], holds: Sequence[str]) -> Iterator[Gold]:
    for words in holds:
        start = texts[document].find(words)
        while start >= 0:
            yield Gold(f"{document}.txt", None, start, start + len(words))
            start = texts[document].find(words, start + 1)


def _example(engine: Engine, question: Question, group: str, passages: dict[str, Passage]) -> Example:
    text = question.text
    with engine.index.store.reading():
        terms = engine.ranker.terms(text)
        found = [f for f in engine.ranked(text, terms, Query(text)) if not f.passage.boilerplate][:CANDIDATES]
        asked = _reader().token_vectors([text], query=True)[0]
        candidates = tuple(_candidate(engine, f, terms, question, passages) for f in found)
    return Example(group, asked.vectors.astype(np.float16), token_weights(text, asked, terms), candidates)


def _candidate(
    engine: Engine, found: Found, terms: Sequence[Term], question: Question, passages: dict[str, Passage]
) -> Candidate:
    text = engine.ranker.as_embedded(found.document, found.passage)
    if text not in passages:  # read once for all questions
        tokens = _reader().token_vectors([text])[0]
        passages[text] = tokens, tokens.vectors.astype(np.float16)
    tokens, vectors = passages[text]
    read = tuple(_sentences(found, tokens, len(text) - len(found.passage.text), terms, question))
    return Candidate(vectors, found.fused.score, read)


def _sentences(
    found: Found, tokens: TokenVectors, before: int, terms: Sequence[Term], question: Question
) -> Iterator[Sentence]:
    """The sentences of a passage; ``before`` characters of context stand before its text."""
    total = sum(term.idf for term in terms) or 1.0
    for start, end in sentences(found.passage.text):
        inside = np.flatnonzero((tokens.starts < before + end) & (tokens.ends > before + start))
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
    reader = english.load()
    if reader is None:
        raise SystemExit("The model for English is not installed: make install")
    return reader
