"""What leaves this machine, in words: nothing, unless the user keeps the index elsewhere or has set a writer."""

from __future__ import annotations

from api.writer import Writer
from indexer.location import Location

NOTHING = "Nothing leaves this machine."


def disclosure(location: Location, writer: Writer | None) -> str:
    """Return what is sent where while an index is made and asked, each host named."""
    kept = _kept(location.elsewhere) if location.elsewhere else ""
    return f"{kept} {writer.disclosure if writer else ''}".strip() or NOTHING


def _kept(hosts: tuple[str, ...]) -> str:
    return (
        f"The index is kept at {', '.join(hosts)}: the text of the documents, and the words of each question, are "
        "sent there."
    )
