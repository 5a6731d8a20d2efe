"""What says that an optional package is not installed, and how to install it."""

from __future__ import annotations

import sys
from pathlib import Path

from indexer.store import IndexUnusable

_LOCKS = Path(__file__).parent.parent / "requirements"


class PackageMissing(IndexUnusable):
    """A package that an option needs is not installed; the message has the command that installs it."""

    def __init__(self, needing: str, package: str, lock: str) -> None:
        """Take what needs it, with its verb; the package; and the file of `requirements` that has it."""
        install = f"{sys.executable} -m pip install --require-hashes --no-deps -r {_LOCKS / lock}"
        super().__init__(f"{needing} the package {package}: {install}")


class ScaleMissing(PackageMissing):
    """A package that --engine and --catalogue need is not installed."""

    def __init__(self, package: str) -> None:
        super().__init__("--engine and --catalogue need", package, "scale.lock")


class RayMissing(PackageMissing):
    """A package that --ray needs is not installed."""

    def __init__(self, package: str) -> None:
        super().__init__("--ray needs", package, "ray.lock")
