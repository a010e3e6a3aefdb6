"""Every number of a group's way that stands in two places is the same in both.

Walked for all groups of the demonstration: the plan's page, its data, the brief, the payer's page
of the group, the portfolio with its files, the page of next tiers, and the proposal.
"""

from __future__ import annotations

import csv
import json
import shutil
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from io import BytesIO, StringIO
from pathlib import Path

import pikepdf
import pytest
from flask.testing import FlaskClient

from app import create_app
from readiness.accounts.db import people, tokens
from readiness.assessments.service import result
from readiness.core.config import Settings
from readiness.core.db import Session, Store
from readiness.demo.payer import SCENARIO_ID
from readiness.demo.world import PAYER_ID
from readiness.equity import db as sharing
from readiness.investment.portfolio import days_of, package_of
from readiness.investment.presenters.groups import GroupSheet
from readiness.investment.service import results, stored
from readiness.plans.models import ActionStatus
from readiness.plans.presenters import tier_cost as words
from readiness.plans.service import plan
from readiness.plans.service.plan import PlanView
from tests.browser import demonstration
from tests.factories.page import Page

pytestmark = pytest.mark.slow  # the demonstration is filled for it

GROUPS = (
    "ash", "birch", "cedar", "chestnut", "dogwood", "elm", "hazel", "juniper", "linden", "maple",
    "oak",
)  # fmt: skip


@dataclass
class Story:
    """The demonstration as its payer reads it."""

    store: Store
    client: FlaskClient
    now: datetime
    fetched: dict[str, bytes] = field(default_factory=dict)

    @cached_property
    def session(self) -> Session:
        return Session(self.store, people.actor(self.store, "payer"), self.now)

    def get(self, path: str) -> bytes:
        """Fetched once: nothing here changes anything."""
        if path not in self.fetched:
            reply = self.client.get(path)
            assert reply.status_code == 200, path
            self.fetched[path] = reply.data
        return self.fetched[path]

    def page(self, path: str) -> str:
        return Page(self.get(path).decode()).text

    def rows(self, path: str) -> dict[str, dict[str, str]]:
        """Of a CSV file, by the group's name."""
        text = self.get(path).decode("utf-8-sig")
        return {row["Group"]: row for row in csv.DictReader(StringIO(text))}

    def opened(self, group_id: str) -> PlanView:
        assessment = result.newest_submitted(self.store, group_id)
        assert assessment
        return plan.load(self.session, assessment.id)

    @cached_property
    def portfolio(self) -> dict[str, dict[str, str]]:
        return self.rows(f"/payers/{PAYER_ID}/portfolio.csv")

    @cached_property
    def next_tiers(self) -> dict[str, dict[str, str]]:
        return self.rows(f"/payers/{PAYER_ID}/next-tier.csv")

    @cached_property
    def sheets(self) -> dict[str, GroupSheet]:
        shown = results.result(self.session, PAYER_ID, SCENARIO_ID)
        return {each.group_id: each for each in (*shown.groups, *shown.nothing)}


@pytest.fixture(scope="module")
def story(tmp_path_factory, printer):
    filled = demonstration.filled_once(tmp_path_factory)
    folder = Path(shutil.copytree(filled, tmp_path_factory.mktemp("story") / "data"))
    app = create_app(Settings(folder, secret_key="x" * 32, is_demo=True, quick_hashing=True))
    app.config.update(TESTING=True, PRINTER=printer)
    now = datetime.now(UTC)
    with closing(Store(folder / "readiness.db")) as store:
        tokens.start_session(store, "session-of-payer", "payer", now)
        client = app.test_client()
        client.set_cookie(app.config["SIGN_IN_COOKIE"], "session-of-payer")
        yield Story(store, client, now)


def test_all_groups_that_share_and_have_submitted_are_walked(story):
    shared = sharing.sharing_groups(story.store, PAYER_ID, story.now.date())
    assert sorted(each.group.id for each in shared if each.has_submitted) == list(GROUPS)


def pages_of(opened: PlanView) -> tuple[str, str]:
    """The payer's page of the group, and the plan's."""
    return (
        f"/payers/{PAYER_ID}/groups/{opened.group.id}",
        f"/assessments/{opened.assessment.id}/plan",
    )


def plan_data(story, opened):
    return json.loads(story.get(f"/assessments/{opened.assessment.id}/plan.json"))


def brief_data(story, group_id):
    pdf = story.get(f"/payers/{PAYER_ID}/groups/{group_id}/brief.pdf")
    with pikepdf.open(BytesIO(pdf)) as opened:
        (name,) = (each for each in opened.attachments if each.endswith(".json"))
        return json.loads(opened.attachments[name].get_file().read_bytes())


@pytest.mark.parametrize("group_id", GROUPS)
def test_the_tier_and_what_holds_it_back_are_the_same_everywhere(story, group_id):
    opened = story.opened(group_id)
    run, name = opened.newest.run, opened.group.name
    told = {
        story.portfolio[name]["Tier"],
        story.next_tiers[name]["Tier"],
        story.sheets[group_id].tier_id,
        plan_data(story, opened)["run"]["tier"],
        brief_data(story, group_id)["tier"]["id"],
    }
    assert told == {run.tier_id}
    assert story.portfolio[name]["What holds it back"] == run.limiting_factor
    assert story.next_tiers[name]["What holds it back"] == run.limiting_factor
    for path in pages_of(opened):
        assert run.limiting_factor in story.page(path)


@pytest.mark.parametrize("group_id", GROUPS)
def test_what_the_next_tier_costs_is_the_same_everywhere(story, group_id):
    opened = story.opened(group_id)
    cost, name = opened.tier_cost, opened.group.name
    says = words.tier_cost_text(opened)
    of_group, of_plan = (story.page(path) for path in pages_of(opened))
    assert not says or (says.says in of_group and says.lead in of_plan)
    data = plan_data(story, opened)["to_the_next_tier"]
    assert brief_data(story, group_id)["plan"]["to_the_next_tier"] == data
    if not cost.is_known:
        assert story.portfolio[name]["Cost to the next tier, likely ($)"] == ""
        assert story.next_tiers[name]["Why there are no figures"]
        return
    listed, beside = story.portfolio[name], story.next_tiers[name]
    assert cost.months
    for figure, columns in (
        (cost.first_year.likely, ("Cost to the next tier, likely ($)", "First year, likely ($)")),
        (cost.first_year.low, ("Cost to the next tier, low ($)", "First year, low ($)")),
        (
            cost.payable.likely,
            ("Of that a payer may pay, likely ($)", "Of that a payer may pay, likely ($)"),
        ),
        (
            cost.people_days,
            ("Own people-days to the next tier, likely", "Own people-days, likely"),
        ),
        (cost.months[0], ("Months to the next tier, fewest", "Months, fewest")),
        (cost.months[1], ("Months to the next tier, most", "Months, most")),
    ):
        assert {float(listed[columns[0]]), float(beside[columns[1]])} == {float(figure)}, columns


@pytest.mark.parametrize("group_id", GROUPS)
def test_the_proposal_offers_the_way_at_what_the_plan_says_it_costs(story, group_id):
    cost = story.opened(group_id).tier_cost
    found = stored.load(story.session, PAYER_ID, SCENARIO_ID)
    offer = found.offer_by_id[group_id]
    if not cost.is_known:
        assert offer.packages == ()
        return
    way = offer.packages[0]
    package = package_of(offer, way, found.case.prices)
    assert (way.tier_id, way.months) == (cost.target_id, cost.months)
    assert (package.cost, package.payable) == (cost.first_year.likely, cost.payable.likely)
    assert days_of(offer, way, found.case.prices) == cost.people_days
    sheet = story.sheets[group_id]
    if sheet.package_id == way.id:
        held = [each for each in sheet.actions if each.package]
        assert sum(each.dollars for each in held) == cost.payable.likely
        assert sheet.own_dollars == cost.own_part.likely
        running = sum(each.yearly for each in held) + (sheet.begun.yearly if sheet.begun else 0)
        assert running == cost.yearly.likely
        assert f"{span_of(cost.months)} months after its plan’s start" in sheet.sentence


def span_of(months: tuple[int, int]) -> str:
    low, high = months
    return f"{low}" if low == high else f"{low} to {high}"


@pytest.mark.parametrize("group_id", GROUPS)
def test_plan_page_group_page_and_brief_list_the_same_actions(story, group_id):
    opened = story.opened(group_id)
    ahead = [each for each in opened.plan.current if each.status is not ActionStatus.DONE]
    data = {each["title"] for each in plan_data(story, opened)["plan"]["actions"]}
    of_group, of_plan = (story.page(path) for path in pages_of(opened))
    assert {each.title for each in opened.plan.current} <= data
    assert all(each.title in of_plan for each in opened.plan.current)
    brief = brief_data(story, group_id)["plan"]
    assert {each["title"] for each in brief["ahead"]} == {each.title for each in ahead}
    if not opened.has_newer_run and not opened.later:
        assert all(each.title in of_group for each in ahead if each.is_intervention)
