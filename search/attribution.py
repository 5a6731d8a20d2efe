"""Where a report says that its quotations stand: the note, the bracket or the sentence that a quotation goes with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from indexer.document import Paragraph
from indexer.words import split
from search.addresses import Addresses, Citing, Place
from search.naming import is_idle
from search.references import Pinpoint


@dataclass(frozen=True, slots=True)
class Claim:
    """What a report says of a quotation's place, in its ``words``.

    ``places`` are what it fits; () if it names a paragraph that its document does not have; None if it says nothing
    that the corpus can decide, as when the document is not in it.
    """

    words: str
    places: tuple[Place, ...] | None


def claim_of(
    addresses: Addresses, notes: Sequence[str], beside: str, sentence: str, at: tuple[int, int]
) -> Claim | None:
    """Return what is claimed of a quotation, None if nothing is.

    ``notes`` are the notes that its mark leads to, ``beside`` the bracket after it; ``sentence`` has the quotation, at
    the characters ``at``, blanked out. The first that cites anything decides.
    """
    around = addresses.citings(sentence)
    for text in (*notes, beside):
        citings = addresses.citings(text)
        if citings and all(c.documents is None for c in citings):  # "(para. 8)": of the document named before
            if said := _said_beside(text, citings):
                places = addresses.resolve(said).places if len(said) <= _LONGEST_NAME else ()
                return Claim(said, places or None)
            named = tuple(d for c in _nearest(around, at) for d in c.documents or ())
            citings = [replace(c, documents=named or None) for c in citings]
        if claim := _claim(addresses, text, citings):
            return claim
        if places := addresses.resolve(text).places if 0 < len(text) <= _LONGEST_NAME else ():
            return Claim(text, places)
    return _claim(addresses, sentence, _nearest(around, at))


_LONGEST_NAME = 200  # characters of a note that may as a whole be the name of a document
_CLAUSE = re.compile(r"[.;!?]\s|\n")
# A name straight before a pinpoint: "The Guardian, paragraph 4", "draft.pdf (para. 8)".
_NAME_BEFORE = re.compile(r"(?:\b[^\W\d_a-zа-яё][\w’'-]*|\w\.[^\W\d_]{2,6})[”’»\"']*(?:\s*[,(\[]\s*|\s+)$")


def _said_beside(text: str, citings: Sequence[Citing]) -> str:
    """What a note says beside its pinpoints, in the clause that they stand in, so that they are of what it names.

    "" if nothing: whatever it says and does not name a document that is known may name one that is not.
    """
    cuts = [
        (m.start(), m.end())
        for m in _CLAUSE.finditer(text)
        if all(m.end() <= c.start or c.end <= m.start() for c in citings)
    ]
    begin = max((end for _, end in cuts if end <= citings[0].start), default=0)
    end = min((start for start, _ in cuts if start >= citings[-1].end), default=len(text))
    others, at = "", begin
    for citing in citings:
        others, at = f"{others} {text[at : citing.start]}", citing.end
    words = [word for word in split(f"{others} {text[at:end]}") if not is_idle(word) and word not in _JOINING]
    return text[begin:end].strip(" \t\n()[]") if words else ""


_JOINING = frozenset("and or also at und и или emphasis added".split())


def _claim(addresses: Addresses, text: str, citings: Sequence[Citing]) -> Claim | None:
    known = [c for c in citings if c.documents != ()]
    if not citings:
        return None
    words = "; ".join(text[c.start : c.end] for c in citings)
    if not known:
        return Claim(words, None)
    documents = list({d.id: d for c in known for d in c.documents or ()}.values())
    places: list[Place] = []
    decided = False
    for citing in known:
        if citing.pinpoint is None:
            continue
        own = list(citing.documents) if citing.documents else documents
        if not own:
            if _NAME_BEFORE.search(text[: citing.start]):
                return Claim(words, None)
            # A paragraph may be cited by its number, too, and then of any document that has as many.
            anywhere = addresses.numbered(citing.pinpoint)
            if anywhere is None:
                return Claim(words, None)
            own = [place.document for place in anywhere]
        having = [d for d in own if addresses.has_unit(d.id, citing.pinpoint.unit)]
        decided = decided or bool(having)
        found = [Place(d, _meant(addresses, d.id, citing.pinpoint)) for d in own]
        places += [place for place in found if place.paragraphs]
    if places or decided:
        return Claim(words, tuple(places))
    return Claim(words, tuple(Place(d) for d in documents) or None)


def _meant(addresses: Addresses, document_id: str, pinpoint: Pinpoint) -> tuple[Paragraph, ...]:
    """The paragraphs that a pinpoint may mean in a report: of that label, and without one of that number."""
    found = [*addresses.paragraphs(document_id, pinpoint), *addresses.counted(document_id, pinpoint)]
    return tuple({p.number: p for p in found}.values())


def _nearest(citings: Sequence[Citing], at: tuple[int, int]) -> list[Citing]:
    """The document that stands nearest to a quotation in its sentence, and the pinpoints nearest on either side.

    Which of two pinpoints is meant, the one before or the one after, is not guessed: a quotation may stand in either.
    """

    def distance(citing: Citing) -> int:
        return max(citing.start - at[1], at[0] - citing.end, 0)

    own = [c for c in citings if c.pinpoint and c.documents != ()]
    before, after = [c for c in own if c.end <= at[0]], [c for c in own if c.start >= at[1]]
    pinpoints = [*before[-1:], *after[:1]]
    if any(c.documents for c in pinpoints):
        return pinpoints
    return pinpoints + sorted((c for c in citings if not c.pinpoint), key=distance)[:1]
