"""The group's own control over who reads what it submits."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from readiness.accounts.db import groups
from readiness.assessments.db import assessments, cycles
from readiness.assessments.models import AssessmentStatus
from readiness.assessments.service import answering, sharing
from readiness.core import audit
from readiness.core.audit import Event
from readiness.core.db import Session
from readiness.core.errors import BadInput, ChangedMeanwhile, Denied, NotFound, WrongState
from readiness.core.exports import csv_of
from readiness.portfolio.service import portfolio
from tests.factories import payers
from tests.factories.payers import a_cycle, accepted, invited, person
from tests.factories.world import NOW


def sharing_of(store, group_id="oak", now=NOW):
    return sharing.sharing(Session(store, person(store, payers.MANAGERS[group_id]), now), group_id)


def readers(store, group_id, now=NOW):
    return groups.readers(store, group_id, now.date())


def test_accepting_shares_with_the_payer_and_starts_the_assessment(store):
    made = invited(store, a_cycle(store), "oak")
    assert [asked.cycle.id for asked in sharing_of(store).waiting] == [made.id]
    assert readers(store, "oak") == frozenset()
    assessment = accepted(store, made, "oak")
    assert readers(store, "oak") == {"fair"}
    assert (assessment.cycle_id, assessment.due_on) == (made.id, made.due_on)
    found = sharing_of(store)
    assert found.waiting == ()
    (shared,) = found.shared
    assert (shared.payer.id, shared.since, shared.until) == ("fair", NOW, None)
    assert shared.cycle_names == ("2027 baseline",)


def test_declining_shares_nothing_and_can_be_thought_over(store):
    made = invited(store, a_cycle(store), "oak")
    sharing.decline(Session(store, person(store, "omar"), NOW), "oak", made.id)
    assert readers(store, "oak") == frozenset()
    assert [asked.cycle.id for asked in sharing_of(store).declined] == [made.id]
    accepted(store, made, "oak")
    assert readers(store, "oak") == {"fair"}


def test_what_was_accepted_once_is_not_accepted_or_declined_again(store):
    made = invited(store, a_cycle(store), "oak")
    accepted(store, made, "oak")
    with pytest.raises(ChangedMeanwhile):
        accepted(store, made, "oak")
    with pytest.raises(ChangedMeanwhile):
        sharing.decline(Session(store, person(store, "omar"), NOW), "oak", made.id)
    assert len(sharing_of(store).shared) == 1


def test_a_second_payer_reads_the_running_assessment_and_the_first_reviews_it(store):
    first = accepted(store, invited(store, a_cycle(store, "fair"), "oak"), "oak")
    second = accepted(store, invited(store, a_cycle(store, "far"), "oak"), "oak")
    assert second.id == first.id
    assert len(assessments.of_group(store, "oak")) == 1
    assert second.cycle_id
    assert cycles.get(store, second.cycle_id).payer_id == "fair"
    assert readers(store, "oak") == {"fair", "far"}


def test_an_assessment_without_a_reviewer_gets_the_payer_that_is_accepted_next(store):
    own = answering.start(Session(store, person(store, "omar"), NOW), "oak", "own")
    assert own.cycle_id is None
    made = invited(store, a_cycle(store), "oak")
    linked = accepted(store, made, "oak")
    assert (linked.id, linked.cycle_id, linked.due_on) == ("own", made.id, made.due_on)


def test_the_review_passes_on_when_the_first_payer_no_longer_reads(store):
    first = accepted(store, invited(store, a_cycle(store, "fair"), "oak"), "oak")
    sharing.stop(Session(store, person(store, "omar"), NOW), "oak", "fair")
    made = invited(store, a_cycle(store, "far"), "oak")
    linked = accepted(store, made, "oak")
    assert (linked.id, linked.cycle_id) == (first.id, made.id)


def test_what_was_sent_in_since_the_cycle_opened_serves_it_too(store):
    sent = payers.sent_in(store, "oak")
    accepting = assessments.get(store, sent.id).moved_to(AssessmentStatus.ACCEPTED)
    assessments.save(store, accepting, pams_event(accepting))
    linked = accepted(store, invited(store, a_cycle(store, "far"), "oak"), "oak")
    assert linked.id == sent.id
    later = a_cycle(store, "far", name="Later", opens_on=date(2027, 3, 1))
    fresh = accepted(store, invited(store, later, "oak"), "oak")
    assert fresh.id != sent.id
    assert fresh.status is AssessmentStatus.IN_PROGRESS


def pams_event(assessment):
    return Event(NOW, "pam", "accepted", "assessment", assessment.id, group_id="elm")


def test_sharing_ends_by_itself_after_its_last_day(store):
    made = invited(store, a_cycle(store), "oak")
    last = NOW.date() + timedelta(days=10)
    ids = "grant", "assessment"
    sharing.accept(Session(store, person(store, "omar"), NOW), "oak", made.id, last, ids)
    assert readers(store, "oak", NOW + timedelta(days=10)) == {"fair"}
    after = NOW + timedelta(days=11)
    assert readers(store, "oak", after) == frozenset()
    found = sharing_of(store, now=after)
    assert found.shared == ()
    assert [(each.payer.id, each.on) for each in found.ended] == [("fair", last)]


def test_a_last_day_lies_ahead(store):
    made = invited(store, a_cycle(store), "oak")
    with pytest.raises(BadInput):
        sharing.accept(
            Session(store, person(store, "omar"), NOW), "oak", made.id, NOW.date(), ("g", "a")
        )
    assert assessments.of_group(store, "oak") == ()


def test_taking_it_back_closes_every_door_at_once(store):
    sent = payers.sent_in(store, "elm")
    pam = person(store, "pam")
    portfolio_now = portfolio.page(Session(store, pam, NOW), "fair", {})
    assert [line.group_id for line in portfolio_now.lines] == ["elm"]
    portfolio.group_file(Session(store, pam, NOW), "fair", "elm", None)
    sharing.stop(Session(store, person(store, "maya"), NOW), "elm", "fair")
    assert portfolio.page(Session(store, pam, NOW), "fair", {}).lines == ()
    assert portfolio.compare(Session(store, pam, NOW), "fair", ("elm",)).lines == ()
    sheet = portfolio.export(Session(store, pam, NOW), "fair", {})
    assert b"Elm" not in csv_of(sheet.header, sheet.rows)
    for wanted in (None, sent.id):
        with pytest.raises(NotFound):
            portfolio.group_file(Session(store, pam, NOW), "fair", "elm", wanted)


def test_taking_it_back_stands_on_both_histories(store):
    payers.started(store, "oak")
    sharing.stop(Session(store, person(store, "omar"), NOW), "oak", "fair")
    assert audit.of_group(store, "oak", 1)[0].verb == "stopped sharing"
    assert audit.of_payer(store, "fair", 1)[0].verb == "stopped sharing"
    with pytest.raises(NotFound):
        sharing.stop(Session(store, person(store, "omar"), NOW), "oak", "fair")


def test_what_was_taken_back_can_be_shared_again_while_the_cycle_is_open(store):
    made = invited(store, a_cycle(store), "oak")
    accepted(store, made, "oak")
    omar = person(store, "omar")
    with pytest.raises(WrongState):
        sharing.resume(Session(store, omar, NOW), "oak", made.id, "again")
    sharing.stop(Session(store, omar, NOW), "oak", "fair")
    assert sharing_of(store).ended[0].may_resume
    sharing.resume(Session(store, omar, NOW), "oak", made.id, "again")
    assert readers(store, "oak") == {"fair"}
    assert not sharing_of(store).ended[0].may_resume


def test_an_invitation_that_was_never_accepted_cannot_be_shared_again(store):
    made = invited(store, a_cycle(store), "oak")
    with pytest.raises(WrongState):
        sharing.resume(Session(store, person(store, "omar"), NOW), "oak", made.id, "again")


@pytest.mark.parametrize("who", ["maya", "pam", "ada"])
def test_nobody_else_decides_what_a_group_shares(store, who):
    made = invited(store, a_cycle(store), "oak")
    actor = person(store, who)
    for attempt in (
        lambda: sharing.sharing(Session(store, actor, NOW), "oak"),
        lambda: sharing.invitation(Session(store, actor, NOW), "oak", made.id),
        lambda: sharing.accept(Session(store, actor, NOW), "oak", made.id, None, ("g", "a")),
        lambda: sharing.decline(Session(store, actor, NOW), "oak", made.id),
        lambda: sharing.stop(Session(store, actor, NOW), "oak", "fair"),
        lambda: sharing.resume(Session(store, actor, NOW), "oak", made.id, "g"),
    ):
        with pytest.raises((NotFound, Denied)):
            attempt()
    assert readers(store, "oak") == frozenset()


def test_the_care_team_reads_but_does_not_decide_on_sharing(store):
    with pytest.raises(Denied):
        sharing.sharing(Session(store, person(store, "cara"), NOW), "elm")
