"""One self-contained page of results, and the same as Markdown tables: `pincite eval report DIR`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from eval import entrants, plots, risk_coverage
from eval.contrast import Contrast
from eval.plots import Mark
from eval.results import STAGES, Result
from eval.scoreboard import PRIMARY, Board, Row, boards, by_group, lost_at
from eval.tables import markdown, number, p_value

TEMPLATE = "report.html"
_WATERFALLS = 6
_COSTS = ("p50 ms", "p95 ms", "index", "passages", "peak memory", "disk")


def report(
    folder: Path,
    *,
    out: Path | None = None,
    baseline: str | None = None,
    measure: str = PRIMARY,
    seed: int = 0,
    as_json: bool = False,
) -> tuple[int, str]:
    """Write ``report.html`` and ``report.md`` about all results below ``folder`` (into ``out``, by default there too).

    The baseline of the tests is the system of that name, else Pincite, else the first. Returns exit code 0 and what to
    print. Raises FileNotFoundError or ValueError, in words for the user, without results or such a baseline.
    """
    found = boards(entrants.load([folder]), baseline, measure, seed)
    target = out or folder
    target.mkdir(parents=True, exist_ok=True)
    page, table = target / "report.html", target / "report.md"
    page.write_text(html(found), encoding="utf-8", newline="\n")
    table.write_text(tables(found), encoding="utf-8", newline="\n")
    if as_json:
        return 0, json.dumps({"html": str(page), "markdown": str(table), "datasets": [b.dataset for b in found]})
    return 0, f"{tables(found)}\nWritten: {page} and {table}"


def html(found: Sequence[Board]) -> str:
    """Return the page: no script, no request, readable on a phone, light or dark as the reader's system."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number, "p": p_value, "percent": _percent}
    environment.globals |= {
        "key": lambda n: Markup(plots.shape(n)),
        "costs": _COSTS,
        "cost": cost,
        "origin": origin,
        "stages": STAGES,
    }
    systems = list({row.entrant.name: row.n for board in found for row in board.rows}.items())
    page = environment.get_template(TEMPLATE).render(
        boards=[_view(board) for board in found], systems=systems, runs=_runs(found), primary=found[0].primary
    )
    return page + "\n"


def tables(found: Sequence[Board]) -> str:
    """Return Markdown: for each data set the measures and what they cost, with the marks of significance."""
    parts = []
    for board in found:
        rows = [
            [row.entrant.name, *(_cell(row, m) for m in board.measures), *cost(row.entrant.result)]
            for row in board.rows
        ]
        parts.append(f"### {board.dataset} ({board.questions} questions)")
        parts.append(markdown(("system", *board.measures, *_COSTS), rows))
        if len(board.rows) > 1:
            parts.append(
                f"▲ ▼: better, worse than {board.baseline.entrant.name} at p < .05 (randomisation test, Holm)."
            )
        parts += [f"{name}: {', '.join(origin(row.entrant.result))}." for name, row in _origins(board)]
    return "\n\n".join(parts) + "\n"


def cost(result: Result | None) -> list[str]:
    """What a system costs, in the order of the columns; empty where it was not measured."""
    if result is None:
        return [""] * len(_COSTS)
    return [
        number(result.p50_ms, 1),
        number(result.p95_ms, 1),
        _duration(result.index_seconds),
        "" if result.passages is None else f"{result.passages:,}",
        _size(result.peak_memory_mb),
        _size(result.disk_mb),
    ]


def origin(result: Result | None) -> list[str]:
    """What it would take to repeat a result: model, corpus, commit, machine."""
    if result is None:
        return []
    told = (
        (f"{result.model} {result.model_revision[:12]}".strip(), "model "),
        (result.corpus_sha256[:12], "corpus sha256 "),
        (result.commit, "commit "),
        (result.machine, ""),
        (result.python, "Python "),
        (result.date, ""),
        (str(result.seed), "seed "),
    )
    return [f"{before}{value}" for value, before in told if value]


def _view(board: Board) -> dict[str, Any]:
    """Return what the template shows of one data set."""
    names = {row.n: row.entrant.name for row in board.rows}
    kinds, languages = by_group(board, lambda q: q.kind), by_group(board, lambda q: q.language)
    refusing = [row for row in board.rows if row.entrant.result and risk_coverage.judged(row.entrant.result.questions)]
    return {
        "board": board,
        "verdict": _verdict(board),
        "latency": _latency(board),
        "kinds": Markup(plots.kind_bars(kinds, names)) if kinds else "",
        "languages": Markup(plots.kind_bars(languages, names)) if languages else "",
        "refusal": _refusal_plot(refusing),
        "refusals": [_refusal(row) for row in refusing],
        "waterfalls": [_waterfall(board, contrast) for contrast in board.against[:_WATERFALLS]],
        "lost": [(row, lost_at(row.entrant)) for row in board.rows if row.entrant.lost],
        "origins": _origins(board),
    }


def _latency(board: Board) -> Markup:
    marks = [
        Mark(row.n, row.entrant.name, result.p50_ms, cell.mean, cell.low or cell.mean, cell.high or cell.mean)
        for row in board.rows
        if (result := row.entrant.result) and result.p50_ms and (cell := row.cells.get(board.primary))
    ]
    return Markup(plots.quality_latency(marks, board.primary)) if marks else Markup("")


def _refusal_plot(rows: Iterable[Row]) -> Markup:
    curves = []
    for row in rows:
        questions = row.entrant.result.questions if row.entrant.result else ()
        held = risk_coverage.curve(risk_coverage.judged(questions))
        curves.append((row.n, row.entrant.name, held, risk_coverage.operating_point(questions)))
    return Markup(plots.risk_coverage(curves)) if curves else Markup("")


def _refusal(row: Row) -> dict[str, Any]:
    questions = row.entrant.result.questions if row.entrant.result else ()
    seen = risk_coverage.judged(questions)
    return {
        "row": row,
        "curve": risk_coverage.curve(seen),
        "point": risk_coverage.operating_point(questions),
        "five": risk_coverage.choose(seen) if any(q.answerable for q in seen) else None,
    }


def _waterfall(board: Board, contrast: Contrast) -> Markup:
    differences = [-change.difference for change in contrast.changes]
    ours, other = ((board.row(name).n, name) for name in (contrast.baseline, contrast.system))
    return Markup(plots.waterfall(differences, ours, other, contrast.measure))


def _verdict(board: Board) -> str:
    """Return in a sentence whom the baseline beats, and whom not; empty without others."""
    sides: dict[str, list[str]] = {"▼": [], "": [], "▲": []}
    for contrast in board.against:
        sides[contrast.mark()].append(contrast.system)
    words = {"▼": "better than {}", "": "not told apart from {}", "▲": "worse than {}"}
    told = "; ".join(words[mark].format(", ".join(names)) for mark, names in sides.items() if names)
    return f"On {board.primary} {board.baseline.entrant.name} is {told}." if told else ""


def _origins(board: Board) -> list[tuple[str, Row]]:
    """Systems that share an origin are named together, with one of them."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in board.rows:
        groups.setdefault(tuple(origin(row.entrant.result)), []).append(row)
    return [(", ".join(row.entrant.name for row in rows), rows[0]) for held, rows in groups.items() if held]


def _runs(found: Sequence[Board]) -> list[str]:
    """The date, commit and machine of each run that the page shows."""
    held = [row.entrant.result for board in found for row in board.rows if row.entrant.result]
    return list(dict.fromkeys(f"{r.date}, commit {r.commit}, {r.machine}" for r in held))


def _cell(row: Row, measure: str) -> str:
    cell = row.cells.get(measure)
    if cell is None:
        return ""
    value = f"**{number(cell.mean)}**" if cell.best else number(cell.mean)
    return f"{value} {cell.mark}".rstrip()


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds:.1f} s" if seconds < 90 else str(timedelta(seconds=round(seconds)))


def _size(megabytes: float | None) -> str:
    if megabytes is None:
        return ""
    return f"{megabytes:.0f} MB" if megabytes < 1000 else f"{megabytes / 1000:.1f} GB"


def _percent(share: float) -> str:
    return f"{share:.1%}"
