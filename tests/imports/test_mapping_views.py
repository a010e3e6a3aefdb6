"""A team says in the browser what its columns mean, and next time only uploads."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from readiness.core import audit
from readiness.core.exports import Sheet, xlsx_of
from readiness.counts.db import social_risk
from readiness.counts.social_risk.models import FunnelCell, Need, Step
from readiness.counts.strata import Stratum, StratumType
from readiness.imports import db as uploads
from tests.factories import flat_tables, sending, world
from tests.factories import uploads as uploaded
from tests.factories.page import Page
from tests.factories.uploads import Q4
from tests.factories.waiting import until

UPLOAD = "/groups/elm/counts/upload"
COLUMNS = f"{UPLOAD}/columns"
MAPPINGS = "/groups/elm/counts/mappings"
JSON = {"Accept": "application/json"}
TABLE = flat_tables.table()
SAYS_WHAT = "What the columns mean"


def post(client, path, fields, *files, **more):
    sent = [("files", "a.csv", content) for content in files]
    return sending.post(client, path, sending.body(fields, sent), **more)


def send(client, *files, path=UPLOAD, **fields):
    headers = fields.pop("headers", {})
    return post(
        client, path, {"csrf_token": world.token(client), **fields}, *files, headers=headers
    )


def filled(client, *files, name="Monthly report", **more):
    """What the page would send as it was guessed, with a name."""
    page = Page(send(client, *files or (TABLE,), path=COLUMNS).text)
    return page.values(MAPPINGS) | {"name": name} | more


def save(client, fields, *files, **more):
    return post(client, MAPPINGS, fields, *files or (TABLE,), **more)


def settled(client, reply):
    assert reply.status_code == 303, reply.text
    until(lambda: "is being read" not in client.get(reply.location).text)
    return Page(client.get(reply.location).text)


def summary(reply):
    assert reply.status_code == 422
    return Page(reply.text).by_id("errors").text


def test_a_table_that_nobody_knows_leads_to_its_columns(cara, store):
    reply = send(cara, TABLE)
    page = Page(reply.text)
    assert (reply.status_code, page.heading) == (200, SAYS_WHAT)
    assert "Food Insecurity" in [label.text for label in page.all("label")]
    values = page.values(MAPPINGS)
    assert values["use.Food%20Insecurity"] == "need.food"
    assert values["use.Patient%20Name"] == ""
    assert (values["meaning.yes"], values["meaning.declined"]) == ("positive", "declined")
    assert values["value.race.mixed%20heritage"] == ""
    assert uploads.of_group(store, "elm") == ()


def test_nothing_of_a_patient_comes_back_and_nothing_is_kept(cara, store, tmp_path, caplog):
    before = "\n".join(store.db.conn.iterdump())
    for reply in (send(cara, TABLE), send(cara, TABLE, path=COLUMNS)):
        for text in ("A10001", "Jo1", "Smith", "2/2/1951", "10/2/2026"):
            assert text not in reply.text
            assert text not in caplog.text
    assert "\n".join(store.db.conn.iterdump()) == before


def test_a_mapping_is_saved_read_by_and_used_by_itself_the_next_time(cara, store):
    race = {"value.race.mixed%20heritage": "multiple"}
    page = settled(cara, save(cara, filled(cara, **race)))
    assert page.heading == "What this upload would change"
    assert "Read by the mapping “Monthly report”." in page.text
    [saved] = uploads.mappings_of_group(store, "elm")
    assert [saved.name, saved.author_id] == ["Monthly report", "cara"]
    assert "A10001" not in saved.text
    assert "Smith" not in saved.text
    [upload] = uploads.of_group(store, "elm")
    found = uploads.found_in(store, upload.id)[Q4][""]
    assert found[FunnelCell(Step.POSITIVE, Need.FOOD)] == 8
    mixed = Stratum(StratumType.RACE, "multiple")
    assert found[FunnelCell(Step.SCREENED, Need.HOUSING, mixed)] == 12

    again = settled(cara, send(cara, flat_tables.table(40)))
    assert "Read by the mapping “Monthly report”." in again.text
    assert "40 rows read." in again.text


def test_its_counts_are_saved_as_any_others(cara, store):
    reply = save(cara, filled(cara))
    page = settled(cara, reply)
    done = cara.post(reply.location, data=page.values(reply.location))
    assert done.location == "/groups/elm/counts/2026-Q4"
    known = social_risk.of_group(store, "elm")[Q4].known
    assert known[FunnelCell(Step.SCREENED, Need.FOOD)] == 32


def test_a_file_with_another_column_asks_again_and_keeps_what_was_said(cara):
    settled(cara, save(cara, filled(cara) | {"meaning.declined": "unknown"}))
    page = Page(send(cara, flat_tables.table(Consent="Yes")).text)
    assert page.heading == SAYS_WHAT
    assert "New in this file, and not known to the mapping: “Consent”." in page.text
    values = page.values(MAPPINGS)
    options = Page(cara.get(UPLOAD).text).by_id("saved").all("option")
    assert (values["name"], values["changes"]) == ("Monthly report", options[1].get("value"))
    assert values["meaning.declined"] == "unknown"


def test_a_file_without_a_column_of_the_mapping_is_asked_about_anew(cara):
    settled(cara, save(cara, filled(cara)))
    lines = [{n: text for n, text in line.items() if n != "Safety"} for line in flat_tables.rows()]
    table = flat_tables.text_of(lines).encode()
    assert Page(send(cara, table).text).values(MAPPINGS)["name"] == ""
    [option] = Page(cara.get(UPLOAD).text).by_id("saved").all("option")[1:]
    chosen = Page(send(cara, table, path=COLUMNS, saved=option.get("value")).text)
    assert "This file has no “Safety”, which the mapping “Monthly report” reads." in chosen.text


def test_everything_that_is_missing_is_said_at_once_and_nothing_chosen_is_lost(cara, store):
    fields = filled(cara, name="")
    fields["use.Screening%20Date"] = ""
    fields["use.Utilities"] = ""
    fields["value.race.mixed%20heritage"] = "other"
    fields["meaning.yes"] = ""
    reply = post(cara, MAPPINGS, fields)
    told = summary(reply)
    for says in (
        "Choose the column of the day",
        "Say what “Yes” means.",
        "Give the mapping a name",
        "Choose the file.",
    ):
        assert says in told
    values = Page(reply.text).values(MAPPINGS)
    assert values["use.Utilities"] == ""
    assert values["value.race.mixed%20heritage"] == "other"
    assert values["meaning.yes"] == ""
    assert uploads.mappings_of_group(store, "elm") == ()


def test_a_column_that_becomes_a_need_asks_what_its_words_mean(cara):
    table = flat_tables.table(Worry="Purple")
    fields = filled(cara, table) | {"use.Worry": "need.stress"}
    reply = save(cara, fields, table)
    assert "Say what “Purple” means." in summary(reply)
    fields = Page(reply.text).values(MAPPINGS) | {"meaning.purple": "positive"}
    assert settled(cara, save(cara, fields, table)).heading == "What this upload would change"


def test_a_column_of_names_cannot_be_made_a_need(cara):
    reply = save(cara, filled(cara) | {"use.Provider": "need.stress"})
    assert "looks like names, numbers or notes" in summary(reply)
    assert "Smith" not in reply.text


def test_another_file_than_the_one_on_the_page_is_looked_over_first(cara):
    other = flat_tables.table(Consent="Yes")
    reply = save(cara, filled(cara), other)
    assert "This file has columns that the page did not show." in summary(reply)
    assert "use.Consent" in Page(reply.text).values(MAPPINGS)


def test_a_name_that_is_taken_is_replaced_only_when_that_is_ticked(cara, store):
    saved = uploaded.map_columns(store, name="Monthly report")
    fields = filled(cara, name="monthly  REPORT")
    assert "There is a mapping of this name already." in summary(save(cara, fields))
    assert uploads.mapping(store, saved.id) == saved
    settled(cara, save(cara, fields | {"replaces": "y"}))
    [after] = uploads.mappings_of_group(store, "elm")
    assert after.id == saved.id
    assert after.text != saved.text


def test_a_name_that_points_at_a_patient_is_not_taken(cara):
    reply = save(cara, filled(cara, name="Report for 617-555-0134"))
    assert "This seems to hold a phone number: take it out." in summary(reply)


def test_changing_a_mapping_replaces_it_under_its_name(cara, store):
    settled(cara, save(cara, filled(cara)))
    [saved] = uploads.mappings_of_group(store, "elm")
    page = Page(send(cara, TABLE, path=COLUMNS, saved=saved.id).text)
    assert "This is what the mapping “Monthly report” says" in page.text
    settled(cara, save(cara, page.values(MAPPINGS) | {"meaning.declined": "unknown"}))
    [after] = uploads.mappings_of_group(store, "elm")
    assert (after.id, 'declined = "unknown"' in after.text) == (saved.id, True)


def test_headings_with_marks_of_their_own_come_back_whole(cara):
    heading = 'Did you "worry"\nabout food, 100%?'
    table = flat_tables.text_of([line | {heading: "Yes"} for line in flat_tables.rows()]).encode()
    fields = filled(cara, table)
    assert fields[f"use.{quote(heading)}"] == "need.food"
    assert settled(cara, save(cara, fields, table)).heading == "What this upload would change"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"Jo Doe,1/2/1980,Yes\nAl Roe,1/3/1980,No\n", "Put the headings above the rows"),
        (b'{"resourceType": "Patient"}', "This file needs no mapping."),
        (b",".join(b"q%d" % n for n in range(301)) + b"\n", "more than 300 columns"),
        (b"", "This file is empty."),
        (b"a\n1\n", "one has at least two columns"),
        (b"=1+1,day\n1,2\n", "A heading begins as a formula does."),
        (b"a,b,c\n", "There are no rows under the headings."),
        (b"a,\x01,c\n1,2,3\n", "characters that cannot be read"),
    ],
)
def test_what_has_no_columns_to_speak_of_is_told_at_once(cara, content, says):
    told = summary(send(cara, content, path=COLUMNS))
    assert says in told
    assert "Doe" not in told
    answer = send(cara, content, path=COLUMNS, headers=JSON)
    assert (answer.status_code, says in answer.json["error"]) == (422, True)


def test_a_list_of_visits_is_mapped_and_read_by_itself_the_next_time(cara, store):
    visits = b"Patient ID,Visit Date\n" + b"".join(b"A%d,10/3/2026\n" % n for n in range(40))
    fields = filled(cara, visits)
    assert fields["use.Visit%20Date"] == "visit"
    page = settled(cara, save(cara, fields, visits))
    assert "Eligible" in page.text
    again = settled(cara, send(cara, visits, path=UPLOAD))
    assert "Eligible" in again.text


def test_tables_of_one_s_own_are_handed_over_apart_from_other_files(cara):
    told = summary(send(cara, TABLE, b'{"resourceType": "Patient"}'))
    assert "apart from the other files" in told


def test_files_with_different_headings_are_not_mapped_together(cara):
    told = summary(send(cara, TABLE, flat_tables.table(Consent="Yes")))
    assert "These files have different headings." in told


def test_a_workbook_is_asked_about_and_read_as_any_table(cara):
    lines = flat_tables.rows()
    book = xlsx_of([Sheet("Screens", tuple(lines[0]), [tuple(line.values()) for line in lines])])
    page = settled(cara, save(cara, filled(cara, book), book))
    assert "48 rows read." in page.text
    assert settled(cara, send(cara, book)).heading == "What this upload would change"


def test_next_month_the_sheet_with_the_headings_of_the_mapping_is_read(cara):
    settled(cara, save(cara, filled(cara)))
    lines = flat_tables.rows()
    book = xlsx_of(
        [
            Sheet("Summary", ("Need", "Patients"), [("Food", 12), ("Housing", 9)]),
            Sheet("Screens", tuple(lines[0]), [tuple(line.values()) for line in lines]),
        ]
    )
    assert "48 rows read." in settled(cara, send(cara, book)).text


def test_scripts_are_given_the_page_and_then_the_address(cara):
    page = send(cara, TABLE, headers=JSON)
    assert (page.status_code, page.mimetype) == (200, "text/html")
    wrong = save(cara, filled(cara, name=""), headers=JSON)
    assert (wrong.status_code, wrong.mimetype) == (422, "text/html")
    right = save(cara, filled(cara), headers=JSON)
    assert right.json["href"].startswith(UPLOAD)


def test_a_mapping_from_a_file_is_kept_only_under_a_name(cara, store):
    text = uploaded.MAPPING.encode()
    table = b"Patient ID,Screening Date,Provider,Food Insecurity\n1,2026-10-03,x,Yes\n"

    def hand_over(**fields):
        parts = [("files", "a.csv", table), ("mapping", "m.toml", text)]
        token = {"csrf_token": world.token(cara)}
        return sending.post(cara, UPLOAD, sending.body(token | fields, parts))

    settled(cara, hand_over())
    assert uploads.mappings_of_group(store, "elm") == ()
    page = settled(cara, hand_over(name="By hand"))
    assert "Read by the mapping “By hand”." in page.text
    assert uploads.mappings_of_group(store, "elm")[0].text == uploaded.MAPPING
    assert "There is a mapping of this name already." in summary(hand_over(name="By hand"))


def test_a_mapping_written_by_hand_is_not_opened_on_the_page(cara, store):
    saved = uploaded.map_columns(store, text='instrument = "prapare"\n' + uploaded.MAPPING)
    told = summary(send(cara, TABLE, path=COLUMNS, saved=saved.id))
    assert "This mapping holds more than the page can show." in told


def test_mappings_are_listed_taken_away_renamed_and_deleted(cara, store):
    saved = uploaded.map_columns(store)
    uploaded.map_columns(store, "m2", "Other")
    page = Page(cara.get(MAPPINGS).text)
    file = cara.get(f"{MAPPINGS}/{saved.id}.toml")
    assert file.text == uploaded.MAPPING
    assert re.search(r"Saved .* by Cara", page.text)
    rename = {"csrf_token": world.token(cara), "name": "  Q  report "}
    done = cara.post(f"{MAPPINGS}/m1/name", data=rename, follow_redirects=True)
    assert "The mapping is called “Q report” now." in Page(done.text).text
    taken = cara.post(f"{MAPPINGS}/m1/name", data=rename | {"name": "other"})
    assert "There is a mapping of this name already." in summary(taken)
    gone = cara.post(f"{MAPPINGS}/m1/delete", data=rename, follow_redirects=True)
    assert "Deleted the mapping “Q report”. Counts that were read by it stay." in gone.text
    assert [each.id for each in uploads.mappings_of_group(store, "elm")] == ["m2"]


def test_an_upload_outlives_its_mapping(cara, store):
    reply = save(cara, filled(cara))
    settled(cara, reply)
    [saved] = uploads.mappings_of_group(store, "elm")
    cara.post(f"{MAPPINGS}/{saved.id}/delete", data={"csrf_token": world.token(cara)})
    page = Page(cara.get(reply.location).text)
    assert page.heading == "What this upload would change"
    assert "Read by the mapping" not in page.text


def test_the_history_says_that_a_mapping_was_saved_and_nothing_of_it(cara, store):
    settled(cara, save(cara, filled(cara)))
    token = {"csrf_token": world.token(cara)}
    [saved] = uploads.mappings_of_group(store, "elm")
    cara.post(f"{MAPPINGS}/{saved.id}/name", data=token | {"name": "New"})
    cara.post(f"{MAPPINGS}/{saved.id}/delete", data=token)
    lines = [each for each in audit.of_group(store, "elm") if each.object_kind == "mapping"]
    assert [(each.verb, each.object_id, dict(each.detail)) for each in lines] == [
        ("deleted", saved.id, {}),
        ("renamed", saved.id, {}),
        ("saved", saved.id, {}),
    ]


def test_another_group_s_mapping_is_not_there(cara, store):
    with store.writing():
        uploaded.map_columns(store)
        store.execute("update upload_mappings set group_id = 'oak' where id = 'm1'")
    assert uploads.mappings_of_group(store, "elm") == ()
    for reply in (
        cara.get(f"{MAPPINGS}/m1.toml"),
        send(cara, TABLE, saved="m1"),
        send(cara, TABLE, path=COLUMNS, saved="m1"),
    ):
        assert reply.status_code == 404


@pytest.mark.parametrize(
    "contents",
    [
        *("", "{}", "[]", "[1]", "[" * 9_000),
        '[["a", [1], "", ""]]',
        '[["\\ud800", [], "", ""]]',
        '[["a", [], "shown", ""]]',
    ],
)
def test_a_page_that_was_not_ours_is_begun_anew(cara, contents):
    fields = filled(cara) | {"contents": contents}
    assert "Choose the file again" in summary(save(cara, fields))


def test_the_pages_speak_of_mappings_and_of_no_file_format(cara, store):
    uploaded.map_columns(store)
    pages = (cara.get(UPLOAD), cara.get(MAPPINGS), send(cara, TABLE))
    text = " ".join(Page(reply.text).text for reply in pages).replace("for the command line", "")
    assert not re.search("toml|mapping file|command", text, re.IGNORECASE)
