from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.core.periods import period
from readiness.counts.models import Severity
from readiness.counts.social_risk.checks import contradictions, missing, oddities
from readiness.counts.social_risk.models import ENTERED, FIVE, FunnelCell, FunnelCounts, Need, Step
from readiness.counts.strata import Stratum, StratumType
from tests.factories.social_risk_counts import GOOD, counts, simulated

FOOD, SAFETY, DIGITAL = Need.FOOD, Need.SAFETY, Need.DIGITAL
SPANISH = Stratum(StratumType.LANGUAGE, "spanish")
ENGLISH = Stratum(StratumType.LANGUAGE, "english")


def rules(changes: Mapping[FunnelCell, int | None]) -> set[tuple[str, FunnelCell]]:
    return {(found.rule_id, found.cell) for found in contradictions(counts(changes))}


def test_a_good_quarter_contradicts_nothing():
    assert contradictions(counts()) == ()


# left ≥ right: the left one's value, the right one, what is taken out first
PAIRS = [
    (FunnelCell(Step.ELIGIBLE), FunnelCell(Step.SCREENING_OFFERED), ()),
    (FunnelCell(Step.SCREENING_OFFERED), FunnelCell(Step.SCREENED), (FunnelCell(Step.DECLINED),)),
    (FunnelCell(Step.SCREENED), FunnelCell(Step.ANY_POSITIVE), ()),
    (FunnelCell(Step.SCREENED), FunnelCell(Step.SCREENED, FOOD), ()),
    (FunnelCell(Step.SCREENED, FOOD), FunnelCell(Step.POSITIVE, FOOD), ()),
    (FunnelCell(Step.POSITIVE, FOOD), FunnelCell(Step.WANTS_HELP, FOOD), ()),
    (FunnelCell(Step.WANTS_HELP, FOOD), FunnelCell(Step.REFERRED, FOOD), ()),
    (FunnelCell(Step.REFERRED, FOOD), FunnelCell(Step.REFERRED_30D, FOOD), ()),
    (FunnelCell(Step.REFERRED, FOOD), FunnelCell(Step.OUTCOME_KNOWN, FOOD), ()),
    (
        FunnelCell(Step.REFERRED, FOOD),
        FunnelCell(Step.CONNECTED, FOOD),
        (FunnelCell(Step.OUTCOME_KNOWN, FOOD),),
    ),
    (FunnelCell(Step.OUTCOME_KNOWN, FOOD), FunnelCell(Step.CONNECTED, FOOD), ()),
    (FunnelCell(Step.CONNECTED, FOOD), FunnelCell(Step.RESOLVED, FOOD), ()),
    (FunnelCell(Step.ANY_POSITIVE), FunnelCell(Step.POSITIVE, FOOD), ()),
    (
        FunnelCell(Step.ELIGIBLE),
        FunnelCell(Step.SCREENED),
        (FunnelCell(Step.SCREENING_OFFERED), FunnelCell(Step.DECLINED)),
    ),
    (
        FunnelCell(Step.WANTS_HELP, FOOD),
        FunnelCell(Step.OUTCOME_KNOWN, FOOD),
        (FunnelCell(Step.REFERRED, FOOD), FunnelCell(Step.REFERRED_30D, FOOD)),
    ),
]


@pytest.mark.parametrize(("left", "right", "blank"), PAIRS)
def test_a_part_may_be_as_large_as_its_whole_and_no_larger(left, right, blank):
    alone = dict.fromkeys(GOOD)
    whole = GOOD[left]
    assert rules({**alone, left: whole, right: whole}) == set()
    found = rules({**alone, left: whole, right: whole + 1})
    assert {cell for _, cell in found} == {right}
    among_others = contradictions(counts({**dict.fromkeys(blank), right: whole + 1}))
    assert any(each.cell == right and left in each.also for each in among_others)


@pytest.mark.parametrize(("left", "right", "blank"), PAIRS)
def test_a_blank_is_not_zero_and_skips_what_needs_it(left, right, blank):
    alone = dict.fromkeys(GOOD)
    assert rules({**alone, right: 5}) == set()
    assert rules({**alone, left: 0}) == set()
    assert rules({**alone, left: 0, right: 5}) != set()


def test_screened_and_declined_together_were_all_offered():
    assert rules({FunnelCell(Step.SCREENING_OFFERED): 290}) == set()
    assert rules({FunnelCell(Step.SCREENING_OFFERED): 289}) == {
        ("group-falls", FunnelCell(Step.SCREENED))
    }


def test_declined_alone_were_all_offered():
    alone = dict.fromkeys(GOOD)
    few = {**alone, FunnelCell(Step.SCREENING_OFFERED): 10}
    assert rules({**few, FunnelCell(Step.DECLINED): 10}) == set()
    assert rules({**few, FunnelCell(Step.DECLINED): 11}) == {
        ("declined-were-offered", FunnelCell(Step.DECLINED))
    }


def test_one_or_more_needs_lies_within_the_five_added_up():
    assert rules({FunnelCell(Step.ANY_POSITIVE): 200}) == set()  # 5 × 40
    assert rules({FunnelCell(Step.ANY_POSITIVE): 201}) == {
        ("any-within-sum", FunnelCell(Step.ANY_POSITIVE))
    }


def test_the_sum_is_checked_only_once_every_need_that_is_asked_is_entered():
    too_many = {FunnelCell(Step.ANY_POSITIVE): 201}
    blank = {FunnelCell(Step.POSITIVE, SAFETY): None}
    not_asked = {FunnelCell(step, SAFETY): None for step in Step} | {
        FunnelCell(Step.SCREENED, SAFETY): 0
    }
    assert rules({**too_many, **blank}) == set()
    assert rules({**too_many, **not_asked}) == {("any-within-sum", FunnelCell(Step.ANY_POSITIVE))}


def test_needs_beyond_the_five_are_not_part_of_one_or_more_needs():
    asked = {FunnelCell(Step.SCREENED, DIGITAL): 200, FunnelCell(Step.POSITIVE, DIGITAL): 150}
    assert rules(asked) == set()


def test_a_part_of_the_patients_obeys_the_same_rules():
    eligible = FunnelCell(Step.ELIGIBLE, None, SPANISH)
    offered = FunnelCell(Step.SCREENING_OFFERED, None, SPANISH)
    assert rules({eligible: 50, offered: 50}) == set()
    assert rules({eligible: 50, offered: 51}) == {("group-falls", offered)}


def test_exclusive_parts_add_up_to_no_more_than_the_whole():
    one, other = FunnelCell(Step.ELIGIBLE, None, ENGLISH), FunnelCell(Step.ELIGIBLE, None, SPANISH)
    assert rules({one: 300, other: 100}) == set()
    assert rules({one: 300, other: 101}) == {("parts-over-whole-language", one)}
    assert rules({one: 300, other: 101, FunnelCell(Step.ELIGIBLE): None}) == set()


def test_every_contradiction_names_its_cells_and_is_told_once():
    found = contradictions(counts({FunnelCell(Step.SCREENED): 0}))
    assert all(each.severity is Severity.HARD for each in found)
    assert len({(each.cell, each.says) for each in found}) == len(found)
    assert {each.cell for each in found} >= {FunnelCell(Step.SCREENED, need) for need in FIVE}
    assert "240 cannot be more than All patients, Screened (0). Check these numbers." in {
        each.says for each in found
    }


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9), patients=st.integers(0, 150))
def test_counts_of_patients_who_exist_never_contradict_each_other(seed, patients):
    assert contradictions(simulated(seed, patients, period("2026-Q3"))) == ()


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**9),
    blanks=st.lists(st.sampled_from(sorted(ENTERED)), max_size=60),
)
def test_blanks_in_true_counts_never_make_a_contradiction(seed, blanks):
    true = simulated(seed, 60, period("2026-Q3"))
    known = {cell: n for cell, n in true.known.items() if cell.key not in blanks}
    assert contradictions(FunnelCounts(true.period, known)) == ()


def test_a_complete_quarter_needs_those_eligible_and_those_screened():
    assert missing(counts()) == ()
    assert missing(FunnelCounts(period("2026-Q3"))) == (
        FunnelCell(Step.ELIGIBLE),
        FunnelCell(Step.SCREENED),
    )
    assert missing(counts({FunnelCell(Step.SCREENED): 0})) == ()


ELIGIBLE, SCREENED, ANY = (
    FunnelCell(Step.ELIGIBLE),
    FunnelCell(Step.SCREENED),
    FunnelCell(Step.ANY_POSITIVE),
)
UNKNOWN = Stratum(StratumType.LANGUAGE, "unknown")


def odd(changes, before=None):
    found = oddities(counts(changes), counts(before, "2026-Q2") if before is not None else None)
    assert all(each.severity is Severity.SOFT for each in found)
    return {each.rule_id for each in found}


def test_a_good_quarter_after_a_like_one_is_not_odd():
    assert odd({}, before={}) == set()


@pytest.mark.parametrize(
    ("positive", "is_odd"), [(1, True), (2, False), (80, False), (81, True), (0, True)]
)
def test_a_positive_rate_outside_2_to_80_percent_is_odd(positive, is_odd):
    found = odd({SCREENED: 100, ANY: positive})
    assert ("positive-rate-unusual" in found) is is_odd


@pytest.mark.parametrize(("screened", "is_odd"), [(392, False), (393, True)])
def test_screening_more_than_98_percent_of_those_eligible_is_odd(screened, is_odd):
    assert ("nearly-all-screened" in odd({SCREENED: screened})) is is_odd


@pytest.mark.parametrize(("then", "is_odd"), [(150, False), (149, True)])
def test_reach_that_moved_by_more_than_25_points_is_odd(then, is_odd):
    found = odd({}, before={SCREENED: then, ANY: None})  # now 250 of 400, 62.5 percent
    assert ("reach-jumped" in found) is is_odd


@pytest.mark.parametrize(("now", "is_odd"), [(125, False), (126, True)])
def test_a_positive_rate_that_moved_by_more_than_25_points_is_odd(now, is_odd):
    changes = {SCREENED: 200, ANY: now}
    found = odd(changes, before={SCREENED: 200, ANY: 75})
    assert ("positive-rate-jumped" in found) is is_odd


def test_nothing_jumped_where_there_was_nothing_before():
    assert odd({}, before={ELIGIBLE: None, SCREENED: None, ANY: None}) == set()


@pytest.mark.parametrize(("referred", "is_odd"), [(0, True), (1, False), (None, False)])
def test_safety_needs_with_nobody_referred_are_odd(referred, is_odd):
    found = odd({FunnelCell(Step.REFERRED, Need.SAFETY): referred})
    assert ("safety-without-referral" in found) is is_odd


def test_nobody_referred_is_not_odd_where_nobody_has_the_need():
    changes = {FunnelCell(Step.REFERRED, Need.SAFETY): 0, FunnelCell(Step.POSITIVE, Need.SAFETY): 0}
    assert odd(changes) == set()


@pytest.mark.parametrize(("unknown", "is_odd"), [(50, False), (51, True)])
def test_more_than_20_percent_unknown_in_a_breakdown_is_odd(unknown, is_odd):
    changes = {
        FunnelCell(Step.SCREENED, None, ENGLISH): 190,
        FunnelCell(Step.SCREENED, None, UNKNOWN): unknown,  # of 250
    }
    assert odd(changes) == ({"much-unknown-language"} if is_odd else set())


def test_where_screened_is_not_broken_down_the_eligible_are_judged():
    changes = {FunnelCell(Step.ELIGIBLE, None, UNKNOWN): 81}  # of 400
    assert odd(changes) == {"much-unknown-language"}
    assert odd({FunnelCell(Step.ELIGIBLE, None, UNKNOWN): 80}) == set()


def test_blanks_are_never_odd():
    assert odd({ELIGIBLE: None, SCREENED: None, ANY: None}) == set()
