"""Three groups that share with the payer "fair" and have submitted, and one that does not share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from readiness.accounts.db import groups
from readiness.core.db import Store
from readiness.core.jobs.service import Runner
from readiness.core.migrations import migrate
from readiness.core.people import Group
from readiness.core.periods import Period
from tests.factories import plans, world
from tests.factories.baselines import KNOWN, random_baseline
from tests.factories.quality_counts import counts, declare, enter, release
from tests.factories.seeds import seeds
from tests.factories.world import NOW

Q4 = Period(2026, 4)
LEVELS = {"elm": 1, "ash": 2, "fir": 3}


@pytest.fixture(scope="session")
def grown(tmp_path_factory) -> Path:
    """Grown once: each test works on a copy."""
    path: Path = tmp_path_factory.mktemp("grove") / "readiness.db"
    with closing(Store.create(path)) as store:
        migrate(store)
        world.fill(store)
        grow(store)
    return path


@pytest.fixture(params=seeds(range(200), 16))
def group(request):
    """A random one, as an allocation stands on it."""
    return random_baseline(request.param)


@pytest.fixture
def grove(grown, tmp_path):
    yield from opened_copy(grown, tmp_path)


def opened_copy(path: Path, folder: Path) -> Iterator[Store]:
    own = folder / "shared"  # beside the database of the fixture `store`
    own.mkdir()
    store = Store(world.copy_of(path, own))
    yield store
    store.close()


def grow(store):
    for group_id, level in LEVELS.items():
        if group_id != "elm":
            with store.writing():
                groups.add(store, Group(group_id, f"{group_id.title()} Physicians"), NOW)
                share(store, group_id)
        answers = plans.answers_at(level)
        plans.submitted(store, group_id, answers, NOW, assessment_id=f"of-{group_id}", facts=KNOWN)
    plans.submitted(store, "oak", plans.answers_at(1), NOW, assessment_id="of-oak", facts=KNOWN)
    enter(store, Q4, counts({"white": (3500, 5000), "black": (2500, 5000)}), NOW)
    declare(store, Q4, "race_omb2024.white", NOW)
    release(store, Q4, NOW)


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
