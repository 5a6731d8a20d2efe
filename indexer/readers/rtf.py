"""Reads rich text (.rtf): paragraphs, headings, lists with their numbers, table rows, footnotes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from indexer.document import Extract, Kind, Refused
from indexer.readers.layout import Layout
from indexer.readers.raised import Raised, joined

_TOKEN: Final = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?"
    r"|\\'(?P<hex>[0-9a-fA-F]{2})"
    r"|\\(?P<sign>[^a-zA-Z])"
    r"|(?P<brace>[{}])"
    r"|(?P<newline>[\r\n\0]+)"
    r"|(?P<text>[^\\{}\r\n\0]+)",
    re.DOTALL,
)
_SIGNS: Final = {
    **{"tab": "\t", "line": "\n", "emdash": "—", "endash": "\u2013", "lquote": "\u2018", "rquote": "\u2019"},
    **{"ldblquote": "“", "rdblquote": "”", "bullet": "•", "emspace": "\u2003", "enspace": "\u2002"},
    **{"zwnj": "\u200c", "zwj": "\u200d"},
    **{"~": "\xa0", "_": "\u2011", "-": "\xad", "\\": "\\", "{": "{", "}": "}"},
}
_ENDS: Final = frozenset({"par", "sect", "page", "row", "nestrow"})
_UNSEEN: Final = frozenset(
    "fonttbl colortbl stylesheet info pict header headerl headerr headerf footer footerl footerr footerf fldinst "
    "objdata themedata colorschememapping datastore xmlnstbl listtable listoverridetable rsidtbl generator "
    "list listlevel leveltext levelnumbers listname lfolevel listoverride "
    "annotation atnid atnauthor pgdsctbl revtbl filetbl private nonshppict shpinst bkmkstart bkmkend".split()
)
_STARTS_SEEN: Final = frozenset({"shptxt", "footnote", "title", "fonttbl", "stylesheet"})
_CODE_PAGE_OF: Final = {
    **{0: "cp1252", 2: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "big5", 161: "cp1253"},
    **{162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874"},
    238: "cp1250",
}
_HEADING: Final = re.compile(r"(?:heading|überschrift|заголовок|titre)\s*(\d)", re.IGNORECASE)
_DEEPEST: Final = 2000


def read(data: bytes, name: str) -> Extract:
    """Return the text of the file; raise `Refused` where it is nested as no word processor nests."""
    reader = _Reader()
    reader.run(data.decode("latin-1"))
    return reader.layout.extract("application/rtf", title=" ".join(reader.title.split()) or None)


@dataclass(frozen=True, slots=True)
class _State:
    """What a brace opens and its pair closes."""

    into: str = "body"  # where words go: body, footnote, number, title, fonts, styles, nowhere
    skipped: int = 1  # characters that stand for a \\u character in old readers
    font: int = 0
    hidden: bool = False
    deleted: bool = False
    raised: bool = False
    starred: bool = False


class _Reader:
    """Takes a file token by token and writes its paragraphs."""

    def __init__(self) -> None:
        self.layout = Layout()
        self.title = ""
        self._state = _State()
        self._stack: list[_State] = []
        self._code_page = "cp1252"
        self._fonts: dict[int, str] = {}
        self._levels: dict[int, int] = {}  # heading levels by style
        self._bytes = bytearray()  # undecoded words, in the code page of the current font
        places = ("body", "footnote", "number", "styles", "title", "unseen")
        self._words: dict[str, list[str]] = {place: [] for place in places}
        self._notes: list[str] = []
        self._to_skip = 0
        self._opened = False
        self._level = 0
        self._in_row = False
        self._style = 0

    def run(self, text: str) -> None:
        """Read the whole file."""
        at = 0
        while match := _TOKEN.match(text, at):
            at = match.end()
            opened, self._opened = self._opened, match["brace"] == "{"
            if match["word"]:
                at += self._word(match["word"], int(match["number"]) if match["number"] else None)
            elif match["brace"]:
                self._brace(match["brace"])
                if not self._stack:
                    break  # what comes after the document is not of it
            elif match["sign"]:
                self._sign(match["sign"], opened)
            elif match["hex"] or match["text"]:
                self._raw(bytes.fromhex(match["hex"]) if match["hex"] else match["text"].encode("latin-1"))
        self._end_paragraph()
        for number, note in enumerate(self._notes, 1):
            self.layout.add(f"[{number}] {note}", Kind.FOOTNOTE)

    def _brace(self, brace: str) -> None:
        self._flush()
        self._to_skip = 0
        if brace == "{":
            if len(self._stack) >= _DEEPEST:
                raise Refused("nested too deeply to be a document: damaged, or made to harm")
            self._stack.append(self._state)
            self._state = replace(self._state, starred=False)
        elif self._stack:
            closed, self._state = self._state, self._stack.pop()
            if closed.into == "footnote" and self._state.into != "footnote":
                self._notes.append(" ".join(self._take("footnote").split()))
                self._write(f"[{len(self._notes)}]")

    def _sign(self, sign: str, opened: bool) -> None:
        if sign == "*":
            self._state = replace(self._state, starred=opened)  # elsewhere than after a brace it means nothing
        elif sign in "\r\n":
            self._word("par", None)
        elif sign in _SIGNS:
            self._write(_SIGNS[sign])

    def _raw(self, words: bytes) -> None:
        skipped = min(self._to_skip, len(words))
        self._to_skip -= skipped
        if self._state.into != "nowhere" and not self._state.deleted:
            self._bytes += words[skipped:]

    def _word(self, word: str, number: int | None) -> int:
        """Take a control word; return how many characters of binary data follow it."""
        if self._state.starred or word in _UNSEEN or word in _STARTS_SEEN:
            self._destination(word)
        if word in _SIGNS:
            self._write(_SIGNS[word])
        elif word == "u" and number is not None:
            self._write(chr(number & 0xFFFF))
            self._to_skip = self._state.skipped
        elif word == "bin":
            return max(0, number or 0)
        elif word in _ENDS or word in ("cell", "nestcell"):
            self._end(word)
        elif word in _PROPERTIES:
            self._flush()
            _PROPERTIES[word](self, 1 if number is None else number)
        elif word in ("listtext", "pntext"):
            self._flush()
            self._state = replace(self._state, into="number")
        return 0

    def _destination(self, word: str) -> None:
        self._flush()
        into = {"fonttbl": "fonts", "stylesheet": "styles", "footnote": "footnote", "title": "title"}.get(word)
        if word == "shptxt":
            into = "body"
        elif self._state.starred and word in ("listtext", "pntext"):
            into = "number"
        elif self._state.starred and word == "cs" and self._state.into == "styles":
            into = "nowhere"
        self._state = replace(self._state, into=into or "nowhere", starred=False)

    def _write(self, words: str) -> None:
        self._flush()
        if self._place in self._words and not self._state.deleted:
            self._words[self._place].append(words)

    @property
    def _place(self) -> str:
        return "unseen" if self._state.hidden and self._state.into in ("body", "footnote") else self._state.into

    def _flush(self) -> None:
        """Decode the bytes at hand; they end where the font, and so the code page, may change."""
        if not self._bytes:
            return
        page = self._fonts.get(self._state.font, self._code_page)
        try:
            words = self._bytes.decode(page, "replace")
        except LookupError:
            words = self._bytes.decode("cp1252", "replace")
        self._bytes.clear()
        if self._state.into == "styles":
            self._name_style(words)
        elif self._state.into == "title":
            self.title += words
        elif self._place in self._words:
            self._words[self._place].append(Raised(words) if self._state.raised else words)

    def _name_style(self, words: str) -> None:
        match = _HEADING.match(words.strip())
        if match:
            self._levels[self._style] = min(6, max(1, int(match.group(1))))

    def _take(self, into: str) -> str:
        """Return the words gathered for one place, and forget them there."""
        words = joined(self._words[into])
        self._words[into].clear()
        return words.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # joins surrogate pairs

    def _end(self, word: str) -> None:
        self._flush()
        if self._state.into == "footnote":
            self._write(" ")
        elif word in ("cell", "nestcell"):
            self._write("\t")
        elif self._in_row and word == "par":
            self._write(" ")
        elif self._state.into == "body":
            self._end_paragraph()

    def _end_paragraph(self) -> None:
        self._flush()
        words, number = self._take("body").strip(), self._take("number").strip()
        unseen = self._take("unseen")
        if words:
            self._write_paragraph(words, number)
        self.layout.add(unseen, Kind.HIDDEN)

    def _write_paragraph(self, words: str, number: str) -> None:
        bullet = bool(number) and not any(character.isalnum() for character in number)
        kind = Kind.HEADING if self._level else Kind.LIST_ITEM if bullet else Kind.BODY
        self.layout.add(f"{number} {words}" if number and not bullet else words, kind, self._level)

    # What control words change

    def set_font(self, number: int) -> None:
        self._state = replace(self._state, font=number)

    def set_charset(self, number: int) -> None:
        if self._state.into == "fonts" and number in _CODE_PAGE_OF:
            # Charset 0 says "Western", and stands in many files whose code page is another.
            self._fonts[self._state.font] = _CODE_PAGE_OF[number] if number else self._code_page

    def set_code_page(self, number: int) -> None:
        self._code_page = f"cp{number}" if number != 65001 else "utf-8"

    def set_hidden(self, number: int) -> None:
        self._state = replace(self._state, hidden=bool(number))

    def set_deleted(self, number: int) -> None:
        self._state = replace(self._state, deleted=bool(number))

    def set_raised(self, number: int) -> None:
        self._state = replace(self._state, raised=number > 0)

    def set_level(self, number: int) -> None:
        self._state = replace(self._state, raised=False)

    def set_skipped(self, number: int) -> None:
        self._state = replace(self._state, skipped=max(0, min(number, 20)))

    def set_style(self, number: int) -> None:
        self._style = number
        if self._state.into != "styles":
            self._level = self._levels.get(number, 0)

    def set_outline(self, number: int) -> None:
        if self._state.into == "body":
            self._level = min(6, number + 1) if 0 <= number < 9 else 0

    def set_plain_paragraph(self, number: int) -> None:
        self._level, self._in_row = 0, False

    def set_in_row(self, number: int) -> None:
        self._in_row = True

    def set_plain(self, number: int) -> None:
        self._state = replace(self._state, hidden=False, deleted=False, raised=False)


_PROPERTIES: Final[dict[str, Callable[[_Reader, int], None]]] = {
    "f": _Reader.set_font,
    "fcharset": _Reader.set_charset,
    "ansicpg": _Reader.set_code_page,
    "v": _Reader.set_hidden,
    "deleted": _Reader.set_deleted,
    "super": _Reader.set_raised,
    "up": _Reader.set_raised,
    "nosupersub": _Reader.set_level,
    "sub": _Reader.set_level,
    "dn": _Reader.set_level,
    "uc": _Reader.set_skipped,
    "s": _Reader.set_style,
    "outlinelevel": _Reader.set_outline,
    "pard": _Reader.set_plain_paragraph,
    "intbl": _Reader.set_in_row,
    "plain": _Reader.set_plain,
}
