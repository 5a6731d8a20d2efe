"""What a model reads: the languages it was trained on, or else the scripts that its vocabulary holds words of."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable

# The languages of XLM-RoBERTa and with it of multilingual-e5 (Conneau et al. 2020, appendix A), by ISO 639.
XLM_ROBERTA = frozenset(
    """af am ar as az be bg bn br bs ca cs cy da de el en eo es et eu fa fi fil fr fy ga gd gl gu ha he hi hr hu hy id
    is it ja jv ka kk km kn ko ku ky la lo lt lv mg mk ml mn mr ms my nb ne nl nn no om or pa pl ps pt ro ru sa sd si
    sk sl so sq sr su sv sw ta te th tl tr ug uk ur uz vi xh yi zh""".split()
)
_SCRIPTS = {
    "ARABIC": "ar ckb fa ps sd ug ur",
    "ARMENIAN": "hy",
    "BENGALI": "as bn",
    "CJK": "ja zh",
    "CYRILLIC": "ab av ba be bg ce cv kk ky mk mn os ru sah sr tg tt tyv udm uk",
    "DEVANAGARI": "hi mr ne sa",
    "ETHIOPIC": "am ti",
    "GEORGIAN": "ka",
    "GREEK": "el",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
    "HANGUL": "ko",
    "HEBREW": "he yi",
    "KANNADA": "kn",
    "KHMER": "km",
    "LAO": "lo",
    "MALAYALAM": "ml",
    "MYANMAR": "my",
    "ORIYA": "or",
    "SINHALA": "si",
    "TAMIL": "ta",
    "TELUGU": "te",
    "THAI": "th",
}
_SCRIPT_OF = {language: script for script, languages in _SCRIPTS.items() for language in languages.split()}
_ENOUGH = 1000  # words of a script; an English vocabulary knows the single letters of most scripts, and few words


def script_of(language: str) -> str:
    """Return the script that a language (BCP 47) is mostly written in, by the first word of its letters' names."""
    return _SCRIPT_OF.get(language.split("-")[0].lower(), "LATIN")


def scripts_in(vocabulary: Iterable[str]) -> frozenset[str]:
    """Return the scripts in which a vocabulary has words, not just letters."""
    words = (word.strip("\u2581#\u0120") for word in vocabulary)
    counts = Counter(unicodedata.name(word[0], "").split(" ")[0] for word in words if len(word) > 1)
    return frozenset(script for script, count in counts.items() if count >= _ENOUGH)
