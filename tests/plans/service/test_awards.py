"""A payer's award in a group's plan: who may, what is written, and what is taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from readiness.accounts.db import groups, people
from readiness.core import audit
from readiness.core.db import Session
from readiness.core.errors import BadInput, Denied, NotFound, WrongState
from readiness.plans import db as ledger
from readiness.plans.editing import edit_of
from readiness.plans.models import ActionStatus
from readiness.plans.postings import PostingInput, PostingKind
from readiness.plans.presenters import spending as money_reading
from readiness.plans.presenters.way import way_of
from readiness.plans.service import awards, money, plan
from readiness.plans.service.awards import Award
from tests.factories import plans as planned
from tests.factories.world import NOW

ANSWERS = planned.developing(EQME_4=1)
NOTE = "Budget scenario “Spring grants”"
GOV = Award("GOV", 26_000_00, 1, NOTE)
PARTNERS = Award("PAC", 32_000_00, 1, NOTE)  # which the plan does without
numbers = count(1)


@pytest.fixture
def store(store):
    planned.submitted(store, "elm", ANSWERS, NOW)
    return store


def session(store, who="pam", at=NOW):
    return Session(store, people.actor(store, who), at)


def new_id():
    return f"award-{next(numbers)}"


def award(store, *wanted, who="pam", payer_id="fair", at=NOW):
    payer = groups.payer(store, payer_id)
    return awards.award(session(store, who, at), payer, "elm", wanted, new_id)


def take_back(store, made, who="pam", payer_id="fair"):
    ids = [each.id for each in made]
    awards.take_back(session(store, who), payer_id, "elm", ids, new_id)


def read(store, who="maya"):
    return money.load(session(store, who), "a1")


def action(store, action_id):
    found = ledger.latest_plan(store, "a1")
    assert found is not None
    return next((each for each in found.actions if each.id == action_id), None)


def enter(store, action_id, kind, cents):
    wanted = PostingInput(kind, cents, NOW.date(), "", "")
    return money.post(session(store, "maya"), "a1", action_id, wanted, new_id())


def correct(store, made, cents):
    wanted = PostingInput(made.kind, cents, made.on, made.payer, made.note)
    return money.correct(
        session(store, "maya"), "a1", made.action_id, made.id, wanted, new_id()
    )  # fmt: skip


def stop_sharing(store):
    with store.writing():
        store.execute("update grants set revoked_at = ?", (NOW.isoformat(),))


def test_the_group_reads_who_awarded_how_much_from_what_and_when(store):
    (made,) = award(store, GOV)
    line = read(store).line("GOV")
    assert line.actual.totals.awarded == 26_000_00
    (entry,) = line.entries
    assert (entry.posting, entry.author, entry.posting.on) == (made, "Pam", NOW.date())
    assert (made.payer, made.note) == ("Fair Health", NOTE)
    assert money_reading.row_of(line).awards == (
        f"$26,000 from Fair Health ({NOTE}), Jan 15, 2027",
    )
    told = audit.of_group(store, "elm")[0]
    assert (told.actor_id, told.verb, told.detail["action"]) == ("pam", "awarded money for", "GOV")


def test_a_payer_reads_the_sum_alone_in_the_plan(store):
    award(store, GOV)
    row = money_reading.row_of(read(store, "pam").line("GOV"))
    assert (row.awarded, row.awards) == ("$26,000", ())


def test_the_first_award_keeps_the_plan_as_it_was_proposed(store):
    proposed = plan.load(session(store, "maya"), "a1").plan
    award(store, GOV)
    kept = plan.load(session(store, "maya"), "a1")
    assert (kept.plan, kept.is_stored) == (proposed, True)


def test_what_the_plan_does_without_is_added_from_the_catalogue(store):
    assert "PAC" in {
        each.intervention_id for each in plan.load(session(store, "maya"), "a1").plan.set_aside
    }
    award(store, PARTNERS)
    opened = plan.load(session(store, "maya"), "a1").plan
    added = next(each for each in opened.actions if each.id == "PAC")
    assert added.is_intervention
    assert added.status is ActionStatus.PLANNED
    assert added.cost is not None
    assert {(lift.item_id, lift.to) for lift in added.lifts} == {("PART-2", 3)}
    assert added.note == f"In the plan because Fair Health pays for it. {NOTE}."
    assert "PAC" not in {each.intervention_id for each in opened.set_aside}
    assert read(store).line("PAC").actual.totals.awarded == 32_000_00


def test_what_is_added_is_no_part_of_the_way_to_the_tier(store):
    before = plan.load(session(store, "maya"), "a1")
    award(store, PARTNERS)
    after = plan.load(session(store, "maya"), "a1")
    way, way_with_it = (way_of(each, each.basis) for each in (before, after))
    assert way_with_it == way


def test_what_is_added_starts_after_what_it_needs_and_where_there_is_room(store):
    """LEAD-1 at 2 comes from GOV in the first half-year."""
    award(store, PARTNERS)
    opened = plan.load(session(store, "maya"), "a1").plan
    starts = {each.id: each.proposal.half_year for each in opened.actions if each.proposal}
    assert starts["GOV"] < starts["PAC"]
    per_half = [n for key, n in starts.items() if key in planned.QMER.intervention_by_id]
    assert max(per_half.count(n) for n in per_half) <= 3


def test_what_is_paid_for_in_a_later_year_starts_in_it(store):
    award(store, replace(PARTNERS, year=2))
    assert action(store, "PAC").proposal.half_year == 3


def test_a_plan_of_last_year_takes_an_action_from_today_on(store):
    award(store, PARTNERS, at=NOW + timedelta(days=400))
    assert action(store, "PAC").proposal.half_year == 3


def test_an_added_action_is_changed_taken_out_and_put_back_as_any_other(store):
    award(store, PARTNERS)
    maya, added = session(store, "maya"), action(store, "PAC")
    wanted = replace(edit_of(added), owner="quality lead", status=ActionStatus.UNDER_WAY)
    plan.edit(maya, "a1", "PAC", added.revision, wanted)
    plan.drop(maya, "a1", "PAC", added.revision + 1)
    plan.restore(maya, "a1", "PAC", added.revision + 2)
    back = action(store, "PAC")
    assert (back.owner, back.proposal) == ("quality lead", added.proposal)


def test_two_awards_for_one_action_add_it_once(store):
    award(store, replace(PARTNERS, year=2, cents=5_000_00), PARTNERS)
    assert action(store, "PAC").revision == 1
    assert read(store).line("PAC").actual.totals.awarded == 37_000_00


def test_what_the_group_took_out_gets_no_award(store):
    opened = plan.load(session(store, "maya"), "a1")
    plan.drop(session(store, "maya"), "a1", "GOV", plan.action_of(opened, "GOV").revision)
    found = awards.load(session(store), "fair", "elm")
    assert found.why_not("GOV") == awards.TAKEN_OUT
    with pytest.raises(WrongState, match="took it out"):
        award(store, GOV)


@pytest.mark.parametrize(
    ("action_id", "why"),
    [("PHARM", "is to be found out: “Ages served”"), ("NOTHING", "does not hold it")],
)
def test_what_is_not_for_the_group_is_refused_with_the_reason(store, action_id, why):
    assert why in awards.load(session(store), "fair", "elm").why_not(action_id)


def test_of_several_awards_all_are_written_or_none(store):
    before = audit.head(store)
    with pytest.raises(WrongState):
        award(store, GOV, PARTNERS, replace(GOV, action_id="PHARM"))
    with pytest.raises(BadInput):
        award(store, PARTNERS, replace(GOV, note="Call 617-555-0134"))
    assert audit.head(store) == before
    assert ledger.postings_of_assessment(store, "a1") == ()
    assert ledger.latest_plan(store, "a1") is None


@pytest.mark.parametrize("who", ["maya", "cara", "omar", "pete", "ada"])
@pytest.mark.parametrize("payer_id", ["fair", "far"])
def test_nobody_but_the_payer_s_own_people_awards_or_takes_back(store, who, payer_id):
    made = award(store, GOV)
    before = audit.head(store)
    with pytest.raises((NotFound, Denied)):
        award(store, GOV, who=who, payer_id=payer_id)
    with pytest.raises((NotFound, Denied)):
        take_back(store, made, who, payer_id)
    with pytest.raises((NotFound, Denied)):
        awards.load(session(store, who), payer_id, "elm")
    assert audit.head(store) == before


def test_nobody_awards_in_the_name_of_another_payer(store):
    with pytest.raises(NotFound):
        award(store, GOV, payer_id="far")


def test_a_group_that_stopped_sharing_is_out_of_reach(store):
    made = award(store, GOV)
    stop_sharing(store)
    with pytest.raises(NotFound):
        award(store, PARTNERS)
    with pytest.raises(NotFound):
        take_back(store, made)
    assert read(store).line("GOV").actual.totals.awarded == 26_000_00


def test_what_is_taken_back_stays_to_be_read_and_counts_no_more(store):
    made = award(store, GOV, PARTNERS)
    take_back(store, made)
    for action_id in ("GOV", "PAC"):
        line = read(store).line(action_id)
        assert line.actual.totals.is_empty
        struck, first = line.entries
        assert (struck.posting.cents, struck.posting.corrects) == (0, first.posting.id)
        assert struck.posting.note == f"Taken back: {NOTE}"
    verbs = [event.verb for event in audit.of_group(store, "elm")]
    assert verbs.count("took back money for") == 2


@pytest.mark.parametrize("kind", [PostingKind.SPENT, PostingKind.RETURNED])
def test_what_the_group_used_since_is_not_taken_back(store, kind):
    enter(store, "GOV", PostingKind.SPENT, 1_000_00)  # before it: no matter
    made = award(store, GOV, PARTNERS)
    used = enter(store, "GOV", kind, 2_000_00)
    with pytest.raises(WrongState, match="since"):
        take_back(store, made)
    assert read(store).line("PAC").actual.totals.awarded == 32_000_00
    correct(store, used, 0)
    take_back(store, made)
    assert read(store).line("GOV").actual.totals.awarded == 0


def test_what_the_group_corrected_is_taken_back_only_once_it_is_0(store):
    made = award(store, GOV)
    lower = correct(store, made[0], 20_000_00)
    with pytest.raises(WrongState, match="has corrected this award"):
        take_back(store, made)
    correct(store, lower, 0)
    before = audit.head(store)
    take_back(store, made)
    assert audit.head(store) == before


def test_it_says_what_was_awarded_for_an_action_so_far(store):
    enter(store, "GOV", PostingKind.AWARDED, 9_000_00)
    enter(store, "GOV", PostingKind.RETURNED, 1_000_00)
    found = awards.load(session(store), "fair", "elm")
    assert (found.awarded_cents("GOV"), found.awarded_cents("PAC")) == (8_000_00, 0)


# Two payers


@pytest.fixture
def two(store):
    """Both are shared with, and both pay for the same action."""
    with store.writing():
        row = store.row("select * from grants where id = 'elm-fair'")
        store.insert("grants", {**row, "id": "elm-far", "payer_id": "far"})
    award(store, GOV)
    award(store, replace(GOV, cents=9_000_00), who="pete", payer_id="far")
    return store


def test_a_payer_reads_what_it_awarded_and_never_what_another_did(two):
    for who, cents in (("pam", 26_000_00), ("pete", 9_000_00), ("maya", 35_000_00)):
        found = read(two, who)
        assert found.line("GOV").actual.totals.awarded == found.totals.awarded == cents
    for who, payer_id, cents in (("pam", "fair", 26_000_00), ("pete", "far", 9_000_00)):
        found = awards.load(session(two, who), payer_id, "elm")
        assert found.awarded_cents("GOV") == cents
        assert found.is_awarded_by_others("GOV")
        assert not found.is_awarded_by_others("PAC")


def test_what_is_spent_of_another_payer_s_award_is_not_told_either(two):
    for payer, cents in (
        ("Far Health", 1_00),
        ("fair  health grant", 20_00),
        ("Own budget", 300_00),
    ):
        wanted = PostingInput(PostingKind.SPENT, cents, NOW.date(), payer, "")
        money.post(session(two, "maya"), "a1", "GOV", wanted, new_id())
    spent = {who: read(two, who).line("GOV").actual.totals.spent for who in ("pam", "pete", "maya")}
    assert spent == {"pam": 320_00, "pete": 301_00, "maya": 321_00}


def test_an_award_that_names_somebody_else_is_told_to_no_payer(two):
    for payer, cents in (("State grant", 5_00), ("Fairview Fund", 7_00), ("", 11_00)):
        wanted = PostingInput(PostingKind.AWARDED, cents, NOW.date(), payer, "")
        money.post(session(two, "maya"), "a1", "GOV", wanted, new_id())
    assert read(two, "pam").line("GOV").actual.totals.awarded == 26_011_00
    assert read(two, "maya").line("GOV").actual.totals.awarded == 35_023_00


def test_a_correction_by_the_group_counts_for_the_payer_that_it_names(two):
    other = next(
        e.posting for e in read(two).line("GOV").entries if e.posting.payer == "Far Health"
    )
    correct(two, other, 4_000_00)
    assert read(two, "pam").line("GOV").actual.totals.awarded == 26_000_00
    assert read(two, "pete").line("GOV").actual.totals.awarded == 4_000_00
