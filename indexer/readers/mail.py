"""Reads e-mail: single messages (.eml, saved .mht pages) and mailboxes (.mbox), with what is forwarded inside them.

What a mail program shows as text is read, in order; attachments are named and not read. How deep a message may be
nested and of how many parts it may be made is bounded, since files may be made to harm.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any, Final, TypeVar

from indexer.document import Extract, Kind, Refused
from indexer.encoding import decode
from indexer.readers.html import read_text
from indexer.readers.layout import Layout
from indexer.readers.text import paragraph_spans

_SHOWN: Final = ("From", "To", "Cc", "Date")
_ENVELOPE: Final = re.compile(rb"\AFrom [^\r\n]*\r?\n|^From [^\r\n]*\d:\d\d[^\r\n]*\r?\n", re.MULTILINE)

_DEEPEST: Final = 30
_MOST_PARTS: Final = 2_000
"""In one message, with all that is forwarded in it."""
_MOST_NAMES: Final = 50
_LONGEST_NAME: Final = 200
_NEARLY_ALL: Final = 0.8
"""Share of one form's words that the other must hold to stand for both: links and footers often stand in one only."""

_FORWARDED: Final = frozenset({"message/rfc822", "message/global", "message/news", "message/partial"})
_SEALED: Final = {
    "multipart/encrypted": "an encrypted part",
    "application/pkcs7-mime": "a part that S/MIME encrypted or signed as a whole",
    "application/x-pkcs7-mime": "a part that S/MIME encrypted or signed as a whole",
}
_ARMOUR: Final = "-----BEGIN PGP MESSAGE-----"
_SIGNATURES: Final = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
)
_NO_PROSE: Final = frozenset(
    "css javascript ecmascript calendar vcard x-vcard directory rtf xml x-amp-html watch-html".split()
)
"""Kinds of text that are written for programs."""

_LINK: Final = re.compile(r"https?://\S+")
_UNSEEN: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_WORD: Final = re.compile(  # a character counts as a word in scripts that set no spaces, which may be wrapped anywhere
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]"
    "|[^\\W_\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]+"
)

_QUOTED_LINE: Final = re.compile(r"^(?!>+From )(?P<marks>>(?:[ \t]?>)*)(?P<words>[^\r\n]*)", re.MULTILINE)
"""Mailboxes put ">" before a line that begins with "From ", which quotes nothing."""

T = TypeVar("T")
Piece = tuple[str, Kind, int]
"""A block with its level, before it has its place in the text."""


def read(data: bytes, name: str) -> Extract:
    """Return headers and text of every message; raise `Refused` where there is no message, or only sealed ones."""
    layout = Layout()
    writer = _Writer(layout)
    messages = list(_messages(data))
    for message in messages:
        writer.write(message)
    if not messages:
        raise Refused("no message in it: not an e-mail, or a damaged one")
    if writer.sealed and not writer.has_words:
        raise Refused(f"no text but {writer.sealed}: open it in a mail program and save its text")
    alone = messages[0] if len(messages) == 1 else None
    return layout.extract(
        "application/mbox" if data.startswith(b"From ") else "message/rfc822",
        title=_header(alone, "Subject") if alone else None,
        date=_date(alone) if alone else None,
    )


def _messages(data: bytes) -> Iterator[EmailMessage]:
    envelopes = [match for match in _ENVELOPE.finditer(data) if _after_blank_line(data, match.start())]
    parts = [data]
    if envelopes and envelopes[0].start() == 0:
        ends = [match.start() for match in envelopes[1:]] + [len(data)]
        parts = [data[match.end() : end] for match, end in zip(envelopes, ends, strict=True)]
    for part in parts:
        message = message_from_bytes(part, policy=policy.default)
        if message.keys() or len(parts) > 1 or data.startswith(b"From "):
            yield message


def _after_blank_line(data: bytes, at: int) -> bool:
    return at == 0 or data[max(0, at - 4) : at].replace(b"\r", b"").endswith(b"\n\n")


@dataclass(slots=True)
class _Beside:
    """What a message holds beside its text: messages forwarded in it, each with its depth, and what is not read."""

    forwarded: list[tuple[EmailMessage, int]] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Yield a line for each kind of what is not read."""
        attached, gaps = list(dict.fromkeys(self.attached)), list(dict.fromkeys(self.gaps))
        more = [f"{len(attached) - _MOST_NAMES} more"] if len(attached) > _MOST_NAMES else []
        if attached:
            yield "Attachments, not read: " + ", ".join(attached[:_MOST_NAMES] + more)
        if gaps:
            yield "Not read: " + ", ".join(gaps)


class _Writer:
    """Writes messages into a layout, each with those forwarded inside it, within bounds that these share."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._parts = 0
        self.has_words = False
        self.sealed = ""

    def write(self, message: EmailMessage) -> None:
        """Write a message and what is forwarded in it."""
        self._parts = 0
        self._message(message, depth=0, level=1)

    def _message(self, message: EmailMessage, depth: int, level: int) -> None:
        self._layout.add(_header(message, "Subject") or "", Kind.HEADING, min(level, 6))
        self._layout.add("\n".join(f"{name}: {words}" for name in _SHOWN if (words := _header(message, name))))
        beside = _Beside()
        for text, kind, heading in self._pieces(message, beside, depth):
            self._layout.add(text, kind, heading)
            self.has_words = self.has_words or any(character.isalnum() for character in text)
        self._layout.add("\n".join(beside.lines()), Kind.BOILERPLATE)  # named, but in no words of the source
        for inner, inner_depth in beside.forwarded:
            self._message(inner, inner_depth, level + 1)

    def _pieces(self, part: EmailMessage, beside: _Beside, depth: int, inside: str = "") -> list[Piece]:
        """Return the text of a part and all below it; ``inside`` is the kind of multipart that it is a member of."""
        if self._is_beyond_bounds(beside, depth):
            return []
        kind = _asked(part.get_content_type, "text/plain")
        family, _, subtype = kind.partition("/")
        members: Any = part.get_payload()
        if kind in _SEALED:
            self._note_sealed(beside, _SEALED[kind])
        elif kind in _FORWARDED and isinstance(members, list):
            beside.forwarded += [(_unwrapped(part, inner), depth + 1) for inner in members]
        elif family == "multipart" and isinstance(members, list):
            return self._members(members, beside, depth + 1, subtype)
        elif _is_shown(part, family, subtype, inside):
            return self._text(part, subtype, beside)
        elif kind not in _SIGNATURES:
            beside.attached += _named(part, kind, inside)
        return []

    def _is_beyond_bounds(self, beside: _Beside, depth: int) -> bool:
        self._parts += 1
        if depth > _DEEPEST:
            beside.gaps.append(f"parts nested more than {_DEEPEST} deep")
        elif self._parts > _MOST_PARTS:
            beside.gaps.append(f"parts after the first {_MOST_PARTS:,}")
        return depth > _DEEPEST or self._parts > _MOST_PARTS

    def _members(self, members: list[Any], beside: _Beside, depth: int, subtype: str) -> list[Piece]:
        texts = []
        if subtype == "alternative":
            members = sorted(members, key=lambda member: _asked(member.get_content_type, "") != "text/plain")
        for member in members:
            texts.append(self._pieces(member, beside, depth, subtype))
            if self._parts > _MOST_PARTS:
                break
        return _one_form(texts) if subtype == "alternative" else [piece for text in texts for piece in text]

    def _text(self, part: EmailMessage, subtype: str, beside: _Beside) -> list[Piece]:
        try:
            text = _decoded(part)
        except Refused:
            beside.gaps.append("a part that is not the text it is said to be")
            return []
        if text.lstrip().startswith(_ARMOUR):
            self._note_sealed(beside, "an encrypted part")
            return []
        if subtype != "html":
            return [(text[start:end], Kind.BODY, 0) for start, end in _plain_spans(text)]
        try:
            page = read_text(text)
        except Refused:  # nothing in it
            return []
        return [(page.text[block.start : block.end], block.kind, block.level) for block in page.blocks]

    def _note_sealed(self, beside: _Beside, what: str) -> None:
        beside.gaps.append(what)
        self.sealed = what


def _plain_spans(text: str) -> list[tuple[int, int]]:
    """Return where the paragraphs of a plain text lie; a run of lines quoted from another message is one.

    Such lines were wrapped before they were quoted, so their lengths say nothing of how the rest is wrapped.
    """
    quoted: list[tuple[int, int]] = []
    depth, last = 0, 0
    for line in _QUOTED_LINE.finditer(text):
        start, end = line.start(), line.start() + len(line[0].rstrip())
        deep = line["marks"].count(">") if line["words"].strip() else 0
        if deep and deep == depth and text[last:start] in ("\n", "\r\n"):  # deeper lines are another writer's
            quoted[-1] = (quoted[-1][0], end)
        elif deep:
            quoted.append((start, end))
        depth, last = deep, line.end()
    own = _QUOTED_LINE.sub(lambda line: " " * len(line[0]), text)
    return sorted(quoted + paragraph_spans(own))


def _is_shown(part: EmailMessage, family: str, subtype: str, inside: str) -> bool:
    """Whether a mail program shows a part as text; a multipart is one here if it has no boundary to part it."""
    if family not in ("text", "multipart") or subtype in _NO_PROSE:
        return False
    return not inside or _asked(part.get_content_disposition, None) != "attachment"


def _named(part: EmailMessage, kind: str, inside: str) -> list[str]:
    """Return the name of an attachment; what a page is made of, such as its style sheets, has none."""
    name = " ".join((_asked(part.get_filename, None) or "").split())[:_LONGEST_NAME]
    unnamed = inside in ("related", "alternative") and _asked(part.get_content_disposition, None) != "attachment"
    return [name or kind] if name or not unnamed else []


def _one_form(forms: Iterable[list[Piece]]) -> list[Piece]:
    """Of several forms of a text, return the one that tells all, the first of several; all where none does.

    A plain form may be blank, cut short, or only tell the reader to use another program.
    """
    told: list[Piece] = []
    words: Counter[str] = Counter()
    size = 0
    for form in forms:
        more = _words(form)
        more_size = more.total()
        if _common(more, words) >= _NEARLY_ALL * more_size:
            told = told or [*form]
        elif more_size >= _NEARLY_ALL * size and _common(words, more) >= _NEARLY_ALL * size:
            told, words, size = [*form], more, more_size
        else:  # in place: there may be thousands of forms
            told += form
            words.update(more)
            size += more_size
    return told


def _words(pieces: Iterable[Piece]) -> Counter[str]:
    seen = " ".join(text for text, kind, _ in pieces if kind is not Kind.HIDDEN)
    return Counter(_WORD.findall(_LINK.sub(" ", _UNSEEN.sub("", seen)).casefold()))


def _common(words: Counter[str], others: Counter[str]) -> int:
    return sum(min(n, others[word]) for word, n in words.items())


def _unwrapped(part: EmailMessage, inner: EmailMessage) -> EmailMessage:
    """Some programs encode a forwarded message as if it were a file."""
    payload = inner.get_payload()
    if inner.keys() or not isinstance(payload, str) or _header(part, "Content-Transfer-Encoding") != "base64":
        return inner
    try:
        return message_from_bytes(base64.b64decode(payload), policy=policy.default)
    except ValueError:
        return inner


def _decoded(part: EmailMessage) -> str:
    payload: object = part.get_payload(decode=True)
    if payload is None and isinstance(raw := part.get_payload(), str):  # a multipart that cannot be parted
        payload = raw.encode("ascii", "surrogateescape")
    return decode(payload, _asked(part.get_content_charset, None))[0] if isinstance(payload, bytes) and payload else ""


def _header(message: EmailMessage, name: str) -> str | None:
    words = _asked(lambda: _raw(message, name), None) or _asked(lambda: str(message[name] or ""), "")
    return " ".join(words.split()) or None


def _raw(message: EmailMessage, name: str) -> str | None:
    """Return a header that was sent in some 8-bit encoding, undeclared; None where it is as it should be."""
    raw = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")
    if raw.isascii():
        return None
    try:
        return decode(raw.encode("ascii", "surrogateescape"), message.get_content_charset())[0]
    except Refused:
        return None


def _date(message: EmailMessage) -> str | None:
    return _asked(lambda: parsedate_to_datetime(str(message["Date"])).date().isoformat(), None)


def _asked(question: Callable[[], T], otherwise: T) -> T:
    """Ask the parser, which trips over odd headers."""
    try:
        return question()
    except (ValueError, IndexError, AttributeError, TypeError, LookupError):
        return otherwise
