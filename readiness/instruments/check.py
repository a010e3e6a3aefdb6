"""What a file says that cannot all be true. Each check is a function in a list below."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from readiness.domain.instrument import Instrument
from readiness.instruments import actions, conditions, references, thresholds
from readiness.instruments.form import Written
from readiness.instruments.shape import Path

Finding = tuple[Path, str]

CHECKS: tuple[Callable[[Written, Instrument], Iterator[Finding]], ...] = (
    references.repeated_ids,
    references.unknown_ids,
    references.unknown_in_texts,
    references.nothing_inside,
    references.scale_out_of_order,
    thresholds.tiers_out_of_order,
    thresholds.minimums_that_do_not_rise,
    thresholds.gates_that_do_not_rise,
    thresholds.gates_asked_twice,
    thresholds.gates_without_reason,
    thresholds.supports_that_do_not_rise,
    conditions.bad_conditions,
    conditions.conditions_half_told,
    conditions.bad_fields,
    actions.impossible_figures,
    actions.bad_quantities,
    actions.items_without_help,
    actions.actions_out_of_reach,
    actions.unmarked_estimates,
)


def contradictions(written: Written, instrument: Instrument) -> Iterator[Finding]:
    for check in CHECKS:
        yield from check(written, instrument)
