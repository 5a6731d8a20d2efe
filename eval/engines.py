"""How fast and how exact an index past one machine is: ``python -m eval.engines --engine URL --catalogue URL``.

Real passages (``--data``, in BEIR layout), with the model's vectors (``--vectors``) or with random ones, which are
harder to find. What is empty is filled as the build does it; what holds passages already is only measured, so that a
second run says what a server that opens the index needs. Without addresses, FAISS and SQLite in a folder are measured.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from eval.filling import batches, by_model, drawn, fill, unit
from indexer.catalogue import Filters
from indexer.embedding import load
from indexer.faults import Unreachable
from indexer.index import Index
from indexer.location import Location
from indexer.vectors import Floats
from indexer.words import index_words

CLIENTS = (1, 8, 32)
WORDS = 6  # of a passage, asked for in a keyword search
ASKED = 200
DEPTH = 500  # what a search asks of each side
NARROW, WIDE = "one publisher", "from 2000 on"
FILTERS = {"none": Filters(), NARROW: Filters(publisher=("KAZ",)), WIDE: Filters(date_from="2000")}
_SETTLED = 12.0  # seconds; what is newer is read with strong consistency
_EQUAL = 1e-4  # cosines: an engine may keep other bits of a vector


def main(arguments: Sequence[str] | None = None) -> None:
    """Fill the library, ask it, and print what was measured, each part a line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m eval.engines", description=(__doc__ or "").partition(":")[0])
    parser.add_argument("--engine", help="milvus://HOST:PORT/NAME; without it FAISS and SQLite are measured")
    parser.add_argument("--catalogue", help="postgresql://...")
    parser.add_argument("--index", type=Path, help="folder of the index (default: a new one, deleted afterwards)")
    parser.add_argument("--data", type=Path, required=True, help="folder with corpus.jsonl.gz")
    parser.add_argument("--passages", type=int, default=5_000, help="rows of the data; each is a passage")
    parser.add_argument(
        "--vectors", type=Path, help=".npy with a vector for each row, in order; the model makes one that is missing"
    )
    parser.add_argument("--seconds", type=float, default=10.0, help="for each number of clients; 0 fills only")
    parser.add_argument(
        "--memory", nargs="*", default=[], metavar="NAME=PID", help="measure this process too, with those below it"
    )
    given = parser.parse_args(arguments)
    groups = {name: int(pid) for name, _, pid in (pair.partition("=") for pair in given.memory)}
    vectors = None if given.vectors is None else by_model(given.data, given.passages, given.vectors)
    with tempfile.TemporaryDirectory() as scratch:
        index = Location(given.index or Path(scratch) / "index", given.engine, given.catalogue).open(create=True)
        if not index.catalogue.count()[2]:
            print(json.dumps(filled(index, given.data, given.passages, vectors, groups)), flush=True)
        if given.seconds:
            for told in measured(index, given.seconds, groups, vectors is not None):
                print(json.dumps(told), flush=True)
        index.close()


def filled(index: Index, data: Path, rows: int, vectors: Floats | None, groups: Mapping[str, int]) -> dict[str, Any]:
    """Fill an empty index and return what it took."""
    empty, began = memory(groups), time.monotonic()
    read = list(batches(data, rows, vectors))
    ready = time.monotonic()
    with index.only_writer():
        fill(index, read)
    writing = time.monotonic() - ready
    passages = index.catalogue.count()[2]
    return {
        "passages": passages, "cut_s": round(ready - began, 1), "write_s": round(writing, 1),
        "written_a_second": round(passages / writing), "memory_empty_mb": empty, "memory_filled_mb": memory(groups),
    }  # fmt: skip


def measured(index: Index, seconds: float, groups: Mapping[str, int], real: bool) -> Iterator[dict[str, Any]]:
    """Give size, memory, recall and latencies of a filled index, as they are known."""
    before, began = memory({})["asking"], time.monotonic()
    passages = len(index.vectors())
    index.dense(drawn(0), DEPTH)
    yield {
        "passages": passages, "bytes_a_passage": round(index.size_on_disk() / passages),
        "open_s": round(time.monotonic() - began, 1), "memory_before_mb": before, "memory_mb": memory(groups),
    }  # fmt: skip
    words = _asked_words(index)
    asked = _asked(index) if real else list(unit(np.stack([drawn(n) for n in range(ASKED)])))
    time.sleep(_SETTLED)
    yield {"recall_at_10": recall(index, asked)}
    for name, filters in FILTERS.items():
        ask = partial(_dense, index, asked, filters)
        yield {f"dense_ms, filter: {name}": _latencies(ask, seconds)}
    yield {"keyword_ms": _latencies(lambda n: index.keyword(words[n % len(words)], DEPTH), seconds)}
    yield {"memory_asked_mb": memory(groups)}


def _dense(index: Index, asked: Sequence[Floats], filters: Filters, n: int) -> object:
    return index.dense(asked[n % len(asked)], DEPTH, filters)


def memory(groups: Mapping[str, int]) -> dict[str, int]:
    """Return the memory (MB) of this process and of each group, what several share divided between them."""
    of = {"asking": [os.getpid()]} | {name: _tree(pid) for name, pid in groups.items()}
    return {name: round(sum(map(_proportional, pids)) / 1e6) for name, pids in of.items()}


def _tree(first: int) -> list[int]:
    """Return a process and all that it started, at any remove."""
    children: dict[int, list[int]] = {}
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended meanwhile
            parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(place.name))
    found = [first]
    for pid in found:
        found += children.get(pid, [])
    return found


def _proportional(pid: int) -> int:
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:  # it ended, or this is no Linux
        return 0
    return 1024 * next((int(line.split()[1]) for line in told.splitlines() if line.startswith("Pss:")), 0)


def _sampled(index: Index) -> list[str]:
    """Return the text of some 200 passages, evenly taken."""
    keys = [int(row[0]) for row in index.store.db.execute("SELECT key FROM passages ORDER BY key").fetchall()]
    found = index.catalogue.passages(keys[:: max(len(keys) // ASKED, 1)][:ASKED])
    return [found[key].text for key in sorted(found)]


def _asked(index: Index) -> list[Floats]:
    """Return the vectors of questions: the model's, of the first eight words of passages."""
    model = load()
    return [model.embed_query(" ".join(text.split()[:8])) for text in _sampled(index)]


def _asked_words(index: Index) -> list[list[list[str]]]:
    stems = [index_words(text, "en").split() for text in _sampled(index)]
    return [[[stem] for stem in dict.fromkeys(of) if len(stem) > 4][:WORDS] for of in stems]


def recall(index: Index, asked: Sequence[Floats]) -> dict[str, float]:
    """Return the share of the ten nearest that each filter lets through and the index finds; of equals any will do."""
    keys, vectors = index.store.vectors()
    told = {}
    for name, filters in FILTERS.items():
        allowed = index.catalogue.allowed(filters)
        at = slice(None) if allowed is None else np.isin(keys, allowed)
        those, near = keys[at], vectors[at]
        right = wanted = 0
        for query in asked if len(those) else ():
            cosines = near @ query
            best = np.sort(cosines)[-10:]
            found = [key for key, _ in index.dense(query, 10, filters)]
            right += int(np.sum(cosines[np.isin(those, found)] >= best[0] - _EQUAL))
            wanted += len(best)
        told[name] = round(right / max(wanted, 1), 4)
    return told


def _latencies(ask: Callable[[int], object], seconds: float) -> dict[str, dict[str, float]]:
    """Return p50, p99 (ms), answers a second and failures for each number of clients that ask without a pause."""
    return {str(clients): _latency(ask, clients, seconds) for clients in CLIENTS}


def _latency(ask: Callable[[int], object], clients: int, seconds: float) -> dict[str, float]:
    taken: list[float] = []
    failed: list[str] = []
    start = time.monotonic()

    def client(turn: int) -> None:
        for n in itertools.count(turn * 7):
            began = time.monotonic()
            if began > start + seconds:
                return
            try:
                ask(n)
                taken.append((time.monotonic() - began) * 1000)
            except Unreachable as error:
                failed.append(str(error))

    threads = [threading.Thread(target=client, args=(turn,)) for turn in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    p50, p99 = np.percentile(taken, [50, 99]) if taken else (0, 0)
    rate = len(taken) / (time.monotonic() - start)
    return {"p50": round(p50, 1), "p99": round(p99, 1), "a_second": round(rate, 1), "failed": len(failed)}


if __name__ == "__main__":
    main()
