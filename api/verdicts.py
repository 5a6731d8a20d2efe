"""What `get` and `verify` print: places, verdicts with what differs, replays and what became of saved citations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from api.answer_lines import printable
from api.report_checks import CheckedReport
from api.terminal import console, print_json
from api.verified import document as wire_document
from api.verified import paragraph as wire_paragraph
from search.addresses import Place, Resolution
from search.certificates import Checked, Replayed
from search.citations import hidden_of, not_visible, permalink, pinpoint
from search.saved import Compared, State
from search.verification import STANDS, Found, Verdict

MEANING = {
    Verdict.EXACT: "stands in the source, character by character",
    Verdict.TYPOGRAPHIC: "stands in the source but for spaces, quotation marks and the like",
    Verdict.SHORTENED: "stands in the source but for what it openly leaves out or brackets",
    Verdict.MISATTRIBUTED: "stands in the corpus, but not where the report says",
    Verdict.ELLIPSIS: "its ellipsis changes the meaning",
    Verdict.ALTERED: "its words were changed",
    Verdict.STITCHED: "put together from different places",
    Verdict.NOT_FOUND: "stands nowhere in the corpus",
}
_SHOWN = 300  # characters of a quotation on the terminal


def show_resolution(reference: str, resolution: Resolution, as_json: bool) -> None:
    """Print what a reference names: one place, or each that fits; nothing is chosen silently."""
    places = resolution.places
    if as_json:
        print_json({"reference": reference, "places": [as_place(place) for place in places]})
        return
    out = console()
    if not places:
        out.print(Text(printable(f"Nothing in these documents is called “{reference}”.")))
    if len(places) > 1:
        out.print(f"{len(places)} places fit; name the document too to choose one.\n")
    for place in places:
        d = place.document
        about = ", ".join(part for part in (d.title, d.publisher, d.date) if part)
        head = Text(printable(d.source), style="bold").append(printable(f"  {about}"), style="dim")
        out.print(head)
        for paragraph in place.paragraphs:
            hidden = not_visible(hidden_of([paragraph], paragraph.text), paragraph.text)
            where = pinpoint(paragraph.label, paragraph.page, paragraph.number, hidden)
            out.print(Text(f"{where}\n", style="cyan").append(printable(f"{paragraph.text}\n"), style="default"))


def as_place(place: Place) -> dict[str, Any]:
    """Return a place as JSON."""
    paragraphs = [
        {**wire_paragraph(p).model_dump(), "permalink": permalink(place.document.id, p.number)}
        for p in place.paragraphs
    ]
    return {"document": wire_document(place.document).model_dump(), "paragraphs": paragraphs}


# -- a report


def show_report(checked: CheckedReport, proof: dict[str, Any], saved: Path | None, as_json: bool) -> None:
    """Print the verdict on each quotation of a report, its references that lead nowhere, and the counts."""
    if as_json:
        print_json(proof)
        return
    out = console()
    for one in checked.quotations:
        _show_checked(out, checked.report.text, one)
    for reference in checked.references:
        if reference.missing:
            line = _line(checked.report.text, reference.start)
            out.print(Text(f"line {line}: ", style="dim").append(printable(f"{reference.words}: no such paragraph")))
    outside = Counter(printable(r.words) for r in checked.references if not r.places and not r.missing)
    if outside:
        out.print(Text(f"Not in this corpus, so not checked: {', '.join(outside)}", style="dim"))
    counts = Counter(one.check.verdict for one in checked.quotations)
    out.print(f"{len(checked.quotations)} quotations" + "".join(f", {counts[v]} {v}" for v in Verdict if counts[v]))
    if saved is not None:
        out.print(Text(f"Certificate written to {saved}"))


def _show_checked(out: Console, report: str, one: Checked) -> None:
    check = one.check
    style = "green" if check.verdict in STANDS else "red"
    head = Text(f"line {_line(report, one.start)}: ", style="dim").append(check.verdict, style=f"bold {style}")
    out.print(head.append(f" ({MEANING[check.verdict]})", style="dim"))
    out.print(Text(f"  “{_short(check.quote)}”"))
    if check.verdict is Verdict.MISATTRIBUTED and one.claim:
        out.print(Text(printable(f"  the report says: {' '.join(one.claim.words.split())}")))
    elif one.claim and one.claim.places is None:
        said = printable(" ".join(one.claim.words.split()))
        out.print(Text(f"  the report says: {said}, which is not in this corpus", style="yellow"))
    for difference in check.differences:
        old, new = _short(difference.source) or "(nothing)", _short(difference.quote) or "(left out)"
        out.print(Text("  source: ").append(old, style="green").append("  report: ").append(new, style="red"))
    for left in check.left_out:
        out.print(Text(f"  left out: {_short(left.text)}" + (f" ({left.turns})" if left.turns else "")))
    about = "nearest" if check.verdict is Verdict.NOT_FOUND else "in"
    for place in check.places:
        out.print(Text(f"  {about}: {where(place)}", style="cyan"))
    if check.more:
        out.print(Text(f"  and in {check.more} more places", style="dim"))


def where(place: Found) -> str:
    """Say where words stand: file and paragraph."""
    hidden = not_visible(hidden_of([place.first, place.last], place.text), place.text)
    at = pinpoint(place.first.label, place.first.page, place.first.number, hidden)
    return printable(f"{place.document.source}, {at}")


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _short(text: str) -> str:
    plain = printable(" ".join(text.split()))
    return plain if len(plain) <= _SHOWN else f"{plain[: _SHOWN - 1]}…"


# -- certificates and saved citations


def show_refusal(reason: str, as_json: bool) -> None:
    """Print why a certificate is not believed."""
    if as_json:
        print_json({"valid": False, "reason": reason})
    else:
        console().print(Text(printable(reason), style="red"))


def show_replay(content: dict[str, Any], replayed: Sequence[Replayed], as_json: bool) -> None:
    """Print whether each quotation of a certificate was found the same again."""
    same = sum(one.same for one in replayed)
    if as_json:
        rows = [{"quote": r.quote, "verdict": r.verdict, "same": r.same, "why": r.why} for r in replayed]
        print_json({"valid": same == len(rows), "report": content["report"], "quotations": rows})
        return
    out = console()
    for one in replayed:
        if not one.same:
            out.print(Text(f"{one.verdict}: “{_short(one.quote)}”\n  ").append(printable(one.why), style="red"))
    name = printable(str(content["report"]["name"]))
    out.print(Text(f"{same} of {len(replayed)} quotations of {name} were found the same again."))


def show_compared(found: Sequence[Compared], as_json: bool) -> None:
    """Print what became of saved citations; those that are unchanged are only counted."""
    if as_json:
        print_json({"citations": [_compared(one) for one in found]})
        return
    out = console()
    for one in found:
        if one.state is State.UNCHANGED:
            continue
        was = pinpoint(one.saved.label, None, one.saved.paragraph or 0)
        line = Text(f"{one.state}: ", style="yellow" if one.state is State.MOVED else "red")
        line.append(printable(f"{one.saved.source}, {was}"), style="default")
        out.print(line.append(f" -> {where(one.now)}" if one.now else "", style="cyan"))
        out.print(Text(f"  “{_short(one.saved.text)}”"))
        for difference in one.differences:
            out.print(Text(f"  now: {_short(difference.source)}  saved: {_short(difference.quote)}"))
    counts = Counter(one.state for one in found)
    out.print(f"{len(found)} citations" + "".join(f", {counts[s]} {s}" for s in State if counts[s]))


def _compared(one: Compared) -> dict[str, Any]:
    now = one.now
    return {
        "state": one.state,
        "source": one.saved.source,
        "paragraph": one.saved.paragraph,
        "label": one.saved.label,
        "text": one.saved.text,
        "now": None if now is None else {
            "source": now.document.source, "paragraph": now.first.number, "label": now.first.label,
            "char_start": now.char_start, "char_end": now.char_end, "text": now.text,
        },
        "differences": [{"source": d.source, "quote": d.quote} for d in one.differences],
    }  # fmt: skip
