"""What left a group of the 12 months that end with a quarter: the numbers behind equity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from readiness.core.periods import Period
from readiness.counts.quality.models import QualityCell


@dataclass(frozen=True)
class QualityRelease:
    """The numbers of one period as everybody outside the group reads them."""

    group_id: str
    period: Period
    number: int  # 1 for the period's first
    made_at: datetime
    threshold: int
    method: str
    rounds: int
    values: Mapping[QualityCell, int | None]  # None: hidden to protect small counts
    reference: str = ""  # as declared now, such as "race_omb2024.white"; "" when it is not

    @property
    def hidden(self) -> int:
        return sum(value is None for value in self.values.values())

    @property
    def hidden_share(self) -> float:
        return self.hidden / len(self.values) if self.values else 0.0
