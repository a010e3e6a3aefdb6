"""Tests by their node id: whether there is such a one, and how those that are named fare."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree  # of what pytest itself wrote
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.prove.server import ROOT


@dataclass(frozen=True)
class Outcome:
    """Of a run of pytest: its cases, and by name those that failed and those that could not begin.

    Skipped ones prove nothing.
    """

    cases: int
    skipped: int
    failed: list[str]
    broken: list[str]

    @property
    def off(self) -> list[str]:
        return self.failed + self.broken


@cache
def tests_in(path: str) -> frozenset[str]:
    """The names of the tests in a file; none where there is no such file."""
    file = ROOT / path
    parsed = ast.parse(file.read_text(encoding="utf-8")) if file.is_file() else ast.Module([], [])
    return frozenset(
        each.name
        for each in ast.walk(parsed)
        if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")
    )


def missing(nodes: Iterable[str]) -> list[str]:
    return [node for node in nodes if node.split("::")[1] not in tests_in(node.split("::")[0])]


def outcome_of(nodes: Iterable[str], root: Path = ROOT) -> Outcome:
    """In processes of their own, so that what they configure stays with them."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        kept = (f"--junitxml={report}", f"--basetemp={folder}/temp", f"-ocache_dir={folder}/cache")
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", "0", *kept, *nodes],
            cwd=root,
            env={name: said for name, said in os.environ.items() if not name.startswith("PYTEST")},
            capture_output=True,
            text=True,
            check=False,
        )
        if not report.exists():
            return Outcome(0, 0, [], [done.stderr[-300:] or done.stdout[-300:]])
        return read(ElementTree.parse(report).getroot())  # noqa: S314 - our own


def read(report: ElementTree.Element) -> Outcome:
    cases = list(report.iter("testcase"))

    def names(of: str) -> list[str]:
        return [str(case.get("name")) for case in cases if case.find(of) is not None]

    return Outcome(len(cases), len(names("skipped")), names("failure"), names("error"))
