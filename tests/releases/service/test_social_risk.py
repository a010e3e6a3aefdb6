"""What leaves a group of a quarter, once and again, and what nobody outside can work out."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readiness.accounts.db import people
from readiness.assessments.db import runs
from readiness.core import audit
from readiness.core.db import Session, Store
from readiness.core.db import Store as Opened
from readiness.core.errors import ChangedMeanwhile, NotFound
from readiness.core.migrations import migrate
from readiness.core.periods import Period
from readiness.counts.db import social_risk
from readiness.counts.models import Revision
from readiness.counts.social_risk.models import FunnelCell, FunnelCounts, Need, Step
from readiness.counts.strata import ALL, StratumType
from readiness.disclosure.db import social_risk as releases
from readiness.disclosure.social_risk_table import releasable_cells
from readiness.disclosure.succession import ReleaseOutcome
from readiness.releases.service import publication
from readiness.releases.service.publication import SOCIAL_RISK
from tests.disclosure.release_attacker import Reader
from tests.factories import payers, world
from tests.factories.social_risk_counts import counts as good
from tests.factories.social_risk_counts import simulated
from tests.factories.world import NOW

Q4 = Period(2026, 4)
ELIGIBLE, SCREENED = FunnelCell(Step.ELIGIBLE), FunnelCell(Step.SCREENED)
FOOD, RESOLVED = FunnelCell(Step.POSITIVE, Need.FOOD), FunnelCell(Step.RESOLVED, Need.FOOD)


def enter(store: Store, known: Mapping[FunnelCell, int], group_id: str = "elm", quarter=Q4) -> None:
    """The quarter's counts from now on; what is not named is not known any more."""
    before = social_risk.history(store, group_id, quarter)
    wanted = {**dict.fromkeys(before), **known}
    revisions = [
        Revision(cell, len(before.get(cell, ())) + 1, value, "cara", NOW)
        for cell, value in wanted.items()
    ]
    social_risk.save(store, group_id, quarter, revisions)


def publish(store: Store, known: Mapping[FunnelCell, int], threshold: int = 11) -> ReleaseOutcome:
    enter(store, known)
    found = social_risk.of_group(store, "elm")[Q4]
    ready = publication.prepare(store, SOCIAL_RISK, "elm", found, threshold, NOW)
    publication.save(store, SOCIAL_RISK, ready, "cara", NOW)
    return ready.outcome


def released_values(store: Store) -> Mapping[FunnelCell, int | None]:
    found = releases.latest(store, "elm", Q4)
    assert found
    return found.values


def good_with(**moves: int) -> dict[FunnelCell, int]:
    """The good quarter with the group's own steps moved by so many patients."""
    known = dict(good().known)
    return known | {
        FunnelCell(Step(step)): known[FunnelCell(Step(step))] + n for step, n in moves.items()
    }


def test_a_small_count_is_hidden_and_a_large_one_shown(store):
    assert publish(store, good().known) is ReleaseOutcome.FIRST
    assert released_values(store)[ELIGIBLE] == 400
    assert released_values(store)[RESOLVED] is None
    assert not [v for v in released_values(store).values() if v is not None and 0 < v < 11]


def test_zeros_are_shown(store):
    publish(store, {ELIGIBLE: 400, SCREENED: 0})
    assert released_values(store) == {ELIGIBLE: 400, SCREENED: 0}


def test_the_threshold_of_the_installation_decides(store):
    publish(store, {ELIGIBLE: 400, SCREENED: 20}, threshold=5)
    assert released_values(store)[SCREENED] == 20
    publish(store, {ELIGIBLE: 900, SCREENED: 60, FOOD: 25}, threshold=30)
    assert released_values(store)[FOOD] is None


def test_the_same_counts_again_are_no_new_release(store):
    publish(store, good().known)
    before = len(audit.of_group(store, "elm"))
    assert publish(store, good().known) is ReleaseOutcome.UNCHANGED
    assert releases.latest_number(store, "elm", Q4) == 1
    assert len(audit.of_group(store, "elm")) == before


def test_a_change_by_a_few_keeps_the_former_release_and_says_so(store):
    publish(store, good().known)
    assert publish(store, good_with(eligible=3)) is ReleaseOutcome.KEPT
    assert released_values(store)[ELIGIBLE] == 400
    assert audit.of_group(store, "elm")[0].verb == "kept the former release of counts"
    maya = people.actor(store, "maya")
    with store.writing():
        store.execute("insert into periods values ('elm', '2026-Q4', 'complete', 1, '', '')")
    assert publication.group_view(
        Session(store, maya, NOW), SOCIAL_RISK, "elm", "2026-Q4"
    ).is_behind


def test_a_larger_change_is_released_and_what_was_hidden_stays_hidden(store):
    publish(store, good().known)
    hidden = {cell for cell, value in released_values(store).items() if value is None}
    assert publish(store, {**good_with(eligible=200), RESOLVED: 12}) is ReleaseOutcome.RENEWED
    assert released_values(store)[ELIGIBLE] == 600
    assert released_values(store)[RESOLVED] is None
    assert all(released_values(store)[cell] is None for cell in hidden)
    assert releases.latest_number(store, "elm", Q4) == 2


def test_small_steps_do_not_add_up_to_a_way_around(store):
    """Two large changes that undo each other but for three patients."""
    publish(store, good().known)
    assert publish(store, good_with(eligible=100)) is ReleaseOutcome.RENEWED
    assert publish(store, good_with(eligible=3)) is ReleaseOutcome.KEPT


def test_somebody_who_releases_at_the_same_time_is_refused(store):
    found = FunnelCounts(Q4, {ELIGIBLE: 400})
    one, other = (publication.prepare(store, SOCIAL_RISK, "elm", found, 11, NOW) for _ in range(2))
    publication.save(store, SOCIAL_RISK, one, "cara", NOW)
    with pytest.raises(ChangedMeanwhile):
        publication.save(store, SOCIAL_RISK, other, "maya", NOW)


def test_a_payer_reads_releases_from_the_first_submission_on(store):
    publish(store, good().known)
    pam = people.actor(store, "pam")
    assert (
        publication.payer_view(Session(store, pam, NOW), SOCIAL_RISK, "fair", "elm", None).release
        is None
    )
    with pytest.raises(NotFound):
        publication.payer_view(Session(store, pam, NOW), SOCIAL_RISK, "fair", "elm", "2026-Q4")
    payers.sent_in(store)
    read = publication.payer_view(
        Session(store, pam, NOW), SOCIAL_RISK, "fair", "elm", "2026-Q4"
    ).release
    assert read
    assert read.values == released_values(store)
    with pytest.raises(NotFound):
        publication.payer_view(Session(store, pam, NOW), SOCIAL_RISK, "fair", "elm", "2026-Q3")


@pytest.mark.parametrize(("who", "payer"), [("pete", "far"), ("pete", "fair"), ("ada", "fair")])
def test_nobody_else_reads_releases(store, who, payer):
    publish(store, good().known)
    payers.sent_in(store)
    actor = people.actor(store, who)
    with pytest.raises(NotFound):
        publication.payer_view(Session(store, actor, NOW), SOCIAL_RISK, payer, "elm", None)
    with pytest.raises(NotFound):
        publication.group_view(Session(store, actor, NOW), SOCIAL_RISK, "elm", "2026-Q4")


def test_where_a_group_stands_rests_on_released_quarters_alone(store):
    publish(store, good().known)
    with store.writing():
        store.execute("insert into periods values ('elm', '2026-Q4', 'complete', 1, '', '')")
    enter(store, {ELIGIBLE: 700, SCREENED: 500}, quarter=Q4.previous)  # never completed
    payers.sent_in(store)
    stands = runs.portfolio_entry(store, "elm")
    assert stands
    assert (stands.screened, stands.eligible, stands.quarters) == (250, 400, 1)


# Attacks.

SOME = (Need.FOOD, Need.HOUSING, Need.SAFETY)


def patients(seed: int, number: int) -> dict[FunnelCell, int]:
    """Counts of real, if invented, patients: three needs, and one breakdown."""
    found = releasable_cells(simulated(seed, number, Q4))
    return {
        cell: people
        for cell, people in found.items()
        if cell.need in (None, *SOME) and cell.stratum.type in (ALL.type, StratumType.LANGUAGE)
    }


def attack(store: Store, rounds: list[dict[FunnelCell, int]]) -> Sequence[object]:
    verdicts = [publish(store, known) for known in rounds]
    assert verdicts[0] is ReleaseOutcome.FIRST
    return Reader(
        [(each.known, each.values) for each in releases.previous_releases(store, "elm", Q4)]
    ).hits()


slow = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.slow
@slow
@given(seed=st.integers(0, 10_000), number=st.sampled_from([4, 15, 60, 210, 300]))
def test_nobody_can_work_out_a_small_count(tmp_path_factory, seed, number):
    with closing(Opened.create(tmp_path_factory.mktemp("attack") / "readiness.db")) as store:
        migrate(store)
        world.fill(store)
        assert attack(store, [patients(seed, number)]) == []


@pytest.mark.slow
@slow
@given(seed=st.integers(0, 10_000), number=st.sampled_from([15, 60, 210]))
def test_nobody_can_work_one_out_from_two_releases(tmp_path_factory, seed, number):
    """Late rows, and rows taken back: some numbers move by a few, others by many."""
    rng = random.Random(seed)
    later = patients(seed + 1, number + rng.choice([0, 5, 40, 300]))
    with closing(Opened.create(tmp_path_factory.mktemp("attack") / "readiness.db")) as store:
        migrate(store)
        world.fill(store)
        assert attack(store, [patients(seed, number), later]) == []


# Everybody positive: twelve of twelve tells of each of them.

FOOD_SCREENED = FunnelCell(Step.SCREENED, Need.FOOD)
EVERYBODY = {ELIGIBLE: 400, SCREENED: 250, FOOD_SCREENED: 20, FOOD: 20}


def could_be_negative(printed: Mapping[FunnelCell, int | None]) -> bool:
    """Whether a reader who knows how the steps lie in each other must reckon with somebody."""
    later = printed.get(FunnelCell(Step.WANTS_HELP, Need.FOOD))
    return (printed[FOOD_SCREENED] or 400) > (printed[FOOD] or later or 1)


def test_that_a_few_were_all_positive_is_hidden(store):
    publish(store, EVERYBODY)
    assert could_be_negative(released_values(store))


def test_nor_does_a_later_step_tell_it(store):
    publish(store, {**EVERYBODY, FunnelCell(Step.WANTS_HELP, Need.FOOD): 20})
    assert could_be_negative(released_values(store))


@pytest.mark.parametrize(("screened", "positive"), [(20, 0), (30, 30), (200, 150)])
def test_that_nobody_or_many_were_positive_is_shown(store, screened, positive):
    publish(store, {ELIGIBLE: 400, SCREENED: 250, FOOD_SCREENED: screened, FOOD: positive})
    assert released_values(store)[FOOD] == positive


def test_an_installation_may_show_it(store):
    enter(store, EVERYBODY)
    found = social_risk.of_group(store, "elm")[Q4]
    ready = publication.prepare(store, SOCIAL_RISK, "elm", found, 11, NOW, hides_all_positive=False)
    assert ready.release
    assert ready.release.values[FOOD] == 20
    assert not ready.release.hides_all_positive


def test_what_was_shown_before_is_no_reason_against_a_release(store):
    enter(store, EVERYBODY)
    found = social_risk.of_group(store, "elm")[Q4]
    first = publication.prepare(store, SOCIAL_RISK, "elm", found, 11, NOW, hides_all_positive=False)
    publication.save(store, SOCIAL_RISK, first, "cara", NOW)
    assert publish(store, {**EVERYBODY, ELIGIBLE: 500}) is ReleaseOutcome.RENEWED
