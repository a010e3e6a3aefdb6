"""What a file says that cannot all be true. Each check is a function in a list below."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from readiness.instruments import (
    check_conditions,
    check_interventions,
    check_references,
    check_tiers,
)
from readiness.instruments.file_format import Written
from readiness.instruments.file_shapes import Path
from readiness.instruments.models import Instrument

Finding = tuple[Path, str]

CHECKS: tuple[Callable[[Written, Instrument], Iterator[Finding]], ...] = (
    check_references.repeated_ids,
    check_references.unknown_ids,
    check_references.unknown_in_texts,
    check_references.nothing_inside,
    check_references.scale_out_of_order,
    check_tiers.tiers_out_of_order,
    check_tiers.minimums_that_do_not_rise,
    check_tiers.gates_that_do_not_rise,
    check_tiers.gates_asked_twice,
    check_tiers.gates_without_reason,
    check_tiers.supports_that_do_not_rise,
    check_conditions.bad_conditions,
    check_conditions.conditions_half_told,
    check_conditions.bad_fields,
    check_interventions.impossible_figures,
    check_interventions.bad_quantities,
    check_interventions.items_without_help,
    check_interventions.actions_out_of_reach,
    check_interventions.unmarked_estimates,
)


def contradictions(written: Written, instrument: Instrument) -> Iterator[Finding]:
    for check in CHECKS:
        yield from check(written, instrument)
