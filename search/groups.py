"""Names that a sentence lists together, and what it calls them: "journalists, including A and B", "the activist C"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from search.entities import Name
from search.nouns import PERSON, class_of, is_general

WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
BEING = re.compile(r"\b(?:is|are|was|were|been|being|be|был|была|были|было)\b", re.I)
_OF_SOMEONE = re.compile(r"([^\W_]+)\s+(?:of|in|for|at|from)\s+(?:the\s+)?$")
_INTRODUCED = re.compile(
    r"(?P<lead>(?:,\s*)?\b(?:including|in particular|notably|such as|among them|like|включая|в том числе"
    r"|в частности|например)\s*:?"
    r"|(?P<mark>(?:,\s*)?\b(?:namely|а именно)\b\s*:?|:|\s[—–]\s))\s*(?:[a-zа-яё0-9-]+\s+){0,5}[“«\"]?$"
)
ASIDE = re.compile(
    r"\([^)]*\)|,\s*(?:who|which|whose|a|an|the|his|her|another|(?!including)[a-z]{3,}ing)\s[^,;.]{3,90},"
)
# What may stand between two members: a comma, "and", an aside, a few small words.
_BETWEEN = re.compile(
    r"\s*[”»\")]?(?:\s*\([^)]*\))?(?:\s*,\s*(?:who|which|whose|a|an|the|his|her|another)\s[^,;.]{3,90},|\s*,)?\s*"
    r"(?:\b(?:and|or|as well as|и|или|а также)\b)?\s*"
    r"(?:[\w-]*[a-zа-яё](?:\s+(?:[\w-]*[a-zа-яё]|[A-Z]{2,})){0,4}\s+)?(?:,\s*)?[“«\"]?"
)
# What ties a name to the one before it, as where someone is from: it is no member itself.
_BELONGS = re.compile(r"[”»\"]?\s+(?:of|for|from|at|in)\s+(?:the\s+)?(?:\w+\s+)?[“«\"]?|\s*\((?:[^()]*\s)?|\s+из\s+")
_ACCORDING = re.compile(
    r"\b(?:according\s+to|по\s+(?:данным|словам|мнению|информации)|согласно)\s[^,;:«“]{0,60}[«“]?$", re.IGNORECASE
)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|did|does|said|stated|called|asked|told|by|for|to|in|at|on|with|from|against|over|who|which|that|whose|whom|был|была|были|заявил\w*|сообщил\w*|в|на|из|с|за|по|что|который|которая)\b"
)


@dataclass(frozen=True, slots=True)
class Group:
    """Names that a sentence lists together, what the text calls each, and whether "including" leads up to them."""

    names: tuple[Name, ...]
    told: tuple[tuple[str, ...], ...]
    introduced: bool

    @property
    def start(self) -> int:
        """Where the first name begins."""
        return self.names[0].start

    @property
    def end(self) -> int:
        """Where the last name ends."""
        return self.names[-1].end

    def all_told(self) -> set[str]:
        """What any of them is called."""
        return {noun for nouns in self.told for noun in nouns}


def groups_of(text: str, names: Sequence[Name]) -> list[Group]:
    """Gather the names of a text into lists; one that only says whose or where another is is in none."""
    plain = text
    gathered: list[list[Name]] = []
    at = 0
    for name in names:
        last = gathered[-1][-1] if gathered else None
        belonging = _OF_SOMEONE.search(text[at : name.start])
        if _ACCORDING.search(text[: name.start]):
            plain = _blanked(plain, name.start, name.end)
        elif at and _BELONGS.fullmatch(text[at : name.start]):
            plain = _blanked(plain, at, name.end)
        elif belonging and class_of(belonging[1]) == PERSON:
            plain = _blanked(plain, at + belonging.end(1), name.end)
        elif last and _goes_on(plain[last.end : name.start]):
            gathered[-1].append(name)
        else:
            gathered.append([name])
        at = name.end
    return [_grouped(text, plain, group) for group in gathered]


def _blanked(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def _goes_on(gap: str) -> bool:
    gap = re.sub(r"\b(?:together|along)\s+with\b", ",", gap)
    if not re.search(r",|\band\b|\bи\b|\bor\b|\bили\b|\bwell as\b|\bтакже\b", gap) or not _BETWEEN.fullmatch(gap):
        return False
    return not _FINITE.search(ASIDE.sub(" ", gap))


def _grouped(text: str, plain: str, names: Sequence[Name]) -> Group:
    before = plain[: names[0].start]
    leads = _INTRODUCED.search(before)
    common: tuple[str, ...] = ()
    if leads and leads["mark"]:
        common = tuple(word for word in WORD.findall(before[: leads.start()]) if class_of(word))
    elif leads:
        common = tuple(_nouns_before(before[: leads.start()]))
    told: list[tuple[str, ...]] = []
    shared = common
    for name, start in zip(names, [0, *(n.end for n in names)], strict=False):
        lead_up = plain[max(start, leads.end("lead") if leads else 0) : name.start]
        own = tuple(_nouns_before(ASIDE.sub(" ", lead_up) if start else lead_up))
        if any(is_plural(noun) for noun in own):
            shared = own
        # As it stands: with "of DCK" blanked, "A, the leader of DCK opposition movement" would be called a movement.
        called = (*own, *_after(text, name))
        if any(is_general(noun) for noun in called):  # "activists, namely the torture victim A": an activist, too
            called = (*called, *common)
        told.append(called or shared)
    return Group(tuple(names), tuple(told), bool(leads))


def is_plural(noun: str) -> bool:
    """Whether a noun is of several, by its ending alone."""
    return bool(re.search(r"(?<!s)s$|people$|men$|[ыиай]$|ов$|ей$|ых$|ам$|ами$", noun))


def _nouns_before(before: str) -> list[str]:
    """The nouns of the phrase that leads up to names: "human rights NGOs", "journalists, bloggers and activists"."""
    phrase = before.rstrip().rstrip(",")
    words = re.split(r"[;:.]|\b(?:that|which|who)\b", phrase)[-1].split()[-7:]
    nouns: list[str] = []
    for word in reversed(words):
        plain = word.strip(",“”«»\"’'()")
        if class_of(plain):
            nouns.append(plain)
        elif _FINITE.fullmatch(plain) or BEING.fullmatch(plain) or (not nouns and not plain.islower()):
            break
    return nouns


def _after(text: str, name: Name) -> list[str]:
    """What a name is called right behind it: "Saniya Toiken, a journalist"."""
    after = re.match(r"(?:\s*\([^)]*\))?\s*,\s*(?:a|an|the|another)\s+((?:[a-zа-яё’'-]+\s*){1,6})", text[name.end :])
    if after is None:
        return []
    words = re.split(r"\b(?:of|for|at|from|who|which|in|on|and)\b", after[1])[0].split()
    return [word for word in words[-1:] if class_of(word)]
