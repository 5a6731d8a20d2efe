"""Checks a quotation against the texts of a corpus, word by word: no model, no vectors, the same verdict every time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from indexer.document import Document, Paragraph
from search.addresses import Place
from search.alignment import Window, parts, stitched, windows
from search.concordance import Concordance, Stretch
from search.differences import Difference, differences
from search.ellipsis import LeftOut, judged, segments, without_brackets
from search.wording import Word, alike, fold, same_setting, unmarked, words

MAX_QUOTE = 20_000  # characters of one quotation that is worth taking from a client
SHOWN = 10  # places listed for words that stand in many
_ALTERED = 0.6  # share of a quotation's words found in order in one place from which it counts as altered from there
_FEWEST = 3  # words in common below which nothing is said to be altered from anything
_NEAREST = 0.3  # share from which a place is worth showing for words that were not found
_READ = 500  # places of a phrase that are compared character by character
_CHAINED = 50  # occurrences of a segment that are tried as the beginning of a shortened quotation
_ADDED = " \t\r\n\u00a0.,;"  # what many styles put before a closing quotation mark


class Verdict(StrEnum):
    """What a check found, the best first."""

    EXACT = "exact"
    TYPOGRAPHIC = "typographic"
    SHORTENED = "shortened"
    MISATTRIBUTED = "misattributed"
    ELLIPSIS = "ellipsis"
    ALTERED = "altered"
    STITCHED = "stitched"
    NOT_FOUND = "not found"


STANDS = (Verdict.EXACT, Verdict.TYPOGRAPHIC, Verdict.SHORTENED)


@dataclass(frozen=True, slots=True)
class Found:
    """Where words stand: ``text_of(document)[char_start:char_end] == text``, from paragraph first to last."""

    document: Document
    first: Paragraph
    last: Paragraph
    char_start: int
    char_end: int
    text: str


@dataclass(frozen=True, slots=True)
class Check:
    """The verdict on one quotation.

    ``places`` are where it stands, or where its parts come from, or the nearest words; ``more`` counts places beyond
    those listed. ``wording`` is what the words alone would be called, when the verdict is about where they stand.
    """

    quote: str
    verdict: Verdict
    wording: Verdict
    places: tuple[Found, ...] = ()
    more: int = 0
    differences: tuple[Difference, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


class Verification:
    """Checks quotations against one concordance."""

    def __init__(self, concordance: Concordance) -> None:
        self.concordance = concordance
        self._catalogue = concordance.catalogue

    def check(self, quote: str, claimed: Sequence[Place] | None = None) -> Check:
        """Check a quotation, and that it stands in one of the ``claimed`` places if any are given."""
        asked = words(quote)
        if not asked:
            return Check(quote, Verdict.NOT_FOUND, Verdict.NOT_FOUND)
        ids = self.concordance.ids_of([word.key for word in asked])
        found = self._whole(quote, asked, ids, claimed) or self._shortened(quote, claimed)
        return found or self._edited(quote, claimed) or self._approximate(quote, asked, ids)

    # -- words that stand as they are

    def _whole(self, quote: str, asked: list[Word], ids: list[int], claimed: Sequence[Place] | None) -> Check | None:
        """The quotation in one piece, character by character or but for its setting."""
        places = self._likeliest(self.concordance.phrase(ids).tolist(), claimed)
        by_setting: dict[Verdict, list[Stretch]] = {Verdict.EXACT: [], Verdict.TYPOGRAPHIC: []}
        for at in places:
            stretch = self.concordance.stretch(at, at + len(asked))
            if setting := self._setting(quote, asked, stretch):
                by_setting[setting].append(stretch)
        for verdict, stretches in by_setting.items():
            here = self._claimed(stretches, claimed)
            if here:
                return self._checked(quote, verdict, verdict, here)
        wording, standing = next(((v, s) for v, s in by_setting.items() if s), (Verdict.NOT_FOUND, []))
        return self._checked(quote, Verdict.MISATTRIBUTED, wording, standing) if standing else None

    def _likeliest(self, places: list[int], claimed: Sequence[Place] | None) -> list[int]:
        """The places worth reading where words as common as "the State" stand in thousands: those claimed first."""
        if len(places) <= _READ:
            return places
        bounds = [self.concordance.bounds_of(c.document.id) for c in claimed or ()]
        inside = [at for at in places if any(first <= at < last for first, last in bounds)]
        return inside[:_READ] + places[:_READ]

    def _setting(self, quote: str, asked: list[Word], stretch: Stretch) -> Verdict | None:
        """How a quotation is set at a place where its words stand; None if case or punctuation differ."""
        text = self._text(stretch.document)
        lead, tail = asked[0].start, len(quote) - asked[-1].end
        start, end = stretch.char_start - lead, stretch.char_end + tail
        if start >= 0 and text[start:end] == quote:
            return Verdict.EXACT
        for i, word in enumerate(asked):
            a, b = self.concordance.characters(stretch.first + i)
            if not same_setting(text[a:b], quote[word.start : word.end]):
                return None
            if i + 1 < len(asked):
                after, _ = self.concordance.characters(stretch.first + i + 1)
                if not alike(text[b:after], quote[word.end : asked[i + 1].start]):
                    return None
        opens, closes = fold(quote[:lead]).lstrip("'"), fold(quote[asked[-1].end :].strip(_ADDED)).rstrip("'")
        closes = closes.rstrip(_ADDED)
        before, after_it = text[max(0, start - 20) : stretch.char_start], text[stretch.char_end : end + 20]
        begun = any(fold(said).endswith(opens) for said in (before, unmarked(before)))
        closed = any(fold(said).startswith(closes) for said in (after_it, unmarked(after_it)))
        return Verdict.TYPOGRAPHIC if begun and closed else None

    def _claimed(self, stretches: Sequence[Stretch], claimed: Sequence[Place] | None) -> list[Stretch]:
        """Those stretches that lie where they are said to, first those of the first claim; all if nothing is said."""
        if claimed is None:
            return list(stretches)
        return [s for s in stretches if any(self._lies_in(s.document, s.char_start, s.char_end, c) for c in claimed)]

    def _lies_in(self, document: Document, start: int, end: int, claim: Place) -> bool:
        if claim.document.id != document.id:
            return False
        extents = [self.extent(paragraph) for paragraph in claim.paragraphs]
        return not extents or any(first < end and start < last for first, last in extents)

    def extent(self, paragraph: Paragraph) -> tuple[int, int]:
        """Return the characters that a label covers: of its paragraph, its subparagraphs, and unlabelled ones after."""
        end = paragraph.char_end
        for after in self._catalogue.paragraphs(paragraph.document_id, paragraph.number + 1, paragraph.number + 60):
            inner = (
                after.label
                and paragraph.label
                and after.label.startswith((f"{paragraph.label} (", f"{paragraph.label}."))
            )
            if paragraph.label is None or (after.label and not inner) or after.kind == "heading":
                break
            end = after.char_end
        return paragraph.char_start, end

    # -- words left out openly

    def _shortened(self, quote: str, claimed: Sequence[Place] | None) -> Check | None:
        """A quotation with ellipses, each segment of which stands in the corpus; None if one does not."""
        cuts = segments(quote)
        if len(cuts) == 1 and cuts[0] == (0, len(quote)):
            return None
        standing: list[list[Stretch]] = []
        for start, end in cuts:
            piece = quote[start:end].strip()
            asked = words(piece)
            at = self.concordance.phrase(self.concordance.ids_of([word.key for word in asked])).tolist()
            stretches = [self.concordance.stretch(p, p + len(asked)) for p in at]
            standing.append([s for s in stretches if self._setting(piece, asked, s)])
            if not standing[-1]:
                return None
        chains = _chains(standing)
        if not chains:
            return self._joined(quote, standing)
        here = [chain for chain in chains if self._claimed(chain, claimed)]
        chain = (here or chains)[0]
        tails = [quote[start:end].strip()[words(quote[start:end].strip())[-1].end :] for start, end in cuts]
        left_out = tuple(self._left_out(a, tail, b) for (a, b), tail in zip(pairwise(chain), tails, strict=False))
        wording = Verdict.ELLIPSIS if any(gap.turns for gap in left_out) else Verdict.SHORTENED
        wrong_place = not here and wording is Verdict.SHORTENED
        found = self._checked(quote, Verdict.MISATTRIBUTED if wrong_place else wording, wording, chain)
        return replace(found, left_out=left_out)

    def _edited(self, quote: str, claimed: Sequence[Place] | None) -> Check | None:
        """A quotation whose author's brackets alone set it apart from the source."""
        for plain in without_brackets(quote):
            found = self.check(plain, claimed)
            if found.verdict in (*STANDS, Verdict.MISATTRIBUTED):
                verdict = Verdict.SHORTENED if found.verdict in STANDS else found.verdict
                return replace(found, quote=quote, verdict=verdict, wording=Verdict.SHORTENED)
        return None

    def _joined(self, quote: str, standing: Sequence[Sequence[Stretch]]) -> Check:
        """Segments that stand, but not one after the other in any document."""
        return self._checked(quote, Verdict.STITCHED, Verdict.STITCHED, [stretches[0] for stretches in standing])

    def _left_out(self, before: Stretch, tail: str, after: Stretch) -> LeftOut:
        """Judge what stands between two segments; ``tail`` is the punctuation that the first is quoted with."""
        text = self._text(before.document)
        between = text[before.char_end : after.char_start]
        quoted = text[before.char_start : before.char_end] + tail
        first = self._paragraph_at(before.document, before.char_end - 1)
        same = first.number == self._paragraph_at(after.document, after.char_start).number
        return judged(between.removeprefix(tail), same_paragraph=same, before=quoted)

    # -- words that were changed

    def _approximate(self, quote: str, asked: list[Word], ids: list[int]) -> Check:
        """The place or places that a changed quotation comes from, and what was changed."""
        found = windows(self.concordance, ids)
        if not found:
            return Check(quote, Verdict.NOT_FOUND, Verdict.NOT_FOUND)
        best = max(found, key=lambda w: len(w.pairs))
        cut = parts(found, len(asked))
        if stitched(cut, best, len(asked)):
            pieces = [self.concordance.stretch(p.pairs[0][1], p.pairs[-1][1] + 1) for p in cut]
            if self._apart(pieces):
                return self._checked(quote, Verdict.STITCHED, Verdict.STITCHED, pieces)
        share = len(best.pairs) / len(asked)
        if share < _NEAREST or len(best.pairs) < 2:
            return Check(quote, Verdict.NOT_FOUND, Verdict.NOT_FOUND)
        stretch = self._source(best, len(asked))
        alike = share >= _ALTERED and len(best.pairs) >= _FEWEST
        verdict = Verdict.ALTERED if alike else Verdict.NOT_FOUND
        found_here = self._checked(quote, verdict, verdict, [stretch])
        text = self._text(stretch.document)[stretch.char_start : stretch.char_end]
        return replace(found_here, differences=_differences(text, quote)) if verdict is Verdict.ALTERED else found_here

    def _source(self, window: Window, length: int) -> Stretch:
        """The words that a changed quotation stands for: from its first to its last, known or replaced."""
        (first, at), (last, to) = window.pairs[0], window.pairs[-1]
        begin, end = self.concordance.bounds_at(at)
        return self.concordance.stretch(max(begin, at - first), min(end, to + length - last))

    def _apart(self, pieces: Sequence[Stretch]) -> bool:
        """Whether pieces lie in different paragraphs or documents, so that joining them is no mere omission."""
        places = {(place.document.id, place.first.number) for place in map(self._place, pieces)}
        return len(places) > 1

    # -- where it is

    def _checked(self, quote: str, verdict: Verdict, wording: Verdict, stretches: Sequence[Stretch]) -> Check:
        places = tuple(self._place(stretch) for stretch in stretches[:SHOWN])
        return Check(quote, verdict, wording, places, len(stretches) - len(places))

    def _place(self, stretch: Stretch) -> Found:
        first = self._paragraph_at(stretch.document, stretch.char_start)
        last = self._paragraph_at(stretch.document, stretch.char_end - 1)
        text = self._text(stretch.document)[stretch.char_start : stretch.char_end]
        return Found(stretch.document, first, last, stretch.char_start, stretch.char_end, text)

    def _text(self, document: Document) -> str:
        return self._catalogue.text(document.id)

    def _paragraph_at(self, document: Document, character: int) -> Paragraph:
        return self._catalogue.paragraph_at(document.id, character)


def _differences(source: str, quote: str) -> tuple[Difference, ...]:
    """What was changed in a quotation, without the marks that it may leave out or has as the source has them."""
    return min((differences(said, quote) for said in (source, unmarked(source))), key=len)


def _chains(standing: Sequence[Sequence[Stretch]]) -> list[list[Stretch]]:
    """Ways to walk through the segments in order within one document, the shortest first."""
    chains: list[list[Stretch]] = []
    for start in standing[0][:_CHAINED]:
        chain = [start]
        for stretches in standing[1:]:
            later = [s for s in stretches if s.document.id == start.document.id and s.first >= chain[-1].last]
            if not later:
                break
            chain.append(min(later, key=lambda s: s.first))
        if len(chain) == len(standing):
            chains.append(chain)
    return sorted(chains, key=lambda chain: chain[-1].last - chain[0].first)
