"""How well lists are answered: the members found against those that the texts give, a part of the questions held out.

The texts of ``eval/lists`` and the sample corpus are indexed and asked as a user would ask them. A member counts if
one of its spellings is given; two members for one, or one that is none, count against precision.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from search.engine import Engine
from search.results import Member

HERE = Path(__file__).parent
FOLDERS = {
    "planted": HERE / "lists" / "texts",
    "unseen": HERE / "lists" / "unseen",
    "lines": HERE / "lists" / "lines",
    "sample": HERE.parent / "corpus",
}
HALVES = ("tuning", "held out")


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; exit code 0."""
    parser = argparse.ArgumentParser(prog="python -m eval.lists", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    parser.add_argument("--show", action="store_true", help="print the questions of the tuning half that went wrong")
    arguments = parser.parse_args(argv)
    questions = [json.loads(line) for line in (HERE / "lists" / "questions.jsonl").read_text("utf-8").splitlines()]
    outcomes: list[dict[str, Any]] = []
    for corpus, folder in FOLDERS.items():
        with asking(folder) as engine:
            outcomes += [outcome(engine, q) for q in questions if q["corpus"] == corpus]
    result = {half: measure([o for o in outcomes if o["half"] == half]) for half in HALVES}
    if arguments.json:
        print(json.dumps(result, ensure_ascii=False))
        return 0
    for half, measured in result.items():
        print(f"{half}: {', '.join(f'{name} {value}' for name, value in measured.items())}")
    for o in outcomes if arguments.show else ():
        if o["half"] == "tuning" and (o["missed"] or o["wrong"]):
            print(f"{o['id']} {o['question']} missed {o['missed']} wrong {o['wrong']}")
    return 0


@contextmanager
def asking(folder: Path) -> Iterator[Engine]:
    """Index a folder for the time of asking."""
    from indexer.build import build
    from indexer.index import Index

    with tempfile.TemporaryDirectory() as place:
        index = Index(Path(place), create=True)
        build(index, [folder])
        index.close()
        engine = Engine.open(Path(place))
        yield engine
        engine.close()


def outcome(engine: Engine, question: Mapping[str, Any]) -> dict[str, Any]:
    """Ask one question; what was found, missed and wrong."""
    answer = engine.ask(question["question"])
    found, missed, wrong = matched(answer.members, question["members"])
    return {
        "id": question["id"],
        "half": question["half"],
        "question": question["question"],
        "asked": len(question["members"]),
        "answered": bool(answer.sentences),
        "found": found,
        "missed": missed,
        "wrong": wrong,
    }


def matched(given: Sequence[Member], wanted: Sequence[Sequence[str]]) -> tuple[list[str], list[str], list[str]]:
    """Return the names wanted that are given, those that are not, and those given that are not wanted or are double."""
    left = {names[0]: {name.casefold() for name in names} for names in wanted}
    found, wrong = [], []
    for member in given:
        spelt = {variant.casefold() for variant in member.variants}
        name = next((name for name, spellings in left.items() if spellings & spelt), None)
        if name is None:
            wrong.append(member.name)
        else:
            found.append(name)
            del left[name]
    return found, list(left), wrong


def measure(outcomes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Count questions; recall and precision over all members; the share of lists that are wholly right."""
    found = sum(len(o["found"]) for o in outcomes)
    wrong = sum(len(o["wrong"]) for o in outcomes)
    wanted = sum(o["asked"] for o in outcomes)
    return {
        "questions": len(outcomes),
        "lists": sum(bool(o["asked"]) for o in outcomes),
        "refused": sum(bool(o["asked"]) and not o["answered"] for o in outcomes),
        "members": wanted,
        "recall": round(found / max(wanted, 1), 3),
        "precision": round(found / max(found + wrong, 1), 3),
        "wholly_right": round(sum(not o["missed"] and not o["wrong"] for o in outcomes) / max(len(outcomes), 1), 3),
    }


if __name__ == "__main__":
    raise SystemExit(main())
