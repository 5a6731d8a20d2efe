"""Filters as the documents spell them, and in words what they let through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from indexer.catalogue import FILTERED, Catalogue, Filters
from search.query import BadQuery


def as_spelled(filters: Filters, catalogue: Catalogue) -> Filters:
    """Return filters whose values are spelled as in the documents: in another letter case where none has them as given.

    Raises `BadQuery` for dates that begin after they end.
    """
    if filters.date_from and filters.date_to and filters.date_from > f"{filters.date_to}~":  # "~" is after any digit
        raise BadQuery(
            f"No date lies between {filters.date_from} and {filters.date_to}.", "Give the earlier date as the first."
        )
    spelled: dict[str, Any] = {
        field: _spelled(wanted, catalogue.spellings(field)) for field in FILTERED if (wanted := getattr(filters, field))
    }
    return replace(filters, **spelled)


def _spelled(wanted: Sequence[str], spellings: Mapping[str, list[str]]) -> tuple[str, ...]:
    found: list[str] = []
    for value in wanted:
        alike = spellings.get(value.casefold(), [])
        found += [value] if value in alike or not alike else alike
    return tuple(dict.fromkeys(found))


def let_through(filters: Filters, catalogue: Catalogue) -> str:
    """Return in words how many documents the filters let through, "" if there are no filters."""
    if not filters:
        return ""
    passed, all_of_them = catalogue.count_matching(filters), catalogue.count()[0]
    if filters.date_from or filters.date_to:
        return f"the filters let {passed} of {all_of_them} documents through, none without a date"
    return f"the filters let {passed} of {all_of_them} documents through"
