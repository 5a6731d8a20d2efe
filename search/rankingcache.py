"""The last few rankings: a question is searched, then asked, then asked with a writer, and ranked once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from indexer.catalogue import Filters
from search.query import Mode, Query
from search.ranking import Found

KEPT = 8  # questions, of up to a thousand passages each

Key = tuple[int, int, str, Mode, bool | None, Filters]


class RankingCache:
    """What was ranked last, by question and generation of the index; safe to use from many threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, tuple[Found, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def of(
        self, generation: int, pool: int, text: str, query: Query, rank: Callable[[], list[Found]]
    ) -> tuple[Found, ...]:
        """Return the ranking of a cleaned question, made only if it was not for this generation and pool."""
        key = (generation, pool, text, query.mode, query.rerank, query.filters)
        with self._lock:
            found = self._kept.get(key)
        if found is None:
            found = tuple(rank())
        with self._lock:
            self._kept[key] = found
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found
