"""Names across spellings and scripts: one key for Кажегельдин and Kazhegeldin."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

WORD = re.compile(r"[^\W_]+(?:['’ʼ‑-][^\W_]+)*")
POSSESSIVE = re.compile(r"['’ʼ][sS]$")

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
