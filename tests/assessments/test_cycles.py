"""What a program may ask beyond the instrument, and how far a group has come."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from readiness.assessments.cycles import (
    Cycle,
    CycleStage,
    Grant,
    InvitedGroup,
    problems_of_minimums,
    raised_minimums,
    tier_in_program,
)
from readiness.assessments.models import AssessmentStatus
from tests.factories.instruments import a_tier, an_instrument

NOW = datetime(2027, 1, 15, tzinfo=UTC)
SMALL = an_instrument(
    tiers=(
        a_tier("T0"),
        a_tier("T1", axis_min={"QMS": Fraction(30), "EQR": Fraction(20)}),
        a_tier("T2", axis_min={"QMS": Fraction(60), "EQR": Fraction(50)}),
    )
)


def a_cycle(**axis_min):
    asked = {t: {a: Fraction(n) for a, n in each.items()} for t, each in axis_min.items()}
    return Cycle("c", "fair", "2027", "small", "1", NOW.date(), NOW.date(), NOW, "pam", asked)


def lows(qms, eqr):
    return {"QMS": Fraction(qms), "EQR": None if eqr is None else Fraction(eqr)}


@pytest.mark.parametrize(
    ("asked", "is_wrong"), [(59, True), (60, False), (100, False), (101, True)]
)
def test_a_minimum_lies_between_the_instruments_and_a_hundred(asked, is_wrong):
    problems = list(problems_of_minimums(SMALL, a_cycle(T2={"QMS": asked}).axis_min))
    assert bool(problems) is is_wrong


def test_only_what_is_above_the_instruments_minimum_is_more():
    cycle = a_cycle(T1={"QMS": 30, "EQR": 25}, T2={"QMS": 70})
    asks = raised_minimums(cycle, SMALL, lows(65, 25))
    assert [(a.tier_id, int(a.asks), a.is_met) for a in asks] == [
        ("T1", 25, True),
        ("T2", 70, False),
    ]


@pytest.mark.parametrize(
    ("qms", "eqr", "awarded", "stands"),
    [
        (70, 60, "T2", "T2"),
        (65, 60, "T2", "T1"),
        (70, 24, "T2", "T0"),
        (65, 60, "T1", "T1"),
        (70, None, "T1", "T0"),
        (0, 0, "T0", "T0"),
    ],
)
def test_in_a_program_a_group_stands_below_the_first_minimum_not_yet_met(qms, eqr, awarded, stands):
    asks = raised_minimums(a_cycle(T1={"EQR": 25}, T2={"QMS": 70}), SMALL, lows(qms, eqr))
    assert tier_in_program(awarded, SMALL, asks) == stands


@pytest.mark.parametrize(
    ("accepted", "is_shared", "status", "answered", "stage"),
    [
        (None, False, None, 0, CycleStage.NO_REPLY),
        (False, False, None, 0, CycleStage.DECLINED),
        (True, False, AssessmentStatus.SUBMITTED, 57, CycleStage.STOPPED),
        (True, True, None, 0, CycleStage.NOT_STARTED),
        (True, True, AssessmentStatus.IN_PROGRESS, 0, CycleStage.NOT_STARTED),
        (True, True, AssessmentStatus.IN_PROGRESS, 1, CycleStage.STARTED),
        (True, True, AssessmentStatus.SUBMITTED, 57, CycleStage.SUBMITTED),
        (True, True, AssessmentStatus.CHANGES_REQUESTED, 57, CycleStage.CHANGES_REQUESTED),
        (True, True, AssessmentStatus.ACCEPTED, 57, CycleStage.ACCEPTED),
        (True, True, AssessmentStatus.WITHDRAWN, 57, CycleStage.WITHDRAWN),
    ],
)
def test_a_seat_says_how_far_a_group_has_come(accepted, is_shared, status, answered, stage):
    seat = InvitedGroup("elm", "Elm", NOW, accepted, is_shared, status, answered)
    assert seat.stage is stage


def test_a_grant_is_open_on_its_last_day_and_not_once_it_is_taken_back():
    grant = Grant("g", "elm", "fair", None, NOW, "maya", date(2027, 3, 1))
    assert grant.is_open(date(2027, 3, 1))
    assert not grant.is_open(date(2027, 3, 2))
    taken = Grant("g", "elm", "fair", None, NOW, "maya", None, NOW)
    assert not taken.is_open(date(2027, 1, 15))
