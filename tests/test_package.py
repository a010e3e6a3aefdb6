"""The wheel: installed elsewhere, it has its pages, its data and its command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """A folder with what `pip install .` would add to an environment."""
    folder: Path = tmp_path_factory.mktemp("package")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_it_holds_templates_static_files_and_instruments(installed):
    for folder in ("templates", "static"):
        shipped = {str(p.relative_to(ROOT)) for p in (ROOT / folder).rglob("*") if p.is_file()}
        inside = installed / "readiness"
        found = {str(p.relative_to(inside)) for p in inside.rglob("*")}
        assert shipped <= found
    assert list(installed.glob("readiness/instruments/qmer/*.yaml"))


@pytest.mark.slow
def test_its_command_scores_and_serves_from_its_own_files(installed, tmp_path):
    run = (
        "from readiness.application import main; from readiness.core.config import ROOT;"
        "print(ROOT); main()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", run, "score", str(ROOT / "tests" / "data" / "assessment.json")],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    first, rest = ended.stdout.split("\n", 1)
    assert Path(first) == installed / "readiness"
    assert '"tier"' in rest
    entry = next(installed.glob("*.dist-info/entry_points.txt")).read_text()
    assert "readiness = readiness.application:main" in entry
