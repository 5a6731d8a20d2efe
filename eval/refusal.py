"""Fit the rule that says a question has no answer, and measure it on data sets that it was not fitted on.

`python -m eval.refusal fit --data DIR` writes search/answerability.json; `... measure --data DIR` leaves one data set
out at a time and prints, for each kind of question, the share refused at the threshold that the others set.
"""

from __future__ import annotations

import argparse
import datetime
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from eval.refusal_by_hand import by_hand
from eval.refusal_questions import Example, Made, make
from indexer.embedding import load
from indexer.language import detect
from indexer.tokenvectors import TokenVectors
from indexer.words import split
from search import answerability
from search.answerability import Evidence, Statistics
from search.countries import country_codes
from search.function_words import function_words
from search.fusion import Scale, fuse
from search.names import sound_key

Matrix = npt.NDArray[np.float64]

FALSE_REFUSALS = 0.05  # what a user should meet
AT = 0.05
# Questions whose subject is there and whose answer is not need a reader to be told: they steer less.
SHARE = {"answerable": 1.0, "near": 1.0, "far": 1.0, "native": 0.35, "removed": 0.35}
KINDS = ("answerable", "near", "far", "native", "removed")
TEXT_KINDS = answerability.WORD_KINDS[2:]
SHARED = (2, 3, 4, 5, 7, 8)  # of the word features: token vectors mean the same for every kind of word
OWN = (0, 1, 6)
KIND_SHARE = {"name": 1.0, "word": 0.6, "name in another script": 0.7, "word in another script": 0.5}


@dataclass(frozen=True, slots=True)
class Observed:
    """One question's features; ``supported`` is 1, 0 or unknown (-1) for each word; ``hit``: gold found.

    ``language`` is that of the question, and whether its passages are in another script.
    """

    dataset: str
    kind: str
    language: str
    hit: bool
    word_kinds: tuple[str, ...]
    supported: tuple[int, ...]
    words: Matrix
    found: answerability.Support
    base: Matrix
    mean_cosine: float


@dataclass(frozen=True, slots=True)
class Line:
    """A fitted logistic model: log-odds are ``coefficients @ features + intercept``."""

    coefficients: Matrix
    intercept: float

    def odds(self, features: Matrix) -> Matrix:
        """Log-odds of each row, kept within 6."""
        result: Matrix = np.clip(features @ self.coefficients + self.intercept, -6.0, 6.0)
        return result


@dataclass(frozen=True, slots=True)
class Rule:
    """Both models and the threshold."""

    words: dict[str, Line]
    question: Line
    threshold: float

    def probability(self, seen: Sequence[Observed]) -> Matrix:
        """How likely each question is answered by what was found for it."""
        rows = np.array([question_row(one, self.words) for one in seen])
        unknown = np.array([bool(answerability.unknown_names(one.found, one.words)) for one in seen])
        result: Matrix = np.where(unknown, 0.0, 1.0 / (1.0 + np.exp(-self.question.odds(rows))))
        return result


# -- observing


class Collection:
    """Some passages of a data set, ranked for a question as search does it: cosine and BM25, fused."""

    def __init__(self, made: Made, passages: Sequence[int], vectors: npt.NDArray[np.float32]) -> None:
        self.passages = list(passages)
        self._vectors = vectors[self.passages]
        texts = (made.sources[i].context + " " + made.sources[i].text for i in self.passages)
        self._counts = [Counter(map(_root, split(text))) for text in texts]
        self._df = Counter(root for count in self._counts for root in count)
        self._lengths = np.array([count.total() for count in self._counts])

    def df(self, word: str) -> int:
        """In how many passages a word occurs."""
        return self._df[_root(word)]

    def ranked(self, question: str, query: npt.NDArray[np.float32]) -> tuple[list[tuple[int, float, float]], float]:
        """Return the best passages as (index in the data set, cosine, BM25), and the mean cosine of all."""
        cosine = self._vectors @ query
        lexical, words = self._bm25(question)
        both = fuse(
            sorted(enumerate(cosine.tolist()), key=lambda pair: -pair[1]),
            sorted(((i, s) for i, s in enumerate(lexical) if s), key=lambda pair: -pair[1]),
            Scale(float(cosine.mean()), max(float(cosine.std()), 0.01), words),
        )[: answerability.PASSAGES]
        return [(self.passages[f.key], float(cosine[f.key]), lexical[f.key]) for f in both], float(cosine.mean())

    def _bm25(self, question: str, k1: float = 0.9, b: float = 0.4) -> tuple[list[float], float]:
        """Return the score of each passage, and the sum of the words' inverse document frequencies."""
        n, mean = len(self._counts), float(self._lengths.mean())
        scores, words = [0.0] * n, 0.0
        for root in {_root(w) for w in split(question) if w not in function_words()}:
            idf = math.log(1 + (n - self._df[root] + 0.5) / (self._df[root] + 0.5))
            words += idf
            for i, count in enumerate(self._counts):
                if tf := count[root]:
                    scores[i] += idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * self._lengths[i] / mean))
        return scores, words or 1.0


def _root(word: str) -> str:
    return sound_key(word)[:6]


def observe(data: Path, model: str | None = None) -> list[Observed]:
    """Make the questions from the data sets below `data` and look at the evidence for each. Takes minutes."""
    embedder = load(model)
    seen: list[Observed] = []
    for made in [*make(data), *by_hand(data)]:
        texts = [f"{source.context}\n{source.text}" for source in made.sources]
        vectors, tokens = embedder.embed_passages(texts), embedder.token_vectors(texts)
        questions = sorted({example.question for example in made.examples})
        queries = dict(zip(questions, embedder.embed_queries(questions), strict=True))
        asked = dict(zip(questions, embedder.token_vectors(questions, query=True), strict=True))
        collections: dict[tuple[int, ...], Collection] = {}
        for example in made.examples:
            if example.passages not in collections:
                collections[example.passages] = Collection(made, example.passages, vectors)
            collection = collections[example.passages]
            one = _observed(made, example, collection, queries[example.question], asked[example.question], tokens)
            seen += [one] if one else []
        print(f"{made.name}: {len(made.sources)} passages, {len(made.examples)} questions", flush=True)
    return seen


def _observed(
    made: Made,
    example: Example,
    collection: Collection,
    query: npt.NDArray[np.float32],
    asked: TokenVectors,
    tokens: Sequence[TokenVectors],
) -> Observed | None:
    ranked, mean = collection.ranked(example.question, query)
    evidence = [Evidence(made.sources[i].text, made.sources[i].context, dense, bm) for i, dense, bm in ranked]
    found = answerability.support(example.question, evidence, asked, [tokens[i] for i, _, _ in ranked])
    if found is None:
        return None
    words = answerability.word_features(found, Statistics(len(collection.passages), collection.df, mean))
    base = answerability.question_features(example.question, evidence, found, np.zeros(len(found.words)), mean)
    kinds = tuple(answerability.word_kind(word, found.other_script) for word in found.words)
    hit = bool({i for i, _, _ in ranked} & example.gold)
    supported = _supported(example, found.words, hit)
    language = (detect(example.question) or "too short") + (" over another script" if found.other_script else "")
    return Observed(made.name, example.kind, language, hit, kinds, supported, words, found, base, mean)


def _supported(example: Example, words: Sequence[answerability.QuestionWord], hit: bool) -> tuple[int, ...]:
    """What is known of each word: with the gold passage found, supported (1); put in from elsewhere, not (0)."""
    if example.kind == "answerable" and hit:
        return (1,) * len(words)
    wrong = {word.lower() for word in split(example.wrong)}
    codes = country_codes(example.wrong) | {example.wrong}
    return tuple(0 if word.text.lower() in wrong or word.country in codes else -1 for word in words)


# -- fitting


def fit_line(features: Matrix, labels: Matrix, weights: Matrix, signs: Sequence[int], l2: float = 0.001) -> Line:
    """Logistic regression whose coefficients may not go against `signs` (0: free), by accelerated projected descent.

    A coefficient of the wrong sign would be a quirk of one data set: more support never makes an answer less likely.
    """
    mean, deviation = features.mean(axis=0), features.std(axis=0) + 1e-6
    rows = np.c_[(features - mean) / deviation, np.ones(len(features))]
    share = weights / weights.sum()
    step = 1.0 / (0.25 * float(np.linalg.eigvalsh((rows * share[:, None]).T @ rows)[-1]) + 2 * l2)
    low = np.array([0.0 if sign > 0 else -np.inf for sign in signs] + [-np.inf])
    high = np.array([0.0 if sign < 0 else np.inf for sign in signs] + [np.inf])
    ridge = np.array([2 * l2] * len(signs) + [0.0])
    at = ahead = np.zeros(rows.shape[1])
    for turn in range(3000):
        gradient = rows.T @ (share * (1 / (1 + np.exp(-np.clip(rows @ ahead, -30, 30))) - labels)) + ridge * ahead
        after = np.clip(ahead - step * gradient, low, high)
        ahead = after + turn / (turn + 3) * (after - at)
        at = after
    coefficients = at[:-1] / deviation
    return Line(coefficients, float(at[-1] - coefficients @ mean))


def fit_words(seen: Sequence[Observed]) -> dict[str, Line]:
    """One model for each kind of word; those of text share what token vectors tell."""
    known = [
        (kind, row, label, one.dataset)
        for one in seen
        for kind, row, label in zip(one.word_kinds, one.words, one.supported, strict=True)
        if label >= 0
    ]
    models: dict[str, Line] = {}
    for kind in answerability.WORD_KINDS[:2]:
        some = [k for k in known if k[0] == kind]
        line = fit_line(np.array([k[1][list(OWN)] for k in some]), *_labels_and_weights(some), [1, 1, 1], 0.003)
        full = np.zeros(len(answerability.WORD_FEATURES))
        full[list(OWN)] = line.coefficients
        models[kind] = Line(full, line.intercept)
    some = [k for k in known if k[0] in TEXT_KINDS]
    signs = [1, 1, 1, 1, -1, -1] + [1, 1, 1, 0] * len(TEXT_KINDS)
    line = fit_line(np.array([_design(k[1], k[0]) for k in some]), *_labels_and_weights(some), signs)
    for i, kind in enumerate(TEXT_KINDS):
        full = np.zeros(len(answerability.WORD_FEATURES))
        full[list(SHARED)] = line.coefficients[: len(SHARED)]
        own = line.coefficients[len(SHARED) + 4 * i :][:4]
        full[list(OWN)] = own[:3]
        models[kind] = Line(full, float(line.intercept + own[3]))
    return models


def _design(row: Matrix, kind: str) -> Matrix:
    """The shared features, then a block for each kind of text word: its own lexical features and intercept."""
    at = len(SHARED) + 4 * TEXT_KINDS.index(kind)
    wide = np.zeros(len(SHARED) + 4 * len(TEXT_KINDS))
    wide[: len(SHARED)] = row[list(SHARED)]
    wide[at : at + 4] = [*row[list(OWN)], 1.0]
    return wide


def _labels_and_weights(known: Sequence[tuple[str, Matrix, int, str]]) -> tuple[Matrix, Matrix]:
    """Both labels of a kind weigh the same; within one, a data set weighs by the square root of its words."""
    count = Counter((kind, label, dataset) for kind, _, label, dataset in known)
    raw = np.array([count[kind, label, dataset] ** -0.5 for kind, _, label, dataset in known])
    sums: dict[tuple[str, int], float] = defaultdict(float)
    for (kind, _, label, _), weight in zip(known, raw, strict=True):
        sums[kind, label] += weight
    shares = [KIND_SHARE.get(kind, 1.0) / sums[kind, label] for kind, _, label, _ in known]
    return np.array([float(k[2]) for k in known]), raw * np.array(shares)


def question_row(one: Observed, models: dict[str, Line]) -> Matrix:
    """The features of a question once its words are judged."""
    odds = np.array([models[kind].odds(row) for kind, row in zip(one.word_kinds, one.words, strict=True)])
    row = one.base.copy()
    row[:4] = answerability.odds_features(one.found, odds)
    return row


def fit(seen: Sequence[Observed]) -> Rule:
    """Fit both models and set the threshold that refuses `FALSE_REFUSALS` of the answerable questions."""
    words = fit_words(seen)
    known = [one for one in seen if one.kind != "answerable" or one.hit]
    rows = np.array([question_row(one, words) for one in known])
    labels = np.array([float(one.kind == "answerable") for one in known])
    signs = [1] * (len(answerability.QUESTION_FEATURES) - 1) + [-1]
    question = fit_line(rows, labels, _balance(known), signs)
    answerable = [one for one in known if one.kind == "answerable"]
    probability = Rule(words, question, 0.0).probability(answerable)
    return Rule(words, question, quantile(probability, _balance(answerable), FALSE_REFUSALS))


def _balance(seen: Sequence[Observed]) -> Matrix:
    """Each data set weighs the same, and in it questions with and without an answer."""
    total: dict[tuple[str, bool], float] = defaultdict(float)
    for one in seen:
        total[one.dataset, one.kind == "answerable"] += SHARE[one.kind]
    return np.array([SHARE[one.kind] / total[one.dataset, one.kind == "answerable"] for one in seen])


def quantile(values: Matrix, weights: Matrix, share: float) -> float:
    """The value below which `share` of the weight lies."""
    order = np.argsort(values)
    at = np.searchsorted(np.cumsum(weights[order]), share * weights.sum())
    return float(values[order][min(int(at), len(values) - 1)])


# -- measuring


def measure(seen: Sequence[Observed]) -> dict[str, dict[str, float]]:
    """Leave one data set out at a time: the share of each kind of its questions that is refused."""
    table: dict[str, dict[str, float]] = {}
    for left_out in sorted({one.dataset for one in seen}):
        rule = fit([one for one in seen if one.dataset != left_out])
        table[left_out] = refused(rule, [one for one in seen if one.dataset == left_out])
    return table


def refused(rule: Rule, seen: Sequence[Observed]) -> dict[str, float]:
    """The share of each kind that `rule` refuses; and of those not answerable at exactly 5 % false refusals."""
    probability = rule.probability(seen)
    kinds = np.array([one.kind for one in seen])
    found = np.array([one.kind == "answerable" and one.hit for one in seen])
    row = {"answerable, found": float((probability[found] < rule.threshold).mean())}
    at_five = float(np.quantile(probability[found], AT))
    for kind in KINDS:
        if (kinds == kind).any():
            row[kind] = float((probability[kinds == kind] < rule.threshold).mean())
            if kind in ("near", "far"):
                row[f"{kind} at 5 %"] = float((probability[kinds == kind] < at_five).mean())
    return row


def shipped() -> Rule:
    """The rule as it stands in the product."""
    plain = answerability.coefficients()
    words = {kind: _line(model) for kind, model in plain["words"].items()}
    return Rule(words, _line(plain["question"]), float(plain["threshold"]))


def _line(model: dict[str, Any]) -> Line:
    return Line(np.array(model["coefficients"]), float(model["intercept"]))


def by_language(rule: Rule, seen: Sequence[Observed], fewest: int = 50) -> dict[str, dict[str, float]]:
    """For each language with at least `fewest` questions whose answer was found: the share of each kind refused."""
    count = Counter(one.language for one in seen if one.kind == "answerable" and one.hit)
    common = sorted(language for language, n in count.items() if n >= fewest)
    return {language: refused(rule, [one for one in seen if one.language == language]) for language in common}


def written(rule: Rule, seen: Sequence[Observed], table: dict[str, dict[str, float]]) -> dict[str, Any]:
    """The rule as plain numbers, with where they come from."""
    count = Counter((one.dataset, one.kind) for one in seen)
    mean = float(np.mean([one.mean_cosine for one in seen]))
    return {
        "threshold": round(rule.threshold, 3),
        "mean_cosine": round(mean, 3),
        "question": _plain(answerability.QUESTION_FEATURES, rule.question),
        "words": {kind: _plain(answerability.WORD_FEATURES, line) for kind, line in rule.words.items()},
        "provenance": {
            "made by": "python -m eval.refusal fit",
            "date": datetime.date.today().isoformat(),
            "false refusals aimed at": FALSE_REFUSALS,
            "questions": {f"{dataset}, {kind}": n for (dataset, kind), n in sorted(count.items())},
            "refused, each data set left out": {k: {a: round(b, 3) for a, b in v.items()} for k, v in table.items()},
        },
    }


def _plain(names: Sequence[str], line: Line) -> dict[str, Any]:
    values = [round(float(c), 4) + 0.0 for c in line.coefficients]
    return {"features": list(names), "coefficients": values, "intercept": round(line.intercept, 4)}


def shown(table: dict[str, dict[str, float]], title: str = "refused, when left out") -> Iterable[str]:
    """The table as lines of text."""
    columns = ("answerable, found", "answerable", "near", "far", "native", "removed", "near at 5 %", "far at 5 %")
    yield f"{title:30s}" + "".join(f"{column:>19s}" for column in columns)
    for dataset, row in table.items():
        cells = (f"{row[column]:.2f}" if column in row else "-" for column in columns)
        yield f"{dataset:30s}" + "".join(f"{cell:>19s}" for cell in cells)


def main(argv: Sequence[str] | None = None) -> int:
    """Fit or measure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("action", choices=("fit", "measure"))
    options.add_argument("--data", type=Path, required=True, help="the folder that holds the data sets")
    options.add_argument("--model", help="the embedding model to fit for; the default one if not given")
    given = options.parse_args(argv)
    seen = observe(given.data, given.model)
    table = measure(seen)
    print("\n".join(shown(table)))
    if given.action == "measure":
        print("\n".join(shown(by_language(shipped(), seen), "refused as it ships")))
    if given.action == "fit":
        target = Path(answerability.__file__).with_suffix(".json")
        target.write_text(json.dumps(written(fit(seen), seen, table), indent=1) + "\n", encoding="utf-8")
        print(f"wrote {target.name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
