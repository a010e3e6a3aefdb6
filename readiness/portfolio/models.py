"""A payer's portfolio: what is asked of the list, and what one line of it may say."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from readiness.assessments import attestation
from readiness.assessments.cycles import ProgramCheck, score_in
from readiness.assessments.models import AssessmentStatus, RunKind
from readiness.core.numbers import comma_fault
from readiness.core.small_cells import HIDDEN
from readiness.counts.measures.models import FEWEST_FOR_A_RATE
from readiness.plans.tier_cost import TierCost

SIZES = (50, 100, 200)  # lines a page; never more
MOST_COMPARED = 4
NO_TIER = "none"
NOT_STARTED = "not started"
TIERS = ("T0", "T1", "T2", "T3", "T4")
LONGEST_TEXT = 100
NO_SCORE = "Enter a score from 0 to 100, such as 40."


class PortfolioSort(StrEnum):
    """What the list can be ordered by; a domain's score is ordered by through its own field."""

    NAME = "name"
    TIER = "tier"
    QMS = "qms"
    EQR = "eqr"
    REACH = "reach"
    STATUS = "status"
    CHANGED = "changed"
    COST = "cost"
    DOMAIN = "domain"


SORTABLE = frozenset(map(str, PortfolioSort)) - {PortfolioSort.DOMAIN}


@dataclass(frozen=True)
class PortfolioQuery:
    """What a payer asks of the list. Empty texts ask for everything."""

    text: str = ""
    tier: str = ""  # a tier's id, or NO_TIER
    status: str = ""  # a Status, or NOT_STARTED
    cycle_id: str = ""
    domain_id: str = ""  # only groups below `below` there
    below: float | None = None
    below_fault: str = ""  # why what was typed is no such score
    group_ids: tuple[str, ...] = ()  # only these, to stand side by side
    sort: PortfolioSort = PortfolioSort.NAME
    sort_domain_id: str = ""  # for Sort.DOMAIN
    is_descending: bool = False
    page: int = 1
    size: int = SIZES[0]


@dataclass(frozen=True)
class ScreeningReach:
    """Screening reach as a payer may read it."""

    share: float | None
    says: str  # "412 of 980", why it is hidden, or that there is none
    is_hidden: bool = False


@dataclass(frozen=True)
class PortfolioRow:
    """One group with an active grant. Of a draft it holds the progress, nothing else."""

    group_id: str
    name: str
    status: AssessmentStatus | None  # of the newest assessment; None: none was started
    answered: int  # items of the newest assessment
    instrument: tuple[str, str] | None  # its id and version; None: none was started
    assessment_id: str | None  # what the scores below rest on; None: nothing submitted yet
    asked: int | None = None  # items of the newest assessment's instrument
    title: str = ""  # of that assessment
    scored_by: tuple[str, str] | None = None  # the instrument of that assessment
    is_newest: bool = True  # False: another one is being written since
    run_kind: RunKind | None = None
    tier_id: str | None = None
    provisional: bool = False
    tier_expires_on: date | None = None
    limiting_factor: str = ""
    qms: float | None = None
    eqr: float | None = None
    domains: Mapping[str, float | None] = field(default_factory=dict)
    screened: int | None = None  # patient-quarters as released; None: hidden
    eligible: int | None = None
    quarters: int = 0  # released ones that the counts rest on
    changed_at: datetime | None = None
    programs: tuple[ProgramCheck, ...] = ()  # where the payer's cycles ask for more
    is_latest: bool = False  # the scores are those of the assessment submitted last
    tier_cost: TierCost | None = None  # None: not worked out, or of an earlier assessment
    patients: int | None = None  # active ones, as submitted; known where the cost is

    @property
    def instruments(self) -> frozenset[tuple[str, str]]:
        """A group that writes a new assessment may still stand on one of an older version."""
        return frozenset(each for each in (self.instrument, self.scored_by) if each)

    @property
    def is_scored(self) -> bool:
        return self.tier_id is not None

    @property
    def is_in_progress(self) -> bool:
        return self.status is AssessmentStatus.IN_PROGRESS

    @property
    def is_validated(self) -> bool:
        return self.run_kind is RunKind.VALIDATED

    @property
    def axes(self) -> Mapping[str, float | None]:
        return {"QMS": self.qms, "EQR": self.eqr}

    @property
    def reach(self) -> ScreeningReach:
        """From released counts alone."""
        if not self.quarters:
            return ScreeningReach(None, "no counts yet")
        if self.screened is None or self.eligible is None:
            return ScreeningReach(None, HIDDEN, is_hidden=True)
        says = f"{self.screened:,} of {self.eligible:,}"
        if self.eligible < FEWEST_FOR_A_RATE:
            return ScreeningReach(None, f"{says}, too few for a rate")
        return ScreeningReach(self.screened / self.eligible, says)

    @property
    def known_cost(self) -> TierCost | None:
        """Only what can be held against other groups: a sum with a part missing looks cheap."""
        return self.tier_cost if self.tier_cost and self.tier_cost.is_known else None

    def is_cost_due(self, today: date) -> bool:
        """Whether what the next tier costs is to be worked out, or its months again."""
        if not self.is_latest:
            return False
        return self.tier_cost is None or self.tier_cost.good_until < today

    def is_expired(self, today: date) -> bool:
        return attestation.has_expired(self.tier_expires_on, today)


def parse_query(
    sent: Mapping[str, str], domain_ids: Collection[str], cycle_ids: Collection[str]
) -> PortfolioQuery:
    """What an address asks for. Whatever it does not mean is left out: a link never breaks."""
    written = sent.get("below", "")
    below = score_in(written)
    domain_id = one_of(sent.get("domain", ""), domain_ids)
    sort, sort_domain_id = sort_in(sent.get("sort", ""), domain_ids)
    size = int_in(sent.get("size", ""), SIZES[0])
    return PortfolioQuery(
        text=" ".join(sent.get("text", "").replace("\0", " ").split())[:LONGEST_TEXT],
        tier=one_of(sent.get("tier", ""), (*TIERS, NO_TIER)),
        status=one_of(sent.get("status", ""), (*map(str, AssessmentStatus), NOT_STARTED)),
        cycle_id=one_of(sent.get("cycle", ""), cycle_ids),
        domain_id=domain_id if below is not None else "",
        below=below if domain_id else None,
        below_fault=""
        if below is not None or not written.strip()
        else comma_fault(written) or NO_SCORE,
        sort=sort,
        sort_domain_id=sort_domain_id,
        is_descending=sent.get("order") == "down",
        page=max(1, int_in(sent.get("page", ""), 1)),
        size=size if size in SIZES else SIZES[0],
    )


def sort_in(text: str, domain_ids: Collection[str]) -> tuple[PortfolioSort, str]:
    """A column's name, or a domain's."""
    if text in domain_ids:
        return PortfolioSort.DOMAIN, text
    return (PortfolioSort(text) if text in SORTABLE else PortfolioSort.NAME), ""


def one_of(text: str, known: Collection[str]) -> str:
    return text if text in known else ""


def int_in(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else otherwise


def query_parameters(query: PortfolioQuery) -> dict[str, Any]:
    """The query as the parts of an address, without what goes without saying."""
    said = {
        "text": query.text,
        "tier": query.tier,
        "status": query.status,
        "cycle": query.cycle_id,
        "domain": query.domain_id,
        "below": "" if query.below is None else f"{query.below:g}",
        "sort": query.sort_domain_id or ("" if query.sort is PortfolioSort.NAME else query.sort),
        "order": "down" if query.is_descending else "",
        "size": "" if query.size == SIZES[0] else query.size,
        "page": "" if query.page == 1 else query.page,
    }
    return {name: value for name, value in said.items() if value}


@dataclass(frozen=True)
class PortfolioTally:
    """How many groups of the list stand where, and what most of them lack."""

    by_tier: Mapping[str | None, int]  # None: nothing submitted yet
    by_gate: tuple[tuple[str, int], ...] = ()  # item id -> groups, most first

    @property
    def total(self) -> int:
        return sum(self.by_tier.values())
