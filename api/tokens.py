"""Tokens: who may ask and who may write where others than this machine can reach the server. Kept as hashes only."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from indexer import disk

FILE = "tokens.json"
_PREFIX = "pincite_"


class Scope(StrEnum):
    """What a token allows: to search and read; to add and remove documents, too; and everything."""

    SEARCH = "search"
    WRITE = "write"
    ADMIN = "admin"

    def covers(self, wanted: Scope) -> bool:
        """Whether this scope allows what ``wanted`` does."""
        order = list(Scope)
        return order.index(self) >= order.index(wanted)


class TokensUnreadable(Exception):
    """The file of tokens was changed or cannot be read; nobody is let in by it."""


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token; ``sha256`` is of its secret, ``created`` and ``expires`` are ISO 8601."""

    name: str
    scope: Scope
    sha256: str
    created: str
    expires: str

    def is_valid(self, now: datetime) -> bool:
        """Whether it has not come to its end."""
        return now < datetime.fromisoformat(self.expires)


class Tokens:
    """The tokens of one index folder. The file is read again when it changes, so that revoking takes effect at once."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._read: tuple[tuple[int, int, int], tuple[Token, ...]] | None = None

    def all(self) -> tuple[Token, ...]:
        """Return every token, also those that ended. Raises `TokensUnreadable`."""
        try:
            at = self.path.stat()
        except FileNotFoundError:
            return ()
        stamp = (at.st_mtime_ns, at.st_size, at.st_ino)
        if self._read is None or self._read[0] != stamp:
            self._read = stamp, _loaded(self.path)
        return self._read[1]

    def valid(self) -> tuple[Token, ...]:
        """Return the tokens that let somebody in now."""
        now = datetime.now(UTC)
        return tuple(token for token in self.all() if token.is_valid(now))

    def create(self, name: str, scope: Scope, days: int) -> str:
        """Make a token and return its secret, which is shown this once. Raises `FileExistsError`, `OSError`."""
        if any(token.name == name for token in self.valid()):
            raise FileExistsError(f"There is a token named {name}. Revoke it first: `pincite token revoke {name}`.")
        secret = _PREFIX + secrets.token_urlsafe(32)
        now = datetime.now(UTC).replace(microsecond=0)
        made = Token(name, scope, _hash(secret), now.isoformat(), (now + timedelta(days=days)).isoformat())
        self._write([*(token for token in self.all() if token.name != name), made])
        return secret

    def revoke(self, name: str) -> bool:
        """Forget a token; say whether there was one."""
        left = [token for token in self.all() if token.name != name]
        found = len(left) < len(self.all())
        if found:
            self._write(left)
        return found

    def of(self, secret: str) -> Token | None:
        """Return the valid token with this secret, None if there is none."""
        given, found = _hash(secret), None
        for token in self.valid():  # all are compared, so that the time taken tells nothing
            if hmac.compare_digest(token.sha256, given):
                found = token
        return found

    def _write(self, tokens: Sequence[Token]) -> None:
        disk.make_folder(self.path.parent)
        rows = [asdict(token) for token in tokens]
        with disk.replacing(self.path, private=True) as file:
            file.write(json.dumps({"tokens": rows, "sha256": _digest(rows)}, ensure_ascii=False, indent=1).encode())


def _loaded(path: Path) -> tuple[Token, ...]:
    try:
        told = json.loads(path.read_text("utf-8"))
        if told["sha256"] != _digest(told["tokens"]):
            raise ValueError("it was changed")
        tokens = tuple(Token(**{**row, "scope": Scope(row["scope"])}) for row in told["tokens"])
        for token in tokens:
            token.is_valid(datetime.now(UTC))
        return tokens
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TokensUnreadable(
            f"{path} cannot be read ({error}). Delete it, and make tokens again with `pincite token create`."
        ) from error


def _digest(rows: object) -> str:
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()


def _hash(secret: str) -> str:
    # A secret of 256 random bits needs no slow hash: there is nothing to guess.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
