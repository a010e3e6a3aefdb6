"""Opening cycles, inviting groups, and how far they are."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from readiness.assessments.cycles import CycleStage
from readiness.assessments.db import assessments
from readiness.assessments.service import cycles, sharing
from readiness.core import audit
from readiness.core.db import Session
from readiness.core.errors import BadInput, Denied, NotFound, WrongState
from tests.factories import payers
from tests.factories.payers import DUE, QMER, a_cycle, a_draft, accepted, invited, person
from tests.factories.world import NOW


def board(store, cycle, now=NOW):
    return cycles.board(Session(store, person(store, "pam"), now), "fair", cycle.id)


def stage(store, cycle, now=NOW):
    (seat,) = board(store, cycle, now).seats
    return seat.stage


def test_a_cycle_is_opened_with_what_it_asks(store):
    made = a_cycle(store, axis_min=payers.asked_more("T3", "QMS", 70))
    found = board(store, made)
    assert (found.cycle, found.asked) == (made, len(QMER.items))
    (ask,) = found.asks
    assert (ask.tier_id, ask.asks, ask.instead_of) == ("T3", 70, 60)
    assert [e.verb for e in audit.of_payer(store, "fair")] == ["opened"]


def test_everything_wrong_with_a_cycle_is_said_at_once(store):
    draft = a_draft(name=" ", due_on=NOW.date(), axis_min=payers.asked_more("T3", "QMS", 59))
    with pytest.raises(BadInput) as caught:
        cycles.open_cycle(Session(store, person(store, "pam"), NOW), "fair", draft, "c")
    assert {p.place for p in caught.value.problems} == {"name", "due_on", "T3-QMS"}
    assert cycles.cycles_of(Session(store, person(store, "pam"), NOW), "fair")[1] == ()


def test_a_program_may_ask_for_as_much_as_the_instrument_but_not_for_less(store):
    a_cycle(store, axis_min=payers.asked_more("T3", "QMS", 60))
    with pytest.raises(BadInput, match="asks for 60"):
        a_cycle(store, axis_min=payers.asked_more("T3", "QMS", 59))
    with pytest.raises(BadInput):
        a_cycle(store, axis_min=payers.asked_more("T3", "QMS", 101))


def test_another_payer_finds_no_cycle_of_ours(store):
    made = a_cycle(store)
    pete = person(store, "pete")
    for attempt in (
        lambda: cycles.cycles_of(Session(store, pete, NOW), "fair"),
        lambda: cycles.board(Session(store, pete, NOW), "fair", made.id),
        lambda: cycles.board(Session(store, pete, NOW), "far", made.id),
        lambda: cycles.candidates(Session(store, pete, NOW), "far", made.id, ""),
        lambda: cycles.invite(Session(store, pete, NOW), "far", made.id, ["elm"]),
        lambda: cycles.extend(Session(store, pete, NOW), "far", made.id, date(2027, 6, 1)),
        lambda: cycles.close(Session(store, pete, NOW), "far", made.id),
        lambda: cycles.open_cycle(Session(store, pete, NOW), "fair", a_draft(), "c"),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_a_group_cannot_open_a_cycle(store):
    with pytest.raises((NotFound, Denied)):
        cycles.open_cycle(Session(store, person(store, "maya"), NOW), "fair", a_draft(), "c")


def test_groups_are_searched_by_name_and_who_is_invited_is_left_out(store):
    made = a_cycle(store)
    pam = person(store, "pam")

    def found(text):
        return [g.id for g in cycles.candidates(Session(store, pam, NOW), "fair", made.id, text)]

    assert found("") == ["elm", "oak"]
    assert found("OAK") == ["oak"]
    assert found("%") == found("_") == found("' or 1=1 --") == []
    invited(store, made, "elm")
    assert found("") == ["oak"]


def test_many_are_invited_at_once_and_nobody_twice(store):
    made = a_cycle(store)
    pam = person(store, "pam")
    assert cycles.invite(Session(store, pam, NOW), "fair", made.id, ["elm", "oak", "elm"]) == 2
    assert cycles.invite(Session(store, pam, NOW), "fair", made.id, ["elm"]) == 0
    assert len(board(store, made).seats) == 2
    told = [e for e in audit.of_group(store, "elm") if e.verb == "invited a group"]
    assert [(e.payer_id, e.object_id) for e in told] == [("fair", made.id)]


def test_an_invitation_names_a_group_that_exists(store):
    made = a_cycle(store)
    with pytest.raises(NotFound):
        cycles.invite(Session(store, person(store, "pam"), NOW), "fair", made.id, ["elm", "nobody"])
    assert board(store, made).seats == ()
    with pytest.raises(BadInput):
        cycles.invite(Session(store, person(store, "pam"), NOW), "fair", made.id, [])


def test_the_payer_sees_how_far_a_group_is_and_of_a_draft_the_progress_only(store):
    made = invited(store, a_cycle(store), "elm")
    assert stage(store, made) is CycleStage.NO_REPLY
    assessment = accepted(store, made)
    assert stage(store, made) is CycleStage.NOT_STARTED
    given = payers.all_at(2)
    payers.answer(store, assessment, {"LEAD-1": given["LEAD-1"], "LEAD-2": given["LEAD-2"]})
    (seat,) = board(store, made).seats
    assert (seat.stage, seat.answered) == (CycleStage.STARTED, 2)
    payers.answer(store, assessment, given)
    payers.send_in(store, assessment)
    assert stage(store, made) is CycleStage.SUBMITTED
    sharing.stop(Session(store, person(store, "maya"), NOW), "elm", "fair")
    assert stage(store, made) is CycleStage.STOPPED


def test_a_declined_invitation_shows_as_declined(store):
    made = invited(store, a_cycle(store), "elm")
    sharing.decline(Session(store, person(store, "maya"), NOW), "elm", made.id)
    assert stage(store, made) is CycleStage.DECLINED


def test_a_due_date_moves_later_only_and_its_assessments_follow(store):
    made = invited(store, a_cycle(store), "elm")
    assessment = accepted(store, made)
    pam = person(store, "pam")
    with pytest.raises(BadInput):
        cycles.extend(Session(store, pam, NOW), "fair", made.id, DUE)
    later = DUE + timedelta(days=30)
    cycles.extend(Session(store, pam, NOW), "fair", made.id, later)
    assert board(store, made).cycle.due_on == later
    assert assessments.get(store, assessment.id).due_on == later
    assert board(store, made, NOW + timedelta(days=90)).is_overdue is False
    assert board(store, made, NOW + timedelta(days=150)).is_overdue is True


def test_a_closed_cycle_takes_no_more_invitations_answers_or_time(store):
    made = invited(store, a_cycle(store), "elm")
    pam, maya = person(store, "pam"), person(store, "maya")
    cycles.close(Session(store, pam, NOW), "fair", made.id)
    for attempt in (
        lambda: cycles.close(Session(store, pam, NOW), "fair", made.id),
        lambda: cycles.invite(Session(store, pam, NOW), "fair", made.id, ["oak"]),
        lambda: cycles.extend(Session(store, pam, NOW), "fair", made.id, date(2028, 1, 1)),
        lambda: sharing.accept(Session(store, maya, NOW), "elm", made.id, None, ("g", "a")),
        lambda: sharing.decline(Session(store, maya, NOW), "elm", made.id),
    ):
        with pytest.raises(WrongState):
            attempt()
