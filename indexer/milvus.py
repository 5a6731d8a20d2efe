"""Milvus as the engine: dense top-k, and keyword candidates where the server has BM25, each under a filter.

It holds what the catalogue gave it, under the catalogue's keys, and can be filled again from there at any time.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from indexer.catalogue import FILTERED, Filters
from indexer.faults import Unreachable
from indexer.missing import ScaleMissing
from indexer.store import IndexUnusable
from indexer.vectors import Floats

FIELDS: Final = {"source": 4096, "publisher": 4096, "language": 64, "media_type": 255, "date": 32, "date_end": 32}
"""What is filtered by, with the most bytes of each; "" where a document has none."""
_BATCH: Final = 500  # rows of an upsert
_MOST_KEYS: Final = 4_000  # of one deletion
_MOST: Final = 16_384  # results of one search: the server's own limit
_PATIENCE: Final = (3.0, 6.0, 12.0)  # seconds for each try of a read
_LOADING: Final = 120.0  # seconds that a collection which is not loaded is waited for
_BETWEEN: Final = 0.1
_TIES: Final = 64  # more results asked for, so that of equal passages at the end those with the lowest keys are taken
_WORDS: Final = 65_535  # bytes of the words of a passage
_PATIENT: Final = {"grpc.keepalive_time_ms": 300_000}  # the client's own 10 s are too often for some servers
_HNSW: Final = {"M": 16, "efConstruction": 200}


@dataclass(frozen=True, slots=True)
class Address:
    """Where the engine is and how a new collection is laid out: ``milvus://HOST:PORT/NAME?replicas=2&shards=4``."""

    uri: str
    name: str = "pincite"
    token: str = ""
    replicas: int = 1
    shards: int = 1
    index: str = "HNSW"

    @classmethod
    def of(cls, address: str) -> Address:
        """Read an address. Raises `ValueError`."""
        parts = urlsplit(address)
        if parts.scheme != "milvus" or not parts.hostname:
            raise ValueError("is not an address such as milvus://127.0.0.1:19530")
        given = parse_qs(parts.query)
        if unknown := set(given) - {"replicas", "shards", "index", "tls"}:
            raise ValueError(f"has no setting {sorted(unknown)[0]!r}; there are replicas, shards, index and tls")
        secure = given.get("tls", ["0"])[-1] not in ("0", "false", "no")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        token = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else ""
        return cls(
            f"{'https' if secure else 'http'}://{host}:{parts.port or 19530}", parts.path.strip("/") or "pincite",
            token, int(given.get("replicas", ["1"])[-1]), int(given.get("shards", ["1"])[-1]),
            given.get("index", ["HNSW"])[-1].upper(),
        )  # fmt: skip


class Milvus:
    """One server or cluster; safe to use from many threads."""

    def __init__(self, place: Address) -> None:
        """Take an address. Raises `ScaleMissing`."""
        try:
            from pymilvus import MilvusClient
            from pymilvus.exceptions import MilvusException
        except ImportError:
            raise ScaleMissing("pymilvus") from None
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # what it says is in our exceptions
        self._place = place
        self._failure = MilvusException
        self._connecting = threading.Lock()
        self._client_of: Any = MilvusClient
        self._connected: Any = None

    @property
    def _client(self) -> Any:
        """The connection, made when it is first needed: what the catalogue knows can be read without it."""
        with self._connecting, self._told():
            if self._connected is None:
                self._connected = self._client_of(
                    uri=self._place.uri, token=self._place.token, timeout=30, grpc_options=_PATIENT
                )
            return self._connected

    @cached_property
    def has_keywords(self) -> bool:
        """Whether the server ranks by words. Raises `Unreachable`."""
        with self._told():
            return _number(str(self._client.get_server_version())) >= (2, 5)

    def close(self) -> None:
        """Close the connection."""
        if self._connected is not None:
            self._connected.close()

    # -- collections

    def create(self, collection: str, dimensions: int) -> None:
        """Make and load an empty collection, unless it is there. Raises `Unreachable`."""
        from pymilvus import DataType, Function, FunctionType

        with self._told():
            if self._client.has_collection(collection):
                return
            schema = self._client.create_schema(auto_id=False, enable_dynamic_field=False)
            schema.add_field("key", DataType.INT64, is_primary=True)
            schema.add_field("document", DataType.VARCHAR, max_length=64)
            for field, longest in FIELDS.items():
                schema.add_field(field, DataType.VARCHAR, max_length=longest)
            schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimensions)
            indexes = self._client.prepare_index_params()
            how = _HNSW if self._place.index == "HNSW" else {}
            indexes.add_index("vector", index_type=self._place.index, metric_type="IP", params=how)
            if self.has_keywords:
                schema.add_field("words", DataType.VARCHAR, max_length=_WORDS, enable_analyzer=True,
                                 analyzer_params={"tokenizer": "standard"})  # fmt: skip
                schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
                bm25 = Function(name="bm25", function_type=FunctionType.BM25, input_field_names=["words"],
                                output_field_names=["sparse"])  # fmt: skip
                schema.add_function(bm25)
                indexes.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25",
                                  params={"bm25_k1": 1.2, "bm25_b": 0.75})  # fmt: skip
            self._client.create_collection(
                collection, schema=schema, consistency_level="Bounded", num_shards=self._place.shards
            )
            # given with the collection, they would have it loaded at once, and a collection that is loaded takes no
            # other number of replicas
            self._client.create_index(collection, indexes)
            self._load(collection)

    def has(self, collection: str) -> bool:
        """Whether there is such a collection. Raises `Unreachable`."""
        with self._told():
            return bool(self._client.has_collection(collection))

    def drop(self, collection: str) -> None:
        """Delete a collection, if it is there. Raises `Unreachable`."""
        with self._told():
            if self._client.has_collection(collection):
                self._client.drop_collection(collection)

    def name(self, collection: str, alias: str) -> None:
        """Let ``alias`` name this collection from now on. Raises `Unreachable`."""
        with self._told():
            bearers = [c for c in self._client.list_collections() if alias in self._aliases(c)]
            if bearers:
                self._client.alter_alias(collection, alias)
            else:
                self._client.create_alias(collection, alias)

    def _aliases(self, collection: str) -> list[str]:
        return list(self._client.list_aliases(collection).get("aliases", ()))

    # -- writing

    def upsert(self, collection: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Put rows, each key once; again is the same. Raises `Unreachable`."""
        each = list({row["key"]: dict(row) for row in rows}.values())
        for row in each:
            row |= {field: _cut(row[field], longest) for field, longest in FIELDS.items()}
            words = row.pop("words")
            if self.has_keywords:
                row["words"] = _cut(_searchable(words), _WORDS)
        with self._told():
            for i in range(0, len(each), _BATCH):
                self._client.upsert(collection, each[i : i + _BATCH])

    def delete(self, collection: str, keys: Sequence[int]) -> None:
        """Delete rows by key; one that is not there is no fault. Raises `Unreachable`."""
        with self._told():
            for i in range(0, len(keys), _MOST_KEYS):
                self._client.delete(collection, ids=list(keys[i : i + _MOST_KEYS]))

    # -- reading

    def dense(
        self, collection: str, query: Floats, k: int, filters: Filters, fresh: bool = False
    ) -> list[tuple[int, float]]:
        """Return up to ``k`` (key, cosine), best first. ``fresh`` sees every write, else those of some seconds ago.

        Raises `Unreachable`.
        """
        most, k = k, min(k + _TIES, _MOST)
        effort = {"ef": max(2 * k, 1024)} if self._place.index == "HNSW" else {}
        found = self._search(collection, query.astype(float).tolist(), "vector", k, filters, fresh, effort)
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:most]

    def keyword(
        self, collection: str, lexemes: Sequence[str], k: int, filters: Filters, fresh: bool = False
    ) -> list[int]:
        """Return the keys of up to ``k`` passages that hold any of the lexemes, best first by the server's own BM25.

        Its scores are left out: their sign and scale differ between versions. Raises `Unreachable`.
        """
        words = _searchable(" ".join(lexemes))
        return [key for key, _ in self._search(collection, words, "sparse", min(k, _MOST), filters, fresh, {})]

    def count(self, collection: str) -> int:
        """Return how many rows there are now. Raises `Unreachable`."""
        found = self._loaded(
            collection, self._client.query, filter="", output_fields=["count(*)"], consistency_level="Strong"
        )
        return int(found[0]["count(*)"])

    def _search(
        self, collection: str, data: Any, field: str, k: int, filters: Filters, fresh: bool, effort: dict[str, int]
    ) -> list[tuple[int, float]]:
        found = self._loaded(
            collection, self._client.search, data=[data], anns_field=field, limit=k, filter=expression(filters),
            output_fields=["key"], search_params={"params": effort},
            consistency_level="Strong" if fresh else "Bounded",
        )  # fmt: skip
        return [(int(hit["key"]), float(hit["distance"])) for hit in found[0]]

    def _loaded(self, collection: str, read: Callable[..., Any], **how: Any) -> Any:
        """Read a collection; again where a node that was lost kept the answer back, and another replica has it.

        A collection that a server, when it was started anew, did not load is loaded.
        """
        with self._told():
            for seconds in _PATIENCE:
                try:
                    return read(collection, **how, timeout=seconds)
                except Exception as error:
                    if isinstance(error, self._failure) and "load" in error.message:
                        self._load(collection)
                    elif seconds == _PATIENCE[-1] or not (isinstance(error, self._failure) or _of_grpc(error)):
                        raise
                    time.sleep(_BETWEEN)
            return read(collection, **how, timeout=_PATIENCE[-1])

    def _load(self, collection: str) -> None:
        """Have every replica loaded. A server that takes longer goes on with it when the wait is over."""
        try:
            self._client.load_collection(collection, timeout=_LOADING, replica_number=self._place.replicas)
        except Exception as error:
            if not _is_late(error):
                raise
            raise Unreachable(
                f"Milvus at {self._place.uri} had not loaded {collection} after {_LOADING:g} s. Look whether its query "
                f"nodes run, at least one for each replica ({self._place.replicas}), and have memory; then try again."
            ) from error

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except self._failure as error:
            what = error.message.partition(": stack trace")[0]  # what follows is of use to its makers only
            raise Unreachable(f"Milvus at {self._place.uri} failed: {what}") from error
        except IndexUnusable:
            raise
        except Exception as error:  # of gRPC, whose kinds are many
            if _of_grpc(error):
                what = error.details() if hasattr(error, "details") else error
                raise Unreachable(f"Milvus at {self._place.uri} cannot be reached: {what}") from error
            raise


def expression(filters: Filters) -> str:
    """Return the filter as Milvus reads it, "" for none."""
    parts = [
        f"{field} in [{', '.join(map(_quoted, wanted))}]" for field in FILTERED if (wanted := getattr(filters, field))
    ]
    if filters.date_from:
        parts.append(f'date != "" and date_end >= {_quoted(filters.date_from)}')
    if filters.date_to:
        last = filters.date_to if len(filters.date_to) >= len("2021-01-31") else f"{filters.date_to}-99"
        parts.append(f'date != "" and date <= {_quoted(last)}')
    return " and ".join(parts)


def _is_late(error: Exception) -> bool:
    """Whether the client gave up waiting: one call took too long, or the client's own wait for what it started did."""
    code = error.code() if _of_grpc(error) and hasattr(error, "code") else None  # a method only where gRPC raised it
    return getattr(code, "name", "") == "DEADLINE_EXCEEDED" or "timeout" in str(error).lower()


def _of_grpc(error: Exception) -> bool:
    return type(error).__module__.startswith("grpc")


def _quoted(text: str) -> str:
    """Write a value with the escapes that every version reads; other characters stand for themselves."""
    for character, escape in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(character, escape)
    return f'"{text}"'


def _searchable(words: str) -> str:
    """Make each lexeme one word to any analyzer: "124_40" stays whole."""
    return words.replace("_", "q")


def _cut(text: str, most: int) -> str:
    return text if len(text) * 4 <= most else text.encode("utf-8", "replace")[:most].decode("utf-8", "ignore")


def _number(version: str) -> tuple[int, ...]:
    """Read the number in "v2.3.5" or "milvus_lite-3.2.2"."""
    found = re.search(r"(\d+)\.(\d+)", version)
    return (int(found[1]), int(found[2])) if found else (0, 0)
