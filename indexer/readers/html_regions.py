"""Finds the parts of a web page that are not its content: what is not shown, and menus, footers and link lists."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from indexer.furniture import ALONE, BESIDE, OPENS_LINKS, OPENS_TEASERS

_UNSEEN: Final = frozenset(
    "head script style template noscript svg math canvas iframe object embed applet audio video select button input "
    "textarea datalist map".split()
)
_FURNITURE_ROLES: Final = frozenset(
    "navigation banner contentinfo search complementary dialog alertdialog menu menubar toolbar".split()
)
_FURNITURE_NAMES: Final = re.compile(
    r"(?:^|[-_\s])(?:nav|navbar|navigation|menu|breadcrumbs?|cookies?|cookie-?(?:banner|notice|consent|bar)|share|sharing"
    r"|social|sidebar|related|newsletter|subscribe|footer|skip-?link|pagination|pager|toolbar|masthead"
    r"|recommended|read-?more|also-?read|tag-?cloud|comments-area|login)(?:$|[-_\s])",
    re.IGNORECASE,
)
_DOUBTFUL_NAMES: Final = re.compile(
    r"(?:^|[-_\s])(?:popup|modal|(teasers?))(?:$|[-_\s])|(?:^|\s)widget(?:$|[-_\s])", re.IGNORECASE
)
"""Names that a page's own text may have, too: its first sentence is a teaser, and each part that some programs to make
pages with put together is a widget (as they name it, "x-widget"; a site's own begin with the word)."""
_SMALL: Final = 30
_LINKED: Final = 0.3
"""Words below which a part is furniture by its name, and the share of linked words from which a larger one is."""
_CONTENT: Final = frozenset({"main", "article", "h1", "body", "html"})
_CONTROLS: Final = ("form", "input", "button", "select", "textarea")
_SENTENCE_END: Final = tuple('.!?…:;»”"')
_SENTENCE: Final = 4
_BODY_WORDS: Final = 8
"""Words from which what ends as a sentence does is one, and from which a paragraph is surely text of the page."""
_LEAD_IN_WORDS: Final = 200
_MOST: Final = 0.4
"""A part with more than this share of the page's words is its content, whatever it is called."""


def is_dropped(element: etree._Element, tag: str) -> bool:
    """Whether the element is no text of the page."""
    return tag in _UNSEEN or not tag or element.get("aria-hidden") == "true"


@dataclass(frozen=True, slots=True)
class _Page:
    """What is known of the elements of a page before any is judged."""

    words: Counter[etree._Element]
    linked: Counter[etree._Element]
    total: int
    alike: Counter[tuple[str, str]]
    """How many elements have the same tag and class."""
    in_text: dict[etree._Element, bool] = field(default_factory=dict)
    """Whether what an element holds stands in the text of the page, for those asked for so far."""
    names_around: dict[etree._Element | None, bool] = field(default_factory=dict)
    """Whether an element or one around it has a name of furniture, for those asked for so far."""


def furniture_of(root: etree._Element, hidden: Set[etree._Element]) -> frozenset[etree._Element]:
    """Return the outermost elements that hold page furniture; the words of those in ``hidden`` do not count."""
    words, linked = _word_counts(root, hidden)
    alike = Counter((element.tag, element.get("class", "")) for element in words if isinstance(element.tag, str))
    page = _Page(words, linked, words[root], alike)
    found: set[etree._Element] = set()
    walker = etree.iterwalk(root, events=("start",))
    for _, element in walker:
        tag = element.tag if isinstance(element.tag, str) else ""
        if is_dropped(element, tag):
            walker.skip_subtree()
        elif tag not in _CONTENT and _is_furniture(element, tag, page):
            found.add(element)
            walker.skip_subtree()
    return frozenset(found)


def _word_counts(
    root: etree._Element, hidden: Set[etree._Element]
) -> tuple[Counter[etree._Element], Counter[etree._Element]]:
    """Return how many words each element holds, and how many of them are links."""
    words: Counter[etree._Element] = Counter({root: 0})
    linked: Counter[etree._Element] = Counter()
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
                linked[parent] = linked[parent] + (0 if unseen else linked[element])
    return words, linked


def _is_furniture(element: etree._Element, tag: str, page: _Page) -> bool:
    words, linked = page.words[element], page.linked[element]
    if words > _MOST * page.total:
        return False
    if element.get("role") in _FURNITURE_ROLES or tag == "nav":
        return not _holds_content(element)
    if tag in ("footer", "header", "aside"):
        return not _within(element, ("article", "main")) and not _holds_content(element)
    named = _named(element)
    if _FURNITURE_NAMES.search(named):
        return not _holds_content(element) and (words < _SMALL or linked >= _LINKED * words)
    if _DOUBTFUL_NAMES.search(named):
        small = words < _SMALL and not _reads_as_text(element, tag, page)
        return not _holds_content(element) and (small or linked >= _LINKED * words)
    if tag not in ("ul", "ol", "div", "p", "td", "section"):
        return False
    return _is_link_list(element, words, linked) and not _is_list_of_document(element, tag, page)


def _named(element: etree._Element) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def _reads_as_text(element: etree._Element, tag: str, page: _Page) -> bool:
    """Whether a small part is the page's own text, although it is called a widget, a popup or a teaser."""
    linked = page.linked[element]
    if linked and (tag != "p" or linked >= _LINKED * page.words[element]):
        return False
    found = _DOUBTFUL_NAMES.search(_named(element))
    if found and found.group(1) and _is_one_of_teasers(element, tag, page):
        return False
    if _within(element, ("a",)) or _is_in_named(element, page) or any(True for _ in element.iter(*_CONTROLS)):
        return False
    text = _text_of(element)
    return _within(element, ("article", "main")) or (text.endswith(_SENTENCE_END) and len(text.split()) >= _SENTENCE)


def _is_in_named(element: etree._Element, page: _Page) -> bool:
    """Whether what the element stands in has a name of furniture, too."""
    parent = element.getparent()
    if parent not in page.names_around:
        outer = itertools.takewhile(lambda around: around.tag not in _CONTENT, element.iterancestors())
        names = (_named(around) for around in outer)
        found = any(_FURNITURE_NAMES.search(named) or _DOUBTFUL_NAMES.search(named) for named in names)
        page.names_around[parent] = found
    return page.names_around[parent]


def _is_one_of_teasers(element: etree._Element, tag: str, page: _Page) -> bool:
    """Whether a teaser is one of several, or stands below its title, which is a link: the lead of an article is not."""
    before = next(_siblings(element, page), None)
    titled = before is not None and before.tag != "h1" and page.linked[before] == page.words[before]
    return titled or page.alike[tag, element.get("class", "")] > 1


def _is_link_list(element: etree._Element, words: int, linked: int) -> bool:
    """Several short links and next to nothing else."""
    if words == 0 or linked < 0.85 * words:
        return False
    links = sum(1 for _ in element.iter("a"))
    return links >= 4 and words <= 5 * links and not _holds_content(element)


def _is_list_of_document(element: etree._Element, tag: str, page: _Page) -> bool:
    """Whether a list of links is part of the text and no menu: those who signed may be linked, each to its own page.

    It stands between two paragraphs, or in the text below a line with a colon that does not lead in the site's links.
    """
    if all((link.get("href") or "#").startswith("#") for link in element.iter("a")):
        return False  # a table of contents
    single = tag in ("ul", "ol", "p")
    around = (next(_siblings(element, page, preceding=side), None) for side in (True, False))
    if single and all(_is_body(other, page) for other in around):
        return True
    inner: etree._Element | None = element if single else next(element.iter("ul", "ol", "a"))
    while inner is not None and inner.tag not in _CONTENT:
        before = next(_siblings(inner, page), None)
        parent = inner.getparent()
        if before is not None or (parent is not None and (parent.text or "").strip()):
            return parent is not None and _leads_in(before, parent, page) and _is_in_text(parent, page)
        inner = parent
    return False


def _leads_in(before: etree._Element | None, parent: etree._Element, page: _Page) -> bool:
    """Whether the words above a list end with a colon, and are none that a site has above its links."""
    if before is not None and page.words[before] > _LEAD_IN_WORDS:
        return False
    text = (parent.text or "").strip() if before is None else f"{_text_of(before)}{(before.tail or '').strip()}"
    line = " ".join(text.split()).casefold().replace("’", "'")
    bare = line.rstrip(" :")
    return line.endswith(":") and not any(bare in known for known in (ALONE, BESIDE, OPENS_LINKS, OPENS_TEASERS))


def _is_in_text(parent: etree._Element, page: _Page) -> bool:
    if parent not in page.in_text:
        body = (child for child in parent.iterchildren("p") if _is_body(child, page))
        page.in_text[parent] = _within(parent, ("article", "main")) or next(body, None) is not None
    return page.in_text[parent]


def _is_body(element: etree._Element | None, page: _Page) -> bool:
    if element is None or element.tag != "p" or page.linked[element] >= _LINKED * page.words[element]:
        return False
    return page.words[element] >= _BODY_WORDS and _text_of(element).endswith(_SENTENCE_END)


def _siblings(element: etree._Element, page: _Page, preceding: bool = True) -> Iterator[etree._Element]:
    """The elements before or after this one, nearest first, that have words or words behind them."""
    for other in element.itersiblings(preceding=preceding):
        if isinstance(other.tag, str) and (page.words[other] or (other.tail or "").strip()):
            yield other


def _text_of(element: etree._Element) -> str:
    """The words of an element, without those that are not shown."""
    pieces: list[str] = []
    walker = etree.iterwalk(element, events=("start", "end"))
    for event, inner in walker:
        unseen = is_dropped(inner, inner.tag if isinstance(inner.tag, str) else "")
        if event == "end":
            pieces.append((inner.tail or "") if inner is not element else "")
        elif unseen:
            walker.skip_subtree()
        else:
            pieces.append(inner.text or "")
    return "".join(pieces).strip()


def _holds_content(element: etree._Element) -> bool:
    return any(True for _ in element.iter("main", "article", "h1"))


def _within(element: etree._Element, tags: tuple[str, ...]) -> bool:
    return any(True for _ in element.iterancestors(*tags))
