"""Score a set of answers: the same run for pages, documents and the command line."""

from __future__ import annotations

from readiness.domain import ascent
from readiness.domain.answers import Answers, Context
from readiness.domain.instrument import Instrument
from readiness.domain.run_json import inputs_sha256
from readiness.domain.scorecard import ScoringRun
from readiness.domain.scoring import ENGINE_VERSION
from readiness.domain.tiers import limiting_factor, standing
from readiness.engines import solver


def scoring_run(instrument: Instrument, context: Context, answers: Answers) -> ScoringRun:
    """Tier, reasons and the shortest way up. The context is only hashed with the inputs."""
    stand = standing(instrument, answers)
    way = ascent.shortest_way(instrument, answers, stand, solver.least)
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
