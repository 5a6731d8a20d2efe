"""How well dates are read: short expressions in English and Russian with what they mean, labelled by hand.

``python -m eval.dates`` prints the share that is right, by language and by half. Lines of ``questions/dates.jsonl`` are
``{"language", "text", "expression", "document_date", "from", "to", "precision", "origin", "kind"?, "half"}``; a line
with an empty expression holds no date. A date is right if period and precision are the labelled ones and it stands
where it is labelled. One half was looked at while the rules were made, the other only measured; expressions "drawn"
at random from other texts were labelled once the rules were there, before these had read them.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from search.calendar import of_iso
from search.datekinds import kind_of
from search.dates import DateExpression, date_expressions

LABELLED: Final = Path(__file__).parent / "questions" / "dates.jsonl"
HALVES: Final = ("tuned", "held out")
Line = dict[str, Any]


def lines() -> list[Line]:
    """Return the labelled lines, in file order."""
    return [json.loads(line) for line in LABELLED.read_text("utf-8").splitlines()]


def read(line: Line) -> list[DateExpression]:
    """Return the dates that are read in the text of a line."""
    return date_expressions(line["text"], of_iso(line["document_date"]))


def right(line: Line) -> bool:
    """Whether what is read is what is labelled; for a line without a date, whether none is read."""
    found = read(line)
    if not line["expression"]:
        return not found
    start = line["text"].index(line["expression"])
    end = start + len(line["expression"])
    there = [e for e in found if e.start < end and start < e.end]
    wanted = (line["from"], line["to"], line["precision"])
    return len(there) == 1 and (there[0].period.start, there[0].period.end, there[0].period.precision) == wanted


def kind_right(line: Line) -> bool:
    """Whether the date is said to be the date of what is labelled: the document, an event, or something mentioned."""
    start, own = line["text"].index(line["expression"]), of_iso(line["document_date"])
    there = [e for e in read(line) if e.start <= start + len(line["expression"]) and start <= e.end]
    return bool(there) and kind_of(line["text"], there[0], own) == line["kind"]


def placed(line: Line) -> bool:
    """Whether a date is read at the very characters that are labelled."""
    start = line["text"].index(line["expression"])
    return any((e.start, e.end) == (start, start + len(line["expression"])) for e in read(line))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, and with ``--wrong HALF`` what was read instead."""
    parser = argparse.ArgumentParser(prog="python -m eval.dates", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--wrong", choices=HALVES, help="list what is wrong in this half")
    parser.add_argument("--speed", type=Path, metavar="CORPUS", help="read every text of a corpus.jsonl(.gz) instead")
    options = parser.parse_args(arguments)
    if options.speed:
        return _speed(options.speed)
    labelled = lines()
    print("| language | half | dates | right | at the very characters | lines without a date | none read |")
    print("|---|---|---|---|---|---|---|")
    for language in ("en", "ru", None):
        for half in HALVES:
            some = [x for x in labelled if x["half"] == half and language in (x["language"], None)]
            dated, empty = [x for x in some if x["expression"]], [x for x in some if not x["expression"]]
            share = sum(map(right, dated)) / len(dated)
            print(
                f"| {language or 'both'} | {half} | {len(dated)} | {sum(map(right, dated))} ({share:.1%}) "
                f"| {sum(map(placed, dated))} | {len(empty)} | {sum(map(right, empty))} |"
            )
    kinds = [x for x in labelled if "kind" in x]
    for half in HALVES:
        some = [x for x in kinds if x["half"] == half]
        print(f"\nkind right, {half}: {sum(map(kind_right, some))} of {len(some)}", end="")
    print()
    for line in labelled:
        if line["half"] == options.wrong and "kind" in line and not kind_right(line):
            print(line["id"], line["text"], "|", line["expression"], line["kind"])
        if line["half"] == options.wrong and not right(line):
            got = [
                (line["text"][e.start : e.end], e.period.start, e.period.end, str(e.period.precision))
                for e in read(line)
            ]
            print(line["id"], repr(line["expression"]), line["from"], line["to"], line["precision"], "read:", got)
    return 0


def _speed(corpus: Path) -> int:
    raw = gzip.decompress(corpus.read_bytes()) if corpus.suffix == ".gz" else corpus.read_bytes()
    texts = [json.loads(line)["text"] for line in raw.splitlines()]
    written, began = of_iso("2021-02-11"), time.process_time()
    count = sum(len(date_expressions(text, written)) for text in texts)
    seconds = time.process_time() - began
    print(f"{len(texts)} texts, {count} dates, {seconds:.1f} s of one core")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
