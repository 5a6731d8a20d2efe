"""`pincite eval`: measure, compare, report and gate. Its imports wait until one of them is run."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eval.dataset import Dataset
    from eval.results import Result
    from eval.run import Progress, System

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "eval" / "results"
WORK = ROOT / ".pincite" / "eval"
BASELINE = ROOT / "eval" / "baseline.json"
ABLATIONS = ("sides", "fusion", "reranker", "passages", "context", "model")
PEERS = ("bm25s", "faiss", "txtai", "haystack", "llamaindex")

Command = Callable[[argparse.Namespace], int]


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Add the commands below `pincite eval`."""
    commands = parser.add_subparsers(dest="evaluation", required=True, metavar="WHAT")

    run = _command(commands, "run", "ask every question of a data set, and write what came of it")
    _data(run)
    run.add_argument("--name", default="pincite", help="what to call the system in the results (default pincite)")
    run.add_argument("--mode", choices=("hybrid", "dense", "lexical"), default="hybrid", help="which side ranks")
    run.add_argument("--no-rerank", action="store_true", help="leave the order as it is fused")
    run.add_argument("--model", help="name or path of a sentence-transformers model (default: the bundled one)")

    ablate = _command(commands, "ablate", "measure it again with one thing taken away or done another way")
    _data(ablate)
    ablate.add_argument(
        "--what",
        action="append",
        choices=ABLATIONS,
        default=[],
        help="what to change; may be given again (default all)",
    )
    ablate.add_argument("--model", help="another model to compare with")

    peers = _command(commands, "peers", "measure other tools on the same texts and questions, and compare")
    peers.add_argument(
        "--data", action="append", required=True, metavar="DIR",
        help="a data set in BEIR layout, a folder of several, or ir_datasets:NAME; may be given again",
    )  # fmt: skip
    peers.add_argument(
        "--peer", action="append", choices=PEERS, default=[], help="only this one; may be given again (default all)"
    )
    peers.add_argument("--ours", action="store_true", help="measure each with our model, too")
    peers.add_argument("--site", type=Path, metavar="DIR", help="where they were installed: pip install --target DIR")
    _places(peers)

    compare = _command(commands, "compare", "hold results against each other, with tests of significance")
    compare.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="results, or TREC runs with --qrels")
    compare.add_argument("--qrels", type=Path, metavar="FILE", help="judgements of the runs")
    compare.add_argument("--measure", action="append", metavar="NAME", help="only this measure; may be given again")
    compare.add_argument(
        "--baseline", metavar="NAME", help="the system that others are held against (default: the first)"
    )

    report = _command(commands, "report", "write results as one page of tables and plots, and as Markdown")
    report.add_argument("path", nargs="?", type=Path, metavar="PATH", help="results (default: the newest)")
    report.add_argument("--output", type=Path, metavar="DIR", help="where to write (default: beside the results)")
    report.add_argument("--baseline", metavar="NAME", help="the system that others are held against (default: pincite)")

    gate = _command(commands, "gate", "fail if search got worse on the questions that are kept for it")
    gate.add_argument("--result", type=Path, metavar="DIR", help="hold these results against it, measure nothing")
    gate.add_argument(
        "--baseline", type=Path, default=BASELINE, metavar="FILE", help="the values that are held against"
    )
    gate.add_argument(
        "--max-drop", type=float, default=0.05, metavar="X", help="the most a mean may drop (default 0.05)"
    )
    gate.add_argument("--renew", action="store_true", help="measure, and make that the baseline")


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, does: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=does, description=does[0].upper() + does[1:] + ".")
    command.add_argument("--json", action="store_true", help="print JSON for other programs")
    return command


def _data(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--data", action="append", default=[], metavar="DIR",
        help="a data set, a folder of several, or ir_datasets:NAME; may be given again (default: the sample corpus)",
    )  # fmt: skip
    command.add_argument("--questions", type=Path, metavar="FILE", help="questions over the documents in --data")
    _places(command)


def _places(command: argparse.ArgumentParser) -> None:
    command.add_argument("--results", type=Path, default=RESULTS, metavar="DIR", help="where results are written")
    command.add_argument("--work", type=Path, default=WORK, metavar="DIR", help="where indexes are kept for next time")


def run(options: argparse.Namespace) -> int:
    """Run what was parsed; problems that the user can mend become one line."""
    from api import terminal

    try:
        from eval.dataset import BadDataset

        command: Command = _COMMANDS[options.evaluation]
        return command(options)
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in ("ir_measures", "pytrec_eval"):
            raise
        return terminal.fail(
            "Evaluating needs packages that only developers have: run `make .venv/.dev`.", options.json
        )
    except (BadDataset, FileNotFoundError, ValueError) as error:
        return terminal.fail(str(error), options.json)


# -- run, ablate


def _run(options: argparse.Namespace) -> int:
    from eval.run import System
    from search.query import Mode

    system = System(options.name, Mode(options.mode), not options.no_rerank, options.model)
    for _ in _measured(options, [system]):
        pass
    return 0


def _ablate(options: argparse.Namespace) -> int:
    from eval.ablations import SHIPS, ablations
    from eval.compare import compare

    chosen = ablations(options.model)
    systems = [SHIPS, *(system for what in options.what or chosen for system in chosen[what])]
    folders = [folder for folder, _ in _measured(options, systems)]
    code, text = compare(folders, baseline=SHIPS.name, as_json=options.json)
    print(text)
    return code


def _measured(options: argparse.Namespace, systems: list[System]) -> Iterator[tuple[Path, Result]]:
    """Run each system on each data set, and print each result as it comes."""
    from eval.run import commit, run, today

    place = options.results / f"{today()}-{commit()}"
    for dataset in _datasets(options):
        for system in systems:
            folder = place / dataset.name / folder_name(system.name)
            with _shown(options.json) as report:
                result = run(dataset, system, options.work, folder, report)
            _show(result, folder, options.json)
            yield folder, result


def _peers(options: argparse.Namespace) -> int:
    """Measure each peer that is installed; one that was named and is not is an error, any other is passed over."""
    from eval import results
    from eval.compare import compare
    from eval.dataset import below, read
    from eval.peers.peer import TOOLS, Missing
    from eval.peers.run import newest, rivals, run
    from eval.run import commit, today

    place = options.results / f"{today()}-{commit()}"
    tools = [tool for tool in TOOLS if tool.key in (options.peer or PEERS)]
    for data in (name for given in options.data for name in below(given)):
        dataset, folders = read(data), []
        for rival in rivals(tools, options.ours):
            folder = place / dataset.name / folder_name(rival.system)
            try:
                with _shown(options.json) as report:
                    run(dataset.name, data, rival, options.work, folder, options.site, report)
            except Missing as missing:
                if options.peer:
                    raise
                print(missing, file=sys.stderr)
                continue
            folders.append(folder)
            _show(results.read(folder, rankings=False), folder, options.json)
        pincite = newest(options.results, dataset.name, "pincite")
        if pincite and folders:
            print(compare([pincite, *folders], as_json=options.json)[1])
        elif not options.json:
            print(f"\nThere is no result of pincite on {dataset.name} to compare with: pincite eval run --data {data}")
    return 0


def _datasets(options: argparse.Namespace) -> list[Dataset]:
    from eval.dataset import SAMPLE_SETS, below, read, sample

    if not options.data:
        return [sample(options.questions)] if options.questions else [sample(file) for file in SAMPLE_SETS]
    return [read(name, options.questions) for given in options.data for name in below(given, options.questions)]


def folder_name(system: str) -> str:
    """Return the name of a system's folder among the results."""
    return system.replace("/", "-").replace(",", "").replace(" ", "-")


def _show(result: Result, folder: Path, as_json: bool) -> None:
    if as_json:
        fields = "dataset system p50_ms p95_ms index_seconds passages peak_memory_mb disk_mb model commit".split()
        row = {name: getattr(result, name) for name in fields}
        print(json.dumps({**row, "measures": dict(result.measures), "questions": len(result.questions)}), flush=True)
        return
    print(f"\n{result.dataset}, {result.system}: {len(result.questions)} questions, {result.passages} passages")
    for name, value in result.measures.items():
        print(f"  {name:22s} {value:.3f}")
    print(f"  {'a search, p50, p95':22s} {result.p50_ms:.0f}, {result.p95_ms:.0f} ms")
    print(f"  {'indexing':22s} {result.index_seconds:.0f} s, peak memory {result.peak_memory_mb:.0f} MB")
    print(f"  written to {folder}")


@contextmanager
def _shown(as_json: bool) -> Iterator[Callable[[Progress], None]]:
    """Show progress: a bar on a terminal, nothing beside JSON or in a pipe, where each result is a line anyway."""
    if as_json or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich import progress as bars

    from api.terminal import console

    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(*columns, console=console(error=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda p: bar.update(task, description=p.doing, completed=p.done, total=p.total)


# -- compare, report, gate


def _compare(options: argparse.Namespace) -> int:
    from eval.compare import compare

    code, text = compare(
        options.paths, qrels=options.qrels, measures=options.measure, baseline=options.baseline, as_json=options.json
    )
    print(text)
    return code


def _report(options: argparse.Namespace) -> int:
    from eval.report import report

    folder = options.path or max(
        (f for f in RESULTS.glob("*/") if f.is_dir()), key=lambda f: f.stat().st_mtime, default=None
    )
    if folder is None:
        raise ValueError("There are no results yet. Make some: `pincite eval run`.")
    code, text = report(folder, out=options.output, baseline=options.baseline, as_json=options.json)
    print(text)
    return code


def _gate(options: argparse.Namespace) -> int:
    from tempfile import TemporaryDirectory

    from eval.dataset import SAMPLE_SETS, sample
    from eval.gate import GATED, gate, write_baseline
    from eval.run import System, run

    with TemporaryDirectory() as folder:
        result = options.result or Path(folder)
        if not options.result:
            for file in SAMPLE_SETS:
                with _shown(options.json) as report:
                    run(sample(file), System(), Path(folder) / "work", result / file.stem / "pincite", report)
        if options.renew:
            write_baseline(result, options.baseline, GATED)
            return 0
        code, text = gate(result, options.baseline, max_drop=options.max_drop, as_json=options.json)
    print(text)
    return code


_COMMANDS: dict[str, Command] = {
    "run": _run,
    "ablate": _ablate,
    "peers": _peers,
    "compare": _compare,
    "report": _report,
    "gate": _gate,
}
