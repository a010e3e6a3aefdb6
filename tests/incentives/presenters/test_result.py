"""A finished run, question by question."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from readiness.incentives.models import Simulated
from readiness.incentives.presenters import result, wording
from readiness.incentives.presenters.money import NO_THIRDS, TIER_CONDITION, MoneyRow, pairs_of
from readiness.incentives.presenters.questions import ChanceRow, ShareRow, bars_of, spans_of
from readiness.incentives.presenters.wording import columns_of
from readiness.incentives.service import runs
from readiness.incentives.service.runs import RunRequest
from tests.factories import incentive_runs


@pytest.fixture(scope="module")
def two_designs():
    return result.result_of(incentive_runs.done(incentive_runs.a_run()))


def tried_on(groups, designs=(incentive_runs.NARROWING,)):
    numbers = structs.replace(incentive_runs.NUMBERS, groups=groups)
    asked = RunRequest(designs, incentive_runs.SETTINGS)
    return result.result_of(incentive_runs.done(incentive_runs.a_run(asked=asked, numbers=numbers)))


def test_every_question_has_a_finding_a_drawing_and_a_table_with_a_column_for_each_design(
    two_designs,
):
    assert [each.id for each in two_designs.questions] == ["chance", "gain", "fall"]
    for each in two_designs.questions:
        assert each.finding
        assert [bar.title for bar in each.bars.rows] == ["Narrow the gap", "Lift, tested"]
        assert each.table.header[1:] == ("Narrow the gap", "Lift, tested")
        assert {len(row) for row in each.table.rows} == {3}
        assert each.bars.table.rows


def test_the_same_run_done_twice_gives_the_same_outcome_and_another_seed_another():
    run = incentive_runs.a_run()
    assert runs.outcome_of(run, on_progress=lambda _: None) == runs.outcome_of(
        run, on_progress=lambda _: None
    )
    other = incentive_runs.a_run(
        asked=replace(incentive_runs.ASKED, settings=replace(incentive_runs.SETTINGS, seed=8))
    )
    assert runs.outcome_of(other, on_progress=lambda _: None) != runs.outcome_of(
        run, on_progress=lambda _: None
    )


def test_progress_counts_every_replicate_of_every_question():
    counted: list[int] = []
    runs.outcome_of(incentive_runs.a_run(), on_progress=counted.append)
    assert counted == sorted(counted)
    assert counted[-1] == runs.total_draws(incentive_runs.a_run()) == 3_000


def test_a_group_that_takes_no_part_says_why_instead_of_a_chance(two_designs):
    gain = two_designs.questions[1]
    column = dict(zip(gain.sizes.header, zip(*gain.sizes.rows, strict=True), strict=True))
    assert column["Group"][0] == "Group 1"
    assert column["Narrow the gap"][2].endswith("%")
    assert column["Lift, tested"][2] == "takes no part: its tier is below the one asked for"


def test_a_tier_condition_is_said_with_what_it_closes(two_designs):
    (says,) = [each for each in two_designs.money.says if TIER_CONDITION in each]
    assert says.startswith("“Lift, tested”: its tier condition closes the payment to 2 of 6 groups")


def test_without_a_tier_condition_nothing_is_said_of_one():
    assert not [
        s for s in tried_on(incentive_runs.NUMBERS.groups).money.says if TIER_CONDITION in s
    ]


def test_thirds_by_social_risk_take_five_groups_with_a_known_one(two_designs):
    assert [title for title, _ in two_designs.money.tables] == [
        "By tier", "By social risk", "Concentration index",
    ]  # fmt: skip
    few = tried_on(incentive_runs.NUMBERS.groups[:4])
    assert [title for title, _ in few.money.tables] == ["By tier", "Concentration index"]
    assert NO_THIRDS in few.money.says


def test_who_is_left_out_and_what_it_rests_on_are_said(two_designs):
    assert two_designs.left_out[0] == "Nothing submitted yet: Elm Physicians."
    assert (
        "“Lift, tested”: leaves out 2 groups: its tier is below the one asked for."
        in two_designs.left_out
    )
    rests_on = dict(two_designs.rests_on)
    assert rests_on["Groups"] == "6, of which 6 with a known social risk"
    assert rests_on["Seed"] == "7"
    assert rests_on["Releases"] == (
        "the newest of each group (number 1); screening counts of Q3 2026 to Q4 2026"
    )
    assert rests_on["Replicates"] == "1,000 invented years for each question"
    assert len(two_designs.releases.rows) == 6
    assert two_designs.releases.rows[0][1].endswith(" patient-measures")
    assert two_designs.releases.rows[0][3].endswith(" screened patient-quarters)")
    assert any(
        "each patient counted once in every measure" in each for each in two_designs.money.says
    )


def test_many_groups_are_put_together_in_tenths_by_size():
    many = tuple(
        structs.replace(incentive_runs.a_group(n % 6 + 1), group_id=f"x{n}", name=f"X {n}")
        for n in range(50)
    )
    gain = tried_on(many).questions[1]
    assert len(gain.sizes.rows) == 10
    assert gain.sizes.rows[0][0] == "120 patient-measures"
    assert gain.sizes.rows[0][1] == "5 groups, 5 can be paid"


def test_where_nobody_can_be_paid_every_question_is_still_answered():
    nobody = tried_on(
        incentive_runs.NUMBERS.groups,
        (replace(incentive_runs.NARROWING, least_denominator=90_000),),
    )
    assert "none, for no group can be paid" in nobody.headline
    assert nobody.questions[1].bars.rows == ()
    assert nobody.questions[1].finding == "No group that can be paid has groups of people behind"
    assert nobody.money.finding == "Nothing is paid, or no social risk is known"


def test_gap_narrowing_pays_for_the_fall_of_the_higher_group_and_lifting_does_not(two_designs):
    assert (
        two_designs.questions[2].finding == "“Narrow the gap” pays for the fall of the higher group"
    )


@pytest.fixture(scope="module")
def outcome():
    return columns_of(incentive_runs.done(incentive_runs.a_run()))[0].still


def with_spent(outcome, share, error=0.001):
    """Of the pool."""
    return replace(outcome, spent=Simulated(share * outcome.design.pool, error * 1_000_000))


@pytest.mark.parametrize(
    ("share", "groups", "says"),
    [
        (0.39, 13, "about 5 of 13"),
        (0.01, 13, "fewer than 1 of 13"),
        (0.0, 13, "none of 13"),
        (1.0, 13, "all 13"),
        (0.5, 0, "none, for no group can be paid"),
    ],
)
def test_a_share_is_said_as_groups_people_can_count(share, groups, says):
    assert wording.of_groups(share, groups) == says


def test_a_fall_is_paid_for_only_where_clearly_more_money_is_paid(outcome):
    still = with_spent(outcome, 0.4)

    def says(share, error=0.001):
        return wording.fall_says(with_spent(outcome, share, error), still)

    assert says(0.7) == "Pays for it: $700,000, instead of $400,000 when nothing changes."
    assert says(0.405).startswith("Does not pay for it: $405,000")
    assert says(0.7, 0.2).startswith("Does not pay for it")
    assert says(0.1).startswith("Pays less")


def test_money_leans_only_where_the_index_is_clear_of_the_present():
    assert wording.leaning_says(Simulated(0.2, 0.01), 0.0, 9).startswith(
        "Leans toward groups with h"
    )
    assert wording.leaning_says(Simulated(-0.2, 0.01), 0.0, 9).startswith(
        "Leans toward groups with l"
    )
    assert wording.leaning_says(Simulated(0.2, 0.2), 0.0, 9).startswith("Leans neither way")
    assert wording.leaning_says(Simulated(0.2, 0.01), 0.2, 9).startswith("Leans neither way")
    assert wording.leaning_says(None, 0.0, 9).startswith("Cannot be told")


def test_a_bar_has_its_error_and_what_it_is_held_against_and_stays_on_the_drawing():
    figure = bars_of(
        [ShareRow("A", 0.5, 0.01, "half", 0.25), ShareRow("B", 0.999, 0.01, "all", 0.5)],
        ("Design", "Paid"),
        "By chance",
    )
    first, second = figure.rows
    assert (first.width, first.beside_x) == ("50%", "25%")
    assert (first.low_x, first.high_x) == ("48.04%", "51.96%")
    assert second.high_x == "100%"
    assert figure.says == "A: half; B: all."
    assert figure.table.rows == (("A", "half", "25.0%"), ("B", "all", "50.0%"))


def test_without_something_to_hold_it_against_a_bar_has_no_mark():
    figure = bars_of([ShareRow("A", 0.5, 0.01, "half")], ("Design", "Paid"))
    assert figure.rows[0].beside_x == ""
    assert figure.table.header == ("Design", "Paid")


def test_a_group_that_takes_no_part_has_no_marks_and_says_why():
    figure = spans_of(
        [
            ChanceRow("Ash", "90 patient-measures", 0.2, 0.9, "so"),
            ChanceRow("Oak", "", None, None, "why"),
        ],
        "Group",
    )
    assert [span.shown for span in figure.rows] == [True, False]
    assert (figure.rows[0].beside_x, figure.rows[0].x) == ("20%", "90%")
    assert figure.table.rows[1] == ("Oak", "", "why", "why")


def test_money_stands_beside_patients_and_is_nothing_where_nothing_is_paid():
    figure = pairs_of(
        [MoneyRow("T1", "2 groups", 0.2, 0.4, "so"), MoneyRow("T2", "1 group", 0.8, None, "none")],
        "Tier",
    )
    assert [(p.open_width, p.width) for p in figure.rows] == [
        ("20%", "40%"),
        ("80%", "0%"),
    ]
    assert figure.table.rows[1] == ("T2", "1 group", "80%", "–")
