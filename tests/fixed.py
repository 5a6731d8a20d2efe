"""An engine that needs no model: it answers from a small index made by hand, for tests of what comes after."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from making import document, put

from indexer.catalogue import Catalogue, Filters
from indexer.document import Document, Passage
from indexer.index import Index
from indexer.sentences import sentences
from search.citations import cite
from search.query import Mode, Query, clean
from search.results import Answer, Hit, Quote, Results, Sentence, Status

Texts = Mapping[str, tuple[str, Sequence[str]]]  # source -> language and paragraphs


class FixedEngine:
    """Finds the paragraphs that share most words with a question; answers with the first sentence of the best one.

    A question that shares no word of five letters with any paragraph is not answered.
    """

    def __init__(self, folder: Path, texts: Texts) -> None:
        self.index = Index(folder, create=True)
        for source, (language, paragraphs) in texts.items():
            put(self.index, document(source, language=language), paragraphs)
        self.catalogue: Catalogue = self.index.catalogue
        self._passages = self._all()

    def _all(self) -> list[tuple[Document, Passage]]:
        _, documents = self.catalogue.documents(limit=-1)
        pairs = []
        for about in documents:
            for p in self.catalogue.paragraphs(about.id):
                passage = Passage(
                    f"{about.id}:{p.char_start}", about.id, p.number, p.number, p.char_start, p.char_end, p.text, 1
                )
                pairs.append((about, passage))
        return pairs

    def search(self, query: Query) -> Results:
        """Rank by shared words."""
        hits = tuple(self._hits(query.text)[: query.limit])
        return Results(query.text, Mode.HYBRID, len(hits), 1.0, self.index_version, {}, hits)

    def found(self, question: str, limit: int = 5, filters: Filters | None = None) -> Results:
        """Rank by shared words."""
        return self.search(Query(question, limit=limit))

    def answered(
        self, results: Results, limit: int = 5, insist: bool = False, early: Callable[[Answer], None] | None = None
    ) -> Answer:
        """Answer with the first sentence of each of the best two."""
        return self.ask(results.query, limit)

    def ask(self, question: str, limit: int = 5, filters: Filters | None = None) -> Answer:
        """Answer with the first sentence of each of the best two."""
        hits = self._hits(clean(question))[:limit]
        quotes, said = [], []
        for n, hit in enumerate(hits[:2], 1):
            start, end = sentences(hit.passage.text)[0]
            at = hit.passage.char_start
            paragraphs = self.catalogue.paragraphs(hit.document.id, hit.passage.first, hit.passage.last)
            words = hit.passage.text[start:end]
            quotes.append(Quote(n, hit.document, cite(hit.document, paragraphs, words, at + start, at + end)))
            said.append(Sentence(words, (n,)))
        status = Status.ANSWERED if said else Status.UNANSWERABLE
        reasons = () if said else ("no passage comes close to the question",)
        return Answer(
            question, status, tuple(said), tuple(quotes), (), tuple(hits), 1.0, self.index_version, reasons=reasons
        )

    def _hits(self, question: str) -> list[Hit]:
        asked = {w for w in question.casefold().replace("?", "").split() if len(w) >= 5}
        shared = [(len(asked & set(re.findall(r"\w+", p.text.casefold()))), d, p) for d, p in self._passages]
        ranked = sorted((s for s in shared if s[0]), key=lambda s: -s[0])
        return [self._hit(rank, d, p) for rank, (_, d, p) in enumerate(ranked, 1)]

    def _hit(self, rank: int, about: Document, passage: Passage) -> Hit:
        paragraphs = self.catalogue.paragraphs(about.id, passage.first, passage.last)
        at = cite(about, paragraphs, passage.text, passage.char_start, passage.char_end)
        return Hit(rank, 1 / rank, passage, about, at)

    def warm(self) -> None:
        """Nothing is to be loaded."""

    @property
    def index_version(self) -> str:
        """As the index has it."""
        return str(self.index.store.generation)

    def close(self) -> None:
        """Stay open for the next test."""
