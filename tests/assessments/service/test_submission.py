"""Checking, signing and sending in, and where the group stands afterwards."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from readiness.assessments.checks import FindingKind
from readiness.assessments.db import assessments, runs
from readiness.assessments.models import AssessmentStatus, Decision, ItemReview, RunKind
from readiness.assessments.saving import SentAnswer
from readiness.assessments.service import answering, result, scoring
from readiness.assessments.service import submission as submit
from readiness.assessments.service.submission import Ids, Signature
from readiness.core import audit
from readiness.core.audit import Event
from readiness.core.db import Session
from readiness.core.errors import BadInput, Denied, NotFound, WrongState
from readiness.core.periods import latest_closed, period
from readiness.counts.models import PostedCounts
from readiness.counts.service import entry
from readiness.counts.service import social_risk as screen
from readiness.counts.service.social_risk import SCHEMA
from readiness.counts.social_risk.models import FunnelCell, Step
from readiness.counts.social_risk.year import YearReach
from readiness.releases.service.publication import SOCIAL_RISK
from tests.factories import assessments as sheets
from tests.factories import quality_counts, social_risk_counts
from tests.factories.completion import mark_complete
from tests.factories.world import NOW

IDS = Ids("claimed", "supported", lambda: "7Q4K")
SIGNED = Signature("maya", agrees=True)


@pytest.fixture
def whole(store):
    """Every item at level 2, with notes."""
    made = sheets.started(store, NOW)
    sheets.answer(store, made.id, NOW)
    return made


def send(store, assessment, signature=SIGNED, ids=IDS, person_id="maya"):
    actor = sheets.actor(store, person_id)
    return submit.submit(Session(store, actor, NOW), assessment.id, signature, ids)


def test_a_blank_sheet_is_not_sent_in_and_every_gap_is_named(store):
    made = sheets.started(store, NOW)
    with pytest.raises(BadInput) as told:
        send(store, made)
    assert len(told.value.problems) == 57
    assert assessments.get(store, made.id).status is AssessmentStatus.IN_PROGRESS
    assert assessments.submissions(store, made.id) == ()


def test_sending_in_locks_scores_once_and_gives_a_reference(store, whole):
    submission = send(store, whole)
    assert submission.reference == "2027-ELM-7Q4K"
    assert submission.attested_name == "maya"
    assert assessments.get(store, whole.id).status is AssessmentStatus.SUBMITTED
    kept = {run.kind: run for run in runs.of_assessment(store, whole.id)}
    assert set(kept) == {RunKind.CLAIMED, RunKind.SUPPORTED}
    claimed = kept[RunKind.CLAIMED]
    assert claimed.result["tier"] == "T2"
    assert claimed.result["trace"]
    assert claimed.instrument_sha256 == whole.instrument_sha256
    assert claimed.inputs["answers"]["LEAD-1"] == {"level": 2}
    assert "submitted" in [event.verb for event in audit.of_group(store, "elm")]


def test_a_taken_reference_is_not_given_twice(store, whole):
    codes = iter(["7Q4K", "7Q4K", "ABCD"])
    send(store, whole, ids=Ids("c1", "s1", lambda: next(codes)))
    later = NOW + timedelta(days=1)
    other = sheets.started(store, later, person_id="maya")
    sheets.answer(store, other.id, later)
    assert send(store, other, ids=Ids("c2", "s2", lambda: next(codes))).reference.endswith("ABCD")


@pytest.mark.parametrize(
    ("signature", "place"),
    [(Signature("Omar", True), "name"), (Signature("Maya", False), "agrees")],
)
def test_one_signs_with_ones_own_name_and_agrees(store, whole, signature, place):
    with pytest.raises(BadInput) as told:
        send(store, whole, signature)
    assert [each.place for each in told.value.problems] == [place]


def test_only_who_may_sign_sends_in(store, whole):
    with pytest.raises(Denied):
        send(store, whole, Signature("Cara", True), person_id="cara")
    with pytest.raises(NotFound):
        send(store, whole, Signature("Omar", True), person_id="omar")


def test_what_is_sent_in_is_not_sent_in_twice(store, whole):
    send(store, whole)
    with pytest.raises(WrongState):
        send(store, whole, ids=Ids("c2", "s2", lambda: "ABCD"))
    assert len(assessments.submissions(store, whole.id)) == 1


def test_a_note_that_could_point_at_a_patient_is_kept_and_blocks(store, whole):
    sheets.answer(store, whole.id, NOW, "3", ["LEAD-1"], note="MRN 0048213")
    with pytest.raises(BadInput, match=r"LEAD-1.*medical record number") as told:
        send(store, whole)
    assert "0048213" not in str(told.value)
    assert sheets.answer_in(store, whole.id, "LEAD-1").note == "MRN 0048213"


def test_a_level_that_needs_a_note_blocks_without_one(store, whole):
    sheets.answer(store, whole.id, NOW, "4", ["TEAM-1"], note="")
    with pytest.raises(BadInput, match=r"TEAM-1.*needs an evidence note"):
        send(store, whole)


def test_claims_that_nobody_can_check_are_said_and_do_not_block(store, whole):
    found = submit.check(Session(store, sheets.actor(store), NOW), whole.id)
    assert found.is_ready
    assert (FindingKind.UNCHECKED, "SOCR-2") in [(each.asks, each.place) for each in found.notices]
    assert FindingKind.CONTEXT in [kind for kind, _ in found.notices_by_kind]


def test_the_page_says_who_will_read_it(store, whole):
    found = submit.check(Session(store, sheets.actor(store), NOW), whole.id)
    assert [payer.name for payer in found.readers] == ["Fair Health"]


def ask_for_change(store, assessment, item_id):
    review = ItemReview(
        assessment.id, 1, item_id, Decision.CHANGE_REQUESTED, None, "Show us.", "pam", NOW
    )
    event = Event(NOW, "pam", "asked for changes", "assessment", assessment.id, group_id="elm")
    assessments.add_reviews(store, [(review, 0)], event)
    there = assessments.get(store, assessment.id)
    assessments.save(store, there.moved_to(AssessmentStatus.CHANGES_REQUESTED), event)


def test_a_resubmission_shows_what_changed_since(store, whole):
    send(store, whole)
    ask_for_change(store, whole, "LEAD-1")
    maya = sheets.actor(store)
    found = submit.check(Session(store, maya, NOW), whole.id)
    assert set(result.requested_changes(store, found.view)) == {"LEAD-1"}
    assert found.changed == ()
    sheets.answer(store, whole.id, NOW, "1", ["LEAD-1"])
    (changed,) = submit.check(Session(store, maya, NOW), whole.id).changed
    assert (changed.item.id, changed.before, changed.now) == ("LEAD-1", "level 2", "level 1")
    again = send(store, whole, ids=Ids("c2", "s2", lambda: "ABCD"))
    assert again.number == 2
    assert sheets.sent(store, whole.id, 1, "LEAD-1").level == 2
    assert sheets.sent(store, whole.id, 2, "LEAD-1").level == 1


# Where the group stands


def test_a_group_stands_where_its_submission_says(store, whole):
    assert runs.portfolio_entry(store, "elm") is None
    send(store, whole)
    stood = sheets.standing_of(store)
    assert (stood.tier, stood.assessment_id) == ("T2", whole.id)
    assert stood.run_kind in (RunKind.CLAIMED, RunKind.SUPPORTED)
    assert stood.qms == 50.0
    assert stood.domains["LEAD"] == 50.0
    assert stood.limiting_factor


def test_a_group_that_withdrew_stands_nowhere(store, whole):
    send(store, whole)
    answering.withdraw(Session(store, sheets.actor(store), NOW), whole.id)
    assert runs.portfolio_entry(store, "elm") is None


def test_an_earlier_submission_stands_again_when_the_later_is_withdrawn(store, whole):
    send(store, whole)
    later = NOW + timedelta(days=300)
    second = sheets.started(store, later)
    sheets.answer(store, second.id, later, "1")
    sheets.sent_in(store, second.id, later)
    assert sheets.standing_of(store).tier == "T1"
    answering.withdraw(Session(store, sheets.actor(store), later), second.id)
    assert sheets.standing_of(store).tier == "T2"


def test_the_claim_decides_while_the_counts_take_nothing_from_it(store, whole):
    send(store, whole)
    decisive = scoring.effective_run(store, whole)
    assert decisive
    assert decisive.kind is RunKind.CLAIMED


def check_with_counts(store, whole, eligible, screened):
    session = Session(store, sheets.actor(store), NOW)
    counted = social_risk_counts.typed(
        {FunnelCell(Step.ELIGIBLE): eligible, FunnelCell(Step.SCREENED): screened}
    )
    entry.save(session, SCHEMA, "elm", "2026-Q3", PostedCounts(counted))
    mark_complete(session, SOCIAL_RISK, "elm", "2026-Q3", 11)
    return submit.check(session, whole.id)


def test_a_claim_above_the_counts_is_flagged_lowered_and_decides(store, whole):
    found = check_with_counts(store, whole, 1000, 50)
    assert (FindingKind.COUNTS, "SOCR-2") in [(each.asks, each.place) for each in found.notices]
    assert found.is_ready
    send(store, whole)
    decisive = scoring.effective_run(store, whole)
    assert decisive
    assert decisive.kind is RunKind.SUPPORTED
    assert decisive.inputs["answers"]["SOCR-2"] == {"level": 0}
    assert sheets.answer_in(store, whole.id, "SOCR-2").level == 2
    stands = sheets.standing_of(store)
    assert stands.screened is not None
    assert stands.eligible is not None
    assert stands.screened / stands.eligible == 0.05


@pytest.mark.parametrize(
    ("seen", "screened", "asks"),
    [(1000, 50, FindingKind.COUNTS), (1000, 400, None), (100, 5, FindingKind.UNCHECKED)],
)
def test_a_year_s_patients_are_what_a_claim_of_reach_is_held_against(
    store, whole, seen, screened, asks
):
    """Of a year with so few patients that a level would give some away, nothing is told."""
    session = Session(store, sheets.actor(store), NOW)
    screen.save_year(session, "elm", YearReach(latest_closed(NOW.date()), seen, screened))
    found = submit.check(session, whole.id)
    told = [each for each in found.notices if each.place == "SOCR-2"]
    assert [each.asks for each in told] == ([asks] if asks else [])
    if asks is FindingKind.COUNTS:
        assert "the counts show 5.0 %, which supports level 0" in told[0].says


def known_by_race(store, **numbers):
    ending = period("2026-Q3")
    quality_counts.enter(store, ending, quality_counts.known(**numbers), NOW)
    quality_counts.release(store, ending, NOW)


@pytest.mark.parametrize(
    ("said", "declined", "supported"),
    [(790, 20, 3), (760, 30, 2), (600, 210, 3), (150, 20, 0)],
)
def test_what_was_released_of_race_lowers_a_claim_by_the_share_itself(
    store, said, declined, supported
):
    made = sheets.started(store, NOW)
    sheets.answer(store, made.id, NOW, choice="3")
    known_by_race(store, said=said, declined=declined, not_asked=1000 - said - declined)
    found = submit.check(Session(store, sheets.actor(store), NOW), made.id)
    places = [each.place for each in found.notices if each.asks is FindingKind.COUNTS]
    assert ("REAL-2" in places) == (supported < 3)
    send(store, made)
    run = runs.latest(store, made.id, RunKind.SUPPORTED)
    assert run
    assert run.inputs["answers"]["REAL-2"] == {"level": supported}
    claimed = runs.latest(store, made.id, RunKind.CLAIMED)
    assert claimed
    assert claimed.inputs["answers"]["REAL-2"] == {"level": 3}
    if supported < 3:  # an essential gate of T3
        assert (sheets.standing_of(store).tier, claimed.result["tier"]) == ("T2", "T3")


@pytest.mark.parametrize("is_released", [False, True])
def test_what_is_hidden_or_was_not_released_lowers_nothing(store, is_released):
    made = sheets.started(store, NOW)
    sheets.answer(store, made.id, NOW, choice="3")
    if is_released:
        known_by_race(store, said=500, declined=4, not_asked=496)
    else:
        cells = quality_counts.known(said=500, not_asked=500)
        quality_counts.enter(store, period("2026-Q3"), cells, NOW)
    send(store, made)
    run = runs.latest(store, made.id, RunKind.SUPPORTED)
    assert run
    assert run.inputs["answers"]["REAL-2"] == {"level": 3}


# The result


def test_a_draft_is_previewed_without_storing_a_run(store):
    made = sheets.started(store, NOW)
    found = result.result(Session(store, sheets.actor(store), NOW), made.id)
    assert found.is_preview
    assert found.shown.tier.id == "T0"
    assert runs.of_assessment(store, made.id) == ()


def test_the_result_shows_the_stored_run_and_the_way_up(store, whole):
    send(store, whole)
    found = result.result(Session(store, sheets.actor(store), NOW), whole.id)
    assert not found.is_preview
    assert found.next_tier
    assert found.next_tier.id == "T3"
    assert found.shown.run.shortest_way
    assert {each.kind for each in found.kept} == {RunKind.CLAIMED, RunKind.SUPPORTED}


def test_a_provisional_tier_is_shown_with_its_last_day_and_expires_unlowered(store):
    made = sheets.started(store, NOW)
    sheets.answer(store, made.id, NOW)
    sheets.answer(store, made.id, NOW, "1", ["LEAD-1"])
    sheets.sent_in(store, made.id, NOW)
    maya = sheets.actor(store)
    shown = result.result(Session(store, maya, NOW), made.id).shown
    assert (shown.run.provisional, shown.expires_on) == (True, date(2027, 7, 15))
    assert not shown.is_expired
    later = result.result(Session(store, maya, NOW + timedelta(days=200)), made.id).shown
    assert later.is_expired
    assert later.tier == shown.tier


def test_a_drop_is_seen_against_last_time(store, whole):
    send(store, whole)
    later = NOW + timedelta(days=365)
    second = sheets.started(store, later)
    sheets.answer(store, second.id, later, "1")
    found = result.result(Session(store, sheets.actor(store), later), second.id)
    assert found.has_dropped
    assert found.previous
    assert found.previous.tier_id == "T2"


def test_saving_an_answer_after_changes_were_asked_for_is_possible_again(store, whole):
    send(store, whole)
    ask_for_change(store, whole, "LEAD-1")
    maya = sheets.actor(store)
    answering.save_item(Session(store, maya, NOW), whole.id, SentAnswer("LEAD-1", "1", base=1))
    assert sheets.answer_in(store, whole.id, "LEAD-1").level == 1


def test_a_level_that_would_tell_a_small_count_is_not_held_against_the_claim(store, whole):
    """Of 100 printed patients, "below 10 percent" would say that fewer than 10 were screened."""
    found = check_with_counts(store, whole, 100, 5)
    assert (FindingKind.UNCHECKED, "SOCR-2") in [(each.asks, each.place) for each in found.notices]
    send(store, whole)
    decisive = scoring.effective_run(store, whole)
    assert decisive
    assert decisive.kind is RunKind.CLAIMED
