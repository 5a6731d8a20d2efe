"""How well differences between two accounts are told from agreement: pairs of sentences, a part of them held out.

Those of the half ``tuning`` were read while the rules were written; the others were written before and not looked at.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.document import Kind, Paragraph, Passage
from indexer.folder import read_folder
from indexer.sentences import sentences
from indexer.words import split
from search.accounts import Account, differences
from search.disagreement import differing
from search.entities import Seen
from search.quotes import Quotes
from search.statements import Statement

LONG, NEAREST = 120, 80  # characters of a paragraph that is drawn from; paragraphs that its sentence is read against
PAIRS = Path(__file__).parent / "conflicts" / "pairs.tsv"
HALVES = ("tuning", "held out")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sentences of one event or of two; ``kind`` says how they differ, "agree" if they do not."""

    id: str
    half: str
    kind: str
    about: str
    first: Account
    second: Account


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; exit code 0."""
    parser = argparse.ArgumentParser(prog="python -m eval.conflicts", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    parser.add_argument("--show", action="store_true", help="print the pairs of the tuning half that went wrong")
    parser.add_argument("--folder", type=Path, help="draw sentences from these documents and print where others differ")
    parser.add_argument("--count", type=int, default=80, help="sentences to draw (default 80)")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args(argv)
    if arguments.folder:
        return drawn(arguments.folder, arguments.count, random.Random(arguments.seed))
    pairs = read(PAIRS)
    result = {half: measure([pair for pair in pairs if pair.half == half]) for half in HALVES}
    if arguments.json:
        print(json.dumps(result, ensure_ascii=False))
        return 0
    for half, measured in result.items():
        print(f"{half}: {', '.join(f'{name} {value}' for name, value in measured.items())}")
    for pair in pairs if arguments.show else ():
        if pair.half == "tuning" and bool(differences(pair.first, pair.second)) != (pair.kind != "agree"):
            print(f"{pair.id} {pair.kind}: {pair.first.text} | {pair.second.text}")
    return 0


def drawn(folder: Path, count: int, chance: random.Random) -> int:
    """Print each difference between sentences drawn and the paragraphs that share most words with it, to be judged."""
    shown = 0
    with read_folder([folder]) as catalogue:
        passages = [(d, _passage(p)) for d in catalogue.documents(limit=10_000)[1] for p in catalogue.paragraphs(d.id)]
        words = {passage.id: frozenset(split(passage.text)) for _, passage in passages}
        for document, passage in chance.sample([p for p in passages if len(p[1].text) > LONG], count):
            nearest = sorted(passages, key=lambda p: -len(words[p[1].id] & words[passage.id]))[:NEAREST]
            start, end = sentences(passage.text)[0]
            at, text = passage.char_start, passage.text[start:end]
            asked, quotes = Statement(document, at + start, at + end, text), Quotes(catalogue)
            for conflict in differing(text, nearest, [asked], quotes, catalogue.text):
                shown += 1
                print(conflict.kind.value, conflict.aspect, conflict.about, [value for value, _ in conflict.values])
                print(
                    *(f"    {q.document.source}: {' '.join(q.citation.text.split())}" for q in quotes.all()), sep="\n"
                )
    print(f"{shown} differences shown for {count} sentences drawn")
    return 0


def _passage(p: Paragraph) -> Passage:
    name = f"{p.document_id}:{p.char_start}"
    return Passage(
        name, p.document_id, p.number, p.number, p.char_start, p.char_end, p.text, 0, p.kind is Kind.BOILERPLATE
    )


def read(path: Path) -> list[Pair]:
    """Read pairs from a table with the columns id, half, kind, about, first_date, second_date, first, second."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [_pair(row) for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]


def _pair(row: dict[str, str]) -> Pair:
    seen = Seen.of([row["first"], row["second"]])
    language = "ru" if any("а" <= c <= "я" for c in row["first"]) else "en"
    accounts = [Account(row[which], language, row[f"{which}_date"] or None, seen) for which in ("first", "second")]
    return Pair(row["id"], row["half"], row["kind"], row["about"], *accounts)


def measure(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Count pairs; precision and recall of telling that two accounts differ; the share of those told right in kind."""
    found = {pair.id: differences(pair.first, pair.second) for pair in pairs}
    differing = [pair for pair in pairs if pair.kind != "agree"]
    told = [pair for pair in differing if found[pair.id]]
    false = [pair for pair in pairs if pair.kind == "agree" and found[pair.id]]
    right = [pair for pair in told if any(d.kind.value == pair.kind for d in found[pair.id])]
    return {
        "differing": len(differing),
        "agreeing": len(pairs) - len(differing),
        "told": len(told),
        "false": len(false),
        "precision": round(len(told) / max(len(told) + len(false), 1), 3),
        "recall": round(len(told) / max(len(differing), 1), 3),
        "kind_right": round(len(right) / max(len(told), 1), 3),
    }


if __name__ == "__main__":
    raise SystemExit(main())
