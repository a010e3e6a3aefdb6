"""The payer's list, its export, groups side by side, and one group's page."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from readiness.accounts.db import groups
from readiness.assessments.db import assessments
from readiness.assessments.models import AssessmentStatus
from readiness.assessments.service import sharing
from readiness.core.audit import Event
from readiness.core.db import Session
from readiness.core.pdf.job import Page as PaperSize
from readiness.core.people import Group
from readiness.instruments import loader as instruments
from readiness.portfolio.brief import contents, documents
from tests.factories import payers
from tests.factories.page import read
from tests.factories.payers import a_cycle, accepted, invited, person
from tests.factories.second_version import write_second_version
from tests.factories.world import NOW

LIST = "/payers/fair/portfolio"


@pytest.fixture
def payer(client, sign_in):
    return sign_in(client, "pam")


def counted(store, group_id, screened, eligible, assessment_id=None):
    with store.writing():
        store.execute(
            "update standings set screened = ?, eligible = ?, quarters = 4 where group_id = ?"
            " and assessment_id = coalesce(?, assessment_id)",
            (screened, eligible, group_id, assessment_id),
        )


def rows_of(page):
    return [
        [cell.text for cell in row.all("th", "td")]
        for table in page.all("table")
        if table.get("class") == "portfolio"
        for row in table.all("tbody")[0].all("tr")
    ]


def names_of(page):
    return [row[1] for row in rows_of(page)]


def more_groups(store, *names):
    """Groups that share with the payer and have submitted nothing."""
    with store.writing():
        for name in names:
            group_id = re.sub(r"\W", "", name).lower() or "x"
            groups.add(store, Group(group_id, name), NOW)
            store.insert(
                "grants",
                {
                    "id": f"grant of {group_id}",
                    "group_id": group_id,
                    "payer_id": "fair",
                    "granted_at": NOW.isoformat(),
                    "granted_by": "maya",
                },
            )


def test_the_navigation_leads_to_the_portfolio(payer):
    reply = payer.get("/portfolio")
    assert reply.headers["Location"] == LIST
    assert read(payer, "/home").links["Portfolio"] == "/portfolio"


def test_the_list_shows_a_row_for_each_group_that_shares(payer, store):
    payers.sent_in(store, level=2)
    counted(store, "elm", 412, 980)
    page = read(payer, LIST)
    (row,) = rows_of(page)
    assert row[1] == "Elm Physicians"
    assert "T2" in row[2]
    assert "not reviewed" in row[2]
    assert row[6:8] == ["50.0", "50.0"]
    assert row[8:17] == ["50.0"] * 9
    assert "42%" in row[17]
    assert "412 of 980" in row[17]
    own = read(payer, "/payers/fair/groups/elm").text
    assert (
        "412 of 980 patient-quarters: each patient counted once in every quarter they were seen"
        in own
    )
    assert row[3] == "submitted"
    assert "The gate most often not yet met on the way to the next tier is" in page.text


@pytest.fixture
def second_version(tmp_path):
    write_second_version(tmp_path)
    instruments.use_folders([tmp_path])
    yield "2027.1"
    instruments.use_folders([])


def test_a_list_of_several_versions_names_each(payer, store, second_version):
    payers.sent_in(store)
    payers.sent_in(store, "oak")
    assert "Instrument: QMER 2026.1," in read(payer, LIST).text
    with store.writing():
        store.execute(
            "update assessments set version = ? where group_id = 'oak'", (second_version,)
        )
    for path in (LIST, f"{LIST}/compare?group=elm&group=oak"):
        assert "Instruments: QMER 2026.1, QMER 2027.1." in read(payer, path).text
    assert "Instrument: QMER 2027.1," in read(payer, f"{LIST}/compare?group=oak").text


def test_a_group_that_writes_a_new_version_still_stands_on_the_old_one(
    payer, store, second_version
):
    made = payers.sent_in(store)
    with store.writing():
        newer = replace(
            made,
            id="newer",
            version=second_version,
            status=AssessmentStatus.IN_PROGRESS,
            created_at=made.created_at + timedelta(days=30),
        )
        assessments.add(store, newer, Event(NOW, "maya", "started", "assessment", "newer", "elm"))
    assert "Instruments: QMER 2026.1, QMER 2027.1." in read(payer, LIST).text


def test_of_a_draft_the_list_shows_the_progress_and_nothing_else(payer, store):
    assessment = payers.started(store)
    payers.answer(store, assessment, {"LEAD-1": payers.all_at(4)["LEAD-1"]})
    page = read(payer, LIST)
    (row,) = rows_of(page)
    assert "1 of 57 answered" in row[3]
    assert row[2] == "no tier yet"
    assert row[4:18] == ["–"] * 14
    assert payers.NOTE not in page.text


@pytest.mark.parametrize(("screened", "eligible"), [(None, 980), (975, None), (None, None)])
def test_what_was_hidden_in_a_release_is_hidden_everywhere(payer, store, screened, eligible):
    payers.sent_in(store)
    counted(store, "elm", screened, eligible)
    exported = payer.get(f"{LIST}.csv").text
    for text in (
        rows_of(read(payer, LIST))[0][17],
        read(payer, "/payers/fair/groups/elm").text,
        read(payer, f"{LIST}/compare?group=elm").text,
        exported,
    ):
        assert "hidden to protect small counts" in text


def test_a_hidden_reach_takes_no_place_in_the_order(payer, store):
    for group_id, screened in (("elm", None), ("oak", 500)):
        payers.sent_in(store, group_id)
        counted(store, group_id, screened, 1000)
    for order in ("", "&order=down"):
        assert names_of(read(payer, f"{LIST}?sort=reach{order}"))[-1] == "Elm Physicians"


def test_columns_sort_both_ways_and_what_has_no_value_comes_last(payer, store):
    payers.sent_in(store, "elm", level=1)
    payers.sent_in(store, "oak", level=3)
    more_groups(store, "Ash Clinic")
    up, down = ["Elm Physicians", "Oak Physicians"], ["Oak Physicians", "Elm Physicians"]
    for sort in ("tier", "qms", "eqr", "LEAD", "CONT"):
        assert names_of(read(payer, f"{LIST}?sort={sort}")) == [*up, "Ash Clinic"]
        assert names_of(read(payer, f"{LIST}?sort={sort}&order=down")) == [*down, "Ash Clinic"]
    assert names_of(read(payer, LIST)) == ["Ash Clinic", *up]
    assert names_of(read(payer, f"{LIST}?order=down")) == [*down, "Ash Clinic"]


def test_filters_narrow_the_list_and_stand_in_the_address(payer, store):
    payers.sent_in(store, "elm", level=1)
    payers.sent_in(store, "oak", level=3)
    more_groups(store, "Ash Clinic")
    elm, oak, ash = "Elm Physicians", "Oak Physicians", "Ash Clinic"
    cycle_id = store.row("select cycle_id from invitations where group_id = 'oak'")["cycle_id"]
    for asked, found in {
        "tier=T3": [oak],
        "tier=none": [ash],
        "status=submitted": [elm, oak],
        "status=not+started": [ash],
        "text=phys": [elm, oak],
        "text=%25": [],
        "domain=LEAD&below=50": [elm],
        "domain=LEAD": [ash, elm, oak],
        f"cycle={cycle_id}": [oak],
        "text=oak&tier=T1": [],
    }.items():
        assert names_of(read(payer, f"{LIST}?{asked}")) == found, asked
    page = read(payer, f"{LIST}?text=phys&tier=T3&sort=qms")
    assert page.by_id("text").get("value") == "phys"
    assert page.values(LIST)["tier"] == "T3"
    assert "text=phys" in page.links["All of these as CSV"]
    assert "tier=T3" in page.links["Group"]


def test_a_score_with_a_decimal_comma_is_told_beside_its_field(payer):
    page = read(payer, f"{LIST}?domain=LEAD&below=12,5")
    assert "“12,5” is written with a decimal comma. Write 12.5." in page.text
    assert page.by_id("below").get("aria-describedby") == "below-error"
    assert "below-error" not in payer.get(f"{LIST}?domain=LEAD&below=12.5").text


def test_a_payer_reads_how_many_actions_of_a_plan_are_overdue(client, sign_in, store, clock):
    payers.sent_in(store, level=2, LEAD_2="dk")
    clock.forward(days=40)
    payer = sign_in(client, "pam")
    assert "1 action is overdue" in read(payer, "/payers/fair/groups/elm").text


def next_cycle_of_elm(store, last):
    """A year later, and of it an assessment of its own."""
    with store.writing():
        store.execute("update assessments set status = 'accepted' where id = ?", (last.id,))
    later = NOW + timedelta(days=300)
    cycle = a_cycle(
        store, name="2028", opens_on=later.date(), due_on=later.date().replace(month=12)
    )
    return accepted(store, invited(store, cycle, "elm"), now=later)


def test_a_list_of_one_cycle_shows_where_groups_stood_in_that_cycle(payer, store):
    last = payers.sent_in(store, "elm", level=1)
    counted(store, "elm", 412, 980)
    this = next_cycle_of_elm(store, last)
    payers.answer(store, this, payers.all_at(3))
    payers.send_in(store, this, this.created_at + timedelta(days=5))
    counted(store, "elm", 700, 1000, this.id)

    def shown(asked):
        page = read(payer, f"{LIST}?{asked}")
        (row,) = rows_of(page)
        text = payer.get(f"{LIST}.csv?{asked}").get_data().decode("utf-8-sig")
        (line,) = csv.DictReader(io.StringIO(text))
        assert f" {line['Tier']} " in row[2]
        assert line["Screened (patient-quarters)"] in row[17]
        return line["Tier"], row[6], page.links["Elm Physicians"]

    before, now = f"cycle={last.cycle_id}", f"cycle={this.cycle_id}"
    assert shown(before) == ("T1", "25.0", f"/payers/fair/groups/elm?assessment={last.id}")
    assert shown(now)[:2] == ("T3", "75.0")
    assert shown("") == ("T3", "75.0", "/payers/fair/groups/elm")
    assert names_of(read(payer, f"{LIST}?{before}&tier=T3")) == []
    assert "as it stood in the cycle" in read(payer, f"{LIST}?{before}").text
    beside = read(payer, f"{LIST}/compare?group=elm&{before}").text
    assert "T1" in beside
    assert "T3" not in beside


def test_what_a_cycle_has_not_got_yet_is_not_shown_from_another(payer, store):
    this = next_cycle_of_elm(store, payers.sent_in(store, "elm", level=2))
    (row,) = rows_of(read(payer, f"{LIST}?cycle={this.cycle_id}"))
    assert (row[2], row[3][:11]) == ("no tier yet", "in progress")


@pytest.mark.parametrize(
    "asked",
    [
        "sort=name;drop+table+groups",
        "sort=(select+1)",
        "sort=LEAD'",
        'sort=$."LEAD"',
        "text=%27%20or%201=1--",
        "text=%00",
        "tier=T9'",
        "status=%22",
        "cycle=' or '1'='1",
        'domain="]&below=1',
        "domain=LEAD&below=nan",
        "domain=LEAD&below=1e309",
        "domain=LEAD&below=" + "9" * 5000,
        "page=-1",
        "page=" + "9" * 5000,
        "page=9999999",
        "page=x",
        "size=5000",
        "size=0",
        "size=²",
        "order=down;--",
    ],
)
def test_an_address_that_means_nothing_breaks_nothing(payer, store, asked):
    page = read(payer, f"{LIST}?{asked}")
    if not asked.startswith("text=%27"):
        assert names_of(page) == ["Elm Physicians"]
    assert store.row("select count(*) as n from groups")["n"] == 2
    assert payer.get(f"{LIST}.csv?{asked}").status_code == 200


@pytest.mark.slow
def test_long_lists_come_in_pages_of_at_most_200(payer, store):
    more_groups(store, *(f"Group {n:03}" for n in range(210)))
    first = read(payer, LIST)
    assert len(rows_of(first)) == 50
    assert "Groups 1 to 50 of 211" in first.text
    assert "← Previous page" not in first.links
    second = read(payer, first.links["Next page →"])
    assert "Groups 51 to 100 of 211" in second.text
    assert not set(names_of(first)) & set(names_of(second))
    assert len(rows_of(read(payer, f"{LIST}?size=200"))) == 200
    assert len(rows_of(read(payer, f"{LIST}?size=100"))) == 100
    last = read(payer, f"{LIST}?size=200&page=77")
    assert len(rows_of(last)) == 11
    assert "Next page →" not in last.links


def test_the_summary_counts_the_tiers_of_all_that_was_asked_for(payer, store):
    payers.sent_in(store, "elm", level=1)
    payers.sent_in(store, "oak", level=3)
    more_groups(store, "Ash Clinic")

    def tiers(path):
        table = read(payer, path).all("table")[0]
        return {r.all("th")[0].text: r.all("td")[0].text for r in table.all("tbody")[0].all("tr")}

    found = tiers(LIST)
    assert sum(int(n) for n in found.values()) == 3
    assert found["Nothing submitted yet"] == "1"
    assert sum(int(n) for n in tiers(f"{LIST}?tier=none").values()) == 1


def test_an_export_holds_the_whole_list_and_no_formula(payer, store):
    more_groups(store, "=1+1", "+cmd|' /C calc'!A0", "@sum", *(f"Group {n}" for n in range(60)))
    reply = payer.get(f"{LIST}.csv?size=50")
    assert reply.headers["Content-Type"].startswith("text/csv")
    assert "attachment" in reply.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(reply.get_data().decode("utf-8-sig"))))
    assert len(rows) == 1 + 64
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@")]
    assert "'=1+1" in {row[0] for row in rows}
    assert payer.get(f"{LIST}.xlsx").get_data().startswith(b"PK")


def test_an_export_names_the_basis_of_a_tier(payer, store):
    payers.sent_in(store, level=2)
    text = payer.get(f"{LIST}.csv").get_data().decode("utf-8-sig")
    (row,) = list(csv.DictReader(io.StringIO(text)))
    assert {"Screened (patient-quarters)", "Eligible (patient-quarters)"} <= set(row)
    assert (row["Tier"], row["Tier is"]) == ("T2", "lower of claimed and supported by counts")
    assert row["Status of the newest assessment"] == "submitted"


def test_up_to_four_groups_stand_side_by_side(payer, store):
    payers.sent_in(store, "elm")
    more_groups(store, "A", "B", "C", "D")
    page = read(payer, f"{LIST}/compare?group=elm&group=a&group=b&group=c&group=d&group=oak")
    heads = [th.text for th in page.all("thead")[0].all("th")]
    assert heads == ["What", "Elm Physicians", "A", "B", "C"]
    assert "left out" in page.text
    assert "Choose one to four groups" in read(payer, f"{LIST}/compare").text
    assert "Oak" not in read(payer, f"{LIST}/compare?group=oak").text


def test_the_groups_page_says_why_it_stands_where_it_stands(payer, store):
    payers.sent_in(store, level=2, LEAD_2=3)
    page = read(payer, "/payers/fair/groups/elm")
    assert page.heading == "Elm Physicians"
    for words in ("T2", "Claimed", "Supported by counts", "Validated", "not yet", payers.NOTE):
        assert words in page.text
    assert "pay for reporting and for infrastructure milestones" in page.text
    assert "no ground to set or cut a payment" in page.text
    assert "Maya" not in page.one("main").text
    assert page.links["Review this submission"].endswith("/review")


def test_a_program_that_asks_more_says_where_the_group_stands_in_it(payer, store, client, sign_in):
    made = a_cycle(store, axis_min=payers.asked_more("T2", "QMS", 70))
    assessment = accepted(store, invited(store, made, "elm"))
    payers.answer(store, assessment, payers.all_at(2))
    payers.send_in(store, assessment)
    page = read(payer, "/payers/fair/groups/elm")
    assert "2027 baseline asks for more" in page.text
    assert "In this program the group stands at T1" in page.text
    asks = "T1 in 2027 baseline, which asks for more: T2 from 70 in "
    listed = read(payer, LIST)
    (row,) = rows_of(listed)
    assert "T1 in 2027 baseline" in row[2]
    assert "There these groups stand at T1: 1." in listed.text
    text = payer.get(f"{LIST}.csv").get_data().decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(text))
    assert line["Tier"] == "T2"
    assert line["Tier in a program that asks for more"].startswith(asks)
    assert "T1 in 2027 baseline" in read(payer, f"{LIST}/compare?group=elm").text
    brief = contents.of_group(Session(store, person(store, "pam"), NOW), "fair", "elm")
    assert asks in documents.job_of(brief, PaperSize.LETTER).html
    assert documents.to_json(brief)["in_programs_that_ask_for_more"][0]["tier"] == "T1"
    own = read(sign_in(client, "maya"), f"/assessments/{assessment.id}/result")
    assert asks in own.text


def test_a_program_that_asks_no_more_says_nothing(payer, store):
    payers.sent_in(store, level=2)
    assert "asks for more" not in read(payer, LIST).text
    text = payer.get(f"{LIST}.csv").get_data().decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(text))
    assert line["Tier in a program that asks for more"] == ""


def test_the_groups_page_of_a_draft_shows_its_progress_only(payer, store):
    assessment = payers.started(store)
    payers.answer(store, assessment, {"LEAD-1": payers.all_at(4)["LEAD-1"]})
    page = read(payer, "/payers/fair/groups/elm")
    assert "1 of 57 answered" in page.text
    assert "not submitted anything yet" in page.text
    assert payers.NOTE not in page.text
    assert payer.get(f"/payers/fair/groups/elm?assessment={assessment.id}").status_code == 404


def test_an_earlier_submission_stays_readable_while_a_new_one_is_written(payer, store):
    sent = payers.sent_in(store, level=2)
    draft = next_cycle_of_elm(store, sent)
    assert draft.id != sent.id
    page = read(payer, "/payers/fair/groups/elm")
    assert "2027 baseline" in page.text
    assert "in progress: 0 of 57 answered" in page.text
    assert payer.get(f"/payers/fair/groups/elm?assessment={draft.id}").status_code == 404


PAGES = [
    LIST,
    f"{LIST}.csv",
    f"{LIST}.xlsx",
    f"{LIST}/compare?group=elm",
    "/payers/fair/groups/elm",
    "/payers/fair/cycles",
]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("who", "status"), [("pete", 404), ("maya", 403), ("ada", 403)])
def test_nobody_else_sees_a_payers_pages(client, sign_in, store, path, who, status):
    payers.sent_in(store)
    assert sign_in(client, who).get(path).status_code == status


def test_a_group_that_does_not_share_is_not_found(payer, store):
    assert payer.get("/payers/fair/groups/oak").status_code == 404
    assert payer.get("/payers/fair/groups/nobody").status_code == 404
    assert payer.get("/payers/far/groups/elm").status_code == 404


@pytest.mark.parametrize("path", PAGES[:4])
def test_what_is_taken_back_is_gone_from_the_next_request_on(payer, store, path):
    payers.sent_in(store)
    assert payer.get(path).status_code == 200
    sharing.stop(Session(store, person(store, "maya"), NOW), "elm", "fair")
    assert "Elm" not in payer.get(path).get_data().decode("utf-8", "ignore")
    assert payer.get("/payers/fair/groups/elm").status_code == 404
