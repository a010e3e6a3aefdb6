"""The long proofs on all of their seeds: brute force, a second statement of the problem, attackers.

The suite runs the same tests on the first few seeds of each.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.factories.seeds import ALL

ROOT = Path(__file__).parents[2]
PROOFS = (
    "tests/core/test_integer_program.py",
    "tests/assessments/test_good_deeds.py",
    "tests/assessments/test_tier_path.py",
    "tests/plans/test_least_cost.py",
    "tests/plans/test_least_cost_catalogue.py",
    "tests/disclosure/test_bounds.py",
    "tests/disclosure/test_late_rows.py",
    "tests/disclosure/test_service.py",
    "tests/investment/test_offering.py",
    "tests/investment/test_prerequisites.py",
    "tests/investment/service/test_allocation.py",
    "tests/investment/service/test_small_portfolios.py",
    "tests/investment/service/test_solving.py",
)


def run() -> Iterator[str]:
    for proof in PROOFS:
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", proof],
            cwd=ROOT,
            env=os.environ | {ALL: "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        yield f"{proof}: {ended.stdout.strip().splitlines()[-1]}"
