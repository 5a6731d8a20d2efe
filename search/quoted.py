"""Quotations in running text: what stands between quotation marks, of whatever shape."""

from __future__ import annotations

import re

_CLOSING = {"“": "”", "„": "“”‟", "«": "»", "‹": "›", "‘": "’", "‚": "‘’", "「": "」", "『": "』", "»": "«", "”": "”"}
_MARK = re.compile(f"[{re.escape(''.join(_CLOSING))}'\"]")
_LONGEST = 6_000  # characters: an unclosed mark must not swallow the rest of a report


def quoted(text: str) -> list[tuple[int, int]]:
    """Return the spans between quotation marks in one block of text, outermost only, without the marks.

    A mark that nothing closes opens a quotation to the end of the block, as where a quotation of several paragraphs
    opens each of them; apostrophes are no marks.
    """
    found: list[tuple[int, int]] = []
    at = 0
    while mark := _MARK.search(text, at):
        at = mark.start()
        if not _opens(text, at):
            at += 1
            continue
        end = _close(text, at)
        if end is not None:
            if text[at + 1 : end].strip():
                found.append((at + 1, end))
            at = end + 1
        else:
            if text[at] in "“«„" and len(text[at + 1 :].split()) > 2 and not text[:at].strip():
                found.append((at + 1, len(text.rstrip())))
                break
            at += 1
    return found


def _opens(text: str, at: int) -> bool:
    mark = text[at]
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    free = not before or not before.isalnum()
    if mark in "“„«‹‚「『":
        return True
    if mark in "‘'":
        return free and before not in ("’", "'") and (after.isalnum() or after in "[(…")
    if mark == '"':
        return free and bool(after.strip())
    return mark in "»”" and (not before or before.isspace() or before in "([") and after.isalnum()


def _close(text: str, at: int) -> int | None:
    """Where the quotation that opens at ``at`` closes, past any of the same kind inside it; None if nowhere."""
    mark = text[at]
    closing = _CLOSING.get(mark, mark)
    depth = 0
    for i in range(at + 1, min(len(text), at + _LONGEST)):
        character = text[i]
        if character == mark and mark not in closing and mark != "‘":
            depth += 1
        elif character in closing and _closes(text, i):
            if depth == 0:
                return i
            depth -= 1
    return None


def _closes(text: str, at: int) -> bool:
    """Whether a mark may close: an apostrophe between letters, or a straight mark before a word, does not."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if text[at] in "’'":
        return not (before.isalnum() and after.isalnum()) and not before.isspace()
    if text[at] == '"':
        return not before.isspace() and not (after.isalnum() and before.isspace())
    return True


_ABBREVIATED = re.compile(
    r"(?:\b(?:paras?|pp?|nos?|arts?|secs?|cf|see|e\.g|i\.e|v|vs|fn|vol|ch|п|пп|ст|стр|г|гг|см|ч|рек)|\b[^\W\d_])\.$",
    re.I,
)
_STOP = re.compile(r"[.!?…]+[\"”’»)\]]*(?:\[\^?\d{1,3}\]|[¹²³⁰⁴-⁹]+|\^\d{1,3}\^)*(?=\s|$)|\n\s*\n")


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the sentence of a block that a quotation stands in; marks that end sentences inside it do not count."""
    stops = [m for m in _STOP.finditer(text) if not _ABBREVIATED.search(text[max(0, m.start() - 6) : m.start() + 1])]
    begin = max((m.end() for m in stops if m.end() <= start), default=0)
    close = min((m.end() for m in stops if m.start() >= end - 1), default=len(text))
    following = re.match(r"\s*\((?:[^()]|\([^()]*\))*\)\.?", text[close:])  # "…” (A/HRC/1/2, para. 3)."
    return begin, close + following.end() if following else close
