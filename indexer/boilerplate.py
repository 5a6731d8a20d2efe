"""Marks page furniture in an extract: text that belongs to the site and not to the document.

Marked blocks stay in the text and can be cited; they rank last and never answer. A real paragraph marked by mistake
costs more than furniture that is missed, so every rule asks for a plain sign.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from indexer.document import Extract, Kind
from indexer.furniture import ALONE, BESIDE, NOTICE, OPENS_TEASERS

_LONG: Final = 25
"""Words from which a block is a paragraph rather than a heading or a teaser's title."""
_TEASER: Final = 20
"""Words below which a line can be a teaser's title."""
_NOTICE_WORDS: Final = 60
_HEAD: Final = 12
"""Blocks at the start among which the title of a saved page is looked for."""
_RUNNING: Final = frozenset({"text/plain", "text/markdown", "text/html", "message/rfc822"})
"""Types where a run of blocks that comes twice is a site's teaser and not a form."""

_CLOSERS: Final = " \t\n:»›>→…"
_PICTURE: Final = re.compile(
    r"\S+\.(?:jpe?g|png|gif|svg|webp|bmp|tiff?)|csm_\S+|(?:IMG|DSCN?|DSC|PXL)_\d{3,}\S*"
    r"|(?=\S{20,}$)(?:[^\W_][^\s_]*_){2,}[0-9a-f]{8,}(?:\.\w{3,4})?",
    re.IGNORECASE,
)
_SPACE: Final = re.compile(r"\s+")
_LETTERED: Final = re.compile(r"\(([a-hA-H])\)")
_BETWEEN: Final = 12
"""Blocks among which the next item of a list is looked for: an item may have paragraphs and items of its own."""
_YEAR: Final = re.compile(r"\b(?:19|20)\d\d\b")


def mark(extract: Extract) -> Extract:
    """Return the extract with its furniture as `Kind.BOILERPLATE`; text and offsets stay as they are."""
    hidden = tuple(block for block in extract.blocks if block.kind is Kind.HIDDEN)
    if hidden:  # what nobody sees is no sign of anything
        seen = mark(replace(extract, blocks=tuple(block for block in extract.blocks if block.kind is not Kind.HIDDEN)))
        return replace(extract, blocks=tuple(sorted((*seen.blocks, *hidden), key=lambda block: block.start)))
    texts = [_SPACE.sub(" ", extract.text[block.start : block.end]) for block in extract.blocks]
    lines = [text.casefold().replace("’", "'").strip(_CLOSERS) for text in texts]
    words = [len(text.split()) for text in texts]
    marked = {at for at, block in enumerate(extract.blocks) if block.kind is Kind.BOILERPLATE}
    marked |= _by_words(texts, lines, words)
    marked |= _before_title(extract, texts, words)
    if extract.media_type in _RUNNING:
        marked |= _teasers(texts, lines, words)
        marked |= _repeated_runs(lines, words)
    marked |= _beside(lines, marked)
    if not marked or all(at in marked for at in range(len(words))):
        return extract
    blocks = [
        replace(block, kind=Kind.BOILERPLATE, level=0) if at in marked else block
        for at, block in enumerate(extract.blocks)
    ]
    return replace(extract, blocks=tuple(blocks))


def _by_words(texts: Sequence[str], lines: Sequence[str], words: Sequence[int]) -> set[int]:
    """Lines that say what they are: "Sign up now", a cookie notice, the name of a picture file."""
    return {
        at
        for at, text in enumerate(texts)
        if lines[at] in ALONE
        or lines[at] in OPENS_TEASERS
        or (words[at] == 1 and _PICTURE.fullmatch(text))
        or (words[at] <= _NOTICE_WORDS and NOTICE.search(text) and text.count(". ") <= 3 and not _is_item_c(at, texts))
    }


def _is_item_c(at: int, texts: Sequence[str]) -> bool:
    """Whether "(c) 2021 ..." is the third item of a list: it stands right below item (b), or between (b) and (d)."""
    if not texts[at].casefold().startswith("(c)"):
        return False
    above = [_letter(text) for text in reversed(texts[max(at - _BETWEEN, 0) : at])]
    after = next(filter(None, (_letter(text) for text in texts[at + 1 : at + 1 + _BETWEEN])), "")
    # At the foot of a page a notice may stand below item (b), but then the item itself still comes.
    return after != "c" and next(filter(None, above), "") == "b" and (after == "d" or above[0] == "b")


def _letter(text: str) -> str:
    found = _LETTERED.match(text)
    return found.group(1).casefold() if found else ""


def _before_title(extract: Extract, texts: Sequence[str], words: Sequence[int]) -> set[int]:
    """Short lines above the title of a saved page.

    The title is known where the page declares it, or where it comes twice at the start: once from the page's head or
    its path, once above the text.
    """
    squashed = [re.sub(r"\W+", "", text.casefold()) for text in texts[: _HEAD + 3]]
    declared = re.sub(r"\W+", "", (extract.title or "").casefold())
    for at, line in enumerate(squashed[:_HEAD]):
        if words[at] >= _LONG * 2:
            break
        twice = any(_same(line, other) for other in squashed[at + 1 : at + 3])
        if twice or (len(declared) >= 15 and line == declared and extract.media_type == "text/html"):
            above = range(at)
            # A date or a place above the title is the document's own, and so is whatever is long.
            short = all(words[i] < _LONG for i in above) and len(above) <= 6
            return {i for i in above if not _YEAR.search(texts[i])} if short or twice else set()
    return set()


def _same(line: str, other: str) -> bool:
    if len(line) < 20 or len(other) < 20:
        return False
    return line == other or (min(len(line), len(other)) >= 40 and (line.startswith(other) or other.startswith(line)))


def _teasers(texts: Sequence[str], lines: Sequence[str], words: Sequence[int]) -> set[int]:
    """What follows a heading like "Related articles": all of it if it is teasers to the end, else its short lines."""
    found: set[int] = set()
    for at, line in enumerate(lines):
        if line not in OPENS_TEASERS or at in found:
            continue
        if sum(1 for i in range(at) if words[i] >= _LONG) >= 2 and _is_teasers(at, texts, lines, words):
            found |= set(range(at, len(lines)))
            break
        found |= _short_lines_after(at, lines, words)
    return found


def _is_teasers(at: int, texts: Sequence[str], lines: Sequence[str], words: Sequence[int]) -> bool:
    """Whether all from here to the end is teasers: each paragraph under a title of its own, and a site's repetitions.

    An article that goes on after an insert has paragraphs that follow on paragraphs.
    """
    often = Counter(lines)
    long = [i for i in range(at + 1, len(lines)) if words[i] >= _LONG]
    for i in long:
        titled = i > at + 1 and words[i - 1] < _LONG and not texts[i - 1].endswith((".", "”", '"', "?", ","))
        if often[lines[i]] == 1 and not titled:
            return False
    rest = lines[at + 1 :]
    repeated = any(often[line] > 1 and len(line.split()) >= 4 for line in rest)
    set_apart = sum(1 for line in rest if line in OPENS_TEASERS or line in BESIDE or line in ALONE)
    if long:
        return repeated or len(long) >= 3 or set_apart >= 2
    return _is_titles(texts[at + 1 :])


def _is_titles(texts: Sequence[str]) -> bool:
    """Whether no line is a sentence: titles do not end as sentences do, the last words of an article do."""
    return not any(text.endswith((".", "”", '"')) and len(text.split()) >= 6 for text in texts)


def _short_lines_after(at: int, lines: Sequence[str], words: Sequence[int]) -> set[int]:
    """The short lines below a heading of teasers, but for the last before a paragraph, which may be its heading."""
    end = at + 1
    while end < len(lines) and words[end] < _TEASER and not lines[end].endswith((".", "”", '"')):
        end += 1
    at_most = min(end - 1 if end < len(lines) else end, at + 12)
    return set(range(at, max(at + 1, at_most)))


def _repeated_runs(lines: Sequence[str], words: Sequence[int]) -> set[int]:
    """Later copies of three or more blocks in a row that stood before in the same order, one a sentence long."""
    first: dict[tuple[str, ...], int] = {}
    found: set[int] = set()
    for at in range(len(lines) - 2):
        run = tuple(lines[at : at + 3])
        if len(set(run)) < 2 or max(words[at : at + 3]) < 8 or not all(run):
            continue
        if run in first and first[run] + 3 <= at:
            found |= {at, at + 1, at + 2}
        first.setdefault(run, at)
    return found


def _beside(lines: Sequence[str], marked: set[int]) -> set[int]:
    """Menu words next to furniture, spreading from line to line."""
    found: set[int] = set()
    for order in (range(len(lines)), range(len(lines) - 1, -1, -1)):
        step = 1 if order.step > 0 else -1
        for at in order:
            if lines[at] in BESIDE and (at - step in marked or at - step in found):
                found.add(at)
    return found
