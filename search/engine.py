"""The engine: a question in, ranked passages or an answer out. It reads as that line, one verb a step."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.catalogue import Catalogue, Filters
from indexer.document import Document, Paragraph, Passage
from indexer.index import Index
from indexer.microbatch import MicroBatcher
from indexer.passages import context
from indexer.words import query_stems
from search.answerability import Answerability, Evidence, Statistics, judge
from search.answers import Candidate, answering, best_sentences, names_in
from search.citations import NotInSource, cite
from search.folding import fold
from search.fusion import Fused, fuse
from search.highlights import highlights
from search.query import Mode, Query, clean
from search.reranking import CANDIDATES, maxsim, reranked
from search.results import Answer, Hit, Quote, Results, Sentence, Status
from search.terms import Term, terms_of
from search.tokencache import TokenCache

if TYPE_CHECKING:
    from indexer.embedding import Embedder
    from indexer.store import Vectors

POOL = 200  # passages that each side may bring
FACETS = ("source", "publisher", "language", "year", "media_type")


@dataclass(frozen=True, slots=True)
class _Found:
    """A fused passage with what is needed to show it."""

    fused: Fused
    passage: Passage
    document: Document


class Engine:
    """Search over one index; safe to use from many threads."""

    def __init__(self, index: Index, model: str | None = None) -> None:
        self.index = index
        self.catalogue: Catalogue = index.catalogue
        self._model = model
        self._opening = threading.Lock()
        self._token_cache: TokenCache | None = None
        self._questions: Callable[[str], Vectors] | None = None

    @classmethod
    def open(cls, folder: Path, model: str | None = None) -> Engine:
        """Open the index in ``folder`` (the model is loaded at first use). Raises `IndexMissing`, `IndexUnusable`."""
        return cls(Index(folder), model)

    def close(self) -> None:
        """Close the index."""
        self.index.close()

    @property
    def embedder(self) -> Embedder:
        """The model that made the index, loaded once a process. Raises `IndexUnusable` if another is set."""
        from indexer.embedding import load

        embedder = load(self._model or self.index.store.meta("model"))
        self.index.check({"model": embedder.name, "revision": embedder.revision})
        return embedder

    @property
    def index_version(self) -> str:
        """Changes with every write to the index."""
        return str(self.index.store.generation)

    def warm(self) -> None:
        """Load the model, the vectors and all that a question reads, now rather than at the first one."""
        self.ask("Who was suspended in January?")

    def search(self, query: Query) -> Results:
        """Return the ranked passages for a query. Raises `BadQuery`."""
        began = time.perf_counter()
        text = clean(query.text)
        with self.index.store.reading():
            terms = self._terms(text)
            found = self._reranked(text, self._found(self._fused(text, terms, query)), query)
            groups = fold(found[: query.offset + 3 * query.limit + 20], lambda f: f.passage.text)
            page = groups[query.offset : query.offset + query.limit]
            hits = self._hits(page, terms, query)
            version = self.index_version
        total = len(found) - sum(len(twins) for _, twins in groups)
        took = (time.perf_counter() - began) * 1000
        return Results(text, query.mode, total, took, version, _facets(found), tuple(hits), query.filters)

    def ask(self, question: str, limit: int = 5, filters: Filters | None = None) -> Answer:
        """Answer from the documents, or say that they do not answer. Raises `BadQuery`."""
        began = time.perf_counter()
        with self.index.store.reading():
            results = self.search(Query(question, limit=max(limit, 8), filters=filters or Filters()))
            verdict = self._judged(results)
            sentences: tuple[Sentence, ...] = ()
            quotes: tuple[Quote, ...] = ()
            if verdict.answerable:
                chosen = self._chosen(results)
                sentences, quotes = self._quoted(results.query, chosen)
        return Answer(
            results.query, Status.ANSWERED if sentences else Status.UNANSWERABLE, sentences, quotes, (),
            results.hits[:limit], (time.perf_counter() - began) * 1000, results.index_version,
            reasons=() if sentences else verdict.reasons or ("no passage comes close to the question",),
        )  # fmt: skip

    # -- the steps of a search

    def _terms(self, text: str) -> list[Term]:
        return terms_of(text, self.index, len(self.index.vectors()), self.catalogue.languages())

    def _fused(self, text: str, terms: Sequence[Term], query: Query) -> list[Fused]:
        dense = lexical = []
        if query.mode is not Mode.LEXICAL:
            dense = self.index.dense(self._embedded(text), POOL, query.filters)
        if query.mode is not Mode.DENSE:
            lexical = self.index.keyword([term.stems for term in terms], POOL, query.filters)
        return fuse(dense, lexical)

    def _found(self, fused: Sequence[Fused]) -> list[_Found]:
        """Look the passages up; page furniture goes last, a whole point below the text."""
        passages = self.catalogue.passages([f.key for f in fused])
        documents = self.catalogue.documents_by_id(p.document_id for p in passages.values())
        found = [
            _Found(replace(f, score=f.score - 1) if p.boilerplate else f, p, documents[p.document_id])
            for f in fused
            if (p := passages.get(f.key))
        ]
        # The worst text and the best furniture both score 0: which it is decides before the key.
        return sorted(found, key=lambda f: (-f.fused.score, f.passage.boilerplate, f.fused.key))

    def _reranked(self, text: str, found: list[_Found], query: Query) -> list[_Found]:
        """Rank the first few again by late interaction, unless the query says not to."""
        first = [f for f in found[:CANDIDATES] if not f.passage.boilerplate]
        if query.rerank is False or query.mode is not Mode.HYBRID or len(first) < 2:
            return found
        tokens = self._tokens()
        asked = tokens.token_vectors([text], query=True)[0]
        read = tokens.token_vectors([self._as_embedded(f.document, f.passage) for f in first])
        late = [maxsim(asked, passage) for passage in read]
        scores = reranked([f.fused.score for f in first], late)
        again = [
            replace(f, fused=replace(f.fused, score=score, late=similarity))
            for f, score, similarity in zip(first, scores, late, strict=True)
        ]
        again.sort(key=lambda f: (-f.fused.score, f.fused.key))
        return again + found[len(first) :]

    def _as_embedded(self, document: Document, passage: Passage) -> str:
        """Return what the embedder read of a passage."""
        return f"{self._context(document, passage)}\n{passage.text}"

    def _context(self, document: Document, passage: Passage) -> str:
        paragraph = self.catalogue.paragraphs(document.id, passage.first, passage.first)[0]
        return context(document, paragraph)

    def _embedded(self, text: str) -> Vectors:
        """Return the vector of a question; those asked at the same time are embedded together."""
        with self._opening:
            if self._questions is None:
                self._questions = lru_cache(maxsize=128)(MicroBatcher(self.embedder.embed_queries))
        return self._questions(text)

    def _tokens(self) -> TokenCache:
        with self._opening:
            if self._token_cache is None:
                self._token_cache = TokenCache(self.embedder)
            return self._token_cache

    def _hits(self, groups: Sequence[tuple[_Found, list[_Found]]], terms: Sequence[Term], query: Query) -> list[Hit]:
        stems = [stem for term in terms for stem in term.stems]
        ranked: list[Hit] = []
        for rank, (first, twins) in enumerate(groups, query.offset + 1):
            duplicates = tuple(self._hit(twin, rank, stems, query.explain) for twin in twins)
            ranked.append(replace(self._hit(first, rank, stems, query.explain), duplicates=duplicates))
        return ranked

    def _hit(self, found: _Found, rank: int, stems: Sequence[str], explain: bool) -> Hit:
        passage, document = found.passage, found.document
        paragraphs = self.catalogue.paragraphs(document.id, passage.first, passage.last)
        return Hit(
            rank, found.fused.score, passage, document,
            cite(document, paragraphs, passage.text, passage.char_start, passage.char_end),
            paragraphs[0].heading_path, highlights(passage.text, stems, document.language),
            dense=found.fused.dense, lexical=found.fused.lexical, explain=_explained(found) if explain else {},
        )  # fmt: skip

    # -- the steps of an answer

    def _chosen(self, results: Results) -> list[Candidate]:
        """Pick the sentences that answer, by the token vectors that reranking has read already."""
        tokens = self._tokens()
        asked = tokens.token_vectors([results.query], query=True)[0]
        hits = answering(results.hits)
        texts = [self._as_embedded(hit.document, hit.passage) for hit in hits]
        read = [
            vectors.part(len(text) - len(hit.passage.text), len(text))
            for vectors, text, hit in zip(tokens.token_vectors(texts), texts, hits, strict=True)
        ]
        return best_sentences(asked, read, self._terms(results.query), hits)

    def _judged(self, results: Results) -> Answerability:
        """Decide whether the passages that were found answer the question at all."""
        evidence = [self._evidence(hit) for hit in results.hits if not hit.passage.boilerplate]
        mean = float(self._embedded(results.query) @ self.index.vectors().mean) if evidence else 0.0
        statistics = Statistics(len(self.index.vectors()), self._frequency, mean)
        return judge(results.query, evidence, self._tokens(), statistics)

    def _evidence(self, hit: Hit) -> Evidence:
        about = self._context(hit.document, hit.passage)
        return Evidence(hit.passage.text, about, hit.dense or 0.0, hit.lexical or 0.0, hit.document.language)

    def _frequency(self, word: str) -> int:
        stems = query_stems(word, self.catalogue.languages())
        return max(self.index.document_frequency(stem) for stem in stems)

    def _quoted(self, question: str, chosen: Sequence[Candidate]) -> tuple[tuple[Sentence, ...], tuple[Quote, ...]]:
        """Cite each sentence; one that does not stand in the source is never shown."""
        sentences: list[Sentence] = []
        quotes: list[Quote] = []
        for candidate in chosen:
            passage, document = candidate.hit.passage, candidate.hit.document
            paragraphs: list[Paragraph] = self.catalogue.paragraphs(document.id, passage.first, passage.last)
            try:
                citation = cite(document, paragraphs, candidate.text, candidate.start, candidate.end)
            except NotInSource:
                continue
            n = len(quotes) + 1
            names = names_in(candidate.text, question) if _ASKS_FOR_NAMES.search(question) else ()
            quotes.append(Quote(n, document, citation))
            sentences.append(Sentence(candidate.text, (n,), names))
        return tuple(sentences), tuple(quotes)


_ASKS_FOR_NAMES = re.compile(
    r"\b(?:who|whom|whose|which|what|name|list|кто|кого|кому|какие|какая|какой|каких|чьи|кім|қандай|қай)\b",
    re.IGNORECASE,
)


def _facets(found: Sequence[_Found]) -> dict[str, tuple[tuple[str, int], ...]]:
    """Count the values of each facet over all passages found, most frequent first."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    for document in (f.document for f in found):
        year = (document.date or "")[:4]
        values = (document.source, document.publisher, document.language, year, document.media_type)
        for name, value in zip(FACETS, values, strict=True):
            if value:
                counts[name][value] += 1
    return {name: tuple(sorted(c.items(), key=lambda pair: (-pair[1], pair[0]))) for name, c in counts.items()}


def _explained(found: _Found) -> dict[str, float | str | None]:
    fused = found.fused
    return {
        "fused": fused.score, "dense": fused.dense, "dense_rank": fused.dense_rank,
        "lexical": fused.lexical, "lexical_rank": fused.lexical_rank, "late": fused.late,
    }  # fmt: skip
