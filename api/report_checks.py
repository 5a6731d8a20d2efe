"""Checks every quotation and every reference of a report against the corpus."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from api.reports import Quotation, Report
from indexer.catalogue import Catalogue
from search.addresses import Addresses, Citing, Place
from search.attribution import claim_of
from search.certificates import Checked, Reference
from search.concordance import Concordance
from search.verification import STANDS, Verification


@dataclass(frozen=True, slots=True)
class CheckedReport:
    """A report and what its quotations and references were found to be, in the order of the report."""

    report: Report
    quotations: tuple[Checked, ...]
    references: tuple[Reference, ...]

    @property
    def good(self) -> bool:
        """Whether every quotation stands where it is said to, and no reference names a paragraph that is not there."""
        stand = all(one.check.verdict in STANDS for one in self.quotations)
        return stand and not any(reference.missing for reference in self.references)


class ReportCheck:
    """Checks reports against one catalogue; made once, it is fast for many."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._addresses = Addresses(catalogue)
        self._verification = Verification(Concordance(catalogue))

    def check(self, report: Report) -> CheckedReport:
        """Check a report."""
        quotations = tuple(self._quotation(quotation) for quotation in report.quotations)
        return CheckedReport(report, quotations, tuple(self._references(report)))

    def _quotation(self, quotation: Quotation) -> Checked:
        claim = claim_of(self._addresses, quotation.notes, quotation.beside, quotation.sentence, quotation.at)
        check = self._verification.check(quotation.text, claim.places if claim else None)
        return Checked(quotation.start, quotation.end, claim, check)

    def _references(self, report: Report) -> Iterator[Reference]:
        for citing in self._addresses.citings(report.own_words):
            words = report.text[citing.start : citing.end]
            if citing.documents == () or (citing.documents is None and citing.pinpoint is None):
                yield Reference(citing.start, citing.end, words, ())
            else:
                yield self._reference(citing, words)

    def _reference(self, citing: Citing, words: str) -> Reference:
        documents, pinpoint = citing.documents, citing.pinpoint
        if pinpoint is None:
            return Reference(citing.start, citing.end, words, tuple(Place(d) for d in documents or ()))
        if documents is None:
            return Reference(citing.start, citing.end, words, self._addresses.anywhere(pinpoint))
        found = [Place(d, tuple(self._addresses.paragraphs(d.id, pinpoint))) for d in documents]
        places = tuple(place for place in found if place.paragraphs)
        known = any(self._addresses.has_unit(d.id, pinpoint.unit) for d in documents)
        return Reference(citing.start, citing.end, words, places, missing=known and not places)
