from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ABOVE = {"db", "presenter", "views"}  # sqlite-utils looks for numpy


def test_no_page_waits_for_a_numerical_library_before_it_needs_one():
    """Importing scipy takes about half a second."""
    found = sorted((ROOT / "readiness").glob("[se][tq]*/*.py"))
    modules = [each for each in found if each.stem not in ABOVE]
    names = [str(each.relative_to(ROOT).with_suffix("")).replace("/", ".") for each in modules]
    assert "readiness.statistics.rates" in names
    loaded = "'scipy' in sys.modules or 'numpy' in sys.modules"
    code = f"import sys, {', '.join(names)}; sys.exit({loaded})"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
