"""Attribution: who says a quote and how, in whose resolution it stands, and whether it is speech that is quoted."""

from __future__ import annotations

import re

from indexer.catalogue import Catalogue
from indexer.document import Paragraph
from search.results import Quote, Said, Words
from search.speech import Speech, speech_after, speech_in

HEAD = 6_000  # characters at the beginning of a document in which its author names itself
MOST_BACK = 8  # paragraphs that a quotation may run over

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
