"""Results and answers as they go out: only words that stand, character by character, in their source."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, replace

from api import wire
from indexer.catalogue import Catalogue
from indexer.document import Document, Paragraph
from search.askeddates import DateReading
from search.citations import hidden_of, permalink
from search.results import EXTRACTIVE, Answer, Citation, Disagreement, Hit, Quote, Results, Said, Status

UNVERIFIED = "The sentences that were found do not stand in the documents as they are now; ask again."


class Verifier:
    """Checks words against the catalogue within one response; ``dropped`` is called for each that fails."""

    def __init__(self, catalogue: Catalogue, dropped: Callable[[], None] = lambda: None) -> None:
        self._catalogue = catalogue
        self._dropped = dropped
        self._texts: dict[str, str] = {}

    def stands(self, document_id: str, start: int, end: int, words: str) -> bool:
        """Whether ``words`` is what the document says from character ``start`` to ``end``."""
        if document_id not in self._texts:
            try:
                self._texts[document_id] = self._catalogue.text_of(document_id)
            except KeyError:
                self._texts[document_id] = ""
        return bool(words) and start >= 0 and self._texts[document_id][start:end] == words

    def results(self, found: Results, explain: bool) -> wire.SearchResults:
        """Return the results of a search, without hits that do not stand in their source."""
        return wire.SearchResults(
            query=found.query,
            mode=found.mode,
            total=found.total,
            took_ms=round(found.took_ms, 2),
            index_version=found.index_version,
            facets={f: [wire.FacetValue(value=v, count=n) for v, n in vs] for f, vs in found.facets.items()},
            hits=self.hits(found.hits, explain),
            dates=date_readings(found.dates),
        )

    def hits(self, hits: Iterable[Hit], explain: bool = False) -> list[wire.Hit]:
        """Return the hits that stand in their source."""
        return [_hit(hit, self._standing(hit.duplicates), explain) for hit in self._standing(hits)]

    def answer(self, given: Answer) -> wire.Answer:
        """Return an answer without quotes that fail, and without sentences that no quote is left for.

        What a writer wrote needs each of its quotes: it says what they say together.
        """
        quotes = self.kept(given.quotes)
        kept = {quote.n for quote in quotes}
        sentences = [
            wire.AnswerSentence(text=s.text, citations=left, names=[list(span) for span in s.names])
            for s in given.sentences
            if (left := [n for n in s.citations if n in kept])
            and (given.writer == EXTRACTIVE or len(left) == len(s.citations))
        ]
        emptied = bool(given.sentences) and not sentences
        conflicts = [] if emptied else _conflicts(given, {q.n: q for q in quotes})
        return wire.Answer(
            question=given.question,
            status=Status.UNANSWERABLE if emptied else _status(given, conflicts),
            answer=" ".join(s.text for s in sentences),
            writer=given.writer,
            writer_failure=given.writer_failure,
            took_ms=round(given.took_ms, 2),
            index_version=given.index_version,
            sentences=sentences,
            dropped=[wire.DroppedSentence(text=d.text, reason=d.reason) for d in given.dropped],
            citations=[verified_quote(quote, kept) for quote in quotes],
            members=[] if emptied else _members(given, {q.n: q for q in quotes}),
            looked_at=wire.LookedAt(**asdict(given.looked_at)) if given.looked_at else None,
            conflicts=conflicts,
            passages=self.hits(given.hits),
            reasons=[*given.reasons, UNVERIFIED] if emptied else list(given.reasons),
            dates=date_readings(given.dates),
        )

    def _standing(self, hits: Iterable[Hit]) -> list[Hit]:
        return [hit for hit in hits if self._counted(self._hit_stands(hit))]

    def _hit_stands(self, hit: Hit) -> bool:
        p, c = hit.passage, hit.citation
        return self.stands(p.document_id, p.char_start, p.char_end, p.text) and self.stands(
            hit.document.id, c.char_start, c.char_end, c.text
        )

    def quotes(self, about: Document, c: Citation) -> bool:
        """Whether a citation's words stand in its document; one that fails is counted."""
        return self._counted(self.stands(about.id, c.char_start, c.char_end, c.text))

    def kept(self, quotes: Iterable[Quote]) -> list[Quote]:
        """Return the quotes that stand in their sources; those that do not are counted."""
        return [replace(q, said=self._told(q)) for q in quotes if self.quotes(q.document, q.citation)]

    def _told(self, quote: Quote) -> Said | None:
        """Return who says a quote, without words that do not stand in its document."""
        if quote.said is None:
            return None
        parts = {name: getattr(quote.said, name) for name in ("speaker", "verb", "author")}
        kept = {
            name: words
            for name, words in parts.items()
            if words and self._counted(self.stands(quote.document.id, words.char_start, words.char_end, words.text))
        }
        return Said(**kept, standing=quote.said.standing, quoted=quote.said.quoted)

    def _counted(self, stands: bool) -> bool:
        if not stands:
            self._dropped()
        return stands


def document(d: Document) -> wire.Document:
    """Return a document as a hit names it."""
    return wire.Document(
        id=d.id,
        title=d.title,
        source=d.source,
        publisher=d.publisher,
        date=d.date,
        language=d.language,
        sha256=d.sha256,
    )


def date_readings(readings: Iterable[DateReading]) -> list[wire.DateReading]:
    """Return how the dates in a question were read."""
    return [
        wire.DateReading(
            text=r.text,
            read_as=r.read_as,
            start=None if r.period.yearless else r.period.start,
            end=None if r.period.yearless else r.period.end,
            precision=r.period.precision,
            any_year=r.period.yearless,
            counted_from=r.counted_from,
            matches=[
                wire.DateMatch(start=p.start or p.end or "", end=p.end or p.start or "", passages=n)
                for p, n in r.matches
                if not p.yearless
            ],
        )
        for r in readings
    ]


def full_document(d: Document) -> wire.FullDocument:
    """Return a document with all that is known of it."""
    return wire.FullDocument(**document(d).model_dump(), media_type=d.media_type, address=d.address)


def paragraph(p: Paragraph) -> wire.Paragraph:
    """Return a paragraph of a document."""
    return wire.Paragraph(
        number=p.number,
        label=p.label,
        label_kind=p.label_kind,
        kind=p.kind.value,
        page=p.page,
        heading_path=list(p.heading_path),
        char_start=p.char_start,
        char_end=p.char_end,
        text=p.text,
        hidden=[list(span) for span in hidden_of([p], p.text)],
    )


def citation(document_id: str, c: Citation) -> wire.Citation:
    """Return where words stand."""
    return wire.Citation(
        paragraph=c.paragraph,
        paragraph_end=c.paragraph_end,
        label=c.label,
        label_kind=c.label_kind,
        page=c.page,
        char_start=c.char_start,
        char_end=c.char_end,
        text=c.text,
        permalink=permalink(document_id, c.paragraph),
        hidden=[list(span) for span in c.hidden],
    )


def _hit(hit: Hit, duplicates: Iterable[Hit], explain: bool) -> wire.Hit:
    return wire.Hit(
        rank=hit.rank,
        score=hit.score,
        id=hit.passage.id,
        text=hit.passage.text,
        highlights=[list(span) for span in hit.highlights],
        document=document(hit.document),
        citation=citation(hit.document.id, hit.citation),
        heading_path=list(hit.heading_path),
        duplicates=[_duplicate(d) for d in duplicates],
        explain=dict(hit.explain) if explain else None,
    )


def _duplicate(hit: Hit) -> wire.Duplicate:
    return wire.Duplicate(
        score=hit.score,
        id=hit.passage.id,
        text=hit.passage.text,
        document=document(hit.document),
        citation=citation(hit.document.id, hit.citation),
        heading_path=list(hit.heading_path),
    )


def verified_quote(quote: Quote, kept: set[int]) -> wire.AnswerCitation:
    """Return one of the quotes that `Verifier.kept` kept; ``kept`` are the numbers of all of them."""
    return wire.AnswerCitation(
        n=quote.n,
        quote=quote.citation.text,
        verified=True,
        document=document(quote.document),
        highlights=[list(span) for span in quote.highlights],
        said=wire.Said.model_validate(asdict(quote.said)) if quote.said else None,
        repeats=quote.repeats if quote.repeats in kept else None,
        **citation(quote.document.id, quote.citation).model_dump(),
    )


def _members(given: Answer, quotes: dict[int, Quote]) -> list[wire.Member]:
    """Return the members that a quote is left for, in spellings that stand in it."""
    members = []
    for member in given.members:
        left = [n for n in member.citations if n in quotes]
        words = [v for v in member.variants if any(v in quotes[n].citation.text for n in left)]
        if words:
            members.append(wire.Member(name=words[0], variants=words, citations=left))
    return members


def _conflicts(given: Answer, quotes: dict[int, Quote]) -> list[wire.Conflict]:
    """Return the conflicts of which two values are left, each with quotes in which its words stand."""
    conflicts = []
    for conflict in given.conflicts:
        years = dict(conflict.years)
        values = [
            wire.ConflictValue(value=value, citations=left, years=list(years.get(value, ())))
            for value, ns in conflict.values
            if (left := [n for n in ns if n in quotes and value in quotes[n].citation.text])
        ]
        if len(values) > 1:
            about, aspect, kind = conflict.about, conflict.aspect, conflict.kind
            conflicts.append(wire.Conflict(about=about, aspect=aspect, kind=kind, values=values))
    return conflicts


def _status(given: Answer, conflicts: list[wire.Conflict]) -> Status:
    """The status given, but answered if no conflict is left of those that made it conflicting."""
    hard = any(conflict.kind is Disagreement.CONFLICT for conflict in conflicts)
    return Status.ANSWERED if given.status is Status.CONFLICTING and not hard else given.status
