"""A reply of a language model as it comes in: sentences, each kept with its citations or dropped with a reason."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from indexer.catalogue import Catalogue
from indexer.document import Document
from search.citations import NotInSource, cite
from search.grounding import LONGEST, Source, Support, Unsupported, support
from search.prompt import MOST_CHARACTERS, MOST_PASSAGES, messages, says_nothing
from search.results import Answer, Citation, Dropped, Quote, Sentence

MOST_SENTENCES = 12
MOST_DROPPED = 30
_NUMBERS = r"\[\s*\d{1,4}(?:\s*[,;–-]\s*\d{1,4})*\s*\]"
_CITATION = re.compile(rf"\s*{_NUMBERS}")
_AFTER = rf"(?:\s*{_NUMBERS})"
_END = re.compile(
    rf"(?:[.!?…]+[\"”’»)]*{_AFTER}*|{_AFTER}+)(?=\s+[^\s\[.,;:])"  # a citation ends a sentence, too
    rf"|[。！？]{_AFTER}*(?=[^\s\[])|\n"
)
_ABBREVIATED = re.compile(r"(?:^|[\s(«“\"])(?:[^\W\d_]|[^\W\d_]{1,5}(?=\.\s+[\d§№a-zа-я]))$")
_LIST_MARK = re.compile(r"^\s*(?:[-*•#>]+|\d{1,2}[.)])\s+")
_THINKING = re.compile(r"^\s*<think>.*?(?:</think>|$)", re.DOTALL | re.IGNORECASE)


class Draft:
    """Turns what a writer writes about an answer into sentences that its passages support.

    ``answer`` is the extractive one, which stands if the writer fails; `messages` are what to ask.
    """

    def __init__(self, answer: Answer, catalogue: Catalogue) -> None:
        self._answer = answer
        self._catalogue = catalogue
        self._places = _places(answer)
        self._sources = [Source(n, c.text, d.language) for n, (d, c) in enumerate(self._places, 1)]
        self._common = _common(answer.question, self._sources)
        self._text = ""
        self._read = 0
        self._quotes: list[Quote] = list(answer.quotes) if answer.conflicts or answer.members else []
        self.sentences: list[Sentence] = []
        self.dropped: list[Dropped] = []

    @property
    def messages(self) -> list[dict[str, str]]:
        """What to ask the writer."""
        return messages(self._answer.question, [source.text for source in self._sources])

    @property
    def quotes(self) -> list[Quote]:
        """The citations of the sentences kept so far."""
        return list(self._quotes)

    def feed(self, text: str) -> list[Sentence | Dropped]:
        """Take more of the reply; return the sentences that it completes."""
        self._text += text
        return self._complete(final=False)

    def end(self) -> list[Sentence | Dropped]:
        """Return what the end of the reply completes."""
        return self._complete(final=True)

    def written(self, writer: str) -> Answer:
        """Return the answer as it was written; the extractive one, with why, if no sentence was kept."""
        if not self.sentences:
            nothing = says_nothing(_shown(self._text)) or not self.dropped
            return self.failed(
                "The writer found no answer in the passages."
                if nothing
                else "No sentence of the writer was supported by what it cites."
            )
        return replace(
            self._answer, writer=writer, sentences=tuple(self.sentences), quotes=tuple(self._quotes),
            dropped=tuple(self.dropped),
        )  # fmt: skip

    def failed(self, why: str) -> Answer:
        """Return the extractive answer, and in a sentence why it was not written."""
        return replace(self._answer, writer_failure=why, dropped=tuple(self.dropped))

    # -- the steps

    def _complete(self, *, final: bool) -> list[Sentence | Dropped]:
        text = _shown(self._text)
        done: list[Sentence | Dropped] = []
        for match in _END.finditer(text, self._read):
            if (
                match[0] != "\n"
                and _ABBREVIATED.search(text[max(0, match.start() - 8) : match.start()])
                and match[0] == "."
            ):
                continue
            done += self._checked(text[self._read : match.end()])
            self._read = match.end()
        if final:
            done += self._checked(text[self._read :])
            self._read = len(text)
        return done

    def _checked(self, unit: str) -> list[Sentence | Dropped]:
        """Check one sentence; [] if it holds no word."""
        words = " ".join(_LIST_MARK.sub("", _CITATION.sub("", unit)).replace("**", "").split())
        if not any(c.isalpha() for c in words) or says_nothing(words):
            return []
        try:
            numbers = _cited(unit)
            if len(self.sentences) >= MOST_SENTENCES:
                raise Unsupported("the answer is long enough without it")
            if unknown := [n for n in numbers if not 1 <= n <= len(self._sources)]:
                raise Unsupported(f"it cites [{unknown[0]}], and there is no such passage")
            found = self._supported(words, numbers)
            kept = Sentence(words, tuple(dict.fromkeys(self._quote(s) for s in found)))
        except (Unsupported, NotInSource) as error:
            return self._drop(words, str(error))
        self.sentences.append(kept)
        return [kept]

    def _supported(self, words: str, numbers: Sequence[int]) -> list[Support]:
        """Return what supports a sentence in the passages it cites. Small models often cite none: then it is the first
        passage that supports it by the same rules. Raises `Unsupported`."""
        if numbers:
            return support(words, [self._sources[n - 1] for n in numbers], self._common)
        for source in self._sources:
            with suppress(Unsupported):
                return support(words, [source], self._common)
        return support(words, (), self._common)

    def _drop(self, words: str, why: str) -> list[Sentence | Dropped]:
        if len(self.dropped) >= MOST_DROPPED:
            return []
        self.dropped.append(Dropped(words if len(words) <= LONGEST else words[:LONGEST] + "…", why))
        return [self.dropped[-1]]

    def _quote(self, given: Support) -> int:
        """Return the number of the quote that supports a sentence; a new one if it was not quoted before."""
        document, at = self._places[given.n - 1]
        start, end = (at.char_start + offset for offset in given.span)
        for quote in self._quotes:
            if quote.document.id == document.id and (quote.citation.char_start, quote.citation.char_end) == (
                start,
                end,
            ):
                return quote.n
        paragraphs = self._catalogue.paragraphs(document.id, at.paragraph, at.paragraph_end)
        citation = cite(document, paragraphs, at.text[slice(*given.span)], start, end)
        self._quotes.append(Quote(max((q.n for q in self._quotes), default=0) + 1, document, citation))
        return self._quotes[-1].n


def _places(answer: Answer) -> list[tuple[Document, Citation]]:
    """The passages that a writer is given: those found, and what is quoted from elsewhere, as many as it can read."""
    places = [(hit.document, hit.citation) for hit in answer.hits if not hit.passage.boilerplate]
    quotes = [(q.document, q.citation) for q in answer.quotes if not any(_holds(d, c, q) for d, c in places)]
    given: list[tuple[Document, Citation]] = []
    characters = 0
    for document, citation in quotes + places:
        characters += len(citation.text)
        if len(given) < MOST_PASSAGES and characters <= MOST_CHARACTERS:
            given.append((document, citation))
    return given


def _holds(document: Document, citation: Citation, quote: Quote) -> bool:
    inner = quote.citation
    return (
        document.id == quote.document.id
        and citation.char_start <= inner.char_start
        and inner.char_end <= citation.char_end
    )


def _common(question: str, sources: Sequence[Source]) -> frozenset[str]:
    """The words that stand in lower case in a passage or the question, and so are no names."""
    texts = [question, *(source.text for source in sources)]
    return frozenset(w for text in texts for w in re.findall(r"[^\W\d_]+", text) if w.islower())


def _cited(unit: str) -> list[int]:
    """The numbers in square brackets, in order, each once; "[1-3]" is three."""
    found: list[int] = []
    for group in re.findall(_NUMBERS, unit):
        for first, last in re.findall(r"(\d+)(?:\s*[–-]\s*(\d+))?", group):
            found += range(int(first), min(int(last or first), int(first) + 20) + 1)
    return list(dict.fromkeys(found))


def _shown(text: str) -> str:
    """What a reply says, without what it thought before and without control characters."""
    text = _THINKING.sub("", text)
    return "".join(c if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co") else " " for c in text)
