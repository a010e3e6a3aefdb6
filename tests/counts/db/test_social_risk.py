from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from readiness.accounts.db import groups
from readiness.core import audit
from readiness.core.audit import Event
from readiness.core.db import Store
from readiness.core.errors import ChangedMeanwhile
from readiness.core.migrations import migrate
from readiness.core.people import Group
from readiness.core.periods import Period
from readiness.counts.db import explanations, social_risk
from readiness.counts.models import Explanation, PeriodState, PeriodStatus, Revision
from readiness.counts.social_risk.models import FunnelCell, Need, Step
from readiness.counts.strata import Stratum, StratumType

AT = datetime(2026, 10, 5, tzinfo=UTC)
Q3 = Period(2026, 3)
FOOD = FunnelCell(Step.POSITIVE, Need.FOOD)
PART = FunnelCell(Step.ELIGIBLE, None, Stratum(StratumType.LANGUAGE, "spanish"))
TABLES = ("counts", "periods", "count_explanations")
EVENT = Event(AT, "cara", "entered counts", "counts", "2026-Q3", group_id="elm")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.create(tmp_path / "readiness.db")
    migrate(opened)
    for group_id in ("elm", "oak"):
        groups.add(opened, Group(group_id, group_id.title()), AT)
    yield opened
    opened.close()


def put(
    store: Store, cell: FunnelCell, revision: int, value: int | None, quarter: Period = Q3
) -> None:
    social_risk.save(store, "elm", quarter, [Revision(cell, revision, value, "cara", AT)], EVENT)


def test_every_revision_is_kept_and_the_last_is_the_count(store):
    put(store, FOOD, 1, 40)
    put(store, FOOD, 2, None)
    put(store, FOOD, 3, 0)
    put(store, PART, 1, 80)
    history = social_risk.history(store, "elm", Q3)
    assert [line.value for line in history[FOOD]] == [40, None, 0]
    assert social_risk.of_group(store, "elm")[Q3].known == {FOOD: 0, PART: 80}
    assert social_risk.of_group(store, "oak") == {}


def test_a_count_that_was_taken_back_is_not_known(store):
    put(store, FOOD, 1, 40)
    put(store, FOOD, 2, None)
    assert social_risk.of_group(store, "elm") == {}


def test_quarters_are_kept_apart_and_told_oldest_first(store):
    put(store, FOOD, 1, 40)
    put(store, FOOD, 1, 30, Q3.previous)
    assert [str(each) for each in social_risk.of_group(store, "elm")] == ["2026-Q2", "2026-Q3"]


def test_a_second_saver_of_the_same_revision_is_refused_and_nothing_is_stored(store):
    put(store, FOOD, 1, 40)
    revisions = [Revision(PART, 1, 80, "maya", AT), Revision(FOOD, 1, 50, "maya", AT)]
    with pytest.raises(ChangedMeanwhile, match="Nothing was overwritten"):
        social_risk.save(store, "elm", Q3, revisions, EVENT)
    assert social_risk.of_group(store, "elm")[Q3].known == {FOOD: 40}
    assert len(audit.of_group(store, "elm")) == 1


def test_an_explanation_is_kept_with_what_it_explains(store):
    first = Explanation("odd@x", 1, "81% have a need.", "A camp visit.", "cara", AT)
    again = Explanation("odd@x", 2, "82% have a need.", "Still the camp.", "cara", AT)
    for each in (first, again):
        social_risk.save(store, "elm", Q3, [], EVENT, [each])
    assert explanations(store, "elm", Q3) == {"odd@x": again}
    with pytest.raises(ChangedMeanwhile):
        social_risk.save(store, "elm", Q3, [], EVENT, [again])


def test_a_quarter_has_a_state_that_refuses_a_stale_change(store):
    assert social_risk.status(store, "elm", Q3) == PeriodStatus()
    social_risk.set_state(store, "elm", Q3, PeriodState.OPEN, 0, EVENT)
    social_risk.set_state(store, "elm", Q3, PeriodState.COMPLETE, 1, EVENT)
    assert social_risk.status(store, "elm", Q3) == PeriodStatus(PeriodState.COMPLETE, 2)
    assert social_risk.statuses(store, "elm") == {Q3: PeriodStatus(PeriodState.COMPLETE, 2)}
    with pytest.raises(ChangedMeanwhile):
        social_risk.set_state(store, "elm", Q3, PeriodState.OPEN, 1, EVENT)


def test_a_removed_group_takes_its_counts_along(store):
    put(store, FOOD, 1, 40)
    social_risk.set_state(store, "elm", Q3, PeriodState.OPEN, 0, EVENT)
    groups.remove(store, "elm")
    assert [store.table(name).count for name in TABLES] == [0, 0, 0]
