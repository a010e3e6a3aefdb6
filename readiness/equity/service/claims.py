"""What a group claims of its equity work, beside its counts: its own, or those that left it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from readiness.core.db import Store
from readiness.core.periods import Period
from readiness.counts.db import quality
from readiness.counts.measures import loader as measure_files
from readiness.counts.quality.models import DemographicCell, QualityCell
from readiness.disclosure.db import quality as quality_releases
from readiness.equity.claims import ClaimEvidence, WeighedClaim, weigh_claims
from readiness.equity.tables import consistent_rows, rows_of, tables_of
from readiness.instruments.answers import Answers

Values = Mapping[QualityCell, int | None]


def of_entered(
    store: Store, group_id: str, answers: Answers, today: date
) -> tuple[WeighedClaim, ...]:
    """For the group itself. The caller has asked whether the person may see it."""
    known = {ending: each.known for ending, each in quality.of_group(store, group_id).items()}
    declared = {
        ending: status.reference for ending, status in quality.statuses(store, group_id).items()
    }
    return weigh_claims(levels_in(answers), evidence(group_id, known, declared), today)


def of_released(
    store: Store, group_id: str, answers: Answers, today: date
) -> tuple[WeighedClaim, ...]:
    """For a reviewer, who reads no other numbers. The caller has asked whether they may."""
    releases = quality_releases.readable(store, group_id, today)
    values = {each.period: each.values for each in releases}
    declared = {each.period: each.reference for each in releases}
    return weigh_claims(levels_in(answers), evidence(group_id, values, declared), today)


def levels_in(answers: Answers) -> dict[str, int]:
    return {
        item_id: answer.level for item_id, answer in answers.items() if answer.level is not None
    }


def evidence(
    group_id: str, values: Mapping[Period, Values], declared: Mapping[Period, str]
) -> ClaimEvidence:
    measures = measure_files.load_quality().measures
    rows = (row for ending, own in values.items() for row in rows_of(group_id, ending, own))
    return ClaimEvidence(
        tables=tables_of(consistent_rows(rows)),
        known={
            ending: {cell: n for cell, n in own.items() if isinstance(cell, DemographicCell)}
            for ending, own in values.items()
        },
        references=declared,
        directions={measure.id: measure.direction for measure in measures},
        titles={measure.id: measure.title for measure in measures},
    )
