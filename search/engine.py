"""The engine: a question in, ranked passages or an answer out. It reads as that line, one verb a step."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.catalogue import Catalogue, Filters
from indexer.index import Index
from indexer.location import Location
from indexer.words import query_stems
from search.addresses import Addresses
from search.answerability import Answerability, Evidence, Statistics, judge
from search.answers import Candidate, answering, best_sentences, followed, names_in
from search.askeddates import DateReading, dates_asked, with_matches
from search.beside import Beside, beside
from search.calendar import of_iso
from search.citations import cite
from search.dates import date_expressions
from search.filtered import as_spelled, let_through
from search.folding import fold
from search.highlights import highlights
from search.named import Named, cited_in_full, named_in, named_passages
from search.query import Query, clean
from search.quotes import Quotes
from search.ranking import RANKING, Found, Ranker, Ranking
from search.rankingcache import RankingCache
from search.repeats import marked_repeats
from search.results import Answer, Hit, Results, Sentence, Status
from search.terms import Term
from search.tokencache import TokenCache

if TYPE_CHECKING:
    from indexer.embedding import Embedder
    from indexer.tokenvectors import TokenVectors

_MOST_FOLLOWED = 2  # documents that the first sentence of an answer names
_NOTHING_NEAR = "no passage comes close to the question"
_READ_FOR_DATES = 100  # of the best passages
_DEEPEST = 10_000  # passages that each side may bring where copies of one text take the first places
FACETS = ("source", "publisher", "language", "year", "media_type")


class Engine:
    """Search over one index; safe to use from many threads."""

    def __init__(self, index: Index, model: str | None = None, ranking: Ranking = RANKING) -> None:
        self.index = index
        self.catalogue: Catalogue = index.catalogue
        self._addresses = Addresses(self.catalogue)
        self._model = model
        self._rankings = RankingCache()
        self.ranker = Ranker(index, lambda: self.embedder, ranking)

    @classmethod
    def open(cls, where: Path | Location, model: str | None = None) -> Engine:
        """Open the index in a folder or elsewhere (the model is loaded at first use).

        Raises `IndexMissing`, `IndexUnusable`, `Unreachable`.
        """
        return cls(Location.of(where).open(), model)

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
            query = replace(query, filters=as_spelled(query.filters, self.catalogue))
            terms = self.ranker.terms(text)
            found, groups = self._grouped(text, terms, query)
            page = groups[query.offset : query.offset + query.limit]
            hits = self._hits(page, terms, query)
            version = self.index_version
        total = len(found) - sum(len(twins) for _, twins in groups)
        took = (time.perf_counter() - began) * 1000
        return Results(
            text, query.mode, total, took, version, _facets(found), tuple(hits), query.filters, _dates(text, found)
        )  # fmt: skip

    def ask(self, question: str, limit: int = 5, filters: Filters | None = None, insist: bool = False) -> Answer:
        """Answer from the documents, or say that they do not answer; ``insist`` has it answer as well as it can.

        Raises `BadQuery`.
        """
        with self.index.store.reading():
            return self.answered(self.found(question, limit, filters), limit, insist)

    def found(self, question: str, limit: int = 5, filters: Filters | None = None) -> Results:
        """Return the passages that an answer is made from, at least the first ``limit``. Raises `BadQuery`."""
        return self.search(Query(question, limit=max(limit, 8), filters=filters or Filters()))

    def answered(
        self, results: Results, limit: int = 5, insist: bool = False, early: Callable[[Answer], None] | None = None
    ) -> Answer:
        """Answer from what `found` returned; it is looked up again if the index has changed since.

        ``early`` is called with the answer once it has its sentences: what stands beside them takes longer to find.
        """
        began = time.perf_counter()
        with self.index.store.reading():
            if results.index_version != self.index_version:
                results = self.found(results.query, limit, results.filters)
            verdict = self._judged(results)
            quotes = Quotes(self.catalogue)
            named = named_in(results.query, self._addresses)
            nowhere = () if insist else named.nowhere(hit.passage.text for hit in results.hits)
            sentences = self._recited(named, results.filters, quotes)
            beside = Beside()

            def answer() -> Answer:
                return Answer(
                    results.query, beside.status if sentences else Status.UNANSWERABLE, sentences,
                    marked_repeats(quotes.all()), beside.conflicts, results.hits[:limit],
                    results.took_ms + (time.perf_counter() - began) * 1000, results.index_version,
                    reasons=() if sentences else nowhere or self._why_not(verdict, results.filters),
                    confidence=verdict.probability, members=beside.members, looked_at=beside.looked_at,
                    dates=results.dates,
                )  # fmt: skip

            if (verdict.answerable or insist) and not sentences and not nowhere:
                chosen = self._chosen(results)
                sentences = self._quoted(results.query, chosen, quotes)
                if sentences:
                    if early:
                        early(answer())
                    beside = self._beside(results, chosen, quotes)
            return answer()

    def ranked(self, text: str, terms: Sequence[Term], query: Query, pool: int | None = None) -> Sequence[Found]:
        """Return all that is found for a cleaned question, best first; what it names comes before the rest.

        ``pool`` stands in for that of `Ranking`.
        """
        pool = pool or self.ranker.how.pool
        return self._rankings.of(
            self.index.store.generation, pool, text, query,
            lambda: self._named_first(self.ranker.ranked(text, terms, query, pool), text, query),
        )  # fmt: skip

    # -- the steps of a search

    def _grouped(
        self, text: str, terms: Sequence[Term], query: Query
    ) -> tuple[Sequence[Found], list[tuple[Found, list[Found]]]]:
        """Return what is found, and as much of it folded as the page needs; copies of one text never hide the rest."""
        wanted, pool = query.offset + query.limit, self.ranker.how.pool
        while True:
            found = self.ranked(text, terms, query, pool)
            groups = fold(found, lambda f: f.passage.text, enough=wanted, least=query.offset + 3 * query.limit + 20)
            flooded = len(groups) < wanted and sum(len(twins) for _, twins in groups) > len(found) / 2
            if not flooded or len(found) < pool or pool >= _DEEPEST:
                return found, groups
            pool *= 4

    def _hits(self, groups: Sequence[tuple[Found, list[Found]]], terms: Sequence[Term], query: Query) -> list[Hit]:
        stems = [stem for term in terms for stem in term.stems]
        ranked: list[Hit] = []
        for rank, (first, twins) in enumerate(groups, query.offset + 1):
            duplicates = tuple(self._hit(twin, rank, stems, query.explain) for twin in twins)
            ranked.append(replace(self._hit(first, rank, stems, query.explain), duplicates=duplicates))
        return ranked

    def _hit(self, found: Found, rank: int, stems: Sequence[str], explain: bool) -> Hit:
        passage, document = found.passage, found.document
        paragraphs = self.catalogue.paragraphs(document.id, passage.first, passage.last)
        return Hit(
            rank, found.fused.score, passage, document,
            cite(document, paragraphs, passage.text, passage.char_start, passage.char_end),
            paragraphs[0].heading_path, highlights(passage.text, stems, document.language),
            dense=found.fused.dense, lexical=found.fused.lexical, explain=_explained(found) if explain else {},
        )  # fmt: skip

    def _named_first(self, found: list[Found], text: str, query: Query) -> list[Found]:
        """Put what the question names before the rest, a whole point above it, found or not by its words."""
        named = named_in(text, self._addresses)
        if not named:
            return found
        known = {f.fused.key for f in found}
        missing = [key for key in named_passages(named, self.catalogue, query.filters) if key not in known]
        found = found + self.ranker.looked_up(missing)
        raised = [replace(f, fused=replace(f.fused, score=f.fused.score + 2 - named.rank(f.passage))) for f in found]
        return sorted(raised, key=lambda f: (-f.fused.score, f.passage.boilerplate, f.fused.key))

    # -- the steps of an answer

    def _why_not(self, verdict: Answerability, filters: Filters) -> tuple[str, ...]:
        """Say why nothing answers: first what was kept away, since the rest is of what was let through."""
        kept_away = let_through(filters, self.catalogue)
        return (*((kept_away,) if kept_away else ()), *(verdict.reasons or (_NOTHING_NEAR,)))

    def _recited(self, named: Named, filters: Filters, quotes: Quotes) -> tuple[Sentence, ...]:
        """Answer a question that names paragraphs with those paragraphs; nothing if it names none."""
        cited = cited_in_full(named, self.catalogue, filters)
        return tuple(Sentence(citation.text, (quotes.put(document, citation),)) for document, citation in cited)

    def _chosen(self, results: Results) -> list[Candidate]:
        """Pick the sentences that answer, by the token vectors that reranking has read already."""
        hits = answering(results.hits)
        reader = self.ranker.reader(results.query, (hit.document.language for hit in hits))
        read = self.ranker.token_vectors([(hit.document, hit.passage) for hit in hits], reader)
        terms = self.ranker.terms(results.query)
        near = self.ranker.nearness(results.query, terms, reader)
        chosen = best_sentences(near, read, terms, hits, results.query)
        return followed(chosen, near, terms, self._named_by(chosen, terms, results, reader)) if chosen else []

    def _named_by(
        self, chosen: Sequence[Candidate], terms: Sequence[Term], results: Results, reader: TokenCache
    ) -> list[tuple[Hit, TokenVectors]]:
        """Look up the documents that the first sentence names by their titles and that are not heard yet."""
        heard = {candidate.hit.document.id for candidate in chosen}
        named = [d for d in self.ranker.titled(chosen[0].text, results.query) if d.id not in heard]
        ranked = self.ranked(results.query, terms, Query(results.query, filters=results.filters))
        best = {f.document.id: f for f in reversed(ranked)}
        found = [best[d.id] for d in named if d.id in best]
        if not results.filters:
            keys = [key for d in named if d.id not in best for key in self.catalogue.passage_keys(d.id, 1)[:1]]
            found = [*found, *self.ranker.looked_up(keys)][:_MOST_FOLLOWED]
        text = [f for f in found if not f.passage.boilerplate]
        hits = self._hits([(f, []) for f in text], terms, Query(results.query, offset=len(results.hits)))
        return list(zip(hits, self.ranker.token_vectors([(f.document, f.passage) for f in text], reader), strict=True))

    def _judged(self, results: Results) -> Answerability:
        """Decide whether the passages that were found answer the question at all."""
        evidence = [self._evidence(hit) for hit in results.hits if not hit.passage.boilerplate]
        mean = self.index.vectors().chance(self.ranker.embedded(results.query))[0] if evidence else 0.0
        statistics = Statistics(len(self.index.vectors()), self._frequency, mean)
        return judge(results.query, evidence, self.ranker.tokens(), statistics)

    def _evidence(self, hit: Hit) -> Evidence:
        about = self.ranker.context(hit.document, hit.passage)
        return Evidence(hit.passage.text, about, hit.dense or 0.0, hit.lexical or 0.0, hit.document.language)

    def _frequency(self, word: str) -> int:
        stems = query_stems(word, self.catalogue.languages())
        return max(self.index.document_frequency(stem) for stem in stems)

    def _quoted(self, question: str, chosen: Sequence[Candidate], quotes: Quotes) -> tuple[Sentence, ...]:
        """Cite each sentence; one that does not stand in the source is never shown."""
        sentences: list[Sentence] = []
        for candidate in chosen:
            n = quotes.add(candidate.hit.document, candidate.text, candidate.start, candidate.end)
            if n is not None:
                names = names_in(candidate.text, question) if _ASKS_FOR_NAMES.search(question) else ()
                sentences.append(Sentence(candidate.text, (n,), names))
        return tuple(sentences)

    def _beside(self, results: Results, chosen: Sequence[Candidate], quotes: Quotes) -> Beside:
        """Find what stands beside the sentences of an answer in all the best passages: members of a list, conflicts."""
        text = results.query
        found = self.ranked(text, self.ranker.terms(text), Query(text, filters=results.filters))
        return beside(text, [(f.document, f.passage) for f in found], chosen, quotes, self.catalogue.text)


_ASKS_FOR_NAMES = re.compile(
    r"\b(?:who|whom|whose|which|what|name|list|кто|кого|кому|какие|какая|какой|каких|чьи|кім|қандай|қай)\b",
    re.IGNORECASE,
)


def _facets(found: Sequence[Found]) -> dict[str, tuple[tuple[str, int], ...]]:
    """Count the values of each facet over all passages found, most frequent first."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    for document in (f.document for f in found):
        year = (document.date or "")[:4]
        values = (document.source, document.publisher, document.language, year, document.media_type)
        for name, value in zip(FACETS, values, strict=True):
            if value:
                counts[name][value] += 1
    return {name: tuple(sorted(c.items(), key=lambda pair: (-pair[1], pair[0]))) for name, c in counts.items()}


def _dates(text: str, found: Sequence[Found]) -> tuple[DateReading, ...]:
    """Read the dates in a question, with the times that fit them in the best passages."""
    asked = dates_asked(text, date.today())
    if not asked:
        return ()
    mentioned = [
        [e.period for e in date_expressions(f.passage.text, of_iso(f.document.date))]
        for f in found[:_READ_FOR_DATES]
        if not f.passage.boilerplate
    ]
    return tuple(with_matches(reading, mentioned) for reading in asked)


def _explained(found: Found) -> dict[str, float | str | None]:
    fused = found.fused
    return {
        "fused": fused.score, "dense": fused.dense, "dense_rank": fused.dense_rank,
        "lexical": fused.lexical, "lexical_rank": fused.lexical_rank, "late": fused.late,
    }  # fmt: skip
