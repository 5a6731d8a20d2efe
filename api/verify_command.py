"""`pincite get` and `pincite verify`: addresses, quotations, certificates and saved citations on the command line."""

from __future__ import annotations

import argparse
import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from api import terminal, verdicts
from api.answer_lines import printable
from api.exitcodes import DONE, NOTHING
from api.settings import Settings
from indexer.catalogue import Catalogue
from indexer.document import Refused
from indexer.folder import read_folder
from indexer.sandbox import Parser

if TYPE_CHECKING:
    from api.report_checks import CheckedReport
    from search.certificates import Checked, Reference


def get(options: argparse.Namespace, settings: Settings) -> int:
    """Print the paragraphs that a written reference names."""
    from search.addresses import Addresses

    with _texts(options, settings) as catalogue:
        resolution = Addresses(catalogue).resolve(options.reference)
        verdicts.show_resolution(options.reference, resolution, options.json)
        return DONE if resolution.places else NOTHING


def verify(options: argparse.Namespace, settings: Settings) -> int:
    """Check a report, replay a certificate, or compare saved citations, as the options say."""
    given = [name for name in ("report", "certificate", "citations") if getattr(options, name) is not None]
    if len(given) != 1:
        return terminal.fail("Name one thing: a REPORT, --certificate FILE or --citations FILE.", options.json)
    if options.save is not None and given != ["report"]:
        return terminal.fail("--save writes the certificate of a REPORT; name one.", options.json)
    run = {"report": _report, "certificate": _certificate, "citations": _citations}[given[0]]
    return run(options, settings)


def _report(options: argparse.Namespace, settings: Settings) -> int:
    from api.report_checks import ReportCheck
    from api.reports import read_report
    from search.certificates import certificate

    try:
        report = read_report(options.report, Parser(max_file_mb=settings.max_file_mb))
    except Refused as refusal:
        return terminal.fail(f"{options.report}: {refusal}", options.json)
    with _texts(options, settings) as catalogue:
        checked = ReportCheck(catalogue).check(report)
        untold = _Untold(checked, catalogue)
        proof = certificate((report.name, report.sha256), checked.quotations, checked.references, catalogue)
    if options.save is not None:
        options.save.write_text(proof, encoding="utf-8")
    shown = {**json.loads(proof), "untold": untold.as_json()}
    verdicts.show_report(untold.taken_from(checked), shown, options.save, options.json)
    if not options.json:
        untold.show(report.text)
    return DONE if checked.good and not untold.quotations else NOTHING


class _Untold:
    """What a report cites so that it could not be told which document is meant: it may be one that is here.

    Such a place was not checked, and the report must not look as if it had been.
    """

    def __init__(self, checked: CheckedReport, catalogue: Catalogue) -> None:
        self.quotations: list[Checked] = [one for one in checked.quotations if one.claim and one.claim.untold]
        self.references: list[Reference] = []
        nowhere = [r for r in checked.references if not r.places and not r.missing]
        if nowhere:
            from search.addresses import Addresses

            register = Addresses(catalogue).register
            self.references = [r for r in nowhere if not register.is_foreign(r.words)]

    def taken_from(self, checked: CheckedReport) -> CheckedReport:
        """Return what else there is to show, so that none of this is shown as not being in the corpus."""
        quotations = tuple(replace(one, claim=None) if one in self.quotations else one for one in checked.quotations)
        references = tuple(r for r in checked.references if r not in self.references)
        return replace(checked, quotations=quotations, references=references)

    def show(self, report: str) -> None:
        """Print which places were not checked, and why."""
        out = terminal.console()
        for one in self.quotations:
            line = report.count("\n", 0, one.start) + 1
            said = printable(" ".join(one.claim.words.split())) if one.claim else ""
            text = f"line {line}: could not tell which document “{said}” is, so where the words stand was not checked"
            out.print(Text(text, style="yellow"))
        if self.references:
            said = ", ".join(dict.fromkeys(printable(" ".join(r.words.split())) for r in self.references))
            out.print(Text(f"Could not tell which document is meant, so not checked: {said}", style="dim"))
        if self.quotations:
            count = len(self.quotations)
            out.print(
                f"{count} of these quotations could not be checked for their place; name the document as it is called."
            )

    def as_json(self) -> list[dict[str, object]]:
        """Return the quotations whose place was not checked, as JSON."""
        return [
            {"start": one.start, "end": one.end, "words": one.claim.words if one.claim else ""}
            for one in self.quotations
        ]


def _certificate(options: argparse.Namespace, settings: Settings) -> int:
    from search.certificates import BadCertificate, files_of, opened, replay

    try:
        content = opened(_text(options.certificate))
    except (BadCertificate, UnicodeDecodeError) as error:
        verdicts.show_refusal(str(error), options.json)
        return NOTHING
    with _texts(options, settings, files_of(content)) as catalogue:
        replayed = replay(content, catalogue)
    verdicts.show_replay(content, replayed, options.json)
    return DONE if all(one.same for one in replayed) else NOTHING


def _citations(options: argparse.Namespace, settings: Settings) -> int:
    from search.concordance import Concordance
    from search.saved import State, compared, saved_in
    from search.verification import Verification

    try:
        saved = list(saved_in([json.loads(part) for part in _json_parts(options.citations)]))
    except ValueError as error:
        return terminal.fail(f"{options.citations} is not JSON: {error}. Save what --json prints.", options.json)
    if not saved:
        return terminal.fail(
            f"{options.citations} holds no citations. Save what `pincite ask --json` prints.", options.json
        )
    with _texts(options, settings) as catalogue:
        verification = Verification(Concordance(catalogue))
        found = [compared(one, verification) for one in saved]
    verdicts.show_compared(found, options.json)
    return DONE if all(one.state in (State.UNCHANGED, State.MOVED) for one in found) else NOTHING


def _json_parts(path: Path) -> list[str]:
    """The file as one JSON text, or as one a line."""
    text = _text(path)
    try:
        json.loads(text)
    except ValueError:
        return [line for line in text.splitlines() if line.strip()]
    return [text]


def _text(path: Path) -> str:
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}. Check the path.")
    return path.read_text("utf-8")


@contextmanager
def _texts(options: argparse.Namespace, settings: Settings, only: Collection[str] | None = None) -> Iterator[Catalogue]:
    """The documents to look in: those of the folder named, else those of the index."""
    if options.folder:
        with read_folder(options.folder, Parser(max_file_mb=settings.max_file_mb), only) as catalogue:
            yield catalogue
        return
    index = settings.location.open()
    try:
        with index.store.reading():
            yield index.catalogue
    finally:
        index.close()
