"""`pincite get` and `pincite verify`: addresses, quotations, certificates and saved citations on the command line."""

from __future__ import annotations

import argparse
import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from api import terminal, verdicts
from api.exitcodes import DONE, NOTHING
from api.settings import Settings
from indexer.catalogue import Catalogue
from indexer.document import Refused
from indexer.folder import read_folder
from indexer.sandbox import Parser


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
        proof = certificate((report.name, report.sha256), checked.quotations, checked.references, catalogue)
    if options.save is not None:
        options.save.write_text(proof, encoding="utf-8")
    verdicts.show_report(checked, json.loads(proof), options.save, options.json)
    return DONE if checked.good else NOTHING


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
