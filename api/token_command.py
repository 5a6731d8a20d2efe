"""`pincite token`: make, list and revoke the tokens that let others in."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from api.exitcodes import DONE, NOTHING

if TYPE_CHECKING:
    from api.settings import Settings
    from indexer.audit import Audit

SCOPES = ("search", "write", "admin")  # the names of `api.tokens.Scope`, which waits until a token is needed
_LONGEST = 3650  # days


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Add `create`, `list` and `revoke`."""
    commands = parser.add_subparsers(dest="token", required=True, metavar="COMMAND")
    create = _command(commands, "create", "make a token and print it, once")
    create.add_argument("name", help="what to call it: who or what it is for")
    create.add_argument(
        "--scope", choices=SCOPES, default="search",
        help="search (default), write (add and remove documents, too) or admin (everything)",
    )  # fmt: skip
    create.add_argument("--days", type=_days, default=90, metavar="N", help="days until it ends (default 90)")
    _command(commands, "list", "list the tokens, without their secrets")
    _command(commands, "revoke", "end a token now").add_argument("name", help="its name")


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, does: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=does, description=does[0].upper() + does[1:] + ".")
    command.add_argument("--index", type=Path, metavar="DIR", help="where the index is (or set PINCITE_INDEX)")
    command.add_argument("--json", action="store_true", help="print JSON for other programs")
    return command


def _days(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= _LONGEST:
        raise argparse.ArgumentTypeError(f"{value!r} is not a number of days from 1 to {_LONGEST}")
    return int(value)


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked of the tokens of an index."""
    from api import terminal  # not needed for --help
    from api.tokens import Scope, Tokens, TokensUnreadable

    tokens = Tokens(settings.index)
    try:
        if options.token == "create":
            secret = tokens.create(options.name, Scope(options.scope), options.days)
            _audit(settings).append("token created", name=options.name, scope=options.scope, days=options.days)
            told = {"name": options.name, "scope": options.scope, "days": options.days, "token": secret}
            terminal.show_done(told, secret, options.json)
            return DONE
        if options.token == "list":
            terminal.show_tokens(tokens.all(), options.json)
            return DONE
        revoked = tokens.revoke(options.name)
        if revoked:
            _audit(settings).append("token revoked", name=options.name)
    except TokensUnreadable as error:
        return terminal.fail(str(error), options.json)
    words = f"{options.name} is revoked" if revoked else f"there is no token named {options.name}"
    terminal.show_done({"revoked": revoked, "name": options.name}, words, options.json)
    return DONE if revoked else NOTHING


def _audit(settings: Settings) -> Audit:
    from indexer.audit import Audit
    from indexer.index import IndexMissing

    try:
        return settings.location.open().audit
    except IndexMissing:
        return Audit(settings.index)
