"""The portfolio's column of what the next tier costs: on the page, its order and in the files."""

from __future__ import annotations

import csv
import fcntl
import io
from dataclasses import replace
from datetime import date, timedelta

import pytest

from readiness.accounts.db import people
from readiness.assessments.db import assessments
from readiness.assessments.service import result
from readiness.core.db import Session
from readiness.plans.editing import edit_of
from readiness.plans.models import ActionStatus
from readiness.plans.presenters.tier_cost import short
from readiness.plans.service import plan
from readiness.portfolio.service import portfolio as service
from tests.factories import payers, world
from tests.factories import plans as planned
from tests.factories.page import Page
from tests.factories.world import NOW

LIST = "/payers/fair/portfolio"
WHICH = 5  # cells before it


@pytest.fixture
def sent(store):
    """Elm at T1 and oak at T2: their plans cost different sums."""
    return {
        "elm": payers.sent_in(store, "elm", level=1),
        "oak": payers.sent_in(store, "oak", level=2),
    }


def rows(pam, asked=""):
    page = Page(pam.get(f"{LIST}?{asked}").text)
    table = next(each for each in page.all("table") if each.get("class") == "portfolio")
    found = (row.all("th", "td") for row in table.all("tbody")[0].all("tr"))
    return {cells[1].text: cells[WHICH].text for cells in found}


def files(pam):
    text = pam.get(f"{LIST}.csv").get_data().decode("utf-8-sig")
    return {row["Group"]: row for row in csv.DictReader(io.StringIO(text))}


def of(store, sent, group_id, who="pam"):
    session = Session(store, people.actor(store, who), NOW)
    return plan.load(session, sent[group_id].id).tier_cost


def change(store, sent, group_id, action_id, status):
    session = Session(store, people.actor(store, payers.MANAGERS[group_id]), NOW)
    action = plan.action_of(plan.load(session, sent[group_id].id), action_id)
    edit = replace(edit_of(action), status=status)
    plan.edit(session, sent[group_id].id, action_id, action.revision, edit)


def test_a_cell_says_dollars_months_and_to_which_tier(pam, store, sent):
    found = of(store, sent, "elm")
    low, high = found.months
    dollars = f"${found.first_year.likely:,.0f}"
    assert rows(pam)["Elm Physicians"] == f"{dollars} · {low} to {high} months to T2"


def test_it_orders_the_list_by_dollars_and_a_change_of_a_plan_moves_a_group(pam, store, sent):
    dearer = max(("elm", "oak"), key=lambda each: of(store, sent, each).first_year.likely)
    names = {"elm": "Elm Physicians", "oak": "Oak Physicians"}
    other = names["oak" if dearer == "elm" else "elm"]
    assert list(rows(pam, "sort=cost")) == [other, names[dearer]]
    assert list(rows(pam, "sort=cost&order=down")) == [names[dearer], other]
    session = Session(store, people.actor(store, payers.MANAGERS[dearer]), NOW)
    for action in plan.load(session, sent[dearer].id).plan.actions:
        change(store, sent, dearer, action.id, ActionStatus.DONE)
    assert list(rows(pam, "sort=cost")) == [names[dearer], other]
    assert rows(pam)[names[dearer]].startswith("$0 · ")


def test_what_cannot_be_held_against_others_stands_last_whichever_way(pam, store, sent):
    bought = [
        a.id for a in plan.load(pams(store), sent["elm"].id).plan.actions if a.is_intervention
    ]
    change(store, sent, "elm", bought[0], ActionStatus.DROPPED)
    for order in ("up", "down"):
        found = rows(pam, f"sort=cost&order={order}")
        assert list(found)[-1] == "Elm Physicians"
        assert found["Elm Physicians"] == "– to T2: its plan does not reach it yet"
    row = files(pam)["Elm Physicians"]
    assert row["Cost to the next tier, likely ($)"] == ""
    assert row["Cost to the next tier: why none"] == "its plan does not reach it yet"


def pams(store):
    return Session(store, people.actor(store, "pam"), NOW)


def test_a_cost_that_is_not_known_is_no_small_cost(pam, store):
    payers.sent_in(store, "oak", level=2)
    planned.submitted(store, "elm", planned.developing(), NOW)
    sent = {"elm": assessments.get(store, "a1")}
    change(store, sent, "elm", "COACH", ActionStatus.UNDER_WAY)
    with store.writing():
        store.execute(
            "update runs set inputs = json_remove(inputs, '$.context.sites') where id = 'run-a1'"
        )
        result.update_entry(store, "elm", NOW)
    found = of(store, sent, "elm")
    assert found.unknown
    cells = rows(pam, "sort=cost")
    assert list(cells)[-1] == "Elm Physicians"
    assert cells["Elm Physicians"].startswith(f"at least ${found.first_year.likely:,.0f} · ")
    assert cells["Elm Physicians"].endswith("to T3: a cost is not known")
    row = files(pam)["Elm Physicians"]
    assert row["Cost to the next tier, likely ($)"] == ""
    assert row["Cost to the next tier: why none"] == f"a cost is not known: {found.unknown[0]}"


def test_files_have_columns_of_their_own(pam, store, sent):
    found = of(store, sent, "oak")
    row = files(pam)["Oak Physicians"]
    assert row["Next tier"] == "T3"
    told = [float(row[f"Cost to the next tier, {end} ($)"]) for end in ("low", "likely", "high")]
    assert told == list(map(float, vars(found.first_year).values()))
    assert float(row["Of that a payer may pay, likely ($)"]) == float(found.payable.likely)
    months = tuple(int(row[f"Months to the next tier, {end}"]) for end in ("fewest", "most"))
    assert months == found.months
    assert float(row["Own people-days to the next tier, likely"]) == float(found.people_days)


def test_whoever_shares_no_more_is_in_no_list(pam, store, sent):
    rows(pam)
    with store.writing():
        store.execute("update grants set revoked_at = ? where group_id = 'oak'", (NOW.isoformat(),))
    assert list(rows(pam, "sort=cost")) == ["Elm Physicians"]


def test_while_nothing_can_be_kept_the_figures_are_told_and_the_order_is_not_claimed(
    pam, store, sent
):
    with store.writing():
        store.execute("delete from tier_costs")
    with open(f"{store.path}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        text = Page(pam.get(f"{LIST}?sort=cost").text).text
    assert "not worked out yet for 2 groups: they stand last" in text
    assert short(of(store, sent, "elm")) in text
    assert "not worked out yet" not in Page(pam.get(f"{LIST}?sort=cost").text).text


def test_more_than_a_page_can_wait_for_are_left_for_the_next_one(pam, store, sent, monkeypatch):
    monkeypatch.setattr(service, "MOST_COSTS", 1)
    with store.writing():
        store.execute("delete from tier_costs")
    assert "for 1 group: it stands last" in Page(pam.get(f"{LIST}?sort=cost").text).text
    assert "not worked out yet" not in Page(pam.get(f"{LIST}?sort=cost").text).text


def test_months_are_those_of_the_day_it_is_read(pam, store, sent, clock, client):
    first = rows(pam)["Elm Physicians"]
    clock.forward(days=400)
    world.start_session(store, "another", "pam", clock())
    client.set_cookie(client.application.config["SIGN_IN_COOKIE"], "another")
    session = Session(store, people.actor(store, "pam"), clock())
    later = plan.load(session, sent["elm"].id).tier_cost
    assert rows(pam)["Elm Physicians"] == f"{short(later)} to T2" != first


def test_a_list_of_an_earlier_cycle_tells_no_cost_of_a_plan_that_was_outdone(pam, store, sent):
    last = sent["elm"]
    with store.writing():
        store.execute("update assessments set status = 'accepted' where id = ?", (last.id,))
    later = NOW + timedelta(days=300)
    cycle = payers.a_cycle(store, name="2028", opens_on=later.date(), due_on=date(2027, 12, 15))
    this = payers.accepted(store, payers.invited(store, cycle, "elm"), now=later)
    payers.answer(store, this, payers.all_at(2))
    payers.send_in(store, this, later + timedelta(days=5))
    assert rows(pam)["Elm Physicians"].endswith("to T3")
    assert rows(pam, f"cycle={this.cycle_id}")["Elm Physicians"].endswith("to T3")
    assert rows(pam, f"cycle={last.cycle_id}")["Elm Physicians"] == "–"
