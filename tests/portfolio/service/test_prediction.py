"""Readiness at first against later change, over what groups sent in and released."""

from __future__ import annotations

import pytest

from readiness.accounts.db import people
from readiness.assessments.models import RunKind
from readiness.core.db import Session
from readiness.equity.gates import Comparability
from readiness.portfolio.service import prediction
from readiness.portfolio.service.prediction import NO_BASELINE, NO_REFERENCE, PredictionFilters
from tests.factories import portfolio
from tests.factories.world import NOW

NAMES = [f"g{n:02}" for n in range(12)]


@pytest.fixture
def grown(store):
    """Twelve groups; the readier, the more of their gap is gone a year later."""
    seed = portfolio.seeded(store)
    for n, group_id in enumerate(NAMES):
        portfolio.grow(store, group_id, seed, score=20.0 + 5 * n)
        wobble = (n * 7) % 5
        before = {"black": (5500 + 30 * wobble, 10_000), "white": (7000, 10_000)}
        after = {"black": (5600 + 80 * n + 40 * wobble, 10_000), "white": (7000, 10_000)}
        portfolio.release(store, group_id, portfolio.BEFORE, before)
        portfolio.release(store, group_id, portfolio.AFTER, after)
    return store


def analyzed(store, **wish):
    asked = prediction.analyze(
        Session(store, people.actor(store, "pam"), NOW), "fair", PredictionFilters(**wish)
    )
    assert asked.found
    return asked.found


def line(found, group_id):
    return next(each for each in found.lines if each.group.id == group_id)


def test_scores_at_first_stand_against_the_later_change(grown):
    found = analyzed(grown)
    assert (str(found.spans.before), str(found.spans.after)) == ("2025-Q4", "2026-Q4")
    own = line(found, "g00")
    assert own.followed.change.difference == pytest.approx(0.01)
    assert set(own.followed.scores.values()) == {20.0}
    assert own.baseline.run_kind in (RunKind.CLAIMED, RunKind.SUPPORTED)
    assert found.prediction.groups == 12
    assert all(link.is_told and link.adjusted.low > 0 for link in found.prediction.links)


def test_the_first_assessment_counts_and_not_a_later_one(grown):
    seed = grown.row("select id from assessments where group_id = 'elm'")["id"]
    with grown.writing():
        portfolio.copied(grown, "assessments", "id = ?", seed, {"id": "again", "group_id": "g00"})
        later = {"assessment_id": "again", "at": "2026-11-01T12:00:00+00:00", "reference": "again"}
        portfolio.copied(grown, "submissions", "assessment_id = ?", seed, later)
    assert line(analyzed(grown), "g00").baseline.assessment.id == "g00-sent"


def test_an_assessment_sent_in_after_the_later_period_is_no_baseline(grown):
    portfolio.change(
        grown,
        "update submissions set at = '2027-01-02T12:00:00+00:00' where assessment_id = 'g00-sent'",
    )
    found = analyzed(grown)
    assert line(found, "g00").left_out == NO_BASELINE
    assert found.prediction.groups == 11


def test_it_is_said_how_many_sent_theirs_in_when_the_later_period_had_begun(grown):
    assert analyzed(grown).late == 12
    portfolio.change(
        grown, "update submissions set at = '2025-12-31T12:00:00+00:00' where reference = 'g00'"
    )
    assert analyzed(grown).late == 11


def test_hidden_small_and_missing_numbers_leave_a_group_out_and_say_why(grown):
    portfolio.release(
        grown, "g00", portfolio.BEFORE, {"black": (None, None), "white": (70, 90)}, number=2
    )
    portfolio.release(
        grown, "g01", portfolio.AFTER, {"black": (6, 11), "white": (70, 90)}, number=2
    )
    portfolio.change(
        grown, "delete from quality_releases where group_id = 'g02' and period = '2026-Q4'"
    )
    portfolio.change(grown, "update assessments set status = 'withdrawn' where group_id = 'g03'")
    found = analyzed(grown)
    assert [line(found, each).left_out for each in NAMES[:4]] == [
        f"earlier period: {Comparability.HIDDEN}",
        f"later period: {Comparability.FEW}",
        f"later period: {Comparability.NOT_RELEASED}",
        Comparability.NOT_SUBMITTED,
    ]
    assert found.prediction.groups == 8
    assert not any(link.adjusted for link in found.prediction.links)


def test_periods_less_than_a_year_apart_are_not_compared(grown):
    for group_id in NAMES:
        pairs = {"black": (56, 100), "white": (70, 100)}
        portfolio.release(grown, group_id, portfolio.AFTER.plus(-1), pairs)
    found = analyzed(grown, before="2026-Q3", after="2026-Q4")
    assert (str(found.spans.before), found.spans.is_other) == ("2025-Q4", True)


def test_without_two_periods_a_year_apart_there_is_nothing_to_tell(grown):
    portfolio.change(grown, "delete from quality_releases where period = '2025-Q4'")
    asked = prediction.analyze(
        Session(grown, people.actor(grown, "pam"), NOW), "fair", PredictionFilters()
    )
    assert asked.found is None


def test_without_a_reference_no_gap_is_followed(grown):
    portfolio.change(grown, "update quality_periods set reference = ''")
    found = analyzed(grown)
    assert {each.left_out for each in found.lines} == {NO_REFERENCE}
    assert analyzed(grown, reference="white").prediction.groups == 12


def test_a_payer_may_choose_another_reference_but_never_a_group_against_itself(grown):
    found = analyzed(grown, reference="black", stratum="black")
    assert (found.reference, found.stratum) == ("black", "white")
    assert line(found, "g00").followed.change.difference == pytest.approx(-0.01)
