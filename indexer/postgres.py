"""PostgreSQL as the store: the tables and statements of the SQLite store, for many servers and one writer at a time.

A library is the schema NAME (its versions, jobs and audit log) and one schema NAME_1, NAME_2, ... for each version of
the index; readers take the version that is current when they begin to read.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from indexer.faults import Unreachable
from indexer.lexemes import lexemes
from indexer.missing import ScaleMissing
from indexer.schema import SHARED, VERSION
from indexer.store import FORMAT, IndexUnusable, Store, StoredPassage

if TYPE_CHECKING:
    import psycopg

_OPTIONS: Final = "-c jit=off"  # compiling a statement takes longer than running any of these
_LOOK_EVERY: Final = 1.0  # seconds after which a thread that reads outside of a transaction looks for a new version
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")


class Session:
    """A connection that takes the statements of the SQLite store: ``?`` for a value, LIKE without regard to case."""

    def __init__(self, address: str, search_path: str) -> None:
        try:
            import psycopg
        except ImportError:
            raise ScaleMissing("psycopg") from None
        self._errors = psycopg.OperationalError
        self._shown = where(address)
        try:
            self.connection: psycopg.Connection[Any] = psycopg.connect(
                address, autocommit=True, cursor_factory=psycopg.RawCursor, connect_timeout=10,
                application_name="pincite", options=f"-c search_path={search_path} {_OPTIONS}",
            )  # fmt: skip
        except psycopg.OperationalError as error:
            raise Unreachable(f"{self._shown} cannot be reached: {str(error).strip()}. Is it running?") from error

    def execute(self, sql: str, values: Sequence[object] = ()) -> Any:
        """Run one statement and return its cursor. Raises `Unreachable`."""
        with self._told():
            return self.connection.execute(translated(sql).encode(), [_plain(v) for v in values] or None)

    def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement for each row. Raises `Unreachable`."""
        with self._told(), self.connection.cursor() as cursor:
            cursor.executemany(translated(sql).encode(), ([_plain(v) for v in row] for row in rows))

    def script(self, sql: str) -> None:
        """Run several statements without values, all or none. Raises `Unreachable`."""
        with self._told(), self.connection.transaction():
            self.connection.execute(sql.encode())

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return not self.connection.closed and self.connection.info.transaction_status.name != "IDLE"

    @property
    def closed(self) -> bool:
        """Whether the connection is of no use any more."""
        return bool(self.connection.closed or self.connection.broken)

    def __del__(self) -> None:
        if hasattr(self, "connection"):
            self.connection.close()

    def close(self) -> None:
        """Close the connection; locks that it holds are free again."""
        self.connection.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except self._errors as error:
            raise Unreachable(f"{self._shown} failed: {str(error).strip()}. Try again when it is back.") from error


class PostgresStore(Store):
    """The store of one library in PostgreSQL; one connection a thread, many readers, one writer.

    ``engine`` is told of passages before they are seen (`put`) and after they are gone (`drop`), so that whatever the
    catalogue shows can be found; what a crash leaves between the two is noted in ``unsettled``.
    """

    def __init__(self, address: str, name: str = "pincite") -> None:
        """Connect to the library, which need not exist yet. Raises `Unreachable`, `ScaleMissing`, `IndexUnusable`."""
        if not _NAME.fullmatch(name):
            raise IndexUnusable(f"{name!r} cannot name a library: small letters, digits and _, a letter first.")
        self.path = Path(where(address)) / name  # what messages say
        self.name = name
        self.settle: Callable[[], None] = lambda: None
        self.put: Callable[[list[int]], None] = lambda keys: None
        self._address = address
        self._pinned: int | None = None
        self._local = threading.local()
        self._opened: list[Any] = []
        self._lock = threading.Lock()

    # -- versions

    @property
    def exists(self) -> bool:
        """Whether there is an index to read."""
        return self._current() is not None

    @property
    def version(self) -> int:
        """The version that this thread reads."""
        return int(self._local.version)

    def collection(self, version: int | None = None) -> str:
        """Return the name of the engine's collection for a version, by default the one read."""
        return f"{self.name}_{self.version if version is None else version}"

    def create(self) -> None:
        """Make the library with an empty first version, if there is none."""
        with self.alone("create", wait=True):
            self.db.script(SHARED.format(name=self.name))
            if self._current() is None:
                self.begin_version("current")
        self._follow_version()

    def begin_version(self, state: str = "building") -> int:
        """Make an empty version and return its number; the caller is the only writer."""
        latest = self.db.execute(f"SELECT coalesce(max(n), 0) FROM {self.name}.versions").fetchone()[0]
        n = int(latest) + 1
        self.db.script(
            VERSION.format(library=self.name, name=self.collection(n), format=FORMAT)
            + f"INSERT INTO {self.name}.versions VALUES ({n}, '{self.collection(n)}', '{state}');"
        )
        return n

    def publish(self, n: int, generation: int) -> None:
        """Have all readers that begin from now on read version ``n``, which was being built."""
        self.db.script(
            f"UPDATE {self.name}.versions SET state = 'old' WHERE state = 'current';"
            f"UPDATE {self.name}.versions SET state = 'current' WHERE n = {n};"
            f"UPDATE {self.collection(n)}.meta SET value = '{generation}' WHERE key = 'generation';"
        )
        self._follow_version()

    def outdated(self) -> list[int]:
        """Return the versions that no reader can be reading: all but the current one and the one before it."""
        rows = self.db.execute(f"SELECT n, state FROM {self.name}.versions ORDER BY n DESC").fetchall()
        current = next((n for n, state in rows if state == "current"), 0)
        before = next((n for n, state in rows if state == "old" and n < current), 0)
        return [int(n) for n, _ in rows if n not in (current, before)]

    def drop_version(self, n: int) -> None:
        """Delete a version."""
        self.db.script(
            f"DROP SCHEMA IF EXISTS {self.collection(n)} CASCADE; DELETE FROM {self.name}.versions WHERE n = {n};"
        )

    @contextmanager
    def pinned(self, n: int) -> Iterator[None]:
        """Read and write version ``n`` in here, whichever is current; for the process that builds it."""
        self._pinned = n
        try:
            self._follow_version()
            yield
        finally:
            self._pinned = None
            self._follow_version()

    # -- connections and transactions

    @property
    def db(self) -> Any:
        """This thread's connection, opened again if it was lost."""
        session: Session | None = getattr(self._local, "connection", None)
        if session is None or session.closed:
            session = self._connected()
            self._local.connection, self._local.version, self._local.looked = session, 0, 0.0
            self._local.added, self._local.dropped = [], []
            with self._lock:
                self._opened = [s for s in self._opened if not s.closed] + [session]
        if time.monotonic() - self._local.looked > _LOOK_EVERY and not session.in_transaction:
            try:
                self._follow_version()
            except Unreachable:
                if not session.closed:
                    raise
                return self.db  # it was lost while nobody used it: a new one is made, or says why it cannot be
        return session

    def _connected(self) -> Session:
        return Session(self._address, self.name)

    def _current(self) -> int | None:
        db = self.db
        if not db.execute("SELECT to_regclass(?)", (f"{self.name}.versions",)).fetchone()[0]:
            return None
        row = db.execute(f"SELECT n FROM {self.name}.versions WHERE state = 'current'").fetchone()
        return None if row is None else int(row[0])

    def _follow_version(self) -> None:
        self._local.looked = time.monotonic()
        n = self._pinned or self._current() or 0
        if n != self._local.version:
            self._local.version = n
            # SET undoes itself with a transaction that is rolled back; this is never called within one that writes.
            self._local.connection.execute(f"SET search_path = {self.collection(n)}, {self.name}")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One unchanging view of the catalogue for all that is read inside."""
        if self.db.in_transaction:
            yield
            return
        self._follow_version()
        db = self.db
        db.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            if not db.closed:
                db.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All or nothing: one transaction that also counts the generation up; the engine follows."""
        db = self.db
        self._follow_version()
        self._local.added, self._local.dropped = [], []
        db.execute("BEGIN")
        try:
            yield
            self._note_and_put(self._local.added)
            self._count()
            self.set_meta("generation", str(self.generation + 1))
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
        if self._local.dropped:
            self.settle()

    def _note_and_put(self, added: list[int]) -> None:
        """Put new passages into the engine before anyone can see them; a note outlives a crash."""
        if added:
            with self._apart() as other:
                other.execute("INSERT INTO unsettled SELECT unnest(?::bigint[])", (added,))
            self.put(added)
            self.db.execute("DELETE FROM unsettled WHERE key = ANY(?)", (added,))

    @contextmanager
    def _apart(self) -> Iterator[Session]:
        session = Session(self._address, f"{self.collection()},{self.name}")
        try:
            yield session
        finally:
            session.close()

    @contextmanager
    def alone(self, what: str, *, wait: bool = False) -> Iterator[bool]:
        """Be the only one in the library who does ``what``, if need be by waiting; say whether. Who dies lets go."""
        session = self._connected()
        lock = "pg_advisory_lock" if wait else "pg_try_advisory_lock"
        try:
            got = session.execute(f"SELECT {lock}(hashtextextended(?, 0))", (f"{self.name} {what}",)).fetchone()[0]
            yield wait or bool(got)
        finally:
            if not session.closed:  # the server frees the locks of a connection that is closed a moment too late
                with suppress(Unreachable):
                    session.execute("SELECT pg_advisory_unlock_all()")
            session.close()

    # -- writing

    def _inserted(self, sql: str, row: tuple[object, ...]) -> int:
        return int(self.db.execute(f"{sql} RETURNING key", row).fetchone()[0])

    def _put_words(self, key: int, stored: StoredPassage) -> None:
        held = lexemes(stored.words, stored.context)
        self.db.execute("INSERT INTO keywords VALUES (?, ?::tsvector, ?)", (key, held.vector, held.tokens))
        self._local.added.append(key)

    def _drop_words(self, document: int) -> None:
        rows = self.db.execute("SELECT key FROM passages WHERE document = ?", (document,)).fetchall()
        keys = [int(row[0]) for row in rows]
        self._count_words(keys, -1)
        self.db.execute("INSERT INTO unsettled SELECT unnest(?::bigint[]) ON CONFLICT DO NOTHING", (keys,))
        self._local.dropped += keys
        self._local.added = [key for key in self._local.added if key not in set(keys)]

    def _count(self) -> None:
        self._count_words(self._local.added, 1)

    def _count_words(self, keys: list[int], sign: int) -> None:
        """Count passages, tokens and the passages that hold each word, up or down."""
        if not keys:
            return
        self.db.execute(
            f"UPDATE totals SET passages = totals.passages + {sign} * s.n, tokens = totals.tokens + {sign} * s.tokens"
            " FROM (SELECT count(*) AS n, coalesce(sum(tokens), 0) AS tokens FROM keywords WHERE key = ANY(?)) s",
            (keys,),
        )
        self.db.execute(
            f"INSERT INTO vocabulary SELECT l.lexeme, {sign} * count(*) FROM keywords k, unnest(k.words) l"
            " WHERE k.key = ANY(?) GROUP BY l.lexeme"
            " ON CONFLICT (term) DO UPDATE SET doc = vocabulary.doc + excluded.doc",
            (keys,),
        )

    def forget_unused_vectors(self) -> None:
        """Delete the vectors that no passage uses any more, and the words that none holds."""
        self.db.execute("DELETE FROM vectors v WHERE NOT EXISTS (SELECT 1 FROM passages p WHERE p.embedded = v.hash)")
        self.db.execute("DELETE FROM vocabulary WHERE doc <= 0")

    @property
    def has_traces(self) -> bool:
        """Deleted rows go with PostgreSQL's own vacuum."""
        return False

    def damage(self) -> str:
        """PostgreSQL checks its own pages, where its data checksums are on."""
        return ""


@lru_cache(maxsize=512)
def translated(sql: str) -> str:
    """Return a statement of the SQLite store as PostgreSQL reads it."""
    sql = re.sub(r"LIKE ((?:'[^']*' \|\| )?\?\d*)", r"ILIKE \1 ESCAPE ''", sql)
    sql = sql.replace("CAST(text AS BLOB)", "convert_to(text, 'UTF8')")
    numbers = iter(range(1, 10_000))
    return re.sub(r"\?(\d*)", lambda found: f"${found[1] or next(numbers)}", sql)


def where(address: str) -> str:
    """Return host, port and database of an address, without the password."""
    parts = urlsplit(address)
    return f"postgresql://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"


def _plain(value: object) -> object:
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    return int(value) if isinstance(value, bool) else value
