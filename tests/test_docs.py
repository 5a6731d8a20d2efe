"""The documentation says what the program does: each command, option and setting, and no link leads nowhere."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.cli import parser
from api.settings import Settings

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


def commands() -> dict[str, argparse.ArgumentParser]:
    """The parser of each command; those below another by both their names ("eval run")."""
    return dict(_below(parser()))


def _below(above: argparse.ArgumentParser, name: str = "") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    inner = [a for a in above._actions if isinstance(a, argparse._SubParsersAction)]
    if name and not inner:
        yield name, above
    for action in inner:
        for word, command in action.choices.items():
            yield from _below(command, f"{name} {word}".strip())


def section(name: str) -> str:
    """What docs/commands.md says about a command, with what it says about all of them."""
    about, *sections = re.split(r"^## ", (ROOT / "docs" / "commands.md").read_text("utf-8"), flags=re.M)
    return about + next((s for s in sections if s.startswith(f"`pincite {name}")), "")


@pytest.mark.parametrize("name", commands())
def test_each_command_and_each_of_its_options_is_documented(name: str) -> None:
    said = section(name)
    assert f"`pincite {name}" in said
    if name == "ask":
        said += section("search")  # "the filters of `search`"
    for action in commands()[name]._actions:
        for option in action.option_strings:
            assert option == "-h" or re.search(rf"{re.escape(option)}\b", said), option


def test_no_option_is_documented_that_is_not_there() -> None:
    known = {option for command in commands().values() for a in command._actions for option in a.option_strings}
    said = (ROOT / "docs" / "commands.md").read_text("utf-8")
    assert set(re.findall(r"(?<![\w-])--[a-z-]+", said)) <= known


@pytest.mark.parametrize("name", Settings.model_fields)
def test_each_setting_is_documented_with_its_default(name: str) -> None:
    said = (ROOT / "docs" / "settings.md").read_text("utf-8")
    [row] = [line for line in said.splitlines() if line.startswith(f"| `PINCITE_{name.upper()}`")]
    default = Settings.model_fields[name].default
    if default is not None and name != "index":
        assert str(default) in row
    option = f"--{name.replace('_', '-')}"
    offered = any(option in action.option_strings for command in commands().values() for action in command._actions)
    assert (f"`{option}`" in row) == offered


def test_no_setting_is_documented_that_is_not_there() -> None:
    said = "".join(page.read_text("utf-8") for page in PAGES)
    assert set(re.findall(r"PINCITE_([A-Z_]+)", said)) <= {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_each_link_of_a_page_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.S)
    for target in re.findall(r"\]\(([^)\s]+)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        if anchor and file.suffix == ".md":
            headings = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), flags=re.M)
            anchors = {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}
            assert anchor in anchors, target


def test_the_readme_begins_with_the_two_commands() -> None:
    readme = ROOT / "README.md"
    if not readme.exists():
        pytest.skip("needs README.md")
    text = readme.read_text("utf-8")
    assert "make run" in text
    assert "make test" in text


def test_no_path_of_a_developers_machine_is_in_the_project() -> None:
    files = [f for folder in ("api", "eval", "indexer", "search", "tests", "docs") for f in (ROOT / folder).rglob("*")]
    for file in [*files, *PAGES]:
        if file.suffix in (".py", ".md", ".toml", ".csv", ".jsonl", ".js"):
            assert str(ROOT) not in file.read_text("utf-8"), file
