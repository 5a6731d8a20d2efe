"""How many gold paragraphs of a data set exist, under their label and with their words, when its PDFs are read.

``DIR`` holds ``pdfs/``, ``corpus.jsonl[.gz]`` and ``qrels/test.tsv``; a gold id is ``document#label``.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from indexer.document import Paragraph, Refused
from indexer.paragraphs import body_start, paragraphs
from indexer.readers.pdf import read

_PREFIX = 60  # letters and digits compared at the start of a paragraph


@dataclass(frozen=True, slots=True)
class Miss:
    """A gold paragraph that is not there as it should be, and what stands there instead."""

    id: str
    reason: str
    gold: str
    found: str


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; exit code 0 if the share found reaches ``--gate``, else 1."""
    parser = argparse.ArgumentParser(prog="python -m eval.labels", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with pdfs/, corpus.jsonl.gz and qrels/")
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    parser.add_argument("--gate", type=float, default=0.95, help="share to reach (default 0.95)")
    arguments = parser.parse_args(argv)
    result = measure(arguments.data)
    if arguments.json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        _print(result)
    return 0 if result["share"] >= arguments.gate else 1


def measure(folder: Path) -> dict[str, Any]:
    """Share of gold paragraphs found, mean likeness of their whole texts, misses by reason, and seconds."""
    judged = _judged(folder)
    gold = _gold(folder, set(judged))
    misses: list[Miss] = []
    likeness: list[float] = []
    count = 0
    started = time.perf_counter()
    reading = 0.0
    for document, wanted in sorted(gold.items()):
        begun = time.perf_counter()
        found = _read(folder / "pdfs" / f"{document}.pdf")
        reading += time.perf_counter() - begun
        count += len(found)
        for label, text in sorted(wanted.items()):
            miss, alike = _compare(f"{document}#{label}", label, text, found)
            misses += [miss] if miss else []
            likeness.append(alike)
    total = len(likeness)
    return {
        "dataset": folder.name,
        "gold": total,
        "found": total - len(misses),
        "judgements": len(judged),
        "judgements_found": len(judged) - sum(Counter(judged)[miss.id] for miss in misses),
        "share": round((total - len(misses)) / total, 4) if total else 0.0,
        "mean_likeness": round(sum(likeness) / total, 4) if total else 0.0,
        "documents": len(gold),
        "paragraphs": count,
        "reasons": dict(Counter(miss.reason for miss in misses).most_common()),
        "misses": [asdict(miss) for miss in misses],
        "read_seconds": round(reading, 2),
        "seconds": round(time.perf_counter() - started, 2),
    }


def _judged(folder: Path) -> list[str]:
    """The gold id of each judgement; a paragraph that answers several questions comes several times."""
    lines = (folder / "qrels" / "test.tsv").read_text("utf-8").splitlines()[1:]
    return [line.split("\t")[1] for line in lines if line.strip()]


def _gold(folder: Path, ids: set[str]) -> dict[str, dict[str, str]]:
    wanted: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for record in records(folder):
        if record["_id"] in ids:
            document, _, label = record["_id"].partition("#")
            wanted[document][label] = record["text"]
    return dict(wanted)


def records(folder: Path) -> Iterator[dict[str, str]]:
    """Yield the paragraphs of a data set: `_id` is ``document#label``."""
    packed = folder / "corpus.jsonl.gz"
    plain = folder / "corpus.jsonl"
    with gzip.open(packed, "rt", encoding="utf-8") if packed.exists() else plain.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _read(path: Path) -> list[Paragraph]:
    try:
        return paragraphs(read(path.read_bytes(), path.name), path.stem)
    except (Refused, OSError) as error:
        print(f"{path.name}: {error}")
        return []


def _compare(gold_id: str, label: str, text: str, found: Sequence[Paragraph]) -> tuple[Miss | None, float]:
    wanted = plain_words(text)
    there = next((p for p in found if p.label == label), None)
    if there is None:
        same = [p for p in found if plain_words(p.text[body_start(p) :]).startswith(wanted[:_PREFIX])]
        reason = "under another label" if any(p.label for p in same) else "without a label" if same else "not found"
        inside = next((p for p in found if wanted[:_PREFIX] in plain_words(p.text)), None)
        if not same and inside:
            reason = "inside another paragraph"
            same = [inside]
        return Miss(gold_id, reason, text[:100], f"{same[0].label}: {same[0].text[:100]}" if same else ""), 0.0
    got = plain_words(there.text[body_start(there) :])
    likeness = SequenceMatcher(None, wanted, got[: len(wanted)], autojunk=False).ratio() if wanted else 0.0
    if got.startswith(wanted[:_PREFIX]):
        return None, likeness
    return Miss(gold_id, "other words", text[:100], there.text[:100]), likeness


def plain_words(text: str) -> str:
    """Return letters and digits only, in one case: spaces, hyphens and marks differ between extractions."""
    return "".join(char for char in unicodedata.normalize("NFKD", text).casefold() if char.isalnum())


def _print(result: dict[str, Any]) -> None:
    for miss in result["misses"]:
        print(f"{miss['reason']:26} {miss['id']}\n    gold  {miss['gold']}\n    found {miss['found']}")
    print(
        f"{result['found']} of {result['gold']} gold paragraphs found ({result['share']:.2%}), "
        f"{result['judgements_found']} of {result['judgements']} judgements, "
        f"mean likeness of the whole text {result['mean_likeness']:.3f}\n"
        f"misses: {result['reasons']}\n"
        f"{result['documents']} documents, {result['paragraphs']} paragraphs, read in {result['read_seconds']} s"
    )


if __name__ == "__main__":
    raise SystemExit(main())
