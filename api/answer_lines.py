"""The lines of an answer on a terminal that stand beside its sentences: members, where sources differ, who says it."""

from __future__ import annotations

import unicodedata

from rich.console import Console
from rich.text import Text

from search.results import Answer, Conflict, Disagreement, Quote, Said

MOST_YEARS = 3  # that a date can be of, said on the terminal
_KINDS = {
    Disagreement.CONFLICT: "Sources differ",
    Disagreement.LATER: "Later development",
    Disagreement.SCOPE: "Told in another scope",
}


ASPECTS = {
    "date": "when", "number": "how many", "duration": "how long", "amount": "how much", "place": "where",
    "outcome": "how it ended",
}  # fmt: skip


def printable(text: str) -> str:
    """Replace control and direction-changing characters, so that no document can steer the terminal; tabs by spaces."""
    return "".join(
        c if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs") else "\ufffd"
        for c in text.replace("\t", "    ")
    )


def show_members(out: Console, answer: Answer) -> None:
    """Print the members of a list and how far they were looked for."""
    if answer.looked_at:
        looked = f"looked for in {answer.looked_at.passages} passages of {_documents(answer.looked_at.documents)}"
        out.print(Text("\nNamed in the sources").append(f" ({looked})", "dim"))
    for member in answer.members:
        line = Text("  - ").append(_line(member.name), style="bold")
        if others := [v for v in member.variants if v != member.name]:
            line.append(f" (also {_line('; '.join(others))})")
        out.print(line.append(f" {_marks(member.citations)}", style="cyan"))


def show_conflicts(out: Console, answer: Answer) -> None:
    """Print where sources differ, with both quotes."""
    unsaid = {quote.n: quote for quote in answer.quotes}
    for sentence in answer.sentences:
        for n in sentence.citations:
            unsaid.pop(n, None)  # it stands above, word for word
    for conflict in answer.conflicts:
        out.print(Text(f"\n{_heading(conflict)}", style="yellow"))
        years = dict(conflict.years)
        for value, numbers in conflict.values:
            line = Text("  - ").append(_line(value), style="bold").append(_years(years.get(value, ())))
            out.print(line.append(f" {_marks(numbers)}", style="cyan"))
            for quote in [unsaid.pop(n) for n in numbers if n in unsaid]:
                out.print(Text(f"    “{_line(quote.citation.text)}”", style="dim"))


def _heading(conflict: Conflict) -> str:
    about = f" (“{_line(conflict.about)}”)" if conflict.about else ""
    return f"{_KINDS[conflict.kind]}: {ASPECTS.get(conflict.aspect, conflict.aspect)}{about}"


def _years(years: tuple[int, ...]) -> str:
    """Say which years a date without one can be of, the latest first."""
    if not years:
        return ""
    more = ", ..." if len(years) > MOST_YEARS else ""
    return f" (no year said; by its document {', '.join(map(str, years[:MOST_YEARS]))}{more})"


def attribution(quote: Quote) -> str:
    """Say who says a quote and how, "" where the document does not tell: "; “NGOs state”, recital of the Council"."""
    said = quote.said
    parts = []
    if said:
        who = _who(said)
        parts += [f"“{who}”"] if who else []
        parts += ["quoted speech"] if said.quoted else []
        parts += (
            [f"{said.standing}" + (f" of {_line(said.author.text)}" if said.author else "")] if said.standing else []
        )
    if quote.repeats:
        parts.append(f"repeats [{quote.repeats}]")
    return f"; {', '.join(parts)}" if parts else ""


def _who(said: Said) -> str:
    """Speaker and verb in the order of the source, with "…" for what stands between them: both are quoted."""
    words = sorted((words for words in (said.speaker, said.verb) if words), key=lambda words: words.char_start)
    if not words:
        return ""
    gap = " " if words[-1].char_start - words[0].char_end <= 1 else " … "
    return gap.join(_line(part.text) for part in words)


def _line(text: str) -> str:
    return " ".join(printable(text).split())


def _marks(numbers: tuple[int, ...]) -> str:
    return "".join(f"[{n}]" for n in numbers)


def _documents(count: int) -> str:
    return f"{count} document" if count == 1 else f"{count} documents"
