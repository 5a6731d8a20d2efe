"""Writes the numbers of automatic lists: in digits, letters of two alphabets, or Roman numerals."""

from __future__ import annotations

from typing import Final

_LATIN: Final = "abcdefghijklmnopqrstuvwxyz"
_RUSSIAN: Final = "абвгдежзиклмнопрстуфхцчшщыэюя"
_ROMAN: Final = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)


def written(number: int, form: str) -> str:
    """Write a number the way a list format says; formats that are not known, and what they cannot say, in digits.

    The formats are named as in Word, and "lowerAlpha" and "upperAlpha" go on after "z" with "aa", "ab", where
    "lowerLetter" and "upperLetter" go on with "aa", "bb".
    """
    if number > 0 and (form.startswith("russian") or form.endswith(("Letter", "Alpha", "Roman"))):
        small = _small(number, form)
        return small.upper() if form.startswith("upper") or form == "russianUpper" else small
    return f"{number:02}" if form == "decimalZero" else str(number)


def _small(number: int, form: str) -> str:
    if form.endswith("Roman"):
        return _roman(number) if number < 4000 else str(number)
    if form.endswith("Alpha"):
        return _alphabetic(number)
    letters = _RUSSIAN if form.startswith("russian") else _LATIN
    return letters[(number - 1) % len(letters)] * ((number - 1) // len(letters) % 20 + 1)


def _alphabetic(number: int) -> str:
    letters = ""
    while number:
        number, digit = divmod(number - 1, len(_LATIN))
        letters = _LATIN[digit] + letters
    return letters


def _roman(number: int) -> str:
    numeral = ""
    for value, sign in _ROMAN:
        numeral += sign * (number // value)
        number %= value
    return numeral
