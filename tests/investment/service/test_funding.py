"""An approved scenario becomes awards in the plans of its groups, all of them or none."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from sqlite3 import IntegrityError

import pytest

from readiness.accounts.db import people
from readiness.core import audit
from readiness.core.db import Session
from readiness.core.errors import ChangedMeanwhile, Denied, NotFound, WrongState
from readiness.instruments import cost_book
from readiness.investment import db as allocations
from readiness.investment.lifecycle import ScenarioState
from readiness.investment.models import SocialRisk
from readiness.investment.offering import offer_of
from readiness.investment.service import baselines, funding, lifecycle, results, stored
from readiness.plans import db as ledger
from readiness.plans import postings
from readiness.plans.postings import PostingInput, PostingKind
from readiness.plans.service import money, plan
from tests.factories import allocations as allocated
from tests.factories.world import NOW

pytestmark = pytest.mark.slow  # every test solves

PROPOSED, APPROVED, FUNDED = (
    ScenarioState.PROPOSED,
    ScenarioState.APPROVED,
    ScenarioState.FUNDED,
)
TWO_YEARS = replace(allocated.SMALL, budgets=(200_000, 150_000))
numbers = count(1)


@pytest.fixture
def session(grove):
    return Session(grove, people.actor(grove, "pam"), NOW)


def new_id():
    return f"award-{next(numbers)}"


def approved(session, allocation_id="s1", scenario=allocated.SMALL):
    allocated.add_solved(session.store, allocation_id, scenario)
    for state in (PROPOSED, APPROVED):
        lifecycle.move(session, "fair", allocation_id, state)
    return funding.load(session, "fair", allocation_id)


def fund(session, allocation_id="s1"):
    seen = funding.load(session, "fair", allocation_id).seen
    funding.fund(session, "fair", allocation_id, seen, new_id)
    return funding.load(session, "fair", allocation_id)


def take_back(session, allocation_id="s1"):
    funding.take_back(session, "fair", allocation_id, new_id)


def state_of(session, allocation_id="s1"):
    return allocations.status(session.store, allocations.get(session.store, allocation_id)).state


def awarded(store):
    """Dollars in all plans, by group and action."""
    found: dict[tuple[str, str], int] = {}
    for each in postings.uncorrected(
        posting
        for group_id in ("elm", "ash", "fir", "oak")
        for posting in ledger.postings_of_assessment(store, f"of-{group_id}")
    ):
        key = each.group_id, each.action_id
        found[key] = found.get(key, 0) + each.cents // 100
    return {key: dollars for key, dollars in found.items() if dollars}


def stop_sharing(store, group_id):
    with store.writing():
        store.execute(
            "update grants set revoked_at = ? where group_id = ?", (NOW.isoformat(), group_id)
        )


def manager(store):
    """Of elm: the small world gives no other of these groups one."""
    return Session(store, people.actor(store, "maya"), NOW)


def take_out(store, action_id):
    session = manager(store)
    found = plan.action_of(plan.load(session, "of-elm"), action_id)
    plan.drop(session, "of-elm", action_id, found.revision)


@pytest.mark.parametrize("scenario", [allocated.SMALL, TWO_YEARS])
def test_all_that_is_chosen_is_awarded_and_adds_up_to_what_is_spent(session, scenario):
    open_ = approved(session, scenario=scenario)
    main = stored.load(session, "fair", "s1").main
    assert sum(line.award.dollars for line in open_.lines) == main.spent
    payable = stored.load(session, "fair", "s1").candidate
    assert {(line.award.group_id, line.award.action_id) for line in open_.lines} == {
        pick.key for pick in main.picks if payable(pick.key).is_payable
    }


@pytest.mark.parametrize("scenario", [allocated.SMALL, TWO_YEARS])
def test_what_was_shown_is_written_and_nothing_else(session, grove, scenario):
    open_ = approved(session, scenario=scenario)
    shown: dict[tuple[str, str], int] = {}
    for line in open_.written.lines:
        key = line.award.group_id, line.award.action_id
        shown[key] = shown.get(key, 0) + line.award.dollars
    assert shown
    assert awarded(grove) == {}
    done = fund(session)
    assert awarded(grove) == shown
    assert done.written.total == sum(shown.values())
    assert len(done.written.by_group) == len({group_id for group_id, _ in shown})
    assert [line.award for line in done.lines] == [line.award for line in open_.lines]
    assert [line.why_not for line in done.refused.lines] == [
        line.why_not for line in open_.refused.lines
    ]


def test_each_award_names_the_payer_the_scenario_and_its_year(session, grove):
    approved(session, scenario=TWO_YEARS)
    for line in fund(session).written.lines:
        (entry,) = ledger.postings_with_ids(grove, [line.posting_id])
        assert entry.payer == "Fair Health"
        assert entry.note == f"Budget scenario “Spring grants”, year {line.award.year}"
        assert (entry.on, entry.author_id) == (NOW.date(), "pam")


def test_the_state_stands_in_list_result_and_history(session, grove):
    approved(session)
    done = fund(session)
    assert [line.state for line in results.listing(session, "fair").lines] == [FUNDED]
    assert results.result(session, "fair", "s1").status.state is FUNDED
    told = audit.of_payer(grove, "fair")[0]
    assert (told.verb, told.object_id, told.actor_id) == ("funded", "s1", "pam")
    lines = [
        event.verb
        for group_id in ("elm", "ash", "fir")
        for event in audit.of_group(grove, group_id)
    ]
    assert lines.count("awarded money for") == done.written.count


def test_it_is_taken_back_as_a_whole_and_can_be_funded_anew(session, grove):
    approved(session)
    before = awarded(grove)
    fund(session)
    written = awarded(grove)
    take_back(session)
    assert awarded(grove) == before
    assert state_of(session) is APPROVED
    assert audit.of_payer(grove, "fair")[0].verb == "took back the funding of"
    fund(session)
    assert awarded(grove) == written


def test_a_group_that_stopped_sharing_gets_nothing_and_that_is_said(session, grove):
    approved(session)
    stop_sharing(grove, "ash")
    done = fund(session)
    assert {group_id for group_id, _ in awarded(grove)} == {"elm", "fir"} & {
        line.award.group_id for line in done.written.lines
    }
    hidden = [line for line in done.refused.lines if line.award.group_id == "ash"]
    assert hidden
    for line in hidden:
        assert (line.group, line.title) == ("A group that no longer shares", "An action in it")
        assert "shares nothing with you today" in line.why_not


def take_out_planned(grove, open_):
    """The first action that Elm's own plan held; its id."""
    taken = next(
        line.award.action_id
        for line in open_.written.lines
        if line.award.group_id == "elm" and not line.is_added
    )
    take_out(grove, taken)
    return taken


def test_what_its_group_took_out_is_not_written_and_the_rest_is(session, grove):
    open_ = approved(session)
    taken = take_out_planned(grove, open_)
    done = fund(session)
    assert ("elm", taken) not in awarded(grove)
    assert [line.why_not for line in done.refused.lines if line.award.action_id == taken] == [
        "The group took it out of its plan. Agree with the group, which can put it back."
    ]
    assert done.written.count == open_.written.count - 1


def test_what_a_plan_does_without_is_shown_as_added_and_then_is_in_it(session, grove):
    pins = frozenset({("elm", "to:T3")})  # past the tier that its own plan leads to
    large = replace(allocated.SMALL, budgets=(900_000,), most_days=None, pins=pins)
    open_ = approved(session, scenario=large)
    added = [line for line in open_.written.lines if line.is_added]
    assert added
    fund(session)
    for line in added:
        kept = ledger.latest_plan(grove, f"of-{line.award.group_id}")
        assert kept
        assert line.award.action_id in {each.id for each in kept.actions}


def test_of_what_changed_since_it_was_shown_nothing_is_written(session, grove):
    open_ = approved(session)
    take_out_planned(grove, open_)
    before = audit.head(grove)
    with pytest.raises(ChangedMeanwhile):
        funding.fund(session, "fair", "s1", open_.seen, new_id)
    assert (audit.head(grove), awarded(grove)) == (before, {})


def test_a_failure_on_the_way_leaves_nothing_behind(session, grove):
    open_ = approved(session)
    before = audit.head(grove)
    with pytest.raises(IntegrityError):  # the second entry cannot have the id of the first
        funding.fund(session, "fair", "s1", open_.seen, lambda: "the same")
    assert (audit.head(grove), awarded(grove), state_of(session)) == (before, {}, APPROVED)
    assert ledger.latest_plan(grove, "of-elm") is None


def test_only_an_approved_scenario_is_funded_and_only_once(session, grove):
    allocated.add_solved(grove, "s1")
    lifecycle.move(session, "fair", "s1", PROPOSED)
    with pytest.raises(WrongState, match="Only an approved"):
        funding.load(session, "fair", "s1")
    lifecycle.move(session, "fair", "s1", APPROVED)
    with pytest.raises(WrongState, match="not funded"):
        take_back(session)
    done = fund(session)
    with pytest.raises(WrongState, match="kept as it is"):
        funding.fund(session, "fair", "s1", done.seen, new_id)


def test_no_other_way_leads_into_or_out_of_the_funded_state(session, grove):
    approved(session)
    with pytest.raises(WrongState, match="shown before it is done"):
        lifecycle.move(session, "fair", "s1", FUNDED)
    fund(session)
    for wanted in ScenarioState:
        with pytest.raises(WrongState):
            lifecycle.move(session, "fair", "s1", wanted)
    with pytest.raises(WrongState, match="Take its funding back first"):
        lifecycle.rename(session, "fair", "s1", "Another")
    assert state_of(session) is FUNDED


def test_what_a_group_has_spent_keeps_the_whole_funding(session, grove):
    approved(session)
    done = fund(session)
    line = next(line for line in done.written.lines if line.award.group_id == "elm")
    wanted = PostingInput(PostingKind.SPENT, 10_00, NOW.date(), "", "")
    money.post(manager(grove), "of-elm", line.award.action_id, wanted, new_id())
    kept = funding.load(session, "fair", "s1").kept
    assert [what for what, _ in kept] == [f"{line.title}, Elm Physicians"]
    before = awarded(grove)
    with pytest.raises(WrongState, match="spent or returned money"):
        take_back(session)
    assert (awarded(grove), state_of(session)) == (before, FUNDED)


def test_what_a_group_that_stopped_sharing_holds_is_not_taken_back(session, grove):
    approved(session)
    done = fund(session)
    stop_sharing(grove, "elm")
    assert {why for _, why in funding.load(session, "fair", "s1").kept} == {funding.OUT_OF_REACH}
    with pytest.raises(WrongState, match="cannot be taken back"):
        take_back(session)
    for line in done.written.lines:
        if line.award.group_id == "elm":
            entered = ledger.postings_with_ids(grove, [line.posting_id])[0]
            nothing = PostingInput(entered.kind, 0, entered.on, "", "")
            args = (line.award.action_id, entered.id, nothing, new_id())
            money.correct(manager(grove), "of-elm", *args)
    take_back(session)
    assert (awarded(grove), state_of(session)) == ({}, APPROVED)


def test_where_nothing_can_be_written_nothing_is_funded(session, grove):
    approved(session)
    for group_id in ("elm", "ash", "fir"):
        stop_sharing(grove, group_id)
    open_ = funding.load(session, "fair", "s1")
    assert open_.written.count == 0
    with pytest.raises(WrongState, match="None of these awards"):
        funding.fund(session, "fair", "s1", open_.seen, new_id)


def test_a_name_that_may_not_stand_in_a_plan_is_told_before(session, grove):
    allocated.add_solved(grove, "s1", replace(allocated.SMALL, name="Call 617-555-0134"))
    for state in (PROPOSED, APPROVED):
        lifecycle.move(session, "fair", "s1", state)
    with pytest.raises(WrongState, match="a phone number"):
        funding.load(session, "fair", "s1")


@pytest.mark.parametrize("who", ["maya", "cara", "omar", "pete", "ada"])
def test_nobody_but_the_payer_s_own_people_funds(session, grove, who):
    open_ = approved(session)
    stranger = Session(grove, people.actor(grove, who), NOW)
    for attempt in (
        lambda: funding.load(stranger, "fair", "s1"),
        lambda: funding.fund(stranger, "fair", "s1", open_.seen, new_id),
        lambda: funding.take_back(stranger, "fair", "s1", new_id),
        lambda: funding.load(stranger, "far", "s1"),
    ):
        with pytest.raises((NotFound, Denied)):
            attempt()
    assert (awarded(grove), state_of(session)) == ({}, APPROVED)


def test_what_was_awarded_is_not_asked_for_again(session, grove):
    before = {each.group_id: each for each in baselines.of_payer(grove, "fair", NOW.date())}
    assert not any(each.awarded for each in before.values())
    approved(session)
    fund(session)
    for each in baselines.of_payer(grove, "fair", NOW.date()):
        paid = {action for group, action in awarded(grove) if group == each.group_id}
        assert each.awarded == paid
        offer = offer_of(each, cost_book.load(), SocialRisk(0.2, 0.0, ""), (), 0)
        asked = [c for c in offer.candidates if c.is_payable]
        assert not paid & {c.id for c in asked}
    assert any(awarded(grove).values())
    take_back(session)
    assert not any(e.awarded for e in baselines.of_payer(grove, "fair", NOW.date()))
