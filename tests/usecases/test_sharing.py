"""The group's own control over who reads what it submits."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from readiness.domain.errors import BadInput, ChangedMeanwhile, Denied, NotFound, WrongState
from readiness.domain.lifecycle import Status
from readiness.domain.people import Actor
from readiness.store import assessments, cycles, events, groups
from readiness.usecases import assess, portfolio, sharing, submission
from tests import payers
from tests.payers import a_cycle, accepted, invited, person
from tests.web.world import NOW


def sharing_of(store, group_id="oak", now=NOW):
    return sharing.sharing(store, person(store, payers.MANAGERS[group_id]), group_id, now)


def readers(store, group_id, now=NOW):
    return groups.readers(store, group_id, now.date())


def test_accepting_shares_with_the_payer_and_starts_the_assessment(peopled):
    made = invited(peopled, a_cycle(peopled), "oak")
    assert [asked.cycle.id for asked in sharing_of(peopled).waiting] == [made.id]
    assert readers(peopled, "oak") == frozenset()
    assessment = accepted(peopled, made, "oak")
    assert readers(peopled, "oak") == {"fair"}
    assert (assessment.cycle_id, assessment.due_on) == (made.id, made.due_on)
    found = sharing_of(peopled)
    assert found.waiting == ()
    (shared,) = found.shared
    assert (shared.payer.id, shared.since, shared.until) == ("fair", NOW, None)
    assert shared.cycle_names == ("2027 baseline",)


def test_declining_shares_nothing_and_can_be_thought_over(peopled):
    made = invited(peopled, a_cycle(peopled), "oak")
    sharing.decline(peopled, person(peopled, "omar"), "oak", made.id, NOW)
    assert readers(peopled, "oak") == frozenset()
    assert [asked.cycle.id for asked in sharing_of(peopled).declined] == [made.id]
    accepted(peopled, made, "oak")
    assert readers(peopled, "oak") == {"fair"}


def test_what_was_accepted_once_is_not_accepted_or_declined_again(peopled):
    made = invited(peopled, a_cycle(peopled), "oak")
    accepted(peopled, made, "oak")
    with pytest.raises(ChangedMeanwhile):
        accepted(peopled, made, "oak")
    with pytest.raises(ChangedMeanwhile):
        sharing.decline(peopled, person(peopled, "omar"), "oak", made.id, NOW)
    assert len(sharing_of(peopled).shared) == 1


def test_a_second_payer_reads_the_running_assessment_and_the_first_reviews_it(peopled):
    first = accepted(peopled, invited(peopled, a_cycle(peopled, "fair"), "oak"), "oak")
    second = accepted(peopled, invited(peopled, a_cycle(peopled, "far"), "oak"), "oak")
    assert second.id == first.id
    assert len(assessments.of_group(peopled, "oak")) == 1
    assert second.cycle_id
    assert cycles.get(peopled, second.cycle_id).payer_id == "fair"
    assert readers(peopled, "oak") == {"fair", "far"}


def test_an_assessment_without_a_reviewer_gets_the_payer_that_is_accepted_next(peopled):
    own = assess.start(peopled, person(peopled, "omar"), "oak", "own", NOW)
    assert own.cycle_id is None
    made = invited(peopled, a_cycle(peopled), "oak")
    linked = accepted(peopled, made, "oak")
    assert (linked.id, linked.cycle_id, linked.due_on) == ("own", made.id, made.due_on)


def test_the_review_passes_on_when_the_first_payer_no_longer_reads(peopled):
    first = accepted(peopled, invited(peopled, a_cycle(peopled, "fair"), "oak"), "oak")
    sharing.stop(peopled, person(peopled, "omar"), "oak", "fair", NOW)
    made = invited(peopled, a_cycle(peopled, "far"), "oak")
    linked = accepted(peopled, made, "oak")
    assert (linked.id, linked.cycle_id) == (first.id, made.id)


def test_what_was_sent_in_since_the_cycle_opened_serves_it_too(peopled):
    sent = payers.sent_in(peopled, "oak")
    accepting = assessments.get(peopled, sent.id).moved_to(Status.ACCEPTED)
    assessments.save(peopled, accepting, pams_event(accepting))
    linked = accepted(peopled, invited(peopled, a_cycle(peopled, "far"), "oak"), "oak")
    assert linked.id == sent.id
    later = a_cycle(peopled, "far", name="Later", opens_on=date(2027, 3, 1))
    fresh = accepted(peopled, invited(peopled, later, "oak"), "oak")
    assert fresh.id != sent.id
    assert fresh.status is Status.IN_PROGRESS


def pams_event(assessment):
    return assess.told(assessment, Actor("pam", "Pam"), "accepted", NOW)


def test_sharing_ends_by_itself_after_its_last_day(peopled):
    made = invited(peopled, a_cycle(peopled), "oak")
    last = NOW.date() + timedelta(days=10)
    ids = "grant", "assessment"
    sharing.accept(peopled, person(peopled, "omar"), "oak", made.id, last, ids, NOW)
    assert readers(peopled, "oak", NOW + timedelta(days=10)) == {"fair"}
    after = NOW + timedelta(days=11)
    assert readers(peopled, "oak", after) == frozenset()
    found = sharing_of(peopled, now=after)
    assert found.shared == ()
    assert [(each.payer.id, each.on) for each in found.ended] == [("fair", last)]


def test_a_last_day_lies_ahead(peopled):
    made = invited(peopled, a_cycle(peopled), "oak")
    with pytest.raises(BadInput):
        sharing.accept(
            peopled, person(peopled, "omar"), "oak", made.id, NOW.date(), ("g", "a"), NOW
        )
    assert assessments.of_group(peopled, "oak") == ()


def test_taking_it_back_closes_every_door_at_once(peopled):
    sent = payers.sent_in(peopled, "elm")
    pam = person(peopled, "pam")
    portfolio_now = portfolio.listing(peopled, pam, "fair", {}, NOW)
    assert [line.group_id for line in portfolio_now.lines] == ["elm"]
    submission.group_file(peopled, pam, "fair", "elm", None, NOW)
    sharing.stop(peopled, person(peopled, "maya"), "elm", "fair", NOW)
    assert portfolio.listing(peopled, pam, "fair", {}, NOW).lines == ()
    assert portfolio.compare(peopled, pam, "fair", ("elm",), NOW).lines == ()
    assert b"Elm" not in portfolio.export_csv(peopled, pam, "fair", {}, NOW)
    for wanted in (None, sent.id):
        with pytest.raises(NotFound):
            submission.group_file(peopled, pam, "fair", "elm", wanted, NOW)


def test_taking_it_back_stands_on_both_histories(peopled):
    payers.started(peopled, "oak")
    sharing.stop(peopled, person(peopled, "omar"), "oak", "fair", NOW)
    assert events.of_group(peopled, "oak", 1)[0].verb == "stopped sharing"
    assert events.of_payer(peopled, "fair", 1)[0].verb == "stopped sharing"
    with pytest.raises(NotFound):
        sharing.stop(peopled, person(peopled, "omar"), "oak", "fair", NOW)


def test_what_was_taken_back_can_be_shared_again_while_the_cycle_is_open(peopled):
    made = invited(peopled, a_cycle(peopled), "oak")
    accepted(peopled, made, "oak")
    omar = person(peopled, "omar")
    with pytest.raises(WrongState):
        sharing.resume(peopled, omar, "oak", made.id, "again", NOW)
    sharing.stop(peopled, omar, "oak", "fair", NOW)
    assert sharing_of(peopled).ended[0].may_resume
    sharing.resume(peopled, omar, "oak", made.id, "again", NOW)
    assert readers(peopled, "oak") == {"fair"}
    assert not sharing_of(peopled).ended[0].may_resume


def test_an_invitation_that_was_never_accepted_cannot_be_shared_again(peopled):
    made = invited(peopled, a_cycle(peopled), "oak")
    with pytest.raises(WrongState):
        sharing.resume(peopled, person(peopled, "omar"), "oak", made.id, "again", NOW)


@pytest.mark.parametrize("who", ["maya", "pam", "ada"])
def test_nobody_else_decides_what_a_group_shares(peopled, who):
    made = invited(peopled, a_cycle(peopled), "oak")
    actor = person(peopled, who)
    for attempt in (
        lambda: sharing.sharing(peopled, actor, "oak", NOW),
        lambda: sharing.invitation(peopled, actor, "oak", made.id, NOW),
        lambda: sharing.accept(peopled, actor, "oak", made.id, None, ("g", "a"), NOW),
        lambda: sharing.decline(peopled, actor, "oak", made.id, NOW),
        lambda: sharing.stop(peopled, actor, "oak", "fair", NOW),
        lambda: sharing.resume(peopled, actor, "oak", made.id, "g", NOW),
    ):
        with pytest.raises((NotFound, Denied)):
            attempt()
    assert readers(peopled, "oak") == frozenset()


def test_the_care_team_reads_but_does_not_decide_on_sharing(peopled):
    with pytest.raises(Denied):
        sharing.sharing(peopled, person(peopled, "cara"), "elm", NOW)
