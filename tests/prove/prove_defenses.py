"""Each of many defenses is taken out of a copy of the program, and its test has to fail there."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.prove.defenses import DEFENSES, Defense
from tests.prove.figures import Figure, counted
from tests.prove.named_tests import outcome_of
from tests.prove.server import ROOT

COPIED = ("app.py", "pyproject.toml", "readiness", "templates", "static", "tests")


def run(rounds: int, seed: int) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        yield from figures(copy_in(Path(folder)), DEFENSES)


def figures(copied: Path, defenses: Iterable[Defense]) -> Iterator[Figure]:
    """The tests hold in the copy as it is, and each fails without its defense."""
    chosen = list(defenses)
    whole = outcome_of(sorted({each.test for each in chosen}), copied)
    yield counted("tests hold with every defense in place", whole.cases, whole.off)
    held = [each.what for each in chosen if not fails_without(copied, each)]
    yield counted("defenses taken out one by one, whose tests then failed", len(chosen), held)


def copy_in(folder: Path) -> Path:
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            shutil.copy(ROOT / name, folder)
    return folder


def fails_without(copied: Path, defense: Defense) -> bool:
    with taken_out(copied / defense.file, defense):
        found = outcome_of([defense.test], copied)
    return bool(found.failed) and not found.broken


@contextmanager
def taken_out(path: Path, defense: Defense) -> Iterator[None]:
    before = path.read_text(encoding="utf-8")
    assert before.count(defense.text) == 1, f"{defense.file} does not hold {defense.text!r} once"
    path.write_text(before.replace(defense.text, defense.without), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(before, encoding="utf-8")
