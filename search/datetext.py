"""A text as dates are read in it: words, what stands between them, and what each word can be in a date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from search.calendar import Period
from search.datewords import Senses, lexicon

DASHES: Final = frozenset("-–—‐‑−")
NOTHING: Final[Senses] = {}
_CUT: Final = re.compile(r"(\W+)")


@dataclass(frozen=True, slots=True)
class Read:
    """A date that was read: words ``first`` to ``last``, up to the character ``end``."""

    period: Period
    first: int
    last: int
    end: int


class Words:
    """A text as words and what stands between them: word, gap, word, gap, word."""

    def __init__(self, text: str, *, typed: bool = False) -> None:
        """Cut ``text``; ``typed`` by a person who asks, names may stand in small letters."""
        self.text = text
        self.typed = typed
        small = text.lower()
        if len(small) != len(text):  # "İ" becomes two characters
            small = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
        pieces = _CUT.split(small)
        self.words, self.gaps = pieces[0::2], pieces[1::2]
        self._pieces = pieces
        self._starts: list[int] = []
        self._lexicon = lexicon()

    def start(self, i: int) -> int:
        """Return the character at which word ``i`` begins."""
        if not self._starts:
            self._starts = [0, *accumulate(map(len, self._pieces))]
        return self._starts[2 * i]

    def end(self, i: int) -> int:
        """Return the character at which word ``i`` has ended."""
        return self.start(i) + len(self.words[i])

    def senses(self, i: int) -> Senses:
        """Return what word ``i`` can be in a date."""
        return self._lexicon.get(self.words[i], NOTHING) if 0 <= i < len(self.words) else NOTHING

    def value(self, i: int, kind: str) -> int | None:
        """Return the value of word ``i`` as a ``kind``, None if it is none."""
        return self.senses(i).get(kind)

    def word(self, i: int) -> str:
        """Return word ``i``, "" where there is none."""
        return self.words[i] if 0 <= i < len(self.words) else ""

    def gap(self, i: int) -> str:
        """Return what stands between words ``i`` and ``i + 1``, "" at the ends."""
        return self.gaps[i] if 0 <= i < len(self.gaps) else ""

    def spaced(self, i: int) -> bool:
        """Whether only white space, and no empty line, parts words ``i`` and ``i + 1``."""
        gap = self.gap(i)
        return gap.isspace() and gap.count("\n") < 2

    def dashed(self, i: int) -> bool:
        """Whether a dash, perhaps between blanks, parts words ``i`` and ``i + 1``."""
        gap = self.gap(i).strip()
        return len(gap) == 1 and gap in DASHES

    def digits(self, i: int) -> int | None:
        """Return the number that word ``i`` writes in digits."""
        return self.value(i, "number")

    def capital(self, i: int) -> bool:
        """Whether word ``i`` begins with a capital letter."""
        return self.text[self.start(i) : self.start(i) + 1].isupper()

    def read(self, period: Period, first: int, last: int, end: int | None = None) -> Read:
        """Return what was read in words ``first`` to ``last``."""
        return Read(period, first, last, self.end(last) if end is None else end)
