"""Plants quotations of each class that `verify` tells apart, from the documents of a catalogue, the same for a seed.

The planting knows nothing of how quotations are checked: spans are cut at white space, and that a planted quotation is
not in the corpus by accident is seen by plain search in the texts.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from indexer.catalogue import Catalogue
from indexer.document import Document, Kind, Paragraph
from indexer.sentences import sentences
from search.addresses import Place
from search.verification import Verdict

# Planted as swallowed by an ellipsis: plain denials and conditions, chosen by hand.
_TURNING = re.compile(r"\b(?:not|no|without|never|neither|unless|only|except|не|нет|без|никогда|только|если)\b", re.I)
_QUOTES = {"“": '"', "”": '"', "’": "'", "‘": "'", "«": "“", "»": "”", '"': "“", "'": "’"}
_DASHES = {"–": "-", "—": "-"}


@dataclass(frozen=True, slots=True)
class Planted:
    """A quotation, the verdict it deserves, and where it is said to stand if that matters."""

    quote: str
    verdict: Verdict
    how: str
    claimed: tuple[Place, ...] | None = None


class Planting:
    """Draws paragraphs and changes what they say."""

    def __init__(self, catalogue: Catalogue, seed: int) -> None:
        self._random = random.Random(seed)
        _, documents = catalogue.documents(limit=-1)
        self._paragraphs = [
            (document, paragraph)
            for document in documents
            for paragraph in catalogue.paragraphs(document.id)
            if paragraph.kind in (Kind.BODY, Kind.LIST_ITEM) and len(paragraph.text.split()) >= 12
        ]
        self._all = "\n".join(_squeezed(catalogue.text_of(document.id)) for document in documents)
        self._words = sorted({w for _, p in self._paragraphs[:4000] for w in re.findall(r"[^\W\d_]{4,}", p.text)})

    def quotations(self, count: int) -> Iterator[Planted]:
        """Yield ``count`` quotations of each class."""
        makers: dict[Verdict, Callable[[], Planted | None]] = {
            Verdict.EXACT: self._exact,
            Verdict.TYPOGRAPHIC: self._typographic,
            Verdict.SHORTENED: self._shortened,
            Verdict.MISATTRIBUTED: self._misattributed,
            Verdict.ELLIPSIS: self._ellipsis,
            Verdict.ALTERED: self._altered,
            Verdict.STITCHED: self._stitched,
            Verdict.NOT_FOUND: self._not_found,
        }
        for make in makers.values():
            made = 0
            for _ in range(200 * count):
                if made < count and (planted := make()):
                    made += 1
                    yield planted

    def span(self, least: int = 8, most: int = 60) -> str:
        """Return some words of a paragraph as they stand, from ``least`` to ``most``."""
        return self._span(self._drawn()[1], least, most)

    def stands(self, quote: str) -> bool:
        """Whether a quotation stands in the corpus in whole words, but for white space, seen by plain search."""
        plain = _squeezed(quote)
        if plain not in self._all:
            return False
        return bool(re.search(rf"(?<!\w){re.escape(plain)}(?!\w)" if plain else r"(?!)", self._all))

    # -- the classes

    def _exact(self) -> Planted:
        return Planted(self.span(), Verdict.EXACT, "span")

    def _typographic(self) -> Planted | None:
        span = self.span()
        table = self._random.choice((_QUOTES, _DASHES, {" ": "\n"}, {" ": "  "}, {" ": "\u00a0"}))
        changed = "".join(table.get(c, c) for c in span)
        how = "white space" if " " in table else "dashes" if table is _DASHES else "quotation marks"
        return Planted(changed, Verdict.TYPOGRAPHIC, how) if changed != span and changed.strip() else None

    def _shortened(self) -> Planted | None:
        """Whole sentences left out between two others of one paragraph."""
        _, paragraph = self._drawn()
        cuts = [paragraph.text[a:b] for a, b in sentences(paragraph.text) if b - a > 25]
        cuts = [cut for cut in cuts if cut.endswith((".", ";"))]
        if len(cuts) < 3 or not all(paragraph.text.count(cut) == 1 for cut in cuts):
            return None
        return Planted(f"{cuts[0]} {self._dots()} {cuts[2]}", Verdict.SHORTENED, "sentence left out")

    def _misattributed(self) -> Planted | None:
        document, paragraph = self._drawn()
        other, elsewhere = self._drawn()
        span = self._span(paragraph, 10, 40)
        if _squeezed(span) in _squeezed(elsewhere.text) or paragraph.label is None or elsewhere.label is None:
            return None
        if self._all.count(_squeezed(span)) > 1 or _near(document, paragraph, other, elsewhere):
            return None
        how = "other document" if other.id != document.id else "other paragraph"
        return Planted(span, Verdict.MISATTRIBUTED, how, (Place(other, (elsewhere,)),))

    def _ellipsis(self) -> Planted | None:
        if self._random.random() < 0.3:
            return self._across()
        text = self._drawn()[1].text
        found = [m for m in _TURNING.finditer(text) if text[: m.start()].count(" ") > 6 < text[m.end() :].count(" ")]
        if not found:
            return None
        turn = self._random.choice(found)
        before, after = text[: turn.start()].split()[-8:], text[turn.end() :].split()[:9]
        dropped_before, dropped_after = self._random.randint(0, 2), self._random.randint(0, 2)
        cut = " ".join(before[-dropped_before:] if dropped_before else []) + turn[0] + " ".join(after[:dropped_after])
        kept = before[: len(before) - dropped_before], after[dropped_after:]
        if re.search(r"[.;!?]", " ".join((*before, *after))) or re.search(r"[.;!?]", cut):
            return None
        return Planted(f"{' '.join(kept[0])} {self._dots()} {' '.join(kept[1])}", Verdict.ELLIPSIS, "denial left out")

    def _across(self) -> Planted | None:
        at = self._random.randrange(len(self._paragraphs) - 1)
        (document, first), (other, second) = self._paragraphs[at : at + 2]
        if document.id != other.id:
            return None
        left, right = self._span(first, 6, 15), self._span(second, 6, 15)
        if self._all.count(_squeezed(left)) > 1 or self._all.count(_squeezed(right)) > 1:
            return None
        return Planted(f"{left} {self._dots()} {right}", Verdict.ELLIPSIS, "across paragraphs")

    def _altered(self) -> Planted | None:
        words = self.span(8, 45).split(" ")
        hows = [self._changed(words) for _ in range(self._random.choice((1, 1, 2, 3)))]
        changed = " ".join(words)
        return None if self.stands(changed) else Planted(changed, Verdict.ALTERED, ", ".join(hows))

    def _changed(self, words: list[str]) -> str:
        """Change one of the words, and say how."""
        how = self._random.choice(("replaced", "left out", "put in", "swapped", "letter", "number", "not"))
        at = self._random.randrange(1, len(words) - 1)
        word = words[at]
        if how == "replaced":
            words[at] = self._random.choice(self._words)
        elif how == "left out":
            del words[at]
        elif how in ("put in", "not"):
            words.insert(at, "not" if how == "not" else self._random.choice(self._words))
        elif how == "swapped":
            words[at - 1 : at + 1] = words[at], words[at - 1]
        elif how == "letter" and word.isalpha():
            letter = self._random.randrange(len(word))
            words[at] = word[:letter] + self._random.choice("aeioustn") + word[letter + 1 :]
        elif how == "number":
            at = next((i for i, w in enumerate(words) if any(c.isdigit() for c in w)), 0)
            words[at] = re.sub(r"\d", lambda m: str((int(m[0]) + 1) % 10), words[at], count=1)
        return how

    def _stitched(self) -> Planted | None:
        (document, first), (other, second) = self._drawn(), self._drawn()
        if document.id == other.id and abs(first.number - second.number) < 2:
            return None
        left, right = self._span(first, 7, 25), self._span(second, 7, 25)
        quote = f"{left} {right}"
        how = "two documents" if document.id != other.id else "one document"
        return None if self.stands(quote) else Planted(quote, Verdict.STITCHED, how)

    def _not_found(self) -> Planted | None:
        if self._random.random() < 0.5:
            made = " ".join(self._random.choice(self._words) for _ in range(self._random.randint(8, 30)))
            return Planted(made, Verdict.NOT_FOUND, "random words")
        words = self.span(12, 40).split(" ")
        self._random.shuffle(words)
        return Planted(" ".join(words), Verdict.NOT_FOUND, "shuffled words")

    # -- drawing

    def _drawn(self) -> tuple[Document, Paragraph]:
        return self._random.choice(self._paragraphs)

    def _span(self, paragraph: Paragraph, least: int, most: int) -> str:
        edges = [(m.start(), m.end()) for m in re.finditer(r"\S+", paragraph.text)]
        length = min(len(edges), self._random.randint(least, most))
        first = self._random.randrange(len(edges) - length + 1)
        return paragraph.text[edges[first][0] : edges[first + length - 1][1]]

    def _dots(self) -> str:
        return self._random.choice(("…", "...", "[…]", "[...]", "(…)"))


def one_character(quote: str, chance: random.Random) -> str:
    """Return a quotation with one character replaced, put in or left out."""
    at = chance.randrange(len(quote))
    letter = chance.choice("abcdefghijklmnopqrstuvwxyzABCDEабвгде0123456789 ,.;-'")
    kind = chance.choice(("replaced", "put in", "left out"))
    return quote[:at] + ("" if kind == "left out" else letter) + quote[at + (kind != "put in") :]


def _near(document: Document, paragraph: Paragraph, other: Document, elsewhere: Paragraph) -> bool:
    """Whether the label of one paragraph covers the other: "3" covers "3 (a)", and what follows it without a label."""
    if document.id != other.id:
        return False
    label, covering = paragraph.label or "", elsewhere.label or ""
    return label.startswith(covering) or abs(paragraph.number - elsewhere.number) < 2


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def plant(catalogue: Catalogue, count: int, seed: int) -> Sequence[Planted]:
    """Return ``count`` planted quotations of each class."""
    return list(Planting(catalogue, seed).quotations(count))
