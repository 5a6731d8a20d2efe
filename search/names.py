"""Names across spellings and scripts: one key for Кажегельдин and Kazhegeldin, one code for Kazakh and Казахстана."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

WORD = re.compile(r"[^\W_]+(?:['’ʼ‑-][^\W_]+)*")

_CYRILLIC = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґўәғқңөұүһјљњћђџ",
        "a b v g d e zh z i i k l m n o p r s t u f kh ts ch sh sh  y  e yu ya"
        " i i e g u a g k n o u u h i l n c d j".split(" "),
        strict=True,
    )
)
# Romanisations of one sound differ by country and decade; the key keeps what they share.
_SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"sch|sh", "s"),
        (r"tch|ch|ts", "c"),
        (r"kh|gh|q", "k"),
        (r"zh|j", "z"),
        (r"ph", "f"),
        (r"w", "v"),
        (r"x", "ks"),
        (r"c(?=[eiy])", "s"),
        (r"(?<=[aeiou])y(?=[aeiou])|^y(?=[eiou])", ""),
        (r"y", "i"),
        (r"(.)\1+", r"\1"),
    )
]
# Languages whose names for countries are read; CLDR has them all, these are the ones with spaces between words.
_LOCALES = "en ru kk uk be ky uz tg tk az tr fr es pt de it nl pl".split()
# Spoken in so many countries that the name of the language names none of them.
_WORLD_LANGUAGES = {"en", "ar", "pt"}


@lru_cache(maxsize=200_000)
def folded(word: str) -> str:
    """`word` in lower case, without accents (Ә and ә, é and e, ё and е are one)."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@lru_cache(maxsize=200_000)
def sound_key(word: str) -> str:
    """A Latin key that a name shares with its other spellings and scripts, e.g. "tokaev" for Tokayev and Токаев."""
    key = "".join(_CYRILLIC.get(c, c) for c in folded(word) if c.isalnum())
    for pattern, sound in _SOUNDS:
        key = pattern.sub(sound, key)
    return key


def edits(a: str, b: str, limit: int) -> int:
    """Levenshtein distance of `a` and `b`, or `limit` + 1 as soon as it is known to be more than `limit`."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        above, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (x != y))
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


def alike(a: str, b: str) -> float:
    """How far `a` and `b` can be one name, 0 to 1: 1 the same sounds, 0.9 one with an ending, less by Levenshtein."""
    return _keys_alike(sound_key(a), sound_key(b))


def _keys_alike(a: str, b: str) -> float:
    if a == b:
        return 1.0
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if len(short) < 4 or (long[0] != short[0] and long[1] != short[1]):
        return 0.0
    stem = short[:-1] if len(short) > 5 and short[-1] in "aeiou" else short
    if len(long) - len(stem) <= 5 and long.startswith(stem):
        return 0.9
    limit = 0 if len(short) < 5 else 1 if len(short) < 6 else 2 if len(short) < 10 else 3
    if len(long) - len(short) > limit or len(set(long) - set(short)) > limit:
        return 0.0
    distance = edits(a, b, limit)
    return 0.0 if distance > limit else 1.0 - distance / len(long)


@lru_cache(maxsize=200_000)
def best_alike(key: str, keys: frozenset[str]) -> float:
    """The highest likeness of a `sound_key` to any of `keys`, as `alike` has it."""
    return 1.0 if key in keys else max((_keys_alike(key, other) for other in keys), default=0.0)


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 4 and word[-1] in "aeiouyаеиоуыэюяьәіөүұ" else word


@lru_cache(maxsize=1)
def _gazetteer() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """CLDR's names of countries and of their languages, as word stems, by the first three letters, longest first."""
    from babel import Locale
    from babel.core import get_global

    likely = get_global("likely_subtags")
    names: set[tuple[tuple[str, ...], str]] = set()
    for tag in _LOCALES:
        locale = Locale.parse(tag)
        for code, name in locale.territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("ZZ", "XA", "XB", "EZ", "QO"):
                names.add((tuple(_stem(folded(w)) for w in WORD.findall(name)), code))
        for language, name in locale.languages.items():
            code = likely.get(language, "").rpartition("_")[2]
            words = WORD.findall(name)
            if len(language) == 2 and code.isalpha() and language not in _WORLD_LANGUAGES and words:
                names.add(((_stem(folded(words[0])),), code))
    table: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for stems, code in sorted(names, key=lambda entry: -sum(map(len, entry[0]))):
        if stems and len(stems[0]) >= 3:
            table.setdefault(stems[0][:3], []).append((stems, code))
    return table


def _names_it(word: str, stem: str) -> bool:
    """Whether `word` is `stem` with an ending; short stems need a capital letter, or "Mali" would be in "malicious"."""
    low = folded(word)
    rest = len(low) - len(stem)
    if not low.startswith(stem) or rest > 6:
        return False
    return len(stem) >= 6 or rest <= 1 or (word[:1].isupper() and rest <= (3 if len(stem) < 5 else 6))


_ACRONYMS = {
    "US": "US", "USA": "US", "США": "US", "АҚШ": "US", "UK": "GB", "UAE": "AE", "ОАЭ": "AE", "DRC": "CD", "РФ": "RU",
    "КНР": "CN", "PRC": "CN", "РК": "KZ", "ҚР": "KZ", "EU": "EU", "ЕС": "EU", "ЕО": "EU", "UN": "UN", "ООН": "UN",
    "БҰҰ": "UN",
}  # fmt: skip
_DOTTED = {"U.S.": "US", "U.K.": "GB", "U.S": "US", "U.N.": "UN"}


def countries(text: str) -> Iterator[tuple[str, int, int]]:
    """Each country named in `text`, in any of a dozen languages, as ISO 3166 code, start and end offsets."""
    for dotted, code in _DOTTED.items():
        if (start := text.find(dotted)) >= 0:
            yield code, start, start + len(dotted)
    words = list(WORD.finditer(text))
    at = 0
    while at < len(words):
        if words[at][0] in _ACRONYMS:
            yield _ACRONYMS[words[at][0]], words[at].start(), words[at].end()
        for stems, code in _gazetteer().get(folded(words[at][0])[:3], ()):
            found = words[at : at + len(stems)]
            if len(found) == len(stems) and all(_names_it(w[0], s) for w, s in zip(found, stems, strict=True)):
                yield code, found[0].start(), found[-1].end()
                at += len(stems) - 1
                break
        at += 1


@lru_cache(maxsize=20_000)
def country_codes(text: str) -> frozenset[str]:
    """ISO 3166 codes of the countries (and EU, UN) named in `text`."""
    return frozenset(code for code, _, _ in countries(text))
