"""Certificates: what was checked and found, written so that anyone who has the files can check it again.

A certificate names each file by the SHA-256 of its bytes and each place by characters and words. Its seal, a SHA-256
over the rest, shows any later change of the certificate itself; it is no signature, and does not say who made it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from indexer.catalogue import Catalogue
from indexer.document import Document
from search.addresses import Place
from search.attribution import Claim
from search.concordance import Concordance
from search.verification import Check, Found, Verdict, Verification

FORM = "pincite quotations 1"


class BadCertificate(ValueError):
    """A file that is no certificate, or one that was changed after it was made."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One quotation at ``start:end`` of a report, what the report claims of it, and the verdict."""

    start: int
    end: int
    claim: Claim | None
    check: Check


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference at ``start:end`` of a report; no ``places`` if what it names is not in the corpus.

    ``missing`` if the corpus has the document but no such paragraph.
    """

    start: int
    end: int
    words: str
    places: tuple[Place, ...]
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Replayed:
    """Whether one quotation of a certificate gave the same again, and if not, why."""

    quote: str
    verdict: str
    same: bool
    why: str = ""


def certificate(
    report: tuple[str, str], checked: Sequence[Checked], references: Sequence[Reference], catalogue: Catalogue
) -> str:
    """Return the certificate of a report, given as (name, SHA-256 of its bytes), as JSON text."""
    documents, _, _ = catalogue.count()
    content = {
        "certificate": FORM,
        "report": {"name": report[0], "sha256": report[1]},
        "corpus": {"documents": documents, "sha256": catalogue.store.corpus_hash()},
        "quotations": [_quotation(one) for one in checked],
        "references": [
            {"start": r.start, "end": r.end, "words": r.words, "missing": r.missing, "places": _claimed(r.places)}
            for r in references
        ],
    }
    return _written({**content, "seal": _seal(content)})


def opened(text: str) -> dict[str, Any]:
    """Return what a certificate says. Raises `BadCertificate`, also for a change of a single character."""
    try:
        content = json.loads(text)
        whole = isinstance(content, dict) and content.get("certificate") == FORM
    except (ValueError, RecursionError):
        whole = False
    if not whole:
        raise BadCertificate("This is no certificate of Pincite. `pincite verify REPORT --save FILE` writes one.")
    seal = content.pop("seal", None)
    if seal != _seal(content) or text != _written({**content, "seal": seal}):
        raise BadCertificate(
            "The certificate was changed after it was made: its seal does not fit. Ask for the original."
        )
    return dict(content)


def files_of(content: dict[str, Any]) -> set[str] | None:
    """Return the SHA-256 of each file that a certificate needs; None if it needs the whole corpus."""
    if any(q["verdict"] == Verdict.NOT_FOUND for q in content["quotations"]):
        return None
    return {place["sha256"] for q in content["quotations"] for place in _places_of(q)}


def replay(content: dict[str, Any], catalogue: Catalogue) -> list[Replayed]:
    """Check every quotation of a certificate again, from the files in ``catalogue`` alone."""
    _, documents = catalogue.documents(limit=-1)
    by_hash = {document.sha256: document for document in documents}
    verification = Verification(Concordance(catalogue))
    whole = catalogue.store.corpus_hash() == content["corpus"]["sha256"]
    return [_replayed(quotation, catalogue, by_hash, verification, whole) for quotation in content["quotations"]]


def _replayed(
    said: dict[str, Any], catalogue: Catalogue, by_hash: dict[str, Document], verification: Verification, whole: bool
) -> Replayed:
    quote, verdict = said["quote"], said["verdict"]
    for place in _places_of(said):
        if place["sha256"] not in by_hash:
            return Replayed(quote, verdict, False, f"the file {place['source']} is not here, or not the same")
    for place in said["places"]:
        document = by_hash[place["sha256"]]
        if catalogue.text(document.id)[place["char_start"] : place["char_end"]] != place["text"]:
            return Replayed(quote, verdict, False, f"{place['source']} is read differently here")
        paragraph = catalogue.paragraph_at(document.id, place["char_start"])
        if (paragraph.number, paragraph.label) != (place["paragraph"], place["label"]):
            return Replayed(quote, verdict, False, f"{place['source']} is cut into other paragraphs here")
    if verdict == Verdict.NOT_FOUND and not whole:
        return Replayed(quote, verdict, False, "that words stand nowhere is shown by the whole corpus only")
    now = verification.check(quote, _claim_again(said["claim"], catalogue, by_hash)).verdict
    return Replayed(quote, verdict, now == verdict, "" if now == verdict else f"it is found {now} here")


def _claim_again(
    claim: dict[str, Any] | None, catalogue: Catalogue, by_hash: dict[str, Document]
) -> list[Place] | None:
    if claim is None or claim["places"] is None:
        return None
    places = []
    for place in claim["places"]:
        document = by_hash[place["sha256"]]
        found = [p for n in place["paragraphs"] for p in catalogue.paragraphs(document.id, n, n)]
        places.append(Place(document, tuple(found)))
    return places


def _places_of(quotation: dict[str, Any]) -> list[dict[str, Any]]:
    claim = quotation["claim"]
    return [*quotation["places"], *((claim and claim["places"]) or [])]


def _quotation(one: Checked) -> dict[str, Any]:
    check, claim = one.check, one.claim
    places = None if claim is None or claim.places is None else _claimed(claim.places)
    return {
        "start": one.start,
        "end": one.end,
        "quote": check.quote,
        "verdict": check.verdict,
        "wording": check.wording,
        "claim": None if claim is None else {"words": claim.words, "places": places},
        "places": [_found(place) for place in check.places],
        "more": check.more,
        "differences": [asdict(difference) for difference in check.differences],
        "left_out": [asdict(left) for left in check.left_out],
    }


def _claimed(places: Sequence[Place]) -> list[dict[str, Any]]:
    return [
        {
            "source": place.document.source,
            "sha256": place.document.sha256,
            "paragraphs": [p.number for p in place.paragraphs],
            "labels": [p.label for p in place.paragraphs],
        }
        for place in places
    ]


def _found(place: Found) -> dict[str, Any]:
    return {
        "source": place.document.source,
        "sha256": place.document.sha256,
        "paragraph": place.first.number,
        "paragraph_end": place.last.number,
        "label": place.first.label,
        "page": place.first.page,
        "char_start": place.char_start,
        "char_end": place.char_end,
        "text": place.text,
    }


def _seal(content: dict[str, Any]) -> str:
    plain = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def _written(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=True, indent=1, sort_keys=True) + "\n"
