"""How often a test repeats: a few times in every run, many times when ``make soak`` asks for it."""

from __future__ import annotations

import os

SOAKING = bool(os.environ.get("SOAK"))


def times(quick: int, soaking: int) -> int:
    """Return ``soaking`` under ``make soak``, else ``quick``."""
    return soaking if SOAKING else quick
