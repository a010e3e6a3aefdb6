"""What followed a need, from screens and a list of referrals."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from readiness.core.periods import Period, period, quarter_of
from readiness.counts.social_risk.checks import contradictions
from readiness.counts.social_risk.models import FunnelCounts, Need, Step
from readiness.imports.models import WHOLE_GROUP
from readiness.imports.screens.quarter_counts import file_counts
from readiness.imports.step_counts import sentences
from tests.factories.patient_lists import counted, referral, referrals, screens, steps_at, visits

FOUND = "2026-07-10"
YES_FOOD = ("1", FOUND, "food", "positive")


def after(*rows, screened=(YES_FOOD,)) -> dict[Step, int]:
    return steps_at(counted(screens(*screened), referrals(*rows)), "food")


def said(found) -> str:
    return " ".join(sentences(found.step_counts.left_out))


def test_without_a_list_nothing_is_said_of_what_followed():
    assert steps_at(counted(screens(YES_FOOD)), "food") == {}


def test_a_referral_counts_from_the_day_that_the_need_was_found():
    assert after(referral("1", "food", referred="2026-07-09"))[Step.REFERRED] == 0
    assert after(referral("1", "food", referred=FOUND))[Step.REFERRED] == 1
    assert after(referral("1", "utilities", referred=FOUND)) == {}


def test_in_thirty_days_is_up_to_the_thirtieth_day():
    on_time = after(referral("1", "food", referred="2026-08-09"))
    late = after(referral("1", "food", referred="2026-08-10"))
    assert (on_time[Step.REFERRED], on_time[Step.REFERRED_30D]) == (1, 1)
    assert (late[Step.REFERRED], late[Step.REFERRED_30D]) == (1, 0)
    assert (on_time[Step.INTERVENTION_30D], late[Step.INTERVENTION_30D]) == (1, 0)


def test_thirty_days_begin_at_the_first_screen_of_the_quarter_that_found_the_need():
    again = ("1", "2026-08-20", "food", "positive")
    steps = after(referral("1", "food", referred="2026-08-25"), screened=(YES_FOOD, again))
    assert (steps[Step.REFERRED], steps[Step.REFERRED_30D]) == (1, 0)


def test_a_referral_with_yes_alone_is_counted_without_its_time():
    steps = after(referral("1", "food", referred="yes"), referral("2", "food", referred="no"))
    assert steps == {Step.REFERRED: 1}
    both = counted(
        screens(YES_FOOD, ("2", FOUND, "food", "positive")),
        referrals(referral("1", "food", referred="yes"), referral("2", "food", referred=FOUND)),
    )
    assert steps_at(both, "food")[Step.REFERRED_30D] == 1
    assert "1 referred without a day" in said(both)


def test_an_outcome_is_known_once_it_is_no_longer_open():
    outcomes = {"service received": (1, 1), "not connected": (1, 0), "open": (0, 0)}
    for words, (known, connected) in outcomes.items():
        steps = after(referral("1", "food", referred=FOUND, outcome=words))
        assert (steps[Step.OUTCOME_KNOWN], steps[Step.CONNECTED]) == (known, connected)


def test_of_two_referrals_one_that_connected_is_enough():
    rows = [
        referral("1", "food", referred=FOUND, outcome="not connected"),
        referral("1", "food", referred="2026-08-01", outcome="connected", outcome_on="2026-08-05"),
    ]
    for order in permutations(rows):
        steps = after(*order)
        assert (steps[Step.REFERRED], steps[Step.CONNECTED], steps[Step.CONNECTED_30D]) == (1, 1, 1)


def test_an_intervention_is_no_referral():
    steps = after(referral("1", "food", helped_on="2026-07-20"))
    assert steps == {Step.INTERVENTION_30D: 1, Step.POSITIVE_MATURE: 1}


def test_a_need_found_less_than_thirty_days_ago_is_not_mature():
    screened = [YES_FOOD, ("2", "2027-01-31", "food", "positive"), ("3", "2027-01-30", "food",
                "positive")]  # fmt: skip
    found = counted(screens(*screened), referrals(referral("2", "food", referred="2027-02-01")))
    assert steps_at(found, "food", "2027-Q1")[Step.POSITIVE_MATURE] == 1


def test_resolved_are_those_connected_whose_need_was_met():
    met = {"resolved": "2026-08-20"}
    steps = after(
        referral("1", "food", referred=FOUND, outcome="connected", **met),
        referral("2", "food", referred=FOUND, outcome="not connected", **met),
        screened=(YES_FOOD, ("2", FOUND, "food", "positive")),
    )
    assert (steps[Step.OUTCOME_KNOWN], steps[Step.RESOLVED]) == (2, 1)


def test_a_need_that_is_met_without_a_connection_is_told_and_not_counted():
    found = counted(
        screens(YES_FOOD), referrals(referral("1", "food", referred=FOUND, resolved="yes"))
    )
    assert Step.RESOLVED not in steps_at(found, "food")
    assert "1 whose need is recorded as met" in said(found)


def test_where_a_wish_is_recorded_only_those_who_want_help_count_as_referred():
    found = counted(
        screens(YES_FOOD, ("2", FOUND, "food", "positive")),
        referrals(
            referral("1", "food", wants_help="yes", referred=FOUND),
            referral("2", "food", wants_help="no", referred=FOUND, outcome="connected"),
        ),
    )
    steps = steps_at(found, "food")
    assert (steps[Step.WANTS_HELP], steps[Step.REFERRED], steps[Step.CONNECTED]) == (1, 1, 0)
    assert steps[Step.INTERVENTION_30D] == 2
    assert "1 referred though nothing says that they want help" in said(found)


def test_a_referral_without_a_need_found_is_told_and_not_counted():
    found = counted(
        screens(YES_FOOD, ("2", FOUND, "food", "negative")),
        referrals(
            referral("1", "food", referred=FOUND),
            referral("2", "food", referred=FOUND),
            referral("Qplanted", "food", referred=FOUND),
        ),
    )
    assert steps_at(found, "food")[Step.REFERRED] == 1
    assert "2 referred for a need that no screen in these files found" in said(found)
    assert "Qplanted" not in repr(found)


def test_a_referral_for_a_kind_of_housing_need_counts_for_housing_too():
    found = counted(
        screens(("1", FOUND, "housing_instability", "positive")),
        referrals(referral("1", "housing_instability", referred=FOUND)),
    )
    assert steps_at(found, "housing_instability")[Step.REFERRED] == 1
    assert steps_at(found, "housing")[Step.REFERRED] == 1
    general = counted(
        screens(("1", FOUND, "housing_instability", "positive")),
        referrals(referral("1", "housing", referred=FOUND)),
    )
    assert steps_at(general, "housing_instability") == {}
    assert steps_at(general, "housing")[Step.REFERRED] == 1


def test_a_line_that_names_its_screen_belongs_to_that_quarter_alone():
    screened = [("1", "2026-05-01", "food", "positive"), YES_FOOD]
    found = counted(
        screens(*screened),
        referrals(referral("1", "food", screened="2026-05-01", referred="2026-07-20")),
    )
    assert steps_at(found, "food", "2026-Q2")[Step.REFERRED] == 1
    assert steps_at(found, "food", "2026-Q3")[Step.REFERRED] == 0


def test_a_line_without_any_day_belongs_to_the_latest_quarter_that_found_the_need():
    found = counted(
        screens(("1", "2026-05-01", "food", "positive"), YES_FOOD),
        referrals(referral("1", "food", wants_help="yes")),
    )
    assert steps_at(found, "food", "2026-Q2") == {}
    assert steps_at(found, "food", "2026-Q3") == {Step.WANTS_HELP: 1}


def test_a_later_referral_counts_for_a_quarter_that_is_read_alone():
    sources = (
        screens(("1", "2026-05-01", "food", "positive"), YES_FOOD),
        referrals(
            referral("1", "food", referred="2026-07-20"), referral("1", "food", wants_help="yes")
        ),
    )
    whole = counted(*sources)
    for quarter in (Period(2026, 2), Period(2026, 3)):
        alone = counted(*sources, period=quarter)
        assert alone.step_counts.steps == {
            key: of for key, of in whole.step_counts.steps.items() if key.period == str(quarter)
        }


def test_quarters_before_and_after_the_list_are_not_told_as_zero():
    days = ("2026-02-01", "2026-05-01", "2026-08-01", "2026-11-01")
    found = counted(
        screens(*((str(at), day, "food", "positive") for at, day in enumerate(days))),
        referrals(referral("1", "food", referred="2026-05-03")),
    )
    told = {key.period for key in found.step_counts.steps}
    assert told == {"2026-Q2"}


def test_a_patient_counts_at_the_site_and_stratum_of_the_quarter():
    found = counted(
        screens((*YES_FOOD, "elm", "spanish")),
        visits(("1", "2026-09-01", "oak")),
        referrals(referral("1", "food", referred=FOUND)),
    )
    assert steps_at(found, "food", site_id="oak")[Step.REFERRED] == 1
    at_language = steps_at(found, "food", site_id="oak", part=("language", "spanish"))
    assert at_language[Step.REFERRED] == 1


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"referred": "soon"}, "Under “referred” stands no date, yes or no"),
        ({"wants_help": "perhaps"}, "Under “wants_help” stands neither yes nor no"),
        ({"outcome": "who knows"}, "does not know this line's outcome"),
        ({"helped_on": "x"}, "Under “helped_on” stands no date"),
        ({"referred": "no", "outcome": "connected"}, "says that there was no referral"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_by_its_place(told, says):
    found = counted(screens(YES_FOOD), referrals(referral("Qplanted", "food", **told)))
    (problem,) = found.report.problems
    assert problem.place == "referrals, line 2"
    assert says in problem.says
    assert "Qplanted" not in repr(found)


def test_a_line_without_a_known_need_or_patient_is_told():
    found = counted(screens(YES_FOOD), referrals(referral("1", "nonsense"), referral("", "food")))
    assert [each.place for each in found.report.problems] == [
        "referrals, line 2",
        "referrals, line 3",
    ]


# An oracle: the definitions once more, in plain loops over rows

PEOPLE = st.sampled_from("abc")
DAYS = st.integers(0, 200).map(lambda days: date(2026, 5, 1) + timedelta(days))
MAYBE_DAY = st.none() | DAYS
POSITIVE = st.tuples(PEOPLE, DAYS, st.sampled_from(("positive", "negative")))
ROW = st.fixed_dictionaries(
    {
        "who": PEOPLE,
        "wants_help": st.sampled_from(("", "yes", "no")),
        "referred": MAYBE_DAY | st.just("yes"),
        "outcome": st.sampled_from(("", "connected", "not connected", "open")),
        "outcome_on": MAYBE_DAY,
        "resolved": MAYBE_DAY,
        "helped_on": MAYBE_DAY,
    }
)


def expected_for(firsts, rows, today):
    """By quarter, what the definitions give; rows without a day go to the latest quarter."""
    counts: dict[str, dict[Step, int]] = {}
    asks = any(row["wants_help"] for row in rows)
    for (who, quarter), first in firsts.items():
        latest = max(q for w, q in firsts if w == who)
        mine = [row for row in rows if row["who"] == who]

        def dated(row):
            days = [row[name] for name in ("referred", "outcome_on", "resolved", "helped_on")]
            return [day for day in days if isinstance(day, date)]

        def fits(row, own, first=first, quarter=quarter, latest=latest):
            day = own if isinstance(own, date) else min(dated(row), default=None)
            return day >= first if day else quarter == latest

        soon = {first + timedelta(days) for days in range(31)}
        sent = [r for r in mine if (r["referred"] or r["outcome"]) and fits(r, r["referred"])]
        wanted = any(r["wants_help"] == "yes" and fits(r, None) for r in mine)
        helped = {r["helped_on"] for r in mine} | {r["referred"] for r in sent}
        real = sent if wanted or not asks else []
        fed = [r for r in real if r["outcome"] == "connected"]
        met = [r for r in mine if r["resolved"] and r["resolved"] >= first]
        truth = {
            Step.WANTS_HELP: wanted,
            Step.REFERRED: bool(real),
            Step.REFERRED_30D: bool(soon & {r["referred"] for r in real}),
            Step.INTERVENTION_30D: bool(soon & helped),
            Step.OUTCOME_KNOWN: any(r["outcome"] in ("connected", "not connected") for r in real),
            Step.CONNECTED: bool(fed),
            Step.CONNECTED_30D: bool(soon & {r["outcome_on"] for r in fed}),
            Step.RESOLVED: bool(fed and met),
            Step.POSITIVE_MATURE: first + timedelta(30) <= today,
        }
        row = counts.setdefault(quarter, dict.fromkeys(truth, 0))
        for step, is_taken in truth.items():
            row[step] += is_taken
    return counts


@pytest.mark.slow
@given(st.lists(POSITIVE, max_size=8), st.lists(ROW, max_size=8), st.randoms(use_true_random=False))
def test_the_funnel_is_what_its_definitions_say(screened, rows, dice):
    assume(screened or rows)
    firsts: dict[tuple[str, str], date] = {}
    # The last result of one day stands; a clear one of any day makes the quarter.
    by_day = {(who, day): result for who, day, result in screened}
    for (who, day), result in sorted(by_day.items()):
        if result == "positive":
            firsts.setdefault((who, str(quarter_of(day))), day)
    lines = [referral(row["who"], "food", **{name: value or "" for name, value in row.items()
                                             if name != "who"}) for row in rows]  # fmt: skip
    dice.shuffle(lines)
    sources = [screens(*((who, day, "food", result) for who, day, result in screened)),
               referrals(*lines)]  # fmt: skip
    dice.shuffle(sources)
    found = counted(*sources)
    expected = expected_for(firsts, rows, date(2027, 3, 1))
    for key, of in found.step_counts.steps.items():
        if key.need == Need.FOOD and key.period in expected:
            assert of.items() <= expected[key.period].items()
        else:
            assert not any(of.values())
    anybody = {quarter for quarter, of in expected.items() if any(
        of[step] for step in of if step is not Step.POSITIVE_MATURE)}  # fmt: skip
    assert anybody <= {key.period for key in found.step_counts.steps}
    for counts in file_counts(found.cells, {}, "g", {}, found.step_counts.steps).quarters.values():
        known = counts[WHOLE_GROUP]
        assert not contradictions(FunnelCounts(period("2026-Q3"), known))
