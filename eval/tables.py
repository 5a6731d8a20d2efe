"""Tables in Markdown, aligned so that they read well on a terminal too."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import east_asian_width


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; columns of numbers are set to the right. Raises ValueError for ragged rows."""
    cells = [[_escaped(cell) for cell in row] for row in (header, *rows)]
    if any(len(row) != len(header) for row in cells):
        raise ValueError("a row has more or fewer cells than the header")
    columns = list(zip(*cells, strict=True))
    widths = [max(3, *map(_width, column)) for column in columns]
    right = [len(column) > 1 and all(_numeric(cell) for cell in column[1:]) for column in columns]
    lines = [_line(row, widths, right) for row in cells]
    rule = [
        ("-" * (width - 1) + ":") if to_right else "-" * width for width, to_right in zip(widths, right, strict=True)
    ]
    return "\n".join([lines[0], "| " + " | ".join(rule) + " |", *lines[1:]])


def number(value: float | None, decimals: int = 3, *, signed: bool = False) -> str:
    """A number for reading; empty if there is none."""
    if value is None:
        return ""
    return f"{value:{'+' if signed else ''}.{decimals}f}".replace("-", "−")


def p_value(p: float) -> str:
    """A p-value for reading; very small ones as a bound, as is the custom."""
    return "<.001" if p < 0.001 else f"{p:.3f}"


def _line(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = [
        " " * (width - _width(cell)) + cell if to_right else cell + " " * (width - _width(cell))
        for cell, width, to_right in zip(row, widths, right, strict=True)
    ]
    return "| " + " | ".join(padded) + " |"


def _escaped(cell: str) -> str:
    return " ".join(cell.replace("|", "\\|").split())


def _numeric(cell: str) -> bool:
    return not cell or cell.lstrip("*")[:1] in tuple("0123456789+−-<.")


def _width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
