from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHOWN = (
    "readiness.incentives.cautions",
    "readiness.incentives.design",
    "readiness.incentives.models",
    "readiness.incentives.run_json",
)


def test_a_page_that_shows_what_was_simulated_does_not_wait_for_numpy():
    loaded = "'scipy' in sys.modules or 'numpy' in sys.modules"
    code = f"import sys, {', '.join(SHOWN)}; sys.exit({loaded})"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
