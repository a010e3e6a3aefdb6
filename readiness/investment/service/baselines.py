"""What each sharing group submitted and released: the baseline that an allocation starts from.

Groups that do not share, and those that submitted nothing yet, are never in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from readiness.assessments.service import assessment_view, payer_view, result, scoring
from readiness.assessments.tiers import evaluate
from readiness.core.db import Store
from readiness.core.periods import Period
from readiness.counts.measures import loader as measure_files
from readiness.counts.measures.models import Direction, QualityMeasure
from readiness.counts.social_risk.models import Step
from readiness.counts.strata import Stratum, StratumType
from readiness.disclosure import released_counts
from readiness.disclosure.db import quality as quality_releases
from readiness.disclosure.db import social_risk
from readiness.disclosure.released_counts import QualityRelease
from readiness.equity import db as peers
from readiness.equity.gaps import StratumGap, finding_of
from readiness.equity.gates import Use
from readiness.equity.service.released_gaps import RELIABLE, spreads_among_peers
from readiness.equity.tables import StratumTable, rows_of, tables_split_by
from readiness.instruments.answers import Answers
from readiness.instruments.models import Instrument
from readiness.investment.models import (
    GroupBaseline,
    PatientsBehind,
    TierPlan,
)
from readiness.plans import tier_cost
from readiness.plans.catalog import with_levels
from readiness.plans.costs import CostRange, sum_of
from readiness.plans.models import ActionPlan, ActionStatus
from readiness.plans.progress import BEGUN
from readiness.plans.projection import project
from readiness.plans.service import basis, begun, plan
from readiness.plans.service.begun import BegunActions
from readiness.plans.service.tier_plans import tier_plans

Z_95 = 1.959964
NOTHING_OWED: Mapping[str, CostRange] = {}
CLEAR_GAP = "clear, reliability cannot be told"
RELIABLE_GAP = "reliable"


@dataclass
class PeerSpreads:
    """How far true gaps lie apart, asked once for each measure, period and reference."""

    store: Store
    known: dict[tuple[str, Period, Stratum], Mapping[str, float]] = field(default_factory=dict)

    def spreads(self, measure_id: str, ending: Period, reference: Stratum) -> Mapping[str, float]:
        key = measure_id, ending, reference
        if key not in self.known:
            self.known[key] = spreads_among_peers(self.store, *key)
        return self.known[key]


def of_payer(store: Store, payer_id: str, today: date) -> tuple[GroupBaseline, ...]:
    others = PeerSpreads(store)
    return tuple(
        baseline
        for each in peers.sharing_groups(store, payer_id, today)
        if each.has_submitted and (baseline := baseline_of(store, payer_id, others, each, today))
    )


def baseline_of(
    store: Store, payer_id: str, others: PeerSpreads, shared: peers.SharingGroup, today: date
) -> GroupBaseline | None:
    """From the deciding run of what was submitted last; None where there is none."""
    group_id = shared.group.id
    assessment = result.newest_submitted(store, group_id)
    decisive = scoring.effective_run(store, assessment) if assessment else None
    if assessment is None or decisive is None:
        return None
    instrument = assessment_view.instrument_of(assessment)
    told = basis.basis_of_run(store, decisive, instrument).context
    context = payer_view.without_members_of_others(store, assessment, payer_id, told)
    opened = plan.view_of(store, assessment, context, datetime.combine(today, time(), UTC))
    started = begun.begun_by(store, assessment)
    return GroupBaseline(
        group_id,
        shared.group.name,
        instrument,
        opened.newest.run,
        opened.newest.answers,
        context,
        positive=positive_of(store, group_id, today),
        behind=tuple(patients_behind(store, others, group_id, today)),
        still_to_pay={each: started.still_to_pay[each] for each in in_place(opened.plan, started)},
        done_before=started.done_before,
        awarded=opened.awarded,
        plans=tuple(
            tier_plan_of(instrument, opened.newest.answers, each, today, opened.still_to_pay)
            for each in tier_plans(store, opened)
        ),
    )


def in_place(found: ActionPlan, started: BegunActions) -> Iterator[str]:
    """What is under way, or done since the answers; of what the plan holds, as the plan says."""
    status = {each.id: each.status for each in found.actions}
    for action_id in started.still_to_pay:
        if status.get(action_id, ActionStatus.UNDER_WAY) in BEGUN:
            yield action_id


def tier_plan_of(
    instrument: Instrument,
    answers: Answers,
    found: ActionPlan,
    today: date,
    still_to_pay: Mapping[str, CostRange] = NOTHING_OWED,
) -> TierPlan:
    """With whether it reaches its tier by the rules that score, and when."""
    number = int((found.target_tier_id or "T0")[1:])
    lines = tier_cost.lines_of(found, still_to_pay)
    under_way = [each for each in lines if each.action.status is ActionStatus.UNDER_WAY]
    return TierPlan(
        found.target_tier_id or "",
        found,
        reaches=evaluate(instrument, with_levels(answers, found.levels)).tier.number >= number,
        months=tier_cost.months_of(found, instrument, project(instrument, answers, found, today)),
        still_to_pay=int(sum_of(each.first_year for each in under_way).likely),
        begun_yearly=int(sum_of(each.yearly for each in under_way).likely),
    )


def positive_of(store: Store, group_id: str, today: date) -> tuple[int, int] | None:
    """Patients with any need, of those screened, over the last closed quarters as released."""
    recent = social_risk.latest_of_group(store, group_id, released_counts.QUARTERS)
    quarters = released_counts.latest_quarters(recent, today)
    return released_counts.share_over(quarters, Step.ANY_POSITIVE, Step.SCREENED).for_a_rate


def patients_behind(
    store: Store, others: PeerSpreads, group_id: str, today: date
) -> Iterator[PatientsBehind]:
    """The newest release's gaps that count, in patients."""
    found = quality_releases.readable(store, group_id, today)
    if not found or not found[0].reference:
        return
    kind, _, name = found[0].reference.partition(".")
    reference = Stratum(StratumType(kind), name)
    for measure, table in tables_by_measure(found[0], reference):
        spreads = others.spreads(measure.id, found[0].period, reference)
        for gap in finding_of(table, name, measure.direction, spreads).gaps:
            if says := why_it_counts(gap, measure):
                yield patients_in_gap(gap, measure, table, reference, says)


def tables_by_measure(
    release: QualityRelease, reference: Stratum
) -> Iterable[tuple[QualityMeasure, StratumTable]]:
    rows = rows_of(release.group_id, release.period, release.values)
    by_id = {table.place.measure: table for table in tables_split_by(reference.type, rows)}
    return [
        (each, by_id[each.id]) for each in measure_files.load_quality().measures if each.id in by_id
    ]


def why_it_counts(gap: StratumGap, measure: QualityMeasure) -> str:
    """Why a gap counts; empty when it does not.

    Where 30 groups tell how reliable it is, it has to be so. Where they cannot, its whole 95 %
    interval has to lie on the worse side.
    """
    if not gap.to_close or gap.low is None or gap.high is None:
        return ""
    if gap.reliability is not None:
        return RELIABLE_GAP if gap.use in RELIABLE else ""
    is_worse = gap.high < 0 if measure.direction is Direction.HIGHER else gap.low > 0
    return CLEAR_GAP if is_worse and gap.use is Use.DIRECTIONAL else ""


def patients_in_gap(
    gap: StratumGap, measure: QualityMeasure, table: StratumTable, reference: Stratum, says: str
) -> PatientsBehind:
    size = table.counts[gap.stratum].denominator or 0
    error = size * ((gap.high or 0.0) - (gap.low or 0.0)) / (2 * Z_95)
    people = gap.to_close or 0.0
    return PatientsBehind(
        measure.id,
        people,
        error,
        f"{measure.title}: about {people:,.0f} of {size:,} patients "
        f"({Stratum(reference.type, gap.stratum).label}) are behind, at a gap of "
        f"{abs(100 * (gap.difference or 0)):.1f} points to {reference.label} ({says})",
        is_by_language=reference.type is StratumType.LANGUAGE,
    )
