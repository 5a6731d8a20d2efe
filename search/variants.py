"""One name under several spellings: Maks and Max Bokayev, Бокаев and Bokayev, a body and its abbreviation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from search.entities import initials_fit, key
from search.names import alike

WORDS_ALIKE = 0.8  # for each pair of words of two names of as many words


@dataclass(frozen=True, slots=True)
class Called:
    """What one person, body or place is called: its fullest usual ``name``, and all ``variants``, the name first."""

    name: str
    variants: tuple[str, ...]


def joined(names: Sequence[str], abbreviations: Mapping[str, str]) -> list[Called]:
    """Group names that are the same, in the order in which each is first named.

    ``abbreviations`` are what the texts say they stand for. A surname that fits several full names is left out:
    which of them it means is not guessed.
    """
    counts = Counter(names)
    groups: list[list[str]] = []
    for name in sorted(counts, key=lambda n: (-len(key(n)), -len(n))):
        fitting = [group for group in groups if any(same(name, other, abbreviations) for other in group)]
        if len(fitting) > 1 and len(key(name)) == 1:
            continue
        if fitting:
            fitting[0].append(name)
        else:
            groups.append([name])
    first = {name: -i for i, name in reversed(list(enumerate(names)))}
    groups.sort(key=lambda group: -max(first[name] for name in group))
    return [_called(group, counts) for group in groups]


def _called(group: Sequence[str], counts: Mapping[str, int]) -> Called:
    longest = max(len(key(name)) for name in group)
    full = [name for name in group if len(key(name)) >= min(longest, 2) and not _initial(name)] or list(group)
    name = max(full, key=lambda n: (counts[n], len(n)))
    return Called(name, tuple(sorted(group, key=lambda n: (n != name, -counts[n]))))


def _initial(name: str) -> bool:
    return bool(re.match(r"[^\W\d_]\.\s", name))


def same(a: str, b: str, abbreviations: Mapping[str, str]) -> bool:
    """Whether two names may be read as one: alike word for word, one the end or start of the other, or shortened."""
    if a == b or _shortened(a, b, abbreviations) or _shortened(b, a, abbreviations):
        return True
    x, y = key(a), key(b)
    if not x or not y or _numbers(a) != _numbers(b):
        return False
    if "".join(x) == "".join(y):  # "HelsinkiFoundation"
        return True
    if len(x) > len(y):
        x, y = y, x
    if len(x) == len(y):
        return all(_alike(p, q) for p, q in zip(x, y, strict=True)) and not (len(x) == 1 and alike(a, b) < 0.9)
    if len(x) == 1:
        return len(x[0]) > 3 and _alike(x[0], y[-1]) and len(y) < 4
    return all(_alike(p, q) for p, q in zip(x, y[-len(x) :], strict=True)) or all(
        _alike(p, q) for p, q in zip(x, y, strict=False)
    )


def _alike(a: str, b: str) -> bool:
    if 1 in (len(a), len(b)):
        return a[0] == b[0]
    if min(len(a), len(b)) > 3 and a.rstrip("aeiouy") == b.rstrip("aeiouy"):
        return True  # a short name in another case: Ольга, Ольгу
    return alike(a, b) >= WORDS_ALIKE


def _numbers(name: str) -> list[str]:
    return re.findall(r"\d+", name)


def _shortened(short: str, full: str, abbreviations: Mapping[str, str]) -> bool:
    if " " in short:
        return False
    stands_for = abbreviations.get(short)
    if stands_for is not None and stands_for != full and short != full:
        return same(stands_for, full, {})
    return stands_for == full or initials_fit(short, full)
