"""What payers see of a quarter: the group's page beside its own counts, and the payer's."""

from __future__ import annotations

import csv
import io

import pytest

from readiness.counts.social_risk.models import FunnelCell, Need, Step
from tests.factories import payers
from tests.factories.completion import complete_page
from tests.factories.page import Page
from tests.factories.social_risk_counts import GOOD, typed

QUARTER = "/groups/elm/counts/2026-Q4"
HERE = f"{QUARTER}/released"
THERE = "/payers/fair/groups/elm/counts"
HIDDEN = "hidden to protect small counts"
ELIGIBLE = FunnelCell(Step.ELIGIBLE)


def complete(cara, known=GOOD):
    page = Page(cara.get(QUARTER).text)
    fields = {**page.values(QUARTER), **typed(known)}
    reply = complete_page(cara, QUARTER, fields, follow_redirects=True)
    assert reply.status_code == 200
    return Page(reply.text)


def lines(page, title):
    """The cells of one table, by the heading of their row."""
    (table,) = [each.all("table")[0] for each in page.all("div") if each.get("aria-label") == title]
    heads = [th.text for th in table.all("thead")[0].all("th")][1:]
    return {
        row.all("th")[0].text: dict(zip(heads, (td.text for td in row.all("td")), strict=True))
        for row in table.all("tbody")[0].all("tr")
    }


def test_before_a_quarter_is_complete_nothing_has_left(cara):
    page = Page(cara.get(HERE).text)
    assert "Nothing is released yet. Marking the quarter complete releases it." in page.text
    assert cara.get(f"{HERE}.csv").status_code == 404


def test_the_group_sees_its_own_count_under_a_hidden_one(cara):
    says = complete(cara).text
    assert "Payers you share with can now read its counts, with small counts hidden." in says
    page = Page(cara.get(HERE).text)
    assert "Release 1 of Q4 2026, January 15, 2027" in page.text
    assert "Counts from 1 to 10 are hidden" in page.text
    assert "was checked" in page.text
    food = lines(page, "Each need")["Food"]
    assert food["Resolved"] == f"{HIDDEN} yours: 6"
    assert lines(page, "All needs")["All patients"]["Eligible"] == "400"
    assert page.links["Q4 2026"] == QUARTER


def test_the_quarter_and_the_list_lead_to_it(cara):
    complete(cara)
    assert Page(cara.get(QUARTER).text).links["What payers see of Q4 2026"] == HERE
    assert Page(cara.get("/groups/elm/counts").text).links["What payers see, Q4 2026"] == HERE


def test_a_change_by_a_few_is_told_to_the_group_in_words(cara):
    complete(cara)
    says = complete(cara, {ELIGIBLE: 403}).text
    assert "Payers go on reading the former release" in says
    page = Page(cara.get(HERE).text)
    assert "payers go on reading this release" in page.text
    assert lines(page, "All needs")["All patients"]["Eligible"] == "400 yours: 403"


def test_an_edited_quarter_still_shows_what_was_released(cara):
    complete(cara)
    page = Page(cara.get(QUARTER).text)
    cara.post(QUARTER, data={**page.values(QUARTER), **typed({ELIGIBLE: 900})})
    assert "until you mark the quarter complete again" in Page(cara.get(HERE).text).text


def test_a_payer_reads_the_released_numbers_and_no_other(client, sign_in, store, cara):
    complete(cara)
    payer = sign_in(client, "pam")
    assert "not submitted anything yet" in Page(payer.get(THERE).text).text
    assert payer.get(f"{THERE}/2026-Q4").status_code == 404
    payers.sent_in(store)
    page = Page(payer.get(THERE).text)
    assert page.heading == "Social-risk counts, Q4 2026"
    assert lines(page, "Each need")["Food"]["Resolved"] == HIDDEN
    assert "yours" not in page.text
    assert (
        Page(payer.get("/payers/fair/groups/elm").text).links["Social-risk counts by quarter"]
        == THERE
    )
    assert Page(payer.get(f"{THERE}/2026-Q4").text).text == page.text


def test_the_reviewer_reads_released_shares_beside_a_claim(client, sign_in, store, cara):
    complete(cara)
    sent = payers.sent_in(store)
    page = Page(sign_in(client, "pam").get(f"/assessments/{sent.id}/review/SOCR").text)
    assert "Released counts, screening reach: 63%, 250 of 400 (Q4 2026" in page.text
    assert "Released counts, outcome known: 60%, 90 of 150" in page.text or HIDDEN in page.text


@pytest.mark.parametrize("who", ["cara", "pam"])
def test_exports_hold_the_released_numbers_line_by_line(client, sign_in, store, cara, who):
    complete(cara)
    payers.sent_in(store)
    visitor = sign_in(client, who)
    start = f"{THERE}/2026-Q4/released" if who == "pam" else HERE
    reply = visitor.get(f"{start}.csv")
    assert 'filename="counts-2026-Q4-release-1.csv"' in reply.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(reply.get_data().decode("utf-8-sig"))))
    patients = {(row["Need"], row["Step"]): row["Patients"] for row in rows}
    assert patients["All needs", "Eligible"] == "400"
    assert patients["Food", "Resolved"] == HIDDEN
    assert len(rows) == len(GOOD) - len([c for c in GOOD if c.step is Step.REFERRED])
    assert visitor.get(f"{start}.xlsx").get_data().startswith(b"PK")


def test_a_group_without_a_complete_quarter_has_nothing_to_read(client, sign_in, store):
    payers.sent_in(store)
    page = Page(sign_in(client, "pam").get(THERE).text)
    assert "has not completed a quarter of counts yet" in page.text


def test_needs_that_no_count_names_take_no_row(cara):
    complete(cara)
    assert Need.DIGITAL not in lines(Page(cara.get(HERE).text), "Each need")
    assert len(lines(Page(cara.get(HERE).text), "Each need")) == 5
