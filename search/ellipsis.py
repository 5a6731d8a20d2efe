"""Quotations that leave words out openly: where their ellipses are, and whether what is left out turns the meaning.

An ellipsis is taken to turn the meaning if it joins different paragraphs, if it joins the pieces of two sentences into
one, or if what it cuts out of a sentence that is quoted denies, limits or conditions it. Whole sentences may be left
out. The words left out are shown in every case, for the reader to judge.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

_ELLIPSIS = re.compile(r"[\[(<]\s*(?:\.\s?){3,4}\s*[\])>]|[\[(<]\s*…\s*[\])>]|…\.?|(?<!\.)(?:\.\s?){3,4}(?!\.)")
_SENTENCE_END = re.compile(r"(?:(?<![\s.][A-ZА-ЯЁ])[.!?…]|;)[\"'”’»)\]]*(?=\s|$)")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")

_CAPITAL = re.compile(r"\[(\w)\](?=\w)")
_REMARK = re.compile(
    r"\s?\[(?:sic|emphasis (?:added|mine|ours|in (?:the )?original)|курсив \w+|выделено \w+)[.!]?\]", re.I
)

# Words that turn a sentence, by language: denial, condition and exception, doubt about what is said. Grammar words
# only, a closed class; compared with whole words, except for what ends in "-".
_TURNING = {
    "denies": "not no never none nor neither without cannot nobody nothing nowhere hardly scarcely failed fails fail "
    "refused refuses refuse denied denies deny rejected rejects false falsely unable lack lacks lacking despite "
    "не ни нет без нельзя никогда никто ничто нигде никак отказал- отрица- отсутств- опроверг- вопреки несмотря "
    "емес жоқ ешқашан ешкім nicht kein- nie niemals ohne weder ne pas jamais aucun- sans ni non nunca ningún "
    "ninguna não nem sem nie bez ani niet geen zonder",
    "limits": "if unless except excluding until only provided providing whether save but however although though "
    "otherwise merely solely partly unlike "
    "если кроме исключени- только лишь однако хотя условии условием пока разве но ежели иначе "
    "егер бірақ тек wenn falls außer sofern nur jedoch aber obwohl si sauf seulement mais cependant salvo excepto "
    "pero sino aunque sólo",
    "doubts": "alleged allegedly reportedly purportedly supposedly claimed so-called may might could "
    "якобы предположительно утвержда- будто возможно бы может мог angeblich soll sollen prétendument selon "
    "presuntamente supuestamente",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What an ellipsis stands for: the text between, and why it turns the meaning ("" if nothing says so)."""

    text: str
    turns: str = ""


def segments(quote: str) -> list[tuple[int, int]]:
    """Return the stretches of a quotation between its ellipses, as (start, end); one if it has none."""
    cuts = [(m.start(), m.end()) for m in _ELLIPSIS.finditer(quote)]
    edges = [0, *(edge for cut in cuts for edge in cut), len(quote)]
    pieces = list(zip(edges[::2], edges[1::2], strict=True))
    return [(start, end) for start, end in pieces if any(c.isalnum() for c in quote[start:end])]


def without_brackets(quote: str) -> list[str]:
    """Return what a quotation may have been before its author's brackets: "The" for "[t]he", "his" for "his [sic]".

    [] if it has no such bracket. Words that an author put in brackets for others are changes, and stay.
    """
    plain = _REMARK.sub("", quote)
    if plain == quote and not _CAPITAL.search(quote):
        return []
    upper = _CAPITAL.sub(lambda match: match[1].upper(), plain)
    lower = _CAPITAL.sub(lambda match: match[1].lower(), plain)
    return list(dict.fromkeys((upper, lower)))


def judged(text: str, *, same_paragraph: bool, before: str) -> LeftOut:
    """Judge what an ellipsis left out, given the text quoted before it."""
    if not same_paragraph:
        return LeftOut(text, "joins different paragraphs")
    ends = list(_SENTENCE_END.finditer(text))
    if not ends:
        return LeftOut(text, _turns(text))
    begun, finished = text[: ends[0].start()], text[ends[-1].end() :]
    cut_before = any(c.isalnum() for c in begun) and not _SENTENCE_END.search(before.rstrip()[-3:])
    cut_after = any(c.isalnum() for c in finished)
    if cut_before and cut_after:
        return LeftOut(text, "joins parts of different sentences")
    kept = (begun if cut_before else "", finished if cut_after else "")
    return LeftOut(text, next((why for part in kept if (why := _turns(part))), ""))


def turning(text: str, *kinds: str) -> list[tuple[str, int]]:
    """Return the words of a text that turn it, with their start; ``kinds`` are "denies", "limits" and "doubts"."""
    found = []
    for match in _WORD.finditer(text.casefold()):
        if any(_turning()[kind].fullmatch(match[0]) for kind in kinds) or (
            "denies" in kinds and re.fullmatch(r"\w+n['’]t", match[0])
        ):
            found.append((match[0], match.start()))
    return found


def _turns(text: str) -> str:
    """Why words cut out of a sentence turn it, "" if none of them does."""
    for word in _WORD.findall(text.casefold()):
        for why, pattern in _turning().items():
            if pattern.fullmatch(word):
                return f"leaves out “{word}”, which {why}"
        if re.fullmatch(r"\w+n['’]t", word):
            return f"leaves out “{word}”, which denies"
    return ""


@cache
def _turning() -> dict[str, re.Pattern[str]]:
    return {
        why: re.compile(
            "|".join(re.escape(w).replace(r"\-", r"\w*") if w.endswith("-") else re.escape(w) for w in ws.split())
        )
        for why, ws in _TURNING.items()
    }
