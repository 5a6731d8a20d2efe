"""How well `verify` tells planted quotations apart, whether certificates replay, and how fast it is.

``--folder`` names the documents (again for more); nothing else is needed. Everything drawn depends on ``--seed`` alone.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eval.planting import Planted, Planting, one_character
from indexer.catalogue import Catalogue
from indexer.folder import read_folder
from search.attribution import Claim
from search.certificates import BadCertificate, Checked, certificate, opened, replay
from search.concordance import Concordance
from search.verification import Check, Verdict, Verification


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; exit code 0 if no changed quotation passes and each class reaches ``--gate``, else 1."""
    parser = argparse.ArgumentParser(prog="python -m eval.verification", description=__doc__)
    parser.add_argument("--folder", type=Path, action="append", required=True, help="documents to plant from")
    parser.add_argument("--count", type=int, default=100, help="quotations of each class (default 100)")
    parser.add_argument("--characters", type=int, default=1000, help="one-character changes to try (default 1000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--gate", type=float, default=0.9, help="share right that each class must reach (default 0.9)")
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    options = parser.parse_args(argv)
    with read_folder(options.folder) as catalogue:
        result = measure(catalogue, options.count, options.characters, options.seed)
    print(json.dumps(result, ensure_ascii=False) if options.json else _described(result))
    return 0 if passed(result, options.gate) else 1


def passed(result: dict[str, Any], gate: float) -> bool:
    """Whether nothing false passed, everything replayed, and each class is right often enough."""
    shares = [row["right"] / row["planted"] for row in result["classes"].values()]
    faults = (result["passed_as_exact"], result["one_character"]["passed"], result["certificate"]["changes_believed"])
    replays = result["certificate"]["replayed"] == result["certificate"]["quotations"]
    return min(shares) >= gate and not any(faults) and replays


def measure(catalogue: Catalogue, count: int, characters: int, seed: int) -> dict[str, Any]:
    """Plant, check and count."""
    planting = Planting(catalogue, seed)
    planted = list(planting.quotations(count))
    began = time.perf_counter()
    verification = Verification(Concordance(catalogue))
    reading = time.perf_counter() - began
    times: list[float] = []
    checks: list[Check] = []
    for one in planted:
        began = time.perf_counter()
        checks.append(verification.check(one.quote, one.claimed))
        times.append((time.perf_counter() - began) * 1000)
    wrong = [(one, check) for one, check in zip(planted, checks, strict=True) if check.verdict != one.verdict]
    return {
        "documents": catalogue.count()[0],
        "paragraphs": catalogue.count()[1],
        "classes": _by_class(planted, checks),
        "passed_as_exact": sum(c.verdict is Verdict.EXACT and p.verdict is not Verdict.EXACT for p, c in wrong),
        "wrong": [{"is": p.verdict, "how": p.how, "found": c.verdict, "quote": p.quote} for p, c in wrong],
        "one_character": _characters(planting, verification, characters, seed),
        "certificate": _certificates(catalogue, planted, checks, characters, seed),
        "concordance_seconds": round(reading, 2),
        "p50_ms": round(statistics.median(times), 2),
        "p95_ms": round(statistics.quantiles(times, n=20)[-1], 2),
        "slowest_ms": round(max(times), 2),
    }


def _by_class(planted: Sequence[Planted], checks: Sequence[Check]) -> dict[str, dict[str, Any]]:
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one, check in zip(planted, checks, strict=True):
        found[one.verdict][check.verdict] += 1
    return {
        verdict: {"planted": row.total(), "right": row[verdict], "found": dict(row)} for verdict, row in found.items()
    }


def _characters(planting: Planting, verification: Verification, count: int, seed: int) -> dict[str, int]:
    """Change one character of spans that stand: none may pass as exact but those that plain search finds too."""
    chance = random.Random(seed)
    tried, passing, stand = 0, 0, 0
    while tried < count:
        span = planting.span(4, 40)
        changed = one_character(span, chance)
        if changed == span:
            continue
        tried += 1
        if verification.check(changed).verdict is Verdict.EXACT:
            stands = planting.stands(changed)  # a full stop left off the end makes another true quotation
            stand += stands
            passing += not stands
    return {"tried": tried, "passed": passing, "still_true": stand}


def _certificates(
    catalogue: Catalogue, planted: Sequence[Planted], checks: Sequence[Check], count: int, seed: int
) -> dict[str, int]:
    claims = [Claim("", one.claimed) if one.claimed else None for one in planted]
    checked = [Checked(0, len(c.quote), claim, c) for claim, c in zip(claims, checks, strict=True)]
    text = certificate(("planted", ""), checked, [], catalogue)
    replayed = replay(opened(text), catalogue)
    chance = random.Random(seed)
    believed = 0
    for _ in range(count):
        changed = one_character(text, chance)
        try:
            opened(changed)
            believed += changed != text
        except BadCertificate:
            pass
    return {
        "quotations": len(replayed), "replayed": sum(r.same for r in replayed),
        "changes": count, "changes_believed": believed,
    }  # fmt: skip


def _described(result: dict[str, Any]) -> str:
    lines = [f"{result['documents']} documents, {result['paragraphs']} paragraphs"]
    for verdict, row in result["classes"].items():
        others = ", ".join(f"{n} {name}" for name, n in row["found"].items() if name != verdict)
        lines.append(f"{verdict:14} {row['right']:4} of {row['planted']:4} right" + (f" ({others})" if others else ""))
    one, proof = result["one_character"], result["certificate"]
    lines += [
        f"passed as exact though changed: {result['passed_as_exact']}",
        f"one character changed: {one['tried']} tried, {one['passed']} passed, {one['still_true']} are true quotations",
        f"certificate: {proof['replayed']} of {proof['quotations']} replayed, "
        f"{proof['changes_believed']} of {proof['changes']} changes of a character believed",
        f"concordance {result['concordance_seconds']} s; a quotation {result['p50_ms']} ms (p50), "
        f"{result['p95_ms']} ms (p95), {result['slowest_ms']} ms at most",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
