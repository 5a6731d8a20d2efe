"""What kind of thing a noun names: people, bodies or places, and within these what may be called by one another's name.

These are the common nouns of reports in English and Russian (``nouns.txt``). A question that asks for "journalists" is
answered by someone called a reporter, not by someone called a lawyer; a noun that is not there says nothing. One that
names all of a kind ("organisations") answers a question for all of it, and fits no narrower one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from indexer.words import normalise, stem

PERSON, ORGANISATION, PLACE = "person", "organisation", "place"
SEXES = ("woman", "man")  # families of which anyone else's noun says nothing, but "активистка" does
_WOMANLY = re.compile(r"(?:(?:ст|т|в)к|ниц)(?:а|и|у|е|ой|ам|ами|ах)$")


@lru_cache(maxsize=1)
def _known() -> dict[str, list[tuple[str, str]]]:
    lines = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    table: dict[str, list[tuple[str, str]]] = {}
    for kind, _, words in (line.partition(": ") for line in lines if not line.startswith("#")):
        family = words.split()[0]
        for word in words.split():
            table.setdefault(_stem(word), []).append((kind, family))
    return table


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    """The singular of an English noun, by its ending alone; the stem of a Russian one, which has cases."""
    word = normalise(word).strip("'’")
    if not word.isascii():
        return stem(word, None)
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    for ending, singular in (("ies", "y"), ("men", "man"), ("sses", "ss"), ("ches", "ch"), ("s", "")):
        if word.endswith(ending) and len(word) > len(ending) + 1 and not word.endswith(("ss", "us", "is")):
            return word.removesuffix(ending) + singular
    return word


_IRREGULAR = {"people": "person", "persons": "person", "men": "man", "women": "woman", "media": "media"}


def kinds_of(word: str) -> list[tuple[str, str]]:
    """Return each (kind, family) that a noun names; [] if it names none of them."""
    return _known().get(_stem(word), [])


def class_of(word: str) -> str | None:
    """Return `PERSON`, `ORGANISATION` or `PLACE`, the first that a noun names; None if none."""
    found = kinds_of(word)
    return found[0][0] if found else None


def fits(told: str, asked: str) -> bool:
    """Whether what a text calls something may be what is asked for: of one family, or asked for by a noun for all.

    One way only: a court is an organisation, but a text that speaks of organisations does not say that they are courts.
    """
    if _stem(told) == _stem(asked):
        return True
    if kinds_of(asked) and kinds_of(asked)[0][1] in SEXES:
        return sex_of(told) == sex_of(asked)
    return any(
        kind == other and (family == wanted or wanted == "*" or (wanted == "ngo" and _stem(told) in _said_of_ngos()))
        for kind, family in kinds_of(told)
        for other, wanted in kinds_of(asked)
    )


def is_general(told: str) -> bool:
    """Whether a noun names all of a kind, and so leaves open which: "organisations", "people", "places"."""
    families = {family for _, family in kinds_of(told)}
    return families == {"*"} or sex_of(told) in families  # a woman may be a journalist


def sex_of(told: str) -> str | None:
    """Return "woman" or "man" if a noun tells which: "girl", "активистка"; None if it does not."""
    families = [family for kind, family in kinds_of(told) if kind == PERSON]
    if sex := next((family for family in families if family in SEXES), None):
        return sex
    return "woman" if families and _WOMANLY.search(normalise(told)) else None


@lru_cache(maxsize=1)
def _said_of_ngos() -> frozenset[str]:
    """What reports call an NGO as often as that, and seldom a court or a bank."""
    return frozenset(map(_stem, ("organisation", "organization", "group", "организация", "группа")))
