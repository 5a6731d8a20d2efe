"""How well names that stand one a line are found: the delegations that reports of the UN list at their end.

What is right is read by another rule than the one measured: each item under "Composition of the delegation" that begins
with a bullet, without "Mr" and the like, up to its first comma. No model or index is needed.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from pathlib import Path

from indexer.catalogue import Catalogue
from indexer.document import Document
from indexer.folder import read_folder
from search.asked import what_is_asked
from search.enrolled import enrolled

_ANNEX = re.compile(r"composition of the delegation", re.I)
_TITLES = (
    r"(?:(?:Mr|Mrs|Ms|Miss|Mme|Dr|Prof|Sir|Sr|Sra|Ambassador|H\.\s?E|Hon)\b\.?\s*"
    r"|(?:(?:His|Her) Excellency|The Honou?rable)\s+)*"
)
_ITEM = re.compile(rf"\s*[•·▪]\s*{_TITLES}([^,;(]+)")


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; exit code 0."""
    parser = argparse.ArgumentParser(prog="python -m eval.rosters", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="reports, such as the PDFs of upr")
    parser.add_argument("--only", default="", help="read the files whose name matches this expression")
    parser.add_argument("--show", action="store_true", help="print what was missed or wrong")
    arguments = parser.parse_args(argv)
    files = [f for f in sorted(arguments.folder.iterdir()) if re.search(arguments.only, f.name)]
    with read_folder(files) as catalogue:
        outcomes = [o for d in catalogue.documents(limit=1000)[1] if (o := outcome(catalogue, d))]
    for source, missed, wrong, _ in outcomes if arguments.show else ():
        if missed or wrong:
            print(source, "missed", missed, "wrong", wrong)
    print(json.dumps(measure(outcomes)))
    return 0


Outcome = tuple[str, list[str], list[str], int]


def outcome(catalogue: Catalogue, document: Document) -> Outcome | None:
    """Ask for the delegation of one report: its file, what was missed, what is wrong, how many are right; None if it
    lists none by bullets."""
    paragraphs = catalogue.paragraphs(document.id)
    annex = [p.text for p in paragraphs if p.heading_path and _ANNEX.search(p.heading_path[-1])]
    items = [" ".join(m[1].split()).rstrip(". ") for text in annex if (m := _ITEM.match(text))]
    wanted = [item for item in items if item]
    if len(wanted) < 3:
        return None
    question = f"Who were the members of the delegation of {document.title.rpartition(': ')[2]}?"
    asked = what_is_asked(question)
    mentions = enrolled(question, asked, [document], lambda _: paragraphs) if asked else []
    given = [" ".join(m.name.words.split()) for m in mentions]
    left = list(wanted)
    wrong = []
    for name in given:
        match = next((w for w in left if w == name or name.startswith(w)), None)
        if match:
            left.remove(match)
        else:
            wrong.append(name)
    return document.source, left, wrong, len(wanted) - len(left)


def measure(outcomes: Sequence[Outcome]) -> dict[str, float | int]:
    """Reports, members, and over all members recall and precision."""
    right, missed, wrong = (
        sum(n for *_, n in outcomes),
        sum(len(m) for _, m, _, _ in outcomes),
        sum(len(w) for _, _, w, _ in outcomes),
    )
    return {
        "reports": len(outcomes),
        "members": right + missed,
        "recall": round(right / max(right + missed, 1), 3),
        "precision": round(right / max(right + wrong, 1), 3),
        "wholly_right": sum(not missed and not wrong for _, missed, wrong, _ in outcomes),
    }


if __name__ == "__main__":
    raise SystemExit(main())
