"""A payer's pages of investment: asked, waited for, read, changed and taken away."""

from __future__ import annotations

import pytest

from readiness.core.jobs import db as jobs
from readiness.core.jobs.models import Job
from readiness.investment import db as allocations
from readiness.investment.service.scenarios import KIND
from readiness.plans import db as ledger
from readiness.plans import postings
from tests.factories import allocations as allocated
from tests.factories import payers, world
from tests.factories.page import Page
from tests.factories.waiting import until
from tests.factories.world import NOW

BASE = "/payers/fair/investment"


@pytest.fixture
def sent(store):
    return payers.sent_in(store, level=1)


def until_answered(client, path):
    until(lambda: not client.get(f"{path}/progress").json["is_reading"])


def test_the_navigation_leads_to_it_and_nobody_sharing_is_said(store, pam):
    assert "/investment" in Page(pam.get("/portfolio", follow_redirects=True).text).links.values()
    page = Page(pam.get(BASE).text)
    assert "0 groups share with you" in page.text
    assert page.links["New budget scenario"] == f"{BASE}/new"


def test_a_scenario_is_asked_for_solved_and_read(sent, pam):
    typed = {**Page(pam.get(f"{BASE}/new").text).values(f"{BASE}/new"), "name": "Spring"}
    typed |= {"budget_1": "$300,000"}
    request = pam.post(f"{BASE}/new", data=typed)
    assert request.status_code == 303
    until_answered(pam, request.location)
    page = Page(pam.get(request.location).text)
    assert page.heading == "Spring"
    for said in ("What it buys", "Who gets what, and why", "How firm it is", "The first left out"):
        assert said in page.text
    assert "is proven to be the best answer" in page.text or "could add" in page.text
    compared = Page(pam.get(f"{request.location}/compare").text)
    for policy in ("Most groups to the next tier", "Need first", "Most people in reliable gaps"):
        assert policy in compared.text
    listed = Page(pam.get(BASE).text)
    assert listed.links["Spring"] == request.location


def test_mistakes_stand_beside_their_fields_and_nothing_typed_is_lost(sent, pam):
    reply = world.send(
        pam, f"{BASE}/new", name="Spring", policy="own", budget_1="much", costs_at="high",
        weight_need="60", floor_tag="T1", starts="3",
    )  # fmt: skip
    assert reply.status_code == 422
    page = Page(reply.text)
    assert page.by_id("budget_1").get("value") == "much"
    assert page.by_id("budget_1").get("aria-invalid") == "true"
    reply = world.send(
        pam, f"{BASE}/new", name="Spring", policy="own", budget_1="9,000", costs_at="high",
        weight_need="60", floor_tag="T1",
    )  # fmt: skip
    assert reply.status_code == 422
    assert "have to add up to 100" in reply.text
    assert "needs both a kind of group and a share" in reply.text


@pytest.mark.slow
def test_a_way_that_is_paid_for_is_told_with_its_tier(store, sent, pam):
    (way,) = allocated.add_solved(store, "a1").answer.found("next_tier").packages
    tier = way.package_id.removeprefix("to:")
    assert f"All of the way to {tier}" in Page(pam.get(f"{BASE}/a1").text).text


@pytest.mark.slow
def test_one_click_bans_an_action_and_the_new_scenario_names_the_old(store, sent, pam):
    solution = allocated.add_solved(store, "a1")
    pick = solution.answer.found("next_tier").picks[0]
    page = Page(pam.get(f"{BASE}/a1").text)
    values = [button.get("value") for button in page.all("button")]
    wanted = f"ban:{pick.group_id}:{pick.action_id}"
    assert wanted in values
    reply = world.send(pam, f"{BASE}/a1/change", change=wanted)
    assert reply.status_code == 303
    until_answered(pam, reply.location)
    child = Page(pam.get(reply.location).text)
    assert "Changed from Spring grants: it bans" in child.text
    assert f"free:{pick.group_id}:{pick.action_id}" in [b.get("value") for b in child.all("button")]


@pytest.mark.slow
def test_marked_actions_are_pinned_together(store, sent, pam):
    solution = allocated.add_solved(store, "a1")
    keys = [pick.key for pick in solution.answer.found("next_tier").picks[:2]]
    page = Page(pam.get(f"{BASE}/a1").text)
    marks = {box.get("value") for box in page.all("input") if box.get("name") == "marked"}
    marked = [":".join(key) for key in keys]
    assert set(marked) <= marks
    reply = world.send(pam, f"{BASE}/a1/change", change="pin", marked=marked)
    assert reply.status_code == 303
    until_answered(pam, reply.location)
    assert allocations.of_payer(store, "fair")[0].scenario.pins == frozenset(keys)


def test_a_scenario_is_proposed_approved_renamed_and_deleted_by_buttons(store, sent, pam):
    allocated.add_solved(store, "a1")
    assert "A draft" in Page(pam.get(f"{BASE}/a1").text).text
    assert world.send(pam, f"{BASE}/a1/rename", name="Fall grants").status_code == 303
    assert world.send(pam, f"{BASE}/a1/state", state="proposed").status_code == 303
    assert world.send(pam, f"{BASE}/a1/state", state="approved").status_code == 303
    page = Page(pam.get(f"{BASE}/a1").text)
    assert "Approved. It is kept as it is." in page.text
    assert page.heading == "Fall grants"
    assert "deleted" not in [button.get("value") for button in page.all("button")]
    assert world.send(pam, f"{BASE}/a1/state", state="deleted").status_code == 409
    assert world.send(pam, f"{BASE}/a1/state", state="proposed").status_code == 303
    assert world.send(pam, f"{BASE}/a1/state", state="deleted").status_code == 303
    assert "Fall grants" not in Page(pam.get(BASE).text).text
    assert pam.get(f"{BASE}/a1").status_code == 404


@pytest.fixture
def approved(store, sent, pam):
    allocated.add_solved(store, "a1")
    for state in ("proposed", "approved"):
        assert world.send(pam, f"{BASE}/a1/state", state=state).status_code == 303


@pytest.mark.slow
def test_funding_asks_first_on_a_page_that_lists_what_is_written(store, approved, pam):
    page = Page(pam.get(f"{BASE}/a1").text)
    asks = page.links["Fund it"]
    assert asks == f"{BASE}/a1/awards"
    page = Page(pam.get(asks).text)
    assert page.heading == "Fund “Spring grants”"
    assert ledger.postings_of_groups(store, ["elm"]) == ()
    reply = pam.post(asks, data=page.values(asks))
    assert (reply.status_code, reply.location) == (303, asks)
    page = Page(pam.get(asks).text)
    assert page.heading == "Awards of “Spring grants”"
    entries = ledger.postings_of_groups(store, ["elm"])
    total = sum(each.cents for each in entries) // 100
    awards = "1 award" if len(entries) == 1 else f"{len(entries)} awards"
    assert f"{awards} in the plan of 1 group, ${total:,} in all." in page.text
    assert "Funded. Its awards stand" in Page(pam.get(f"{BASE}/a1").text).text
    assert "Funded" in Page(pam.get(BASE).text).text


@pytest.mark.slow
def test_the_group_sees_who_awarded_it_from_which_scenario_and_when(approved, pam, sent, sign_in):
    asks = f"{BASE}/a1/awards"
    pam.post(asks, data=Page(pam.get(asks).text).values(asks))
    maya = sign_in(pam, "maya")
    for path in ("plan", "plan/money"):
        page = Page(maya.get(f"/assessments/{sent.id}/{path}").text)
        assert "from Fair Health (Budget scenario “Spring grants”), Jan 15, 2027" in page.text


@pytest.mark.slow
def test_taking_back_asks_first_too(store, approved, pam):
    asks = f"{BASE}/a1/awards"
    pam.post(asks, data=Page(pam.get(asks).text).values(asks))
    back = Page(pam.get(asks).text).links["Take the funding back"]
    page = Page(pam.get(back).text)
    assert page.heading == "Take back the funding of “Spring grants”"
    assert pam.post(back, data=page.values(back)).status_code == 303
    assert "Approved. It is kept" in Page(pam.get(f"{BASE}/a1").text).text
    standing = postings.uncorrected(ledger.postings_of_groups(store, ["elm"]))
    assert {each.cents for each in standing} == {0}


@pytest.mark.slow
def test_what_was_shown_before_a_change_is_shown_anew(store, approved, pam):
    reply = world.send(pam, f"{BASE}/a1/awards", seen="something else")
    assert reply.status_code == 409
    page = Page(reply.text)
    assert "Something changed since this page was shown" in page.text
    assert page.heading == "Fund “Spring grants”"
    assert ledger.postings_of_groups(store, ["elm"]) == ()


@pytest.mark.parametrize("change", ["", "drop:elm:GOV", "pin"])
def test_a_change_that_is_none_is_refused(store, sent, pam, change):
    allocated.add_solved(store, "a1")
    assert world.send(pam, f"{BASE}/a1/change", change=change).status_code in (404, 422)
    assert len(allocations.of_payer(store, "fair")) == 1


def test_new_settings_start_from_those_of_another(store, sent, pam):
    allocated.add_solved(store, "a1")
    page = Page(pam.get(f"{BASE}/new?from=a1").text)
    assert page.by_id("budget_1").get("value") == "300,000"
    assert page.values(f"{BASE}/new")["parent"] == "a1"


def test_while_it_is_solved_the_page_says_how_far_and_can_stop_it(store, sent, pam):
    allocated.add_request(store, "a1")
    jobs.ask(store, Job("j", KIND, "pam", NOW, NOW, payer_id="fair", result_id="a1:solve"))
    page = Page(pam.get(f"{BASE}/a1").text)
    assert "is being solved" in page.heading
    assert [tag.get("max") for tag in page.all("progress")] == ["1"]
    assert world.send(pam, f"{BASE}/a1/stop").status_code == 303
    page = Page(pam.get(f"{BASE}/a1").text)
    assert "has no answer yet" in page.heading
    assert world.send(pam, f"{BASE}/a1/solve").status_code == 303
    until_answered(pam, f"{BASE}/a1")
    assert Page(pam.get(f"{BASE}/a1").text).heading == "Spring grants"


def test_it_can_be_taken_away_as_a_spreadsheet_and_as_json(store, sent, pam):
    allocated.add_solved(store, "a1")
    book = pam.get(f"{BASE}/a1.xlsx")
    assert book.data[:2] == b"PK"
    assert "attachment" in book.headers["Content-Disposition"]
    found = pam.get(f"{BASE}/a1.json").json
    assert found["problem"]["budget"] == 300_000
    assert pam.get(f"{BASE}/a1.csv").status_code == 404


def test_what_a_payer_sees_of_a_group_that_stopped_sharing(store, sent, pam):
    allocated.add_solved(store, "a1")
    assert "Elm Physicians" in pam.get(f"{BASE}/a1").text
    with store.writing():
        store.execute("update grants set revoked_at = ?", (NOW.isoformat(),))
    for path in (f"{BASE}/a1", f"{BASE}/a1/compare"):
        assert "Elm Physicians" not in pam.get(path).text
        assert "1 group no longer shared" in Page(pam.get(path).text).text
    for name in ("a1.json", "a1.xlsx", "a1/proposal.pdf"):
        assert pam.get(f"{BASE}/{name}").status_code == 409
    for again in ("replay", "shake"):
        assert world.send(pam, f"{BASE}/a1/{again}").status_code == 409
