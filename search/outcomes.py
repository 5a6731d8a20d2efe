"""How things end: words that undo what others say was done, and words that cannot both be true; English and Russian."""

from __future__ import annotations

import re
from functools import lru_cache

from search.quantities import is_number

# What is done, and what undoes it later.
_UNDONE = (
    (r"detain|arrest|imprison|jail|sentenc|custod|captur|задерж|арест|заключ|приговор",
     r"releas|freed|pardon|освобо|отпуст|отпущ|помилова"),
    (r"clos|suspend|shut|block|bann?|prohibit|froz|freez|outlaw|закр|приостанов|запре|заблок",
     r"reopen|resum|restor|unblock|unban|allow|возобнов|откр|разблок|разреш|восстанов"),
    (r"dismiss|fired|sack|expel|уволи|уволен|исключ", r"reinstat|rehir|восстанов"),
    (r"convict|sentenc|осужд|осуди|приговор", r"acquit|exonerat|pardon|оправда|помилова"),
)  # fmt: skip
# What undoes a thing that is named beside it: "cancel the fines", "the ban was lifted".
_UNDOES = r"cancel|annul|quash|overturn|revok|lift|drop|withdr|repeal|waiv|rescind|отмен|снят|снял|аннул|отозв"
_PENALTIES = r"fine|convict|charg|sentenc|bann?|suspen|sanction|штраф|осужд|приговор|запре|обвин|арест"
# What cannot both be true.
_OPPOSED = (
    (r"acquit|оправда|not guilty", r"convict|guilty|осужд|осуди|виновн"),
    (r"accept|approv|принял|принят|поддерж", r"reject|refus|отклон|отверг"),
    (r"upheld|uphold|affirm|оставил", r"overturn|quash|annul|отмен"),
    (r"confirm|подтверд", r"den(?:y|ied|ies)|опроверг"),
    (r"won|победил", r"lost|проиграл"),
)  # fmt: skip


# What is done to someone by someone else, so that the one named as its object is the one it is told of.
_DONE_TO = (
    r"detain|arrest|imprison|jail|sentenc|convict|acquit|exonerat|pardon|releas|freed|fined|charg|kill|murder|assassin"
    r"|execut|shot|beat|tortur|deport|expel|extradit|abduct|kidnap|задерж|арест|заключ|пригово|осуд|осужд|оправда"
    r"|помилова|освобо|отпус|отпущ|штраф|обвин|убит|убил|казн|изби|пыта|похи"
)
_DIES = r"die[ds]?$|погиб|умер|сконча"  # what no one does to another

_ONCE = frozenset("die kill murder born found assassin execut погиб умер уб убит убил казн родил".split())
_GUILTY = r"found|признал"

_WORDS = "|".join((_UNDOES, _PENALTIES, *(f"{a}|{b}" for a, b in (*_UNDONE, *_OPPOSED))))
_TELLS = re.compile(
    rf"\d|\b(?:not|never|не)\b|\b(?:о)?(?:{_WORDS})|\b(?:die|kill|murder|born|погиб|умер|убит)", re.IGNORECASE
)


@lru_cache(maxsize=10_000)
def can_differ(text: str) -> bool:
    """Whether a sentence has anything that another can tell otherwise: a number, a denial, an end, a death."""
    return bool(_TELLS.search(text)) or any(is_number(word) for word in text.lower().split())


def undoes(later: str, earlier: str) -> bool:
    """Whether a word says the end of what another word says was done: "released" of "arrested"."""
    return any(_is(earlier, done) and _is(later, undone) for done, undone in _UNDONE)


def undoes_named(word: str, objects: frozenset[str], earlier: str) -> bool:
    """Whether a word undoes what stands beside it (``objects``, stems) and ``earlier`` is the doing of just that."""
    if not _is(word, _UNDOES) or not _is(earlier, _PENALTIES):
        return False
    return any(_is(thing, _PENALTIES) and _one_root(thing, earlier) for thing in objects)


def _one_root(a: str, b: str) -> bool:
    short, long = sorted((a.lower(), b.lower()), key=len)
    return len(short) > 2 and (short[:4] in long if len(short) > 4 else long.startswith(short[:3]))


def opposed(a: str, b: str) -> bool:
    """Whether two words cannot both be true of one thing: acquitted and convicted."""
    return any((_is(a, x) and _is(b, y)) or (_is(a, y) and _is(b, x)) for x, y in _OPPOSED)


@lru_cache(maxsize=50_000)
def turns(word: str) -> bool:
    """Whether a word can be what undoes another or is against it."""
    return _is(word, f"{_WORDS}|{_GUILTY}")


@lru_cache(maxsize=50_000)
def may_turn(a: str, b: str) -> bool:
    """Whether of two words one may undo the other or be against it, whatever stands beside them: a first look."""
    if opposed(a, b) or found_guilty(a) or found_guilty(b) or undoes(a, b) or undoes(b, a):
        return True
    return any(_is(x, _UNDOES) and _is(y, _PENALTIES) for x, y in ((a, b), (b, a)))


def penalty(word: str) -> bool:
    """Whether a word names a penalty that can be taken back: "fines", "the ban"."""
    return _is(word, _PENALTIES)


def done_to(word: str) -> bool:
    """Whether a word says what is done to someone: a penalty, an arrest, its end, a verdict, violence."""
    return _is(word, _DONE_TO) or found_guilty(word)


def dies(word: str) -> bool:
    """Whether a word says of its subject that they died."""
    return _is(word, _DIES)


def only_once(root: str) -> bool:
    """Whether what the stem of a word says can happen to someone only once."""
    return any(root.startswith(once) for once in _ONCE) if root > "а" else root in _ONCE


def found_guilty(word: str) -> bool:
    """Whether a word is that of a verdict, which stands behind it."""
    return bool(re.match(_GUILTY, word))


@lru_cache(maxsize=50_000)
def _is(word: str, family: str) -> bool:
    return bool(re.match(rf"(?:о)?(?:{family})", word.lower()))
