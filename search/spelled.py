"""Numbers of paragraphs written out: "footnote three", "the first operative paragraph", "пункт второй"."""

from __future__ import annotations

import re

from search.datewords import lexicon

# Not "part", "point" and "chapter", which are counted in prose as well; recitals mostly have letters.
_UNIT = (
    r"(?:operative\s+)?paragraph|foot-?note|article|section|recommendation|"
    r"(?:постановляющ\w+\s+)?пункт\w*|сноск\w+|стать\w+|раздел\w*|параграф\w*|рекомендаци\w+"
)
_AFTER = re.compile(rf"\b(?P<unit>{_UNIT})\s+(?:number\s+|номер\s+)?(?P<number>[^\W_]+)", re.IGNORECASE)
_BEFORE = re.compile(rf"\b(?P<number>[^\W_]+)\s+(?P<unit>{_UNIT})\b", re.IGNORECASE)


def in_figures(question: str) -> str:
    """Return a question with the numbers that stand beside a unit as figures behind it: "footnote 3"."""

    def after(match: re.Match[str]) -> str:
        number = _number(match["number"], "count", "ordinal")
        return f"{match['unit']} {number}" if number else match[0]

    def before(match: re.Match[str]) -> str:
        number = _number(match["number"], "ordinal")
        return f"{match['unit']} {number}" if number else match[0]

    return _BEFORE.sub(before, _AFTER.sub(after, question))


def _number(word: str, *senses: str) -> int | None:
    known = {} if word.isdecimal() else lexicon().get(word.casefold(), {})
    return next((known[sense] for sense in senses if sense in known), None)
