"""Ranking: the words and the vector of a question in, passages out, best first. It reads as that line."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from indexer import english
from indexer.document import Document, Passage
from indexer.index import Index
from indexer.microbatch import MicroBatcher
from indexer.models import DEFAULT
from indexer.passages import context
from indexer.sentences import sentences
from indexer.tokenvectors import TokenVectors
from search import interaction
from search.answerform import missing_form
from search.fusion import FUSION, Fused, Fusion, Scale, fuse, scaled
from search.interaction import Nearness
from search.linking import titles_in
from search.query import Mode, Query
from search.reranking import (
    RERANKING,
    Reranking,
    in_english,
    maxsim,
    reranked,
    token_weights,
    weighted_maxsim,
)
from search.terms import Term, terms_of
from search.titles import Titles
from search.tokencache import TokenCache

if TYPE_CHECKING:
    from indexer.embedding import Embedder
    from indexer.store import Vectors


@dataclass(frozen=True, slots=True)
class Ranking:
    """How passages are ranked; each side may bring ``pool`` of them."""

    pool: int = 500
    fusion: Fusion = FUSION
    title_weight: float = 2.5  # what a passage of a document that the question names gains, in standard deviations
    form_weight: float = 1.0  # what one loses that has no date for "when", no name for "who" ..., in the same
    reranking: Reranking = RERANKING


RANKING = Ranking()


@dataclass(frozen=True, slots=True)
class Found:
    """A ranked passage with what each stage gave it."""

    fused: Fused
    passage: Passage
    document: Document


class Ranker:
    """Ranks the passages of one index; safe to use from many threads."""

    def __init__(self, index: Index, embedder: Callable[[], Embedder], how: Ranking) -> None:
        self.index = index
        self.how = how
        self._embedder = embedder
        self._opening = threading.Lock()
        self._token_cache: TokenCache | None = None
        self._english: TokenCache | None = None
        self._questions: Callable[[str], Vectors] | None = None
        self._titles: tuple[int, Titles] | None = None

    def ranked(self, text: str, terms: Sequence[Term], query: Query, pool: int | None = None) -> list[Found]:
        """Return what is found for a cleaned question, best first, page furniture last and a whole point below.

        ``pool`` stands in for that of `Ranking`.
        """
        scale = self._scale(text, terms, query)
        fused = self._fused(text, terms, query, scale, pool or self.how.pool)
        return self._shown(self._reranked(text, self._found(fused, terms), terms, query, scale))

    def terms(self, text: str) -> list[Term]:
        """Return the words of a question that can tell passages apart."""
        return terms_of(text, self.index, len(self.index.vectors()), self.index.catalogue.languages())

    def embedded(self, text: str) -> Vectors:
        """Return the vector of a question; those asked at the same time are embedded together."""
        with self._opening:
            if self._questions is None:
                self._questions = lru_cache(maxsize=128)(MicroBatcher(self._embedder().embed_queries))
        return self._questions(text)

    def titled(self, text: str, question: str) -> list[Document]:
        """Return the documents whose title a text names and the question does not."""
        titles = list(dict.fromkeys(titles_in(text, self._known_titles().spoken, question)))
        return self.index.catalogue.titled(titles) if titles else []

    def tokens(self) -> TokenCache:
        """Return the token vectors of what was read last."""
        with self._opening:
            if self._token_cache is None:
                self._token_cache = TokenCache(self._embedder())
            return self._token_cache

    def token_vectors(self, found: Sequence[tuple[Document, Passage]], reader: TokenCache) -> list[TokenVectors]:
        """Return the token vectors of passages, each read with its context, without those of the context."""
        texts = [self.as_embedded(document, passage) for document, passage in found]
        return [
            vectors.part(len(text) - len(passage.text), len(text))
            for vectors, text, (_, passage) in zip(reader.token_vectors(texts), texts, found, strict=True)
        ]

    def reader(self, text: str, languages: Iterable[str | None]) -> TokenCache:
        """Return what reads passages again: the model for English where question and passages are all in it."""
        if self.how.reranking.english and in_english(text, languages):
            with self._opening:
                learned = self.how.reranking.learned
                if self._english is None and self._embedder().name == DEFAULT and (model := english.load(learned)):
                    self._english = TokenCache(model)
            if self._english is not None:
                return self._english
        return self.tokens()

    def nearness(self, text: str, terms: Sequence[Term], reader: TokenCache) -> Nearness:
        """Return what tells how near sentences of a passage that ``reader`` read are to a question."""
        asked = reader.token_vectors([text], query=True)[0]
        if not self._has_learned(reader):
            return lambda read, spans: [maxsim(asked, read.part(start, end)) for start, end in spans]
        return interaction.english().asking(asked, token_weights(text, asked, terms))

    def _has_learned(self, reader: TokenCache) -> bool:
        return reader is self._english and self.how.reranking.learned

    def as_embedded(self, document: Document, passage: Passage) -> str:
        """Return what the embedder read of a passage."""
        return f"{self.context(document, passage)}\n{passage.text}"

    def context(self, document: Document, passage: Passage) -> str:
        """Return what the embedder read before a passage."""
        return context(document, self.index.catalogue.paragraphs(document.id, passage.first, passage.first)[0])

    # -- the steps

    def _scale(self, text: str, terms: Sequence[Term], query: Query) -> Scale:
        words = sum(term.idf for term in terms) or 1.0
        if query.mode is Mode.LEXICAL:
            return Scale(words=words)
        return Scale(*self.index.vectors().chance(self.embedded(text)), words)

    def _fused(self, text: str, terms: Sequence[Term], query: Query, scale: Scale, pool: int) -> list[Fused]:
        dense = lexical = []
        if query.mode is not Mode.LEXICAL:
            dense = self.index.dense(self.embedded(text), pool, query.filters)
        if query.mode is not Mode.DENSE:
            lexical = self.index.keyword([term.stems for term in terms], pool, query.filters)
        return fuse(dense, lexical, scale, self.how.fusion)

    def looked_up(self, keys: Sequence[int]) -> list[Found]:
        """Return passages that neither side found, without a score."""
        return self._found([Fused(key, 0.0, None, None, None, None) for key in keys], ())

    def _found(self, fused: Sequence[Fused], terms: Sequence[Term]) -> list[Found]:
        """Look the passages up; those of a document that the question names gain, page furniture goes last."""
        catalogue = self.index.catalogue
        passages = catalogue.passages([f.key for f in fused])
        documents = catalogue.documents_by_id(p.document_id for p in passages.values())
        named = self._named(terms, documents.values())
        found = [
            Found(
                replace(f, score=f.score + gain) if (gain := named[p.document_id]) else f, p, documents[p.document_id]
            )
            for f in fused
            if (p := passages.get(f.key))
        ]
        return sorted(found, key=lambda f: (f.passage.boilerplate, -f.fused.score, f.fused.key))

    def _named(self, terms: Sequence[Term], documents: Collection[Document]) -> dict[str, float]:
        """Return what the passages of each document gain, by its id."""
        weight = 0.0 if self.how.fusion.by_rank else self.how.title_weight
        named = self._known_titles().named((d.title for d in documents), terms)
        return {d.id: weight * named[d.title] for d in documents}

    def _known_titles(self) -> Titles:
        generation = self.index.store.generation
        if self._titles is None or self._titles[0] != generation:
            self._titles = generation, Titles.of(self.index)
        return self._titles[1]

    def _reranked(
        self, text: str, found: list[Found], terms: Sequence[Term], query: Query, scale: Scale
    ) -> list[Found]:
        """Rank the first few again by late interaction, unless the query says not to."""
        first = [f for f in found[: self.how.reranking.candidates] if not f.passage.boilerplate]
        if query.rerank is False or query.mode is not Mode.HYBRID or len(first) < 2:
            return found
        reader = self.reader(text, (f.document.language for f in first))
        asked = reader.token_vectors([text], query=True)[0]
        read = reader.token_vectors([self.as_embedded(f.document, f.passage) for f in first])
        weights, how = token_weights(text, asked, terms), self.how.reranking
        late = [weighted_maxsim(asked, passage, weights) for passage in read]
        gained = [how.weight * similarity for similarity in late]
        if self._has_learned(reader):
            near = self.nearness(text, terms, reader)
            nearest = [self._nearest(f, passage, near) for f, passage in zip(first, read, strict=True)]
            gained = [one + how.sentence * two for one, two in zip(gained, nearest, strict=True)]
        scores = reranked(
            [f.fused.score for f in first], [self._overcounted(f, scale) + self._formless(text, f) for f in first],
            [gain / scale.deviation for gain in gained],
        )  # fmt: skip
        again = [
            replace(f, fused=replace(f.fused, score=score, late=similarity, before=f.fused.score))
            for f, score, similarity in zip(first, scores, late, strict=True)
        ]
        again.sort(key=lambda f: (-f.fused.score, f.fused.key))
        return again + found[len(first) :]

    def _nearest(self, found: Found, read: TokenVectors, near: Nearness) -> float:
        """Return how near the nearest sentence of a passage, read with its context, is to the question."""
        before = len(self.as_embedded(found.document, found.passage)) - len(found.passage.text)
        spans = [(before + start, before + end) for start, end in sentences(found.passage.text)]
        return max(near(read, spans), default=0.0)

    def _overcounted(self, found: Found, scale: Scale) -> float:
        """Return what BM25 gave a passage beyond what it counts beside late interaction."""
        if self.how.fusion.by_rank:
            return 0.0
        beyond = self.how.fusion.keyword_weight - self.how.reranking.keyword_weight
        return beyond * (found.fused.lexical or 0.0) / scale.words

    def _formless(self, text: str, found: Found) -> float:
        """Return what a passage loses that has nothing of the form that the question asks for."""
        return self.how.form_weight if missing_form(text, found.passage.text) else 0.0

    def _shown(self, found: Sequence[Found]) -> list[Found]:
        """Scale the scores to [0, 1] of the text, and of the furniture to the point below."""
        text = [f for f in found if not f.passage.boilerplate]
        furniture = [f for f in found if f.passage.boilerplate]
        shown = [Found(s, f.passage, f.document) for f, s in zip(text, scaled([f.fused for f in text]), strict=True)]
        below = zip(furniture, scaled([f.fused for f in furniture]), strict=True)
        return shown + [replace(f, fused=replace(fused, score=fused.score - 1.001)) for f, fused in below]
