"""The command line. Heavy imports wait until a command needs them, so that `--help` is immediate."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from search.periods import FORM, period

EPILOG = (
    "Exit codes: 0 done, 1 nothing found or a check failed, 2 wrong use. "
    "Nothing leaves this machine unless you set a writer, or an engine or a Ray cluster on another one; "
    "what `pincite mcp` is asked for goes to the language model that asks."
)


Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands and options."""
    top = argparse.ArgumentParser(prog="pincite", description="Ask a folder of documents.", epilog=EPILOG)
    commands: Commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _indexing(commands)
    _asking(commands)
    _checking(commands)
    _running(commands)

    from api.evaluation import add_commands

    add_commands(commands.add_parser("eval", help="measure how good search and answers are", epilog=EPILOG))
    return top


def _indexing(commands: Commands) -> None:
    index = _command(commands, "index", "read documents and make them searchable; run again to bring it up to date")
    index.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="folder or file to index")
    index.add_argument("--model", help="name or path of a sentence-transformers model (default: the bundled one)")
    index.add_argument("--rebuild", action="store_true", help="empty the index first")
    index.add_argument(
        "--ray", metavar="ADDRESS", help="read and embed on a Ray cluster: HOST:PORT or auto (PINCITE_RAY)"
    )
    index.add_argument("--max-file-mb", type=_at_least(1), metavar="N", help="refuse larger files (default 200)")


def _asking(commands: Commands) -> None:
    search = _command(commands, "search", "list the passages that fit best")
    search.add_argument("query")
    search.add_argument("--limit", type=_at_least(1), default=10, metavar="N", help="how many passages (default 10)")
    search.add_argument("--offset", type=_at_least(0), default=0, metavar="N", help="skip the first N")
    search.add_argument("--mode", choices=("hybrid", "dense", "lexical"), default="hybrid", help="which side ranks")
    search.add_argument("--explain", action="store_true", help="show what each stage gave")
    _filters(search)

    ask = _command(commands, "ask", "answer a question in the words of the documents, each sentence cited")
    ask.add_argument("question")
    ask.add_argument(
        "--limit", type=_at_least(1), default=5, metavar="N", help="how many passages to show below (default 5)"
    )
    ask.add_argument("--no-writer", action="store_true", help="only the words of the sources, though a writer is set")
    _filters(ask)

    told = _command(commands, "timeline", "tell what the documents date, in the order of time, each row cited")
    told.add_argument("query", nargs="?", metavar="QUERY", help="a question or words (default: all documents)")
    told.add_argument("--limit", type=_at_least(1), default=50, metavar="N", help="how many rows (default 50)")
    told.add_argument("--offset", type=_at_least(0), default=0, metavar="N", help="skip the first N")
    told.add_argument(
        "--kind", action="append", choices=("document", "event", "mentioned"), default=[],
        help="only dates of documents, of events told, or only mentioned; may be given again",
    )  # fmt: skip
    told.add_argument("--since", type=_period, metavar="DATE", help="only times told from this date on")
    told.add_argument("--until", type=_period, metavar="DATE", help="only times told up to this date")
    told.add_argument("--any-date", action="store_true", help="do not let dates in QUERY bound the times told")
    _filters(told)


def _checking(commands: Commands) -> None:
    get = _command(commands, "get", 'print what a written reference names: "resolution 2021 recital O"')
    get.add_argument("reference", help="document, paragraph or both, in words: title, date, symbol, label")
    _folder(get)

    verify = _command(commands, "verify", "check the quotations and references of a report against the documents")
    verify.add_argument(
        "report", nargs="?", type=Path, metavar="REPORT", help="report to check (.md, .docx, .txt, ...)"
    )
    verify.add_argument("--save", type=Path, metavar="FILE", help="write what was found as a certificate")
    verify.add_argument("--certificate", type=Path, metavar="FILE", help="check a certificate again instead")
    verify.add_argument("--citations", type=Path, metavar="FILE", help="say what became of saved citations instead")
    _folder(verify)


def _running(commands: Commands) -> None:
    serve = _command(commands, "serve", "serve the page and the HTTP interface on this machine")
    serve.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    serve.add_argument("--port", type=_port, help="port to listen on, 0 for a free one (default 8765)")

    _command(commands, "mcp", "serve language models as MCP tools on standard input and output")

    doctor = _command(commands, "doctor", "check this installation and the index")
    doctor.add_argument("--repair", action="store_true", help="mend a damaged index, and say what cannot be mended")

    from api.token_command import add_commands as add_token_commands

    add_token_commands(commands.add_parser("token", help="let others in: make, list and revoke tokens", epilog=EPILOG))

    for name, does, what in (
        ("backup", "write the index and its uploads to one file, also while it is served", "file to write"),
        ("restore", "make an index from a backup", "file that `backup` wrote"),
    ):
        _command(commands, name, does).add_argument("file", type=Path, metavar="FILE", help=what)

    remove = _command(commands, "remove", "take documents out of the index; the files themselves stay")
    remove.add_argument("sources", nargs="+", metavar="SOURCE", help="document id, file or folder, as listed")


def _command(commands: Commands, name: str, does: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=does, description=does[0].upper() + does[1:] + ".", epilog=EPILOG)
    command.add_argument("--index", type=Path, metavar="DIR", help="where the index is (or set PINCITE_INDEX)")
    command.add_argument("--engine", metavar="URL", help="past one machine: milvus://HOST:PORT (PINCITE_ENGINE)")
    command.add_argument("--catalogue", metavar="URL", help="with it: postgresql://HOST/NAME (PINCITE_CATALOGUE)")
    command.add_argument("--json", action="store_true", help="print JSON for other programs")
    return command


def _folder(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--folder", action="append", type=Path, default=[], metavar="DIR",
        help="look in the files of this folder instead of an index; may be given again",
    )  # fmt: skip


def _filters(command: argparse.ArgumentParser) -> None:
    for field, what in (
        ("source", "this file"),
        ("publisher", "this publisher"),
        ("language", "this language (en, ru)"),
    ):
        command.add_argument(f"--{field}", action="append", default=[], help=f"only {what}; may be given again")
    command.add_argument(
        "--date-from", type=_period, metavar="DATE", help="only documents of this date or later (2021-02-11, 2021)"
    )
    command.add_argument("--date-to", type=_period, metavar="DATE", help="only documents of this date or earlier")


def _at_least(least: int) -> Callable[[str], int]:
    def number(value: str) -> int:
        if not value.lstrip("-").isdecimal() or int(value) < least:
            raise argparse.ArgumentTypeError(f"{value!r} is not a whole number from {least} up")
        return int(value)

    return number


def _port(value: str) -> int:
    if not value.isdecimal() or int(value) > 65535:
        raise argparse.ArgumentTypeError(f"{value!r} is not a port: 0 to 65535")
    return int(value)


def _period(value: str) -> str:
    try:
        return period(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{value!r} is no date written {FORM}") from None


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = parser().parse_args(argv)
    try:
        if options.command == "eval":
            from api import evaluation

            return evaluation.run(options)
        from api import commands

        return commands.run(options)
    except KeyboardInterrupt:
        print("\nStopped. What was done is kept; run the same command again to go on.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has left; what is still to be written, also at the end of the process, goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
