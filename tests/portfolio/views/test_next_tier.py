"""The payer's page of what the next tier costs."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from io import BytesIO

import pytest
from openpyxl import load_workbook

from readiness.accounts.db import people
from readiness.assessments.db import assessments
from readiness.assessments.models import ContextRevision
from readiness.core.db import Session
from readiness.plans.editing import edit_of
from readiness.plans.models import ActionStatus
from readiness.plans.service import plan
from readiness.portfolio import next_tier
from tests.factories import payers, portfolio
from tests.factories import plans as planned
from tests.factories.page import Page
from tests.factories.world import NOW

HERE = "/payers/fair/next-tier"
MANAGERS = {"elm": "maya", "oak": "omar"}


def with_facts(store, group_id, **levels):
    """Sent in to the payer, with the facts that costs grow with."""
    made = payers.started(store, group_id)
    facts = tuple(ContextRevision(k, 1, v, "maya", NOW) for k, v in planned.FACTS.items())
    with store.writing():
        assessments.save_context(store, made.id, facts, None)
    payers.answer(store, made, payers.all_at(**levels))
    payers.send_in(store, made)
    return made


@pytest.fixture
def sent(store):
    return {
        "elm": with_facts(store, "elm", level=1),
        "oak": with_facts(store, "oak", level=2, LEAD_1=1, REAL_2=1),
    }


def cost_of(store, sent, group_id):
    session = Session(store, people.actor(store, "pam"), NOW)
    return plan.load(session, sent[group_id].id).tier_cost


def read(pam, asked=""):
    reply = pam.get(f"{HERE}?{asked}")
    assert reply.status_code == 200
    return Page(reply.text)


def lines(page):
    table = page.all("table")[-1]
    body, foot = table.all("tbody")[0], table.all("tfoot")[0]
    rows = [[cell.text for cell in row.all("th", "td")] for row in body.all("tr")]
    return {row[0]: row[1:] for row in rows}, [cell.text for cell in foot.all("th", "td")][1:]


def files(pam, asked=""):
    text = pam.get(f"{HERE}.csv?{asked}").get_data().decode("utf-8-sig")
    return {row["Group"]: row for row in csv.DictReader(io.StringIO(text))}


def money(text):
    return int(re.sub(r"\D", "", text.split(" ")[0]))


def money_of(amount):
    return f"${amount:,.0f}"


def test_portfolio_leads_there_and_every_group_back(pam, store, sent):
    assert HERE in Page(pam.get("/payers/fair/portfolio").text).links.values()
    assert "/payers/fair/groups/oak" in read(pam).links.values()


def test_each_line_tells_the_sums_of_the_plan(pam, store, sent):
    found, _ = lines(read(pam))
    for group_id, name in (("elm", "Elm Physicians"), ("oak", "Oak Physicians")):
        cost, row = cost_of(store, sent, group_id), found[name]
        assert row[0].endswith(f"to {cost.target_id}")
        assert row[1].startswith(money_of(cost.first_year.likely))
        assert row[1].endswith(
            f"{money_of(cost.first_year.low)} to {money_of(cost.first_year.high)}"
        )
        assert row[2:4] == [money_of(cost.payable.likely), money_of(cost.own_part.likely)]
        assert row[5] == money_of(cost.yearly.likely)
        assert row[6] == f"{cost.months[0]} to {cost.months[1]} months"
        each = cost.first_year.likely / planned.FACTS["active_patients"]
        assert row[7] == f"${each:,.2f}"
        assert row[8].startswith(f"{cost.target_id} needs ")


def test_the_last_line_is_the_sum_of_the_lines_above_it(pam, store, sent):
    found, foot = lines(read(pam))
    for place in (1, 2, 3, 5):
        assert money(foot[place]) == sum(money(row[place]) for row in found.values())


def test_the_finding_is_true_arithmetic(pam, store, sent):
    elm, oak = (cost_of(store, sent, each).payable.likely for each in ("elm", "oak"))
    cheap, both = min(elm, oak), elm + oak
    enough = read(pam, f"money={both + 1:.0f}").text
    assert f"both groups reach theirs, at {money_of(both)} together." in enough
    one = read(pam, f"money={both - 1:.0f}").text
    assert f"the cheapest of 2 groups reaches its, at {money_of(cheap)} together." in one
    assert "$1 is not enough for any." in read(pam, "money=1").text
    assert "Groups are taken cheapest first" in one


def test_every_heading_sorts_and_a_second_click_turns_the_order_around(pam, store, sent):
    headings = read(pam).all("table")[-1].all("thead")[0].all("a")
    assert len(headings) == len(next_tier.NextTierSort)
    for heading in headings:
        there = Page(pam.get(heading.get("href")).text)
        (sorted_by,) = [th for th in there.all("th") if th.get("aria-sort")]
        back = Page(pam.get(sorted_by.all("a")[0].get("href")).text)
        (turned,) = [th for th in back.all("th") if th.get("aria-sort")]
        assert {sorted_by.get("aria-sort"), turned.get("aria-sort")} == {"ascending", "descending"}
        assert sorted_by.text[:-2] == turned.text[:-2]
    by_name = read(pam, "sort=name&order=down")
    assert list(lines(by_name)[0]) == ["Oak Physicians", "Elm Physicians"]


def test_who_has_no_figures_says_why_and_is_in_no_sum(pam, store, sent):
    _, before = lines(read(pam))
    portfolio.grow(store, "ash", sent["elm"].id)
    with store.writing():
        store.execute("delete from submissions where assessment_id = 'ash-sent'")
        store.execute("update assessments set status = 'in progress' where id = 'ash-sent'")
    session = Session(store, people.actor(store, "omar"), NOW)
    bought = next(a for a in plan.load(session, sent["oak"].id).plan.actions if a.is_intervention)
    dropped = replace(edit_of(bought), status=ActionStatus.DROPPED)
    plan.edit(session, sent["oak"].id, bought.id, bought.revision, dropped)
    found, foot = lines(read(pam))
    assert found["Ash Physicians"][0].endswith("nothing submitted yet")
    assert found["Oak Physicians"][0].endswith("to T3: its plan does not reach it yet")
    assert found["Oak Physicians"][1] == "–"
    assert next(iter(found)) == "Elm Physicians"
    assert money(foot[1]) == money(found["Elm Physicians"][1]) < money(before[1])


def test_files_hold_every_group_with_ranges(pam, store, sent):
    cost, row = cost_of(store, sent, "oak"), files(pam)["Oak Physicians"]
    for what, amounts in (
        ("First year", cost.first_year),
        ("Of that a payer may pay", cost.payable),
        ("Of that the group’s own part", cost.own_part),
        ("Every year afterwards", cost.yearly),
    ):
        told = [float(row[f"{what}, {end} ($)"]) for end in ("low", "likely", "high")]
        assert told == [float(amounts.low), float(amounts.likely), float(amounts.high)]
    assert row["Active patients"] == str(planned.FACTS["active_patients"])
    assert (row["Months, fewest"], row["Months, most"]) == tuple(map(str, cost.months))
    (sheet,) = load_workbook(BytesIO(pam.get(f"{HERE}.xlsx").data)).worksheets
    assert sheet.max_row == 3
    assert pam.get(f"{HERE}.pdf").status_code == 404


def test_a_long_list_has_pages_and_each_adds_up_its_own_lines(pam, store, sent, monkeypatch):
    monkeypatch.setattr("readiness.portfolio.service.next_tier.LINES", 1)
    monkeypatch.setattr("readiness.portfolio.presenters.next_tier.LINES", 1)
    first = read(pam, "sort=name")
    (name, row), foot = next(iter(lines(first)[0].items())), lines(first)[1]
    assert name == "Elm Physicians"
    assert foot[1] == row[1]
    assert "Groups 1 to 1 of 2" in first.text
    second = Page(pam.get(next(u for u in first.links.values() if "page=2" in u)).text)
    assert list(lines(second)[0]) == ["Oak Physicians"]
    assert "both groups reach theirs" in second.text
    assert read(pam, "sort=name&page=99").text.count("Oak Physicians") > 0


def test_nobody_s_groups_are_told_to_another_payer(client, sign_in, store, sent):
    pete = sign_in(client, "pete")
    assert pete.get(HERE).status_code == 404
    page = Page(pete.get("/payers/far/next-tier").text)
    assert "No group shares with you yet" in page.text
    assert "Elm" not in page.text


def test_the_drawing_has_the_same_numbers_as_the_table(pam, store, sent):
    page = read(pam)
    (drawing,) = (svg for svg in page.all("svg") if svg.get("role") == "img")
    for group_id in ("elm", "oak"):
        assert money_of(cost_of(store, sent, group_id).first_year.likely) in drawing.text
    assert "marked E" in page.text
    assert "cost book QMER 2026.1" in page.text
