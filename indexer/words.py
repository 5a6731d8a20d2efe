"""Words for the keyword index: normalised, split, stemmed. For matching only: quotes always come from the source."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

import snowballstemmer

_WORD = re.compile(r"\d+(?:[.,/\-]\d+)+|[^\W_]+(?:['’][^\W_]+)*")
_LINE_END_HYPHEN = re.compile(r"(?<=\w)[-\u00ad\u2010]\n\s*(?=\w)")
_SOFT = dict.fromkeys(
    (0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), None
)
_STEMMERS = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "hy": "armenian", "it": "italian", "nl": "dutch", "no": "norwegian",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
_CYRILLIC_STEM_LANGUAGE = "ru"
_LATIN_STEM_LANGUAGE = "en"
MIN_RUN_TOGETHER = 7  # characters: shorter words are too easily two words by chance


def normalise(text: str) -> str:
    """Fold what looks the same: compatibility forms and ligatures, case, accents, ё, line-end hyphens."""
    text = unicodedata.normalize("NFKC", _LINE_END_HYPHEN.sub("", text.translate(_SOFT))).casefold()
    return text.replace("ё", "е") if text.isascii() is False and "ё" in text else text


@lru_cache(maxsize=200_000)
def fold_accents(word: str) -> str:
    """Strip accents from Latin letters (Müller, Muller); й and other letters of their own alphabet stay."""
    if word.isascii():
        return word
    parts = unicodedata.normalize("NFD", word)
    kept = [c for i, c in enumerate(parts) if not (unicodedata.combining(c) and i and parts[i - 1] < "\u0250")]
    return unicodedata.normalize("NFC", "".join(kept))


def split(text: str) -> list[str]:
    """Return the normalised words and numbers of ``text``, in order."""
    return [fold_accents(word).replace("’", "'") for word in _WORD.findall(normalise(text))]


def stem(word: str, language: str | None) -> str:
    """Return the stem of a normalised word in ``language``; its script's usual one where that does not fit."""
    return _stem(word, _stem_language(word, language))


def index_words(text: str, language: str | None) -> str:
    """Return the stemmed words of a passage, and the parts of words that run together in it, for the index."""
    words = split(text)
    stems = [stem(word.removesuffix("'s"), language) for word in words]
    stems += [stem(part, language) for word in set(words) for part in run_together(word, vocabulary(text))]
    return " ".join(stems)


@lru_cache(maxsize=8)
def vocabulary(text: str) -> Counter[str]:
    """Count the words of ``text``."""
    return Counter(split(text))


def run_together(word: str, known: Counter[str]) -> tuple[str, ...]:
    """Split a word that is two words without their space ("ofexpression"), as saved web pages have them.

    Both halves must stand alone in ``known``, the words of the same document, and the whole only here.
    """
    if len(word) < MIN_RUN_TOGETHER or known[word] > 1 or not word.isalpha():
        return ()
    for cut in range(2, len(word) - 2):
        left, right = word[:cut], word[cut:]
        if known[left] > 1 and known[right] and max(len(left), len(right)) > 3:
            return left, right
    return ()


def query_stems(word: str, languages: Iterable[str | None]) -> list[str]:
    """Return each form under which ``word`` may stand in an index of documents in ``languages``."""
    plain = word.removesuffix("'s")
    return list(dict.fromkeys([stem(plain, None), *(stem(plain, language) for language in languages)]))


def _stem_language(word: str, language: str | None) -> str | None:
    if not word[:1].isalpha():
        return None
    cyrillic = "\u0400" <= word[0] <= "\u04ff"
    if cyrillic:
        return language if language in ("ru", "kk", "uk", "ky") else _CYRILLIC_STEM_LANGUAGE
    if word[0] < "\u0250":
        return language if language in _STEMMERS and language != "ru" else _LATIN_STEM_LANGUAGE
    return language


@lru_cache(maxsize=200_000)
def _stem(word: str, language: str | None) -> str:
    name = _STEMMERS.get(language or "")
    return str(_stemmer(name).stemWord(word)) if name else word


@lru_cache(maxsize=32)
def _stemmer(name: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(name)
