"""Finds the parts of a web page that are not its content: what is not shown, and menus, footers and link lists."""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Final

from lxml import etree

_UNSEEN: Final = frozenset(
    "head script style template noscript svg math canvas iframe object embed applet audio video select button input "
    "textarea datalist map".split()
)
_FURNITURE_ROLES: Final = frozenset(
    "navigation banner contentinfo search complementary dialog alertdialog menu menubar toolbar".split()
)
_FURNITURE_NAMES: Final = re.compile(
    r"(?:^|[-_\s])(?:nav|navbar|navigation|menu|breadcrumbs?|cookies?|cookie-?(?:banner|notice|consent|bar)|share|sharing"
    r"|social|sidebar|related|newsletter|subscribe|footer|skip-?link|pagination|pager|popup|modal|toolbar|masthead"
    r"|recommended|read-?more|also-?read|teasers?|tag-?cloud|comments-area|login|widget)(?:$|[-_\s])",
    re.IGNORECASE,
)
_CONTENT: Final = frozenset({"main", "article", "h1", "body", "html"})
_MOST: Final = 0.4
"""A part with more than this share of the page's words is its content, whatever it is called."""


def is_dropped(element: etree._Element, tag: str) -> bool:
    """Whether the element is no text of the page."""
    return tag in _UNSEEN or not tag or element.get("aria-hidden") == "true"


def furniture_of(root: etree._Element, hidden: Set[etree._Element]) -> frozenset[etree._Element]:
    """Return the outermost elements that hold page furniture; the words of those in ``hidden`` do not count."""
    words, linked = _word_counts(root, hidden)
    found: set[etree._Element] = set()
    walker = etree.iterwalk(root, events=("start",))
    for _, element in walker:
        tag = element.tag if isinstance(element.tag, str) else ""
        if is_dropped(element, tag):
            walker.skip_subtree()
        elif tag not in _CONTENT and _is_furniture(element, tag, words, linked, words[root]):
            found.add(element)
            walker.skip_subtree()
    return frozenset(found)


def _word_counts(
    root: etree._Element, hidden: Set[etree._Element]
) -> tuple[dict[etree._Element, int], dict[etree._Element, int]]:
    """Return how many words each element holds, and how many of them are links."""
    words: dict[etree._Element, int] = {root: 0}
    linked: dict[etree._Element, int] = {}
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        tag = element.tag if isinstance(element.tag, str) else ""
        unseen = is_dropped(element, tag)
        if event == "start" and unseen:
            walker.skip_subtree()
        elif event == "start":
            words[element] = 0 if element in hidden else len((element.text or "").split())
        else:
            count = 0 if unseen else words[element]
            if tag == "a":
                linked[element] = count
            parent = element.getparent()
            if parent is not None and element is not root:
                words[parent] += count + (0 if parent in hidden else len((element.tail or "").split()))
                linked[parent] = linked.get(parent, 0) + (0 if unseen else linked.get(element, 0))
    return words, linked


def _is_furniture(
    element: etree._Element,
    tag: str,
    words_of: dict[etree._Element, int],
    linked_of: dict[etree._Element, int],
    all_words: int,
) -> bool:
    words, linked = words_of.get(element, 0), linked_of.get(element, 0)
    if words > _MOST * all_words:
        return False
    if element.get("role") in _FURNITURE_ROLES or tag == "nav":
        return not _holds_content(element)
    if tag in ("footer", "header", "aside"):
        return not _within(element, ("article", "main")) and not _holds_content(element)
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    if named != " " and _FURNITURE_NAMES.search(named):
        return not _holds_content(element) and (words < 30 or linked >= 0.3 * words)
    return tag in ("ul", "ol", "div", "p", "td", "section") and _is_link_list(element, words, linked)


def _is_link_list(element: etree._Element, words: int, linked: int) -> bool:
    """A menu: several short links and next to nothing else."""
    if words == 0 or linked < 0.85 * words:
        return False
    links = sum(1 for _ in element.iter("a"))
    return links >= 4 and words <= 5 * links and not _holds_content(element)


def _holds_content(element: etree._Element) -> bool:
    return any(True for _ in element.iter("main", "article", "h1"))


def _within(element: etree._Element, tags: tuple[str, ...]) -> bool:
    return any(True for _ in element.iterancestors(*tags))
