"""The libraries that the program runs on, as its lock pins them: a bill of materials, licenses.

`script/sbom` writes the bill in CycloneDX's JSON, the same to the byte for the same lock.
"""

from __future__ import annotations

import json
import re
import sys
import uuid
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PIN = re.compile(r"^([a-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
EXPRESSION = re.compile(r"[\w.+-]+( (AND|OR) [\w.+-]+)*")
SAYS_NOTHING = ("", "UNKNOWN")
ALLOWED = frozenset(  # as packages write them: leave to use, change and pass on what we ship
    {
        "0BSD", "Apache-2.0", "Apache Software License", "Apache License, Version 2.0",
        "BSD-2-Clause", "BSD-3-Clause", "BSD License", "CC0-1.0", "ISC", "MIT", "MIT License",
        "MIT-0", "MIT-CMU", "PSF-2.0", "Public Domain", "SIL Open Font License 1.1 (OFL-1.1)",
        "OFL-1.1", "Unlicense", "Zlib",
        # These ask only that changes of the library itself are passed on under the same terms.
        "MPL-2.0", "Mozilla Public License 2.0 (MPL 2.0)", "Mozilla Public License 1.1 (MPL 1.1)",
        "GNU Library or Lesser General Public License (LGPL)",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Library:
    """`licenses`: as its own metadata say; empty where it is not installed here."""

    name: str
    version: str
    licenses: tuple[str, ...] = ()


def pinned(lock: str = "requirements.txt") -> list[Library]:
    found = PIN.findall((ROOT / lock).read_text(encoding="utf-8"))
    return [Library(name, version, licenses_of(name)) for name, version in found]


def licenses_of(name: str) -> tuple[str, ...]:
    """One expression, or the choice that its classifiers or its one line leave."""
    try:
        said = distribution(name).metadata
    except PackageNotFoundError:  # for another system
        return ()
    if "License-Expression" in said:
        return (said["License-Expression"],)
    classified = [each for each in said.get_all("Classifier", []) if each.startswith("License ::")]
    told = [each.rpartition(" :: ")[2] for each in classified] or said.get_all("License", [])
    return tuple(each.splitlines()[0] for each in told if each not in SAYS_NOTHING)


def is_allowed(library: Library) -> bool:
    return any(holds(each) for each in library.licenses)


def holds(expression: str) -> bool:
    """Whether we may take it on: of alternatives one, of what goes together all.

    >>> holds("MIT AND PSF-2.0"), holds("GPL-3.0 OR MIT"), holds("GPL-3.0 AND MIT")
    (True, True, False)
    """
    if expression in ALLOWED:
        return True
    alternatives = expression.split(" OR ")
    return any(all(part in ALLOWED for part in each.split(" AND ")) for each in alternatives)


def bill(libraries: list[Library]) -> dict[str, Any]:
    """CycloneDX 1.6."""
    components = list(map(component, libraries))
    content = json.dumps(components, sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": uuid.uuid5(uuid.NAMESPACE_URL, content).urn,
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "readiness"}},
        "components": components,
    }


def component(library: Library) -> dict[str, Any]:
    address = f"pkg:pypi/{library.name}@{library.version}"
    return {
        "type": "library",
        "bom-ref": address,
        "name": library.name,
        "version": library.version,
        "purl": address,
        "licenses": in_bill(library.licenses),
    }


def in_bill(licenses: tuple[str, ...]) -> list[dict[str, Any]]:
    if len(licenses) == 1 and EXPRESSION.fullmatch(licenses[0]):
        return [{"expression": licenses[0]}]
    return [{"license": {"name": each}} for each in licenses]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(bill(pinned()), indent=2, ensure_ascii=False) + "\n")
