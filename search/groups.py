"""Names that a sentence lists together, and what it calls them: "journalists, including A and B", "the activist C".

Of a name that only says whose something is ("searched Mona Pell's office") nothing is told but that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from indexer.words import normalise, stem
from search.asked import Asked
from search.entities import Name, Seen, is_country, names_in
from search.nouns import ORGANISATION, PERSON, PLACE, class_of, is_general, sex_of
from search.statements import Statement
from search.variants import same

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
_TOGETHER = re.compile(r"\b(?:with|alongside|вместе\s+с|с)\s+(?:the\s+)?[“«\"]?$", re.I)
# What follows a verb that has no object: "who died in custody?"
_NO_OBJECT = re.compile(
    r"\s*(?:\w+ly\s+)?(?:$|[?.!,]|(?:about|after|against|at|before|by|during|for|from|in|into|last|of|on|to|under|when|while"
    r"|with|в|во|на|из|от|за|по|под|о|об|после|против)\b)",
    re.I,
)
# A name that owns what follows it: "Mona Pell's office", "the Harbour Lawyers' member".
_OWNS = re.compile(r"(?:[’']s|(?<=s)[’'])\s+(?!(?:is|was|were|has|had|been|and|or)\b)(?P<owned>(?:[\w’'-]+\s*)+)", re.I)
_ITS_WORK = re.compile(
    r"\b(?:activit(?:y|ies)|work|operations?|licen[cs]es?|registrations?|accreditations?|memberships?|broadcasts?|accounts?"
    r"|assets)\b",
    re.I,
)
# What stands between an owner and who is owned: "Petra Lind's assistant, the Swedish lawyer Maja Holm".
_APPOSED = re.compile(
    r"(?:[’']s|(?<=s)[’'])\s+(?:[\w’-]+\s+){0,5}?(?P<noun>[a-zа-яё][\w-]+)(?P<further>\s*,\s*(?:[\w-]+\s+){0,6})?\s*[“«\"]?"
)
_TITLED = re.compile(r"\b(?:(?P<woman>Ms|Mrs|Miss|г-жа|г-жи|госпож\w+)|(?P<man>Mr|г-н|г-на|господин\w*))\.?\s+$", re.I)
_PRONOUN = re.compile(r"\b(?:(?P<woman>she|hers?|herself|она|её|ее|ей)|(?P<man>he|him|his|himself|он|его|ему))\b", re.I)


@dataclass(frozen=True, slots=True)
class Group:
    """Names that a sentence lists together, what the text calls each, and whether "including" leads up to them.

    ``owned`` is where what the last of them owns ends, if the name only says whose that is.
    """

    names: tuple[Name, ...]
    told: tuple[tuple[str, ...], ...]
    introduced: bool
    owned: int | None = None

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


@dataclass(slots=True)
class Told:
    """What the texts call each name, anywhere: "the activist Gulzipa Dzhaukerova" makes her an activist.

    ``sexes`` are what titles and pronouns tell: "Ms. Holm" makes Maja Holm a woman, where no one else is called Holm.
    """

    nouns: dict[str, set[str]] = field(default_factory=dict)
    sexes: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, sentences: Sequence[Statement], seen: Seen) -> Told:
        """Read what names are called in ``sentences``."""
        told = cls()
        for sentence in sentences:
            names = names_in(sentence.text, seen)
            for group in groups_of(sentence.text, names):
                for name, nouns in zip(group.names, group.told, strict=True):
                    told.nouns.setdefault(name.words, set()).update(nouns)
            for name in names:
                told.sexes.setdefault(name.words, set()).update(_sexes(sentence.text, name, names))
        return told

    def sex(self, name: Name) -> str | None:
        """Return "woman" or "man" where the texts call a name so and never the other, None where they do not tell."""
        told = {sex for noun in self.nouns.get(name.words, ()) if (sex := sex_of(noun))}
        told = told or self.sexes.get(name.words, set())
        last = name.words.split()[-1]
        if not told and not any(other.endswith(f" {last}") for other in self.sexes.keys() - {name.words}):
            told = self.sexes.get(last, set())
        return next(iter(told)) if len(told) == 1 else None


def _sexes(text: str, name: Name, names: Sequence[Name]) -> set[str]:
    """What a title before a name tells, and a pronoun behind it in a sentence that has no other name."""
    if title := _TITLED.search(text[: name.start]):
        return {title.lastgroup or ""}
    if [n for n in names if not is_country(n.words)] != [name] or _owned(text, name):  # "Feld's wife said she"
        return set()
    found = {match.lastgroup or "" for match in _PRONOUN.finditer(text, name.end)}
    return found if len(found) == 1 else set()


@dataclass(frozen=True, slots=True)
class Aim:
    """To whom or what a question for the doer says that it was done: "who fined Alba?"

    ``main`` is the word that says what happened; ``names`` are those behind it but companions ("with Peru"), ``nouns``
    stems of the plural nouns for people, bodies and places if it asks "who". ``given`` is False where its verb has no
    object: "who died in custody?"
    """

    main: str
    names: tuple[str, ...]
    nouns: frozenset[str]
    given: bool

    @classmethod
    def of(cls, asked: Asked, question: str, seen: Seen) -> Aim:
        """Read it from ``question``."""
        main = asked.main or ""
        at = re.search(rf"\b{re.escape(main)}\b", question, re.I)
        behind = (n for n in names_in(question, seen) if at is None or n.start >= at.end())
        names = tuple(n.words for n in behind if not _TOGETHER.search(question[: n.start]))
        nouns = (m[0] for m in WORD.finditer(question) if class_of(m[0]) and is_plural(m[0]) and asked.noun is None)
        given = at is None or not _NO_OBJECT.match(question, at.end())
        return cls(normalise(main), names, frozenset(stem(normalise(noun), None) for noun in nouns), given)

    def holds(self, group: Group) -> bool:
        """Whether names that stand together are of those to whom it was done: one of them is in the question."""
        if any(same(name, member.words, {}) for name in self.names for member in group.names):
            return True
        return group.introduced and any(stem(normalise(noun), None) in self.nouns for noun in group.all_told())


def groups_of(text: str, names: Sequence[Name]) -> list[Group]:
    """Gather the names of a text into lists; one that only says whose or where another is is in none."""
    plain = text
    gathered: list[list[Name]] = []
    at = 0
    owners: dict[int, int] = {}  # where a name ends -> where what it owns ends
    for i, name in enumerate(names):
        last = gathered[-1][-1] if gathered else None
        owned = _owned(text, name)
        goes_on = last is not None and _goes_on(plain[last.end : name.start])
        belonging = _OF_SOMEONE.search(text[at : name.start])
        if _ACCORDING.search(text[: name.start]):
            plain = _blanked(plain, name.start, name.end)
        elif at and _BELONGS.fullmatch(text[at : name.start]):
            plain = _blanked(plain, at, name.end)
        elif belonging and class_of(belonging[1]) == PERSON:
            plain = _blanked(plain, at + belonging.end(1), name.end)
        elif owned and (goes_on or _is_apposed(text[name.end : names[i + 1].start if i + 1 < len(names) else None])):
            plain = _blanked(plain, name.start, name.end + 2)
        elif goes_on:
            gathered[-1].append(name)
        else:
            gathered.append([name])
            owners |= {name.end: owned} if owned else {}
        at = name.end
    return [_grouped(text, plain, group, owners.get(group[-1].end)) for group in gathered]


def _owned(text: str, name: Name) -> int | None:
    """Where the phrase ends that a name says only whose it is; a country stands for its authorities."""
    marked = is_country(name.words) or text[: name.start].endswith(("‘", "'"))
    match = None if marked else _OWNS.match(text, name.end)
    if match is None:
        return None
    ends = _FINITE.search(match["owned"])
    if _ITS_WORK.search(match["owned"][: ends.start()] if ends else match["owned"]):
        return None  # who suspends a body's activities suspends the body
    return match.start("owned") + (ends.start() if ends else len(match["owned"]))


def _is_apposed(gap: str) -> bool:
    """Whether the next name is who is owned, not one of whom something else is told."""
    match = _APPOSED.fullmatch(gap)
    return match is not None and class_of(match["noun"]) not in (ORGANISATION, PLACE) and not _FINITE.search(gap)


def _blanked(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def _goes_on(gap: str) -> bool:
    gap = re.sub(r"\b(?:together|along)\s+with\b", ",", gap)
    if not re.search(r",|\band\b|\bи\b|\bor\b|\bили\b|\bwell as\b|\bтакже\b", gap) or not _BETWEEN.fullmatch(gap):
        return False
    return not _FINITE.search(ASIDE.sub(" ", gap))


def _grouped(text: str, plain: str, names: Sequence[Name], owned: int | None) -> Group:
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
    return Group(tuple(names), tuple(told), bool(leads), owned)


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
