"""An index past one machine: PostgreSQL holds the truth, Milvus follows it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np

from indexer import seals
from indexer.audit import AuditTable
from indexer.catalogue import Catalogue, Filters, conditions
from indexer.index import Index, IndexBusy, IndexMissing
from indexer.integrity import Integrity
from indexer.lexemes import RANKED, SCORED, any_of, held, lexeme_of, weights
from indexer.milvus import Address, Milvus
from indexer.postgres import PostgresStore
from indexer.store import IndexDamaged, Vectors
from indexer.vectors import LEAST, Floats

_FRESH_FOR: Final = 10.0  # seconds after a write in which readers ask for every row; twice Milvus's bound
_SAMPLE: Final = 512
_BY_RANK_UP_TO: Final = 200_000  # passages; beyond, the sample is taken by key
_ROWS: Final = 500
_FEW: Final = 500  # passages that a filter leaves; a search of 206 took 2 ms (docs/scale.md)

_ROW: Final = """
SELECT p.key, d.id, d.source, d.publisher, d.language, d.media_type, d.date, v.hash, v.vector,
    (SELECT string_agg(repeat(l.lexeme || ' ', cardinality(l.positions)), '') FROM unnest(k.words) l)
FROM passages p JOIN documents d ON d.key = p.document JOIN vectors v ON v.hash = p.embedded
JOIN keywords k ON k.key = p.key WHERE p.key = ANY(?)
"""


class ScaleIndex(Index):
    """Dense and keyword search over one library; the folder holds only what is uploaded to it."""

    def __init__(self, folder: Path, engine: str, catalogue: str, *, create: bool = False) -> None:
        """Open the library. Raises `IndexMissing`, `IndexUnusable`, `Unreachable`, `ScaleMissing`."""
        place = Address.of(engine)
        self.folder = folder
        self.store: PostgresStore = PostgresStore(catalogue, place.name)
        try:
            if create:
                folder.mkdir(parents=True, exist_ok=True)
                self.store.create()
            elif not self.store.exists:
                made = "`pincite index FOLDER --engine URL --catalogue URL`"
                raise IndexMissing(f"There is no index in {self.store.path}. Make one: {made}.")
            self.engine = Milvus(place)
        except BaseException:
            self.store.close()
            raise
        self.store.put, self.store.settle = self._put, self._settle
        self.catalogue = ScaleCatalogue(self.store)
        self.audit = AuditTable(self.store)
        self._writers = threading.local()
        self._known: Sampled | None = None
        self._seen = (-1, 0.0)
        self._loading = threading.Lock()

    def close(self) -> None:
        """Close the connections."""
        self.store.close()
        self.engine.close()

    # -- writing

    @contextmanager
    def only_writer(self) -> Iterator[None]:
        """Keep all others from writing, on any machine; a writer that dies lets go. Raises `IndexBusy`."""
        if getattr(self._writers, "inside", False):
            yield
            return
        with self.store.alone("write") as alone:
            if not alone:
                raise IndexBusy(f"Another process is writing {self.store.path}. Wait until it is done.")
            self._writers.inside = True
            try:
                self._settle()
                yield
            finally:
                self._writers.inside = False

    @contextmanager
    def claim(self, what: str) -> Iterator[bool]:
        """Be the only one on any machine who does ``what``; say whether. Who dies lets go."""
        with self.store.alone(what) as alone:
            yield alone

    @contextmanager
    def rebuilding(self) -> Iterator[None]:
        """Build a new version beside the current one, which answers until the new one is whole. Raises `IndexBusy`."""
        store = self.store
        with self.only_writer():
            for n in store.outdated():
                self.engine.drop(store.collection(n))
                store.drop_version(n)
            old = store.generation
            n = store.begin_version()
            with store.pinned(n):
                yield
                self._settle()
                generation = max(old, store.generation) + 1
            self._name(n)
            store.publish(n, generation)

    def empty(self) -> None:
        """Begin again with an empty version. Raises `IndexBusy`."""
        with self.rebuilding():
            pass
        self.audit.append("empty")

    def tidy(self) -> None:
        """Nothing to do: deleted rows go with the vacuum of PostgreSQL and the compaction of Milvus."""

    def follow(self) -> None:
        """Have the engine hold exactly what the catalogue does; the caller is the only writer."""
        self._settle()
        self._name(self.store.version)

    def save_vectors(self) -> None:
        """Nothing to save: the engine keeps its own files."""
        self._settle()

    def held(self) -> tuple[int, int]:
        """Return how many passages the engine holds, and how many notes say that it may differ from the catalogue."""
        collection = self.store.collection()
        noted = int(self.store.db.execute("SELECT count(*) FROM unsettled").fetchone()[0])
        return self.engine.count(collection) if self.engine.has(collection) else 0, noted

    def refill(self) -> int:
        """Fill the engine anew from the catalogue, and say with how many passages. Raises `IndexBusy`.

        For an engine that was lost or holds too much; dense search finds nothing until it is done.
        """
        with self.only_writer():
            self.engine.drop(self.store.collection())
            keys = [int(row[0]) for row in self.store.db.execute("SELECT key FROM passages ORDER BY key").fetchall()]
            for i in range(0, len(keys), _ROWS):
                self._put(keys[i : i + _ROWS])
            self._name(self.store.version)
        return len(keys)

    def _name(self, n: int) -> None:
        if self.engine.has(self.store.collection(n)):
            self.engine.name(self.store.collection(n), self.store.name)

    def _put(self, keys: Sequence[int]) -> None:
        for i in range(0, len(keys), _ROWS):
            rows = [self._row(row) for row in self.store.db.execute(_ROW, (list(keys[i : i + _ROWS]),)).fetchall()]
            if rows:
                self.engine.create(self.store.collection(), len(rows[0]["vector"]))
                self.engine.upsert(self.store.collection(), rows)

    def _settle(self) -> None:
        """Bring the engine in line where a note says that it may differ from the catalogue."""
        db, collection = self.store.db, self.store.collection()
        keys = [int(row[0]) for row in db.execute("SELECT key FROM unsettled ORDER BY key").fetchall()]
        if not keys:
            return
        there = {int(row[0]) for row in db.execute("SELECT key FROM passages WHERE key = ANY(?)", (keys,)).fetchall()}
        self._put([key for key in keys if key in there])
        if self.engine.has(collection):
            self.engine.delete(collection, [key for key in keys if key not in there])
        db.execute("DELETE FROM unsettled WHERE key = ANY(?)", (keys,))

    def _row(self, row: tuple[Any, ...]) -> dict[str, Any]:
        key, document, source, publisher, language, media_type, date, hash, vector, words = row
        return {
            "key": key, "document": document, "source": source, "publisher": publisher or "",
            "language": language or "", "media_type": media_type, "date": date or "", "date_end": _last_day(date or ""),
            "vector": self._opened(hash, vector).tolist(), "words": words or "",
        }  # fmt: skip

    def _opened(self, hash: bytes, stored: bytes) -> Floats:
        whole = seals.open_vector(hash, stored)
        if whole is None:
            raise IndexDamaged(self.store.path, "a vector was changed")
        return np.frombuffer(whole, dtype="<f2").astype(np.float32)

    # -- the seam

    def vectors(self) -> Sampled:  # type: ignore[override]
        """Return what the vectors of the present generation are like. Raises `Unreachable`, `IndexDamaged`."""
        generation = self.store.generation
        with self._loading:
            if self._known is None or self._known.generation != generation:
                n = int(self.store.db.execute("SELECT passages FROM totals").fetchone()[0])
                self._known = Sampled(generation, n, self._sampled(n))
            return self._known

    def dense(self, query: Floats, k: int, filters: Filters | None = None) -> list[tuple[int, float]]:
        """Return up to ``k`` (passage key, cosine), best first, of the passages that pass ``filters``."""
        if not k or not len(self.vectors()):
            return []
        filters = filters or Filters()
        if (few := self.catalogue.few(filters, _FEW)) is not None:
            return self._compared(query, few)[:k]
        return self.engine.dense(self.store.collection(), query, k, filters, self._fresh())

    def _compared(self, query: Floats, keys: Sequence[int]) -> list[tuple[int, float]]:
        """Compare with each of a few passages: a graph of neighbours with a narrow filter on it misses some."""
        if not keys:
            return []
        found, vectors = self.store.vectors(keys)
        cosines = vectors @ query
        return [(int(found[i]), float(cosines[i])) for i in np.argsort(-cosines, kind="stable")]

    def keyword(
        self, terms: Sequence[Sequence[str]], k: int, filters: Filters | None = None
    ) -> list[tuple[int, float]]:
        """Return up to ``k`` (passage key, BM25), best first; ``terms`` holds the stems of each query word.

        Where the engine has BM25 it names the candidates; the catalogue scores them in any case.
        """
        stems = [stem for group in terms for stem in group]
        asked = list(dict.fromkeys(lexeme for stem in stems if (lexeme := lexeme_of(stem))))
        if not asked or not k or not len(self.vectors()):
            return []
        weighed = weights(stems, self._frequencies(asked), len(self.vectors()))
        joined, where, values = "", ["k.words @@ ?::tsquery"], [any_of(asked)]  # type: tuple[str, list[str], list[Any]]
        if self.engine.has_keywords:
            keys = self.engine.keyword(self.store.collection(), asked, k, filters or Filters(), self._fresh())
            where.append("k.key = ANY(?)")
            values.append(keys)
        elif filters:
            joined = "JOIN passages p ON p.key = k.key JOIN documents d ON d.key = p.document"
            clause, given = conditions(filters)
            where.append(clause)
            values += given
        most, more = held(weighed)
        values += [*more, max(SCORED, k), list(weighed), list(weighed.values()), k]
        sql = RANKED.format(joined=joined, where=" AND ".join(where), held=most)
        rows = self.store.db.execute(sql, values).fetchall()
        return [(int(key), float(score)) for key, score in rows]

    def document_frequency(self, stem: str) -> int:
        """Return how many passages hold a stem."""
        return self._frequencies([lexeme_of(stem)]).get(lexeme_of(stem), 0)

    def neighbours(self, prefix: str) -> list[tuple[str, int]]:
        """Return the stems that begin with ``prefix``, with the number of passages that hold each."""
        rows = self.store.db.execute(
            "SELECT term, doc FROM vocabulary WHERE term >= ? AND term < ? AND doc > 0 AND strpos(term, '_') = 0"
            " ORDER BY term",
            (prefix, prefix + "\U0010ffff"),
        )
        return [(str(term), int(doc)) for term, doc in rows]

    def size_on_disk(self) -> int:
        """Return the bytes of the catalogue; the engine's are its own."""
        sql = (
            "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname = ?"
        )
        return int(self.store.db.execute(sql, (self.store.collection(),)).fetchone()[0])

    def _frequencies(self, lexemes: Sequence[str]) -> dict[str, int]:
        rows = self.store.db.execute("SELECT term, doc FROM vocabulary WHERE term = ANY(?)", (list(lexemes),))
        return {str(term): int(doc) for term, doc in rows}

    def _fresh(self) -> bool:
        """Whether a write may be too new for a bounded read: whoever sees a generation for the first time waits."""
        generation, now = self.store.generation, time.monotonic()
        if generation != self._seen[0]:
            self._seen = (generation, now)
        return now - self._seen[1] < _FRESH_FOR

    def _sampled(self, n: int) -> Floats:
        """Return the vectors that `Vectors.sample` takes: evenly, in the order of keys."""
        db, every = self.store.db, max(n // _SAMPLE, 1)
        if n <= _BY_RANK_UP_TO:
            keys = [row[0] for row in db.execute("SELECT key FROM passages ORDER BY key").fetchall()][::every]
        else:
            keys = [row[0] for row in db.execute(_SPREAD, (_SAMPLE,)).fetchall()]
        sql = "SELECT v.hash, v.vector FROM passages p JOIN vectors v ON v.hash = p.embedded WHERE p.key = ANY(?)"
        rows = db.execute(f"{sql} ORDER BY p.key", (keys,)).fetchall()
        return np.array([self._opened(*row) for row in rows], np.float32) if rows else np.zeros((1, 1), np.float32)


_SPREAD: Final = """
SELECT DISTINCT (SELECT key FROM passages WHERE key >= s.at ORDER BY key LIMIT 1) FROM (
    SELECT min(key) + (max(key) - min(key)) * generate_series(0, ?::int - 1) / 512 AS at FROM passages
) s
"""


class Sampled:
    """What is known of the vectors of one generation without reading them all."""

    def __init__(self, generation: int, passages: int, sample: Vectors) -> None:
        self.generation = generation
        self.sample = sample
        self._passages = passages

    def __len__(self) -> int:
        return self._passages

    def chance(self, query: Floats) -> tuple[float, float]:
        """Return the mean and the standard deviation of the cosine of ``query`` (d,) with passages at large."""
        cosines = self.sample @ query if self._passages else np.zeros(1, np.float32)
        return float(cosines.mean()), max(float(cosines.std()), LEAST)


class ScaleCatalogue(Catalogue):
    """The documents in PostgreSQL, read only; counted once for each generation, since counting reads all rows."""

    def __init__(self, store: PostgresStore) -> None:
        super().__init__(store)
        self.integrity = DocumentSeals(store)
        self._counted: tuple[int, tuple[int, int, int]] | None = None

    def count(self) -> tuple[int, int, int]:
        """Return how many documents, paragraphs and passages there are."""
        generation = self.store.generation
        if self._counted is None or self._counted[0] != generation:
            self._counted = generation, super().count()
        return self._counted[1]


class DocumentSeals(Integrity):
    """The seals of documents in PostgreSQL, which are checked as each is read; its pages it checks itself."""

    def check(self) -> None:
        """Nothing is looked through as a whole."""


def _last_day(date: str) -> str:
    return date + {4: "-12-31", 7: "-31"}.get(len(date), "")
