"""Extractive answers: the sentences of the best passages that answer, in the words of the source."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.sentences import sentences
from indexer.tokenvectors import TokenVectors
from indexer.words import split, stem
from search.answerform import missing_form
from search.folding import fold
from search.interaction import Nearness
from search.linking import linked_to
from search.results import Hit, Span
from search.terms import Term

MOST_SENTENCES = 4
PASSAGES = 6  # how many hits are read for sentences
KEEP = 0.75  # of the best sentence's score: less is not shown
LINKED = 0.3  # of it, for a sentence of a source that another one names
FOLLOWED = 0.1  # of it, for a second sentence of sources that are linked
SECOND = 2  # second sentences of linked sources, before other sources are heard
# Weights of nearness (scaled), share of the question's words, and the passage's score; and what a sentence
# loses that has no date for "when", no name for "who" ...
MEANING, WORDS, PASSAGE, FORM = 0.55, 0.25, 0.2, 0.1


_ASKS_WHO = re.compile(r"\b(?:who|whom|which|кто|кого|кому|кем|какие|каких|какими|кім|қандай)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a hit: its offsets in the document, its words, and how well it answers, 0 to 1."""

    hit: Hit
    start: int
    end: int
    text: str
    score: float


def answering(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits whose sentences may answer: the first `PASSAGES`; page furniture never answers."""
    return [hit for hit in hits if not hit.passage.boilerplate][:PASSAGES]


def best_sentences(
    near: Nearness, read: Sequence[TokenVectors], terms: Sequence[Term], hits: Sequence[Hit], question: str = ""
) -> list[Candidate]:
    """Return up to `MOST_SENTENCES` sentences that answer best, most useful first, none saying the same twice.

    ``read`` are the tokens of the text of each of ``hits``, which `answering` chose. A second source is heard before a
    second sentence of the first one, if it scores at least `KEEP` of the best; one that is linked to the first by a
    name is heard with `LINKED`, and both with a second sentence before any other source.
    """
    candidates = _scored(near, terms, list(zip(hits, read, strict=True)), question)
    if not candidates:
        return []
    distinct = [c for c, _ in fold([c for c in candidates if c.score >= FOLLOWED * candidates[0].score], _text)]
    good = [c for c in distinct if c.score >= KEEP * candidates[0].score]
    firsts = _first_of_each(good)
    heads = [(c.hit.document.title, c.text) for c in firsts[:MOST_SENTENCES]]
    linked = [
        c
        for c in _first_of_each([*firsts, *(c for c in distinct if c.score >= LINKED * candidates[0].score)])[1:]
        if linked_to(heads, c.hit.document.title, c.text, question)
    ][: MOST_SENTENCES // 2]
    if not linked:
        return naming_first((firsts + [c for c in good if c not in firsts])[:MOST_SENTENCES], question)
    chosen = [firsts[0], *linked]
    sources = {c.hit.document.id for c in chosen}
    second = [c for c in distinct if c not in chosen and c.hit.document.id in sources]
    return (chosen + second[:SECOND] + [c for c in firsts if c not in chosen] + second[SECOND:])[:MOST_SENTENCES]


def naming_first(chosen: list[Candidate], question: str) -> list[Candidate]:
    """Where a question asks who or which and the first sentence names nobody, put the first that does before it."""
    if not _ASKS_WHO.search(question) or names_in(chosen[0].text, question):
        return chosen
    naming = next((c for c in chosen if names_in(c.text, question)), chosen[0])
    return [naming, *(c for c in chosen if c is not naming)]


def followed(
    chosen: Sequence[Candidate], near: Nearness, terms: Sequence[Term], read: Sequence[tuple[Hit, TokenVectors]]
) -> list[Candidate]:
    """Return ``chosen`` with the best sentence of each passage of ``read`` behind the first, if it has to do with the
    question at all: ``read`` are passages of documents that the first sentence names."""
    new: list[Candidate] = []
    for pair in read:
        best = max(_scored(near, terms, [pair]), key=lambda c: _coverage(c.text, terms, c.hit.document.language))
        if _coverage(best.text, terms, best.hit.document.language):
            new.append(best)
    new = _first_of_each(new)
    kept = chosen[: max(1, MOST_SENTENCES - len(new))]
    return [*kept[:1], *new, *kept[1:]]


def _text(candidate: Candidate) -> str:
    return candidate.text


def _scored(
    near: Nearness, terms: Sequence[Term], pairs: Sequence[tuple[Hit, TokenVectors]], question: str = ""
) -> list[Candidate]:
    found: dict[tuple[str, int], tuple[Hit, Span, float]] = {}
    for hit, tokens in pairs:
        spans = sentences(hit.passage.text)
        for span, nearness in zip(spans, near(tokens, spans), strict=True):  # passages cut from one paragraph overlap
            found.setdefault((hit.document.id, hit.passage.char_start + span[0]), (hit, span, nearness))
    scaled = _between([nearness for _, _, nearness in found.values()])
    scored = [
        _candidate(hit, span, nearness, terms, question)
        for (hit, span, _), nearness in zip(found.values(), scaled, strict=True)
    ]
    return sorted(scored, key=lambda c: (-c.score, c.hit.rank, c.start))


def _between(values: Sequence[float]) -> list[float]:
    """Scale to [0, 1] between the lowest and the highest; all 1 if they are the same."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    return [(value - low) / (high - low) if high > low else 1.0 for value in values]


def _candidate(hit: Hit, span: Span, near: float, terms: Sequence[Term], question: str) -> Candidate:
    text, begin = hit.passage.text[slice(*span)], hit.passage.char_start
    score = MEANING * near + WORDS * _coverage(text, terms, hit.document.language) + PASSAGE * max(hit.score, 0.0)
    score -= FORM if missing_form(question, text) else 0.0
    return Candidate(hit, begin + span[0], begin + span[1], text, score)


def _coverage(text: str, terms: Sequence[Term], language: str | None) -> float:
    """The share of the query's words, weighted by how rare they are, that stand in ``text``."""
    stems = {stem(word, language) for word in split(text)}
    total = sum(term.idf for term in terms)
    return sum(term.idf for term in terms if not stems.isdisjoint(term.stems)) / total if total else 0.0


def _first_of_each(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the first sentence of each document."""
    firsts: dict[str, Candidate] = {}
    for candidate in candidates:
        firsts.setdefault(candidate.hit.document.id, candidate)
    return list(firsts.values())


_NAME = re.compile(r"(?:[^\W\d_a-zа-я][\w’'\-]*)(?:\s+(?:of|de|and|for|the|von|van|al|и|по)\s+(?=[^\W\d_a-zа-я])|\s+)?")
_RUN = re.compile(rf"(?:{_NAME.pattern})+")


def names_in(sentence: str, question: str) -> tuple[Span, ...]:
    """Return the spans of names in ``sentence`` that the question does not hold: runs of capitalised words.

    The first word of the sentence counts only as part of a longer run.
    """
    asked = set(split(question))
    spans: list[Span] = []
    for match in _RUN.finditer(sentence):
        start, end = match.start(), match.start() + len(match[0].rstrip())
        words = split(sentence[start:end])
        starts_sentence = not any(c.isalnum() for c in sentence[:start])
        if all(word in asked for word in words) or (starts_sentence and len(words) == 1):
            continue
        spans.append((start, end))
    return tuple(spans)
