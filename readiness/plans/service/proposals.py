"""Plans as they are proposed, each worked out once for its run, its tier and the facts behind it.

A run fixes answers and context. What else goes into a plan is hashed with the version of the code
and kept beside it: when any of it changes, the plan is worked out anew. It is kept when a page is
read, too; a database that is busy or cannot be written is let be, and the page waits for nothing.
Gaps are no part of it: they add nothing to the tier, and hang on what other groups release.
"""

from __future__ import annotations

import hashlib
import json

from readiness.assessments.scoring import ENGINE_VERSION
from readiness.core import solver
from readiness.core.db import Store
from readiness.core.serialization import to_json
from readiness.instruments.models import Tier
from readiness.plans import db as plans
from readiness.plans.models import ProposedPlan
from readiness.plans.planning import VERSION, GroupFacts, propose


def plan_to(
    store: Store, tier: Tier, facts: GroupFacts, run_id: str | None, *, prices_margin: bool = False
) -> ProposedPlan:
    """`run_id`: None for a preview, which is not kept."""
    seal = facts_sha256(facts)
    kept = plans.proposed_plan(store, run_id, tier.id, seal) if run_id else None
    if kept is not None:
        return kept
    made = propose(facts, solver.least, tier, prices_margin=prices_margin)
    if run_id:
        store.keep(lambda: plans.save_proposed_plan(store, run_id, tier.id, seal, made))
    return made


def facts_sha256(facts: GroupFacts) -> str:
    """Over everything that a run does not fix."""
    plain = to_json(
        {
            "code": [VERSION, ENGINE_VERSION],
            "instrument": facts.instrument.sha256,
            "book": facts.book.sha256 if facts.book else None,
            "still_to_pay": facts.still_to_pay,
            "done_before": facts.done_before,
        }
    )
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
