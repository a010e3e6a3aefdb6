"""Seeds of a long proof: the first few in the suite, all of them in `script/bench proofs`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

ALL = "READINESS_ALL_SEEDS"
Seed = TypeVar("Seed")


def seeds(every: Sequence[Seed], few: int) -> Sequence[Seed]:
    return every if os.environ.get(ALL) == "1" else every[:few]
