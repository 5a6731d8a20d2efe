"""Where an index is: in a folder on this machine, or past one machine in an engine and a catalogue."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from indexer.index import Index
from indexer.scan import DATABASE


@dataclass(frozen=True, slots=True)
class Location:
    """The ``folder`` of an index, and past one machine the addresses of its engine and its catalogue.

    There the folder keeps only what is uploaded, and the tokens of `serve`; all servers share it.
    """

    folder: Path
    engine: str | None = None
    catalogue: str | None = field(default=None, repr=False)  # it may hold a password

    @classmethod
    def of(cls, where: Path | Location) -> Location:
        """Return where an index is; a path is its folder."""
        return where if isinstance(where, Location) else cls(where)

    @property
    def shared(self) -> bool:
        """Whether other machines may read and write it too."""
        return self.engine is not None

    def exists(self) -> bool:
        """Whether there is an index, or is likely to be: a catalogue is looked into when it is opened."""
        return self.shared or (self.folder / DATABASE).exists()

    def open(self, *, create: bool = False) -> Index:
        """Open the index. Raises `IndexMissing`, `IndexUnusable`, `Unreachable`, `ScaleMissing`."""
        if self.engine is None or self.catalogue is None:
            return Index(self.folder, create=create)
        from indexer.scale import ScaleIndex

        return ScaleIndex(self.folder, self.engine, self.catalogue, create=create)
