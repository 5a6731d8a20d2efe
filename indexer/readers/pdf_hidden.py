"""Which words of a PDF page its reader does not see: in no ink, in the colour of the paper, too small, off the page.

The text layer that OCR lays over a scan is drawn in no ink throughout, and it is what the reader sees in the picture.
So words without ink count as seen where a picture lies under them. Words in a light colour, and words without ink
elsewhere, are looked for in a small picture of the page: what leaves a mark there is seen.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in points of the page."""

LOOKS: Final = 100  # pages of a document that are drawn; light words of later ones count as seen
_SCALE: Final = 1.5  # pixels a point
_LIGHT: Final = 216  # of 255, from which a colour is looked for
_MARK: Final = 20  # grey levels that set a word off its ground
_TINY: Final = 1.5  # points
_NO_INK: Final = frozenset({pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP})
_DEEPEST: Final = 8  # forms within forms
_PARTS: Final = tuple(ctypes.c_uint() for _ in range(4))  # of a colour
_PART_REFS: Final = tuple(ctypes.byref(part) for part in _PARTS)


class Looks:
    """How many pages of a document may still be drawn."""

    def __init__(self) -> None:
        self.left = LOOKS

    def take(self) -> bool:
        """Whether one more may be drawn; it is counted."""
        self.left -= 1
        return self.left >= 0


class Unseen:
    """Tells which words of one page are not seen."""

    def __init__(self, page: pdfium.PdfPage, text_page: pdfium.PdfTextPage, edges: Box, looks: Looks) -> None:
        self._page = page
        self._handle = text_page.raw
        self._edges = edges
        self._looks = looks
        self._suspects = _suspects(page.raw, pdfium_c.FPDFPage_CountObjects, pdfium_c.FPDFPage_GetObject)

    def suspects(self, character: int) -> str:
        """Say how the character with this index is drawn if that is "in no ink" or "light", else return ""."""
        if not self._suspects:
            return ""
        return self._suspects.get(_address(pdfium_c.FPDFText_GetTextObject(self._handle, character)), "")

    def hides(self, how: str, box: Box) -> bool:
        """Whether a word that stands in ``box`` and is drawn in this way is not seen."""
        if how == "in no ink" and self._over_picture(box):
            return False
        if self._drawing is None:
            return how == "in no ink"
        return not _leaves_mark(self._drawing, box, self._edges)

    def _over_picture(self, box: Box) -> bool:
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        return any(left <= x <= right and bottom <= y <= top for left, bottom, right, top in self._pictures)

    @cached_property
    def _pictures(self) -> list[Box]:
        found: list[Box] = []
        for thing in self._page.get_objects(max_depth=1):
            pictured = thing.type == pdfium_c.FPDF_PAGEOBJ_IMAGE
            if thing.type == pdfium_c.FPDF_PAGEOBJ_FORM:
                pictured = _holds_picture(thing.raw)
            if pictured:
                found.append(thing.get_bounds())
        return found

    @cached_property
    def _drawing(self) -> npt.NDArray[np.uint8] | None:
        """The page in grey, row by row from its top; None if it is not to be drawn."""
        width, height = self._edges[2] - self._edges[0], self._edges[3] - self._edges[1]
        if not self._looks.take() or not 0 < width * height < 4_000_000:
            return None
        turned = self._page.get_rotation()
        bitmap = self._page.render(scale=_SCALE, grayscale=True, rotation=-turned % 360, may_draw_forms=False)
        try:
            return np.array(bitmap.to_numpy()).reshape(bitmap.height, bitmap.width)
        finally:
            bitmap.close()


def _leaves_mark(drawing: npt.NDArray[np.uint8], box: Box, edges: Box) -> bool:
    """Whether anything sets itself off where a word stands; the lines above and below it may reach into its box."""
    height, width = drawing.shape
    inset = (box[3] - box[1]) / 4
    x0, x1 = (int((x - edges[0]) * _SCALE) for x in (box[0], box[2]))
    y0, y1 = (int((edges[3] - y) * _SCALE) for y in (box[3] - inset, box[1] + inset))
    part = drawing[max(y0, 0) : min(y1 + 1, height), max(x0, 0) : min(x1 + 1, width)]
    return bool(part.size) and int(part.max()) - int(part.min()) >= _MARK


def is_off_or_tiny(box: Box, width: float, height: float, size: float) -> bool:
    """Whether a word (left, top, right, bottom) lies off a page of this size, or is too small to be read."""
    off = box[2] <= 0 or box[3] <= 0 or box[0] >= width or box[1] >= height
    return off or (0 < size < _TINY and box[3] - box[1] < _TINY)


def _suspects(parent: Any, count: Callable[..., int], get: Callable[..., Any], depth: int = 0) -> dict[int, str]:
    """Return the addresses of the text objects that may not be seen, with how they are drawn."""
    found: dict[int, str] = {}
    for at in range(count(parent)):
        thing = get(parent, at)
        kind = pdfium_c.FPDFPageObj_GetType(thing)
        if kind == pdfium_c.FPDF_PAGEOBJ_TEXT:
            if how := _drawn(thing):
                found[_address(thing)] = how
        elif kind == pdfium_c.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
            inside = pdfium_c.FPDFFormObj_CountObjects, pdfium_c.FPDFFormObj_GetObject
            found |= _suspects(thing, *inside, depth + 1)
    return found


def _address(thing: Any) -> int:
    return ctypes.cast(thing, ctypes.c_void_p).value or 0


def _drawn(thing: Any) -> str:
    mode = pdfium_c.FPDFTextObj_GetTextRenderMode(thing)
    if mode in _NO_INK:
        return "in no ink"
    red, green, blue, alpha = _PARTS
    stroked = mode in (pdfium_c.FPDF_TEXTRENDERMODE_STROKE, pdfium_c.FPDF_TEXTRENDERMODE_STROKE_CLIP)
    ask = pdfium_c.FPDFPageObj_GetStrokeColor if stroked else pdfium_c.FPDFPageObj_GetFillColor
    if not ask(thing, *_PART_REFS):
        return ""
    light = min(red.value, green.value, blue.value) >= _LIGHT or alpha.value <= 255 - _LIGHT
    return "light" if light else ""


def _holds_picture(form: Any, depth: int = 0) -> bool:
    for at in range(pdfium_c.FPDFFormObj_CountObjects(form)):
        thing = pdfium_c.FPDFFormObj_GetObject(form, at)
        kind = pdfium_c.FPDFPageObj_GetType(thing)
        if kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            return True
        if kind == pdfium_c.FPDF_PAGEOBJ_FORM and depth < _DEEPEST and _holds_picture(thing, depth + 1):
            return True
    return False
