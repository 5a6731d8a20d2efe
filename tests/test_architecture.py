"""The rules of the house that ARCHITECTURE.md states."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("indexer", "search", "api", "eval")
SOURCES = sorted(file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py"))
# Which files may import a library. The quick path and torch's are two files behind the one door, embedding.py.
ONLY = {
    "sentence_transformers": {"indexer/embedding.py"},
    "transformers": {"indexer/embedding.py"},
    "torch": {"indexer/embedding.py"},
    "onnxruntime": {"indexer/encoder.py"},
    "faiss": {"indexer/vectors.py"},
    "pymilvus": {"indexer/milvus.py"},
    "psycopg": {"indexer/postgres.py"},
    "sqlite3": {
        *(f"indexer/{name}.py" for name in ("store", "integrity", "faults", "repair", "backup")),
        *(f"api/{name}.py" for name in ("commands", "doctor", "jobs", "problems")),
    },
    "tiktoken": {"indexer/tokens.py"},
    "nupunkt": {"indexer/sentences.py"},
}
BELOW = {"indexer": {"indexer"}, "search": {"search", "indexer"}}


def imports(file: Path) -> set[str]:
    """The first part of every module that a file imports anywhere, but for types only."""
    tree = ast.parse(file.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def in_project(file: Path) -> str:
    """The path of a file below the root."""
    return file.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("library", ONLY)
def test_a_library_is_imported_only_where_the_map_says(library: str) -> None:
    core = [file for file in SOURCES if not in_project(file).startswith("eval/")]
    assert {in_project(file) for file in core if library in imports(file)} <= ONLY[library]


@pytest.mark.parametrize("folder", BELOW)
def test_imports_go_only_down(folder: str) -> None:
    for file in (ROOT / folder).rglob("*.py"):
        assert imports(file) & set(FOLDERS) <= BELOW[folder], file


def test_no_file_is_over_400_lines() -> None:
    files = [*SOURCES, *(f for pattern in ("*.js", "*.css", "*.html") for f in (ROOT / "api").rglob(pattern))]
    long = {in_project(file): n for file in files if (n := len(file.read_text("utf-8").splitlines())) > 400}
    assert long == {}


def test_no_function_is_longer_than_a_screen() -> None:
    functions = [
        (f"{in_project(file)}: {node.name}", (node.end_lineno or 0) - node.lineno + 1)
        for file in SOURCES
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert [(name, lines) for name, lines in functions if lines > 60] == []


def test_every_module_says_what_it_is() -> None:
    for file in SOURCES:
        text = file.read_text("utf-8")
        assert not text.strip() or ast.get_docstring(ast.parse(text)), file


def test_no_module_is_named_after_no_idea() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base"}
    assert not [file for file in SOURCES if file.stem in vague]


def test_searching_with_the_bundled_model_never_loads_torch_nor_a_web_framework() -> None:
    check = (
        "import sys; from search.engine import Engine; from indexer.build import build;"
        "from indexer.embedding import load;"
        "load().embed_query('x');"
        "print([m for m in ('torch', 'transformers', 'fastapi', 'starlette', 'pydantic') if m in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", check], cwd=ROOT, text=True) == "[]\n"


def test_no_two_test_files_have_one_name() -> None:
    names = [file.name for file in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names)), "pytest cannot collect two files of one name"
