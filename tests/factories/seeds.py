"""Seeds of a long proof: the first few in the suite, all of them in `script/bench proofs`."""

from __future__ import annotations

import os
from collections.abc import Sequence

ALL = "READINESS_ALL_SEEDS"


def seeds(every: Sequence[int], few: int) -> Sequence[int]:
    return every if os.environ.get(ALL) == "1" else every[:few]
