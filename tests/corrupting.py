"""Changes bytes of an index, and compares what it still says with what it said before.

Run as a program, with seed and number of changes; it prints one line of JSON. Each change is made to a fresh copy and
asked by a fork, so that a crash is seen and costs that fork only. The embedder is a fake (see tests/killing.py): what
is tested is what the index gives out, not what a model makes of it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import sqlite3
import sys
import time
from collections import Counter
from pathlib import Path

from killing import Files, QuickEmbedder, _all_of, _forked, _lay, _tell, _text, answers, index_files
from killing import with_quick_embedder as quickly

from indexer.catalogue import Filters
from indexer.faults import meaning
from indexer.index import Index
from indexer.integrity import Integrity
from indexer.repair import repair
from indexer.scan import DATABASE
from indexer.store import IndexUnusable


def told(folder: Path, large: bool) -> str:
    """What an index says: a hash of its answers, "error: ..." where it says what is wrong, and "fault: ..." else."""
    try:
        index = Index(folder)
        if large:  # as an index that is too large to be looked through when it is opened
            index.catalogue.integrity = Integrity(index.store, whole_up_to=0)
        index.vectors()
        said = [answers(index), *_filtered(index)]
        said += [repr(d) for d in index.catalogue.documents(limit=50)[1]]
        said += [repr(p) for s in index.store.files() for p in index.catalogue.paragraphs(s.document_id)]
        return hashlib.sha256("\n".join(sorted(said)).encode()).hexdigest()
    except (IndexUnusable, sqlite3.DatabaseError) as error:
        named = str(meaning(error, folder / DATABASE) or error)
        helps = DATABASE in named and "pincite " in named
        return f"error: {named}" if helps else f"fault: it does not say what to do: {named}"
    except Exception as error:
        return f"fault: {type(error).__name__}: {error}"


def _filtered(index: Index) -> list[str]:
    query = QuickEmbedder().embed_query("filtered")
    english = Filters(language=("en",))
    keys = [*index.dense(query, 5, english), *index.keyword([["harvest"]], 5, english)]
    passages = index.catalogue.passages([key for key, _ in keys])
    return [repr((passages[key], round(score, 4))) for key, score in keys]


def mended(folder: Path, files_at: Path, whole: str) -> str:
    """Repair an index, index its files again, and say how that ended."""
    try:
        done = repair(folder)
    except IndexUnusable as error:
        return "says that it cannot be mended" if "pincite " in str(error) else f"fault: {error}"
    except sqlite3.DatabaseError as error:
        return "says that it cannot be mended" if meaning(error, folder / DATABASE) else f"fault: {error}"
    index = Index(folder)
    index_files(index, files_at)
    if answers(index) != whole:
        return "fault: after repair it answers otherwise"
    return "mended, nothing lost" if not done.lost else "mended, documents to index again were named"


def change(folder: Path, draw: random.Random) -> str:
    """Change one to four bytes of one file of an index; every byte of it is as likely as any other."""
    files = sorted(f for f in folder.iterdir() if f.stat().st_size)
    file = draw.choice(files) if draw.random() < 0.5 else max(files, key=lambda f: f.stat().st_size)
    data = bytearray(file.read_bytes())
    places = [draw.randrange(len(data)) for _ in range(draw.choice([1, 1, 1, 4]))]
    for at in places:
        data[at] ^= draw.randrange(1, 256)
    file.write_bytes(data)
    return f"{file.name} at {places}"


def made(folder: Path, seed: int) -> None:
    """Make an index of some files, in which no page of the database is empty."""
    draw = random.Random(seed)
    _lay(folder / "files", Files({f"{n}.txt": _text(draw) for n in range(8)}))
    index = Index(folder / "index", create=True)
    index_files(index, folder / "files")
    index.store.compact()
    index.follow()
    index.close()


def main() -> None:
    """Change as many bytes as asked, and print what came of it."""
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--changes", type=int, default=50)
    options.add_argument("--large", action="store_true", help="as an index too large to be looked through when opened")
    options.add_argument("--unchecked", action="store_true", help="believe every byte: a fault that must be found")
    given = options.parse_args()
    quickly()
    if given.unchecked:
        Integrity.check = lambda _: None  # type: ignore[method-assign]
        Integrity.text = _believed  # type: ignore[method-assign]
    made(given.folder, given.seed)
    began, draw = time.monotonic(), random.Random(given.seed)
    intact, whole = _asked(given.folder / "index", given.folder / "files", given.large, None)
    seen: Counter[str] = Counter()
    failures: list[str] = []
    for _ in range(given.changes):
        copy = given.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(given.folder / "index", copy)
        where = change(copy, draw)
        said, after = _asked(copy, given.folder / "files", given.large, whole if draw.random() < 0.2 else "")
        outcome = "as before" if said == intact else "said what is wrong" if said.startswith("error: ") else "wrong"
        seen[outcome] += 1
        if after:
            seen[f"repair: {after.partition(':')[0]}"] += 1
        if outcome == "wrong" or after.startswith(("fault", "error")):
            failures.append(f"{where}: {said[:200]} {after[:200]}")
    print(
        json.dumps(
            {
                "changes": given.changes, "seconds": round(time.monotonic() - began, 1),
                "seen": dict(sorted(seen.items())), "failures": failures[:20], "failed": len(failures),
            }
        )
    )  # fmt: skip
    sys.exit(1 if failures else 0)


def _believed(self: Integrity, key: int) -> str:
    return str(self._store.db.execute("SELECT text FROM documents WHERE key = ?", (key,)).fetchone()[0])


def _asked(folder: Path, files_at: Path, large: bool, whole: str | None) -> tuple[str, str]:
    """What an index says, and how its repair ends if ``whole`` is what it should answer then; None gives that."""

    def ask(out: int) -> None:
        said = told(folder, large)
        os.write(out, f"{said}\n".replace("\n", " ").encode()[:2000] + b"\n")
        if whole is None:
            os.write(out, answers(Index(folder)).encode())

    with _forked(ask) as (_, pipe):
        said, _, after = _all_of(pipe).partition("\n")
    if whole:
        with _forked(lambda out: _tell(out, mended(folder, files_at, whole))) as (_, pipe):
            after = _all_of(pipe) or "fault: it crashed"
    return said.strip() or "fault: it crashed", after.strip()


if __name__ == "__main__":
    main()
