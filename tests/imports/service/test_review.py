"""What an upload would change, and that only a yes to what was seen changes it."""

from __future__ import annotations

import pytest

from readiness.accounts.db import people
from readiness.administration import db as takeout
from readiness.core import audit
from readiness.core.db import Session
from readiness.core.errors import BadInput, Denied, NotFound, WrongState
from readiness.counts.db import social_risk
from readiness.counts.models import PeriodState, Revision
from readiness.imports import db as uploads
from readiness.imports.models import UploadState
from readiness.imports.service import history, review
from readiness.imports.service.review import CountsChanged
from tests.factories.uploads import (
    ANY,
    ASKED,
    FOOD,
    FOUND,
    Q3,
    Q4,
    SCREENED,
    SPANISH,
    WHOLE,
    later,
    read,
)
from tests.factories.world import NOW


@pytest.fixture
def cara(store):
    return people.actor(store, "cara")


def standing(store, quarter=Q4):
    found = social_risk.of_group(store, "elm")
    return dict(found[quarter].known) if quarter in found else {}


def by_hand(store, values, revision=1, at=NOW):
    revisions = [Revision(cell, revision, value, "maya", at) for cell, value in values.items()]
    social_risk.save(store, "elm", Q4, revisions)


def take(store, actor, upload_id="u1", at=NOW, seen=0, quarters=(Q4,)):
    return review.confirm(
        Session(store, actor, at), "elm", upload_id, dict.fromkeys(quarters, seen)
    )


def test_looking_writes_nothing(store, cara):
    read(store)
    found = review.preview(Session(store, cara, NOW), "elm", "u1")
    (quarter,) = found.quarters
    assert not quarter.has_counts
    assert quarter.changed == len(WHOLE) + 2
    assert [part.site and part.site.name for part in quarter.sites] == [None, "Main Street"]
    assert standing(store) == {}
    assert audit.of_group(store, "elm") == []


def test_taking_over_writes_the_group_and_its_sites_and_says_so(store, cara):
    read(store)
    done = take(store, cara)
    assert (done.quarters, done.changed) == ((Q4,), 7)
    assert standing(store) == WHOLE
    assert [site for site, _ in social_risk.all_revisions(store, "elm", Q4)].count("elm-1") == 2
    assert social_risk.status(store, "elm", Q4).state is PeriodState.OPEN
    told = next(e for e in audit.of_group(store, "elm") if e.verb == "saved an upload")
    assert (told.object_id, told.detail) == ("2026-Q4", {"upload": "u1", "counts": 7})
    upload = uploads.get(store, "u1")
    assert (upload.state, upload.taken, upload.decided_by) == (UploadState.CONFIRMED, (Q4,), "cara")


def test_taking_over_happens_once(store, cara):
    read(store)
    take(store, cara)
    with pytest.raises(WrongState):
        take(store, cara, seen=7)


def test_only_what_is_chosen_is_taken_over(store, cara):
    read(store, found={**FOUND, Q3: {"": {FOOD: 1}}})
    take(store, cara)
    assert standing(store, Q3) == {}
    assert uploads.get(store, "u1").taken == (Q4,)


@pytest.mark.parametrize("quarters", [(), (Q3,)])
def test_nothing_chosen_is_asked_about(store, cara, quarters):
    read(store)
    with pytest.raises(BadInput, match="Tick at least one quarter"):
        take(store, cara, quarters=quarters)
    assert uploads.get(store, "u1").state is UploadState.READ


def test_counts_that_stood_are_shown_beside_and_stay_in_the_history(store, cara):
    by_hand(store, {FOOD: 15, ASKED: 90})
    read(store)
    (quarter,) = review.preview(Session(store, cara, NOW), "elm", "u1").quarters
    assert quarter.has_counts
    compared = {line.cell: (line.now, line.then) for line in quarter.sites[0].lines}
    assert compared[FOOD] == (15, 20)
    assert compared[ASKED] == (90, 90)
    take(store, cara, seen=2)
    assert [line.value for line in social_risk.history(store, "elm", Q4)[FOOD]] == [15, 20]
    assert [line.value for line in social_risk.history(store, "elm", Q4)[ASKED]] == [90]


def test_what_changed_since_the_person_looked_is_asked_about_with_both(store, cara):
    read(store)
    by_hand(store, {FOOD: 15})
    with pytest.raises(CountsChanged):
        take(store, cara)
    assert standing(store) == {FOOD: 15}
    (quarter,) = review.preview(Session(store, cara, NOW), "elm", "u1", {Q4: 0}).quarters
    (since,) = quarter.since
    assert (since.cell, since.seen, since.now) == (FOOD, None, 15)
    take(store, cara, seen=quarter.revisions)
    assert standing(store) == WHOLE


def test_one_changed_quarter_stops_all_of_them(store, cara):
    read(store, found={**FOUND, Q3: {"": {FOOD: 1}}})
    by_hand(store, {FOOD: 15})
    with pytest.raises(CountsChanged):
        take(store, cara, quarters=(Q3, Q4))
    assert standing(store, Q3) == {}


def test_a_complete_quarter_is_open_again_only_when_something_changed(store, cara):
    read(store)
    take(store, cara)
    revision = social_risk.status(store, "elm", Q4).revision
    event = audit.of_group(store, "elm")[0]
    social_risk.set_state(store, "elm", Q4, PeriodState.COMPLETE, revision, event)
    read(store, "same")
    assert take(store, cara, "same", seen=7).changed == 0
    assert social_risk.status(store, "elm", Q4).state is PeriodState.COMPLETE
    read(store, "other", {Q4: {"": {FOOD: 21}}})
    take(store, cara, "other", seen=7)
    assert social_risk.status(store, "elm", Q4).state is PeriodState.OPEN


def test_an_upload_that_replaced_another_is_named_in_the_list(store, cara):
    read(store)
    take(store, cara)
    read(store, "u2", {Q4: {"": {FOOD: 21, ASKED: 95}}}, at=later(5))
    take(store, cara, "u2", at=later(6), seen=7)
    assert standing(store) == {SCREENED: 100, ANY: 30, ASKED: 95, FOOD: 21}
    newest, oldest = review.list_uploads(Session(store, cara, later(7)), "elm").lines
    assert newest.taken[0].replaced_by is None
    replaced = oldest.taken[0].replaced_by
    assert replaced
    assert replaced.id == "u2"
    assert newest.author == "Cara"


def test_the_same_content_is_recognized(store, cara):
    read(store)
    read(store, "u2", at=later(5))
    read(store, "u3", at=later(6), sha256="1" * 64)
    assert [each.id for each in review.preview(Session(store, cara, NOW), "elm", "u2").same] == [
        "u1"
    ]
    assert review.preview(Session(store, cara, NOW), "elm", "u1").same == ()
    assert review.preview(Session(store, cara, NOW), "elm", "u3").same == ()


def test_what_was_discarded_is_gone_from_the_list_and_cannot_be_taken_over(store, cara):
    read(store)
    review.discard(Session(store, cara, NOW), "elm", "u1")
    assert review.list_uploads(Session(store, cara, NOW), "elm").lines == ()
    with pytest.raises(WrongState):
        take(store, cara)
    uploads.forget(store, NOW)
    with pytest.raises(NotFound):
        uploads.get(store, "u1")


def test_what_nobody_decided_on_is_forgotten_and_what_was_taken_over_stays(store, cara):
    read(store)
    read(store, "u2")
    take(store, cara)
    uploads.forget(store, NOW)
    assert uploads.get(store, "u2")
    uploads.forget(store, later(1))
    with pytest.raises(NotFound):
        uploads.get(store, "u2")
    assert uploads.get(store, "u1").report.rows == 1_200


@pytest.mark.parametrize(
    ("who", "refusal"), [("omar", NotFound), ("pam", NotFound), ("ada", NotFound)]
)
def test_an_upload_is_its_group_s_own(store, who, refusal):
    read(store)
    actor = people.actor(store, who)
    for group_id in ("elm", "oak"):
        with pytest.raises((refusal, Denied)):
            review.preview(Session(store, actor, NOW), group_id, "u1")
        with pytest.raises((refusal, Denied)):
            review.confirm(Session(store, actor, NOW), group_id, "u1", {Q4: 0})
    assert standing(store) == {}


def test_the_record_tells_every_saving_from_what_to_what(store, cara):
    by_hand(store, {FOOD: 15})
    read(store)
    take(store, cara, at=later(5), seen=1)
    newest, oldest = history.record(Session(store, cara, later(6)), "elm", "2026-Q4").savings
    assert (oldest.author, oldest.upload) == ("Maya", None)
    assert [(line.cell, line.before, line.after) for line in oldest.lines] == [(FOOD, None, 15)]
    assert newest.upload
    assert newest.upload.id == "u1"
    lines = {(line.site and line.site.id, line.cell): line for line in newest.lines}
    assert (lines[None, FOOD].before, lines[None, FOOD].after) == (15, 20)
    assert (lines["elm-1", FOOD].before, lines["elm-1", FOOD].after) == (None, 8)


def test_counts_stand_side_by_side_by_site(store, cara):
    read(store)
    take(store, cara)
    found = history.by_site(Session(store, cara, NOW), "elm", "2026-Q4")
    assert [site.id for site in found.sites] == ["elm-1"]
    assert dict(found.rows) == {
        SCREENED: (100, None),
        ANY: (30, None),
        ASKED: (90, 40),
        FOOD: (20, 8),
    }
    assert found.breakdowns == 1


def test_the_group_s_export_holds_its_uploads_and_nothing_of_the_files(store, cara):
    read(store)
    tables = takeout.tables(store, "elm")
    assert len(tables["upload_counts"][1]) == 7
    assert SPANISH.key.split(".")[1] in str(tables["upload_counts"])
    assert [row["id"] for row in tables["uploads"][1]] == ["u1"]
