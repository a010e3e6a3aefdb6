"""What left a group of one period: the numbers as everybody outside the group reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic

from readiness.core.periods import Period
from readiness.counts.quality.models import QualityCell
from readiness.counts.social_risk.models import FunnelCell
from readiness.disclosure.table import C


@dataclass(frozen=True)
class Release(Generic[C]):
    group_id: str
    period: Period  # a closed quarter, or the one that 12 months end with
    number: int  # 1 for the period's first
    made_at: datetime
    threshold: int
    method: str
    rounds: int  # of hiding one more and looking again, until no small count could be worked out
    values: Mapping[C, int | None]  # None: hidden to protect small counts; absent: not known
    reference: str = ""  # as declared now, such as "race_omb2024.white"; "" when it is not

    @property
    def hidden(self) -> int:
        return sum(value is None for value in self.values.values())

    @property
    def hidden_share(self) -> float:
        return self.hidden / len(self.values) if self.values else 0.0


SocialRiskRelease = Release[FunnelCell]
QualityRelease = Release[QualityCell]
