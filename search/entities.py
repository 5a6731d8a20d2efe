"""Names in running text: runs of capitals, quoted names, and where "and" joins two of them or belongs to one.

No list of known names is read; what a capital means is settled by the grammar of the sentence and by how the same word
is written elsewhere in the texts at hand (`Seen`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from search.countries import countries
from search.names import POSSESSIVE, folded, sound_key
from search.nouns import ORGANISATION, PERSON, class_of
from search.quoted import quoted

Span = tuple[int, int]

LONGEST_NAME = 200  # characters, of a name that an abbreviation is given for
MOST_RUN = 16  # words: a longer run of capitals is a heading
_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀ-ŽА-ЯЁӘҒҚҢӨҰҮҺІЇЄЎ]"
_TOKEN = rf"(?:{_CAPITAL}\.|{_CAPITAL}[^\W_]*(?:[’'/&‑-][^\W_]+)*(?:(?<=s)[’'](?=\s{_CAPITAL}))?)"
_SMALL = (
    r"(?:of|for|on)\s+the|of|for|on|against|without|under|de\s+la|de|del|della|di|da|do|dos|du|von|van\s+der|van|der|den"
    r"|al|bin|ibn|und|по|против"
)
_GAP = r"[^\S\t]+"  # a tab is between the columns of a table, and no name runs over it
_RUN = re.compile(rf"{_TOKEN}(?:{_GAP}(?:(?:{_SMALL}){_GAP})?{_TOKEN}|{_GAP}\d{{1,3}}\b(?!\s+[a-zа-яё]))*")
_PIECE = re.compile(rf"{_TOKEN}|\d+|[^\W\d_]+")
_AND_BEFORE = re.compile(r"(?:\band|&|\bи)\s+$")
_SMALL_WORD, _PLURAL = re.compile(r"(?<![\w’'-])[^\W\d_A-ZА-ЯЁ]\w+"), re.compile(r"\b[A-Z]{2,}s\b")
_AND = re.compile(r"\s+(?:and|&|и)\s+")
_ABBREVIATION = re.compile(r"\s*\(\s*[“\"«]?([A-ZА-ЯЁ][A-ZА-ЯЁ/&-]{1,9})[”\"»]?\s*\)")
_HONORIFICS = frozenset(("mr", "mrs", "ms", "miss", "dr", "prof", "sir", "г-н", "г-жа"))
_PREPOSITION = re.compile(r"\s(?:for|of|on|against)\s")
_LIST_GOES_ON = re.compile(rf"(?:,\s+(?:the\s+)?{_RUN.pattern})*,?\s(?:and|и)\s+(?:the\s+)?{_CAPITAL}")
# A Russian name of a body goes on in small letters, in the genitive: "Фонд защиты прав заключённых".
_GENITIVE = re.compile(r"\s+([а-яё]{4,})(?=[\s,.;:)»]|$)")
_NOT_GENITIVE = re.compile(
    r"(?:л|ла|ло|ли|ть|ет|ит|ут|ют|ат|ят|но|же|ся|сь|ен|ан|ён|ены|аны|ена|ана|ому|ым|ыми|ом|ами|ям|ам)$"
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a text, ``text[start:end] == words``; ``abbreviation`` is what the text shortens it to, right there."""

    start: int
    end: int
    words: str
    abbreviation: str | None = None
    quoted: bool = False


@dataclass(slots=True)
class Seen:
    """How words are written in the texts at hand: which with a capital inside a sentence, which runs stand alone."""

    capital: set[str] = field(default_factory=set)
    small: set[str] = field(default_factory=set)
    alone: Counter[str] = field(default_factory=Counter)  # runs that no "and" goes before
    plurals: set[str] = field(default_factory=set)  # "MEP", where "MEPs" is written: a noun, not a name
    abbreviations: dict[str, str] = field(default_factory=dict)  # as written -> the name it stands for
    names: dict[str, list[Name]] = field(default_factory=dict)  # of the sentences read so far

    @classmethod
    def of(cls, texts: Iterable[str]) -> Seen:
        """Read how words are written in ``texts``."""
        seen = cls()
        for text in texts:
            seen._read(text)
        for text in texts:
            seen._define(text)
        return seen

    def _read(self, text: str) -> None:
        small, plurals, capital, alone = _written(text)
        self.small.update(small)
        self.plurals.update(plurals)
        self.capital.update(capital)
        self.alone.update(alone)

    def _define(self, text: str) -> None:
        for match in _ABBREVIATION.finditer(text):
            before = text[max(0, match.start() - LONGEST_NAME) : match.end()]
            for name in _candidates(before, self)[-2:]:
                if name.abbreviation and _could_shorten(name.abbreviation, name.words):
                    self.abbreviations.setdefault(name.abbreviation, name.words)


@lru_cache(maxsize=10_000)
def _written(text: str) -> tuple[frozenset[str], frozenset[str], frozenset[str], tuple[str, ...]]:
    """How words are written in a text: those in small letters, nouns in capitals, capitals in a sentence, runs."""
    small = frozenset(_SMALL_WORD.findall(text))
    plurals = frozenset(word[:-1] for word in _PLURAL.findall(text))
    inside = [match for match in _RUN.finditer(text) if not _opens_sentence(text, match.start())]
    capital = frozenset(POSSESSIVE.sub("", word) for match in inside for word in match[0].split())
    alone = tuple(m[0] for m in inside if not _AND_BEFORE.search(text[max(0, m.start() - 5) : m.start()]))
    return small, plurals, capital, alone


def names_in(text: str, seen: Seen) -> list[Name]:
    """Return the names in one sentence, in order and apart; months, days, nationalities and titles are none."""
    if text not in seen.names:
        seen.names[text] = [name for name in _candidates(text, seen) if _is_name(text, name, seen)]
    return seen.names[text]


def _candidates(text: str, seen: Seen) -> list[Name]:
    marks = [(a, b) for a, b in quoted(text) if _is_quoted_name(text[a:b])]
    runs = [part for match in _RUN.finditer(text) for part in _parts(text, *match.span(), seen)]
    runs = [_lengthened(text, run) for run in runs if not any(a <= run[0] < b for a, b in marks)]
    found = [Name(a, b, text[a:b], quoted=True) for a, b in marks]
    found += [_named(text, a, b) for a, b in _joined(text, runs, seen)]
    return sorted(found, key=lambda name: name.start)


def _opens_sentence(text: str, at: int) -> bool:
    last = at
    while last and text[last - 1].isspace():
        last -= 1
    while last and text[last - 1] in "“”\"«»‘’'(–—-•* \t\xa0":
        last -= 1
    return not last or text[last - 1] in ".!?:" or "\n" in text[last:at]


def _is_quoted_name(words: str) -> bool:
    """A name between quotation marks is short and begins large: a phrase that is only quoted does not."""
    tokens = words.split()
    if not tokens or len(tokens) > 6 or words[-1] in ".,!?;:" or not (tokens[0][0].isupper() or tokens[0][0].isdigit()):
        return False
    small = [token for token in tokens if token[0].islower() and not re.fullmatch(_SMALL + "|the|and|a", token)]
    return not small or bool(re.search("[а-яё]", words))


# -- runs of capitals


def _parts(text: str, start: int, end: int, seen: Seen) -> list[Span]:
    """Cut a run where it is more than a name: at dates, after a possessive, at "and" that lost its space."""
    pieces = [(m.start() + start, m.end() + start) for m in _PIECE.finditer(text[start:end])]
    if len(pieces) > MOST_RUN:
        return []
    groups: list[list[Span]] = [[]]
    for a, b in pieces:
        word = text[a:b]
        if is_calendar(word) or (len(word) == 4 and word.isdigit()):
            groups.append([])
        elif POSSESSIVE.search(word):
            groups[-1].append((a, b - 2))
            groups.append([])
        elif word.endswith("and") and word[:-3] in seen.capital:
            groups[-1].append((a, b - 3))
            groups.append([])
        else:
            groups[-1].append((a, b))
    return [(kept[0][0], kept[-1][1]) for group in groups if (kept := _trimmed(text, group, seen))]


def _trimmed(text: str, pieces: list[Span], seen: Seen) -> list[Span]:
    """Take off what leads up to a name ("Mr", "MEPs", "Activists", "In") and what trails behind it."""
    while pieces and (not text[pieces[-1][0]].isupper() and not (len(pieces) > 1 and text[pieces[-1][0]].isdigit())):
        pieces = pieces[:-1]
    while pieces and _leads_up(text, pieces, seen):
        pieces = pieces[1:]
    if len(pieces) == 2 and text[slice(*pieces[1])].isdigit():
        return []  # "Article 405"
    return pieces


def _leads_up(text: str, pieces: Sequence[Span], seen: Seen) -> bool:
    word, rest = text[slice(*pieces[0])], len(pieces) - 1
    low = word.lower().rstrip(".")
    if not word[0].isupper() or low in _HONORIFICS or low.endswith("-based"):
        return True
    if re.fullmatch(r"[A-Z]{2,}s", word) or (word.isupper() and rest and (word in seen.plurals or class_of(word))):
        return True
    if word.endswith("s") and _country(word) and not _is_country_name(word) and rest:
        return True  # "Kazakhs Murager Alimuly"
    if 1 < rest < 4 and class_of(word) == PERSON and all(text[a].isupper() for a, _ in pieces):
        return not re.fullmatch(_SMALL, text[slice(*pieces[1])].lower())  # "Lawyer Bota Jardemalie"
    opens = _opens_sentence(text, pieces[0][0])
    if opens and low in _openers():
        return True
    return opens and rest > 0 and low in seen.small and word not in seen.capital


@lru_cache(maxsize=1)
def _openers() -> frozenset[str]:
    from search.function_words import function_words

    return function_words() | {"according", "several", "whereas", "among", "согласно"}


def _lengthened(text: str, run: Span) -> Span:
    start, end = run
    if not re.fullmatch(r"[А-ЯЁ][а-яё]+", text[start:end]) or class_of(text[start:end]) != ORGANISATION:
        return run
    for _ in range(4):
        follows = _GENITIVE.match(text, end)
        if not follows or _NOT_GENITIVE.search(follows[1]):
            break
        end = follows.end()
    return start, end


# -- "and"


def _joined(text: str, runs: Sequence[Span], seen: Seen) -> list[Span]:
    """Join runs over an "and" that belongs to a name: "the Bureau for Human Rights and Rule of Law, and ECHO"."""
    joined: list[Span] = []
    for run in runs:
        if joined and _one_name(text, joined[-1], run, seen):
            joined[-1] = (joined[-1][0], run[1])
        else:
            joined.append(run)
    return joined


def _one_name(text: str, left: Span, right: Span, seen: Seen) -> bool:
    """Whether "LEFT and RIGHT" is one name: its initials say so, or LEFT is open ("Bureau for") and ends no list."""
    first, second = text[slice(*left)], text[slice(*right)]
    if not _AND.fullmatch(text[left[1] : right[0]]):
        return False
    if "&" in text[left[1] : right[0]]:
        return True
    if shortened := _ABBREVIATION.match(text, right[1]):
        whole = f"{first} {second}"
        if _could_shorten(shortened[1], whole) or _could_shorten(shortened[1], second):
            return _could_shorten(shortened[1], whole) and not _could_shorten(shortened[1], second)
    if not _PREPOSITION.search(first) or seen.alone[second] or _of_a_country(first):
        return False
    goes_on = re.match(r"(?:\s*\([^)]*\))?,?\s+(?:and|и)\s", text[right[1] :])
    before = text[max(0, left[0] - 60) : left[0]]
    ended = re.search(r"\s(?:and|и)\s+(?:the\s+)?$", before)
    in_list = re.search(rf"{_CAPITAL}\w*(?:\s*\([^)]*\))?,\s+(?:the\s+)?$", before)
    return bool(goes_on or ended or not in_list or _list_closes(text[right[1] :]))


def _of_a_country(words: str) -> bool:
    return " of " in words and is_country(words.rsplit(" of ", 1)[-1])


def _list_closes(after: str) -> bool:
    """Whether the list goes on behind and closes with its own "and"."""
    return bool(re.match(rf"(?:\s*\([^)]*\))?,\s+(?:the\s+)?{_CAPITAL}[^;.]*?\s(?:and|и)\s", after))


def _initials(words: str) -> str:
    return "".join(word[0] for word in re.findall(r"[^\W\d_]+", words) if word[0].isupper())


def _could_shorten(abbreviation: str, words: str) -> bool:
    """Whether the letters of an abbreviation are initials of ``words`` in order, the first of both the same."""
    letters, initials = re.sub(r"[^\w]", "", abbreviation), iter(_initials(words))
    if not letters or letters[0] != _initials(words)[:1]:
        return False
    skipped = len(_initials(words)) - len(letters)
    return skipped <= 2 and all(letter in initials for letter in letters)


def initials_fit(abbreviation: str, words: str) -> bool:
    """Whether ``abbreviation``, of four letters or more, is what ``words`` begin with, up to two words at the end."""
    letters = re.sub(r"[^\w]", "", abbreviation)
    initials = _initials(words)
    return (
        letters.isupper() and len(letters) >= 4 and initials.startswith(letters) and len(initials) - len(letters) <= 2
    )


# -- what is a name


def _named(text: str, start: int, end: int) -> Name:
    follows = _ABBREVIATION.match(text, end)
    return Name(start, end, text[start:end], follows[1] if follows else None)


def _is_name(text: str, name: Name, seen: Seen) -> bool:
    if name.quoted:
        return True
    words = name.words.split()
    if len(words) > 1:
        return not all(word in seen.plurals for word in words)
    word = name.words
    if len(word.rstrip(".")) < 2 or word in seen.plurals or class_of(word) or _in_brackets(text, name):
        return False
    if describes(text, name):
        return False
    if _opens_sentence(text, name.start) and not word.isupper():
        listed = _LIST_GOES_ON.match(text, name.end) and word.lower() not in seen.small
        return bool(word in seen.capital or _is_country_name(word) or listed)
    return True


def _in_brackets(text: str, name: Name) -> bool:
    """An abbreviation right after its name is a form of that name, not another one."""
    return text[: name.start].rstrip().endswith("(") and text[name.end :].lstrip()[:1] == ")" and name.words.isupper()


def describes(text: str, name: Name) -> bool:
    """Whether a word of nationality only describes the word after it: "Kazakh authorities"."""
    after = re.match(r"\s+([a-zа-яё]{3,})", text[name.end :])
    return bool(after) and _country(name.words) and not _is_country_name(name.words)


@lru_cache(maxsize=50_000)
def is_country(words: str) -> bool:
    """Whether a name as a whole is that of a country or union of countries, in English or Russian, in any case."""
    if _is_country_name(words):
        return True
    spans = list(countries(words))
    return bool(spans) and spans[0][1] == 0 and spans[0][2] == len(words) and not re.search(r"(?:ese|ian|ish)$", words)


@lru_cache(maxsize=50_000)
def _country(words: str) -> bool:
    return any(True for _ in countries(words.strip()))


@lru_cache(maxsize=4096)
def _is_country_name(words: str) -> bool:
    return folded(words) in _territories()


@lru_cache(maxsize=1)
def _territories() -> frozenset[str]:
    return frozenset(folded(name) for name in _cldr_territories())


def _cldr_territories() -> Iterator[str]:
    from babel import Locale

    for tag in ("en", "ru"):
        yield from (name for code, name in Locale.parse(tag).territories.items() if len(code) == 2)


@lru_cache(maxsize=1)
def _months_and_days() -> frozenset[str]:
    from babel import Locale

    tables = [table for tag in ("en", "ru") for table in (Locale.parse(tag).months, Locale.parse(tag).days)]
    words = {folded(str(word)) for table in tables for form in table.values() for word in form.get("wide", {}).values()}
    return frozenset(words | {word[:-1] + "е" for word in words if re.search("[а-я]$", word)})


def is_calendar(word: str) -> bool:
    """Whether a word is the name of a month or a day of the week, in English or Russian."""
    return folded(word) in _months_and_days()


def key(words: str) -> tuple[str, ...]:
    """The sounds of the words of a name that begin large, for comparing it with others."""
    return tuple(
        sound_key(word) for word in re.findall(r"[^\W_]+", words) if not re.fullmatch(_SMALL + "|the|and|и", word)
    )
