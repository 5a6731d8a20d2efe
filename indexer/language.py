"""Tells the language of a text."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_FEWEST_LETTERS: Final = 20
_SAMPLE: Final = 4000
"""Characters that are looked at; more do not change the outcome."""
_SURE: Final = 0.7


def detect(text: str) -> str | None:
    """Return the language as a BCP 47 code ("en", "ru", "kk"), or None where the text is too short to tell."""
    sample = " ".join(word for word in text[:_SAMPLE].split() if not any(sign in word for sign in ("://", "@", "_")))
    if sum(character.isalpha() for character in sample) < _FEWEST_LETTERS:
        return None
    language, probability = _identifier().classify(sample)
    return str(language) if probability >= _SURE else None


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
