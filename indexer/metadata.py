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
from indexer.readers.raised import NOTE_MARK

_HEAD: Final = 15
"""Blocks at the start among which a title or a dateline is looked for."""
_PARAGRAPH: Final = 25
"""Words from which a block is a paragraph, below which no title stands."""
_SHORT: Final = 8
_FEW: Final = 4
_REACH: Final = 600
"""Characters of a block in which a dateline is looked for."""
_MOST_OF_A_PLACE: Final = 10
"""Words that a place behind a date has at most ("Lomsk, office of the Legal Aid Centre")."""
_LONGEST_TITLE: Final = 250
_LANGUAGE_SAMPLE: Final = 4000

_NO_TITLE: Final = re.compile(
    r"(?:microsoft (?:word|powerpoint)\b.*|untitled.*|document\d*|new page.*|title|none|null|no title|home|index"
    r"|\S+\.(?:docx?|pdf|rtf|odt|txt|indd|html?|wpd|tex)|[\W\d_]*)",
    re.IGNORECASE,
)
_TITLED_KINDS: Final = (
    r"reports?|resolution|opinion|statement|decision|judge?ment|views|observations|comment|memorandum"
    r"|communication|recommendations?|guidelines|declaration"
    r"|доклад|отчет|отчёт|резолюция|решение|постановление|заявление|мнение|соображения|замечания|приговор"
    r"|баяндама|қаулы|шешім|мәлімдеме|rapport|résolution|décision|arrêt|avis|déclaration|observations|informe"
    r"|resolución|decisión|sentencia|declaración|observaciones|bericht|beschluss|urteil|erklärung|entschließung"
)
_DATED_KINDS: Final = (
    rf"{_TITLED_KINDS}|ruling|verdict|decree|order|act|law|directive|regulation|circular|instruction|minutes|protocol"
    r"|transcript|record|notes?|letter|memo|reply|appeal|petition|complaint|submission|indictment|interview|briefing"
    r"|summary|bulletin|newsletter|notice|announcement|press\s+release|communiqu[eé]|message"
    r"|указ|приказ|закон|распоряжение|определение|протокол|нота|письмо|ответ|обращение|жалоба|сообщение|справка"
    r"|коммюнике|пресс-релиз|бюллетень|обвинительное\s+заключение"
    r"|рішення|постанова|ухвала|вирок|заява|наказ|лист|повідомлення|звіт|доповідь|звернення"
    r"|décret|loi|ordonnance|jugement|lettre|procès-verbal|compte\s+rendu|comunicado|decreto|ley|auto|acta|nota|carta"
    r"|orden|boletín|verordnung|erlass|gesetz|protokoll|pressemitteilung|mitteilung|schreiben"
    r"|بيان|قرار|حكم|تقرير|مرسوم|رسالة"
)
"""What a document may be whose date a line of its head states; nominatives, for other cases name another document."""
_KAZAKH_KINDS: Final = (
    r"(?:баяндама|мәлімдеме|хаттама|хабарлама|қаулы|үкім|жарлық|жарлығ|бұйрық|бұйрығ|заң|шешім|ұйғарым|хат|үндеу|шағым)"
    r"(?:с?[ыі])?"
)
_IS_A: Final = re.compile(
    rf"(?:\w+\s+){{0,3}}(?:{_TITLED_KINDS}|letter dated|note by|summary of|compilation)\b", re.IGNORECASE
)
_SYMBOL: Final = re.compile(r"[A-Z]{1,5}(?:/[\w().-]+)+|\S+")
_SENTENCE_END: Final = re.compile(r"[.;,!…]$")
# It does not end with a space, so that there is one way to part a line into places and no time is lost on others.
_PLACE: Final = r"[^\W\d_][\w'’.\- ]{0,29}[\w'’.-]"
_NAME: Final = r"[^\W\d_][\w'’-]+(?:[^\S\n][\w'’-]+){0,2}?"
_TOWN: Final = (
    rf"(?:(?:(?:г|гор|м|с|пос|смт)\.[^\S\n]?|(?:город|посёлок|поселок|село|місто|селище)[^\S\n]+){_NAME}"
    rf"|{_NAME}[^\S\n]+(?:қаласы|қ\.|ауылы|кенті))"
)
"""A place that says of itself that it is one: courts set it at the other end of the line, with no comma."""
_DATED: Final = (
    r"(?:(?:published|issued|posted|date|dated|adopted|updated|опубликовано|дата|от|publié le|le|fecha|vom|datum)"
    r"\s*:?\s+(?:on\s+)?)?"
)
_BEFORE_DATE: Final = re.compile(
    rf"\W{{0,3}}(?:(?:{_PLACE})(?:\s?[,،/|–—]\s?(?:{_PLACE}))*\s?[,،–—|-]\s+|(?:\w+,\s+))?{_DATED}", re.IGNORECASE
)
_NO_WORD_OF_A_NAME: Final = (
    r"(?:the|an?|this|that|no|nr|of|on|in|by|to|at|from|for|under|with|against|about|after|before|since|until|and|or|as|see"
    r"|per|dated|previous|former|earlier|в|на|о|об|от|по|с|со|из|за|к|до|для|против|после|согласно|і|й|и|или|см|від|про"
    r"|du|de|des|del?|la|le|les|el|los|au|aux|à|en|sur|sous|selon|contre|et|según|contra|sobre|y|der|die|das|dem|den|vom"
    r"|von|zum|zur|im|am|gegen|laut|und|nach)\b"
)
_WORD: Final = rf"(?!{_NO_WORD_OF_A_NAME})[^\W\d_][\w'’-]*"
_NUMBER: Final = r"(?:(?:no|nr)\b\.?|n[°º]|№)[^\S\n]?\d[\w/.-]{0,20}"
_SITTING: Final = (
    r"(?:[^\S\n](?:of|de|der|des)[^\S\n](?:(?:the|la|l['’])[^\S\n]?)?"
    r"(?:meeting|session|sitting|hearing|réunion|séance|audience|reunión|sesión|sitzung))"
)
_STATED: Final = re.compile(
    rf"[\s*_]{{0,3}}(?P<words>{_WORD}(?:[^\S\n]{_WORD}){{0,3}})(?:,?[^\S\n]{_NUMBER})?{_SITTING}?"
    r"(?:,?[^\S\n](?:of|from|dated|(?:published|issued|adopted|delivered|signed|released|held)(?:[^\S\n]on)?|от|від|du|de|del"
    r"|de[^\S\n]fecha|vom|بتاريخ|في))?[^\S\n]{1,3}\(?",
    re.IGNORECASE,
)
"""What may stand before a date on a line that says what the document is: "Decree No. 17 of", "Заявление от"."""
_KIND: Final = re.compile(rf"(?<![\w-])(?:{_DATED_KINDS})(?![\w-])", re.IGNORECASE)
_BEFORE_KAZAKH: Final = re.compile(rf"[\s*_]{{0,3}}(?:{_WORD}[^\S\n]+){{0,4}}", re.IGNORECASE)
_KAZAKH_AFTER: Final = re.compile(
    rf"(?:{_NUMBER}[^\S\n]+)?(?:{_WORD}[^\S\n]+){{0,2}}{_KAZAKH_KINDS}[*_]{{0,3}}", re.IGNORECASE
)
"""What the document is, behind the date: "2022 жылғы 20 ақпандағы № 7 қаулысы"."""
_PLACE_AFTER: Final = re.compile(r"(?:,[^\S\n]?[^\n,;:!?…]{2,60}){1,4}")
_TOWN_BEFORE: Final = re.compile(rf"\W{{0,3}}{_TOWN}[^\S\n]+{_DATED}", re.IGNORECASE)
_YEAR_WORD: Final = r"(?:г\.|года|год|р\.|року|ж\.|жыл\w*)?"
_TIME: Final = r"(?:[,|]?\s*(?:(?:at|в|о|à|um|сағат)\s+)?\d{1,2}:\d\d(?::\d\d)?(?:\s?[ap]\.?m\b\.?)?)"
_ENDS_LINE: Final = re.compile(rf"{_YEAR_WORD}(?:{_TIME}|,?\s*{_TOWN})?[.)\]]*", re.IGNORECASE)
_ENDS_STATED: Final = re.compile(rf"{_YEAR_WORD}(?:[^\S\n]?{_NUMBER})?(?:{_TIME}|,?\s*{_TOWN})?[)\]*_]*", re.IGNORECASE)
_YEAR_ENDS_LINE: Final = re.compile(r"(?:г|р|ж)\.", re.IGNORECASE)
_BARE: Final = re.compile(rf"{_YEAR_WORD}[.)\]]*", re.IGNORECASE)
_BREAKS_OFF: Final = re.compile(
    r"(?<!\w)(?:on|of|by|in|at|to|the|and|or|from|for|since|until|before|after|dated|as|with|le|du|au|de|del|el|am|vom|und"
    r"|от|с|со|до|по|к|на|в|во|за|и|или|не|после|між|від|з|та)[^\S\n]*\n\Z"
)
"""A line that ends with a small word ("adopted on"), so that a date below it belongs to its sentence."""
_GOES_ON: Final = re.compile(r"\r?\n[^\S\n]*(\w)")
_RUNS_ON: Final = re.compile(rf"{_YEAR_WORD}\s*[.:)\]–—|-]", re.IGNORECASE)
_CASE: Final = re.compile(
    r"(?:the\s+)?(?:case|affaire|дело|справа)\b.{2,150}?\s(?:v\.|vs\.|c\.|against|contre|против|проти)\s+\w",
    re.IGNORECASE,
)
"""What a judgment is called by, wherever its court, section and reference stand."""
_LETTERHEAD: Final = re.compile(
    r"^\w+\s+(?:section|chamber|chambre|секция|палата)$"
    r"|^(?:(?:our|your)\s+)?(?:reference|ref|référence|réf|исх|вх)\b[\s.№]*:"
    r"|\b(?:tel|telephone|phone|fax|téléphone|тел|телефон|факс)\b[\s.:]*\+?[\d(]"
    r"|\w@[\w-]{1,60}\.\w|\bwww\.\w|https?://"
    r"|^\d{5,6},\s"
    r"|[,•·|]\s*(?!(?:19|20)\d\d\b)\d{4,6}\s+[^\W\d_][\w-]+(?:\s\d{1,2})?\s*(?:[,•·|]|$)",
    re.IGNORECASE,
)
"""A chamber of a court, a reference, or how to reach the sender: a telephone, an address with its postcode."""
_NOTE_MARK: Final = re.compile(rf"\A{NOTE_MARK}")
_ISO: Final = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")
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
        if _CASE.match(line) and len(line.split()) < _PARAGRAPH:
            return line
        if not _IS_A.match(line) or len(line.split()) >= _PARAGRAPH or _SENTENCE_END.search(line):
            continue
        below, block = lines[at + 1] if at + 1 < len(lines) else ("", None)
        if block and block.kind is Kind.HEADING and len(below.split()) <= _SHORT and len(line) + len(below) < 200:
            return f"{line}: {below}"
        return line
    return None


def _title_blocks(extract: Extract) -> list[Block]:
    """The blocks that may be the title, likeliest first: the highest headings, other headings, the first lines.

    The name of a case goes first in each, and a letterhead is none of them.
    """
    head = [block for block in extract.blocks if block.kind not in ASIDE][:_HEAD]
    lines = list(itertools.takewhile(lambda block: len(_line(extract, block).split()) < _PARAGRAPH, head))
    lines = [block for block in lines if not _LETTERHEAD.search(_line(extract, block))][:5]
    headings = [b for b in head if b.kind is Kind.HEADING and not _LETTERHEAD.search(_line(extract, b))]
    level = min((block.level for block in headings if block.level), default=0)
    highest = [block for block in headings if block.level == level]
    return [
        block
        for blocks in (highest, headings, lines)
        for block in sorted(blocks, key=lambda block: not _CASE.match(_line(extract, block)))
    ]


def _line(extract: Extract, block: Block) -> str:
    return " ".join(extract.text[block.start : block.end].split())


def _is_title(line: str) -> bool:
    """A few words, and not a file's name, a symbol, or a bare date."""
    if not 4 <= len(line) <= _LONGEST_TITLE or _NO_TITLE.fullmatch(line):
        return False
    if sum(character.isalpha() for character in line) < 4 or _SYMBOL.fullmatch(line):
        return len(line) >= 4 and line.isalpha()
    return not any(date.end - date.start > 0.8 * len(line) or _is_stamp(line, date) for date in dates_in(line))


def _is_stamp(line: str, date: FoundDate) -> bool:
    """Whether a line holds a date with the time of day or the town, and nothing else."""
    before, after = line[: date.start], line[date.end :].strip()
    return bool(_ENDS_LINE.fullmatch(after) and (not before.strip() or _TOWN_BEFORE.fullmatch(before)))


def _date(extract: Extract, title: str) -> str | None:
    """The date declared, or stated in the title, or in a dateline at the start; a PDF's own is when it was made."""
    if extract.media_type != "application/pdf" and (declared := _declared_date(extract.date)):
        return declared
    in_title = {date.iso for date in dates_in(title)}
    if len(in_title) == 1:
        return in_title.pop()
    return next(_datelines(extract), None)


def _declared_date(text: str | None) -> str | None:
    """Return the one date that a file declares, whether written for programs or for people."""
    if not text or _ISO.fullmatch(text):
        return text
    found = {date.iso for date in dates_in(text)}
    return found.pop() if len(found) == 1 else None


def _datelines(extract: Extract) -> Iterator[str]:
    """Yield the dates that stand as datelines in the first blocks: alone on a line, or opening it after a place.

    Where sentences open with one date after another they tell a chronicle, and none of them is the document's.
    """
    found: list[tuple[str, bool]] = []
    stated: set[str] = set()
    running = False  # whether the head is over
    for block in extract.blocks[:_HEAD]:
        text = extract.text[block.start : min(block.end, block.start + _REACH)]
        above = extract.text[max(block.start - _REACH, 0) : block.start]
        below = extract.text[block.end : block.end + _REACH] if len(text) < _REACH else ""
        running = running or (block.kind not in ASIDE and len(text.split()) >= _PARAGRAPH)
        for date in dates_in(text):
            alone = _keeps_line(text, date, above, below)
            if alone is None and not running:
                alone = _says_what_it_is(text, date, above, below)
                stated |= {date.iso} if alone else set()
            if alone is not None:
                found.append((date.iso, alone))
    chronicle = len({iso for iso, alone in found if not alone}) > 1
    several = bool(stated) and len(stated | _stated_by_headings(extract)) > 1
    for iso, alone in found:
        if (alone or not chronicle) and not (several and iso in stated):
            yield iso


def _stated_by_headings(extract: Extract) -> set[str]:
    """The dates of all headings that say what a document is: several head the parts of a collection."""
    headings = (_line(extract, block) for block in extract.blocks if block.kind is Kind.HEADING)
    return {date.iso for line in headings for date in dates_in(line) if states_its_date(line, date.start, date.end)}


def _says_what_it_is(text: str, date: FoundDate, above: str, below: str) -> bool | None:
    """As `_keeps_line`, of a line that says what the document is (True) or opens with the date and names the place."""
    start = text.rfind("\n", 0, date.start) + 1
    after, _, rest = _NOTE_MARK.sub("", text[date.end :]).partition("\n")
    goes_on = _GOES_ON.match(f"\n{rest}{below}" if rest else below)
    if (goes_on and goes_on[1].islower()) or _BREAKS_OFF.search((above + text[:start])[-40:]):
        return None
    if states_its_date(text, date.start, date.end):
        return True
    after = re.sub(rf"\A{_YEAR_WORD}", "", after.strip(), flags=re.IGNORECASE)
    names_a_place = not text[: date.start].strip() and not rest and _PLACE_AFTER.fullmatch(after)
    if not names_a_place or len(after.split()) > _MOST_OF_A_PLACE or after.endswith("."):
        return None
    return None if any(word[0].islower() for word in after.split(",")[1].split()) else False


def states_its_date(text: str, start: int, end: int) -> bool:
    """Whether the date at ``text[start:end]`` has a line that says what the document is: "Judgment of 14 March 2022".

    It must be the whole line: one that goes on ("Judgment of 14 March 2022 was quashed") tells of another document.
    """
    before = text[text.rfind("\n", 0, start) + 1 : start]
    after = _NOTE_MARK.sub("", text[end:]).partition("\n")[0]
    stated = _STATED.fullmatch(before)
    if stated and _KIND.search(stated["words"]) and _ENDS_STATED.fullmatch(after.strip()):
        return True
    return bool(_BEFORE_KAZAKH.fullmatch(before) and _KAZAKH_AFTER.fullmatch(after.strip()))


def _keeps_line(text: str, date: FoundDate, above: str, below: str) -> bool | None:
    """Whether a date has a line to itself (True), opens it (False), or only stands in its words (None).

    ``text`` is its block, ``above`` and ``below`` what is next to that: a reader may make a block of each line.
    """
    if _DISTRIBUTION.search(text[: date.start].rstrip()):
        return True
    start = text.rfind("\n", 0, date.start) + 1
    before, (after, _, rest) = text[start : date.start], _NOTE_MARK.sub("", text[date.end :]).partition("\n")
    if _BREAKS_OFF.search((above + text[:start])[-40:]):
        return None
    first = not text[:start].strip()
    if _is_line(before, after):
        ends_sentence = after.endswith(".") and not _YEAR_ENDS_LINE.fullmatch(after.strip())
        in_sentence = not first and not before.strip() and ends_sentence
        goes_on = None if _BARE.fullmatch(after.strip()) else _GOES_ON.match(f"\n{rest}{below}" if rest else below)
        return None if in_sentence or (goes_on and goes_on[1].islower()) else True
    opens = _BEFORE_DATE.fullmatch(before) and _RUNS_ON.match(after.strip()) and (before.strip() or first)
    return False if opens else None


def is_dateline(text: str, start: int, end: int) -> bool:
    """Whether the date at ``text[start:end]`` has a line to itself, with a place or with what the document is."""
    before = text[text.rfind("\n", 0, start) + 1 : start]
    after = _NOTE_MARK.sub("", text[end:]).partition("\n")[0]
    return _is_line(before, after) or states_its_date(text, start, end)


def _is_line(before: str, after: str) -> bool:
    """Whether what stands around a date on its line is a place, the time of day, or what says that it is the date."""
    return bool(
        _ENDS_LINE.fullmatch(after.strip()) and (_BEFORE_DATE.fullmatch(before) or _TOWN_BEFORE.fullmatch(before))
    )


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
