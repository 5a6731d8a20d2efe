"""Write what Pincite is made of, as a CycloneDX bill of materials: `make sbom`.

What is locked is listed, with the hashes of the files that the locks accept; licences, and who needs whom, are taken
from the packages that are installed. What an extra brings is optional, unless the program needs it anyway.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

HERE = Path(__file__).parent
NEEDED, OPTIONAL = ("run.lock", "torch.lock"), ("english.lock", "mcp.lock", "scale.lock", "ray.lock")
PDFJS = HERE.parent / "api" / "page" / "pdfjs" / "pdf.min.mjs"


def locked(lock: str) -> Iterator[tuple[str, str, list[str]]]:
    """Yield (name, version, SHA-256 of each file that may be installed) of what a lock pins."""
    for requirement in re.split(r"\n(?=\S)", (HERE / lock).read_text("utf-8").strip()):
        pinned = Requirement(requirement.split("\\")[0])
        [version] = [s.version for s in pinned.specifier]
        yield canonicalize_name(pinned.name), version, re.findall(r"--hash=sha256:(\w{64})", requirement)


def component(name: str, version: str, hashes: list[str], needed: bool) -> Component:
    """Return one package as a component."""
    return Component(
        type=ComponentType.LIBRARY, name=name, version=version, bom_ref=f"{name}@{version}",
        purl=PackageURL("pypi", None, name, version),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in hashes],
        scope=ComponentScope.REQUIRED if needed else ComponentScope.OPTIONAL, licenses=_licences(name),
    )  # fmt: skip


def bill() -> Bom:
    """Return the bill of materials."""
    bom = Bom()
    project = distribution("pincite")
    root = Component(type=ComponentType.APPLICATION, name="pincite", version=project.version, bom_ref="pincite")
    root.licenses.update(_licences("pincite"))
    bom.metadata.component = root
    found: dict[tuple[str, str], Component] = {}  # some packages are locked twice, for older and newer Pythons
    for needed, locks in ((True, NEEDED), (False, OPTIONAL)):
        for lock in locks:
            for name, version, hashes in locked(lock):
                if (name, version) not in found:
                    found[name, version] = component(name, version, hashes, needed)
    bom.components.update(found.values())
    for (name, _), one in {("pincite", ""): root, **found}.items():
        needs = _needs(name)
        bom.register_dependency(one, [found[key] for key in sorted(found) if key[0] in needs])
    pdfjs = _pdfjs()
    bom.components.add(pdfjs)
    bom.register_dependency(root, [pdfjs])
    return bom


def _pdfjs() -> Component:
    # It lies in the repository itself.
    [version] = re.findall(r"pdfjsVersion = ([\d.]+)", PDFJS.read_text("utf-8"))
    return Component(
        type=ComponentType.LIBRARY, name="pdfjs-dist", version=version, bom_ref=f"pdfjs-dist@{version}",
        purl=PackageURL("npm", None, "pdfjs-dist", version), scope=ComponentScope.REQUIRED,
        licenses=[LicenseFactory().make_from_string("Apache-2.0")],
    )  # fmt: skip


def _licences(name: str) -> list[License]:
    try:
        said = distribution(name).metadata
    except PackageNotFoundError:
        return []
    named = said.get("License-Expression") or said.get("License", "")
    if not named or "\n" in named:  # the whole text of the licence
        named = " AND ".join(c.split(" :: ")[-1] for c in said.get_all("Classifier", []) if c.startswith("License ::"))
    return [LicenseFactory().make_from_string(named)] if named else []


def _needs(name: str) -> set[str]:
    try:
        lines = distribution(name).requires or []
    except PackageNotFoundError:
        return set()
    needs = set()
    for line in lines:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            needs.add(str(canonicalize_name(requirement.name)))
    return needs


def main() -> None:
    """Write the bill of materials into a file."""
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "pincite.cdx.json")
    bom = bill()
    path.write_text(JsonV1Dot6(bom).output_as_string(indent=1), "utf-8")
    print(f"{path}: {len(bom.components)} components (CycloneDX 1.6)")


if __name__ == "__main__":
    main()
