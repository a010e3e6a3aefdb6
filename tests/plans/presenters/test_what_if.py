"""What other levels would move, as it is read."""

from __future__ import annotations

from dataclasses import replace

from readiness.accounts.db import people
from readiness.core.db import Session
from readiness.core.formatting import dollars
from readiness.instruments.answers import Answer
from readiness.plans.editing import edit_of
from readiness.plans.models import ActionStatus
from readiness.plans.presenters.formats import money
from readiness.plans.presenters.outlook import outlook
from readiness.plans.presenters.what_if import beside, text_of
from readiness.plans.service import plan, what_if
from tests.factories import plans, world

NOW = world.NOW


def tried(store, answers=None, who="maya", **levels):
    if answers:
        plans.submitted(store, "elm", answers, NOW)
    opened = what_if.load(Session(store, people.actor(store, who), NOW), "a1")
    asked = [(item.replace("_", "-"), str(level)) for item, level in levels.items()]
    return what_if.try_levels(store, opened, asked)


def way_of(told):
    assert told.way is not None
    return told.way


def test_the_finding_tells_tier_cost_days_months_and_how_much_is_left(store):
    found = tried(store, plans.developing(), REAL_2=3, LEAD_1=3)
    told, old, new = text_of(found), found.compared, found.then
    first, second = told.finding
    assert first == "With these 2 changes you would still be at T2 Developing."
    assert second.startswith(
        f"The way to T3 Incentive-ready would then cost {dollars(new.tier_cost.first_year.likely)} "
        f"instead of {dollars(old.tier_cost.first_year.likely)}, and take "
        f"{new.tier_cost.people_days} instead of {old.tier_cost.people_days} of the group’s own "
        "people-days and "
    )
    left = beside(*(str(len(each.plan.current)) for each in (new, old)))
    assert second.endswith(f" months from the plan’s start. Actions left: {left}.")


def test_the_figures_as_it_is_are_those_of_the_plan_s_page(store):
    found = tried(store, plans.developing(), REAL_2=3)
    cost = found.opened.tier_cost
    (rows,) = text_of(found).plans
    assert rows.title == "The plan to T3 Incentive-ready"
    assert [before for _, before, _ in rows.rows] == [
        money(cost.first_year),
        dollars(cost.payable.likely),
        str(cost.people_days),
        outlook(found.opened).stages[-1].between,
        str(len(found.opened.plan.current)),
    ]
    after = found.then.target_cost
    assert [each for *_, each in rows.rows][:3] == [
        money(after.first_year),
        dollars(after.payable.likely),
        str(after.people_days),
    ]


def test_a_change_that_moves_nothing_says_that_the_way_still_costs_the_same(store):
    found = tried(store, plans.answers_at(3, REAL_2=1), LEAD_1=4)
    told = text_of(found)
    assert told.finding[1].startswith(
        "The way to T3 Incentive-ready would still cost "
        f"{dollars(found.then.target_cost.first_year.likely)}, and take "
    )
    assert " instead of " not in told.finding[1]
    assert (way_of(told).gone, way_of(told).new) == ((), ())


def test_a_payer_is_told_of_the_group(store):
    told = text_of(tried(store, plans.developing(), "pam", REAL_2=3))
    assert told.finding[0] == (
        "With this change the group would still be at T2 Developing (provisional)."
    )


def test_a_tier_that_is_reached_has_no_plan_and_both_next_tiers_are_told(store):
    found = tried(store, plans.answers_at(2, REAL_1=1), REAL_1=2)
    told = text_of(found)
    assert (
        told.finding[0]
        == "With this change you would be at T2 Developing instead of T1 Foundation."
    )
    low, high = told.plans
    assert (low.title, high.title) == (
        "The plan to T2 Developing",
        "The plan to T3 Incentive-ready",
    )
    assert [each for *_, each in low.rows] == ["T2 is held", "–", "–", "–", "–"]
    assert high.rows[0][1] == money(found.compared.target_cost.first_year)
    assert [tier.id for tier, _ in told.criteria] == ["T2", "T3"]
    (line,) = told.criteria[0][1]
    assert (line.name, line.asks) == ("One way of asking (REAL-1)", "needs level 2")
    assert (line.before, line.was_met, line.after, line.is_met) == (
        "level 1",
        False,
        "level 2",
        True,
    )


def test_a_tier_that_is_lost_has_a_way_back(store):
    told = text_of(tried(store, plans.answers_at(2), REAL_1=0))
    assert (
        told.finding[0]
        == "With this change you would be at T1 Foundation instead of T2 Developing."
    )
    assert told.finding[1].startswith("The way back to T2 Developing would then cost ")
    low, high = told.plans
    assert low.rows[0][1] == "T2 is held"
    assert high.rows[0][2] == "after T2"
    assert way_of(told).new
    assert not way_of(told).gone


def test_the_way_tells_what_falls_away_and_what_is_new(store):
    found = tried(store, plans.developing(), REAL_2=3)
    way = way_of(text_of(found))
    gone = {step.title: step for step in way.gone}
    race = gone[plan.action_of(found.opened, "REALCOL").title]
    assert any(each.item_id == "REAL-2" for each in race.raises)
    titles = {step.title for step in (*way.new, *way.kept)}
    assert titles == {each.title for each in found.then.plan.current}


def test_what_is_done_and_would_be_counted_stands_apart(store):
    plans.submitted(store, "elm", plans.developing(), NOW)
    session = Session(store, people.actor(store, "maya"), NOW)
    action = plan.action_of(plan.load(session, "a1"), "GOV")
    plan.edit(session, "a1", "GOV", 1, replace(edit_of(action), status=ActionStatus.DONE))
    found = what_if.try_levels(store, what_if.load(session, "a1"), [("REAL-2", "3")])
    (done,) = way_of(text_of(found)).done
    assert (done.title, done.mark[:8]) == (action.title, "done on ")
    assert done.raises


def test_at_the_highest_tier_nothing_is_left(store):
    told = text_of(tried(store, plans.answers_at(4, MEAS_2=2), MEAS_2=4))
    assert told.finding[1] == "That is the highest tier: nothing more is needed for it."
    assert told.way is None


def test_what_is_still_not_ratable_says_how_many_answers_are_to_be_found_out(store):
    unknown = {f"LEAD_{n}": Answer.dont_know() for n in range(1, 6)}
    told = text_of(tried(store, plans.answers_at(1, **unknown), LEAD_1=1))
    assert told.finding[0] == "With this change you would still be at T0 Not yet ratable."
    assert told.finding[1].startswith("2 answers would still have to be found out")
    assert told.way is None


def test_where_an_action_was_taken_out_the_way_says_that_it_does_not_reach_the_tier(store):
    plans.submitted(store, "elm", plans.developing(), NOW)
    session = Session(store, people.actor(store, "maya"), NOW)
    plan.drop(session, "a1", "REALCOL", 1)
    found = tried(store, LEAD_1=3)
    assert plan.action_of(found.then, "REALCOL").status is ActionStatus.DROPPED
    assert ", and not reach T3, as its actions were changed. " in text_of(found).finding[1]


def test_each_item_offers_its_other_levels_in_their_words_and_what_does_not_apply_none(store):
    reason = Answer.not_applicable("One site.")
    answers = plans.developing(LEAD_5=reason, MEAS_2=Answer.dont_know())
    told = text_of(tried(store, answers, REAL_2=3))
    items = {each.item.id: each for domain in told.domains for each in domain.items}
    assert "LEAD-5" not in items
    assert items["MEAS-2"].options[0] == ("", "As it is: not known")
    assert len(items["MEAS-2"].options) == 6
    race = items["REAL-2"]
    assert race.now == f"Level 1 now: {race.item.levels[1]}"
    assert race.chosen == "3"
    assert race.options == (
        ("", "As it is: level 1"),
        *((str(n), f"Level {n}: {race.item.levels[n]}") for n in (0, 2, 3, 4)),
    )
    assert [each.domain.id for each in told.domains if each.changed] == ["REAL"]


def test_an_item_that_applies_at_these_levels_is_named(store):
    excused = Answer.not_applicable("No interpreter is needed.")
    told = text_of(tried(store, plans.developing(EQME_4=0, CONT_4=excused), EQME_4=3))
    assert any(note.startswith("CONT-4 ") and "At these levels" in note for note in told.notes)


def test_a_figure_without_another_stands_alone():
    assert beside("", "$3") == ""
