"""What was saved of a quarter's counts, and why an odd number is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from readiness.counts.edits import Revision
from readiness.counts.social_risk.models import FunnelCell

CountRevision = Revision[FunnelCell]
History = Mapping[FunnelCell, Sequence[CountRevision]]  # oldest first


@dataclass(frozen=True)
class Explanation:
    """Why an odd number is right. It stands for as long as the finding says the same."""

    finding_key: str
    revision: int
    says: str  # the sentence that was explained
    text: str  # empty: taken back
    author_id: str
    at: datetime
