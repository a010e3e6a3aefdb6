"""Three groups that share with the payer "fair" and have submitted, and one that does not share."""

from __future__ import annotations

import pytest

from readiness.domain.people import Group
from readiness.domain.periods import Period
from readiness.store import groups
from readiness.usecases.jobs import Runner
from tests import planned
from tests.grounded import KNOWN
from tests.measured import counts, declare, enter, release
from tests.web.world import NOW

Q4 = Period(2026, 4)
LEVELS = {"elm": 1, "ash": 2, "fir": 3}


@pytest.fixture
def grove(peopled):
    for group_id, level in LEVELS.items():
        if group_id != "elm":
            with peopled.writing():
                groups.add(peopled, Group(group_id, f"{group_id.title()} Physicians"), NOW)
                share(peopled, group_id)
        answers = planned.answers_at(level)
        planned.submitted(
            peopled, group_id, answers, NOW, assessment_id=f"of-{group_id}", facts=KNOWN
        )
    planned.submitted(
        peopled, "oak", planned.answers_at(1), NOW, assessment_id="of-oak", facts=KNOWN
    )
    enter(peopled, Q4, counts({"white": (3500, 5000), "black": (2500, 5000)}), NOW)
    declare(peopled, Q4, "race_omb2024.white", NOW)
    release(peopled, Q4, NOW)
    return peopled


def share(store, group_id):
    store.insert(
        "grants",
        {
            "id": f"{group_id}-fair",
            "group_id": group_id,
            "payer_id": "fair",
            "granted_at": NOW.isoformat(),
            "granted_by": "maya",
        },
    )


@pytest.fixture
def runner(grove):
    return Runner(grove.path)
