"""One system's result on one data set, in a folder of four files that other tools can read.

``<results>/<date>-<commit>/<dataset>/<system>/`` holds result.json (what was run, on what, and the means), run.trec,
qrels.trec and questions.jsonl (one line a question, without its words or any document's: licences differ).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, cast, get_args

from eval import trec

Stage = Literal["not a paragraph", "not in a passage", "not in either top", "fusion", "reranking"]
STAGES: tuple[Stage, ...] = get_args(Stage)
_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """What came of one question; ``values`` by name of measure, none of them for a question without judgements.

    ``lost`` is the stage at which the gold passage was lost. ``answered``, ``confidence`` (higher: surer that the
    documents answer) and ``correct`` are None where only search was run.
    """

    id: str
    kind: str = ""
    language: str = ""
    answerable: bool = True
    values: Mapping[str, float] = field(default_factory=dict)
    ms: float | None = None
    lost: Stage | None = None
    answered: bool | None = None
    confidence: float | None = None
    correct: bool | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One system on one data set: means, cost, and what it would take to repeat it.

    Times in milliseconds or seconds as named, memory and disk in MB (1,000,000 bytes); None: not measured.
    """

    dataset: str
    system: str
    settings: Mapping[str, Any]
    measures: Mapping[str, float]
    questions: tuple[QuestionResult, ...]
    run: trec.Run = field(default_factory=dict)
    qrels: trec.Qrels = field(default_factory=dict)
    p50_ms: float | None = None
    p95_ms: float | None = None
    index_seconds: float | None = None
    passages: int | None = None
    peak_memory_mb: float | None = None
    disk_mb: float | None = None
    model: str = ""
    model_revision: str = ""
    corpus_sha256: str = ""
    commit: str = ""
    machine: str = ""
    python: str = ""
    date: str = ""
    seed: int = 0


_APART = ("questions", "run", "qrels")  # fields that have a file of their own


def write(folder: Path, result: Result) -> None:
    """Write the four files; result.json comes last, so a folder that has it is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    trec.write_run(folder / "run.trec", result.run, result.system)
    trec.write_qrels(folder / "qrels.trec", result.qrels)
    lines = [_json(asdict(question)) + "\n" for question in sorted(result.questions, key=lambda q: q.id)]
    (folder / "questions.jsonl").write_text("".join(lines), encoding="utf-8", newline="\n")
    head = {f.name: getattr(result, f.name) for f in fields(result) if f.name not in _APART}
    head["questions"] = len(result.questions)
    (folder / "result.json").write_text(_json(head, indent=1) + "\n", encoding="utf-8", newline="\n")


def read(folder: Path, *, rankings: bool = True) -> Result:
    """Read what `write` wrote; without ``rankings`` the run and the judgements stay on disk and are empty here.

    Raises FileNotFoundError if a file is missing and ValueError, naming the file, if one is not as it should be.
    """
    head = _object(folder / "result.json", (folder / "result.json").read_text(encoding="utf-8"), Result)
    questions = tuple(_questions(folder / "questions.jsonl"))
    if head["questions"] != len(questions):
        raise ValueError(
            f"{folder}: result.json counts {head['questions']} questions, questions.jsonl {len(questions)}"
        )
    head["questions"] = questions
    if rankings:
        head["run"] = trec.read_run(folder / "run.trec")
        head["qrels"] = trec.read_qrels(folder / "qrels.trec")
    return Result(**head)


def find(root: Path) -> list[Path]:
    """Every folder below ``root`` (or ``root`` itself) that holds a whole result, sorted."""
    return sorted(file.parent for file in root.rglob("result.json"))


def _questions(path: Path) -> Iterator[QuestionResult]:
    seen: set[str] = set()
    for line in filter(None, path.read_text(encoding="utf-8").split("\n")):
        record = _object(path, line, QuestionResult)
        if record["id"] in seen:
            raise ValueError(f"{path}: question {record['id']} comes twice")
        if record.get("lost") not in (None, *STAGES):
            raise ValueError(f"{path}: question {record['id']} lost at an unknown stage, {record['lost']!r}")
        seen.add(record["id"])
        yield QuestionResult(**record)


def _object(path: Path, text: str, kind: type[Result] | type[QuestionResult]) -> dict[str, Any]:
    try:
        record = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is not JSON: {error}") from None
    known = {f.name for f in fields(kind)}
    if not isinstance(record, dict) or record.keys() - known:
        raise ValueError(f"{path} holds what a {kind.__name__} does not: {sorted(set(record) - known)}")
    required = {"id"} if kind is QuestionResult else {"dataset", "system", "settings", "measures", "questions"}
    if missing := required - record.keys():
        raise ValueError(f"{path} lacks {', '.join(sorted(missing))}")
    return cast("dict[str, Any]", record)


def _json(value: Any, indent: int | None = None) -> str:
    return json.dumps(_rounded(value), ensure_ascii=False, indent=indent, allow_nan=False)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DECIMALS)
    if isinstance(value, Mapping):
        return {name: _rounded(held) for name, held in value.items()}
    return [_rounded(held) for held in value] if isinstance(value, list | tuple) else value
