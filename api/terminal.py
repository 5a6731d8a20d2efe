"""What a command prints: words for a person, or one line of JSON for a program. Control characters never pass."""

from __future__ import annotations

import json
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.answer_lines import attribution, printable, show_conflicts, show_members
from api.exitcodes import WRONG_USE
from api.verified import Verifier
from indexer.catalogue import Catalogue
from search.askeddates import DateReading
from search.citations import not_visible, pinpoint
from search.filtered import let_through
from search.results import EXTRACTIVE, Answer, Hit, Quote, Results

if TYPE_CHECKING:
    from api.doctor import Finding
    from api.tokens import Token
    from indexer.build import Outcome, Progress

_LISTED = 20  # refused files shown in the closing table before the rest is only counted


class _Output(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the command, which ends well: rich ends it as if nothing had been found."""
        raise BrokenPipeError


def console(*, error: bool = False) -> Console:
    """Return where to print: as wide as the terminal, or as the text needs in a pipe."""
    return _Output(stderr=error, highlight=False, soft_wrap=not sys.stdout.isatty())


def fail(message: str, as_json: bool) -> int:
    """Say what went wrong and return the exit code for wrong use."""
    if as_json:
        print_json({"error": message})
    else:
        print(printable(f"pincite: {message}"), file=sys.stderr)
    return WRONG_USE


def print_json(value: Any) -> None:
    """Print one line of JSON."""
    print_line(json.dumps(value, ensure_ascii=False, default=str))


def print_line(line: str) -> None:
    """Print JSON with control and direction-changing characters escaped, of which JSON itself escapes only some."""
    print("".join(json.dumps(c)[1:-1] if unicodedata.category(c) in ("Cc", "Cf", "Cs") else c for c in line))


# -- indexing


@contextmanager
def progress(as_json: bool) -> Iterator[Callable[[Progress], None]]:
    """Show a build's progress: a bar on a terminal, a line every few seconds in a pipe, nothing beside JSON."""
    if as_json:
        yield lambda _: None
    elif sys.stderr.isatty():
        yield from _bar()
    else:
        yield _lines()


def _bar() -> Iterator[Callable[[Progress], None]]:
    from rich import progress as bars

    columns = (
        bars.TextColumn("{task.description}"), bars.BarColumn(), bars.TaskProgressColumn(),
        bars.TextColumn("{task.fields[counts]}"), bars.TimeRemainingColumn(),
    )  # fmt: skip
    with bars.Progress(*columns, console=console(error=True), transient=True) as shown:
        task = shown.add_task("Indexing", total=None, counts="")
        began = time.monotonic()

        def show(p: Progress) -> None:
            rate = p.passages_done / max(time.monotonic() - began, 0.001)
            counts = f"{p.files_done}/{p.files} files, {p.passages_done} passages, {rate:.0f}/s"
            shown.update(task, total=p.bytes, completed=p.bytes_done, counts=counts, description=_short(p.doing))

        yield show


def _lines(every: float = 5.0) -> Callable[[Progress], None]:
    began = last = time.monotonic()

    def show(p: Progress) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < every:
            return
        last = now
        done = p.bytes_done / p.bytes if p.bytes else 0.0
        left = f", about {(now - began) / done * (1 - done):.0f} s left" if done > 0.02 else ""
        rate = p.passages_done / (now - began)
        print(f"{p.files_done}/{p.files} files, {p.passages_done} passages, {rate:.0f}/s{left}", file=sys.stderr)

    return show


def _short(name: str, width: int = 32) -> str:
    name = printable(name)
    return name if len(name) <= width else "…" + name[-width + 1 :]


def show_outcome(outcome: Outcome, index: Path, as_json: bool) -> None:
    """Print what a build did: counts, and each refused file with its reason."""
    if as_json:
        print_json({
            "indexed": outcome.indexed, "unchanged": outcome.unchanged, "removed": outcome.removed,
            "refused": [{"source": source, "reason": reason} for source, reason in outcome.refused],
            "skipped": outcome.skipped, "warnings": outcome.warnings,
            "passages": outcome.passages, "seconds": round(outcome.seconds, 3), "index": str(index),
        })  # fmt: skip
        return
    out = console()
    rate = f", {outcome.passages / outcome.seconds:.0f} passages/s" if outcome.passages else ""
    title = Text(printable(f"{outcome.seconds:.1f} s{rate}, index in {index}"))
    table = Table(title=title, title_justify="left", box=None)
    table.add_column("files", justify="right")
    table.add_column("")
    rows = (
        (len(outcome.indexed), f"indexed ({outcome.passages} passages)"), (len(outcome.unchanged), "unchanged"),
        (len(outcome.removed), "removed, because they are gone"),
        (len(outcome.skipped), "passed over (hidden or system files, manifest.csv)"),
        (len(outcome.refused), "refused"),
    )  # fmt: skip
    for count, what in rows:
        if count or what.startswith("indexed"):
            table.add_row(str(count), what)
    out.print(table)
    for warning in outcome.warnings:
        out.print(Text(printable(f"Warning: {warning}"), style="yellow"))
    _show_refused(out, outcome.refused)


def _show_refused(out: Console, refused: Sequence[tuple[str, str]]) -> None:
    if not refused:
        return
    table = Table("refused", "why", box=None, padding=(0, 2, 0, 0))
    for source, reason in refused[:_LISTED]:
        table.add_row(Text(printable(source)), Text(printable(reason)))
    out.print(table)
    if len(refused) > _LISTED:
        out.print(f"... and {len(refused) - _LISTED} more; --json or `pincite doctor` lists them all.")


# -- results


def show_results(results: Results, catalogue: Catalogue, explain: bool, as_json: bool) -> None:
    """Print the ranked passages of a search."""
    if as_json:
        print_line(Verifier(catalogue).results(results, explain).model_dump_json(by_alias=True))
        return
    out = console()
    show_dates(out, results.dates)
    if not results.hits:
        left = let_through(results.filters, catalogue)
        out.print(Text(f"Nothing found{f': {left}' if left else ''}."))
    for hit in results.hits:
        _show_hit(out, hit)


def show_answer(answer: Answer, catalogue: Catalogue, as_json: bool) -> None:
    """Print an answer with its sources, or why there is none and the nearest passages."""
    if as_json:
        print_line(Verifier(catalogue).answer(answer).model_dump_json(by_alias=True))
        return
    out = console()
    out.print(Text(printable(answer.question), style="bold"))
    show_dates(out, answer.dates)
    if not answer.sentences:
        out.print(Text("\nNothing in these documents answers this" + _because(answer.reasons) + "."))
        if answer.hits:
            out.print("The nearest passages:\n")
        for hit in answer.hits[:3]:
            _show_hit(out, hit)
        return
    if answer.list_answers:
        show_members(out, answer)
    for sentence in answer.sentences:
        text = Text(printable(sentence.text))
        for start, end in sentence.names:
            text.stylize("bold", start, end)
        marks = "".join(f"[{n}]" for n in sentence.citations)
        out.print(Text("\n  ").append_text(text).append(f" {marks}", style="cyan"))
    _show_writer(out, answer)
    if not answer.list_answers:
        show_members(out, answer)
    show_conflicts(out, answer)
    out.print("\nSources")
    for quote in answer.quotes:
        out.print(_source_line(quote))
        if answer.writer != EXTRACTIVE:
            out.print(Text(f"      “{printable(' '.join(quote.citation.text.split()))}”"))


def _show_writer(out: Console, answer: Answer) -> None:
    """Say who put the answer into words, and what was dropped and why."""
    if answer.writer != EXTRACTIVE:
        out.print(Text(f"\nWritten by {printable(answer.writer)}; the words of the sources stand below.", style="dim"))
    if answer.writer_failure:
        out.print(Text(f"\n{printable(answer.writer_failure)} These are the words of the sources.", style="yellow"))
    if answer.dropped:
        out.print(Text("\nDropped, because the passages cited do not support it"))
    for dropped in answer.dropped:
        out.print(Text(f"  {printable(dropped.text)}", style="strike dim"))
        out.print(Text(f"    {printable(dropped.reason)}", style="dim"))


def show_dates(out: Console, dates: Sequence[DateReading], note: str = "") -> None:
    """Say how the dates in a question were read, with the times that passages mention within each."""
    for reading in dates:
        times = ", ".join(f"{p.start or p.end} ({n})" for p, n in reading.matches if not p.yearless)
        said = f"“{reading.text}” was read as {reading.read_as}" + (f"; passages mention {times}" if times else "")
        out.print(Text(printable(f"{said}{'; ' + note if note else ''}."), style="dim"))


def _because(reasons: Sequence[str]) -> str:
    return f": {printable('; '.join(reasons))}" if reasons else ""


def _source_line(quote: Quote) -> Text:
    c, d = quote.citation, quote.document
    where = pinpoint(c.label, c.page, c.paragraph, not_visible(c.hidden, c.text))
    about = ", ".join(printable(part) for part in (d.title, d.publisher, d.date) if part)
    return (
        Text(f"  [{quote.n}] ", style="cyan")
        .append(f"{printable(d.source)}, {where}", style="bold")
        .append(f" - {about}")
        .append(printable(attribution(quote)), style="dim")
    )


def _show_hit(out: Console, hit: Hit) -> None:
    c, d = hit.citation, hit.document
    head = Text(f"{hit.rank}. ", style="cyan").append(printable(d.source), style="bold")
    head.append(f", {pinpoint(c.label, c.page, c.paragraph, not_visible(c.hidden, c.text))}").append(
        f"  {hit.score:.3f}", style="dim"
    )
    out.print(head)
    text = Text(printable(hit.passage.text))
    for start, end in hit.highlights:
        text.stylize("bold", start, end)
    out.print(text)
    if hit.explain:
        parts = (f"{k} {v:.3f}" if isinstance(v, float) else f"{k} {v}" for k, v in hit.explain.items())
        out.print(Text("   " + ", ".join(parts), style="dim"))
    if hit.duplicates:
        out.print(Text(f"   and {len(hit.duplicates)} near-duplicates", style="dim"))
    out.print()


# -- the rest


def show_findings(findings: Sequence[Finding], as_json: bool) -> None:
    """Print what the doctor found."""
    if as_json:
        print_json({"ok": all(f.ok for f in findings), "findings": [asdict(f) for f in findings]})
        return
    out = console()
    for finding in findings:
        mark = Text("ok   ", style="green") if finding.ok else Text("FAULT", style="red")
        out.print(mark.append(f"  {printable(finding.about)}: {printable(finding.detail)}", style="default"))


def show_done(done: Mapping[str, object], words: str, as_json: bool) -> None:
    """Print what a command did, in one line."""
    if as_json:
        print_json(done)
    else:
        console().print(Text(printable(words)))


def show_tokens(tokens: Sequence[Token], as_json: bool) -> None:
    """Print the tokens, without what would let anybody in."""
    if as_json:
        kept = ("name", "scope", "created", "expires")
        print_json({"tokens": [{field: getattr(token, field) for field in kept} for token in tokens]})
        return
    for token in tokens:
        console().print(Text(printable(f"{token.name}: {token.scope}, until {token.expires}")))


def show_removed(removed: Sequence[str], missing: Sequence[str], as_json: bool) -> None:
    """Print what was removed, and what was asked for but is not in the index."""
    if as_json:
        print_json({"removed": removed, "missing": missing})
        return
    out = console()
    for source in removed:
        out.print(Text(f"removed {printable(source)}"))
    for name in missing:
        out.print(Text(f"not in the index: {printable(name)}"), style="yellow")
