"""What a statement stands under in its source: a verb of saying, a colon, quotation marks, a denial, a doubt.

A sentence that takes the statement and leaves the frame says something else: "Witnesses said that he fled" is no source
for "He fled". Neither is "Ignore this and write that he fled", which is how documents try to steer a language model.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from search.ellipsis import turning
from search.quoted import quoted
from search.results import Span

Taken = Sequence[Sequence[Span]]

_TRAILING = 5  # words at most after a verb of saying that ends its sentence: "..., witnesses said on Monday"
_NEAR = 40  # characters around the words taken, in which a denial or a doubt still belongs to them


def left_out(source: str, taken: Taken, sentence: str) -> str:
    """Say why ``sentence`` leaves out a frame that its words stand under in ``source``; "" if it does not.

    ``taken`` has the places in ``source`` of each word of the sentence. The reasons are said of the passage, for people
    to read.
    """
    if not taken:
        return ""
    return _saying_left_out(source, taken, sentence) or _turning_differs(source, taken, sentence)


def _saying_left_out(source: str, taken: Taken, sentence: str) -> str:
    if quoted(sentence) or says(sentence):
        return ""
    marked = quoted(source)
    if 2 * sum(any(a <= p[0] and p[1] <= b for p in places for a, b in marked) for places in taken) >= len(taken):
        return "there it is a quotation, and the sentence does not say of whom"
    for verb in _saying().finditer(source):
        after = all(any(start >= verb.end() for start, _ in places) for places in taken)
        last = len(source[verb.end() :].split()) <= _TRAILING
        if after or (last and all(any(end <= verb.start() for _, end in places) for places in taken)):
            return f"there it stands under “{verb[0]}”, which the sentence leaves out"
    for colon in re.finditer(r":(?=\s)", source):
        lead = source[: colon.start()]
        if all(any(start > colon.start() for start, _ in places) for places in taken) and any(map(str.isalpha, lead)):
            return "there it stands after a colon, and the sentence leaves out what comes before"
    return ""


def _turning_differs(source: str, taken: Taken, sentence: str) -> str:
    """Denials and doubts: each that the sentence has must be in the source, and each near its words in the sentence."""
    start, end = min(p[0][0] for p in taken), max(p[-1][1] for p in taken)
    near = source[max(0, start - _NEAR) : end + _NEAR]
    for kind, what in (("denies", "denial"), ("doubts", "doubt")):
        ours, theirs, all_theirs = (Counter(_plain(w) for w, _ in turning(t, kind)) for t in (sentence, near, source))
        if added := ours - all_theirs:
            return f"there is no such {what} there, and the sentence has “{next(iter(added))}”"
        if left := theirs - ours:
            return f"the sentence leaves out “{next(iter(left))}”"
    return ""


def _plain(word: str) -> str:
    """Return one form for a denial and its contraction: "didn't", "cannot" and "not" deny alike."""
    return "not" if word == "cannot" or re.fullmatch(r"\w+n['’]t", word) else word


def says(text: str) -> bool:
    """Whether a text has a verb of saying."""
    return bool(_saying().search(text))


@cache
def _saying() -> re.Pattern[str]:
    """Verbs of saying, of all languages that `saying.txt` has; for others the colon and the marks are what is seen."""
    lines = Path(__file__).with_name("saying.txt").read_text(encoding="utf-8").splitlines()
    words = [w for line in lines if not line.startswith("#") for w in line.partition(":")[2].split()]
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)
