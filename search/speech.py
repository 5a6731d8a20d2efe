"""Who says what in a sentence: "NGOs reported that", "according to witnesses", "said the governor".

In English and Russian. Only words of the sentence are given back, as spans; a pronoun names no one, and a passive says
nothing of who speaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

Span = tuple[int, int]
MOST_WORDS = 16  # in what names a speaker

_VERBS = (
    r"sa(?:y|ys|id)|stat(?:e|es|ed)|report(?:|s|ed)|not(?:e|es|ed)|alleg(?:e|es|ed)|claim(?:|s|ed)|argu(?:e|es|ed)|warn(?:|s|ed)"
    r"|stress(?:|es|ed)|emphasi[sz](?:e|es|ed)|underlin(?:e|es|ed)|recall(?:|s|ed)|point(?:|s|ed)\s+out|add(?:s|ed)"
    r"|announc(?:e|es|ed)|declar(?:e|es|ed)|den(?:y|ies|ied)|confirm(?:|s|ed)|condemn(?:|s|ed)|deplor(?:e|es|ed)"
    r"|welcom(?:e|es|ed)|regret(?:|s|ted)|urg(?:e|es|ed)|call(?:|s|ed)\s+(?:on|upon|for)|demand(?:|s|ed)|recommend(?:|s|ed)"
    r"|express(?:es|ed)?\s+(?:\w+\s+)?concern|believ(?:e|es|ed)|conclud(?:e|es|ed)|observ(?:e|es|ed)|mention(?:|s|ed)"
    r"|highlight(?:|s|ed)|insist(?:|s|ed)|acknowledg(?:e|es|ed)|encourag(?:e|es|ed)|request(?:|s|ed)|reaffirm(?:|s|ed)"
    r"|affirm(?:|s|ed)|explain(?:|s|ed)|told|suggest(?:|s|ed)|reiterat(?:e|es|ed)|indicat(?:e|es|ed)|considered|considers"
    r"|заяв(?:ил[аио]?|ляет|ляют)|сообщ(?:ил[аио]?|ает|ают)|отмет(?:ил[аио]?)|отмеча(?:ет|ют)|подчеркнул[аио]?|утвержда(?:ет|ют|л[аи]?)"
    r"|призва(?:л[аио]?)|призыва(?:ет|ют)|осудил[аио]?|осужда(?:ет|ют)|потребовал[аио]?|сказал[аи]?|добавил[аи]?|считает|считают"
    r"|рекомендовал[аио]?|рекомендует|подтвердил[аио]?|опроверг(?:ла|ли|ает|ают)?|отрица(?:ет|ют|л[аи]?)|призна(?:[её]т|ют|л[аи]?)|напомнил[аи]?|предупредил[аио]?"
)
_SAYS = re.compile(rf"(?<![\w-])(?P<verb>(?:{_VERBS}))\b", re.I)
_ACCORDING = re.compile(
    r"\b(?P<verb>according to|as\s+(?:stated|stressed|noted|reported|mentioned|described|announced)\s+by"
    r"|по\s+(?:данным|словам|мнению|информации|сообщениям?)|согласно)\s+(?P<speaker>(?:[^,;:.“”«»\"()]|\([^)]*\)){2,120}?)(?=\s*(?:[,;:.“”\"]|$))",
    re.I,
)
_AFTER_QUOTE = re.compile(
    rf"(?:[”»\"]\s*,?\s*[–—-]?\s*(?P<verb>{_VERBS})|,\s*[–—-]?\s*(?P<plain>said|says|added|adds|сказал[аи]?|заявил[аи]?|добавил[аи]?))"
    r"\s+(?P<speaker>(?:[^;:.“”«»\"()]|\([^)]*\)){2,120}?)(?=\s*(?:[;:.“\"]|$))",
    re.I,
)
_BOUNDARY = re.compile(
    r"[;:“”«»\"]|\.\s|\b(?:whereas|that|but|while|because|although|however|что|но|а также)\b\s*,?", re.I
)
_BEING = re.compile(
    r"\b(?:is|are|was|were|been|being|be|to|not|will|would|should|can|could|may|might|must|by)\s+$", re.I
)
_NO_ONE = re.compile(
    r"^(?:he|she|it|they|we|i|you|this|these|those|there|who|which|that|as|and|or|он|она|оно|они|мы|я|это|который|которая|которые|in|on|at|of|by|for|with|under|after|before|during|from|to|в|на|по|о|с|из|при|после|but|nor|и|но|а|или|либо|также)$",
    re.I,
)
# Where these lead up to the verb, nobody speaks: "no witness claimed", "neither said", "if the governor confirms".
_NOBODY = re.compile(r"(?:no|not|neither|nor|nobody|none|никто|ни)\b", re.I)
_SUPPOSED = re.compile(r"\b(?:[Ii]f|[Uu]nless|[Ww]hether|[Ее]сли)\b")
_DENIAL = re.compile(
    r"\b(?:(?:do|does|did|has|have|had|could|can|would|will)\s+not|(?:do|does|did|has|have|had|could|ca|would|wo)n['’]t"
    r"|cannot|never|(?:никогда\s+)?не)\s+$",
    re.I,
)
_BESIDE_VERB = re.compile(
    r"(?:\s+(?:has|have|had|also|further|strongly|recently|repeatedly|также|пока|ещё|еще|так и))+\s*$"
)
_APPOSITION = re.compile(r"[^,]*,\s*[^,]*[^,\s]\s*,\s*$|[^,]*,[^,]+,[^,]*$")
# One comma before "and" parts two sentences: "Police beat the workers, and the governor said".
_SEVERAL = re.compile(
    r"[^,\s]\s+(?:and|as\s+well\s+as|и)\s[^,]*$"
    r"|^\s*(?:(?:[Tt]he\s)?[^\W\d_a-zа-яё][^,]*,\s*){3,}(?:and|и)\s+(?:the\s)?[^\W\d_a-zа-яё][^,]*$"
)
_LEADS_IN = re.compile(  # "In March, the governor and the mayor": the first part is no name
    r"\s*(?:(?:on|in|at|by|for|with|under|after|before|during|from|to|as|of|since|when|while|although|though|once|following"
    r"|despite|throughout|among|amid|yesterday|today|later|then|earlier|meanwhile|recently|finally|however|moreover"
    r"|furthermore|nevertheless|instead|therefore|thus|hence|also|clearly|similarly|and|but"
    r"|в|во|на|по|о|об|с|со|из|при|после|до|для|к|от|за|когда|как|вчера|сегодня|позже|затем|однако|кроме|и|но)\b"
    r"|[a-z]+(?:ing|ed)\s+(?:in|on|at|to|by|of|about|with|for|from|after|before|the|an?|that|yesterday|today)\b"
    r"|.*\b(?:is|are|was|were|has|have|had|will|would|can|could|did|does|do|\w+(?:ила|или|али|лся|лась|лись|[аея]ется"
    r"|[аея]ются|ает|ают))\b)",
    re.I,
)
_SAID_WHAT = re.compile(r"\s*(?:,\s*)?(?:that\b|:|[“«\"]|что\b|,\s*что\b|,\s*[“«\"])")
_ALSO_A_NOUN = re.compile(
    r"report|state|note|claim|regret|demand|request|reports|states|notes|claims|demands|requests", re.I
)
_WITH_OBJECT = re.compile(
    r"отриц|опров|condemn|deplor|welcom|regret|urg|call|demand|recommend|den|express|encourag|осу|приз|потреб|реком",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Speech:
    """Who speaks and how, as spans of the text that was read."""

    speaker: Span
    verb: Span


_FURTHEST = 3_000  # characters: a sentence may be made to be slow


def speech_in(text: str) -> Speech | None:
    """Return who is first said to say something in ``text``; None if no one is, or only far behind its beginning."""
    text = text[:_FURTHEST]
    found = [*_named_after(text), *_named_before(text)]
    return min(found, key=lambda speech: min(speech.speaker[0], speech.verb[0]), default=None)


def speech_after(text: str) -> Speech | None:
    """Return who is named right behind a quotation in ``text``: "…”, said the governor"."""
    return next(iter(_named_after(text, (_AFTER_QUOTE,))), None)


def _named_after(text: str, patterns: tuple[re.Pattern[str], ...] = (_ACCORDING, _AFTER_QUOTE)) -> Iterator[Speech]:
    for pattern in patterns:
        for match in pattern.finditer(text):
            if speaker := _trimmed(text, *match.span("speaker")):
                yield Speech(speaker, match.span("verb" if match["verb"] else "plain"))


def _named_before(text: str) -> Iterator[Speech]:
    for match in _SAYS.finditer(text):
        said_what = _SAID_WHAT.match(text, match.end())
        if _ALSO_A_NOUN.fullmatch(match["verb"]) and not (said_what and said_what[0].strip(" ,") in ("that", "что")):
            continue
        if not (said_what or _WITH_OBJECT.match(match["verb"])) or _asked_to(match["verb"], text[match.end() :]):
            continue
        denial = _DENIAL.search(text, 0, match.start("verb"))
        verb = denial.start() if denial else match.start("verb")
        if speaker := _subject(text, verb):
            yield Speech(speaker, (verb, match.end("verb")))


def _asked_to(verb: str, after: str) -> bool:
    """Whether "EU urged to act" says that it is urged, not that it urges."""
    return bool(re.match(r"\s+to\s", after)) and verb.endswith("ed")


def _subject(text: str, verb: int) -> Span | None:
    """The words right before a verb that name who does it; None for a pronoun, a passive, or an infinitive."""
    before = text[:verb]
    if _BEING.search(before):
        return None
    starts = [match.end() for match in _BOUNDARY.finditer(before)]
    start = max(starts, default=0)
    words = before[start:]
    words = _BESIDE_VERB.sub(" ", words)
    if _SUPPOSED.search(words):
        return None
    end = start + len(words)
    return _trimmed(text, start + _first_named(words), end)


def _first_named(words: str) -> int:
    """Where the words that name who acts begin among those before a verb: behind what only leads in to them."""
    start = 0
    while "," in words[start:] and _LEADS_IN.match(words[start : words.find(",", start)]):
        start = words.find(",", start) + 1
    rest = words[start:]
    if "," not in rest or _APPOSITION.match(rest) or _SEVERAL.search(rest):
        return start
    return start + rest.rfind(",") + 1


def _trimmed(text: str, start: int, end: int) -> Span | None:
    while start < end and not (text[start].isalnum() or text[start] in "“«"):
        start += 1
    while end > start and not (text[end - 1].isalnum() or text[end - 1] in ")”»"):
        end -= 1
    lead = re.match(
        r"(?:and|but|hence|thus|however|moreover|also|therefore|и|но)\s+|[^\W_]{1,3}\.\s+", text[start:end], re.I
    )
    start += lead.end() if lead else 0
    words = text[start:end].split()
    if not words or len(words) > MOST_WORDS or _NO_ONE.match(words[0]) or _NO_ONE.match(words[-1]):
        return None
    is_a_name = len(words) > 2 and all(word[0].isupper() for word in words)  # "No Peace Without Justice"
    if _NOBODY.match(words[0]) and not is_a_name:
        return None
    if not any(word[0].isupper() for word in words) and not re.match(
        r"(?:the|a|an|some|many|several|his|her|their)\b", words[0], re.I
    ):
        return (start, end) if len(words) <= 4 and all(word.isalpha() for word in words) else None
    return start, end
