"""Handing over files through the pages: read, looked at, taken over, replaced, stopped."""

from __future__ import annotations

import csv
import gc
import gzip
import json
import logging
import threading
import tomllib
from io import StringIO
from pathlib import Path

import pytest

from readiness.core.jobs import db as jobs
from readiness.core.jobs.models import LOST_AFTER
from readiness.core.tables.models import SourceFile
from readiness.counts.db import social_risk
from readiness.counts.social_risk.models import FunnelCell, Need, Step
from readiness.imports import db as uploads
from readiness.imports.mapping_models import MappingShape
from readiness.imports.models import UploadState
from readiness.imports.service import screens
from readiness.imports.views import MEBIBYTES
from tests.factories import sending, world
from tests.factories import uploads as uploaded
from tests.factories.page import Page
from tests.factories.patient_lists import (
    REFERRALS,
    SCREENS,
    VISITS,
    referral,
    referrals,
    visits,
)
from tests.factories.patient_lists import screens as screens_table
from tests.factories.uploads import ASKED, FOOD, Q3, Q4, WHOLE
from tests.factories.waiting import until

COUNTS = "/groups/elm/counts"
HERE = f"{COUNTS}/upload"
FHIR = Path(__file__).parents[1] / "data" / "fhir"
ONE = f"{HERE}/u1"
MONTHS_MAPPING = b"""shape = "wide"
results = {Yes = "positive", No = "negative"}
[columns]
patient = "Patient ID"
date = "Screening Date"
[fields.Food]
need = "food"
"""
JSON = {"Accept": "application/json"}


def send(client, *files, mapping=None, mappings=(), **more):
    sent = [("files", name, content) for name, content in files]
    for each in (mapping, *mappings):
        if each is not None:
            sent.append(("mapping", "mapping.toml", each))
    token = {"csrf_token": world.token(client)}
    return sending.post(client, HERE, sending.body(token, sent), **more)


def fixture(name):
    return name, (FHIR / name).read_bytes()


def settled(client, reply):
    """The upload's page once its file has been read."""
    assert reply.status_code == 303, reply.text
    until(lambda: "is being read" not in client.get(reply.location).text)
    return Page(client.get(reply.location).text)


def rows(page):
    return [row.text for row in page.all("tr")]


def stored(store, quarter=Q4):
    found = social_risk.of_group(store, "elm")
    return dict(found[quarter].known) if quarter in found else {}


def test_the_page_says_what_is_kept_and_what_can_be_read(cara):
    page = Page(cara.get(HERE).text)
    assert "Never kept, on no disk and in no log" in page.text
    assert "FHIR R4" in page.text
    assert "None yet." in page.text
    assert page.form(HERE).get("enctype") == "multipart/form-data"
    assert Page(cara.get("/groups/elm/counts").text).links["Upload screens or counts"] == HERE


def test_a_file_that_unpacks_without_measure_is_refused_in_words(cara):
    bomb = gzip.compress(b'{"resourceType": "Bundle", "entry": [' + b" " * 40_000_000)
    page = settled(cara, send(cara, ("export.json.gz", bomb)))
    assert "unpacks to far more than it should" in page.text
    assert "Export a shorter period" in page.text
    assert "flask" not in page.text


def test_screens_become_counts_that_are_looked_at_before_they_are_taken_over(cara, store):
    reply = send(cara, fixture("prapare-form.json"))
    page = settled(cara, reply)
    assert page.heading == "What this upload would change"
    assert "1 row read. None was unreadable." in page.text
    assert "the quarter has none yet" in page.text
    assert any(row.startswith("Food") for row in rows(page))
    assert stored(store, Q3) == {}
    done = cara.post(reply.location, data=page.values(reply.location))
    assert (done.status_code, done.location) == (303, "/groups/elm/counts/2026-Q3")
    assert stored(store, Q3)[FunnelCell(Step.SCREENED, Need.FOOD)] == 1
    assert "Saved: " in Page(cara.get(done.location).text).text
    listed = Page(cara.get(HERE).text)
    assert any("Q3 2026" in row and "Saved" in row and "Cara" in row for row in rows(listed))
    assert Page(cara.get(reply.location).text).heading == "The counts of this upload were saved"


def test_several_files_are_one_upload_and_places_name_the_file_by_number(cara):
    page = settled(
        cara, send(cara, fixture("hunger.ndjson"), ("Erika.ndjson", b'{"resourceType": '))
    )
    assert "18 rows" in page.text or "19 rows" in page.text
    assert any(row.startswith("file 2") for row in rows(page))
    assert "Erika" not in page.text


def test_a_file_that_is_refused_says_why_and_can_be_looked_at_again(cara, store):
    reply = send(cara, ("a.json", b'{"resourceType": "Patient", "name": "Erika"}'))
    page = settled(cara, reply)
    assert page.heading == "Nothing of this file could be taken"
    assert "No line of this could be read, so nothing was taken." in page.text
    assert "Erika" not in page.text
    assert any("Not taken" in row for row in rows(Page(cara.get(HERE).text)))


def test_a_mapping_says_what_a_form_of_one_s_own_means(cara):
    refused = settled(cara, send(cara, fixture("own-form.json")))
    assert refused.heading == "Nothing of this file could be taken"
    mapping = (FHIR / "own-form.toml").read_bytes()
    page = settled(cara, send(cara, fixture("own-form.json"), mapping=mapping))
    assert page.heading == "What this upload would change"


def visits_and_referrals(client):
    """Three tables, and a mapping for each."""
    tables = (
        screens_table(("1", "2026-07-10", "food", "positive"), ("2", "2026-07-11", "food", "neg")),
        visits(("1", "2026-07-10"), ("Qplanted", "2026-07-11"), ("4", "2026-07-11")),
        referrals(referral("1", "food", referred="2026-07-20", outcome="connected"),
                  referral("Qplanted", "food", referred="2026-07-20")),
    )  # fmt: skip
    files = [(f"{at}.csv", table.open().read()) for at, table in enumerate(tables)]
    return send(client, *files, mappings=[SCREENS.encode(), VISITS.encode(), REFERRALS.encode()])


def test_visits_and_referrals_beside_screens_are_looked_at_and_saved(cara, store):
    reply = visits_and_referrals(cara)
    page = settled(cara, reply)
    columns = [cell.text for cell in page.all("th")]
    assert {"Eligible", "Referred", "Connected", "Need found 30 days ago or more"} <= {*columns}
    assert "Patients with at least one visit in the quarter, each once" in page.text
    assert "1 referred for a need that no screen in these files found" in page.text
    assert "Qplanted" not in page.text
    cara.post(reply.location, data=page.values(reply.location))
    found = stored(store, Q3)
    assert found[FunnelCell(Step.ELIGIBLE)] == 4
    assert found[FunnelCell(Step.REFERRED, Need.FOOD)] == 1
    assert found[FunnelCell(Step.CONNECTED, Need.FOOD)] == 1


def test_documented_needs_have_a_column_of_their_own_and_are_saved(cara, store):
    mapping = b'shape = "diagnoses"\n[columns]\npatient = "id"\ndate = "on"\ncode = "icd"\n'
    rows = b"id,on,icd\nQplanted,2026-07-10,Z59.41\n2,2026-07-11,Z5948\n"
    reply = send(cara, ("a.csv", rows), mapping=mapping)
    page = settled(cara, reply)
    assert "Documented by a diagnosis code" in [cell.text for cell in page.all("th")]
    assert "A diagnosis is no screen and is never added to those screened" in page.text
    assert "Qplanted" not in page.text
    cara.post(reply.location, data=page.values(reply.location))
    assert stored(store, Q3) == {FunnelCell(Step.DOCUMENTED, Need.FOOD): 2}
    every = Page(cara.get(f"/groups/{reply.location.split('/')[2]}/counts/{Q3}/sites").text)
    assert "Food, Documented by a diagnosis code" in [cell.text for cell in every.all("th")]


def test_screens_alone_are_told_without_definitions_of_other_steps(cara):
    page = settled(cara, send(cara, fixture("prapare-form.json")))
    assert "How each of these was counted" not in page.text


def test_too_many_mappings_are_refused(cara):
    reply = send(cara, ("a.csv", b"a,b\n1,2\n"), mappings=[VISITS.encode()] * 9)
    assert reply.status_code == 422
    assert "Choose 8 mappings at the most" in Page(reply.text).text


def test_every_example_of_a_mapping_can_be_taken_away(cara):
    page = Page(cara.get(HERE).text)
    for shape in MappingShape:
        assert f"/mappings/{shape}.toml" in page.links.values()
        assert f'shape = "{shape}"' in cara.get(f"/mappings/{shape}.toml").text


@pytest.mark.parametrize(
    ("files", "mapping", "says"),
    [
        ((), None, "Choose a file."),
        ((("", b""),), None, "Choose a file."),
        ((("a.csv", b""),) * 21, None, "Choose 20 files at the most"),
        ((("a.csv", b"x"),), b"\xff\xfe", "not text in UTF-8"),
        ((("a.csv", b"x"),), b"#" * 300_000, "mapping is too long"),
    ],
)
def test_what_cannot_begin_is_told_at_once(cara, store, files, mapping, says):
    reply = send(cara, *files, mapping=mapping)
    assert reply.status_code == 422
    assert says in Page(reply.text).text
    answer = send(cara, *files, mapping=mapping, headers=JSON)
    assert (answer.status_code, says in answer.json["error"]) == (422, True)
    assert uploads.of_group(store, "elm") == ()


@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"{", b"[]", b"PK\x03\x04 no workbook"])
def test_a_file_that_is_none_of_the_shapes_ends_in_a_sentence(cara, content):
    page = settled(cara, send(cara, ("a.xlsx", content)))
    assert page.heading in ("Nothing of this file could be taken", "What this upload would change")
    assert "our fault" not in page.text


def test_too_much_is_refused_with_how_much_may_be_sent(cara):
    reply = send(cara, ("a.csv", b" " * (MEBIBYTES * 1024 * 1024)))
    assert reply.status_code == 413
    assert f"{MEBIBYTES} MB at the most" in Page(reply.text).text


def test_whoever_is_signed_out_or_elsewhere_may_not_send_that_much(client, sign_in):
    large = ("a.csv", b" " * (9 * 1024 * 1024))
    refused = send(client, large)
    assert refused.status_code == 401
    assert Page(refused.text).values("/sign-in")["next"] == HERE
    sign_in(client, "omar")
    assert send(client, ("a.csv", b" ")).status_code == 404


# Our template


def test_the_template_is_downloaded_filled_in_mended_and_taken_over(cara, store):
    uploaded.read(
        store, "before", {Q3: {"": {FOOD: 15, ASKED: 90, FunnelCell(Step.ELIGIBLE): 200}}}
    )
    before = f"{HERE}/before"
    cara.post(before, data=Page(cara.get(before).text).values(before))
    links = Page(cara.get(HERE).text).links
    book = cara.get(links["as a workbook"])
    assert book.data.startswith(b"PK")
    sheet = cara.get(links["as CSV"]).data
    lines = read_csv(sheet)
    last = next(line for line in lines if line["period"] == "2026-Q3" and line["need"] == "food")
    assert (last["eligible"], last["screened"], last["positive"]) == ("200", "90", "15")
    food = next(line for line in lines if line["period"] == "2026-Q4" and line["need"] == "food")
    food |= {"eligible": "210", "screened": "95", "positive": "105"}
    refused = settled(cara, send(cara, ("counts.csv", written(lines))))
    assert refused.heading == "Nothing of this file could be taken"
    (row,) = [row for row in rows(refused) if "line" in row]
    assert row.startswith("file 1, line 2, positive")
    food["positive"] = "25"
    mended = send(cara, ("counts.csv", written(lines)))
    page = settled(cara, mended)
    assert [tag.text for tag in page.all("h2")][-2:] == [
        "Q4 2026, October to December 2026",
        "Q3 2026, July to September 2026",
    ]
    assert "3 counts, all the same as what stands now." in page.text
    cara.post(mended.location, data=page.values(mended.location))
    assert stored(store) == {FunnelCell(Step.ELIGIBLE): 210, ASKED: 95, FOOD: 25}


def test_a_long_table_of_every_count_is_downloaded_and_comes_in_as_what_stands(cara, store):
    counts = {FOOD: 15, ASKED: 90, FunnelCell(Step.ELIGIBLE): 200, FunnelCell(Step.SCREENED): 95}
    uploaded.read(store, "before", {Q3: {"": counts}})
    before = f"{HERE}/before"
    cara.post(before, data=Page(cara.get(before).text).values(before))
    link = Page(cara.get(COUNTS).text).links["Download every count of every quarter (CSV)"]
    sheet = cara.get(link).data
    assert "elm,2026Q3,all_eligible,default,200" in sheet.decode("utf-8-sig").splitlines()
    page = settled(cara, send(cara, ("long.csv", sheet)))
    assert "4 counts, all the same as what stands now." in page.text
    more = sheet.replace(b"food_positive,default,15", b"food_positive,default,105")
    refused = settled(cara, send(cara, ("long.csv", more)))
    (row,) = [row for row in rows(refused) if "line" in row]
    assert row.startswith("file 1, line 2, positive")


def read_csv(sheet):
    return list(csv.DictReader(StringIO(sheet.decode("utf-8-sig"))))


def written(lines):
    text = StringIO()
    book = csv.DictWriter(text, list(lines[0]))
    book.writeheader()
    book.writerows(lines)
    return text.getvalue().encode()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"site_id": "oak-1"}, "site_id"),
        ({"group_id": "oak"}, "group_id"),
        ({"period": "2027-Q1"}, "period"),
    ],
)
def test_a_table_of_other_sites_groups_or_running_quarters_is_told_by_row(cara, change, says):
    lines = read_csv(cara.get(f"{COUNTS}/template.csv").data)
    lines[0] |= {"screened": "95", "positive": "25", **change}
    page = settled(cara, send(cara, ("counts.csv", written(lines))))
    assert page.heading == "Nothing of this file could be taken"
    assert any(row.startswith(f"file 1, line 2, {says}") for row in rows(page)), rows(page)


def test_a_site_may_be_named_as_the_group_names_it(cara, store):
    lines = read_csv(cara.get(f"{COUNTS}/template.csv").data)
    lines[0] |= {"site_id": "main street", "screened": "95", "positive": "25"}
    reply = send(cara, ("counts.csv", written(lines)))
    page = settled(cara, reply)
    cara.post(reply.location, data=page.values(reply.location))
    assert {site for site, _ in social_risk.all_revisions(store, "elm", Q4)} == {"", "elm-1"}


def test_counts_of_screens_are_not_taken_for_counts_of_patients(cara):
    lines = read_csv(cara.get(f"{COUNTS}/template.csv").data)
    lines = [lines[0] | {"unit": "screens", "screened": "95", "positive": "25"}]
    page = settled(cara, send(cara, ("counts.csv", written(lines))))
    assert "It counts screens." in page.text
    assert page.heading == "Nothing of this file could be taken"


@pytest.mark.parametrize("shape", ["redcap", "long", "fhir"])
def test_a_mapping_file_can_be_begun_from_an_example(cara, shape):
    reply = cara.get(f"/mappings/{shape}.toml")
    assert tomllib.loads(reply.text)["shape"] == shape
    assert cara.get("/mappings/none.toml").status_code == 404


# Looking and deciding


def test_problems_stand_by_row_and_everything_else_in_words(cara, store):
    uploaded.read(store)
    page = Page(cara.get(ONE).text)
    assert "line 7 The day of the screen is missing." in rows(page)
    assert "3 not final yet" in page.text
    assert "Left out, because not closed yet: Q1 2027." in page.text
    assert "12345-6 4" in rows(page)
    assert "Main Street" in [tag.text for tag in page.all("summary")]


def test_a_quarter_with_counts_is_replaced_only_when_it_is_ticked(cara, store):
    uploaded.read(store, "former", {Q4: {"": {FOOD: 15, ASKED: 90}}})
    cara.post(f"{HERE}/former", data=Page(cara.get(f"{HERE}/former").text).values(f"{HERE}/former"))
    uploaded.read(store)
    page = Page(cara.get(ONE).text)
    assert "take.2026-Q4" not in page.values(ONE)
    assert "Replace the counts of Q4 2026 with these" in page.text
    assert any(row.startswith("Food 90 20now 15") for row in rows(page))
    refused = cara.post(ONE, data=page.values(ONE))
    assert refused.status_code == 422
    refused_page = Page(refused.text)
    assert refused_page.links["Tick at least one quarter to save."] == "#take.2026-Q4"
    assert stored(store) == {FOOD: 15, ASKED: 90}
    done = cara.post(ONE, data={**page.values(ONE), "take.2026-Q4": "y"})
    assert done.status_code == 303
    assert stored(store) == WHOLE
    listed = Page(cara.get(HERE).text)
    assert any(says.startswith("Q4 2026 replaced on") for says in listed.links)


def test_counts_changed_meanwhile_are_shown_with_both_and_nothing_is_overwritten(
    cara, store, app, sign_in
):
    uploaded.read(store)
    page = Page(cara.get(ONE).text)
    maya = sign_in(app.test_client(), "maya")
    quarter = "/groups/elm/counts/2026-Q4"
    typed = Page(maya.get(quarter).text).values(quarter)
    assert maya.post(quarter, data={**typed, FOOD.key: "7"}).status_code == 303
    clash = cara.post(ONE, data=page.values(ONE))
    assert clash.status_code == 409
    both = Page(clash.text)
    assert "Food, Need found blank 7" in rows(both)
    assert stored(store) == {FOOD: 7}
    assert cara.post(ONE, data=both.values(ONE)).status_code == 303
    assert stored(store) == WHOLE


@pytest.mark.parametrize("seen", ["", "-1", "x", "9" * 400])
def test_a_forged_memory_of_the_page_overwrites_nothing(cara, store, seen):
    uploaded.read(store)
    cara.post(ONE, data=Page(cara.get(ONE).text).values(ONE))
    uploaded.read(store, "u2", {Q4: {"": {FOOD: 1}}})
    data = {"csrf_token": world.token(cara), "seen.2026-Q4": seen, "take.2026-Q4": "y"}
    assert cara.post(f"{HERE}/u2", data=data).status_code == 409
    odd = {"csrf_token": data["csrf_token"], "seen.2026-Q9": "0", "take.2026-Q9": "y"}
    assert cara.post(f"{HERE}/u2", data=odd).status_code == 422
    assert stored(store) == WHOLE


def test_numbers_that_would_not_add_up_are_said_beforehand(cara, store):
    uploaded.read(store, found={Q4: {"": {ASKED: 10, FOOD: 20}}})
    assert "These would not add up" in Page(cara.get(ONE).text).text


def test_an_upload_can_be_discarded(cara, store):
    uploaded.read(store)
    page = Page(cara.get(ONE).text)
    reply = cara.post(f"{ONE}/discard", data={"csrf_token": page.token})
    assert (reply.status_code, reply.location) == (303, HERE)
    assert stored(store) == {}
    assert "None yet." in Page(cara.get(HERE).text).text
    assert cara.post(ONE, data=page.values(ONE)).status_code == 409


TABLE_OF_SCREENS = b"Patient ID,Screening Date,Food\n1,%s,Yes\n2,%s,No\n"


@pytest.mark.parametrize(
    ("first", "last", "missing"),
    [
        (b"2026-07-01", b"2026-07-31", "August and September"),
        (b"2026-07-31", b"2026-08-01", "September"),
        (b"2026-08-01", b"2026-09-01", "July"),
        (b"2026-07-31", b"2026-09-01", ""),
    ],
)
def test_months_of_a_quarter_that_come_apart_are_told_where_the_person_decides(
    cara, first, last, missing
):
    reply = send(cara, ("a.csv", TABLE_OF_SCREENS % (first, last)), mapping=MONTHS_MAPPING)
    page = settled(cara, reply)
    box = page.by_id("q-2026-Q3").text
    assert ("patients who came back count twice" in box) is bool(missing)
    assert (f"This upload holds no screen of {missing}." in box) is bool(missing)
    assert "2 rows read. None was unreadable." in page.text


def test_a_small_share_that_was_not_readable_is_no_share_of_nothing(cara, store):
    uploaded.read(store)
    page = Page(cara.get(ONE).text)
    assert "1,200 rows read, 0.2% of them not readable." in page.text
    assert "Days covered: not told" in page.text


def test_the_page_says_that_files_of_a_quarter_s_months_belong_together(cara):
    assert "such as the months of a quarter" in Page(cara.get(HERE).text).text


def test_the_same_content_is_recognized_with_a_link(cara, store):
    first = send(cara, fixture("hunger.ndjson"))
    settled(cara, first)
    again = settled(cara, send(cara, ("another name.json", fixture("hunger.ndjson")[1])))
    assert "The same content was handed over before" in again.text
    assert first.location in again.links.values()
    third = settled(cara, send(cara, fixture("hunger.ndjson")))
    assert third.text.count("The same content was handed over before") == 1
    assert "was the last of 2" in third.text


def test_counts_by_site_and_their_history_have_pages(cara, store):
    uploaded.read(store)
    cara.post(ONE, data=Page(cara.get(ONE).text).values(ONE))
    quarter = Page(cara.get("/groups/elm/counts/2026-Q4").text)
    sites = Page(cara.get(quarter.links["Every count, by site"]).text)
    assert "Food, Need found 20 8" in rows(sites)
    history = Page(cara.get(quarter.links["History of these counts"]).text)
    assert history.links["from an upload"] == ONE
    assert "Main Street: Food, Need found blank 8" in rows(history)


def test_quarters_without_counts_have_these_pages_too(cara):
    for name in ("sites", "history"):
        Page(cara.get(f"/groups/elm/counts/2026-Q2/{name}").text)


# Reading: how far it is, stopped, lost, failed


@pytest.fixture
def slow(monkeypatch):
    """A reading that goes on until it is told to stop or let go on."""
    go_on = threading.Event()
    real = screens.aggregate

    def aggregate(sources, *, on_progress, **more):
        row = 0
        while not go_on.wait(0.005):
            on_progress(row := row + 1)
        return real(sources, on_progress=on_progress, **more)

    monkeypatch.setattr(screens, "aggregate", aggregate)
    yield go_on
    go_on.set()


def test_how_far_the_reading_is_can_be_asked_and_it_can_be_stopped(cara, store, slow):
    reply = send(cara, fixture("hunger.ndjson"), headers=JSON)
    href = reply.json["href"]
    until(lambda: "rows read so far" in cara.get(f"{href}/progress").json["says"])
    assert cara.get(f"{href}/progress").json["is_reading"]
    page = Page(cara.get(href).text)
    assert page.heading == "The upload is being read"
    assert page.links["See how far it is"] == href
    second = send(cara, fixture("hits.ndjson"))
    assert (second.status_code, "under way for your group already" in second.text) == (409, True)
    stopped = cara.post(f"{href}/stop", data={"csrf_token": page.token})
    assert stopped.location == HERE
    assert "Nothing of the file was kept" in Page(cara.get(HERE).text).text
    assert cara.get(href).status_code == 404
    assert uploads.of_group(store, "elm") == ()


def test_stopping_what_was_read_already_leads_to_what_was_found(cara, store):
    uploaded.read(store)
    reply = cara.post(f"{ONE}/stop", data={"csrf_token": world.token(cara)})
    assert reply.location == ONE
    assert uploads.get(store, "u1").state is UploadState.READ


def test_a_reading_whose_process_ended_is_told_and_can_be_begun_again(cara, store, clock, slow):
    href = send(cara, fixture("hunger.ndjson"), headers=JSON).json["href"]
    job = jobs.making(store, href.rpartition("/")[2])
    assert job
    with store.writing():  # as if the thread that does it had never been heard of again
        store.execute("update jobs set id = 'lost' where id = ?", (job.id,))
    clock.forward(seconds=LOST_AFTER.seconds + 1)
    page = Page(cara.get(href).text)
    assert page.heading == "The upload was not read"
    assert "The server was restarted" in page.text
    slow.set()
    assert settled(cara, send(cara, fixture("hits.ndjson"))).heading.startswith("What this")


PLANTED = ("Mustermann", "MRN-778899", "617-555-0134", "12 Elm Street")


def planted(content):
    """The fixture with things in it that name a patient."""
    lines = [json.loads(line) for line in content.decode().splitlines() if line]
    for line in lines:
        line["text"] = {"status": "additional", "div": f"<div>{' '.join(PLANTED)}</div>"}
        line["identifier"] = [{"value": text} for text in PLANTED]
    return "\n".join(map(json.dumps, lines)).encode()


def files_under(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("fails", [False, True])
def test_nothing_that_names_a_patient_is_written_anywhere(
    cara, store, tmp_path, monkeypatch, caplog, capfd, fails
):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    if fails:
        fail_half_way(monkeypatch)
    content = planted(fixture("hunger.ndjson")[1]) + b"\n{ Mustermann" + b" " * 600_000
    with caplog.at_level(logging.DEBUG):
        reply = send(cara, ("Mustermann MRN-778899.ndjson", content))
        page = settled(cara, reply)
    assert ("our fault" in page.text) is fails
    told = [page.text, caplog.text, "".join(capfd.readouterr())]
    written = [path.read_bytes() for path in files_under(tmp_path)]
    assert any(b"uploads" in text for text in written)
    for name in PLANTED:
        assert all(name not in text for text in told)
        assert all(name.encode() not in text for text in written)


def fail_half_way(monkeypatch):
    real = screens.parts_of

    def parts_of(*given):
        for number, part in enumerate(real(*given)):
            if number == 5:
                raise ValueError(" ".join(PLANTED))
            yield part

    monkeypatch.setattr(screens, "parts_of", parts_of)


def files_beside(before):
    return [
        each for each in gc.get_objects() if isinstance(each, SourceFile) and id(each) not in before
    ]


def test_a_source_is_closed_with_its_job(cara, store):
    """Nothing of the content outlives the reading."""
    before = {
        id(each) for each in gc.get_objects() if isinstance(each, SourceFile)
    }  # of other tests
    settled(cara, send(cara, fixture("hunger.ndjson")))
    until(lambda: gc.collect() >= 0 and not files_beside(before))
