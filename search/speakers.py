"""Attribution: who says a quote and how, in whose resolution it stands, and whether it is speech that is quoted.

In an e-mail, whose message a reply quotes: the writer named above lines marked ">", or in the headers of the original.
"""

from __future__ import annotations

import re

from indexer.catalogue import Catalogue
from indexer.document import Kind, Paragraph
from search.results import Quote, Said, Words
from search.speech import Speech, speech_after, speech_in

HEAD = 6_000  # characters at the beginning of a document in which its author names itself
MOST_BACK = 8  # paragraphs that a quotation may run over
MOST_OF_MAIL = 100  # paragraphs of a message in which the writer of what it quotes is looked for

_CHAPEAU = re.compile(
    r"^[ \t]*(?P<author>(?:The\s+)?[^\W\d_][^\n,;:.]{3,90}),[ \t]*\n\s*(?:[–—-]\s*)?(?:having regard|recalling|guided"
    r"|reaffirming|noting"
    r"|принимая во внимание|ссылаясь|руководствуясь|напоминая)",
    re.I | re.M,
)
_TITLE = re.compile(
    r"^[ \t]*(?P<author>[A-ZА-ЯЁ][^\n,;:.]{3,60}?)\s+(?:(?:legislative|joint)\s+)?(?:resolution|decision"
    r"|recommendation|opinion)\s+(?:of|on|no)\b",
    re.M,
)
# An operative paragraph begins with what its author does: "3. Urges", "; calls on", "Notes with concern".
_ACT = re.compile(
    r"\W*(?:\d+[.)]\s*)?(?P<verb>(?:[A-Za-z]+ly\s+)?[A-Za-z]{3,}s(?:\s+(?:on|upon|for|that|with\s+(?:\w+\s+)?(?:concern|regret|satisfaction)))?)\b"
    r"|\W*(?:\d+[.)]\s*)?(?P<act>[а-яё]+(?:ет|ют|ит|ят)(?:\s+к)?)\b",
    re.I,
)
_OPENS, _CLOSES = re.compile(r"^\s*[“«\"„]"), re.compile(r"[”»\"“]\s*[.]?\s*$")

_MAIL = frozenset({"message/rfc822", "application/mbox"})
_MARKS = re.compile(r"(?!>+From )>(?:[ \t]?>)*")  # ">From " is how a mailbox writes a line of the message itself
_ADDRESS = r"(?:\s*\(?(?:<[^<>]{1,200}>|\[[^\[\]]{1,200}\])\)?)"
_NAME = r"[\"“„«]?(?P<name>[^\s<>,:;()]{1,64}@[^\s<>,:;()]{1,200}|[^\W\d_][^\d<>\[\]():;,\"“”„«»]{0,80}?)[\"”“»]?"
_WROTE = (
    r"[\s>]+(?P<verb>wrote|writes|пишет|пише|писала?|написала?|a\s+écrit|escribió|escreveu|ha\s+scritto|жазды)"
    r"\s*:\s*\Z"
)
# The line over a quoted message: "On Sun, 5 Mar 2023 at 18:00, Ben Cole <ben@example.org> wrote:". Its date has commas
# of its own, so the name is what follows the comma behind the last figure, or the time of day.
_DATED = r"(?:\d[^,\d]{0,40},|:\d\d(?:\s?[AaPp][Mm]|\s(?:UTC|GMT|CES?T|MSK|Uhr))?(?=\s)|\bот\s)\s*"
_DATED_WRITERS = (
    re.compile(rf"{_DATED}{_NAME}{_ADDRESS}?{_WROTE}"),
    re.compile(rf"\b(?P<verb>schrieb|skrev|schreef)\s+{_NAME}{_ADDRESS}?\s*:\s*\Z"),
    re.compile(rf"{_DATED}{_NAME}{_ADDRESS}(?P<verb>)\s*:\s*\Z"),  # as in Russian
)
_WRITER = re.compile(rf"\A[>\s]*(?:On\s[^\d,\n]{{1,20}},\s*)?{_NAME}{_ADDRESS}?{_WROTE}")
_WRAPPED = re.compile(r"[>\s]*(?:On|Le|Am|El|Il|Em|Op|\d{1,2}|[А-Яа-я]{2,12},)[\s.].*\d.*[^.!?:\s]\Z", re.S)
_PARTICLE = frozenset("al ap bin da de del der di dos du el ibn la le ten ter van von zu оглы кызы улы".split())
_PRONOUN = frozenset("as i he she they we you it как я он она они мы вы".split())
_FROM = re.compile(
    r"^[>\s]*(?:From|От|Von|De|Від)\s?:[ \t]*[\"“«]?(?P<name>[^\n<\[\"”»]{2,100}?)[\"”»]?[ \t]*(?=[<\[\n]|\Z)", re.M
)
# What tells the headers of a message that is quoted whole from those of one's own.
_ORIGINAL = re.compile(  # above the sender
    r"(?:-{2,}\s*(?:Original Message|Forwarded message|Urspr[^\n-]{1,12} Nachricht|Message (?:d['’]origine|transféré)"
    r"|Исходное сообщение|Пересылаемое сообщение|Пересланное сообщение)\s*-{2,}|Begin forwarded message:)"
    r"(?:[>\s]*(?:Subject|Date|To|Тема|Дата|Кому|Betreff|Datum|An|Objet|Pour|À)\s?:[^\n]*)*[>\s]*\Z",
    re.I,
)
_SENT = re.compile(r"[^\n]*\n[>\s]*(?:Sent|Отправлено|Gesendet|Envoyé)\s?:")  # below: one's own have "Date"


def said_by(catalogue: Catalogue, quote: Quote) -> Said | None:
    """Return who says a quote, in the words of its document; None if the document does not say."""
    citation = quote.citation
    paragraph = catalogue.paragraph_at(quote.document.id, citation.char_start)
    standing = _standing(citation.label, citation.label_kind)
    author = _author(catalogue.text(quote.document.id)) if standing else None
    at, text = citation.char_start, citation.text
    act = _ACT.match(text) if standing == "operative" else None
    if act:
        return Said(author, _words(text, act.span("verb" if act["verb"] else "act"), at), None, standing)
    spoken = None if standing else _quoted_speech(catalogue, paragraph, at)
    if not standing and not (spoken and spoken.speaker):
        spoken = _quoted_mail(catalogue, paragraph, quote.document.media_type in _MAIL) or spoken
    if speech := speech_in(text):
        outer = spoken.speaker if spoken and spoken.speaker and spoken.speaker.text not in text else author
        return Said(
            _words(text, speech.speaker, at), _words(text, speech.verb, at), outer, standing, spoken is not None
        )
    return spoken or (Said(None, None, author, standing) if standing else None)


def _words(text: str, span: tuple[int, int], offset: int) -> Words:
    return Words(text[slice(*span)], offset + span[0], offset + span[1])


def _standing(label: str | None, kind: str | None) -> str | None:
    """What a paragraph of a resolution is; paragraphs of other documents are neither."""
    if kind in ("recital", "citation"):
        return kind
    return "operative" if kind == "para" and (label or "").startswith("para ") else None


def _author(text: str) -> Words | None:
    match = _CHAPEAU.search(text[:HEAD]) or _TITLE.search(text[:HEAD])
    return Words(match["author"], *match.span("author")) if match else None


def _quoted_speech(catalogue: Catalogue, paragraph: Paragraph, at: int) -> Said | None:
    """Who speaks where a quotation runs over paragraphs: named in its own, or in the line that leads up to it."""
    first = max(1, paragraph.number - MOST_BACK)
    before = [p for p in catalogue.paragraphs(paragraph.document_id, first, paragraph.number) if p.text.strip()]
    open_from = _opened(before, at - paragraph.char_start)
    if open_from is None:
        return None
    if speech := speech_after(paragraph.text):
        return _quoted(paragraph.text, speech, paragraph.char_start)
    if open_from:  # the line before the quotation, if it leads up to it: "A statement by the spokesperson said:"
        place = before[open_from - 1]
        sentence = place.text.rfind(". ", 0, len(place.text) - 2) + 1
        text = place.text[sentence:]
        if text.rstrip().endswith(":") and (speech := speech_in(text)):
            return _quoted(text, speech, place.char_start + sentence)
    return Said(quoted=True)


def _quoted(text: str, speech: Speech, offset: int) -> Said:
    return Said(_words(text, speech.speaker, offset), _words(text, speech.verb, offset), quoted=True)


def _opened(paragraphs: list[Paragraph], at: int) -> int | None:
    """The index of the paragraph in which the quotation begins that the last one is in at ``at``; None if in none."""
    last = paragraphs[-1].text
    if _OPENS.match(last) and not _closed_before(last, at):
        start = len(paragraphs) - 1
    elif not _OPENS.match(last) and _CLOSES.search(last) and not re.search(r"[“«\"„]", last[:-2]):
        start = len(paragraphs) - 1
        if start == 0 or not (_OPENS.match(paragraphs[start - 1].text)):
            return None
        start -= 1
    else:
        return None
    while start > 0 and _OPENS.match(paragraphs[start - 1].text) and not _CLOSES.search(paragraphs[start - 1].text):
        start -= 1
    return start


def _closed_before(text: str, at: int) -> bool:
    return bool(re.search(r"[”»]|(?<=\S)\"", text[1:at]))


def _quoted_mail(catalogue: Catalogue, paragraph: Paragraph, is_mail: bool) -> Said | None:
    """Whose message a paragraph is quoted from: marked with ">", or below the headers of the message."""
    depth = _depth(paragraph)
    if not depth and not is_mail:
        return None
    first = max(1, paragraph.number - MOST_OF_MAIL)
    above = catalogue.paragraphs(paragraph.document_id, first, paragraph.number - 1) if paragraph.number > 1 else []
    text = catalogue.text(paragraph.document_id)
    for at in reversed(range(len(above))):
        place = above[at]
        if place.kind is Kind.HEADING or _depth(place) < depth - 1:  # its subject, or the reply itself
            break
        if _depth(place) <= depth and (writer := _FROM.search(place.text)):  # headers: a message begins
            name = _words(place.text, writer.span("name"), place.char_start)
            begins = place.char_start + writer.start()
            marked = _ORIGINAL.search(text, max(0, begins - 300), begins)
            quoted_whole = _depth(place) == depth and (marked or _SENT.match(text, name.char_end))
            return Said(name, quoted=True) if quoted_whole else _bare(depth, is_mail)
        if depth and _depth(place) == depth - 1 and (said := _writer(text, above[max(0, at - 1) : at + 1])):
            return said
    return _bare(depth, is_mail)


def _bare(depth: int, is_mail: bool) -> Said | None:
    """What is told of a quoted message whose writer is not named; in other texts ">" may mark something else."""
    return Said(quoted=True) if depth and is_mail else None


def _depth(paragraph: Paragraph) -> int:
    """How many messages within messages a paragraph is quoted from."""
    marks = _MARKS.match(paragraph.text)
    return marks[0].count(">") if marks else 0


def _writer(text: str, above: list[Paragraph]) -> Said | None:
    """Who is said to have written what stands below a line, the last of one or two: it may be wrapped."""
    *before, place = above
    tries = [(place.char_start, _DATED_WRITERS), (place.char_start, (_WRITER,))]
    if before and _WRAPPED.match(before[0].text):
        tries.insert(1, (before[0].char_start, _DATED_WRITERS))
    for start, patterns in tries:
        line = text[max(start, place.char_end - 300) : place.char_end]
        start = place.char_end - len(line)
        for match in filter(None, (pattern.search(line) for pattern in patterns)):
            if _is_name(match["name"]):
                verb = _words(line, match.span("verb"), start) if match["verb"] else None
                return Said(_words(line, match.span("name"), start), verb, quoted=True)
    return None


def _is_name(words: str) -> bool:
    """Whether words are a name or an address; those of another sentence, "as he once wrote", have small letters."""
    parts = words.split()
    return "@" in words or all(
        (not part[0].islower() or part in _PARTICLE) and part.lower() not in _PRONOUN for part in parts
    )
