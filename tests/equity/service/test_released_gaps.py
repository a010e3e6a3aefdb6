"""A group's released gaps: what payers and the plan may read of them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from readiness.accounts.db import groups
from readiness.core.db import Session
from readiness.core.people import Group
from readiness.core.periods import Period
from readiness.equity.gates import Use
from readiness.equity.service import released_gaps, results
from readiness.equity.service.results import ResultsFilters
from readiness.plans.service.document import gap_table
from tests.factories import plans
from tests.factories.assessments import actor
from tests.factories.quality_counts import counts, declare, enter, release
from tests.factories.world import NOW

Q4 = Period(2026, 4)
WHITE = "race_omb2024.white"
BIG = {"white": (3500, 5000), "black": (2500, 5000)}


def newest(store, group_id="elm"):
    return released_gaps.newest(store, group_id, NOW.date())


def let_out(store, pairs=BIG, group_id="elm", reference=WHITE, measure="COL"):
    enter(store, Q4, counts(pairs, measure), NOW, group_id)
    declare(store, Q4, reference, NOW, group_id)
    release(store, Q4, NOW, group_id)


def peers(store, number, *, have_submitted=True):
    """Groups whose gaps lie far apart."""
    for place in range(number):
        group_id = f"peer-{place}"
        with store.writing():
            groups.add(store, Group(group_id, f"Peer {place}"), NOW, ())
        if have_submitted:
            plans.submitted(store, group_id, {}, NOW, assessment_id=f"of-{group_id}")
        let_out(store, {"white": (3500, 5000), "black": (2000 + 50 * place, 5000)}, group_id)


def only_gap(found):
    ((_, finding),) = found.findings
    (gap,) = finding.gaps
    return gap


def test_what_is_entered_and_not_released_is_not_there(store):
    enter(store, Q4, counts(BIG), NOW)
    declare(store, Q4, WHITE, NOW)
    assert newest(store) is None


def test_without_a_declared_reference_no_gap_is_made(store):
    let_out(store, reference="")
    assert newest(store).findings == ()


def test_with_few_groups_a_gap_is_a_direction_and_weighs_nothing(store):
    let_out(store)
    peers(store, 3)
    found = newest(store)
    assert (only_gap(found).reliability, only_gap(found).use) == (None, Use.DIRECTIONAL)
    assert released_gaps.reliable_points(found) is None
    assert "cannot be told" in gap_table(found).reliability


@pytest.fixture
def many(store):
    peers(store, 30)
    return store


def test_thirty_groups_tell_how_reliable_a_gap_is(many):
    let_out(many)
    found = newest(many)
    assert only_gap(found).use is Use.RANKING
    points = dict(released_gaps.reliable_points(found) or {})
    assert points.keys() == {"COL"}
    assert float(points["COL"]) == pytest.approx(20)
    assert "reliability 0.9" in gap_table(found).rows[0][1][0].basis
    wish = ResultsFilters("COL")
    own = results.results(Session(many, actor(many, "cara"), NOW), "elm", "2026-Q4", wish)
    assert own.split
    assert own.split.finding.gaps[0].reliability == only_gap(found).reliability


def test_a_group_that_is_ahead_is_no_gap_to_close(many):
    let_out(many, {"white": (2500, 5000), "black": (3500, 5000)})
    assert dict(released_gaps.reliable_points(newest(many)) or {}) == {"COL": Fraction(0)}


def test_groups_that_have_submitted_nothing_tell_nothing(store):
    peers(store, 30, have_submitted=False)
    let_out(store)
    assert only_gap(newest(store)).reliability is None


def test_small_groups_of_patients_are_named_and_not_compared(store):
    let_out(store, {**BIG, "asian": (3, 9), "nhpi": (4, 9)})
    table = gap_table(newest(store))
    assert [name for name, _ in table.rows] == ["Black or African American alone"]
    assert "Asian alone" in table.left_out
    assert table.header == ("Colorectal cancer screening",)


def test_where_lower_is_better_the_header_says_so(store):
    let_out(store, measure="GSD")
    assert gap_table(newest(store)).header == ("Blood sugar in poor control (lower is better)",)
