"""Whether the passages found answer the question at all, and if not, why not, in words a reader can check.

Two small logistic models, fitted by `eval.refusal` on other data: one says for each word of the question
whether the evidence supports it (same word, other spelling or script, same country, close token vectors), the
other weighs the least supported words with how near the best passage is. Nothing in them depends on the corpus.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from indexer.tokenvectors import TokenVectors
from search.answerform import missing_form
from search.countries import countries, country_codes, seats
from search.datewords import is_month
from search.function_words import function_words, light_words
from search.names import POSSESSIVE, WORD, best_alike, folded, sound_key

Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]

PASSAGES = 8  # evidence beyond the first eight passages is not looked at
NAME_LETTERS = 5  # one letter of a shorter name spelt otherwise makes it another, or it is an abbreviation
STANDS_FOR = 0.95  # how surely a passage on France speaks of Paris
SUPPORTED = 0.66  # a word as alike as this to one in the evidence counts as mentioned
WORD_KINDS = ("country", "number", "name", "word", "name in another script", "word in another script")
WORD_FEATURES = (
    "mentioned here", "mentioned anywhere", "token here", "token anywhere", "centred token here",
    "centred token anywhere", "in the corpus", "pieces", "short",
)  # fmt: skip
QUESTION_FEATURES = (
    "weakest word", "two weakest words", "mean word", "weakest name", "mean token", "weakest token",
    "cosine above the corpus", "lead of the best passage", "joint support", "wrong kind of answer",
)  # fmt: skip

_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_PART = re.compile(r"[^‑-]+")
_JOINED = re.compile(r"(?<=[a-zа-яё])(?=[A-ZА-ЯЁ])")
_SMALL = re.compile(r"\b[a-zа-яё]{1,3}\b")
_CAPITALISED = r"[A-ZА-ЯЁ]\w+(?:-\w+)*"
_NAME = re.compile(rf"{_CAPITALISED}(?: (?:[a-zа-яё]{{1,3}} ){{0,2}}{_CAPITALISED})+")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that was found; ``context`` is title, heading path, document date and source as one text."""

    text: str
    context: str
    dense: float
    lexical: float = 0.0
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the index knows: passages it holds, in how many a word occurs, and the question's mean cosine to them.

    ``mean_cosine`` is taken over a sample of a few hundred passages of the index; None if it was not measured.
    """

    passages: int
    df: Callable[[str], int]
    mean_cosine: float | None = None


class TokenEmbedder(Protocol):
    """The part of the embedder that is needed here."""

    def token_vectors(self, texts: Sequence[str], query: bool = False) -> list[TokenVectors]:
        """Return the token vectors of each text, without prompt and marks of beginning and end."""
        ...


@dataclass(frozen=True, slots=True)
class Answerability:
    """How likely the evidence answers the question, and what speaks against it, most telling first."""

    probability: float
    threshold: float
    reasons: tuple[str, ...]

    @property
    def answerable(self) -> bool:
        """Whether to answer."""
        return self.probability >= self.threshold


@dataclass(frozen=True, slots=True)
class QuestionWord:
    """A word of the question that carries its subject. ``kind`` is country, number, name or word.

    ``stands_for`` are the countries whose government a city is named for: a passage on France may answer for Paris.
    """

    text: str
    start: int
    end: int
    kind: str
    country: str | None = None
    stands_for: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Support:
    """What the evidence has for the question's words: each matrix is (words, passages)."""

    words: tuple[QuestionWord, ...]
    mentioned: Matrix
    token: Matrix
    centred: Matrix
    pieces: tuple[int, ...]
    best: int
    joint: float
    other_script: bool


def question_words(question: str) -> tuple[QuestionWord, ...]:
    """Return the words that carry the question's subject, in order, each with its kind."""
    letters = [c for c in question if c.isalpha()]
    capitals = sum(c.isupper() for c in letters) / max(1, len(letters))
    capitals_tell = 0.01 <= capitals <= 0.6  # all small or all capitals: case says nothing about names
    spans, cities = list(countries(question)), list(seats(question))
    words = []
    for n, (word, at) in enumerate(_parts(question, spans)):
        if len(word) < 2 or not _carries(word):
            continue
        end = at + len(word)
        country = next((code for code, start, stop in spans if start <= at < stop), None)
        if country and country not in ("EU", "UN"):  # a body acts through others: its name may well be missing
            kind = "country"
        elif any(c.isdigit() for c in word):
            kind = "number"
        else:
            kind = "name" if country or (n and capitals_tell and word[0].isupper() and not is_month(word)) else "word"
        stands_for = frozenset(code for code, start, stop in cities if start <= at < stop)
        words.append(QuestionWord(word, at, end, kind, country, stands_for))
    return tuple(words)


def _parts(question: str, named: Sequence[tuple[str, int, int]]) -> Iterator[tuple[str, int]]:
    """Yield each word with its place, without "'s"; one of which a part names a country comes in parts."""
    edges = {edge for _, start, end in named for edge in (start, end)}
    for match in WORD.finditer(question):
        start, whole = match.start(), POSSESSIVE.sub("", match[0])
        if any(at in edges for at in range(start + 1, start + len(whole))):
            yield from ((part[0], start + part.start()) for part in _PART.finditer(whole))
        else:
            yield whole, start


def _carries(word: str) -> bool:
    """Whether a word has a share in what is asked."""
    plain = word.casefold()
    spellings = {plain, folded(word), plain.replace("’", "'")}
    return spellings.isdisjoint(function_words()) and spellings.isdisjoint(light_words())


@lru_cache(maxsize=20_000)
def _keys(text: str) -> frozenset[str]:
    """The sound keys of the words of a text and of their parts; where a space was lost, a capital tells."""
    words = (part for word in WORD.findall(text) for part in {word, *_PART.findall(word), *_JOINED.split(word)})
    return frozenset(sound_key(POSSESSIVE.sub("", word)) for word in words)


@lru_cache(maxsize=20_000)
def _initials(text: str) -> frozenset[str]:
    """What the names in a text may be shortened to: "UPR" of "Universal Periodic Review", without its small words."""
    runs = (_SMALL.sub(" ", run[0]).split() for run in _NAME.finditer(text))
    firsts = ["".join(word[0] for word in words) for words in runs]
    return frozenset(
        run[a:b] for run in firsts for a in range(len(run)) for b in range(a + 2, min(len(run), a + 8) + 1)
    )


@lru_cache(maxsize=20_000)
def _numbers(text: str) -> frozenset[str]:
    found = _NUMBER.findall(text)
    return frozenset(found) | {number[:4] for number in found if _YEAR.match(number)} | frozenset(WORD.findall(text))


def mention(word: QuestionWord, text: str) -> float:
    """How surely `text` mentions `word`, 0 to 1, whatever the spelling or script."""
    if word.country and word.country in country_codes(text):
        return 1.0
    if word.kind == "country":
        return float(sound_key(word.text) in _keys(text))
    if word.stands_for & country_codes(text):
        return STANDS_FOR
    if word.kind == "number":
        return float(word.text in _numbers(text))
    if word.text.isupper() and word.text in _initials(text):
        return 1.0
    parts = [best_alike(sound_key(part), _keys(text)) for part in _PART.findall(word.text)]
    return max(best_alike(sound_key(word.text), _keys(text)), min(parts))


def _script(text: str) -> str:
    return "Cyrillic" if sum("\u0400" <= c <= "\u052f" for c in text) * 2 > sum(map(str.isalpha, text)) else "other"


def support(
    question: str, evidence: Sequence[Evidence], asked: TokenVectors, found: Sequence[TokenVectors]
) -> Support | None:
    """Look for each word of the question in each passage; None if the question has no word to look for."""
    words = question_words(question)
    if not words or not evidence:
        return None
    same = np.mean([_script(e.text) == _script(question) for e in evidence])
    other_script = bool(same <= 0.5)
    if other_script:
        words = tuple(_translated(word, question) for word in words)
    mentioned = np.array([[max(mention(w, e.text), 0.95 * mention(w, e.context)) for e in evidence] for w in words])
    token, centred = _token_support(words, asked, found)
    hard = np.array([w.kind != "word" for w in words])
    soft = np.maximum(mentioned, np.clip((centred - 0.25) / 0.5, 0, 1))
    exact = np.array([w.kind in ("country", "number") for w in words])
    soft[exact] = mentioned[exact]
    weight = np.where(exact, 2.0, np.where(hard, 1.6, 1.0))
    joint = weight @ soft / weight.sum()
    best = int(np.argmax(joint + 0.05 * np.array([e.dense for e in evidence])))
    pieces = tuple(int(((asked.offsets[:, 0] < w.end) & (asked.offsets[:, 1] > w.start)).sum()) for w in words)
    return Support(words, mentioned, token, centred, pieces, best, float(joint[best]), other_script)


def _translated(word: QuestionWord, question: str) -> QuestionWord:
    """Take an abbreviation for a plain word: unlike a name it is translated, not spelt in another script (НПО, NGO)."""
    own = word.kind == "name" and word.text.isupper() and _script(word.text) == _script(question)
    return replace(word, kind="word") if own else word


def _token_support(
    words: Sequence[QuestionWord], asked: TokenVectors, found: Sequence[TokenVectors]
) -> tuple[Matrix, Matrix]:
    """Best cosine of each word's tokens in each passage, plain and about the evidence's mean (its common subject)."""
    everything = np.concatenate([tokens.vectors for tokens in found])
    mean = everything.mean(axis=0)
    edges = np.cumsum([0, *(len(tokens.vectors) for tokens in found)])
    rows = [np.flatnonzero((asked.offsets[:, 0] < w.end) & (asked.offsets[:, 1] > w.start)) for w in words]
    both = []
    for query, passages in ((asked.vectors, everything), (_unit(asked.vectors - mean), _unit(everything - mean))):
        cosine = query @ passages.T
        best = np.stack([cosine[:, a:b].max(axis=1) for a, b in pairwise(edges)], axis=1)
        both.append(np.stack([best[r].mean(axis=0) if len(r) else best[0] for r in rows]).astype(np.float64))
    return both[0], both[1]


def _unit(vectors: Floats) -> Floats:
    length: Floats = np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
    return vectors / length


def word_kind(word: QuestionWord, other_script: bool) -> str:
    """Which of `WORD_KINDS` judges `word`: one written in another script is seldom mentioned letter for letter."""
    return f"{word.kind} in another script" if other_script and word.kind in ("name", "word") else word.kind


def word_features(found: Support, statistics: Statistics) -> Matrix:
    """One row of `WORD_FEATURES` a word."""
    rows = []
    for i, word in enumerate(found.words):
        here = max(0.0, (found.mentioned[i, found.best] - 0.6) / 0.4)
        anywhere = max(0.0, (found.mentioned[i].max() - 0.6) / 0.4)
        token = [found.token[i, found.best], found.token[i].max(), found.centred[i, found.best], found.centred[i].max()]
        known = not found.other_script and statistics.df(word.text) > 0
        rows.append([here, anywhere, *token, known, found.pieces[i] - 1, len(word.text) <= 4])
    return np.array(rows, dtype=np.float64)


def word_odds(models: dict[str, Any], found: Support, features: Matrix) -> Matrix:
    """Log-odds that the evidence supports each word, by the model of its kind."""
    kinds = [word_kind(word, found.other_script) for word in found.words]
    return np.array([log_odds(models[kind], row) for kind, row in zip(kinds, features, strict=True)])


def unknown_names(found: Support, features: Matrix) -> tuple[str, ...]:
    """Names that neither a passage holds in any spelling nor the corpus letter for letter: one is enough to refuse.

    Only in the passages' own script; abbreviations and short words are left to the model.
    """
    if found.other_script:
        return ()
    known = features[:, WORD_FEATURES.index("in the corpus")] > 0
    return tuple(
        word.text
        for word, mentioned, held in zip(found.words, found.mentioned, known, strict=True)
        if word.kind == "name" and len(word.text) >= NAME_LETTERS and not word.text.isupper()
        and mentioned.max() < SUPPORTED and not held
    )  # fmt: skip


def odds_features(found: Support, odds: Matrix) -> Matrix:
    """The first four of `QUESTION_FEATURES`, from the log-odds that each word is supported."""
    ordered = np.sort(odds)
    names = [one for one, word in zip(odds, found.words, strict=True) if word.kind != "word"]
    return np.array([ordered[0], ordered[:2].mean(), ordered.mean(), min(names, default=2.0)])


def question_features(
    question: str, evidence: Sequence[Evidence], found: Support, odds: Matrix, mean_cosine: float
) -> Matrix:
    """The row of `QUESTION_FEATURES`; `odds` are the log-odds that each word is supported."""
    cosines = sorted((e.dense for e in evidence), reverse=True)
    lead = cosines[0] - float(np.mean(cosines[1:])) if len(cosines) > 1 else 0.0
    token = found.token[:, found.best]
    kind_is_wrong = float(missing_form(question, evidence[found.best].text) is not None)
    rest = [token.mean(), token.min(), cosines[0] - mean_cosine, lead, found.joint, kind_is_wrong]
    return np.concatenate([odds_features(found, odds), rest])


@lru_cache(maxsize=1)
def coefficients() -> dict[str, Any]:
    """The fitted models, their threshold and where they come from."""
    data: dict[str, Any] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return data


def log_odds(model: dict[str, Any], features: Matrix) -> Matrix:
    """Log-odds of a fitted model for one row or several, kept within 6: nothing here is surer than that."""
    odds: Matrix = np.clip(features @ np.array(model["coefficients"]) + model["intercept"], -6.0, 6.0)
    return odds


def judge(
    question: str, evidence: Sequence[Evidence], embedder: TokenEmbedder, statistics: Statistics
) -> Answerability:
    """Say whether `evidence`, best first, answers `question`. Costs one call for token vectors and a few ms."""
    model = coefficients()
    threshold = float(model["threshold"])
    evidence = list(evidence[:PASSAGES])
    if not evidence:
        return Answerability(0.0, threshold, ("nothing in the corpus is near the question",))
    asked = embedder.token_vectors([question], query=True)[0]
    passages = embedder.token_vectors([f"{e.context}\n{e.text}" for e in evidence])
    found = support(question, evidence, asked, passages)
    if found is None:
        return Answerability(0.0, threshold, ("the question names no subject to look for",))
    features = word_features(found, statistics)
    words = word_odds(model["words"], found, features)
    mean_cosine = model["mean_cosine"] if statistics.mean_cosine is None else statistics.mean_cosine
    row = question_features(question, evidence, found, words, mean_cosine)
    probability = float(1.0 / (1.0 + np.exp(-log_odds(model["question"], row))))
    unknown = unknown_names(found, features)
    said = reasons(question, evidence, found, words, unknown)
    return Answerability(0.0 if unknown else probability, threshold, said)


def reasons(
    question: str, evidence: Sequence[Evidence], found: Support, words: Matrix, unknown: Sequence[str] = ()
) -> tuple[str, ...]:
    """What speaks against an answer, in plain English, unknown names first, then the least supported name or number."""
    said = [f'no passage mentions "{name}"' for name in unknown]
    for i in sorted(range(len(words)), key=lambda i: (found.words[i].kind == "word", words[i])):
        word, mentioned = found.words[i], found.mentioned[i]
        if words[i] >= 0 or (word.kind == "word" and found.other_script):
            continue
        if mentioned.max() < SUPPORTED:
            said.append(f'no passage mentions "{word.text}"')
        elif mentioned[found.best] < SUPPORTED:
            said.append(f'"{word.text}" is mentioned, but not with the rest of the question')
    kind = missing_form(question, evidence[found.best].text)
    if kind:
        said.append(f"the nearest passage gives no {kind}")
    return tuple(dict.fromkeys(said))
