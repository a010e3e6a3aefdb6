"""The payer's page of how much tiers depend on their cut points."""

from __future__ import annotations

import csv
import io
import json

import pytest

from readiness.accounts.db import people
from readiness.core.db import Session
from readiness.portfolio.service import cut_points
from tests.factories import payers, portfolio
from tests.factories.page import Page
from tests.factories.world import NOW

HERE = "/payers/fair/cut-points"


@pytest.fixture
def sent(store):
    """Elm at T2 with a score of 50, and Oak at T1, which its gates hold there."""
    payers.sent_in(store, "elm", level=2)
    payers.sent_in(store, "oak", level=1)


def read(pam):
    reply = pam.get(HERE)
    assert reply.status_code == 200
    return Page(reply.text)


def lead(page):
    return next(each.text for each in page.all("p") if each.get("class") == "lead")


def lines(pam):
    text = pam.get(f"{HERE}.csv").get_data().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def stand_at(store, group_id, **changes):
    """The scores by which the portfolio lists the group, as another submission would leave them."""
    for column, value in changes.items():
        portfolio.change(
            store,
            f"update standings set {column} = ? where group_id = ?",  # noqa: S608
            value,
            group_id,
        )


def test_the_finding_comes_first_and_says_how_many_groups_there_are(pam, sent):
    page = read(pam)
    assert lead(page) == (
        "Moving any one cut point by up to 5 points changes the tier of none of 2 groups."
    )
    assert "With 2 groups, one group is 50% of them" in page.text


def test_a_group_near_a_cut_is_counted_named_and_told_what_would_change_it(pam, sent, store):
    stand_at(store, "elm", eqr=32.0)  # T2 asks for 30
    page = read(pam)
    assert lead(page).startswith(
        "Moving any one cut point by 5 points changes the tier of at most 1 of 2 groups; the T2 "
        "minimum of Equity readiness (EQR) matters most. Moved by 2.5 points, any one changes at "
        "most 1."
    )
    assert "falls to T1 with the T2 minimum of Equity readiness (EQR) at 32.5" in page.text
    changed = [line for line in lines(pam) if line["Groups that fall"] != "0"]
    assert [(each["Tier"], each["Moved by (points)"], each["Would be"]) for each in changed] == [
        ("T2", "2.5", "32.5"),
        ("T2", "5.0", "35.0"),
    ]
    assert changed[0]["Which groups"] == "Elm Physicians (T2 to T1)"
    assert {line["Groups"] for line in lines(pam)} == {"2"}


def test_a_tier_that_these_rules_would_not_give_is_left_out_and_said(pam, sent, store):
    stand_at(store, "oak", tier="T3")
    assert "Not counted, because the tier was given under other rules" in read(pam).text
    assert {line["Groups"] for line in lines(pam)} == {"1"}


def test_the_tier_is_the_one_that_the_portfolio_shows_and_says_which(pam, sent):
    assert "the lower of claimed and supported by counts for 2" in read(pam).text


def test_what_stands_under_another_version_is_counted_apart(store, sent):
    portfolio.change(store, "update assessments set version = ? where group_id = ?", "1", "oak")
    session = Session(store, people.actor(store, "pam"), NOW)
    found = cut_points.load(session, "fair", {"instrument": "qmer 2026.1"})
    assert (found.total, json.dumps(list(found.versions.values()))) == (1, "[1, 1]")


def test_with_no_group_nothing_is_told(pam):
    page = read(pam)
    assert "No group has a tier yet" in page.text
    assert not page.all("table")
