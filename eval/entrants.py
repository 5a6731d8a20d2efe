"""What is compared: systems with their values per question, from result folders or from bare TREC runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eval import results, trec
from eval.measures import RANKED, PerQuestion, is_ranked, measure
from eval.results import Result, Stage


@dataclass(frozen=True, slots=True)
class Entrant:
    """One system on one data set; ``values`` by measure and question, ``lost`` where a question lost its gold."""

    dataset: str
    name: str
    values: Mapping[str, PerQuestion]
    lost: Mapping[str, Stage]
    result: Result | None = None


def from_folders(folders: Sequence[Path]) -> list[Entrant]:
    """Read result folders. A system that comes twice on one data set is told apart by the run's folder, or the path.

    A measure of rankings is zero for a system where it lacks a question that another of them has; any other is left
    out there. Raises ValueError if two were judged by other qrels under one name of a data set, or are the same folder.
    """
    found = [(folder, results.read(folder, rankings=False)) for folder in folders]
    _same_judgements(found)
    given = [_entrant(result, name) for (_, result), name in zip(found, _names(found), strict=True)]
    return [_completed(entrant, group) for group in by_dataset(given).values() for entrant in group]


def from_runs(files: Sequence[Path], qrels: Path, names: Sequence[str] = RANKED) -> list[Entrant]:
    """Measure bare TREC runs, whichever tool wrote them, by one file of judgements; the system is the file's name."""
    judgements = trec.read_qrels(qrels)
    if not judgements:
        raise ValueError(f"{qrels} holds no judgements")
    return [
        Entrant(qrels.parent.name or qrels.stem, _run_name(file), measure(judgements, trec.read_run(file), names), {})
        for file in files
    ]


def load(paths: Sequence[Path], qrels: Path | None = None, names: Sequence[str] | None = None) -> list[Entrant]:
    """Read what is named: folders that hold results at any depth, or, with ``qrels``, runs (a folder's too).

    Raises FileNotFoundError if a path is not there, ValueError if it holds no result or a run comes without judgements.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            held = [folder / "run.trec" for folder in results.find(path)]
            if not held:
                raise ValueError(f"{path} holds no result (no result.json)")
            files += held
        elif path.is_file():
            files.append(path)
        else:
            raise FileNotFoundError(f"{path} is not there")
    files = list(dict.fromkeys(files))
    if qrels:
        return from_runs(files, qrels, names or RANKED)
    if bare := [file for file in files if not (file.parent / "result.json").is_file()]:
        raise ValueError(f"{bare[0]} is a bare run: name the judgements (qrels) to measure it by")
    return from_folders([file.parent for file in files])


def by_dataset(entrants: Iterable[Entrant]) -> dict[str, list[Entrant]]:
    """Group by data set, both in the order given."""
    groups: dict[str, list[Entrant]] = {}
    for entrant in entrants:
        groups.setdefault(entrant.dataset, []).append(entrant)
    return groups


def _names(found: Sequence[tuple[Path, Result]]) -> list[str]:
    """Names that tell the systems of each data set apart: with the run's folder, or the path, only where needed."""
    names = [result.system for _, result in found]
    for place in (lambda folder: folder.resolve().parent.parent.name, str):
        times = Counter((result.dataset, name) for (_, result), name in zip(found, names, strict=True))
        names = [
            f"{result.system} ({place(folder)})" if times[result.dataset, name] > 1 else name
            for (folder, result), name in zip(found, names, strict=True)
        ]
    return names


def _completed(entrant: Entrant, group: Sequence[Entrant]) -> Entrant:
    values = dict(entrant.values)
    for name in filter(is_ranked, entrant.values):
        asked = {question for one in group for question in one.values.get(name, ())}
        values[name] = {question: values[name].get(question, 0.0) for question in sorted(asked)}
    return replace(entrant, values=values)


def _entrant(result: Result, name: str) -> Entrant:
    values: dict[str, PerQuestion] = {measure: {} for measure in result.measures}
    for question in result.questions:
        for measure_name, value in question.values.items():
            values.setdefault(measure_name, {})[question.id] = value
    lost = {question.id: question.lost for question in result.questions if question.lost}
    return Entrant(result.dataset, name, {name: of for name, of in values.items() if of}, lost, result)


def _run_name(file: Path) -> str:
    return file.parent.name if file.name == "run.trec" else file.stem


def _same_judgements(found: Sequence[tuple[Path, Result]]) -> None:
    """Means over other judgements cannot be compared, so this is no warning."""
    first: dict[str, tuple[Path, bytes]] = {}
    for folder, result in found:
        judged = (folder / "qrels.trec").read_bytes()
        held, judged_there = first.setdefault(result.dataset, (folder, judged))
        if judged != judged_there:
            raise ValueError(
                f"{held} and {folder} hold other judgements of {result.dataset}: measure them by one qrels"
            )
