"""Describes a document for which no manifest speaks: title, publisher, date and language, never invented."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from indexer.dates import FoundDate, dates_in
from indexer.document import ASIDE, Block, Extract, Kind
from indexer.language import detect

_HEAD: Final = 15
"""Blocks at the start among which a title or a dateline is looked for."""
_PARAGRAPH: Final = 25
"""Words from which a block is a paragraph, below which no title stands."""
_SHORT: Final = 8
_FEW: Final = 4
_LONGEST_TITLE: Final = 250
_LANGUAGE_SAMPLE: Final = 4000

_NO_TITLE: Final = re.compile(
    r"(?:microsoft (?:word|powerpoint)\b.*|untitled.*|document\d*|new page.*|title|none|null|no title|home|index"
    r"|\S+\.(?:docx?|pdf|rtf|odt|txt|indd|html?|wpd|tex)|[\W\d_]*)",
    re.IGNORECASE,
)
_IS_A: Final = re.compile(
    r"(?:\w+\s+){0,3}(?:reports?|resolution|opinion|statement|decision|judge?ment|views|observations|comment|memorandum"
    r"|communication|recommendations?|guidelines|declaration|letter dated|note by|summary of|compilation"
    r"|доклад|отчет|отчёт|резолюция|решение|постановление|заявление|мнение|соображения|замечания|приговор"
    r"|баяндама|қаулы|шешім|мәлімдеме|rapport|résolution|décision|arrêt|avis|déclaration|observations|informe"
    r"|resolución|decisión|sentencia|declaración|observaciones|bericht|beschluss|urteil|erklärung|entschließung)\b",
    re.IGNORECASE,
)
_SYMBOL: Final = re.compile(r"[A-Z]{1,5}(?:/[\w().-]+)+|\S+")
_SENTENCE_END: Final = re.compile(r"[.;,!…]$")
_PLACE: Final = r"[^\W\d_][\w'’.\- ]{1,30}"
_BEFORE_DATE: Final = re.compile(
    rf"\W{{0,3}}(?:(?:{_PLACE})(?:\s?[,/|–—-]\s?(?:{_PLACE}))*\s?[,–—|-]\s+|(?:\w+,\s+))?"
    r"(?:(?:published|issued|posted|date|dated|adopted|updated|опубликовано|дата|от|publié le|le|fecha|vom|datum)"
    r"\s*:?\s+(?:on\s+)?)?",
    re.IGNORECASE,
)
_AFTER_DATE: Final = re.compile(r"\s*(?:г\.|года|год|р\.|року|ж\.|жыл\w*)?\s*(?:$|\n|[.:)\]–—|-])", re.IGNORECASE)
_DISTRIBUTION: Final = re.compile(r"Distr\.?\s*:?\s*(?:General|Limited|Restricted)\s*$", re.IGNORECASE)


def describe(extract: Extract, source: str) -> tuple[str, str | None, str | None, str | None]:
    """Return title, publisher, date (ISO 8601) and language (BCP 47) of a document.

    What the file declares goes before what its text says; the title is never empty, the others may be None.
    """
    title = _title(extract, source)
    return title, extract.publisher, _date(extract, title), _language(extract)


def _title(extract: Extract, source: str) -> str:
    declared = " ".join((extract.title or "").split())
    cover = _cover_title(extract)
    # Many PDF files declare the letterhead ("United Nations") or a template's name.
    if _is_title(declared) and not (cover and len(declared.split()) < _FEW):
        return declared
    if cover:
        return cover
    for block in _title_blocks(extract):
        line = _line(extract, block)
        if _is_title(line) and (block.kind is Kind.HEADING or not _SENTENCE_END.search(line)):
            return line
    stem = PurePosixPath(source).stem
    return (stem if " " in stem else re.sub(r"[-_]+", " ", stem)).strip() or source or "untitled"


def _cover_title(extract: Extract) -> str | None:
    """The title on a cover page, which letterheads stand above, often in larger letters.

    It is the line that says what the document is ("Report of ..."), with the short heading below it that says of what.
    """
    first_page = extract.blocks[0].page if extract.blocks else None
    if first_page is None:
        return None
    lines = [
        (_line(extract, block).strip("*∗† "), block)
        for block in extract.blocks[: _HEAD + 5]
        if block.page == first_page and block.kind not in ASIDE
    ]
    for at, (line, _) in enumerate(lines):
        if not _IS_A.match(line) or len(line.split()) >= _PARAGRAPH or _SENTENCE_END.search(line):
            continue
        below, block = lines[at + 1] if at + 1 < len(lines) else ("", None)
        if block and block.kind is Kind.HEADING and len(below.split()) <= _SHORT and len(line) + len(below) < 200:
            return f"{line}: {below}"
        return line
    return None


def _title_blocks(extract: Extract) -> list[Block]:
    """The blocks that may be the title, likeliest first: the highest headings, other headings, the first lines."""
    head = [block for block in extract.blocks if block.kind not in ASIDE][:_HEAD]
    headings = [block for block in head if block.kind is Kind.HEADING]
    highest = min((block.level for block in headings if block.level), default=0)
    lines = list(itertools.takewhile(lambda block: len(_line(extract, block).split()) < _PARAGRAPH, head))
    return [block for block in headings if block.level == highest] + headings + lines[:5]


def _line(extract: Extract, block: Block) -> str:
    return " ".join(extract.text[block.start : block.end].split())


def _is_title(line: str) -> bool:
    """A few words, and not a file's name, a symbol, or a bare date."""
    if not 4 <= len(line) <= _LONGEST_TITLE or _NO_TITLE.fullmatch(line):
        return False
    if sum(character.isalpha() for character in line) < 4 or _SYMBOL.fullmatch(line):
        return len(line) >= 4 and line.isalpha()
    return not any(date.end - date.start > 0.8 * len(line) for date in dates_in(line))


def _date(extract: Extract, title: str) -> str | None:
    """The date declared, or stated in the title, or in a dateline at the start; a PDF's own is when it was made."""
    if extract.date and extract.media_type != "application/pdf":
        return extract.date
    in_title = {date.iso for date in dates_in(title)}
    if len(in_title) == 1:
        return in_title.pop()
    return next(_datelines(extract), None)


def _datelines(extract: Extract) -> Iterator[str]:
    """Yield the dates that stand as datelines in the first blocks: alone on a line, or opening it after a place."""
    for block in extract.blocks[:_HEAD]:
        text = extract.text[block.start : min(block.end, block.start + 600)]
        for date in dates_in(text):
            if _opens_line(text, date):
                yield date.iso


def _opens_line(text: str, date: FoundDate) -> bool:
    line_start = text.rfind("\n", 0, date.start) + 1
    before = text[line_start : date.start]
    if _DISTRIBUTION.search(text[: date.start].rstrip() or ""):
        return True
    return bool(_BEFORE_DATE.fullmatch(before) and _AFTER_DATE.match(text, date.end))


def _language(extract: Extract) -> str | None:
    """What the words show, where they show it: pages often declare the language of their template."""
    parts, size = [], 0
    for block in extract.blocks:
        if block.kind not in ASIDE:
            parts.append(extract.text[block.start : block.end])
            size += block.end - block.start
        if size > _LANGUAGE_SAMPLE:
            break
    found = detect(" ".join(parts))
    declared = extract.language
    if declared and (found is None or declared.split("-")[0].lower() == found):
        return declared
    return found
