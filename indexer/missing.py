"""What says that the optional packages for an index past one machine are not installed, and how to install them."""

from __future__ import annotations

import sys
from pathlib import Path

from indexer.store import IndexUnusable

_LOCK = Path(__file__).parent.parent / "requirements" / "scale.lock"


class ScaleMissing(IndexUnusable):
    """A package that --engine and --catalogue need is not installed; the message has the command that installs it."""

    def __init__(self, package: str) -> None:
        super().__init__(
            f"--engine and --catalogue need the package {package}: "
            f"{sys.executable} -m pip install --require-hashes --no-deps -r {_LOCK}"
        )
