"""Score a set of answers: the same run for pages, documents and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from readiness.assessments import assessment_json, tier_path
from readiness.assessments.run_json import inputs_sha256
from readiness.assessments.scorecard import ScoringRun
from readiness.assessments.scoring import ENGINE_VERSION
from readiness.assessments.tiers import limiting_factor, standing
from readiness.core import solver
from readiness.core.errors import BadInput, NotFound, Problem
from readiness.instruments import loader as instruments
from readiness.instruments.answers import Answers, Context
from readiness.instruments.models import Instrument


def scoring_run(instrument: Instrument, context: Context, answers: Answers) -> ScoringRun:
    """Tier, reasons and the shortest way up. The context is only hashed with the inputs."""
    stand = standing(instrument, answers)
    way = tier_path.shortest_way(instrument, answers, stand, solver.least)
    return ScoringRun(
        instrument_id=instrument.id,
        version=instrument.version,
        engine=ENGINE_VERSION,
        complete=not stand.missing,
        missing=stand.missing,
        tier_id=stand.tier.id,
        provisional=stand.provisional,
        axes={axis_id: each.shown for axis_id, each in stand.scores.axes.items()},
        domains={domain_id: each.shown for domain_id, each in stand.scores.domains.items()},
        overall=stand.scores.overall.shown,
        gates=stand.gates,
        limiting_factor=limiting_factor(instrument, answers, stand),
        shortest_way=way.raises,
        trace=stand.trace,
        shortest_way_reason=way.reason,
        caps=stand.caps,
        instrument_sha256=instrument.sha256,
        inputs_sha256=inputs_sha256(instrument, context, answers),
    )


def scored_file(raw: bytes) -> tuple[ScoringRun, tuple[Problem, ...]]:
    """The run for an assessment sent as JSON, and notices of what was left out; or BadInput."""
    found = assessment_json.parse_object(raw)
    instrument, problems = instrument_of(found)
    reading = assessment_json.read(found, instrument)
    if instrument is None or problems or reading.problems:
        raise BadInput([*problems, *reading.problems])
    run = scoring_run(instrument, reading.context, reading.answers)
    return run, tuple(reading.notices)


def instrument_of(found: Mapping[str, Any]) -> tuple[Instrument | None, list[Problem]]:
    """Without a version, the latest published."""
    instrument_id, version, problems = assessment_json.instrument_and_version(found)
    if instrument_id is None:
        return None, problems
    try:
        return instruments.load(instrument_id, version), problems
    except NotFound as error:
        return None, [*problems, Problem("instrument", str(error))]
