"""A payer's reader reads all that the payer reads and is offered nothing that changes anything."""

from __future__ import annotations

import pytest

from readiness.accounts.db import people
from readiness.core.people import Membership, Person, Role
from tests.factories import allocations, assessments, incentive_runs, world
from tests.factories.page import Page


@pytest.fixture
def rita(client, store):
    """Reads for the payer fair."""
    with store.writing():
        people.add(
            store, Person("rita", "Rita", world.email("rita"), True, world.NOW), world.HASHED
        )
        part = Membership("m-rita", "rita", Role.PAYER_READER, payer_id="fair")
        people.join(store, part, world.NOW)
    made = assessments.started(store, world.NOW)
    assessments.answer(store, made.id, world.NOW)
    assessments.sent_in(store, made.id, world.NOW)
    with store.writing():
        allocations.add_solved(store, "an-allocation")
        incentive_runs.keep(store, incentive_runs.done(incentive_runs.a_run()))
    world.start_session(store, "rita", "rita", world.NOW)
    client.set_cookie("session", "rita")
    return client


READ = (
    "/payers/fair/portfolio",
    "/payers/fair/portfolio.csv",
    "/payers/fair/next-tier",
    "/payers/fair/investment",
    "/payers/fair/investment/an-allocation",
    "/payers/fair/investment/an-allocation/compare",
    "/payers/fair/laboratory",
    "/payers/fair/laboratory/a-run",
    "/payers/fair/laboratory/a-run/laboratory.xlsx",
)


@pytest.mark.parametrize("address", READ)
def test_what_the_payer_reads_is_read(rita, address):
    assert rita.get(address).status_code == 200


def own_offers(page):
    """Addresses that the page's own forms are sent to, and its links."""
    forms = [form.get("action") for form in page.all("form") if form.get("method") == "post"]
    return {each for each in forms if each != "/sign-out"}


@pytest.mark.parametrize("address", [each for each in READ if "." not in each])
def test_no_page_offers_what_would_be_refused(rita, address):
    page = Page(rita.get(address).text)
    links = {link.get("href").split("?")[0] for link in page.all("a")} - {"#main"}
    inside = [each for each in links if each.startswith("/")]
    assert [each for each in inside if rita.get(each).status_code in (401, 403)] == []
    for form in own_offers(page):
        assert world.send(rita, form).status_code not in (401, 403, 404)


@pytest.mark.parametrize(
    "address",
    [
        "/payers/fair/investment/new",
        "/payers/fair/investment/an-allocation/state",
        "/payers/fair/investment/an-allocation/rename",
        "/payers/fair/investment/an-allocation/shake",
        "/payers/fair/laboratory/new",
        "/payers/fair/laboratory/a-run/again",
        "/payers/fair/cycles/new",
        "/payers/fair/team/invitations",
    ],
)
def test_nothing_is_changed(rita, address):
    assert world.send(rita, address).status_code == 403


def test_who_plans_for_one_payer_and_reads_for_another_changes_nothing_there(rita, store):
    with store.writing():
        part = Membership("m-rita-2", "rita", Role.PAYER_MANAGER, payer_id="far")
        people.join(store, part, world.NOW)
    changes = {
        "/payers/fair/investment/an-allocation/rename": {"name": "Mine"},
        "/payers/fair/investment/an-allocation/state": {"state": "approved"},
        "/payers/fair/investment/an-allocation/shake": {},
        "/payers/fair/investment/an-allocation/replay": {},
        "/payers/fair/investment/an-allocation/solve": {},
        "/payers/fair/investment/an-allocation/stop": {},
        "/payers/fair/investment/an-allocation/change": {"change": "ban::SDOH"},
        "/payers/fair/investment/an-allocation/awards": {"seen": "x"},
        "/payers/fair/investment/an-allocation/awards/take-back": {},
        "/payers/fair/laboratory/a-run/again": {},
        "/payers/fair/laboratory/a-run/stop": {},
    }
    replies = {path: world.send(rita, path, **form) for path, form in changes.items()}
    assert {path: reply.status_code for path, reply in replies.items()} == dict.fromkeys(
        changes, 403
    )
