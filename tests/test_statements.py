"""What Milvus and PostgreSQL are told: addresses, statements, and the words of a passage. Neither need be there."""

from __future__ import annotations

import itertools

import pytest

from indexer.lexemes import lexemes
from indexer.milvus import Address
from indexer.postgres import translated


def test_an_address_says_where_and_how() -> None:
    assert Address.of("milvus://host") == Address("http://host:19530")
    given = Address.of("milvus://me:p%40ss@host:1/lib?replicas=2&shards=4&index=flat&tls=1")
    assert given == Address("https://host:1", "lib", "me:p@ss", 2, 4, "FLAT")


@pytest.mark.parametrize("wrong", ["http://host", "milvus://", "milvus://host?repl=2", "milvus://host?replicas=many"])
def test_an_address_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"is not|has no|invalid"):
        Address.of(wrong)


def test_statements_are_translated_with_their_values_in_place() -> None:
    assert (
        translated("SELECT a FROM b WHERE c = ? AND d LIKE ?")
        == "SELECT a FROM b WHERE c = $1 AND d ILIKE $2 ESCAPE ''"
    )
    assert translated("x = ?1 OR y LIKE '% ' || ?1") == "x = $1 OR y ILIKE '% ' || $1 ESCAPE ''"


def test_positions_of_words_are_in_order() -> None:
    held = lexemes("see 124.40 o'brien", "report")
    assert held.tokens == 6
    for part in ("'report':1B", "'see':2", "'124':3", "'40':4", "'124_40':3", "'o_brien':5", "'brien':6"):
        assert part in held.vector.split(" ")
    assert all(a != b for a, b in itertools.pairwise(held.vector.split(" ")))
