"""The plan as its readers and its group meet it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from readiness.accounts.db import people
from readiness.assessments.db import assessments
from readiness.assessments.models import ContextRevision, RunKind
from readiness.core import audit
from readiness.core.db import Session
from readiness.core.errors import BadInput, Denied, NotFound, WrongState
from readiness.instruments.answers import Answer
from readiness.plans import db as plans
from readiness.plans import drafting
from readiness.plans.costs import CostRange, PeopleDays
from readiness.plans.editing import edit_of
from readiness.plans.models import ActionStatus, GroupValues, ResourceEstimate
from readiness.plans.presenters import plan as reading
from readiness.plans.schedule import start_of
from readiness.plans.service import plan
from readiness.plans.service.plan import EditedMeanwhile
from readiness.plans.simulation import simulate
from tests.factories import plans as planned
from tests.factories import world
from tests.factories.catalogs import dollars

NOW = world.NOW
LATER = NOW + timedelta(days=3)
DEVELOPING = planned.developing(MEAS_2=Answer.dont_know())


@pytest.fixture
def actors(store):
    return {name: people.actor(store, name) for name in world.CAST}


@pytest.fixture
def sent(store):
    return planned.submitted(store, "elm", DEVELOPING, NOW)


def opened(store, actors, who="maya", at=NOW):
    return plan.load(Session(store, actors[who], at), "a1")


def first(store, actors):
    return next(a for a in opened(store, actors).plan.actions if a.proposal.intervention_id)


def test_opening_a_plan_stores_nothing(store, actors, sent):
    before = audit.head(store)
    assert opened(store, actors).plan == opened(store, actors).plan
    assert plans.latest_plan(store, "a1") is None
    assert audit.head(store) == before


def test_what_must_be_found_out_is_due_in_thirty_days_and_all_else_with_its_half_year(
    store, actors, sent
):
    actions = {a.id: a for a in opened(store, actors).plan.actions}
    assert actions["find-out:MEAS-2"].due_on == date(2027, 2, 14)
    assert actions["GOV"].due_on == date(2027, 7, 14)
    assert actions["CONTRACT"].due_on == date(2028, 1, 14)
    assert actions["raise:LEAD-4"].due_on == date(2027, 7, 14)


def test_the_payer_it_is_shared_with_reads_it_and_may_not_change_it(store, actors, sent):
    seen = opened(store, actors, "pam")
    assert not seen.may_edit
    assert seen.plan.actions == opened(store, actors).plan.actions
    with pytest.raises(Denied):
        plan.drop(Session(store, actors["pam"], NOW), "a1", "GOV", 1)


@pytest.mark.parametrize("stranger", ["pete", "omar", "ada"])
def test_nobody_else_learns_that_there_is_a_plan(store, actors, sent, stranger):
    with pytest.raises(NotFound):
        opened(store, actors, stranger)


def test_a_draft_has_a_plan_that_only_the_group_sees_and_nobody_changes(store, actors):
    planned.written(store, "elm", DEVELOPING, NOW)
    assert opened(store, actors).is_preview
    with pytest.raises(NotFound):
        opened(store, actors, "pam")
    with pytest.raises(WrongState):
        plan.drop(Session(store, actors["maya"], NOW), "a1", "GOV", 1)


def test_the_first_change_stores_the_plan_and_says_who_did_it(store, actors, sent):
    action = first(store, actors)
    edit = replace(edit_of(action), owner="quality lead", status=ActionStatus.PLANNED)
    plan.edit(Session(store, actors["maya"], LATER), "a1", action.id, 1, edit)
    again = opened(store, actors)
    assert again.is_stored
    assert plan.action_of(again, action.id).owner == "quality lead"
    assert [e.verb for e in audit.of_group(store, "elm")][:2] == [
        "changed an action of",
        "took up",
    ]
    assert plan.action_of(again, action.id).revision == 2


def test_of_two_people_the_second_is_told_and_shown_what_stands_there(store, actors, sent):
    action = first(store, actors)
    mine = replace(edit_of(action), note="first")
    plan.edit(Session(store, actors["maya"], LATER), "a1", action.id, 1, mine)
    with pytest.raises(EditedMeanwhile) as told:
        plan.edit(
            Session(store, actors["maya"], LATER), "a1", action.id, 1, replace(mine, note="second")
        )
    assert told.value.current.note == "first"
    assert plan.action_of(opened(store, actors), action.id).note == "first"


def test_a_dropped_action_leaves_the_plan_and_its_cost_and_comes_back(store, actors, sent):
    action = first(store, actors)
    before = simulate(opened(store, actors).plan)
    plan.drop(Session(store, actors["maya"], LATER), "a1", action.id, 1)
    without = opened(store, actors).plan
    assert action.id not in {a.id for a in without.current}
    assert simulate(without).total.high < before.total.high
    assert simulate(without).actions == before.actions - 1
    plan.restore(Session(store, actors["maya"], LATER), "a1", action.id, 2)
    assert simulate(opened(store, actors).plan) == before


def test_a_group_adds_an_action_of_its_own(store, actors, sent):
    edit = replace(edit_of(first(store, actors)), title="Hire a greeter", due_on=date(2027, 9, 1))
    plan.add_own(Session(store, actors["maya"], LATER), "a1", "own:1", edit)
    told = reading.content_of(opened(store, actors))
    (stretch,) = (s for s in told.periods if "Hire a greeter" in [a.title for a in s.actions])
    assert stretch.title == "Second half-year"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"note": "Call Mrs. Doe, 617-555-0134"}, "note"),
        ({"owner": "x" * 81}, "owner"),
        ({"due_on": date(1890, 1, 1)}, "due_on"),
        ({"evidence": "Seen by Jane, jane@example.org"}, "evidence"),
        ({"own": GroupValues(ResourceEstimate(one_off=dollars(5, 4, 9)))}, "one_off_low"),
        ({"own": GroupValues(ResourceEstimate(yearly=dollars(-1, 4, 9)))}, "yearly_low"),
        ({"own": GroupValues(ResourceEstimate(one_off=dollars(1, 4, 10**9)))}, "one_off_high"),
        (
            {
                "own": GroupValues(
                    ResourceEstimate(people_days=PeopleDays(*map(Decimal, (1, 2, 10**6))))
                )
            },
            "days_high",
        ),
        ({"own": GroupValues(units=Fraction(0))}, "units"),
        ({"own": GroupValues(may_pay="x" * 201)}, "may_pay"),
        ({"own": GroupValues(pays_after="call 617-555-0134")}, "pays_after"),
        ({"own": GroupValues(acts="call 617-555-0134")}, "acts"),
        ({"own": GroupValues(half_year=11)}, "half_year"),
        ({"own": GroupValues(months_to_launch=121)}, "months_to_launch"),
        ({"own": GroupValues(months_to_effect=(9, 3))}, "effect_low"),
        ({"own": GroupValues(levels=(("LEAD-1", 0),))}, "level_LEAD-1"),
        ({"own": GroupValues(levels=(("LEAD-1", 5),))}, "level_LEAD-1"),
        ({"own": GroupValues(levels=(("NONE-1", 2),))}, "level_NONE-1"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field_and_nothing_is_stored(
    store, actors, sent, change, place
):
    action = first(store, actors)
    with pytest.raises(BadInput) as refused:
        plan.edit(
            Session(store, actors["maya"], NOW),
            "a1",
            action.id,
            1,
            replace(edit_of(action), **change),
        )
    assert [p.place for p in refused.value.problems] == [place]
    assert plans.latest_plan(store, "a1") is None


def test_every_problem_of_an_edit_is_told_at_once(store, actors, sent):
    action = first(store, actors)
    wrong = replace(edit_of(action), owner="x" * 81, note="SSN 123-45-6789")
    with pytest.raises(BadInput) as refused:
        plan.edit(Session(store, actors["maya"], NOW), "a1", action.id, 1, wrong)
    assert len(refused.value.problems) == 2


# A newer result


def accept(store, sent, answers, at):
    planned.score(store, sent, answers, at, "run-later")


def test_a_newer_result_is_offered_and_keeps_what_people_decided(store, actors, sent):
    action = first(store, actors)
    edit = replace(edit_of(action), note="agreed in March", status=ActionStatus.UNDER_WAY)
    plan.edit(Session(store, actors["maya"], LATER), "a1", action.id, 1, edit)
    plan.add_own(
        Session(store, actors["maya"], LATER), "a1", "own:1", replace(edit, title="Hire a greeter")
    )
    accept(store, sent, planned.answers_at(2, SOCR_3=1), LATER)
    assert opened(store, actors).has_newer_run
    plan.renew(Session(store, actors["maya"], LATER), "a1")
    after = opened(store, actors)
    assert not after.has_newer_run
    assert plan.action_of(after, action.id).note == "agreed in March"
    assert plan.action_of(after, "own:1").title == "Hire a greeter"
    assert "find-out:MEAS-2" not in {a.id for a in after.plan.actions}


def test_a_plan_nobody_changed_follows_the_newest_result_by_itself(store, actors, sent):
    accept(store, sent, planned.answers_at(2, SOCR_3=1), LATER)
    assert opened(store, actors).basis.run_id == "run-later"


def test_the_lower_of_claimed_and_supported_decides(store, actors, sent):
    lower = planned.answers_at(0)
    planned.score(store, sent, lower, NOW, "run-supported", RunKind.SUPPORTED)
    assert opened(store, actors).basis.kind is RunKind.SUPPORTED


# Costs


def test_a_fact_that_is_known_makes_a_cost_known(store, actors, sent):
    now = opened(store, actors)
    unknown = drafting.with_current_costs(now.plan, planned.QMER, planned.BOOK, {})
    told = reading.content_of(replace(now, plan=unknown, context={}))
    assert ("CTX-02", "Practice sites") in {ask for each in told.unknown for ask in each.asks}
    assert reading.content_of(now).unknown == ()
    assert simulate(now.plan).first_year.high > simulate(unknown).first_year.high


def test_a_cost_typed_by_hand_outlives_a_changed_fact(store, actors, sent):
    action = next(
        a for a in opened(store, actors).plan.actions if a.proposal.cost and a.cost is not None
    )
    quote = CostRange(Decimal("1.00"), Decimal("2.00"), Decimal("3.00"))
    edit = replace(
        edit_of(action), own=GroupValues(ResourceEstimate(one_off=quote, yearly=dollars(0, 0, 0)))
    )
    plan.edit(Session(store, actors["maya"], LATER), "a1", action.id, 1, edit)
    assessments.save_context(store, "a1", (ContextRevision("sites", 2, 9, "maya", LATER),), None)
    assert plan.action_of(opened(store, actors), action.id).cost == quote


def test_a_payer_sees_costs_from_what_was_submitted(store, actors, sent):
    assessments.save_context(store, "a1", (ContextRevision("sites", 2, 900, "maya", LATER),), None)
    assert opened(store, actors).context["sites"] == 900
    assert opened(store, actors, "pam").context["sites"] == 2


# The group's own values


def change(store, actors, action_id, at=LATER, **own):
    action = plan.action_of(opened(store, actors), action_id)
    edit = replace(edit_of(action), own=replace(action.own, **own))
    session = Session(store, actors["maya"], at)
    return plan.edit(session, "a1", action_id, action.revision, edit).action


def test_an_own_value_counts_and_the_catalogue_s_stands_beside_it(store, actors, sent):
    action = first(store, actors)
    change(
        store,
        actors,
        action.id,
        amounts=ResourceEstimate(yearly=dollars(1, 2, 3)),
        acts="our IT vendor",
        may_pay="Plan E of a local foundation",
        pays_after="the county",
        months_to_launch=1,
        months_to_effect=(2, 4),
    )
    now = opened(store, actors)
    saved = plan.action_of(now, action.id)
    assert saved.amounts == ResourceEstimate(
        action.amounts.one_off, dollars(1, 2, 3), action.amounts.people_days
    )
    line = reading.content_of(now).line(action.id)
    terms = {term.name: term for term in line.terms}
    assert terms["Who acts"].now == "our IT vendor"
    assert line.acts == "our IT vendor"
    assert terms["Who acts"].usual
    assert terms["May pay for the start"].now == "Plan E of a local foundation"
    assert terms["Pays afterwards"].usual == action.usual.pays_after[0].upper() + (
        action.usual.pays_after[1:] + "."
    )
    assert terms["Months to launch"].now.startswith("1:")
    assert terms["Every year"].usual
    assert not terms["One-off"].usual


def test_units_the_group_counted_itself_scale_what_the_catalogue_says(store, actors, sent):
    before = plan.action_of(opened(store, actors), "COACH")
    assert before.usual
    assert before.usual.units == 2
    change(store, actors, "COACH", units=Fraction(8))
    saved = plan.action_of(opened(store, actors), "COACH")
    assert saved.cost
    assert saved.usual
    assert before.cost
    assert saved.cost.high == 4 * before.cost.high
    assert saved.usual.amounts == before.amounts


def test_every_own_value_comes_back_as_it_was_saved(store, actors, sent):
    own = GroupValues(
        amounts=ResourceEstimate(
            dollars(1, 2, 3), dollars("4.50", 5, 6), PeopleDays(*map(Decimal, (7, 8, 9)))
        ),
        units=Fraction(5, 2),
        acts="a nurse",
        may_pay="the payer",
        pays_after="the group",
        half_year=4,
        months_to_launch=0,
        months_to_effect=(1, 9),
        levels=(("LEAD-1", 4), ("REAL-2", 3)),
    )
    contract = plan.action_of(opened(store, actors), "CONTRACT")
    edit = replace(edit_of(contract), own=own, evidence="Minutes of March 3")
    plan.edit(Session(store, actors["maya"], LATER), "a1", "CONTRACT", 1, edit)
    saved = plan.action_of(opened(store, actors), "CONTRACT")
    assert (saved.own, saved.evidence) == (own, "Minutes of March 3")


@pytest.mark.parametrize(("action_id", "half_year"), [("CONTRACT", 1), ("GOV", 2), ("GOV", 3)])
def test_nothing_starts_before_what_it_needs_first(store, actors, sent, action_id, half_year):
    with pytest.raises(BadInput, match="or move what it needs to an earlier one") as refused:
        change(store, actors, action_id, half_year=half_year)
    assert {each.place for each in refused.value.problems} == {"half_year"}
    assert not opened(store, actors).is_stored


def test_what_is_done_holds_nothing_back(store, actors, sent):
    done = replace(edit_of(plan.action_of(opened(store, actors), "GOV")), status=ActionStatus.DONE)
    plan.edit(Session(store, actors["maya"], LATER), "a1", "GOV", 1, done)
    plan.drop(
        Session(store, actors["maya"], LATER), "a1", "COACH", 1
    )  # or four would start at once
    assert change(store, actors, "CONTRACT", half_year=1).own.half_year == 1


def test_no_more_than_three_interventions_start_in_one_half_year(store, actors, sent):
    change(store, actors, "REALAUD", half_year=3)
    change(store, actors, "CONTRACT", half_year=3)
    plan.drop(Session(store, actors["maya"], LATER), "a1", "REALAUD", 2)
    change(store, actors, "COACH", half_year=3)
    change(store, actors, "REALCOL", half_year=3)
    audit_of_data = plan.action_of(opened(store, actors), "REALAUD")
    again = replace(edit_of(audit_of_data), status=ActionStatus.PLANNED)
    with pytest.raises(BadInput, match="4 interventions would start in half-year 3"):
        plan.edit(Session(store, actors["maya"], LATER), "a1", "REALAUD", 3, again)
    back = plan.restore(Session(store, actors["maya"], LATER), "a1", "REALAUD", 3)
    assert back.action.own.half_year == 4, "put back, it starts where it fits"


def test_a_due_date_nobody_chose_moves_with_its_start(store, actors, sent):
    before = plan.action_of(opened(store, actors), "CONTRACT")
    saved = change(store, actors, "CONTRACT", half_year=4)
    assert (before.due_on, saved.due_on) == (date(2028, 1, 14), date(2029, 1, 14))
    chosen = replace(edit_of(saved), due_on=date(2029, 9, 1), own=replace(saved.own, half_year=6))
    plan.edit(Session(store, actors["maya"], LATER), "a1", "CONTRACT", 2, chosen)
    assert plan.action_of(opened(store, actors), "CONTRACT").due_on == date(2029, 9, 1)


def test_no_action_is_due_before_it_starts(store, actors, sent):
    session = Session(store, actors["maya"], LATER)
    saved = change(store, actors, "CONTRACT", half_year=4)
    early = replace(edit_of(saved), due_on=date(2028, 3, 1))
    with pytest.raises(BadInput, match="This action starts on July 15, 2028"):
        plan.edit(session, "a1", "CONTRACT", 2, early)
    chosen = replace(edit_of(saved), due_on=date(2028, 12, 1))
    saved = plan.edit(session, "a1", "CONTRACT", 2, chosen).action
    later = replace(edit_of(saved), own=replace(saved.own, half_year=6))
    saved = plan.edit(session, "a1", "CONTRACT", 3, later).action
    assert saved.due_on == date(2030, 1, 14)
    begun = replace(edit_of(saved), status=ActionStatus.UNDER_WAY, due_on=date(2028, 3, 1))
    assert plan.edit(session, "a1", "CONTRACT", 4, begun).action.due_on == date(2028, 3, 1)


def test_a_renewed_plan_has_no_action_due_before_it_starts(store, actors, sent):
    before = plan.action_of(opened(store, actors), "CONTRACT")
    early = opened(store, actors).plan.starts_on + timedelta(days=400)
    edit = replace(edit_of(before), owner="Pat", due_on=early)
    plan.edit(Session(store, actors["maya"], LATER), "a1", "CONTRACT", 1, edit)
    much_later = LATER + timedelta(days=500)
    accept(store, sent, planned.answers_at(2, REAL_2=1), much_later)
    renewed = plan.renew(Session(store, actors["maya"], much_later), "a1")
    (kept,) = (each for each in renewed.actions if each.id == "CONTRACT")
    assert kept.owner == "Pat"
    assert kept.due_on is not None
    assert kept.due_on >= start_of(kept, renewed) > early


def test_what_is_no_longer_proposed_keeps_what_it_takes_and_raises(store, actors, sent):
    before = plan.action_of(opened(store, actors), "COACH")
    edit = replace(edit_of(before), status=ActionStatus.UNDER_WAY)
    plan.edit(Session(store, actors["maya"], LATER), "a1", "COACH", 1, edit)
    accept(store, sent, planned.answers_at(4, REAL_2=1), LATER)
    plan.renew(Session(store, actors["maya"], LATER), "a1")
    kept = plan.action_of(opened(store, actors), "COACH")
    assert kept.proposal is None
    assert (kept.amounts, kept.months_to_effect) == (before.amounts, before.months_to_effect)
    assert {lift.item_id: lift.to for lift in kept.lifts} == {
        lift.item_id: lift.to for lift in before.lifts
    }
