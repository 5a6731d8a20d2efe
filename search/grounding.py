"""Whether a sentence that someone else wrote, a language model say, is supported by the passage that it cites.

Words are compared, not meanings: quotation marks hold what stands there character by character; numbers, dates and
names are there; so are the other words, by their stems, within one sentence of the passage or two neighbours; and no
denial, doubt or "witnesses say" is left out or put in. So a sentence may leave out, but not put in. Who did what to
whom is not seen. What fails is reported with the reason, in words that a reader can check.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from indexer.sentences import sentences
from indexer.words import split, stem
from search import particulars
from search.framing import left_out
from search.function_words import function_words
from search.names import alike
from search.quoted import quoted
from search.results import Span

ENOUGH = 1.0  # of the words of a sentence must stand in its source: see docs/answers.md for what less lets through
LIKE_ENOUGH = 0.75  # of words in different scripts, as in `search.terms`
LONGEST = 1_000  # characters of a sentence that is read at all
# Words that ask nothing in a question, but say something in a statement: "all", "often", "kind".
_SAYING_SOMETHING = frozenset(
    "all both many much long old far often big large kind type known called happen happens happened "
    "все всех всё всего только уже ещё еще известно".split()
)
_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://|www\.|mailto:|data:|javascript:)\S+|\b[\w.+-]+@[\w-]+\.\w+", re.IGNORECASE
)
_MARKUP = re.compile(r"!?\[[^\]\n]*\]\([^)\n]*\)|</?[a-z!][^>\n]*>", re.IGNORECASE)
_MARKS = re.compile(r"[\"“”„«»「」『』]")


@dataclass(frozen=True, slots=True)
class Source:
    """A passage as it is cited: its number, its text, and its language if that is known."""

    n: int
    text: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Support:
    """The words of a source that support a sentence: ``text[span[0]:span[1]]`` of passage ``n``, whole sentences."""

    n: int
    span: Span


class Unsupported(Exception):
    """A sentence that its citations do not support; the text says why, for people to read."""


def support(
    sentence: str, cited: Sequence[Source], common: Iterable[str] = (), *, enough: float = ENOUGH
) -> list[Support]:
    """Return the support for a sentence in each passage that it cites. Raises `Unsupported` unless each gives some.

    ``common`` are words of the passages and the question in lower case, which are no names; ``enough`` is the share of
    the words that are no particulars which the passages must have.
    """
    if not cited:
        raise Unsupported("it cites no passage")
    if len(sentence) > LONGEST:
        raise Unsupported("it is too long to be checked")
    _check_addresses(sentence, cited)
    _check_quotations(sentence, cited)
    found = [_window(sentence, source, cited) for source in cited]
    where = _numbers(source.n for source in cited)
    together = "\n".join(source.text[slice(*f.span)] for source, f in zip(cited, found, strict=True))
    if gone := particulars.missing(sentence, together, common):
        raise Unsupported(f"“{gone}” is not where {where} speaks of this")
    wanted = _prose(sentence, common)
    have = set().union(*(f.words for f in found))
    absent = [word for word in wanted if word not in have]
    if len(absent) > (1 - enough) * len(wanted) + 1e-9:
        raise Unsupported(f"nothing in {where} for {', '.join(f'“{word}”' for word in absent)}")
    for source, window in zip(cited, found, strict=True):
        _check_frame(sentence, source, window)
    return [Support(source.n, window.span) for source, window in zip(cited, found, strict=True)]


@dataclass(frozen=True, slots=True)
class _Window:
    """A sentence or two of a source: where, the words of the sentence that it has, and where each stands in it."""

    span: Span
    words: frozenset[str]
    taken: tuple[tuple[Span, ...], ...]


def _window(sentence: str, source: Source, cited: Sequence[Source]) -> _Window:
    """Find the sentence of a source, or two neighbours if one does not do, that has most of the words."""
    wanted = _content(sentence)
    spans = sentences(source.text)
    single = [_read(wanted, source, span) for span in spans]
    double = [_read(wanted, source, (a[0], b[1])) for a, b in pairwise(spans)]
    best = max(single, key=lambda w: len(w.words), default=_Window((0, 0), frozenset(), ()))
    if len(best.words) < len(wanted):
        best = max(
            [best, *double], key=lambda w: (_whole(sentence, source, w, cited), len(w.words), -(w.span[1] - w.span[0]))
        )
    if not best.words:
        raise Unsupported(f"nothing of it is in [{source.n}]")
    return best


def _whole(sentence: str, source: Source, window: _Window, cited: Sequence[Source]) -> bool:
    """Whether a window has every number, date and name, where one passage alone is cited."""
    return len(cited) == 1 and not particulars.missing(sentence, source.text[slice(*window.span)])


def _read(wanted: Sequence[str], source: Source, span: Span) -> _Window:
    text = source.text[slice(*span)]
    have: set[str] = set()
    taken: list[tuple[Span, ...]] = []
    there = [(w, m.start(), m.end()) for m in re.finditer(r"[^\W_]+(?:['’.,-][^\W_]+)*", text) for w in split(m[0])]
    stems = {(word, stem(word.removesuffix("'s"), source.language)) for word, _, _ in there}
    for word in wanted:
        own = stem(word, source.language)
        same = {w for w, s in stems if s == own or w.removesuffix("'s") == word} or {
            w for w, _ in stems if _akin(word, w, source.language)
        }
        if same:
            have.add(word)
            taken.append(tuple((a, b) for w, a, b in there if w in same))
    return _Window(span, frozenset(have), tuple(taken))


def _akin(a: str, b: str, language: str | None) -> bool:
    """Whether two words differ in their endings only, in a language that has no stemmer; or are one across scripts."""
    if (a[:1] < "\u0250") != (b[:1] < "\u0250"):
        return min(len(a), len(b)) >= 5 and alike(a, b) >= LIKE_ENOUGH
    if stem(a, language) != a or stem(b, language) != b or not (a.isalpha() and b.isalpha()):
        return False
    same = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return same >= 4 and max(len(a), len(b)) - same <= 5


def _content(sentence: str) -> list[str]:
    """Return the words of a sentence that say something, each once; all of them if none but function words."""
    words = list(dict.fromkeys(word.removesuffix("'s") for word in split(sentence)))
    return [word for word in words if word not in _free()] or words


def _prose(sentence: str, common: Iterable[str]) -> list[str]:
    """Return the words of `_content` that are no particulars: those are compared on their own."""
    spans = [(a, b) for a, b, _ in particulars.particulars(sentence, frozenset(common))]
    kept = "".join(" " if any(a <= i < b for a, b in spans) else c for i, c in enumerate(sentence))
    return [word for word in _content(kept) if word not in _free()]


@lru_cache(maxsize=1)
def _free() -> frozenset[str]:
    """The words that need not stand in the source."""
    return function_words() - _SAYING_SOMETHING


def _check_addresses(sentence: str, cited: Sequence[Source]) -> None:
    for pattern, what in ((_MARKUP, "markup"), (_ADDRESS, "an address")):
        for match in pattern.finditer(sentence):
            if not any(match[0] in source.text for source in cited):
                raise Unsupported(f"it has {what} that is not in {_numbers(s.n for s in cited)}")


def _check_quotations(sentence: str, cited: Sequence[Source]) -> None:
    texts = [" ".join(source.text.split()) for source in cited]
    for start, end in _quotations(sentence):
        words = " ".join(sentence[start:end].rstrip(".,; ").split())
        if not any(_stands(words, text) for text in texts):
            raise Unsupported(f"the words in quotation marks do not stand so in {_numbers(s.n for s in cited)}")


def _quotations(sentence: str) -> list[Span]:
    """Return what stands between quotation marks; one that nothing closes, or opens, quotes to the end, or from the
    beginning."""
    spans = quoted(sentence)
    inside = [(start - 1, end + 1) for start, end in spans]
    for mark in _MARKS.finditer(sentence):
        if any(start <= mark.start() < end for start, end in inside):
            continue
        opens = mark[0] in "“„«「『" or (mark[0] == '"' and not sentence[: mark.start()][-1:].strip())
        spans.append((mark.end(), len(sentence)) if opens else (0, mark.start()))
    return spans


def _stands(words: str, text: str) -> bool:
    """Whether the words stand in a text, whole words only."""
    at = text.find(words)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(words) : at + len(words) + 1]
        if not (before.isalnum() and words[:1].isalnum()) and not (after.isalnum() and words[-1:].isalnum()):
            return bool(words)
        at = text.find(words, at + 1)
    return False


def _check_frame(sentence: str, source: Source, window: _Window) -> None:
    text = source.text[slice(*window.span)]
    if why := left_out(text, window.taken, sentence):
        raise Unsupported(f"{why} [{source.n}]")


def _numbers(ns: Iterable[int]) -> str:
    return "".join(f"[{n}]" for n in ns)
