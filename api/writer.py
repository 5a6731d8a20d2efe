"""The writer: a language model behind an OpenAI-compatible address, if the user has set one. Off by default.

The one place from which words leave this process for another, and only for the host that was set: no redirect is
followed, no proxy of the environment is used. Its reply is bounded in time and size, and nothing of it is trusted here.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from indexer.loopback import is_loopback

if TYPE_CHECKING:
    import httpx2

    from api.settings import Settings

CONNECT_S = 10.0
MOST_WORDS = 700  # tokens that the service is asked for at most
MOST_CHARACTERS = 20_000  # of a reply; more than twice what was asked for
MOST_BYTES = 2 << 20  # of a reply with its wrapping
AT_ONCE = 16  # answers: one that hangs must leave room for the questions that need none
_PATH = "/chat/completions"


class WriterFailed(Exception):
    """The writer gave nothing to use; the text says why, after "the writer ...", without a word of its own."""


def address_of(url: str) -> str:
    """Return the address that completions are asked of. Raises `ValueError` for what is not one."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or any(c.isspace() for c in url.strip()):
        raise ValueError("is not an address such as http://127.0.0.1:11434/v1")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("may hold no user name, password, ? or #; a key belongs in PINCITE_WRITER_KEY")
    _ = parts.port  # raises ValueError for what is no port
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError(
            "would send words of the documents unencrypted: name it with https://, or make a tunnel to it "
            "(ssh -L 8000:127.0.0.1:8000 HOST) and name http://127.0.0.1:8000/v1"
        )
    path = parts.path.rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path if path.endswith(_PATH) else path + _PATH}"


@dataclass(frozen=True, slots=True)
class Writer:
    """What is asked, and how long it is waited for: ``silence_s`` for each next word, ``whole_s`` for all of them."""

    address: str
    model: str
    key: str | None = field(default=None, repr=False)
    silence_s: float = 60.0
    whole_s: float = 180.0
    _places: list[None] = field(default_factory=list, repr=False, compare=False)  # one for each reply being written

    @classmethod
    def of(cls, settings: Settings) -> Writer | None:
        """Return the writer that is set; None if none is."""
        if not settings.writer_url or not settings.writer_model:
            return None
        key = settings.writer_key.get_secret_value() if settings.writer_key else None
        return cls(settings.writer_url, settings.writer_model, key, settings.writer_silence_s, settings.writer_whole_s)

    @property
    def host(self) -> str:
        """Host and port that it is asked at."""
        return urlsplit(self.address).netloc

    @property
    def name(self) -> str:
        """What answers say of who wrote them."""
        return f"{self.model} at {self.host}"

    @property
    def local(self) -> bool:
        """Whether it is a program on this machine."""
        return is_loopback(urlsplit(self.address).hostname or "")

    @property
    def encrypted(self) -> bool:
        """Whether what is sent is."""
        return self.address.startswith("https:")

    @property
    def disclosure(self) -> str:
        """What is sent where, in a sentence."""
        where = "a program on this machine" if self.local else "another machine"
        return (
            f"A writer is on: each question that is asked, and up to 8 passages found for it, are sent to {self.model} "
            f"at {self.host}, {where}."
        )

    async def reply(self, messages: Sequence[dict[str, str]]) -> AsyncGenerator[str, None]:
        """Yield the text of the reply as it comes. Raises `WriterFailed`."""
        if len(self._places) >= AT_ONCE:
            raise WriterFailed(f"is busy with {AT_ONCE} other answers")
        self._places.append(None)
        try:
            async with aclosing(self._reply(messages)) as pieces:
                async for piece in pieces:
                    yield piece
        finally:
            self._places.pop()

    async def _reply(self, messages: Sequence[dict[str, str]]) -> AsyncGenerator[str, None]:
        loop = asyncio.get_running_loop()
        end = loop.time() + self.whole_s
        characters = 0
        async with aclosing(self._pieces(messages)) as pieces:
            while True:
                left = end - loop.time()
                try:
                    async with asyncio.timeout(min(self.silence_s, max(left, 0.0))):
                        piece = await anext(pieces, None)
                except TimeoutError:
                    if left <= self.silence_s:
                        raise WriterFailed(f"was not done after {self.whole_s:g} seconds") from None
                    raise WriterFailed(f"said nothing for {self.silence_s:g} seconds") from None
                if piece is None:
                    return
                characters += len(piece)
                if characters > MOST_CHARACTERS:
                    raise WriterFailed(f"wrote more than {MOST_CHARACTERS:,} characters")
                yield piece

    async def _pieces(self, messages: Sequence[dict[str, str]]) -> AsyncGenerator[str, None]:
        import httpx2  # only where a writer is on

        body = {
            "model": self.model, "messages": list(messages), "stream": True, "temperature": 0, "max_tokens": MOST_WORDS,
        }  # fmt: skip
        headers = {"accept": "text/event-stream, application/json", "accept-encoding": "identity"}
        if self.key:
            headers["authorization"] = f"Bearer {self.key}"
        timeout = httpx2.Timeout(self.silence_s + 1, connect=min(CONNECT_S, self.silence_s))
        try:
            async with (
                httpx2.AsyncClient(trust_env=False, follow_redirects=False, timeout=timeout) as client,
                client.stream("POST", self.address, json=body, headers=headers) as response,
            ):
                _check(response)
                async for piece in _texts(response):
                    yield piece
        except httpx2.ConnectTimeout:
            raise WriterFailed("could not be reached in time") from None
        except httpx2.ConnectError:
            raise WriterFailed("could not be reached") from None
        except httpx2.TimeoutException:
            raise WriterFailed(f"said nothing for {self.silence_s:g} seconds") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError):
            raise WriterFailed("broke off the connection") from None


def _check(response: httpx2.Response) -> None:
    status = response.status_code
    if 300 <= status < 400:
        raise WriterFailed("answered with a redirect, which is not followed")
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise WriterFailed(f"refused the key (HTTP {status})")
    if status != HTTPStatus.OK:
        raise WriterFailed(f"answered with an error (HTTP {status})")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise WriterFailed("answered in a form that was not asked for")


async def _texts(response: httpx2.Response) -> AsyncGenerator[str, None]:
    """Yield the pieces of text of a reply: server-sent events, or one JSON body of a service that does not stream."""
    if response.headers.get("content-type", "").startswith("application/json"):
        body = b"".join([chunk async for chunk in _bounded(response)])
        yield _text_of(_choice(body), "message")
        return
    finished = None
    async for line in _lines(response):
        if line.startswith(b"data:"):
            data = line[5:].strip()
            if data == b"[DONE]":
                return
            choice = _choice(data)
            finished = bool(finished or choice.get("finish_reason"))
            if text := _text_of(choice, "delta"):
                yield text
    if not finished:
        raise WriterFailed("sent what is not a reply" if finished is None else "broke off before the end")


async def _lines(response: httpx2.Response) -> AsyncGenerator[bytes, None]:
    waiting = b""
    async for chunk in _bounded(response):
        *lines, waiting = (waiting + chunk).split(b"\n")
        for line in lines:
            yield line
    yield waiting


async def _bounded(response: httpx2.Response) -> AsyncGenerator[bytes, None]:
    taken = 0
    async for chunk in response.aiter_raw():
        taken += len(chunk)
        if taken > MOST_BYTES:
            raise WriterFailed(f"sent more than {MOST_BYTES:,} bytes")
        yield chunk


def _choice(data: bytes) -> dict[str, Any]:
    try:
        reply = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise WriterFailed("sent what is not a reply") from None
    if isinstance(reply, dict) and reply.get("error"):
        raise WriterFailed("answered with an error")
    choices = reply.get("choices") if isinstance(reply, dict) else None
    choice = (choices[0] if choices else {}) if isinstance(choices, list) else None
    if not isinstance(choice, dict):
        raise WriterFailed("sent what is not a reply")
    return choice


def _text_of(choice: dict[str, Any], part: str) -> str:
    given = choice.get(part) or {}
    text = (given.get("content") or "") if isinstance(given, dict) else None
    if not isinstance(text, str):
        raise WriterFailed("sent what is not a reply")
    return text.encode("utf-8", "replace").decode()  # JSON may hold half a character
