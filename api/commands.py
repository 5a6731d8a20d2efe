"""What each command does: settings in, engine called, result printed as text or as one line of JSON."""

from __future__ import annotations

import argparse
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing, nullcontext

from pydantic import ValidationError

from api import terminal
from api.exitcodes import DONE, NOTHING
from api.settings import Settings
from indexer.catalogue import Filters
from indexer.faults import meaning
from indexer.index import Index, IndexBusy, IndexMissing
from indexer.models import ModelUnavailable
from indexer.scan import DATABASE
from indexer.store import IndexUnusable
from indexer.tokens import EncodingMissing
from search.query import BadQuery, Mode, Query

_NOT_HERE = (
    "An index in --engine and --catalogue is backed up with PostgreSQL's own pg_dump; the engine is filled from it "
    "with `pincite doctor --repair`. See docs/scale.md."
)


def run(options: argparse.Namespace) -> int:
    """Run the command that was parsed; problems that the user can mend become one line, not a traceback."""
    try:
        settings = _settings(options)
    except ValidationError as error:
        wrong = [f"PINCITE_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()]
        return terminal.fail(f"A setting cannot be used. {'; '.join(wrong)}.", options.json)
    command: Callable[[argparse.Namespace, Settings], int] = _COMMANDS[options.command]
    try:
        return command(options, settings)
    except BadQuery as error:
        return terminal.fail(f"{error} {error.hint}", options.json)
    except (IndexMissing, IndexUnusable, IndexBusy, ModelUnavailable, EncodingMissing, FileNotFoundError) as error:
        return terminal.fail(str(error), options.json)
    except sqlite3.DatabaseError as error:
        told = meaning(error, settings.index / DATABASE)
        return terminal.fail(str(told or f"The index in {settings.index} cannot be used: {error}."), options.json)
    except BrokenPipeError:
        raise  # who reads what is printed has left: no fault of the command
    except FileExistsError as error:
        return terminal.fail(str(error), options.json)
    except OSError as error:
        told = meaning(error, settings.index / DATABASE)
        return terminal.fail(
            str(told or f"{error.strerror or error}: {error.filename or settings.index}"), options.json
        )


def _settings(options: argparse.Namespace) -> Settings:
    given = {name: getattr(options, name, None) for name in Settings.model_fields}
    return Settings(**{name: value for name, value in given.items() if value is not None})


def _index(options: argparse.Namespace, settings: Settings) -> int:
    from indexer.build import build
    from indexer.sandbox import Parser

    cluster = None
    if settings.ray:
        from indexer.bulk import Cluster

        cluster = Cluster(settings.ray)
    index = settings.location.open(create=True)
    with index.rebuilding() if options.rebuild else nullcontext(), terminal.progress(options.json) as show:
        parser = Parser(max_file_mb=settings.max_file_mb)
        outcome = build(index, options.paths, show, model=settings.model, parser=parser, cluster=cluster)
    terminal.show_outcome(outcome, settings.index, options.json)
    index.close()
    return DONE if outcome.indexed or outcome.unchanged or outcome.removed else NOTHING


def _search(options: argparse.Namespace, settings: Settings) -> int:
    from search.engine import Engine

    query = Query(
        options.query, limit=options.limit, offset=options.offset, mode=Mode(options.mode),
        filters=_filters(options), explain=options.explain,
    )  # fmt: skip
    with closing(Engine.open(settings.location, settings.model)) as engine:
        results = engine.search(query)
        terminal.show_results(results, engine.catalogue, options.explain, options.json)
    return DONE if results.hits else NOTHING


def _ask(options: argparse.Namespace, settings: Settings) -> int:
    from api.writer import Writer
    from api.writing import whole_now
    from search.engine import Engine

    writer = None if options.no_writer else Writer.of(settings)
    with closing(Engine.open(settings.location, settings.model)) as engine:
        answer = whole_now(engine.ask(options.question, options.limit, _filters(options)), engine.catalogue, writer)
        terminal.show_answer(answer, engine.catalogue, options.json)
    return DONE if answer.sentences else NOTHING


def _timeline(options: argparse.Namespace, settings: Settings) -> int:
    from api.timeline_command import timeline

    return timeline(options, settings)


def _get(options: argparse.Namespace, settings: Settings) -> int:
    from api.verify_command import get

    return get(options, settings)


def _verify(options: argparse.Namespace, settings: Settings) -> int:
    from api.verify_command import verify

    return verify(options, settings)


def _serve(options: argparse.Namespace, settings: Settings) -> int:
    from api.server import serve

    return serve(settings, options.json)


def _mcp(options: argparse.Namespace, settings: Settings) -> int:
    from api.tools import ToolsMissing, serve
    from api.writer import Writer

    try:
        serve(settings.location, settings.model, Writer.of(settings))
    except ToolsMissing as missing:
        return terminal.fail(str(missing), options.json)
    return DONE


def _doctor(options: argparse.Namespace, settings: Settings) -> int:
    from api.doctor import examine, mend

    findings = [*(mend(settings) if options.repair else ()), *examine(settings)]
    terminal.show_findings(findings, options.json)
    return DONE if all(finding.ok for finding in findings) else NOTHING


def _remove(options: argparse.Namespace, settings: Settings) -> int:
    from api.doctor import TRACES
    from api.uploads import uploaded, uploads_of
    from indexer.build import remove

    index = settings.location.open()
    found = {d.id: d for name in options.sources for d in index.catalogue.named(name)}
    missing = [name for name in options.sources if not index.catalogue.named(name)]
    originals = {original: d.sha256 for d in found.values() if (original := index.catalogue.original(d.id))}
    removed = remove(index, list(found)) if found else 0
    for original, sha256 in originals.items():
        if file := uploaded(original, uploads_of(settings.index), sha256):
            file.unlink(missing_ok=True)
    terminal.show_removed([d.source for d in found.values()], missing, options.json)
    if index.store.has_traces:
        print("pincite: " + TRACES, file=sys.stderr)
    index.close()
    return DONE if removed and not missing else NOTHING


def _backup(options: argparse.Namespace, settings: Settings) -> int:
    from indexer.backup import backup

    if settings.engine:
        return terminal.fail(_NOT_HERE, options.json)
    index = Index(settings.index)
    written = backup(index, options.file)
    index.audit.append("backup", bytes=written)
    terminal.show_done({"file": str(options.file), "bytes": written}, f"written to {options.file}", options.json)
    index.close()
    return DONE


def _restore(options: argparse.Namespace, settings: Settings) -> int:
    from indexer.backup import BadBackup, restore

    if settings.engine:
        return terminal.fail(_NOT_HERE, options.json)
    try:
        documents = restore(options.file, settings.index)
    except BadBackup as error:
        return terminal.fail(str(error), options.json)
    done = {"index": str(settings.index), "documents": documents}
    terminal.show_done(done, f"{documents} documents restored into {settings.index}", options.json)
    return DONE


def _token(options: argparse.Namespace, settings: Settings) -> int:
    from api.token_command import run

    return run(options, settings)


def _filters(options: argparse.Namespace) -> Filters:
    return Filters(
        tuple(options.source), tuple(options.publisher), tuple(options.language),
        date_from=options.date_from, date_to=options.date_to,
    )  # fmt: skip


_COMMANDS = {
    "index": _index, "search": _search, "ask": _ask, "serve": _serve, "doctor": _doctor, "remove": _remove,
    "get": _get, "verify": _verify, "timeline": _timeline, "mcp": _mcp, "backup": _backup, "restore": _restore,
    "token": _token,
}  # fmt: skip
