"""The index that is served: opened as soon as it is there, read by a fixed number of threads."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, Protocol, TypeVar

from indexer.catalogue import Catalogue, Filters
from indexer.index import IndexMissing
from indexer.location import Location
from search.query import Query
from search.results import Answer, Results

P = ParamSpec("P")
T = TypeVar("T")
_log = logging.getLogger(__name__)


class Answering(Protocol):
    """What the server needs of a search engine; `search.engine.Engine` is one."""

    catalogue: Catalogue

    def search(self, query: Query) -> Results:
        """Return the ranked passages for a query."""
        ...

    def ask(self, question: str, limit: int = 5, filters: Filters | None = None) -> Answer:
        """Answer from the documents, or say that they do not answer."""
        ...

    def found(self, question: str, limit: int = 5, filters: Filters | None = None) -> Results:
        """Return the passages that an answer is made from."""
        ...

    def answered(self, results: Results, limit: int = 5, *, early: Callable[[Answer], None] | None = None) -> Answer:
        """Answer from what `found` returned; ``early`` is told the answer once it has its sentences."""
        ...

    def warm(self) -> None:
        """Load the model and the vectors."""
        ...

    @property
    def index_version(self) -> str:
        """Changes with every write to the index."""
        ...

    def close(self) -> None:
        """Close the index."""
        ...


class Library:
    """One index and the engine that reads it, opened at first use and again after it was missing."""

    def __init__(self, location: Location, open_engine: Callable[[], Answering], threads: int = 8) -> None:
        self.folder = location.folder
        self._location = location
        self.loaded = False
        self.failed: Exception | None = None
        self._loading = threading.Lock()
        self._open = open_engine
        self._engine: Answering | None = None
        self._opening = threading.Lock()
        # A fixed pool: every thread that reads holds a connection to the database, and these threads never end.
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="reader")

    def engine(self) -> Answering:
        """Return the engine. Raises `IndexMissing` while there is no index, `IndexUnusable`."""
        with self._opening:
            if self._engine is None:
                if not self._location.exists():
                    raise IndexMissing(f"There is no index in {self.folder}.")
                self._engine = self._open()
            return self._engine

    def load_soon(self) -> None:
        """Open the index and load the model in the background, so that the first question is as fast as the next."""
        if not self.loaded and self._loading.acquire(blocking=False):
            self._threads.submit(self._load)

    async def read(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do blocking work in one of the reading threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *args, **kwargs))

    def close(self) -> None:
        """Wait for the readers and close the index."""
        self._threads.shutdown(cancel_futures=True)
        if self._engine is not None:
            self._engine.close()

    def _load(self) -> None:
        try:
            self.engine().warm()
            self.loaded, self.failed = True, None
        except IndexMissing:
            _log.info("There is no index in %s yet", self.folder)
        except Exception as error:
            _log.exception("The index in %s could not be loaded", self.folder)
            self.failed = error
        finally:
            self._loading.release()
