"""Reads e-mail: single messages (.eml, saved .mht pages) and mailboxes (.mbox), without their attachments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Final, cast

from indexer.document import Extract, Kind, Refused
from indexer.encoding import decode
from indexer.readers.html import read_text
from indexer.readers.layout import Layout
from indexer.readers.text import paragraph_spans

_SHOWN: Final = ("From", "To", "Cc", "Date")
_ENVELOPE: Final = re.compile(rb"\AFrom [^\r\n]*\r?\n|^From [^\r\n]*\d:\d\d[^\r\n]*\r?\n", re.MULTILINE)


def read(data: bytes, name: str) -> Extract:
    """Return headers and body of every message; raise `Refused` where there is no message."""
    layout = Layout()
    messages = list(_messages(data))
    for message in messages:
        _write(message, layout)
    if not messages:
        raise Refused("no message in it: not an e-mail, or a damaged one")
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


def _write(message: EmailMessage, layout: Layout) -> None:
    layout.add(_header(message, "Subject") or "", Kind.HEADING, 1)
    lines = [f"{name}: {words}" for name in _SHOWN if (words := _header(message, name))]
    layout.add("\n".join(lines))
    body = _body(message)
    if body is None:
        return
    text = _text(body)
    if body.get_content_subtype() == "html":
        layout.add_extract(read_text(text))
    else:
        for start, end in paragraph_spans(text):
            layout.add(text[start:end])


def _header(message: EmailMessage, name: str) -> str | None:
    try:
        value = message[name]
        return " ".join(str(value).split()) or None if value is not None else None
    except (ValueError, IndexError, AttributeError, TypeError, LookupError):  # the parser trips over odd headers
        return None


def _body(message: EmailMessage) -> EmailMessage | None:
    try:
        body = message.get_body(preferencelist=("plain", "html"))
    except (KeyError, ValueError, AttributeError):
        body = None
    if body is not None:
        return cast(EmailMessage, body)
    parts = (part for part in message.walk() if part.get_content_maintype() == "text" and not part.get_filename())
    return next(parts, None)


def _text(body: EmailMessage) -> str:
    payload = body.get_payload(decode=True)
    return decode(payload, body.get_content_charset())[0] if isinstance(payload, bytes) and payload else ""


def _date(message: EmailMessage) -> str | None:
    try:
        return parsedate_to_datetime(str(message["Date"])).date().isoformat()
    except (ValueError, TypeError, IndexError, AttributeError):
        return None
