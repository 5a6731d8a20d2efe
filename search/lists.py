"""Who or which: the names in the sentences that answer, where they stand beside what the question says of them."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from indexer.words import normalise, split, stem
from search.asked import Asked
from search.ellipsis import turning
from search.entities import Name, Seen, is_calendar, is_country, names_in
from search.framing import says
from search.groups import ASIDE, BEING, WORD, Aim, Group, Told, groups_of, is_plural
from search.names import POSSESSIVE
from search.nouns import ORGANISATION, PLACE, class_of, fits, is_general, kinds_of, sex_of
from search.outcomes import opposed
from search.quantities import is_number
from search.statements import Statement

NEAR = 14  # words between a name and the word that says what happened
COVERED = 0.6  # of the question's words, where the one that says what happened is not there
WITH_MAIN = 0.5  # of the question's other words, where it is

_BY = re.compile(r"\bby\s+(?:the\s+|a\s+)?$", re.I)
_IN = re.compile(r"\b(?:in|at|near|from|to|into|outside|в|во|на|из|под|около)\s+(?:the\s+)?$", re.I)
# By whom it was done, right before a list of them: "by three experts, namely", "организациями, в том числе".
_BY_WHOM = re.compile(
    r"(?:\bby\s+(?P<by>(?:(?!(?:in|at|near|on|outside|during|after|before)\s)[\w’'-]+\s+){0,6}?[\w’'-]+)|(?P<ru>\w+[ая]ми))"
    r"\s*(?P<mark>,?\s*\b(?:namely|а именно)\b|:|\s[—–]\s|,|\b(?:such as|including|like)\b)[^,;:]*:?[^,;:]*$",
    re.I,
)
_SOME = re.compile(r"(?:several|many|various|the following)\s", re.I)
_NEW_SUBJECT = re.compile(r",\s+(?:and|but|while)\s+(?!\w+ed\b)[^,]*\b(?:was|were|is|are|has|have|had)\b")

# A clause that is denied or confirmed, and what denies or, itself denied, leaves open what the clause says.
_THAT = re.compile(
    r"(?:\s(?:о\s+том|в\s+том|того))?,?\s+(?:that|whether|что|будто|że|que|dass)\s+"
    r"|(?:(?<=denied)|(?<=denies)|(?<=deny)|(?<=confirm))\s+(?=(?:[A-Z][\w’'-]+\s+){1,4}(?:was|were|is|are|had|has)\b)"
)
_CLAIM = re.compile(
    r"(?i)(?:^|\s)(?P<noun>(?:claim|allegation|report|accusation|suggestion|statement|rumou?r|notion|assertion)s?"
    r"|(?:утвержден|сообщен|обвинен|заявлен|слух|верси|информаци|довод)\w*|twierdzeni\w*|afirmaci\w*)"
    r"(?:\s(?:by|from|in)\s[\w\s’'-]{1,40})?$"
)
_DENYING = re.compile(
    r"(?i)dismiss(?:ed|es|ing)?|refut\w+|disprov\w+|rebut\w*|disputed|disputes|doubt(?:s|ed)?|denial|false|untrue|incorrect"
    r"|unfounded|baseless|wrong|отрица\w+|ложь|ложн\w+|неправда|неверно|сомнева\w+|zaprzecz\w+|odrzuc\w+|nieprawda"
    r"|negó|negaron|desm[ie]nt\w+|rechaz\w+|nié|démenti|bestr(?:itt|eite)\w*"
)
_ASSERTING = re.compile(
    r"(?i)confirm\w*|say|said|claim(?:s|ed)?|find|found|establish\w*|prove[dns]?|believe[ds]?|think|concluded?|alleged?|stated?"
    r"|suggest\w*|show(?:s|ed|n)?|verif\w+|corroborate\w*|true|case|evidence|proof|indication|accept(?:ed)?"
    r"|подтверд\w+|подтвержд\w+|установ\w+|доказ\w+|утвержд\w+|сказал\w*|считает|правда|potwierdz\w+|bestätig\w+"
)
MOST_LEAD = 5  # words between what denies and the claim that it denies, and this: "rejected all of the new claims"
_OR_DENIED = re.compile(r"\s(?:(?:n?or|ни|и\s+не)\s+\w+\s*$|as\s+\w+)")  # "not confirm or deny", "rejected as false"
_BESIDE = re.compile(r"\s(?:\w+ly|(?:on|in|to)\s(?:the\s)?[\w’'-]+)\s*$")
_LATER = re.compile(
    r"(?:(?!\b(?:and|that|who|which|whose|but)\b(?! [A-ZА-ЯЁ]))[^,;:])*?"
    r"(?:\b(?:is|are|was|were|been|proved)\s+(?:\w+ly\s+)?|,\s*(?:был[аио]?\s+)?)(\w+)(?:\s+(\w+))?"
)
_ENDED = re.compile(
    r"[;:]|\b(?:but|however|although|though|whereas|но|однако|хотя|pero|mais|aber)\s"
    r"|.\b(?:after|before|when|because|since|после|когда)\b[^,]*$"
    r"|\b(?:who|which|whom|котор\w+)\s+(?:(?:had|has|have|was|were|is|are|been|later|\w+ly|был\w*)\s+)*$"
)
_LEADS = frozenset("having ever the any all a an his her their".split())  # "denied having ever"
_UNDONE = re.compile(
    r"(?:(?!\b(?:and|that|who|which|whose|but|и)\b(?! [A-ZА-ЯЁ]))[^,;:])*?"
    r"(?:\b(?:is|are|was|were|been)\s+(?:(?!not\b|never\b)\w+\s+)?|\s(?<!не\s)(?=отмен|аннул))(\w+)"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A name that a sentence gives for what is asked."""

    name: Name
    sentence: Statement


def members(asked: Asked, sentences: Sequence[Statement], seen: Seen, question: str) -> list[Mention]:
    """Return the names in ``sentences`` that are what is asked for, in order; those of the question itself are none."""
    told = Told.of(sentences, seen)
    own, aim = set(split(question)), Aim.of(asked, question, seen)
    return [
        Mention(name, sentence)
        for sentence in sentences
        for name in _listed(asked, aim, sentence, seen, told)
        if not set(split(name.words)) <= own
    ]


def covers(asked: Asked, text: str, language: str | None) -> bool:
    """Whether a text has enough of the question's words to be looked at sentence by sentence."""
    return _covered(asked, _stems(text, language), language)


@lru_cache(maxsize=10_000)
def _stems(text: str, language: str | None) -> frozenset[str]:
    return frozenset(stem(word, language) for word in split(text))


def _covered(asked: Asked, stems: Set[str], language: str | None) -> bool:
    """Whether enough is said of the question: what happened and half of its other words, else most of them all."""
    main = stem(normalise(asked.main or ""), language)
    others = [w for w in (stem(normalise(word), language) for word in asked.words) if w != main]
    held = sum(word in stems or any(_one_root(word, other) for other in stems) for word in others)
    if main in stems:
        return not others or held >= max(1, WITH_MAIN * len(others))
    return held >= COVERED * len(asked.words)


def _one_root(a: str, b: str) -> bool:
    """Whether two stems begin with the same five letters: "registr" and "regist"."""
    return len(a) > 5 and len(b) > 5 and a[:5] == b[:5]


def _listed(asked: Asked, aim: Aim, sentence: Statement, seen: Seen, told: Told) -> list[Name]:
    text = sentence.text
    words = [(m.start(), m.end(), stem(normalise(m[0]), sentence.document.language)) for m in WORD.finditer(text)]
    groups = groups_of(text, names_in(text, seen))
    if sentence.foreign:
        chosen = [g for g in groups if asked.noun and any(fits(noun, asked.noun) for noun in g.all_told())]
        names = [name for group in chosen for name in group.names if _is_kind(asked, name, text, told, group)]
        return [name for name in names if not _denied(asked, text, (name.start, name.end))]
    if not _covered(asked, {s for _, _, s in words}, sentence.document.language) or not _in_time(asked, text):
        return []
    found: dict[int, Name] = {}
    said, places = _places(asked, text, words, sentence.document.language)
    if asked.objects and not any(name in text for name in asked.objects):
        return []
    for place in (
        p for p in places[: None if said else 1] if not _denied(asked, text, p) and _happened(asked, text, p)
    ):
        chosen = _beside_word(asked, aim, text, place, groups) if said else _around(asked, place, groups)
        for group in chosen:
            if group.owned and not group.end < place[0] < group.owned:  # her arrest is of her, her assistant's is not
                continue
            found |= {n.start: n for n in group.names if _is_kind(asked, n, text, told, group)}
    return [found[start] for start in sorted(found)]


def _in_time(asked: Asked, text: str) -> bool:
    """Whether a sentence names none of the months and years that a question does not name."""
    if not asked.dates:
        return True
    dated = {stem(w, None) for w in split(text) if is_calendar(w) or re.fullmatch(r"(?:19|20)\d\d", w)}
    return not dated or bool(dated & set(asked.dates))


def _places(
    asked: Asked, text: str, words: Sequence[tuple[int, int, str]], language: str | None
) -> tuple[bool, list[tuple[int, int]]]:
    """Return where the word stands that says what happened, and True; where it does not, the other words, and False."""
    main = normalise(asked.main or "")
    at = [(a, b) for a, b, s in words if s == stem(main, language) and not _adjective(main, text, a, b)]
    others = {stem(normalise(word), language) for word in asked.words}
    return bool(at), at or [(a, b) for a, b, s in words if s in others]


def _adjective(main: str, text: str, start: int, end: int) -> bool:
    """Whether "close" is no form of the "closed" asked for: it has no ending, and nothing before makes it a verb."""
    surface = text[start:end].lower()
    if surface.endswith("ing") and not main.endswith("ing"):  # "a leading group" leads nothing
        return bool(re.search(r"\b(?:a|an|the|its|their|his|her)\s+(?:\w+\s+)?$", text[:start]))
    if not main.endswith("ed") or re.search(r"(?:ed|en|wn|ing|s|ion)$", surface):
        return False
    return not re.search(r"\b(?:to|will|would|should|must|may|can|could|did|not)\s+(?:\w+ly\s+)?$", text[:start])


def _happened(asked: Asked, text: str, place: tuple[int, int]) -> bool:
    """Whether a word tells of what happened; "to ban" does only where it was ordered or decided, not asked for."""
    infinitive = re.search(r"(\w+)\s+to\s+(?:\w+ly\s+)?$", text[: place[0]])
    if asked.wished or asked.free or not infinitive:
        return True
    return bool(
        re.match("order|forc|decid|decision|agree|compel|oblig|instruct|tri|try|attempt|aim", infinitive[1].lower())
    )


def _denied(asked: Asked, text: str, place: tuple[int, int]) -> bool:
    """Whether it did not happen: by the word before it, by what its clause is the content of, or as it was undone."""
    before, after = text[: place[0]], text[place[1] :]
    if re.search(r"\b(?:not|never|nor|не|ни|nie|nicht)\s+(?:\w+\s+)?$", before):
        return True
    clauses = (that for that in _THAT.finditer(text, 0, place[0]) if not _ended(text[that.end() : place[0]]))
    if any(_content_denied(asked, text[: that.start()], after) for that in clauses):
        return True
    return not any(opposed("upheld", w) for w in asked.words) and _named_in_denial(before, text[slice(*place)], after)


def _denies(word: str) -> bool:
    return opposed("confirm", word) or opposed("accept", word) or bool(_DENYING.fullmatch(word))


def _content_denied(asked: Asked, lead: str, after: str) -> bool:
    """Whether what leads up to "that", or what follows its clause, says that it is not so."""
    clause = re.split(r"[;:,]|\b(?:and|but|who|which)\b", lead)[-1]
    claim = _CLAIM.search(clause)
    if claim and any(stem(word, None) in {stem(w, None) for w in asked.words} for word in split(claim["noun"])):
        return False  # "the report that Alba Watch published", of which it is asked
    later = _LATER.match(after) if claim else None
    if later and (_denies(later[1]) or (turning(later[1], "denies") and _ASSERTING.fullmatch(later[2] or ""))):
        return True
    rest = _BESIDE.sub("", _OR_DENIED.sub("", clause[: claim.start()] if claim else clause))
    words = WORD.findall(rest)
    at = max((i for i, word in enumerate(words) if _denies(word) or _ASSERTING.fullmatch(word)), default=-1)
    if at < 0 or len(words) - at > (MOST_LEAD if claim else 1):
        return bool(claim and turning(" ".join(words[-2:]), "denies"))  # "no reports that"
    return _denies(words[at]) is not _negated(words[:at])


def _negated(words: Sequence[str]) -> bool:
    """Whether the last words before a verb, or the subject they begin with, deny it; "a man with no shoes said"."""
    near = re.split(r"\b(?:with|without|of|in|by|for|at|from)\b", " ".join(words[-3:]))[0]
    return bool(turning(near, "denies") or re.match(r"(?:no|none|nobody|neither|никто)\b", " ".join(words), re.I))


def _ended(inside: str) -> bool:
    """Whether the clause behind a "that" is over, or leads to what is taken as known: "when she was arrested"."""
    pieces = re.findall(r"(?:,|\band|\bи)\s+((?:[\w’'-]+\s+){1,3})", inside)
    return bool(_ENDED.search(inside)) or any(says(piece) or any(map(_denies, piece.split())) for piece in pieces)


def _named_in_denial(before: str, surface: str, after: str) -> bool:
    """Whether a noun is denied, or undone: "denied the torture of X", "the conviction of X was quashed"."""
    verb = surface.endswith("ed") or bool(re.search(rf"{BEING.pattern}\s+$", before))
    undone = None if verb else _UNDONE.match(ASIDE.sub("", after))
    if undone and opposed("upheld", undone[1]):
        return True
    words = WORD.findall(re.split("[,;:]", before)[-1])
    at = max((i for i, w in enumerate(words) if opposed("upheld", w) or opposed("confirm", w)), default=-1)
    if at < 0 or _negated(words[:at]) or (verb and "having" not in words[at:]):
        return False
    between = words[at + 1 :]
    if opposed("upheld", words[at]):
        return 0 < len(between) < 4 and not {"of", "against", "for", "on", "who", "which", "that"} & set(between)
    return all(word in _LEADS or POSSESSIVE.search(word) for word in between)


# -- which of them are meant


def _beside_word(asked: Asked, aim: Aim, text: str, place: tuple[int, int], groups: Sequence[Group]) -> list[Group]:
    """The names on the side of a word on which what is asked for stands."""
    left = [g for g in groups if g.end <= place[0] and _distance(text, g.end, place[0]) <= NEAR]
    left = [g for g in left if not _of_another(text[g.end : place[0]]) and not _in_aside(text, g, place[0])]
    right = [g for g in groups if g.start >= place[1] and _distance(text, place[1], g.start) <= NEAR]
    announced = [g for g in groups if g.start >= place[1] and g.introduced]
    before, after = left[-1:], right[:1]
    if asked.free:
        return [g for g in (*after, *before) if _fits_noun(asked, g)][:1]
    passive = [g for g in before if BEING.search(text[g.end : place[0]])]
    active = [g for g in before if not BEING.search(text[g.end : place[0]])]
    by = [g for g in after if _BY.search(text[: g.start])]
    if not asked.patient:
        return by or [g for g in _doers(aim, text, place, active, announced, after) if not aim.holds(g)]
    russian = bool(re.search("[а-яё]", text[place[0] : place[1]], re.I))
    if russian:
        short = bool(re.search(r"(?:н|т)(?:|а|о|ы)$", text[place[0] : place[1]]))
        return (before if short else []) or after
    if passive or (announced and _is_passive(text, place)):
        return passive[-1:] + [g for g in announced[:1] if not passive]
    done_to = [g for g in after if g not in by and (asked.kind == PLACE or not _IN.search(text[: g.start]))]
    return (
        (done_to if not _is_passive(text, place) else [])
        or announced[:1]
        or [g for g in active if _reduced(text, g, place)]
    )


def _doers(
    aim: Aim, text: str, place: tuple[int, int], active: list[Group], announced: list[Group], after: list[Group]
) -> list[Group]:
    """Names of who did it, where no "by" stands right before them."""
    if _is_noun(aim.main, text, place):  # of the arrests, with a list behind: that is of the arrested
        return []
    if not _is_passive(text, place):
        return active or announced[:1] or _inverted(text, place, after)
    # What was done to somebody has a list of them behind, unless it says by whom; nothing was done to who "died".
    return [g for g in announced[:1] if not aim.given or _by_whom(text[place[1] : g.start])]


def _by_whom(between: str) -> bool:
    """Whether a list is announced by who did it: "reviewed by three experts, namely", "by unions, including"."""
    by = _BY_WHOM.search(between)
    if by is None:
        return False
    words = (by["by"] or by["ru"]).split()
    if re.search(
        r"namely|именно|[:—–]", between[by.start("mark") :], re.I
    ):  # "three men were shot by soldiers: A and B"
        return any(word.isdigit() or is_number(word.lower()) for word in words) or bool(_SOME.match(by["by"] or ""))
    return is_plural(words[-1])


def _is_noun(main: str, text: str, place: tuple[int, int]) -> bool:
    """Whether the verb of the question is a noun here: "killings, including", "deplored the arrests of"."""
    surface = text[slice(*place)].lower()
    if surface.endswith("ings"):
        return not main.endswith(("ing", "ings"))
    if not main.endswith("ed") or surface.endswith("ed"):
        return False
    led = re.search(r"\b(?:the|a|an|of|their|his|her|its)\s+$", text[: place[0]], re.I)
    return bool(led or re.match(r"\s+of\b", text[place[1] :]))


def _around(asked: Asked, place: tuple[int, int], groups: Sequence[Group]) -> list[Group]:
    """The names nearest to a word of the question, where the text must call them what the question does."""
    near = [g for g in groups if min(abs(g.start - place[1]), abs(place[0] - g.end)) <= 8 * NEAR]
    named = [g for g in near if asked.noun and any(fits(noun, asked.noun) for noun in g.all_told())]
    return sorted(named, key=lambda g: min(abs(g.start - place[1]), abs(place[0] - g.end)))[:1]


def _in_aside(text: str, group: Group, place: int) -> bool:
    """Whether names stand in an aside: "X, speaking on behalf of the party Y, requested"."""
    if group.introduced or "," not in text[group.end : place]:
        return False
    clause = re.search(r",\s*(?:who|which|[a-z]{3,}ing)\s[^,]*$", text[: group.start])
    apposition = re.search(r",\s*(?:a|an)\s[^,]*$", text[: group.start])
    return bool(clause or (apposition and re.match(r"[”»\"]?\s*,", text[group.end :])))


def _of_another(between: str) -> bool:
    """Whether a relative clause stands between that is told of some other noun: "X urges ... groups who have fled"."""
    if _NEW_SUBJECT.search(between):
        return True
    relative = re.search(r"\b(?:who|which|that|whom)\b", between)
    return bool(relative) and bool(re.search(r"\w", ASIDE.sub("", between[: relative.start() if relative else 0])))


def _distance(text: str, start: int, end: int) -> int:
    if "\t" in text and "\n" in text[start:end]:  # a row of a table tells nothing of the next one
        return len(text)
    return len(ASIDE.sub(" ", text[start:end]).split())


def _is_passive(text: str, place: tuple[int, int]) -> bool:
    if re.search(r"[а-яё](?:н[аоы]?|т[аоы])$", text[slice(*place)].lower()):  # "задержаны" needs no "были"
        return True
    return bool(BEING.search(" ".join(text[: place[0]].split()[-5:])))


def _inverted(text: str, place: tuple[int, int], after: list[Group]) -> list[Group]:
    """In Russian the doer may follow: "осудили Канада и Норвегия"."""
    russian = bool(re.search("[а-яё]", text[place[0] : place[1]], re.I))
    return [g for g in after if russian and not _IN.search(text[: g.start]) and _distance(text, place[1], g.start) == 0]


def _reduced(text: str, group: Group, place: tuple[int, int]) -> bool:
    """Names that a state is told of without "be": "the groups ECHO and Veritas, suspended since January"."""
    return bool(re.fullmatch(r"[”»\"]?\s*,\s*(?:\w+ly\s+)?", text[group.end : place[0]]))


def _fits_noun(asked: Asked, group: Group) -> bool:
    return asked.noun is None or not group.all_told() or any(fits(n, asked.noun) for n in group.all_told())


def _is_kind(asked: Asked, name: Name, text: str, told: Told, group: Group) -> bool:
    """Whether a name can be what is asked for, by what the text calls it and by how it looks."""
    looks = looks_like(name)
    country_asked = asked.noun is not None and ("place", "country") in kinds_of(asked.noun)
    if country_asked:
        countries = sum(looks_like(other) == PLACE for other in group.names)
        return looks == PLACE or (looks is None and " " not in name.words and 2 * countries > len(group.names))
    if looks == PLACE and asked.kind != PLACE:
        return False
    if asked.noun is None:
        return asked.kind == PLACE or not _IN.search(text[: group.start])
    if looks is not None and asked.kind is not None and looks != asked.kind and asked.kind != PLACE:
        return False
    anywhere = sorted(told.nouns.get(name.words, ()))
    if is_general(asked.noun) and (sex := sex_of(asked.noun)) and (own := told.sex(name)):
        return sex == own
    nouns = group.told[group.names.index(name)] or anywhere
    if not nouns:
        said_here = any(fits(word, asked.noun) for word in WORD.findall(text))
        return asked.kind == PLACE or (said_here and not _IN.search(text[: group.start]))
    if any(fits(noun, asked.noun) for noun in nouns):
        return True
    # Where "organisations" leaves open which, another sentence or the name itself may say it: "Miners' Union".
    further = (*anywhere, *name.words.split())
    place = asked.kind == PLACE and all(class_of(noun) == PLACE for noun in nouns)
    return all(map(is_general, nouns)) and (place or any(fits(word, asked.noun) for word in further))


def looks_like(name: Name) -> str | None:
    """What a name is by its own words: a country, a body; None where its words do not tell."""
    if is_country(name.words):
        return PLACE
    words = name.words.split()
    if any(class_of(word) == ORGANISATION for word in words) or (len(words) == 1 and name.words.isupper()):
        return ORGANISATION
    if re.search(r"\s(?:for|of|against|without)\s", name.words, re.I):
        return ORGANISATION
    return None
