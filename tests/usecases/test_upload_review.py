"""What an upload would change, and that only a yes to what was seen changes it."""

from __future__ import annotations

import pytest

from readiness.domain.errors import BadInput, Denied, NotFound, WrongState
from readiness.domain.screening import PeriodState
from readiness.domain.screening_edits import CountRevision
from readiness.domain.uploads import UploadState
from readiness.store import counts, events, people, takeout, uploads
from readiness.usecases import screen_records, upload_review
from readiness.usecases.upload_review import CountsChanged
from tests.uploaded import ANY, ASKED, FOOD, FOUND, Q3, Q4, SCREENED, SPANISH, WHOLE, later, read
from tests.web.world import NOW


@pytest.fixture
def cara(peopled):
    return people.actor(peopled, "cara")


def standing(store, quarter=Q4):
    found = counts.of_group(store, "elm")
    return dict(found[quarter].known) if quarter in found else {}


def by_hand(store, values, revision=1, at=NOW):
    revisions = [CountRevision(cell, revision, value, "maya", at) for cell, value in values.items()]
    counts.save(store, "elm", Q4, revisions, (), None)


def take(store, actor, upload_id="u1", at=NOW, seen=0, quarters=(Q4,)):
    return upload_review.confirm(store, actor, "elm", upload_id, dict.fromkeys(quarters, seen), at)


def test_looking_writes_nothing(peopled, cara):
    read(peopled)
    found = upload_review.look(peopled, cara, "elm", "u1", NOW)
    (quarter,) = found.quarters
    assert not quarter.has_counts
    assert quarter.changed == len(WHOLE) + 2
    assert [part.site and part.site.name for part in quarter.sites] == [None, "Main Street"]
    assert standing(peopled) == {}
    assert events.of_group(peopled, "elm") == []


def test_taking_over_writes_the_group_and_its_sites_and_says_so(peopled, cara):
    read(peopled)
    done = take(peopled, cara)
    assert (done.quarters, done.changed) == ((Q4,), 7)
    assert standing(peopled) == WHOLE
    assert [site for site, _ in counts.saved(peopled, "elm", Q4)].count("elm-1") == 2
    assert counts.state(peopled, "elm", Q4)[0] is PeriodState.OPEN
    told = next(e for e in events.of_group(peopled, "elm") if e.verb == "saved an upload")
    assert (told.object_id, told.detail) == ("2026-Q4", {"upload": "u1", "counts": 7})
    upload = uploads.get(peopled, "u1")
    assert (upload.state, upload.taken, upload.decided_by) == (UploadState.CONFIRMED, (Q4,), "cara")


def test_taking_over_happens_once(peopled, cara):
    read(peopled)
    take(peopled, cara)
    with pytest.raises(WrongState):
        take(peopled, cara, seen=7)


def test_only_what_is_chosen_is_taken_over(peopled, cara):
    read(peopled, found={**FOUND, Q3: {"": {FOOD: 1}}})
    take(peopled, cara)
    assert standing(peopled, Q3) == {}
    assert uploads.get(peopled, "u1").taken == (Q4,)


@pytest.mark.parametrize("quarters", [(), (Q3,)])
def test_nothing_chosen_is_asked_about(peopled, cara, quarters):
    read(peopled)
    with pytest.raises(BadInput, match="Tick at least one quarter"):
        take(peopled, cara, quarters=quarters)
    assert uploads.get(peopled, "u1").state is UploadState.READ


def test_counts_that_stood_are_shown_beside_and_stay_in_the_history(peopled, cara):
    by_hand(peopled, {FOOD: 15, ASKED: 90})
    read(peopled)
    (quarter,) = upload_review.look(peopled, cara, "elm", "u1", NOW).quarters
    assert quarter.has_counts
    compared = {line.cell: (line.now, line.then) for line in quarter.sites[0].lines}
    assert compared[FOOD] == (15, 20)
    assert compared[ASKED] == (90, 90)
    take(peopled, cara, seen=2)
    assert [line.value for line in counts.history(peopled, "elm", Q4)[FOOD]] == [15, 20]
    assert [line.value for line in counts.history(peopled, "elm", Q4)[ASKED]] == [90]


def test_what_changed_since_the_person_looked_is_asked_about_with_both(peopled, cara):
    read(peopled)
    by_hand(peopled, {FOOD: 15})
    with pytest.raises(CountsChanged):
        take(peopled, cara)
    assert standing(peopled) == {FOOD: 15}
    (quarter,) = upload_review.look(peopled, cara, "elm", "u1", NOW, {Q4: 0}).quarters
    (since,) = quarter.since
    assert (since.cell, since.seen, since.now) == (FOOD, None, 15)
    take(peopled, cara, seen=quarter.revisions)
    assert standing(peopled) == WHOLE


def test_one_changed_quarter_stops_all_of_them(peopled, cara):
    read(peopled, found={**FOUND, Q3: {"": {FOOD: 1}}})
    by_hand(peopled, {FOOD: 15})
    with pytest.raises(CountsChanged):
        take(peopled, cara, quarters=(Q3, Q4))
    assert standing(peopled, Q3) == {}


def test_a_complete_quarter_is_open_again_only_when_something_changed(peopled, cara):
    read(peopled)
    take(peopled, cara)
    revision = counts.state(peopled, "elm", Q4)[1]
    event = events.of_group(peopled, "elm")[0]
    counts.set_state(peopled, "elm", Q4, PeriodState.COMPLETE, revision, event)
    read(peopled, "same")
    assert take(peopled, cara, "same", seen=7).changed == 0
    assert counts.state(peopled, "elm", Q4)[0] is PeriodState.COMPLETE
    read(peopled, "other", {Q4: {"": {FOOD: 21}}})
    take(peopled, cara, "other", seen=7)
    assert counts.state(peopled, "elm", Q4)[0] is PeriodState.OPEN


def test_an_upload_that_replaced_another_is_named_in_the_list(peopled, cara):
    read(peopled)
    take(peopled, cara)
    read(peopled, "u2", {Q4: {"": {FOOD: 21, ASKED: 95}}}, at=later(5))
    take(peopled, cara, "u2", at=later(6), seen=7)
    assert standing(peopled) == {SCREENED: 100, ANY: 30, ASKED: 95, FOOD: 21}
    newest, oldest = upload_review.listed(peopled, cara, "elm", later(7)).lines
    assert newest.taken[0].replaced_by is None
    replaced = oldest.taken[0].replaced_by
    assert replaced
    assert replaced.id == "u2"
    assert newest.author == "Cara"


def test_the_same_content_is_recognized(peopled, cara):
    read(peopled)
    read(peopled, "u2", at=later(5))
    read(peopled, "u3", at=later(6), sha256="1" * 64)
    assert [each.id for each in upload_review.look(peopled, cara, "elm", "u2", NOW).same] == ["u1"]
    assert upload_review.look(peopled, cara, "elm", "u1", NOW).same == ()
    assert upload_review.look(peopled, cara, "elm", "u3", NOW).same == ()


def test_what_was_discarded_is_gone_from_the_list_and_cannot_be_taken_over(peopled, cara):
    read(peopled)
    upload_review.discard(peopled, cara, "elm", "u1", NOW)
    assert upload_review.listed(peopled, cara, "elm", NOW).lines == ()
    with pytest.raises(WrongState):
        take(peopled, cara)
    uploads.forget(peopled, NOW)
    with pytest.raises(NotFound):
        uploads.get(peopled, "u1")


def test_what_nobody_decided_on_is_forgotten_and_what_was_taken_over_stays(peopled, cara):
    read(peopled)
    read(peopled, "u2")
    take(peopled, cara)
    uploads.forget(peopled, NOW)
    assert uploads.get(peopled, "u2")
    uploads.forget(peopled, later(1))
    with pytest.raises(NotFound):
        uploads.get(peopled, "u2")
    assert uploads.get(peopled, "u1").account.rows == 1_200


@pytest.mark.parametrize(
    ("who", "refusal"), [("omar", NotFound), ("pam", NotFound), ("ada", NotFound)]
)
def test_an_upload_is_its_group_s_own(peopled, who, refusal):
    read(peopled)
    actor = people.actor(peopled, who)
    for group_id in ("elm", "oak"):
        with pytest.raises((refusal, Denied)):
            upload_review.look(peopled, actor, group_id, "u1", NOW)
        with pytest.raises((refusal, Denied)):
            upload_review.confirm(peopled, actor, group_id, "u1", {Q4: 0}, NOW)
    assert standing(peopled) == {}


def test_the_record_tells_every_saving_from_what_to_what(peopled, cara):
    by_hand(peopled, {FOOD: 15})
    read(peopled)
    take(peopled, cara, at=later(5), seen=1)
    newest, oldest = screen_records.record(peopled, cara, "elm", "2026-Q4", later(6)).savings
    assert (oldest.author, oldest.upload) == ("Maya", None)
    assert [(line.cell, line.before, line.after) for line in oldest.lines] == [(FOOD, None, 15)]
    assert newest.upload
    assert newest.upload.id == "u1"
    lines = {(line.site and line.site.id, line.cell): line for line in newest.lines}
    assert (lines[None, FOOD].before, lines[None, FOOD].after) == (15, 20)
    assert (lines["elm-1", FOOD].before, lines["elm-1", FOOD].after) == (None, 8)


def test_counts_stand_side_by_side_by_site(peopled, cara):
    read(peopled)
    take(peopled, cara)
    found = screen_records.by_site(peopled, cara, "elm", "2026-Q4", NOW)
    assert [site.id for site in found.sites] == ["elm-1"]
    assert dict(found.rows) == {
        SCREENED: (100, None),
        ANY: (30, None),
        ASKED: (90, 40),
        FOOD: (20, 8),
    }
    assert found.breakdowns == 1


def test_the_group_s_export_holds_its_uploads_and_nothing_of_the_files(peopled, cara):
    read(peopled)
    tables = takeout.tables(peopled, "elm")
    assert len(tables["upload_counts"][1]) == 7
    assert SPANISH.key.split(".")[1] in str(tables["upload_counts"])
    assert [row["id"] for row in tables["uploads"][1]] == ["u1"]
