"""`pincite timeline`: what the documents date, in the order of time, on the terminal."""

from __future__ import annotations

import argparse
from contextlib import closing
from datetime import date

from rich.text import Text

from api import terminal
from api.answer_lines import printable
from api.settings import Settings
from indexer.catalogue import Filters
from search.citations import pinpoint
from search.datekinds import DateKind
from search.timeline import Row, TimelineQuery, TimelineResults


def timeline(options: argparse.Namespace, settings: Settings) -> int:
    """Print the timeline of a question, or of all documents; 1 if nothing is dated."""
    from search.engine import Engine
    from search.timeline import Timeline

    query = TimelineQuery(
        options.query or "", tuple(map(DateKind, options.kind)) or tuple(DateKind), options.since, options.until,
        Filters(
            tuple(options.source), tuple(options.publisher), tuple(options.language),
            date_from=options.date_from, date_to=options.date_to,
        ),
        not options.any_date, options.limit, options.offset,
    )  # fmt: skip
    with closing(Engine.open(settings.location, settings.model)) as engine:
        told = Timeline(engine.catalogue, engine.search).rows(query, date.today())
        if options.json:
            from api.routes_timeline import on_the_wire
            from api.verified import Verifier

            terminal.print_line(on_the_wire(told, query, Verifier(engine.catalogue)).model_dump_json(by_alias=True))
        else:
            _show(told, query)
    return 0 if told.rows else 1


def _show(told: TimelineResults, query: TimelineQuery) -> None:
    out = terminal.console()
    terminal.show_dates(out, told.dates, "only such dates are told; --any-date tells all" if query.by_question else "")
    if not told.rows:
        out.print("Nothing is dated so.")
    for row in told.rows:
        out.print(timeline_line(row))
    last = query.offset + len(told.rows)
    if last < told.total:
        out.print(Text(f"{query.offset + 1} to {last} of {told.total}; --offset {last} goes on.", style="dim"))


def timeline_line(row: Row) -> Text:
    """Return a row as it is printed: when, what kind of date, where, and the sentence with its date."""
    line = Text(f"{_when(row):<23} ", style="bold").append(f"{row.kind.value}  ", style="cyan")
    where = pinpoint(row.citation.label, row.citation.page, row.citation.paragraph)
    line.append(f"{printable(row.document.source)}, {where}\n", style="default")
    quote = Text(printable(" ".join(row.citation.text.split()) if not row.date else row.citation.text))
    if row.date:
        quote.stylize("bold", *row.date)
    return line.append_text(quote).append("\n")


def _when(row: Row) -> str:
    start, end = row.period.start, row.period.end
    if start is None or end is None:
        said = f"since {start}" if start else f"until {end}"
    else:
        said = start if start == end else f"{start} to {end}"
    return f"{said} (year not known)" if row.period.yearless else said
