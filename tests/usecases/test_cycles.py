"""Opening cycles, inviting groups, and how far they are."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from readiness.domain.cycle import Stage
from readiness.domain.errors import BadInput, Denied, NotFound, WrongState
from readiness.store import assessments, events
from readiness.usecases import cycles, sharing
from tests import payers
from tests.payers import DUE, QMER, a_cycle, a_draft, accepted, invited, person
from tests.web.world import NOW


def board(store, cycle, now=NOW):
    return cycles.board(store, person(store, "pam"), "fair", cycle.id, now)


def stage(store, cycle, now=NOW):
    (seat,) = board(store, cycle, now).seats
    return seat.stage


def test_a_cycle_is_opened_with_what_it_asks(peopled):
    made = a_cycle(peopled, axis_min=payers.asked_more("T3", "QMS", 70))
    found = board(peopled, made)
    assert (found.cycle, found.asked) == (made, len(QMER.items))
    (ask,) = found.asks
    assert (ask.tier_id, ask.asks, ask.instead_of) == ("T3", 70, 60)
    assert [e.verb for e in events.of_payer(peopled, "fair")] == ["opened"]


def test_everything_wrong_with_a_cycle_is_said_at_once(peopled):
    draft = a_draft(name=" ", due_on=NOW.date(), axis_min=payers.asked_more("T3", "QMS", 59))
    with pytest.raises(BadInput) as caught:
        cycles.open_cycle(peopled, person(peopled, "pam"), "fair", draft, "c", NOW)
    assert {p.place for p in caught.value.problems} == {"name", "due_on", "T3-QMS"}
    assert cycles.opened_by(peopled, person(peopled, "pam"), "fair", NOW)[1] == ()


def test_a_program_may_ask_for_as_much_as_the_instrument_but_not_for_less(peopled):
    a_cycle(peopled, axis_min=payers.asked_more("T3", "QMS", 60))
    with pytest.raises(BadInput, match="asks for 60"):
        a_cycle(peopled, axis_min=payers.asked_more("T3", "QMS", 59))
    with pytest.raises(BadInput):
        a_cycle(peopled, axis_min=payers.asked_more("T3", "QMS", 101))


def test_another_payer_finds_no_cycle_of_ours(peopled):
    made = a_cycle(peopled)
    pete = person(peopled, "pete")
    for attempt in (
        lambda: cycles.opened_by(peopled, pete, "fair", NOW),
        lambda: cycles.board(peopled, pete, "fair", made.id, NOW),
        lambda: cycles.board(peopled, pete, "far", made.id, NOW),
        lambda: cycles.candidates(peopled, pete, "far", made.id, ""),
        lambda: cycles.invite(peopled, pete, "far", made.id, ["elm"], NOW),
        lambda: cycles.extend(peopled, pete, "far", made.id, date(2027, 6, 1), NOW),
        lambda: cycles.close(peopled, pete, "far", made.id, NOW),
        lambda: cycles.open_cycle(peopled, pete, "fair", a_draft(), "c", NOW),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_a_group_cannot_open_a_cycle(peopled):
    with pytest.raises((NotFound, Denied)):
        cycles.open_cycle(peopled, person(peopled, "maya"), "fair", a_draft(), "c", NOW)


def test_groups_are_searched_by_name_and_who_is_invited_is_left_out(peopled):
    made = a_cycle(peopled)
    pam = person(peopled, "pam")

    def found(text):
        return [g.id for g in cycles.candidates(peopled, pam, "fair", made.id, text)]

    assert found("") == ["elm", "oak"]
    assert found("OAK") == ["oak"]
    assert found("%") == found("_") == found("' or 1=1 --") == []
    invited(peopled, made, "elm")
    assert found("") == ["oak"]


def test_many_are_invited_at_once_and_nobody_twice(peopled):
    made = a_cycle(peopled)
    pam = person(peopled, "pam")
    assert cycles.invite(peopled, pam, "fair", made.id, ["elm", "oak", "elm"], NOW) == 2
    assert cycles.invite(peopled, pam, "fair", made.id, ["elm"], NOW) == 0
    assert len(board(peopled, made).seats) == 2
    told = [e for e in events.of_group(peopled, "elm") if e.verb == "invited a group"]
    assert [(e.payer_id, e.object_id) for e in told] == [("fair", made.id)]


def test_an_invitation_names_a_group_that_exists(peopled):
    made = a_cycle(peopled)
    with pytest.raises(NotFound):
        cycles.invite(peopled, person(peopled, "pam"), "fair", made.id, ["elm", "nobody"], NOW)
    assert board(peopled, made).seats == ()
    with pytest.raises(BadInput):
        cycles.invite(peopled, person(peopled, "pam"), "fair", made.id, [], NOW)


def test_the_payer_sees_how_far_a_group_is_and_of_a_draft_the_progress_only(peopled):
    made = invited(peopled, a_cycle(peopled), "elm")
    assert stage(peopled, made) is Stage.NO_REPLY
    assessment = accepted(peopled, made)
    assert stage(peopled, made) is Stage.NOT_STARTED
    given = payers.all_at(2)
    payers.answer(peopled, assessment, {"LEAD-1": given["LEAD-1"], "LEAD-2": given["LEAD-2"]})
    (seat,) = board(peopled, made).seats
    assert (seat.stage, seat.answered) == (Stage.STARTED, 2)
    payers.answer(peopled, assessment, given)
    payers.send_in(peopled, assessment)
    assert stage(peopled, made) is Stage.SUBMITTED
    sharing.stop(peopled, person(peopled, "maya"), "elm", "fair", NOW)
    assert stage(peopled, made) is Stage.STOPPED


def test_a_declined_invitation_shows_as_declined(peopled):
    made = invited(peopled, a_cycle(peopled), "elm")
    sharing.decline(peopled, person(peopled, "maya"), "elm", made.id, NOW)
    assert stage(peopled, made) is Stage.DECLINED


def test_a_due_date_moves_later_only_and_its_assessments_follow(peopled):
    made = invited(peopled, a_cycle(peopled), "elm")
    assessment = accepted(peopled, made)
    pam = person(peopled, "pam")
    with pytest.raises(BadInput):
        cycles.extend(peopled, pam, "fair", made.id, DUE, NOW)
    later = DUE + timedelta(days=30)
    cycles.extend(peopled, pam, "fair", made.id, later, NOW)
    assert board(peopled, made).cycle.due_on == later
    assert assessments.get(peopled, assessment.id).due_on == later
    assert board(peopled, made, NOW + timedelta(days=90)).is_overdue is False
    assert board(peopled, made, NOW + timedelta(days=150)).is_overdue is True


def test_a_closed_cycle_takes_no_more_invitations_answers_or_time(peopled):
    made = invited(peopled, a_cycle(peopled), "elm")
    pam, maya = person(peopled, "pam"), person(peopled, "maya")
    cycles.close(peopled, pam, "fair", made.id, NOW)
    for attempt in (
        lambda: cycles.close(peopled, pam, "fair", made.id, NOW),
        lambda: cycles.invite(peopled, pam, "fair", made.id, ["oak"], NOW),
        lambda: cycles.extend(peopled, pam, "fair", made.id, date(2028, 1, 1), NOW),
        lambda: sharing.accept(peopled, maya, "elm", made.id, None, ("g", "a"), NOW),
        lambda: sharing.decline(peopled, maya, "elm", made.id, NOW),
    ):
        with pytest.raises(WrongState):
            attempt()
