"""Where a report says that its quotations stand: the note, the bracket or the sentence that a quotation goes with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from indexer.document import Paragraph
from indexer.words import split
from search.addresses import Addresses, Citing, Place
from search.function_words import function_words
from search.naming import is_idle
from search.references import Pinpoint


@dataclass(frozen=True, slots=True)
class Claim:
    """What a report says of a quotation's place, in its ``words``.

    ``places`` are what it fits; () if it names a paragraph that its document does not have; None if it says nothing
    that the corpus can decide. Then the document is ``foreign`` if it is surely not here, by its symbol or its name;
    else it could not be told which document is meant, and it may be one that is here.
    """

    words: str
    places: tuple[Place, ...] | None
    foreign: bool = False

    @property
    def untold(self) -> bool:
        """Whether it could not be told which document is meant, so that the place was not checked."""
        return self.places is None and not self.foreign


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
                return _as_a_whole(addresses, said) or _undecided(addresses, said, said)
            named = tuple(d for c in _nearest(around, at) for d in c.documents or ())
            citings = [replace(c, documents=named or None) for c in citings]
        known = any(c.documents != () for c in citings)
        if claim := (_claim(addresses, text, citings) if known else _as_a_whole(addresses, text)):
            return claim
        if citings:
            return _claim(addresses, text, citings)
    return _claim(addresses, sentence, _nearest(around, at))


def _as_a_whole(addresses: Addresses, said: str) -> Claim | None:
    """What a note claims if all of it names one document, with or without a paragraph; None if it names none here."""
    if not 0 < len(said) <= _LONGEST_NAME:
        return None
    if citing := addresses.whole(said):
        return _claim(addresses, said, [citing])
    places = addresses.resolve(said).places
    return Claim(said, places) if places else None


def _undecided(addresses: Addresses, words: str, clause: str) -> Claim:
    """A claim that names no document here, in the clause that says which it means."""
    return Claim(words, None, addresses.register.is_foreign(clause))


_LONGEST_NAME = 200  # characters of a note that may as a whole be the name of a document
_CLAUSE = re.compile(r"[.;!?]\s|\n")
# A name straight before a pinpoint: "The Guardian, paragraph 4", "draft.pdf (para. 8)".
_NAME_BEFORE = re.compile(r"(?:\b[^\W\d_a-zа-яё][\w’'-]*|\w\.[^\W\d_]{2,6})[”’»\"']*(?:\s*[,(\[]\s*|\s+)$")


def _said_beside(text: str, citings: Sequence[Citing]) -> str:
    """What a note says beside its pinpoints, in the clause that they stand in, so that they are of what it names.

    "" if nothing: whatever it says and does not name a document that is known may name one that is not.
    """
    begin, end = _clause(text, citings)
    others, at = "", begin
    for citing in citings:
        others, at = f"{others} {text[at : citing.start]}", citing.end
    words = [word for word in split(f"{others} {text[at:end]}") if not is_idle(word) and word not in _JOINING]
    return text[begin:end].strip(" \t\n()[]") if words else ""


def _clause(text: str, citings: Sequence[Citing]) -> tuple[int, int]:
    """The characters of the clause, or clauses, that citings stand in."""
    cuts = [
        (m.start(), m.end())
        for m in _CLAUSE.finditer(text)
        if all(m.end() <= c.start or c.end <= m.start() for c in citings)
    ]
    first, last = min(c.start for c in citings), max(c.end for c in citings)
    begin = max((end for _, end in cuts if end <= first), default=0)
    end = min((start for start, _ in cuts if start >= last), default=len(text))
    return begin, end


# What a note says of how it quotes, and what leads to its pinpoint.
_JOINING = frozenset(
    "and or also at und и или emphasis italics bold added original mine ours my our author translation translated"
    " footnotes citations omitted see under cf per см курсив выделено перевод наш мой".split()
)


def _is_named_before(text: str) -> bool:
    """Whether a text ends with a name, not with a word that only opens its sentence: "Under recital O, ..."."""
    found = _NAME_BEFORE.search(text)
    words = split(found[0]) if found else []
    return any(not is_idle(word) and word not in _JOINING and word not in function_words() for word in words)


def _claim(addresses: Addresses, text: str, citings: Sequence[Citing]) -> Claim | None:
    known = [c for c in citings if c.documents != ()]
    if not citings:
        return None
    words = "; ".join(text[c.start : c.end] for c in citings)
    clause = " ".join(text[slice(*_clause(text, citings))].strip(" \t\n()[]").split())
    if not known:
        return _undecided(addresses, clause if len(clause) <= _LONGEST_NAME else words, clause)
    documents = list({d.id: d for c in known for d in c.documents or ()}.values())
    places: list[Place] = []
    decided = False
    for citing in known:
        if citing.pinpoint is None:
            continue
        own = list(citing.documents) if citing.documents else documents
        if not own:
            if _is_named_before(text[: citing.start]):
                return _undecided(addresses, words, clause)
            # A paragraph may be cited by its number, too, and then of any document that has as many.
            anywhere = addresses.numbered(citing.pinpoint)
            if anywhere is None:
                return _undecided(addresses, words, "")
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
