"""A citation as people write it: plain text, Markdown, BibTeX, RIS, CSL-JSON and in the style of OSCOLA."""

from __future__ import annotations

import calendar
import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from indexer.document import Document
from search.citations import not_visible, pinpoint
from search.results import Citation


@dataclass(frozen=True, slots=True)
class Reference:
    """Words of a document to cite. ``permalink`` is a whole address; ``accessed`` the day they were read."""

    document: Document
    citation: Citation
    permalink: str
    accessed: date

    @property
    def quote(self) -> str:
        """The words in one line."""
        return " ".join(self.citation.text.split())

    @property
    def place(self) -> str:
        """Where they stand: "recital O", "para 8, page 3", "paragraphs 4-6"."""
        c = self.citation
        hidden = not_visible(c.hidden, c.text)
        if c.label is None and c.paragraph_end > c.paragraph:
            return pinpoint(f"paragraphs {c.paragraph}-{c.paragraph_end}", c.page, c.paragraph, hidden)
        return pinpoint(c.label, c.page, c.paragraph, hidden)

    @property
    def published(self) -> str:
        """The date as people write it, "" if it is not known."""
        return day_in_words(self.document.date or "")

    @property
    def web(self) -> str | None:
        """Where the document was published on the web."""
        address = self.document.address
        return address if address and re.match(r"https?://\S+$", address) else None


def day_in_words(iso: str) -> str:
    """Write "2021-02-11", "2021-02" or "2021" as people do; anything else stays as it is."""
    if not re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2])(-\d{2})?)?", iso):
        return iso
    year, *rest = iso.split("-")
    month = [calendar.month_name[int(rest[0])]] if rest else []
    return " ".join([*(str(int(day)) for day in rest[1:]), *month, year])


def source_line(reference: Reference) -> str:
    """Name publisher, title, date and place, and the file where it was not on the web."""
    d = reference.document
    parts = [d.publisher, _one_line(d.title), reference.published, reference.place]
    return ", ".join(part for part in parts if part)


def plain(reference: Reference) -> str:
    """Return the quote and its source in one line."""
    where = "; ".join(filter(None, (source_line(reference), reference.document.source, reference.web)))
    return f"“{reference.quote}” ({where}; {reference.permalink})"


def markdown(reference: Reference) -> str:
    """Return the quote as a block and its source as a link below; nothing in either is markup of its own."""
    return f"> {escaped(reference.quote)}\n>\n> — [{escaped(source_line(reference))}](<{reference.permalink}>)"


def bibtex(reference: Reference) -> str:
    """Return an entry that BibTeX and biblatex read."""
    d = reference.document
    fields = {
        "author": f"{{{_tex(d.publisher)}}}" if d.publisher else "",
        "title": f"{{{_tex(_one_line(d.title))}}}",
        "year": (d.date or "")[:4],
        "date": d.date or "",
        "url": reference.web or "",
        "urldate": reference.accessed.isoformat() if reference.web else "",
        "language": d.language or "",
        "pages": str(reference.citation.page or ""),
        "note": _tex(reference.place),
        "annote": _tex(reference.quote),
        "file": _tex(d.source),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{_key(reference)},", *lines, "}"])


def ris(reference: Reference) -> str:
    """Return a record in the RIS format, lines ended as it asks."""
    d = reference.document
    year, month, day = [*(d.date or "").split("-"), "", "", ""][:3]
    fields = [
        ("TY", "GEN"),
        ("TI", _one_line(d.title)),
        ("AU", d.publisher),
        ("PY", year),
        ("DA", f"{year}/{month}/{day}/" if year else ""),
        ("LA", d.language),
        ("UR", reference.web or reference.permalink),
        ("SP", str(reference.citation.page or "")),
        ("N1", f"{reference.place}: “{reference.quote}”"),
        ("L1", d.source),
    ]
    return "".join(f"{tag}  - {_one_line(value)}\r\n" for tag, value in fields if value) + "ER  - \r\n"


def csl_json(reference: Reference) -> str:
    """Return a list of one item in the JSON of the Citation Style Language."""
    d = reference.document
    parts = [int(part) for part in (d.date or "").split("-") if part.isdecimal()]
    item = {
        "id": _key(reference),
        "type": "document",
        "title": _one_line(d.title),
        "author": [{"literal": d.publisher}] if d.publisher else None,
        "publisher": d.publisher,
        "issued": {"date-parts": [parts]} if parts else None,
        "accessed": {"date-parts": [[reference.accessed.year, reference.accessed.month, reference.accessed.day]]},
        "language": d.language,
        "URL": reference.web or reference.permalink,
        "page": str(reference.citation.page) if reference.citation.page else None,
        "locator": reference.place,
        "note": f"“{reference.quote}”",
    }
    return json.dumps([{k: v for k, v in item.items() if v}], ensure_ascii=False, indent=2)


def oscola(reference: Reference) -> str:
    """Return quote and footnote in the style of OSCOLA: author, ‘title’ (date) pinpoint <address> accessed day."""
    d = reference.document
    quote, title = (text.replace("‘", "“").replace("’s", "\0").replace("’", "”").replace("\0", "’s")
                    for text in (reference.quote, _one_line(d.title)))  # fmt: skip
    parts = [f"‘{title}’", f"({reference.published})" if reference.published else "", reference.place]
    if reference.web:
        parts += [f"<{reference.web}>", f"accessed {day_in_words(reference.accessed.isoformat())}"]
    author = f"{d.publisher}, " if d.publisher else ""
    return f"‘{quote}’\n{author}{' '.join(part for part in parts if part)}."


FORMATS: dict[str, Callable[[Reference], str]] = {
    "text": plain,
    "markdown": markdown,
    "bibtex": bibtex,
    "ris": ris,
    "csl-json": csl_json,
    "oscola": oscola,
}


def escaped(text: str) -> str:
    """Return ``text`` so that Markdown shows it as it is."""
    return re.sub(r"([\\`*_{}\[\]<>#|~!&]|^[-+](?=\s)|(?<=^\d)[.)])", r"\\\1", _one_line(text))


_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


def _tex(text: str) -> str:
    return "".join(_TEX.get(c, c) for c in _one_line(text))


def _key(reference: Reference) -> str:
    d = reference.document
    name = unicodedata.normalize("NFKD", d.publisher or d.source).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", name)[:3] or [d.id[:8]]
    return f"{''.join(words)[:30]}{(d.date or '')[:4]}p{reference.citation.paragraph}"


def _one_line(text: str | None) -> str:
    shown = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text or "")
    return " ".join(shown.split())
