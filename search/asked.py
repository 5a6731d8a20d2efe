"""What a question asks to be listed: who or which things, and whether they did what it says or had it done to them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.words import split, stem
from search.entities import is_calendar
from search.function_words import function_words_in
from search.nouns import PERSON, PLACE, class_of, kinds_of

_ASKS = re.compile(
    r"\b(?P<many>how many|сколько|скольких)\b|\b(?P<who>who|кто)\b|\b(?P<whom>whom|кого|кому)\b"
    r"|\b(?P<where>where|где)\b"
    r"|\b(?P<which>which|what|какие|какой|какая|каких|какими|каким|какую|какому)\b"
    r"|^(?P<name>name|list|назовите|перечислите)\b(?:\s+(?:all|the|me|все|всех)\b)*",
    re.IGNORECASE,
)
_BEING = r"(?:is|are|was|were|been|being|be|has been|have been|had been|был|была|были|было)"
_STATE = re.compile(rf"\s*(?:of\s+the\s+\w+\s+)?{_BEING}\b", re.I)
_DOING = re.compile(r"\s*(?:did|do|does)\b", re.I)
_SHORT_PARTICIPLE = re.compile(r"(?:ен|ён|ан|ян|т)(?:|а|о|ы)$")
_PREPOSITION = re.compile(r"\b(?:against|for|to|from|with|of|about|by|on|против|для|о|об|с|к)\s+$", re.I)
_MODALS = frozenset("should must may can could would shall will".split())
MOST_NOUN_PHRASE = 6  # words between "which" and the noun that it asks for


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be listed.

    ``noun`` is what the question calls it, ``kind`` what that noun names, both None for "who"; ``words`` are what the
    question says of it, without dates, names and nouns for people; ``main`` is the one that says what happened;
    ``patient`` says that it was done to them, ``free`` that the question does not tell on which side of it they stand;
    ``dates`` are stems of its months and years, ``names`` the names in it, without a last letter that may be a case,
    and ``objects`` those that are not only where or whose; ``wished`` says that it should happen, not that it did.
    """

    noun: str | None
    kind: str | None
    words: tuple[str, ...]
    main: str | None
    patient: bool = False
    free: bool = False
    dates: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    wished: bool = False


def what_is_asked(question: str) -> Asked | None:
    """Return what ``question`` wants listed, None if it wants no list of names."""
    match = _ASKS.search(question)
    if match is None:
        return None
    rest = question[match.end() :].strip(" ?")
    words = re.findall(r"[^\W_]+(?:[’'-][^\W_]+)*", rest)
    noun, after = None, words
    if match["which"] or match["many"] or match["name"]:
        at = _noun_at(words)
        if at is None:
            return None
        noun, after = words[at], words[at + 1 :]
    kind = class_of(noun) if noun else PLACE if match["where"] else None
    said = _said(question, after)
    if not said:
        return None
    follows = " ".join(after)
    doing, state = bool(_DOING.match(follows)), bool(_STATE.match(follows))
    main = _main(question[: match.start()], after, said, doing=doing, state=state)
    wished = any(word.lower() in _MODALS for word in after)
    patient = bool(
        (wished and "be" in after) or doing or match["whom"] or _is_done_to(main, state, match["which"] or "")
    )
    country = noun is not None and ("place", "country") in kinds_of(noun)
    free = bool(match["where"] or _PREPOSITION.search(question[: match.start()]))
    free = free or (kind == PLACE and not country and not doing and not state)
    names = tuple(
        w[:-1] if len(w) > 5 else w
        for w in words
        if w[0].isupper() and w.isalpha() and w != noun and not is_calendar(w)
    )
    dates = tuple(stem(w, None) for w in split(question) if is_calendar(w) or re.fullmatch(r"(?:19|20)\d\d", w))
    objects = tuple(name for name in names if _is_object(question, name))
    return Asked(noun, kind, tuple(said), main, patient, free, dates, names, objects, wished)


def _noun_at(words: list[str]) -> int | None:
    """Where the noun asked for stands: the first that names a kind, or of several the last ("union leaders")."""
    function = function_words_in(word.lower() for word in words)
    for i, word in enumerate(words[:MOST_NOUN_PHRASE]):
        if class_of(word) is None:
            continue
        while i + 1 < len(words) and word.isascii() and _goes_with(words[i + 1], words[i + 2 : i + 3], function):
            i, word = i + 1, words[i + 1]
        return i
    return None


def _goes_with(word: str, after: list[str], function: frozenset[str]) -> bool:
    return class_of(word) is not None and bool(not after or after[0].lower() in function or class_of(after[0]) is None)


def _said(question: str, words: list[str]) -> list[str]:
    """The words that say something of what is asked for: no function words, dates, names, or nouns for people."""
    low = [word.lower() for word in words]
    function = function_words_in(split(question))
    kept = [
        word.lower()
        for word in words
        if word.lower() not in function
        and not is_calendar(word)
        and not word.isdigit()
        and not (word[0].isupper() and not _lower_twin(word, low))
        and class_of(word) not in (PERSON,)
    ]
    return list(dict.fromkeys(kept))


def _main(before: str, after: list[str], said: list[str], *, doing: bool, state: bool) -> str:
    """The word that says what happened: the last in a turned question, the first behind "should", else a participle."""
    modal = next((i for i, word in enumerate(after) if word.lower() in _MODALS), None)
    if modal is not None:
        return next((word.lower() for word in after[modal:] if word.lower() in said), said[0])
    if doing or _PREPOSITION.search(before):
        return said[-1]
    return _participle(said) if state else said[0]


def _is_object(question: str, name: str) -> bool:
    return not re.search(
        rf"\b(?:in|at|of|for|from|by|to|on|в|во|на|из|по)\s+(?:\w+\s+){{0,3}}{re.escape(name)}", question
    )


def _lower_twin(word: str, low: list[str]) -> bool:
    return low.count(word.lower()) > 1


def _participle(said: list[str]) -> str:
    return next((word for word in said if re.search(r"(?:ed|en|wn|ght|lt|nt)$", word) or _short(word)), said[0])


def _short(word: str) -> bool:
    return bool(re.search("[а-я]", word) and _SHORT_PARTICIPLE.search(word))


def _is_done_to(main: str, state: bool, which: str) -> bool:
    if re.search("[а-я]", main):
        return _short(main) or (which.lower() in ("каких", "какую") and bool(re.search(r"ли$", main)))
    return state
