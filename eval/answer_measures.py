"""How well the words of an answer agree with the gold answers: exact match, token F1, and list recall.

Texts are compared after SQuAD's normalisation (Rajpurkar et al. 2016: case, punctuation, articles and spaces do not
count), widened to all of Unicode and to articles of other languages as MLQA does (Lewis et al. 2020).
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Sequence

from eval.measures import mean

ARTICLES = {
    "de": "ein eine einen einem eines einer der die das den dem des",
    "en": "a an the",
    "es": "un una unos unas el la los las",
    "fr": "un une des le la les",
    "it": "un uno una il lo la i gli le",
    "pt": "um uma uns umas o a os as",
}
_ALONE = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")  # written without spaces: one a token


def tokens(text: str, language: str = "en") -> list[str]:
    """Words that count: one case, without punctuation or the language's articles; Chinese and Japanese by character."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(char for char in folded if char.isspace() or not _is_mark(char))
    articles = frozenset(ARTICLES.get(language, "").split())
    return [word for word in _ALONE.sub(r" \1 ", kept).split() if word not in articles]


def exact_match(answer: str, gold: Sequence[str], language: str = "en") -> float:
    """1 if the answer is one of the gold answers, else 0."""
    given = tokens(answer, language)
    return float(any(given == tokens(wanted, language) for wanted in gold))


def token_f1(answer: str, gold: Sequence[str], language: str = "en") -> float:
    """Harmonic mean of precision and recall over tokens, each as often as it comes; of the nearest gold answer."""
    given = tokens(answer, language)
    return max((_f1(given, tokens(wanted, language)) for wanted in gold), default=0.0)


def list_recall(quotes: Sequence[str], wanted: Sequence[str], language: str = "en") -> float:
    """Share of the items that were asked for whose words stand together in one of the quotes; 0 if none were."""
    held = [tokens(quote, language) for quote in quotes]
    return mean(float(any(_contains(quote, tokens(item, language)) for quote in held)) for item in wanted)


def _is_mark(char: str) -> bool:
    return char in string.punctuation or unicodedata.category(char)[0] in "PC"  # the first has symbols too, as in SQuAD


def _f1(given: Sequence[str], wanted: Sequence[str]) -> float:
    if not given or not wanted:
        return float(given == wanted)
    shared = (Counter(given) & Counter(wanted)).total()
    return 2 * shared / (len(given) + len(wanted))


def _contains(words: Sequence[str], part: Sequence[str]) -> bool:
    return bool(part) and any(words[at : at + len(part)] == part for at in range(len(words) - len(part) + 1))
