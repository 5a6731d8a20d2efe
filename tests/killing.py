"""Kills a process that writes an index, again and again, and compares what is left with an index that nobody disturbed.

Run as a program, with seed and number of kills; it prints one line of JSON. It forks its writers and readers, which
costs milliseconds where starting them would cost a second, so it loads no model and starts no thread of its own.

The writer takes endless seeded steps (add, edit, rename, delete, compact). The file system is in its hand, each step
changes one document, so an index may only ever be as before the step or as after it. The embedder and the parser are
fakes: they are not what is tested, and the real ones would leave most kills to hit the model.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np

import indexer.embedding
from indexer import readers
from indexer.build import build, remove
from indexer.document import Extract
from indexer.index import Index
from indexer.sandbox import Parser
from indexer.store import Store
from indexer.vectors import Vectors
from indexer.words import query_stems

DIMENSIONS = 8
_WORDS = "harvest border ruling glass river council winter appeal detention report harbour witness".split()
Files = dict[str, str]


class QuickEmbedder:
    """Vectors made from a hash of the text: the same for the same text, and quick."""

    name, revision, dimensions = "quick", "1", DIMENSIONS

    def embed_passages(self, texts: Sequence[str], progress: object = None) -> np.ndarray:
        return np.array([self.embed_query(text) for text in texts], np.float32)

    def embed_query(self, text: str) -> np.ndarray:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        drawn = np.random.default_rng(seed).normal(size=DIMENSIONS).astype(np.float32)
        return drawn / np.linalg.norm(drawn)


class PlainParser(Parser):
    """Reads text here and now, without a process of its own."""

    def read(self, file: bytes | Path, name: str) -> Extract:
        return readers.read(self.load(file) if isinstance(file, Path) else file, name)


def with_quick_embedder() -> None:
    """Have every build of this process use the quick embedder."""
    quick = QuickEmbedder()
    indexer.embedding.load = lambda *_, **__: quick  # type: ignore[assignment, return-value]


def index_files(index: Index, folder: Path) -> None:
    """Bring the index up to date with the folder."""
    build(index, [folder], parser=PlainParser())


# -- steps


def step(n: int, seed: int, files: Files) -> tuple[str, Files]:
    """Return what step ``n`` does and the files after it."""
    draw = random.Random(f"{seed} {n}")
    after, names = dict(files), sorted(files)
    does = draw.choice(["add", "add", "edit", "edit", "rename", "delete", "remove", "compact"])
    if len(names) < 2:
        does = "add"
    elif len(names) > 6:
        does = "delete"
    if does == "add":
        after[f"{n}.txt"] = _text(draw)
    elif does != "compact":
        name = draw.choice(names)
        text = after.pop(name)
        if does == "edit":
            after[name] = _text(draw)
        elif does == "rename":
            after[f"renamed {n}.txt"] = text
    return does, after


def _text(draw: random.Random) -> str:
    # Now and then more passages than are written in one batch.
    paragraphs = draw.choice([1, 2, 3, 5, 8, 150])
    return "\n\n".join(
        f"{draw.choice(_WORDS).title()} {draw.randrange(10_000)}: " + " ".join(draw.choices(_WORDS, k=60)) + "."
        for _ in range(paragraphs)
    )


def _take(does: str, index: Index, folder: Path, files: Files) -> None:
    if does == "compact":
        index.store.compact()
    elif does == "remove":
        gone = [s.document_id for s in index.store.files() if s.source not in files]
        remove(index, gone)
    _lay(folder, files)
    index_files(index, folder)


def _lay(folder: Path, files: Files) -> None:
    """Make the folder hold these files and no others."""
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        if path.name not in files:
            path.unlink()
    for name, text in files.items():
        path = folder / name
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


# -- what an index answers


def answers(index: Index) -> str:
    """Return a hash of all that the index answers to a number of questions, texts and scores and all."""
    said: list[Any] = [index.catalogue.count()]
    said += [(s.source, index.catalogue.text_of(s.document_id)) for s in index.store.files()]
    said += [_shown(index, index.dense(QuickEmbedder().embed_query(f"question {n}"), 10)) for n in range(4)]
    said += [_shown(index, index.keyword([query_stems(word, ["en"])], 1_000)) for word in _WORDS]
    said[1 : 1 + said[0][0]] = sorted(said[1 : 1 + said[0][0]])
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _shown(index: Index, found: Sequence[tuple[int, float]]) -> list[Any]:
    passages = index.catalogue.passages([key for key, _ in found])
    names = {s.document_id: s.source for s in index.store.files()}
    shown = [
        (-round(score, 4), names[p.document_id], p.char_start, p.text) for key, score in found for p in [passages[key]]
    ]
    return sorted(shown)


def _sound(folder: Path) -> str:
    """Open the index as the next user would, and return what it answers; raise if it is not whole."""
    index = Index(folder, create=True)
    if damage := index.store.damage():
        raise AssertionError(damage)
    assert index.catalogue.misplaced() == []
    assert len(index.vectors()) == index.catalogue.count()[2]
    said = answers(index)
    index.close()
    return said


# -- processes


@contextlib.contextmanager
def _forked(work: Callable[[int], None]) -> Iterator[tuple[int, int]]:
    """Run ``work`` in a fork that can write to a pipe; give its process id and the other end."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(ours)
            work(theirs)
            status = 0
        except BaseException as error:
            os.write(theirs, f"error {type(error).__name__}: {error}\n".encode())
        finally:
            os._exit(status)
    os.close(theirs)
    try:
        yield child, ours
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(ours)


def _all_of(pipe: int) -> str:
    with os.fdopen(os.dup(pipe)) as lines:
        return lines.read()


def _asked(folder: Path) -> str:
    """What an index answers, asked by a process of its own."""
    with _forked(lambda out: _tell(out, _sound(folder))) as (_, pipe):
        return _all_of(pipe).strip()


def _tell(out: int, line: str) -> None:
    os.write(out, f"{line}\n".encode())


class Killing:
    """An index that is written and killed, and the answers that it may give."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.seed = folder, seed
        self.index, self.files_at = folder / "index", folder / "files"
        self.at, self.files = 0, Files()
        self.draw = random.Random(seed)
        self.failures: list[str] = []
        self.hit: Counter[str] = Counter()
        self.pace = self._warmed()

    def run(self, kills: int) -> None:
        """Kill ``kills`` times, or until two failures."""
        for n in range(kills):
            acknowledged = self._write_and_kill()
            # Steps differ in length, and machines in load: about every second writer should get through one or two.
            self.pace *= 1.3 if acknowledged == 0 else 0.8 if acknowledged > 2 else 1
            self.hit[step(self.at + acknowledged, self.seed, self._after(acknowledged))[0]] += 1
            if self.draw.random() < 0.4:
                self._recover_and_kill(self._after(acknowledged + self.draw.randrange(2)))
                self.hit["recovery"] += 1
            self._judge(n, acknowledged)
            if len(self.failures) > 1:
                return

    def _warmed(self) -> float:
        """Load before any fork what every writer needs, and return the seconds that a step takes."""
        index, files, began = Index(self.folder / "warm", create=True), Files(), 0.0
        for n in range(6):
            began = began or (n > 0) * time.monotonic()
            does, files = step(n, self.seed, files)
            _take(does, index, self.folder / "warm files", files)
        index.close()
        return (time.monotonic() - began) / 5

    def _after(self, steps: int) -> Files:
        files = self.files
        for n in range(self.at, self.at + steps):
            files = step(n, self.seed, files)[1]
        return files

    def _write_and_kill(self) -> int:
        """Return how many steps were acknowledged before the end."""
        with _forked(self._work) as (child, pipe):
            os.read(pipe, 6)  # "ready\n"
            time.sleep(self.draw.uniform(0, 5 * self.pace))
            os.kill(child, signal.SIGKILL)
            said = _all_of(pipe)
        if "error" in said:
            self.failures.append(f"the writer failed: {said[said.index('error') :].strip()}")
        return said.count("done")

    def _work(self, out: int) -> None:
        index, files = Index(self.index, create=True), self.files
        _tell(out, "ready")
        for n in range(self.at, self.at + 1_000):
            does, files = step(n, self.seed, files)
            _take(does, index, self.files_at, files)
            _tell(out, "done")

    def _recover_and_kill(self, files: Files) -> None:
        """Kill who opens the index and brings it up to date.

        The folder is laid first: the writer may have been killed while it changed files, or after it took a document
        out of the index and before it deleted its file, from which the next run rightly reads it again.
        """

        def recover(out: int) -> None:
            _tell(out, "ready")
            index = Index(self.index, create=True)
            index.vectors()
            index_files(index, self.files_at)

        _lay(self.files_at, files)
        with _forked(recover) as (child, pipe):
            os.read(pipe, 6)
            time.sleep(self.draw.uniform(0, self.pace))
            os.kill(child, signal.SIGKILL)

    def _judge(self, n: int, acknowledged: int) -> None:
        before, after = self._after(acknowledged), self._after(acknowledged + 1)
        said = _asked(self.index)
        for steps, files in ((acknowledged, before), (acknowledged + 1, after)):
            if said == self._undisturbed(files):
                self.at, self.files = self.at + steps, files
                return
        self.failures.append(f"kill {n} of seed {self.seed}, after step {self.at + acknowledged}: {said[:300]}")
        shutil.rmtree(self.index, ignore_errors=True)
        self.files = Files()

    def _undisturbed(self, files: Files) -> str:
        """What a new index of these files answers."""
        at = self.folder / "undisturbed"

        def fresh(out: int) -> None:
            shutil.rmtree(at, ignore_errors=True)
            at.mkdir()
            _lay(at / "files", files)
            index = Index(at / "index", create=True)
            if files:
                index_files(index, at / "files")
            _tell(out, answers(index))

        with _forked(fresh) as (_, pipe):
            return _all_of(pipe).strip()


def _plant(fault: str) -> None:
    """Break the program in a way that these kills must find."""
    if fault == "two transactions":
        whole = Store.add

        def halved(self: Store, *args: Any) -> None:
            self.delete(args[0].id)
            self.db.execute("COMMIT")
            time.sleep(0.05)  # so that few kills find it
            self.db.execute("BEGIN IMMEDIATE")
            whole(self, *args)

        Store.add = halved  # type: ignore[method-assign]
    elif fault == "stale vectors":
        Vectors.load = classmethod(_whatever_is_there)  # type: ignore[assignment, method-assign]


def _whatever_is_there(cls: type[Vectors], folder: Path, generation: int) -> Vectors | None:
    files = sorted(folder.glob("dense-*.faiss"))
    return cls(faiss.read_index(str(files[-1])), generation) if files else None


def main() -> None:
    """Kill as often as asked, and print what came of it."""
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--kills", type=int, default=20)
    options.add_argument("--fault", default="")
    given = options.parse_args()
    with_quick_embedder()
    killing = Killing(given.folder, given.seed)
    _plant(given.fault)
    began = time.monotonic()
    killing.run(given.kills)
    print(
        json.dumps(
            {
                "kills": given.kills, "steps": killing.at, "hit": dict(sorted(killing.hit.items())),
                "seconds": round(time.monotonic() - began, 1), "failures": killing.failures,
            }
        )
    )  # fmt: skip
    sys.exit(1 if killing.failures else 0)


if __name__ == "__main__":
    main()
