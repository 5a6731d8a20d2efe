"""What a question says beside a paragraph that it names: of which document it is, and whether it asks about more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from search.function_words import function_words, light_words
from search.mentions import kind_of, kinds_in
from search.names import folded
from search.naming import introduces, is_idle
from search.references import Pinpoint, pinpoints

# Words that ask for a paragraph as it stands, and so for nothing in particular.
_ASKING = frozenset(
    "state states stated read reads provide provides mean means meant contain contains contained content contents "
    "wording text quote cite show explain summarise summarize summary describe ask asks asked call calls called "
    "require requires demand demands urge urges recommend recommends request requests "
    "please full word words mention mentions mentioned "
    "говорит говорится говорят гласит сказано написано содержит содержится содержание текст приведи покажи процитируй "
    "означает "
    "дейді айтылған жазылған мәтіні".split()
)
_OF = re.compile(r"\s*,?\s*(?:(?:of|in|from|to|under|из|в)\s+)?(?:the\s+)?", re.IGNORECASE)
_LED_IN = re.compile(
    r"\s*(?:in|from|according\s+to|under|в|из|согласно)\s+(?:the\s+)?(?P<words>[^,]{2,200}),\s", re.IGNORECASE
)
_OF_THIS = re.compile(
    r"\s*(?:above|below|hereof|(?:of|in)\s+(?:this|the\s+present)\b|выше|ниже|настоящ\w+|oben|unten|ci-dessus)", re.I
)
_OF_ANOTHER = re.compile(
    r"\s*,?\s*(?:of|in|to|from|under)\s+[\"'`“„«‘]?\w|\s*,?\s*(?:приложени|резолюци|доклад|стать|конвенц|пакт|закон|договор|"
    r"кодекс|указ|решени|постановлени)\w+|\s+(?:der|des|du|de\s+la|del?)\s+\w", re.I
)  # fmt: skip
_ANOTHER_SAYS = re.compile(
    r"(?<!this )(?<!present )(?<!этом )\b(?:report|law|act|constitution|code|convention|covenant|treaty|statute|"
    r"доклад\w*|закон\w*|конституци\w*|кодекс\w*|конвенци\w*|пакт\w*)\s[^.;:()]*$", re.IGNORECASE
)  # fmt: skip
_TOKEN = re.compile(r"\S+")
_QUOTED = re.compile(r"[\"“„«][^\"“”„«»]{2,300}[\"”“»]")
_FILE = re.compile(r"[\w)]\.[^\W\d_]{2,6}$")
_LINKING = frozenset("in at under its в во".split())
_OWNING = re.compile(r"\w[’'](?:s|$)", re.IGNORECASE)  # "the EU's", "the NGOs'"
_CYRILLIC = re.compile("[А-яЁёӘ-ӿ]")
_QUOTES = '"“”„«»'
OPERATIVE = "operative "  # opens the labels of a judgment that counts again from 1 where it decides
_CLAUSE = re.compile(r"[.;:!?]\s|[\n(\[]|[\"'“”„«»][\s,;:]+")
_LONGEST_CLAUSE = 200  # characters
_LONGEST_NAME = 8  # words
_EDGES = " \t,;:.!?()[]\"'“”„«»`"


@dataclass(frozen=True, slots=True)
class Aside:
    """Words at ``start:end`` of a question that may say which document a paragraph is of.

    They are ``adjoining`` if nothing stands between the two, and ``outright`` if they are a quotation, a file or say
    what kind of document it is. ``particular`` are those that can only be of one document, here or not.
    """

    start: int
    end: int
    words: str
    adjoining: bool = True

    @property
    def outright(self) -> bool:
        """Whether this names a document, whatever else it says."""
        return self._exact or any(kind_of(word) for word in re.findall(r"\w+", self.words))

    @property
    def particular(self) -> bool:
        """Whether this names one document and no other."""
        others = [word for word in self.words.split() if not kind_of(word.strip(_EDGES)) and not is_idle(word)]
        named = any(word[0].isupper() or any(c.isdigit() for c in word) for word in others)
        return self._exact or (self.outright and named)

    @property
    def unsigned(self) -> str:
        """The words without those that say whose document it is, "" if none do or they may say which one it is.

        One body has many names ("the EU's", "by MEPs", "Европарламента"), and its documents need not bear all of them;
        a year, a number or a subject ("on Uzbekistan") is of one document and not of another.
        """
        words = self.words.split()
        kinds = [n for n, word in enumerate(words) if kind_of(word.strip(_EDGES))]
        if self._exact or not kinds:
            return ""
        first, last = kinds[0], kinds[-1]
        begin = next((n for n in range(first, 0, -1) if _OWNING.search(words[n - 1])), 0)
        if begin and _may_own(words[:begin]):
            return " ".join(words[begin:])
        opens = last + 2 if words[last + 1 : last + 2] == ["by"] else last + 1
        if opens == last + 1 and not _CYRILLIC.match(words[last]):
            return ""
        end = next((n for n in range(opens, len(words)) if _goes_on(words[n])), len(words))
        owner = words[opens:end]
        return " ".join((*words[: last + 1], *words[end:])) if owner and _may_own(owner) else ""

    @property
    def _exact(self) -> bool:
        return self.words[0] in '"“„«‘' or bool(_FILE.search(self.words))


def described_after(question: str, at: int, names: Sequence[tuple[int, int]] = ()) -> Aside | None:
    """Return the words after a paragraph, up to what is asked of it: "2012 resolution" in "of the 2012 resolution say".

    No word of what is at ``names`` ends them ("the resolution of 5 May").
    """
    opens = _OF.match(question, at)
    start = opens.end() if opens else at
    if quotation := _QUOTED.match(question, start):
        return Aside(start, quotation.end(), quotation[0])
    end = start
    for token in _TOKEN.finditer(question, start):
        word = token[0].strip(_EDGES)
        inside = any(first <= token.start() < last for first, last in names)
        if not inside and (not word or _stops(word)):
            break
        end = token.end()
        if token[0][-1] in ",;?!":
            break
    return _aside(question, start, end)


def described_before(question: str, at: int) -> Aside | None:
    """Return the words before a paragraph that may name its document: "the EP resolution" in "say in recital O"."""
    tokens = list(_TOKEN.finditer(question, 0, at))
    adjoining = True
    while tokens and (tokens[-1][0].casefold() in _LINKING or _asks(tokens[-1][0])):
        adjoining = False
        tokens.pop()
    if not tokens:
        return None
    end = tokens[-1].end()
    quotations = [m for m in _QUOTED.finditer(question, 0, end) if not question[m.end() : end].strip(_EDGES)]
    if quotations:
        return Aside(quotations[-1].start(), end, quotations[-1][0], adjoining)
    start = end
    for n, token in enumerate(reversed(tokens)):
        word = token[0].strip(_EDGES)
        if not word or _stops(word) or (n and token[0][-1] in ",;:?!"):
            break
        start = token.start()
    return _aside(question, start, end, adjoining)


def pinpoints_in(text: str, *, typed: bool = False) -> list[Pinpoint]:
    """Find the pinpoints of a text; those that are said to be of the operative part are called by its labels."""
    found = []
    for pinpoint in pinpoints(text, typed=typed):
        said = re.search(r"\boperative\s+$", text[: pinpoint.start], re.IGNORECASE)
        start = said.start() if said else pinpoint.start
        if pinpoint.unit == "para" and text[start : pinpoint.end].casefold().startswith("operative"):
            items = tuple((f"{OPERATIVE}{a}", b and f"{OPERATIVE}{b}") for a, b in pinpoint.items)
            pinpoint = replace(pinpoint, items=items, start=start)
        found.append(pinpoint)
    return found


def name_before(text: str, at: int) -> str:
    """Return what stands before a paragraph in its clause or bracket if it may be the name of its document as a whole:
    "Annual report 2022" in "(Annual report 2022, para 1.3)"; "" if it says no kind of document, or much besides."""
    first = max(0, at - _LONGEST_CLAUSE)
    begin = max((m.end() for m in _CLAUSE.finditer(text, first, at)), default=first)
    said = text[begin:at].strip(_EDGES)
    return said if len(said.split()) <= _LONGEST_NAME and kinds_in(said) else ""


def is_of_another(text: str, pinpoint: Pinpoint, before: Pinpoint | None) -> bool:
    """Whether a pinpoint is of another document, which need not be named in words that are known.

    "paragraph 5 of the annex to resolution 16/21" is, whether or not the corpus has that; so is "article 9,
    paragraph 2" of a treaty. "paragraph 5 above" and "of this report" are the text's own.
    """
    if _OF_THIS.match(text, pinpoint.end):
        return False
    within = before is not None and before.unit == "article" and not text[before.end : pinpoint.start].strip(" ,")
    clause = text[max(0, pinpoint.start - 80) : pinpoint.start]
    return within or bool(_OF_ANOTHER.match(text, pinpoint.end) or _ANOTHER_SAYS.search(clause))


def led_in(question: str, at: int) -> Aside | None:
    """Return the document that a question opens with: "In the 2012 resolution, what does recital B say?"."""
    match = _LED_IN.match(question, 0, at)
    return _aside(question, *match.span("words"), adjoining=False) if match else None


def asks_more(question: str, said: Sequence[tuple[int, int]]) -> bool:
    """Whether a question has a subject besides the words at ``said``, which name paragraphs and documents."""
    for start, end in said:
        question = f"{question[:start]}{' ' * (end - start)}{question[end:]}"
    words = re.findall(r"\w+(?:[’']\w+)*", question.casefold())
    return any(not (_asks(w) or kind_of(w) or {w, folded(w)} & _without_subject()) for w in words)


@lru_cache(maxsize=1)
def _without_subject() -> frozenset[str]:
    return function_words() | light_words()


def _aside(question: str, start: int, end: int, adjoining: bool = True) -> Aside | None:
    words = question[start:end].strip(_EDGES)
    said = [word for word in words.split() if not is_idle(word.strip(_EDGES))]
    return Aside(start, end, words, adjoining) if said else None


def _may_own(words: Sequence[str]) -> bool:
    """Whether words may say who made a document, and nothing else of it."""
    named = any(word[0].isupper() for word in words)
    return named and not any(_goes_on(word) or any(c.isdigit() or c in _QUOTES for c in word) for word in words)


def _goes_on(word: str) -> bool:
    """Whether a word begins what a document is about or from, after who made it: "on Kazakhstan", "of 2012"."""
    return introduces(word) and word.casefold() not in ("a", "an", "the")


def _asks(word: str) -> bool:
    word = word.strip(_EDGES).casefold()
    return word in _ASKING or (is_idle(word) and not introduces(word) and word not in ("no", "document", "text"))


def _stops(word: str) -> bool:
    """Whether a word is no part of what a document is called."""
    word = word.casefold()
    return _asks(word) or (
        word in function_words() and not introduces(word) and word not in ("and", "on", "и", "document")
    )
