"""What the page says: both languages have every phrase, and Russian has what the server says, too."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.verified import UNVERIFIED
from search.named import NOT_CALLED, NOT_IN, NOT_LABELLED

UNMENTIONED = '^no passage mentions "(.+)"$'
NOTHING_NEAR = "no passage comes close to the question"  # as `search.engine` says it
ROOT = Path(__file__).parent.parent
PAGE = ROOT / "api" / "page"
PHRASE = re.compile(r'^  ("(?:[^"\\]|\\.)*"|\'[^\']*\'|\w+): (".*"),$')
# Where the server words what the page shows, and the exceptions that carry it.
SAID_BY = {
    "Refused": ["indexer"],
    "NotKept": ["api/uploads.py"],
    "BadQuery": ["search/query.py", "search/filtered.py"],
    "WriterFailed": ["api/writer.py"],
    "Unsupported": ["search"],
}


def catalogue(language: str) -> tuple[dict[str, str], dict[str, str]]:
    """The phrases of a language, and what it has for the server's."""
    parts = (PAGE / f"words.{language}.js").read_text("utf-8").split("export const SAID")
    read = [dict(_phrases(part)) for part in parts]
    return read[0], read[1] if len(read) > 1 else {}


def _phrases(part: str) -> Iterator[tuple[str, str]]:
    for line in part.splitlines():
        if line.startswith("  ") and not line.strip().startswith("//"):
            match = PHRASE.match(line)
            assert match, f"not one phrase a line: {line}"
            yield match[1].strip("\"'").replace('\\"', '"'), json.loads(match[2])


ENGLISH, _ = catalogue("en")
RUSSIAN, SAID = catalogue("ru")


def values(phrase: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", phrase))


def numbered(phrase: str) -> list[list[str]]:
    """The forms that a number chooses between."""
    return [part.split("|") for part in re.findall(r"\{([^{}]*\|[^{}]*)\}", phrase)]


def test_both_languages_have_the_same_phrases() -> None:
    assert len(ENGLISH) > 200
    assert list(ENGLISH) == list(RUSSIAN)


@pytest.mark.parametrize("key", ENGLISH)
def test_a_phrase_takes_the_same_values_in_both_and_has_a_form_for_each_number(key: str) -> None:
    assert values(ENGLISH[key]) == values(RUSSIAN[key])
    assert {len(forms) for forms in numbered(ENGLISH[key])} <= {2}
    assert {len(forms) for forms in numbered(RUSSIAN[key])} <= {3}
    assert ("|" in ENGLISH[key]) <= ("|" in RUSSIAN[key])
    assert "|" not in re.sub(r"\{[^{}]*\}", "", ENGLISH[key] + RUSSIAN[key])


def test_each_phrase_that_the_page_says_is_there_and_each_that_is_there_is_said() -> None:
    code = "".join(file.read_text("utf-8") for file in PAGE.glob("*.js") if not file.name.startswith("words."))
    code += (PAGE / "index.html").read_text("utf-8")
    said = set(re.findall(r'(?:\bt\(|data-t=|data-label=)"(\w+)"', code))
    assert said <= set(ENGLISH)
    unsaid = {key for key in ENGLISH if not re.search(rf"\b{re.escape(key)}\b", code) and not key.startswith("t:")}
    families = set(re.findall(r"`(\w+_)\$\{", code))
    assert {key for key in unsaid if not key.startswith(tuple(families))} == set()


def messages() -> Iterator[str]:
    """Every text with which the server refuses something, with "{}" for what is put in."""
    for name, places in SAID_BY.items():
        for place in places:
            path = ROOT / place
            for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
                for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                        yield from filter(None, (_wording(argument) for argument in node.args))


def reasons() -> Iterator[str]:
    """Every reason for not answering that `search.answerability` gives."""
    for node in ast.walk(ast.parse((ROOT / "search" / "answerability.py").read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name in ("judge", "reasons"):
            parts = [part for statement in node.body[1:] for part in ast.walk(statement)]
            within = {id(p) for part in parts if isinstance(part, ast.JoinedStr) for p in part.values}
            found = (_wording(part) for part in parts if isinstance(part, ast.expr) and id(part) not in within)
            yield from (text for text in found if text and " " in text.strip())


def _wording(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = [str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values]
        return "".join(parts)
    return None


def heard(message: str) -> bool:
    """Whether a Russian phrase is there for a message."""
    return any(re.fullmatch(".*?".join(map(re.escape, theirs.split("{}"))), message, re.DOTALL) for theirs in SAID)


@pytest.mark.parametrize("message", sorted(set(messages()) - {"{} [{}]"}))
def test_russian_has_what_the_server_refuses_with(message: str) -> None:
    assert heard(message.replace("{}", "x"))


@pytest.mark.parametrize("reason", sorted({*reasons(), UNVERIFIED, NOTHING_NEAR, NOT_CALLED, NOT_IN, NOT_LABELLED}))
def test_russian_has_why_nothing_answers(reason: str) -> None:
    if reason == 'no passage mentions "{}"':  # said of several words at once
        assert UNMENTIONED in (PAGE / "answer.js").read_text("utf-8")
    elif reason.endswith("gives no {}"):
        assert all(heard(reason.replace("{}", kind)) for kind in ("date", "number", "name"))
    elif '"{}"' in reason or "{}" not in reason:
        assert heard(reason.replace("{}", "x"))


def test_what_no_phrase_is_there_for_is_noticed() -> None:
    assert len(set(messages())) > 40
    assert len(set(reasons())) >= 5
    assert f'"{NOTHING_NEAR}"' in (ROOT / "search" / "engine.py").read_text("utf-8")
    assert not heard("something new")
