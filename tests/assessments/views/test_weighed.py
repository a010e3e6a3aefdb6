"""Claims beside the data: to the group from its own counts, to its reviewer from released ones."""

from __future__ import annotations

import pytest

from readiness.core.periods import Period
from tests.factories import assessments, payers
from tests.factories.page import Page
from tests.factories.quality_counts import counts, declare, enter, known, release
from tests.factories.world import NOW

Q4 = Period(2026, 4)
MANY = known(said=700, recorded=150, declined=30, unknown=60, not_asked=60)
FEW = known(said=700, recorded=150, declined=5, unknown=85, not_asked=60)


def lines(client, path):
    """The table of claims, by item."""
    reply = client.get(path)
    assert reply.status_code == 200
    page = Page(reply.text)
    regions = (r for r in page.all("div") if r.get("aria-label") == "Claims beside the data")
    rows = [row for region in regions for row in region.all("tbody")[0].all("tr")]
    return {row.all("a")[0].text.split()[0]: row for row in rows}


@pytest.fixture
def made(store):
    made = assessments.started(store, NOW)
    assessments.answer(store, made.id, NOW, "3")
    return made


def own(client, sign_in, made):
    return lines(sign_in(client, "maya"), f"/assessments/{made.id}/check")


def test_the_check_page_holds_three_claims_against_the_group_s_own_counts(
    client, sign_in, store, made
):
    enter(store, Q4, {**FEW, **counts({"white": (700, 1000), "black": (180, 300)})}, NOW)
    found = own(client, sign_in, made)
    assert "do not agree" in found["REAL-2"].text
    assert "70.5 % of 1,000 active patients" in found["REAL-2"].text
    assert "lower bound of 82.6 %" in found["REAL-2"].text
    assert "do not agree" in found["EQME-1"].text
    assert "No reference is declared" in found["EQME-5"].text
    address = found["EQME-5"].all("a")[0].get("href")
    assert address == f"/assessments/{made.id}/domains/EQME#EQME-5"


def test_without_counts_nothing_is_held_against_anybody(client, sign_in, made):
    found = own(client, sign_in, made)
    assert all("cannot tell" in row.text for row in found.values())
    assert len(found) == 3


def test_the_reviewer_reads_no_number_that_did_not_leave_the_group(client, sign_in, store):
    sent = payers.sent_in(store, level=3)
    pam, path = sign_in(client, "pam"), f"/assessments/{sent.id}/review"
    enter(store, Q4, MANY, NOW)
    assert "cannot tell" in lines(pam, path)["REAL-2"].text
    declare(store, Q4, "", NOW)
    release(store, Q4, NOW)
    found = lines(pam, path)["REAL-2"]
    assert "73.0 % of 1,000 active patients" in found.text
    assert found.all("a")[0].get("href") == f"{path}/REAL#REAL-2"


def test_a_hidden_count_leaves_the_reviewer_s_verdict_open(client, sign_in, store):
    sent = payers.sent_in(store, level=3)
    enter(store, Q4, FEW, NOW)
    declare(store, Q4, "", NOW)
    release(store, Q4, NOW)
    found = lines(sign_in(client, "pam"), f"/assessments/{sent.id}/review")["REAL-2"]
    assert "is hidden" in found.text
    assert "%" not in found.text


def test_counts_that_do_not_add_up_hold_up_no_check_page(client, sign_in, store, made):
    enter(store, Q4, counts({"white": (700, 1000), "black": (500, 300)}), NOW)
    assert "EQME-1" in own(client, sign_in, made)
