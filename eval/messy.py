"""Reads every file of a folder of odd, broken and hostile documents, and says how each ended.

``python -m eval.messy --data DIR [--json]`` exits 0 if every file ended as read or as refused with a reason.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

from indexer.document import Refused
from indexer.metadata import describe
from indexer.sandbox import Parser


@dataclass(slots=True)
class Tally:
    """How the files of a folder ended; times in seconds, memory in MiB."""

    files: int = 0
    read: int = 0
    refused: int = 0
    failed: list[str] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)
    read_by_suffix: dict[str, str] = field(default_factory=dict)
    characters: int = 0
    seconds: float = 0.0
    slowest: list[tuple[float, str]] = field(default_factory=list)
    peak_mib_of_a_reader: float = 0.0
    peak_mib_of_this_process: float = 0.0


def measure(folder: Path) -> Tally:
    """Read every file below a folder."""
    tally = Tally()
    reasons: Counter[str] = Counter()
    read: Counter[str] = Counter()
    suffixes: Counter[str] = Counter()
    times: list[tuple[float, str]] = []
    began = time.monotonic()
    with Parser() as parser:
        for path in sorted(file for file in folder.rglob("*") if file.is_file()):
            source = path.relative_to(folder).as_posix()
            started = time.monotonic()
            suffixes[path.suffix.lower()] += 1
            try:
                extract = parser.read(path, source)
                assert describe(extract, source)[0]
                tally.characters += len(extract.text)
                read[path.suffix.lower()] += 1
            except Refused as refusal:
                reasons[str(refusal)] += 1
            except Exception as error:
                tally.failed.append(f"{source}: {error!r}")
            times.append((round(time.monotonic() - started, 3), source))
        tally.peak_mib_of_a_reader = round(parser.peak_mib, 1)
    tally.seconds = round(time.monotonic() - began, 1)
    tally.files, tally.read, tally.refused = sum(suffixes.values()), sum(read.values()), sum(reasons.values())
    tally.reasons = dict(reasons.most_common())
    tally.read_by_suffix = {suffix: f"{read[suffix]} of {count}" for suffix, count in suffixes.most_common()}
    tally.slowest = sorted(times, reverse=True)[:5]
    scale = 2**20 if sys.platform == "darwin" else 1024
    tally.peak_mib_of_this_process = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale, 1)
    return tally


def main(arguments: list[str] | None = None) -> int:
    """Measure the folder that the command line names, print the outcome, and return the exit status."""
    options = argparse.ArgumentParser(prog="python -m eval.messy", description=__doc__)
    options.add_argument("--data", type=Path, required=True, metavar="DIR", help="the folder of documents")
    options.add_argument("--json", action="store_true", help="print one line of JSON")
    given = options.parse_args(arguments)
    if not given.data.is_dir():
        options.error(f"{given.data} is not a folder")
    tally = measure(given.data)
    if given.json:
        print(json.dumps(asdict(tally), ensure_ascii=False))
    else:
        _print(tally)
    return 1 if tally.failed else 0


def _print(tally: Tally) -> None:
    print(f"{tally.files} files: {tally.read} read, {tally.refused} refused, {len(tally.failed)} neither")
    print("read: " + ", ".join(f"{suffix or 'no suffix'} {count}" for suffix, count in tally.read_by_suffix.items()))
    for reason, count in tally.reasons.items():
        print(f"{count:5}  {reason}")
    print(f"{tally.characters:,} characters in {tally.seconds} s; slowest:")
    for seconds, source in tally.slowest:
        print(f"{seconds:8.2f} s  {source}")
    print(f"peak memory in MiB: a reader {tally.peak_mib_of_a_reader}, this process {tally.peak_mib_of_this_process}")
    for failure in tally.failed:
        print(f"FAILED {failure}")


if __name__ == "__main__":
    raise SystemExit(main())
