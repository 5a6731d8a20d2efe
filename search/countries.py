"""Countries by any of their names: one code for Kazakh, Казахстана and, where the city stands for it, Astana."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from search.names import POSSESSIVE, WORD, folded

Named = tuple[str, int, int]
Gazetteer = dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]

_HYPHEN = re.compile(r"[‑-]")
# Languages whose names for countries are read; CLDR has them all, these are the ones with spaces between words.
_LOCALES = "en ru kk uk be ky uz tg tk az tr fr es pt de it nl pl".split()
# Spoken in so many countries that the name of the language names none of them.
_WORLD_LANGUAGES = {"en", "ar", "pt"}
_MOST_WORDS = 8  # in a country's name
_ACRONYMS = {
    "US": "US", "USA": "US", "США": "US", "АҚШ": "US", "UK": "GB", "UAE": "AE", "ОАЭ": "AE", "DRC": "CD", "РФ": "RU",
    "КНР": "CN", "PRC": "CN", "РК": "KZ", "ҚР": "KZ", "EU": "EU", "ЕС": "EU", "ЕО": "EU", "UN": "UN", "ООН": "UN",
    "БҰҰ": "UN",
}  # fmt: skip
_DOTTED = {"U.S.": "US", "U.K.": "GB", "U.S": "US", "U.N.": "UN"}


def countries(text: str) -> Iterator[Named]:
    """Each country named in `text`, in any of a dozen languages, as ISO 3166 code, start and end offsets."""
    for dotted, code in _DOTTED.items():
        if (start := text.find(dotted)) >= 0:
            yield code, start, start + len(dotted)
    yield from _looked_up(text, _gazetteer(), _ACRONYMS)


def seats(text: str) -> Iterator[Named]:
    """The same for each city that stands for who governs from there: "Beijing" for China, "Brussels" for two."""
    yield from _looked_up(text, _cities(), {})


@lru_cache(maxsize=20_000)
def country_codes(text: str) -> frozenset[str]:
    """ISO 3166 codes of the countries (and EU, UN) named in `text`."""
    return frozenset(code for code, _, _ in countries(text))


def _looked_up(text: str, gazetteer: Gazetteer, acronyms: Mapping[str, str]) -> Iterator[Named]:
    """Yield what `gazetteer` has of `text`; of words that a hyphen joins, each may be in it: "EU-Uzbekistan"."""
    words = [(POSSESSIVE.sub("", match[0]), match.start()) for match in WORD.finditer(text)]
    at = 0
    while at < len(words):
        word, start = words[at]
        if word in acronyms:
            yield acronyms[word], start, start + len(word)
        codes, length = _entry(gazetteer, words[at : at + _MOST_WORDS])
        if codes:
            last, begins = words[at + length - 1]
            yield from ((code, start, begins + len(last)) for code in codes)
            at += length - 1
        elif _HYPHEN.search(word):
            parts = _looked_up(_HYPHEN.sub(" ", word), gazetteer, acronyms)
            yield from ((code, start + a, start + b) for code, a, b in parts)
        at += 1


def _entry(gazetteer: Gazetteer, words: Sequence[tuple[str, int]]) -> tuple[tuple[str, ...], int]:
    """Return the codes of the name that `words` begin with, and in how many words; none if they begin with none."""
    for stems, codes in gazetteer.get(folded(words[0][0])[:3], ()):
        if len(words) >= len(stems) and all(_names_it(w[0], s) for w, s in zip(words, stems, strict=False)):
            return codes, len(stems)
    return (), 1


@lru_cache(maxsize=1)
def _gazetteer() -> Gazetteer:
    """CLDR's names of countries and of their languages."""
    from babel import Locale
    from babel.core import get_global

    likely = get_global("likely_subtags")
    names: set[tuple[tuple[str, ...], str]] = set()
    for tag in _LOCALES:
        locale = Locale.parse(tag)
        for code, name in locale.territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("ZZ", "XA", "XB", "EZ", "QO"):
                names.add((_stems(name), code))
        for language, name in locale.languages.items():
            code = likely.get(language, "").rpartition("_")[2]
            words = WORD.findall(name)
            if len(language) == 2 and code.isalpha() and language not in _WORLD_LANGUAGES and words:
                names.add((_stems(words[0]), code))
    return _by_letters((stems, (code,)) for stems, code in names)


@lru_cache(maxsize=1)
def _cities() -> Gazetteer:
    """The cities of `countries.txt`."""
    codes: dict[tuple[str, ...], tuple[str, ...]] = {}
    for line in Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines():
        code, *names = line.split()
        for name in names if code != "#" else ():
            stems = _stems(name.replace("_", " "))
            codes[stems] = (*codes.get(stems, ()), code)
    return _by_letters(codes.items())


def _stems(name: str) -> tuple[str, ...]:
    return tuple(_stem(folded(word)) for word in WORD.findall(name))


def _by_letters(names: Iterable[tuple[tuple[str, ...], tuple[str, ...]]]) -> Gazetteer:
    """Put names, as word stems, under their first three letters, longest first."""
    table: Gazetteer = {}
    for stems, codes in sorted(names, key=lambda entry: -sum(map(len, entry[0]))):
        if stems and len(stems[0]) >= 3:
            table.setdefault(stems[0][:3], []).append((stems, codes))
    return table


def _names_it(word: str, stem: str) -> bool:
    """Whether `word` is `stem` with an ending; short stems need a capital letter, or "Mali" would be in "malicious"."""
    low = folded(word)
    rest = len(low) - len(stem)
    if not low.startswith(stem) or rest > 6:
        return False
    return len(stem) >= 6 or rest <= 1 or (word[:1].isupper() and rest <= (3 if len(stem) < 5 else 6))


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 4 and word[-1] in "aeiouyаеиоуыэюяьәіөүұ" else word
