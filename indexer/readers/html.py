"""Reads web pages: text in document order, a block for each block element, page furniture marked by its markup."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from indexer.document import Extract, Kind
from indexer.encoding import decode
from indexer.readers.html_head import declared_by
from indexer.readers.html_hidden import SIGNS, hidden_of
from indexer.readers.html_lists import ListNumbers
from indexer.readers.html_regions import furniture_of, is_dropped
from indexer.readers.layout import Layout
from indexer.readers.markup import parse_html
from indexer.readers.raised import Raised, joined

_CHARSET: Final = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w:.-]+)", re.IGNORECASE
)

_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_BLOCKS: Final = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre section summary table tbody "
    "td tfoot th thead tr ul title option frameset noframes".split()
)
_SPACES: Final = re.compile(r"[ \t\n\r\f]+")
_AROUND_BREAK: Final = re.compile(r"[ \t]*\n[ \t]*")


def read(data: bytes, name: str) -> Extract:
    """Return the text of a page; raise `Refused` where it is not text or not markup at all."""
    found = _CHARSET.search(data[:8192])
    text, _ = decode(data, found.group(1).decode("ascii") if found else None)
    return read_text(text)


def read_text(text: str) -> Extract:
    """Return the text of a page that is decoded already, such as the body of a letter."""
    root = parse_html(text)
    hidden = hidden_of(root) if SIGNS.search(text) else frozenset()
    page = _Page(furniture_of(root, hidden), hidden, ListNumbers(root))
    page.walk(root)
    return page.layout.extract("text/html", **declared_by(root))


class _Page:
    """Walks the tree of a page once and writes its blocks."""

    def __init__(
        self, furniture: frozenset[etree._Element], hidden: frozenset[etree._Element], numbers: ListNumbers
    ) -> None:
        self.layout = Layout()
        self._furniture = furniture
        self._hidden = hidden
        self._unseen: list[str] = []
        self._words: list[str] = []
        self._inside: list[str] = []  # the elements whose kind the current text takes, outermost first
        self._rows = 0  # how many data rows we are inside of
        self._as_is = 0  # how many <pre>
        self._raised = 0  # how many <sup>
        self._numbers = numbers
        self._number = ""  # of the list item at hand, until it is written

    def walk(self, root: etree._Element) -> None:
        """Write every block below an element."""
        walker = etree.iterwalk(root, events=("start", "end"))
        for event, element in walker:
            tag = element.tag if isinstance(element.tag, str) else ""
            if event == "start" and is_dropped(element, tag):
                walker.skip_subtree()
            elif event == "start":
                self._open(element, tag)
            else:
                self._close(element, tag)

    def _open(self, element: etree._Element, tag: str) -> None:
        if element in self._hidden and self._unseen:
            self._unseen.append(" ")
        if tag == "br":
            self._words.append("\n")
        elif tag in ("td", "th") and self._rows:
            if element not in self._hidden and any(words.strip() for words in self._words):
                self._words.append("\t")
        elif tag in _BLOCKS and not self._rows:
            self._end_block()
        if element in self._furniture:
            self._end_block()
            self._inside.append("furniture")
        if tag in _HEADINGS or tag in ("li", "pre"):
            self._inside.append(tag)
        if tag == "li" and element not in self._hidden:
            self._number = self._numbers.next(element)
        self._as_is += tag == "pre"
        if tag == "sup":
            self._raised += 1
            self._words.append("")  # two marks side by side are two
        if tag == "tr" and _is_data_row(element):
            self._rows += 1
        self._write(element.text, element)

    def _close(self, element: etree._Element, tag: str) -> None:
        if not is_dropped(element, tag):
            if tag == "tr" and self._rows and _is_data_row(element):
                self._rows -= 1
            if tag in _BLOCKS and not self._rows:
                self._end_block()
            self._as_is -= tag == "pre"
            self._raised -= tag == "sup"
            if tag in _HEADINGS or tag in ("li", "pre"):
                self._inside.pop()
            if tag == "li":
                self._number = ""
            if element in self._furniture:
                self._end_block()
                self._inside.pop()
        self._write(element.tail, element.getparent())

    def _write(self, words: str | None, within: etree._Element | None) -> None:
        if words and within in self._hidden:
            self._unseen.append(_SPACES.sub(" ", words))
        elif words:
            words = words.replace("\r\n", "\n") if self._as_is else _SPACES.sub(" ", words)
            self._words.append(Raised(words) if self._raised else words)

    def _end_block(self) -> None:
        self._end_seen_block()
        self.layout.add("".join(self._unseen), Kind.HIDDEN)
        self._unseen.clear()

    def _end_seen_block(self) -> None:
        words = joined(self._words)
        self._words.clear()
        if not words or words.isspace():
            return
        kind, level = self._kind()
        number, self._number = self._number, ""
        if self._as_is:
            self.layout.add(words.strip("\n"), kind, level)
            return
        words = _AROUND_BREAK.sub("\n", re.sub(" {2,}", " ", words)) if "\t" not in words else _row(words)
        words = words.strip()
        if number and kind is not Kind.BOILERPLATE and not re.match(rf"[(\[]?{number}[.)\]](?:\s|$)", words):
            words = f"{number}. {words}"  # a page that writes its numbers itself shows no others
        self.layout.add(words, kind, level)

    def _kind(self) -> tuple[Kind, int]:
        if "furniture" in self._inside:
            return Kind.BOILERPLATE, 0
        innermost = self._inside[-1] if self._inside else ""
        if innermost in _HEADINGS:
            return Kind.HEADING, _HEADINGS[innermost]
        return (Kind.LIST_ITEM, 0) if innermost == "li" else (Kind.BODY, 0)


def _row(words: str) -> str:
    return "\t".join(" ".join(cell.split()) for cell in words.split("\t")).strip("\t")


def _is_data_row(row: etree._Element) -> bool:
    """A row of a table of data is one block; a row that only lays the page out is not."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    return (
        len(cells) > 1
        and not any(
            element.tag in _BLOCKS and element.tag not in ("div", "p")
            for cell in cells
            for element in cell.iterdescendants()
        )
        and all(sum(1 for inner in cell if inner.tag in ("p", "div")) <= 1 for cell in cells)
    )
