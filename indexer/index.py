"""The index: the narrow seam between what writes passages and what ranks them."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from indexer import disk
from indexer.audit import Audit
from indexer.catalogue import Catalogue, Filters
from indexer.integrity import is_sealed, seal
from indexer.scan import DATABASE
from indexer.store import IndexUnusable, Store
from indexer.vectors import Floats, Vectors

try:
    import fcntl
except ImportError:  # Windows: SQLite's own lock still keeps writers apart
    fcntl = None  # type: ignore[assignment]


class IndexBusy(Exception):
    """Another process is writing this index."""


class IndexMissing(Exception):
    """There is no index in this folder yet."""


class Index:
    """Dense and keyword search over one folder: SQLite holds the truth, FAISS follows it."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        """Open the index in ``folder``. Raises `IndexMissing`, `IndexUnusable`."""
        path = folder / DATABASE
        if create:
            disk.make_folder(folder)
        elif not path.exists():
            raise IndexMissing(f"There is no index in {folder}. Make one: `pincite index FOLDER`.")
        self.folder = folder
        self.store = Store(path)
        self.catalogue = Catalogue(self.store)
        self.audit = Audit(folder, self.store)
        self._vectors: Vectors | None = None
        self._loading = threading.Lock()

    def close(self) -> None:
        """Close the files of the index."""
        self.store.close()

    def require(self, settings: dict[str, str]) -> None:
        """Give an empty index its settings (model, revision, passage sizes), or check them. Raises `IndexUnusable`."""
        self.check(settings)
        for key, value in settings.items():
            if self.store.meta(key) is None:
                self.store.set_meta(key, value)

    def check(self, settings: dict[str, str]) -> None:
        """Raise `IndexUnusable` if the index was made with other settings."""
        for key, value in settings.items():
            stored = self.store.meta(key)
            if stored not in (None, value):
                raise IndexUnusable(
                    f"{self.folder} was made with {key} {stored}, but {value} is set. "
                    "Use the old setting, or index again: `pincite index FOLDER --rebuild`."
                )

    @contextmanager
    def only_writer(self) -> Iterator[None]:
        """Keep other processes from writing. Raises `IndexBusy` if one does already."""
        with (self.folder / "write.lock").open("a") as lock:
            if fcntl is not None:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError as error:
                    raise IndexBusy(f"Another process is writing {self.folder}. Wait until it is done.") from error
            yield

    def vectors(self) -> Vectors:
        """Return the dense index of the store's present generation, loading or building it if need be.

        Raises `IndexDamaged`.
        """
        self.catalogue.integrity.check()
        generation = self.store.generation
        with self._loading:
            if self._vectors is None or self._vectors.generation != generation:
                self._vectors = Vectors.load(self.folder, generation) or self._derived(generation)
            return self._vectors

    def _derived(self, generation: int) -> Vectors:
        with self.store.reading():
            generation = self.store.generation
            built = Vectors.build(*self.store.vectors(), generation)
        with suppress(OSError, IndexBusy), self.only_writer():  # a read-only folder is no reason not to answer
            built.save(self.folder)
        return built

    def follow(self) -> None:
        """Derive the FAISS file anew if it is not that of the present generation; the caller is the only writer."""
        if Vectors.load(self.folder, self.store.generation) is None:
            self.save_vectors()
        elif not is_sealed(self.store):
            seal(self.store)

    def save_vectors(self) -> None:
        """Derive the FAISS file of the present generation; the caller is the only writer."""
        with self.store.reading():
            self._vectors = Vectors.build(*self.store.vectors(), self.store.generation)
        self._vectors.save(self.folder)
        if not is_sealed(self.store):
            seal(self.store)

    def empty(self) -> None:
        """Delete everything but the folder. Raises `IndexBusy`."""
        with self.only_writer():
            self.store.empty()
            self.tidy()
            self.audit.append("empty")

    @contextmanager
    def claim(self, what: str) -> Iterator[bool]:
        """Be the only one who does ``what``; say whether. One process serves a folder, so it always is."""
        yield True

    @contextmanager
    def rebuilding(self) -> Iterator[None]:
        """Begin with nothing for what is done inside. Raises `IndexBusy`."""
        self.empty()
        yield

    def tidy(self) -> None:
        """Leave no byte of deleted text in the folder, not even of an earlier run; the caller is the only writer."""
        for file in self.folder.glob(f"{DATABASE}.mended*"):  # of a repair that was killed
            disk.delete(file)
        if self.store.has_traces:
            self.store.compact()

    # -- the seam: dense top-k, keyword top-k, both with a filter; count

    def dense(self, query: Floats, k: int, filters: Filters | None = None) -> list[tuple[int, float]]:
        """Return up to ``k`` (passage key, cosine), best first, of the passages that pass ``filters``."""
        return self.vectors().search(query, k, self.catalogue.allowed(filters or Filters()))

    def keyword(
        self, terms: Sequence[Sequence[str]], k: int, filters: Filters | None = None
    ) -> list[tuple[int, float]]:
        """Return up to ``k`` (passage key, BM25), best first; ``terms`` holds the stems of each query word."""
        self.catalogue.integrity.check()
        match = " OR ".join(f'"{stem}"' for group in terms for stem in group if '"' not in stem)
        if not match:
            return []
        allowed = self.catalogue.allowed(filters or Filters())
        where, values = "keywords MATCH ?", [match]
        if allowed is not None:
            self._allow(allowed)
            where += " AND rowid IN allowed_passages"
        rows = self.store.db.execute(
            f"SELECT rowid, bm25(keywords, 0.6, 1.0) AS score FROM keywords WHERE {where}"
            " ORDER BY score, rowid LIMIT ?",
            (*values, k),
        )
        return [(int(key), -float(score)) for key, score in rows]

    def _allow(self, keys: Sequence[int]) -> None:
        db = self.store.db
        db.execute("CREATE TEMP TABLE IF NOT EXISTS allowed_passages (key INTEGER PRIMARY KEY)")
        db.execute("DELETE FROM allowed_passages")
        db.executemany("INSERT INTO allowed_passages VALUES (?)", ((key,) for key in keys))

    def document_frequency(self, stem: str) -> int:
        """Return how many passages hold a stem."""
        sql, value = "SELECT doc FROM vocabulary WHERE term = ?", stem
        if not stem.isalnum() and '"' not in stem:  # FTS5 knows "124.40" and "o'brien" as phrases
            sql, value = "SELECT count(*) FROM keywords WHERE keywords MATCH ?", f'"{stem}"'
        row = self.store.db.execute(sql, (value,)).fetchone()
        return int(row[0]) if row else 0

    def neighbours(self, prefix: str) -> list[tuple[str, int]]:
        """Return the stems that begin with ``prefix``, with the number of passages that hold each."""
        rows = self.store.db.execute(
            "SELECT term, doc FROM vocabulary WHERE term >= ? AND term < ?", (prefix, prefix + "\U0010ffff")
        )
        return [(str(term), int(doc)) for term, doc in rows]

    def size_on_disk(self) -> int:
        """Return the bytes of all files of the index."""
        return sum(os.path.getsize(f) for f in self.folder.rglob("*") if f.is_file())
