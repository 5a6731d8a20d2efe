"""Reads what a web page declares about itself: meta elements, JSON-LD, and the language of the root element."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

from indexer.readers.layout import Declared

_TITLES: Final = ("og:title", "citation_title", "dc.title", "dcterms.title", "twitter:title")
_PUBLISHERS: Final = ("og:site_name", "citation_publisher", "dc.publisher", "dcterms.publisher", "publisher")
_DATES: Final = (
    "article:published_time",
    "og:published_time",
    "citation_publication_date",
    "citation_date",
    "dc.date",
    "dc.date.issued",
    "dcterms.date",
    "dcterms.issued",
    "dcterms.created",
    "datepublished",
    "pubdate",
    "publish-date",
    "date",
)
_DATE: Final = re.compile(r"\s*(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?!\d)")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$")
_HEADS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ASIDES: Final = frozenset({"li", "a", "aside", "nav", "footer", "table"})
_INLINE: Final = frozenset({"a", "abbr", "b", "em", "font", "i", "small", "span", "strong", "time"})
_LEAD: Final = 60
"""Words below a headline after which a time is not the page's own."""
_LABEL_LENGTH: Final = 40
_LABEL: Final = re.compile(
    r"\W*|.*[:|•·—–]\s*|(?:published|posted|issued|dated?|on|опубликовано|дата|publié(?:e)?(?: le)?|publicado(?: el)?"
    r"|veröffentlicht(?: am)?|жарияланды)(?: on)?\s*",
    re.IGNORECASE,
)
_GOES_ON: Final = re.compile(r"\s*,?\s*(?!(?:by|par|por|von|автор)\b)[^\W\d_A-ZА-ЯЁ]")
_CHANGED: Final = re.compile(
    r"updat|modif|edited|chang|обновл|измен|aktualisiert|mise? à jour|actualiza", re.IGNORECASE
)
_MOST_JSON: Final = 200_000
"""Characters of one JSON-LD script; more is not a description of a page."""


def declared_by(root: etree._Element) -> Declared:
    """Return title, publisher, date and language as the page declares them."""
    meta = _meta(root)
    linked = _linked_data(root)
    publisher = _first(meta, _PUBLISHERS) or _name(linked.get("publisher"))
    stated = (*(meta.get(key) for key in _DATES), _words(linked.get("datePublished")))
    return {
        "title": _without_site(_first(meta, _TITLES) or _words(linked.get("headline")) or _title(root), publisher),
        "publisher": publisher,
        "date": next(filter(None, map(iso_date, stated)), None)
        or _time(root)
        or next(filter(_has_digits, stated), None),
        "language": _language(root, meta),
    }


def iso_date(text: str | None) -> str | None:
    """Return the date that a machine-readable text starts with, as precise as it is, or None."""
    found = _DATE.match(text) if text else None
    if not found:
        return None
    year, month, day = found.groups()
    if not month or not 1 <= int(month) <= 12:
        return year if not month else None
    return f"{year}-{int(month):02}-{int(day):02}" if day and 1 <= int(day) <= 31 else f"{year}-{int(month):02}"


def _has_digits(text: str | None) -> bool:
    """Whether a value may be a date as people write it, which takes what a reader closed in cannot open to be read."""
    return text is not None and len(text) <= _LABEL_LENGTH and any(map(str.isdigit, text))


def _meta(root: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        key = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        content = _words(element.get("content"))
        if key and content:
            found.setdefault(key.strip().lower(), content)
    return found


def _first(meta: dict[str, str], keys: tuple[str, ...]) -> str | None:
    return next((meta[key] for key in keys if key in meta), None)


def _words(value: Any) -> str | None:
    """A string with its white space collapsed, None for anything else or nothing."""
    return (" ".join(value.split())[:500] or None) if isinstance(value, str) else None


def _name(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    return _words(value.get("name")) if isinstance(value, dict) else _words(value)


def _title(root: etree._Element) -> str | None:
    heads = [" ".join("".join(element.itertext()).split()) for element in root.iter("h1")]
    title = next((words for element in root.iter("title") if (words := _words("".join(element.itertext())))), None)
    if title:
        # "Page - Site" is common; the page's own heading says where its part ends.
        return next((head for head in heads if len(head) > 10 and head in title), title)
    return None


def _without_site(title: str | None, publisher: str | None) -> str | None:
    if not title or not publisher or len(title) <= len(publisher) + 3:
        return title
    stripped = re.sub(rf"\s+[|–—·:•-]\s+{re.escape(publisher)}\s*$", "", title, flags=re.IGNORECASE)
    return stripped or title


def _time(root: etree._Element) -> str | None:
    """The time that the page says it was published at, or the one that stands at its headline."""
    for element in root.iter("time"):
        if element.get("itemprop") == "datePublished" or element.get("pubdate") is not None:
            return iso_date(element.get("datetime"))
    heads = [head for head in root.iter("h1") if _scope(head) is not None]
    if len(heads) != 1:
        return None
    found = {
        date for element in _beside(heads[0]) if (date := iso_date(element.get("datetime"))) and _is_alone(element)
    }
    return found.pop() if len(found) == 1 else None  # where two differ, it is not said which is the page's


def _beside(head: etree._Element) -> Iterator[etree._Element]:
    """Yield the times between a headline and the words below it, within the article that it heads."""
    scope = _scope(head)
    if scope is None:
        return
    passed, words = False, 0
    for event, element in etree.iterwalk(scope, events=("start", "end")):
        seen = isinstance(element.tag, str) and element.tag not in ("script", "style")
        if event == "end":
            passed = passed or element is head
            words += len((element.tail or "").split()) if passed else 0
        elif passed and seen:
            if element.tag in _HEADS or words > _LEAD:
                return
            if element.tag == "time" and _scope(element) is scope:
                yield element
            words += len((element.text or "").split())


def _scope(element: etree._Element) -> etree._Element | None:
    """The article or main part that an element stands in, None if it stands in a list, a link or an aside of it."""
    for above in element.iterancestors():
        if above.tag in ("article", "main"):
            return above
        if above.tag in _ASIDES:
            return None
    return None


def _is_alone(element: etree._Element) -> bool:
    """Whether a time is no part of a sentence: nothing but a label stands before it, and no words go on after it."""
    before, after = _words_beside(element, preceding=True), _words_beside(element, preceding=False)
    if len(before) + len(after) > _LABEL_LENGTH or _CHANGED.search(before):
        return False
    return bool(_LABEL.fullmatch(before)) and not _GOES_ON.match(after)


def _words_beside(element: etree._Element, *, preceding: bool) -> str:
    """The words on the line of an element, before it or after it."""
    words: list[str] = []
    while True:
        if not preceding:
            words.append(element.tail or "")
        for sibling in itertools.islice(element.itersiblings(preceding=preceding), _LEAD):
            if preceding:
                words.append(sibling.tail or "")
            if sibling.tag not in _INLINE:
                return _line(words, preceding)
            words.append("".join(sibling.itertext()))
            if not preceding:
                words.append(sibling.tail or "")
        parent = element.getparent()
        if parent is None:
            return _line(words, preceding)
        if preceding:
            words.append(parent.text or "")
        if parent.tag not in _INLINE:
            return _line(words, preceding)
        element = parent


def _line(words: list[str], backwards: bool) -> str:
    return " ".join("".join(reversed(words) if backwards else words).split())


def _language(root: etree._Element, meta: dict[str, str]) -> str | None:
    declared = (
        root.get("lang")
        or root.get("{http://www.w3.org/XML/1998/namespace}lang")
        or meta.get("content-language")
        or meta.get("og:locale")
        or ""
    ).strip()
    return declared.replace("_", "-") if _LANGUAGE.match(declared) else None


def _linked_data(root: etree._Element) -> dict[str, Any]:
    """Return the JSON-LD node that describes an article, or one with a date, or nothing."""
    nodes = [node for script in root.iter("script") for node in _nodes(script)]
    return next((node for node in nodes if "headline" in node or "datePublished" in node), {})


def _nodes(script: etree._Element) -> Iterator[dict[str, Any]]:
    if (script.get("type") or "").lower() != "application/ld+json" or not script.text or len(script.text) > _MOST_JSON:
        return
    try:
        waiting = [json.loads(script.text)]
    except (ValueError, RecursionError):
        return
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            waiting += [node["@graph"]] if "@graph" in node else []
            yield node
