"""Processes of the machine, as /proc tells of them."""

from __future__ import annotations

from pathlib import Path


def children(parent_id: int) -> set[int]:
    """Those that run."""
    found = ((int(path.name), path) for path in Path("/proc").glob("[0-9]*"))
    return {each for each, path in found if stat(path) == (str(parent_id), True)}


def is_running(process_id: int) -> bool:
    return stat(Path("/proc", str(process_id)))[1]


def stat(path: Path) -> tuple[str, bool]:
    """The parent, and whether it runs: one that ended may still wait to be buried."""
    try:
        state, parent_id = (path / "stat").read_text().rpartition(")")[2].split()[:2]
    except OSError:
        return "", False
    return parent_id, state not in "ZX"
