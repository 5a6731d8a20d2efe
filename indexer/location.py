"""Where an index is: in a folder on this machine, or past one machine in an engine and a catalogue."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from indexer.index import Index
from indexer.loopback import is_loopback
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

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """The hosts other than this machine that keep the index, as "HOST" or "HOST:PORT", each once."""
        named = [host for address in (self.catalogue, self.engine) if address for host in _hosts(address)]
        return tuple(host for host in dict.fromkeys(named) if not is_loopback(_without_port(host)))

    def exists(self) -> bool:
        """Whether there is an index, or is likely to be: a catalogue is looked into when it is opened."""
        return self.shared or (self.folder / DATABASE).exists()

    def open(self, *, create: bool = False) -> Index:
        """Open the index. Raises `IndexMissing`, `IndexUnusable`, `Unreachable`, `ScaleMissing`."""
        if self.engine is None or self.catalogue is None:
            return Index(self.folder, create=create)
        from indexer.scale import ScaleIndex

        return ScaleIndex(self.folder, self.engine, self.catalogue, create=create)


def _hosts(address: str) -> list[str]:
    """Return the hosts that an address leads to, with their ports.

    libpq takes several; a setting goes before the host of the address, an IP address before both, and the environment
    tells what neither does. A folder is a socket of this machine. What a service file says is not read: it is named as
    itself, since it may lead anywhere.
    """
    parts = urlsplit(address)
    named = parts.netloc.rpartition("@")[2]
    if parts.scheme.startswith("postgres"):
        said = {name: ",".join(values) for name, values in parse_qs(parts.query).items()}
        hosts = said.get("host") or named or os.environ.get("PGHOST", "")
        named = said.get("hostaddr") or os.environ.get("PGHOSTADDR", "") or hosts
        service = said.get("service") or os.environ.get("PGSERVICE", "")
        if service and not named:
            return [f"service {service}"]
    return [host for host in unquote(named).split(",") if host and not host.startswith("/")]


def _without_port(host: str) -> str:
    bare = host[1:].partition("]")[0] if host.startswith("[") else host
    return bare if bare.count(":") > 1 else bare.partition(":")[0]
