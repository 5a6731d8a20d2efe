"""The names that documents go by: symbol, title, date, publisher, file; and which documents a name fits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property

from indexer.catalogue import Catalogue
from indexer.dates import dates_in
from indexer.document import Document
from indexer.words import split
from search.mentions import Mention, kind_of, kinds_in, mentions, symbols_in

# A symbol printed alone on a line is the document's own; those inside its sentences are of others.
_OWN_SYMBOL = re.compile(
    r"^[ \t]*([A-Z]{1,6}(?:/[A-Z0-9][\w.()-]*)+|[A-Z]\d_[A-Z]{2}\(\d{4}\)\d+)[ \t]*$", re.MULTILINE
)
_HEAD = 8  # paragraphs from the first in which a document says what it is
_LONGEST_HEAD = 12  # words of a line that says so
_SENTENCE = re.compile(r"\w[.!?…]\W*$")
_NUMBER = r"(?:\b(?:nos?|nr)\b\.?|№+|\bn[°º])"
_FILED = re.compile(  # a line that gives the number under which a document is filed, whatever the number looks like
    rf"\W*(?:(?:our\s+)?ref(?:erence)?|case|application|communication|file|symbol|affaire|requ[eê]te|asunto|aktenzeichen|"
    rf"дело|жалоба|исх|іс)\b[.:]?\s*{_NUMBER}?[.:]?\s*(?P<number>\S*\d\S*|(?:[A-Z]{{2,5}}\s+){{1,3}}\S*\d\S*)\s*",
    re.IGNORECASE,
)
_ABOUT = frozenset(  # a line with one of these tells what a document is about, which may be another document
    "on to against concerning regarding about re under amending repealing о об на против по к sur contre à sobre "
    "contra über gegen zu туралы".split()
)
_DATELINE = re.compile(r"\W*(?:(?:date|дата|күні|fecha|datum)\s*:?|published|adopted)?\s*", re.IGNORECASE)
_AGAIN = re.compile(r"\b(?:ibid(?:em)?|idem|id|supra|op\.?\s*cit|там\s+же|указ\.?\s+соч)\b", re.IGNORECASE)
_FILE_NAME = re.compile(r"(?<!\w)[\w./\\-]*\w\.[^\W\d_][^\W_]{1,5}(?!\w)")
_LONGEST_PATH = 1000  # characters of the folders before the name of a file
_ENDS_PATH = re.compile(r"[\s\"'`“”«»()\[\],;]")  # what no folder in a running text is written with
_EXTENSION = re.compile(r"\.[^\W\d_]\w{0,5}$")
_ID = re.compile(r"(?<![\w./-])[0-9a-f]{16}(?![\w/-])")
_WITHIN_AFTER = re.compile(r"\w|[-./\\]\w")
_WITHIN_BEFORE = re.compile(r"[\w.-]")
_IDLE = frozenset(
    "a an the of to in on at by for from and its it their this that his her says said say see cf document text no "
    "в во на из от о об к и по с со его её их этот эта это см г года".split()
)


_SAYING = frozenset("says said say see cf no document text".split())


def introduces(word: str) -> bool:
    """Whether a word says that more of a name is still to come, as "on" and "the" do."""
    return is_idle(word) and word.casefold() not in _SAYING


def is_idle(word: str) -> bool:
    """Whether a word names nothing, so that what it introduces is still to come."""
    return word.casefold() in _IDLE


@dataclass(frozen=True, slots=True)
class Names:
    """What one document is called: words of title, publisher and date, words of its file, dates (ISO 8601).

    ``numbers`` are those that the head of the document gives it ("Decree No. 17").
    """

    document: Document
    words: frozenset[str]
    file: frozenset[str]
    dates: frozenset[str]
    numbers: frozenset[str] = frozenset()


class Register:
    """The names of all documents of a catalogue as it is now."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        _, documents = catalogue.documents(limit=-1)  # SQLite's "all"
        self._titled = [_names(document) for document in documents]
        self._titles = _by_first_words(self._titled)
        self._by_id = {names.document.id: names.document for names in self._titled}
        self._files = _Standing((file, n.document) for n in self._titled for file in _files_of(n.document))
        self._publishers = _Standing((n.document.publisher or "", n.document) for n in self._titled)

    @property
    def documents(self) -> list[Document]:
        """All documents."""
        return list(self._by_id.values())

    @cached_property
    def _names(self) -> list[Names]:
        """All names, with what the documents say of themselves at their head; the heads are read when first needed."""
        return [_with_head(names, _head_of(names.document, self._catalogue)) for names in self._titled]

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        return frozenset(word for names in self._names for word in names.words | names.file)

    @cached_property
    def _by_symbol(self) -> dict[str, list[Document]]:
        """The documents by their symbols, small; every text is read for it, so only when a symbol is asked for."""
        found: dict[str, list[Document]] = {}
        for names in self._names:
            for symbol in _symbols_of(names.document, self._catalogue):
                found.setdefault(symbol, []).append(names.document)
        return found

    def symbols_of(self, document_id: str) -> list[str]:
        """Return the symbols that a document prints of itself, in capitals."""
        return [symbol.upper() for symbol, found in self._by_symbol.items() if any(d.id == document_id for d in found)]

    def mentioned(self, mention: Mention) -> list[Document]:
        """Return the documents that a mention in a text may mean; [] if the corpus has none."""
        if mention.symbol and not mention.kind:
            return self._by_symbol.get(mention.symbol.casefold(), [])
        kinds = split(mention.kind)
        if mention.symbol:
            ends = f"/{mention.symbol}"
            return [
                d for symbol, ds in self._by_symbol.items() if symbol.endswith(ends) and "/res/" in symbol for d in ds
            ] or [
                n.document
                for n in self._names
                if mention.symbol in n.numbers and _has_all(kinds, n.words) and mention.date in ("", *n.dates)
            ]
        return [n.document for n in self._names if mention.date in n.dates and _has_all(kinds, n.words | n.file)]

    def called(self, name: str) -> list[Document]:
        """Return the documents that all words of ``name`` fit: by title, publisher and date, else by file name too.

        Symbols and full dates in it must be theirs; [] if it has no word that names anything.
        """
        symbols = [symbol.casefold() for symbol in symbols_in(name)]
        name, dates = _without_dates(name)
        words = [] if symbols else [w for w in split(name) if w not in _IDLE]
        if not (symbols or dates or words):
            return []
        ids = [{d.id for d in self._by_symbol.get(symbol, ())} for symbol in symbols]
        fitting = [
            n
            for n in self._names
            if all(n.document.id in i for i in ids) and all(_dated(date, n.dates) for date in dates)
        ]
        by_title = [n for n in fitting if _has_all(words, n.words)]
        return [n.document for n in by_title or [n for n in fitting if _has_all(words, n.words | n.file)]]

    def is_foreign(self, name: str) -> bool:
        """Whether a name can be of no document here, so that it need not be looked for among those that are.

        That is a symbol or a file that none of them has, or the name of a body or a law of which no word is in the
        names of any; a word that is near to one that is may be misspelled, and a date may be mistaken.
        """
        if _AGAIN.search(name):
            return False
        named = mentions(name)
        symbols = [m for m in named if m.symbol and (not m.kind or "/" in m.symbol)]
        if any(not self.mentioned(m) for m in symbols) or _FILE_NAME.search(name):
            return not any(found for *_, found in self.files_in(name))
        name, _ = _without_dates(name)
        words = [
            w for w in re.findall(r"[^\W\d_][\w’'-]*", name) if w[0].isupper() and not is_idle(w) and not kind_of(w)
        ]
        return bool(words) and not any(self._may_name(part) for word in words for part in split(word))

    def _may_name(self, word: str) -> bool:
        """Whether a word, or one so near to it that it may be a slip, is in the names of any document."""
        known = self._vocabulary
        return (
            word in known or any(_inflected(word, one) for one in known) or bool(get_close_matches(word, known, 1, 0.8))
        )

    def titles_in(self, text: str) -> list[tuple[int, int, Document]]:
        """Return where the titles of documents (of four words or more) stand in a text."""
        found = []
        spans = [(m.start(), m.end(), m[0].casefold()) for m in re.finditer(r"\w+", text)]
        for at in range(len(spans) - 3):
            for words, document in self._titles.get(tuple(w for _, _, w in spans[at : at + 4]), ()):
                if tuple(w for _, _, w in spans[at : at + len(words)]) == words:
                    found.append((spans[at][0], spans[at + len(words) - 1][1], document))
        return found

    def files_in(self, text: str) -> list[tuple[int, int, tuple[Document, ...]]]:
        """Return where documents stand in a text by file name, with or without the folders it lies in, or by id.

        A path that leads elsewhere names none of them, though its last part be the name of one.
        """
        ids = [(m.start(), m.end(), (self._by_id[m[0]],)) for m in _ID.finditer(text) if m[0] in self._by_id]
        return ids + [found for span in self._files.within(text) if (found := self._whole_path(text, *span))]

    def publishers_in(self, text: str) -> list[tuple[int, int, tuple[Document, ...]]]:
        """Return where publishers stand in a text, with the documents of each."""
        return self._publishers.within(text)

    def _whole_path(
        self, text: str, start: int, end: int, documents: tuple[Document, ...]
    ) -> tuple[int, int, tuple[Document, ...]] | None:
        """The name of a file with the folders written before it, None if it does not lie there."""
        if not text.endswith(("/", "\\"), 0, start):
            return start, end, documents
        backwards = text[max(0, start - _LONGEST_PATH) : start][::-1]
        ends = _ENDS_PATH.search(backwards)
        first = start - (ends.start() if ends else len(backwards))
        path = text[first:end].removeprefix("./")
        named = tuple(d for d in documents if self._lies_at(d, path))
        return (first, end, named) if named else None

    def _lies_at(self, document: Document, path: str) -> bool:
        """Whether a path leads to a document's file, from the folder that was indexed or from the root."""
        if not path.endswith(f"/{document.source}"):  # compared here: a text may have thousands of paths to look up
            return path == document.source
        return path == str(self._catalogue.original(document.id))


def _symbols_of(document: Document, catalogue: Catalogue) -> set[str]:
    text = catalogue.text_of(document.id)
    own = [match[1].rstrip(".") for match in _OWN_SYMBOL.finditer(text) if _numbered(match[1])]
    return {symbol.casefold() for symbol in [*own[:1], *symbols_in(document.title)]}


def _names(document: Document) -> Names:
    said = " ".join(filter(None, (document.title, document.publisher)))
    words = {*split(said), *_acronyms(said)}
    words |= {kind for word in words if (kind := kind_of(word))}
    dates = {date.iso for date in dates_in(document.title)} | ({document.date} if document.date else set())
    words |= {part for date in dates for part in (date, date[:4])}
    file = frozenset({*split(re.sub(r"[\W_]+", " ", document.source)), document.source.casefold()})
    return Names(document, frozenset(words), file, frozenset(dates))


def _head_of(document: Document, catalogue: Catalogue) -> list[str]:
    """The short lines with which a document begins, before the first that is numbered or a sentence."""
    lines: list[str] = []
    for paragraph in catalogue.paragraphs(document.id, 1, _HEAD):
        if paragraph.label:
            break
        for line in map(str.strip, paragraph.text.splitlines()):
            if _SENTENCE.search(line) and len(line.split()) > 6:
                return lines
            lines.append(line)
    return lines


def _with_head(names: Names, lines: Iterable[str]) -> Names:
    """Add to the names of a document what the lines at its head say that it is.

    "Decree No. 17 of 20 January 2022", "Case No. 2-114/2022" and "Ref.: AL VAR 3/2022" do; "On the repeal of Decree
    No. 17" and "Reply to communication AL VAR 3/2022" tell of another.
    """
    words, dates, numbers = set(names.words), set(names.dates), set(names.numbers)
    opened = [line for line in lines if _numbered(line) and len(line.split()) <= _LONGEST_HEAD]
    for line in opened:
        if filed := _FILED.fullmatch(line):
            words |= {*split(line)}
            numbers.add(filed["number"].casefold())
        elif _is_own(line):
            rest, found = _without_dates(line)
            dates |= found
            words |= {*split(rest), *(part for date in found for part in (date, date[:4]))}
            numbers |= {m[1].casefold() for m in re.finditer(rf"{_NUMBER}\s*(\d[\w/-]*)", rest, re.IGNORECASE)}
    if not dates:
        dates = next((found for line in opened if (found := _dateline(line))), set())
        words |= {part for date in dates for part in (date, date[:4])}
    words |= {kind for word in words - names.words if (kind := kind_of(word))}
    return replace(names, words=frozenset(words), dates=frozenset(dates), numbers=frozenset(numbers))


def _is_own(line: str) -> bool:
    """Whether a line with a number says what kind of document this is: "Annual report 2022", "Ruling of 9 May 2022"."""
    rest, dates = _without_dates(line)
    said = {word.casefold() for word in re.findall(r"\w+", rest)}
    return len(dates) <= 1 and len(kinds_in(rest)) == 1 and not said & _ABOUT


def _dateline(line: str) -> set[str]:
    """The date that a line gives, and nothing before it: "30 June 2022, Lomsk", "Date: 5 May 2022"."""
    dates = dates_in(line)
    opens = _DATELINE.match(line)
    first = opens.end() if opens else 0
    if len(dates) != 1 or dates[0].start != first or not re.match(r"\W*$|\s*(?:г\.|года)?\s*,", line[dates[0].end :]):
        return set()
    return {dates[0].iso}


def _without_dates(text: str) -> tuple[str, set[str]]:
    """A text without its dates, and the dates."""
    dates = dates_in(text)
    for date in reversed(dates):
        text = f"{text[: date.start]} {text[date.end :]}"
    return text, {date.iso for date in dates}


def _numbered(symbol: str) -> bool:
    return any(character.isdigit() for character in symbol)


def _acronyms(text: str) -> set[str]:
    """The initials of names in a title: "ep" for European Parliament."""
    runs = re.findall(r"\b[^\W\d_a-zа-яё][\w’'-]*(?:\s+(?:of|for|and|on|the|по|и|в)?\s*[^\W\d_a-zа-яё][\w’'-]*)+", text)
    return {"".join(word[0] for word in run.split() if word[0].isupper()).casefold() for run in runs}


def _dated(iso: str, dates: Iterable[str]) -> bool:
    """Whether one of the dates is this day, month or year, lies in it, or is the month or year that it lies in."""
    return any(iso.startswith(date) or date.startswith(iso) for date in dates)


def _has_all(words: Iterable[str], names: frozenset[str]) -> bool:
    return all(
        word in names or kind_of(word) in names or any(_inflected(word, name) for name in names) for word in words
    )


def _inflected(word: str, name: str) -> bool:
    """Whether two words differ in their endings only; numbers never do."""
    if not (word.isalpha() and name.isalpha()):
        return False
    same = next((i for i, (a, b) in enumerate(zip(word, name, strict=False)) if a != b), min(len(word), len(name)))
    return same >= 4 and max(len(word), len(name)) - same <= 3


def _by_first_words(names: Iterable[Names]) -> dict[tuple[str, ...], list[tuple[tuple[str, ...], Document]]]:
    first: dict[tuple[str, ...], list[tuple[tuple[str, ...], Document]]] = {}
    for name in names:
        words = tuple(word.casefold() for word in re.findall(r"\w+", name.document.title))
        if len(words) >= 4:
            first.setdefault(words[:4], []).append((words, name.document))
    return first


def _files_of(document: Document) -> set[str]:
    """The path and the name of a document's file, if they end so that they cannot be taken for words."""
    return {name for name in (document.source, document.source.rpartition("/")[2]) if _EXTENSION.search(name)}


class _Standing:
    """Names of documents that stand in a text as they are, but for case, and not as a part of a longer one."""

    def __init__(self, names: Iterable[tuple[str, Document]]) -> None:
        self._bearers: dict[str, list[Document]] = {}
        self._shapes: dict[str, set[tuple[int, int]]] = {}  # by first word: what is before it, and how long the name is
        for name, document in names:
            if word := re.search(r"\w+", name):
                self._bearers.setdefault(name.casefold(), []).append(document)
                self._shapes.setdefault(word[0].casefold(), set()).add((word.start(), len(name)))

    def within(self, text: str) -> list[tuple[int, int, tuple[Document, ...]]]:
        """Return where the names stand, each with all documents that bear it."""
        found = []
        for word in re.finditer(r"\w+", text):
            for lead, length in self._shapes.get(word[0].casefold(), ()):
                start, end = word.start() - lead, word.start() - lead + length
                bearers = self._bearers.get(text[start:end].casefold()) if start >= 0 else None
                if bearers and not _WITHIN_AFTER.match(text, end) and not _WITHIN_BEFORE.match(text[start - 1 : start]):
                    found.append((start, end, tuple(bearers)))
        return found
