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
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from app import create_app
from readiness.accounts.db import people
from readiness.assessments.service import result
from readiness.assessments.tiers import evaluate, is_open
from readiness.core.config import Settings
from readiness.core.db import Session, Store
from readiness.core.printing.service import PrintQueue
from readiness.demo import world
from readiness.demo.payer import SCENARIO_ID
from readiness.demo.world import PAYER_ID
from readiness.equity import db as sharing
from readiness.instruments.answers import Answer
from readiness.investment.portfolio import days_of, package_of
from readiness.investment.presenters.groups import GroupSheet
from readiness.investment.service import results, stored
from readiness.plans.models import ActionStatus
from readiness.plans.presenters import tier_cost as words
from readiness.plans.presenters.outlook import outlook
from readiness.plans.presenters.plan import PlanSummary
from readiness.plans.presenters.way import own_work_says, way_of
from readiness.plans.progress import find_out_item
from readiness.plans.service import document, plan
from readiness.plans.service.plan import PlanView
from tests.browser import demonstration
from tests.factories.page import Page
from tests.factories.waiting import PATIENCE
from tests.factories.world import start_session

pytestmark = pytest.mark.slow  # the demonstration is filled for it

GROUPS = (
    "ash", "birch", "cedar", "chestnut", "dogwood", "elm", "hazel", "juniper", "linden", "maple",
    "oak",
)  # fmt: skip


@dataclass
class Story:
    """The demonstration as its payer reads it."""

    store: Store
    app: Flask
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

    def own_page(self, opened: PlanView, path: str) -> str:
        """As the group's own people read it."""
        if path not in self.fetched:
            (manager_id,) = (who.manager_id for who in world.GROUPS if who.id == opened.group.id)
            reply = signed_in(self.app, self.store, manager_id, self.now).get(path)
            assert reply.status_code == 200, path
            self.fetched[path] = reply.data
        return Page(self.fetched[path].decode()).text

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
    app.config["PRINTS"] = PrintQueue(folder / "readiness.db", PATIENCE)
    now = datetime.now(UTC)
    with closing(Store(folder / "readiness.db")) as store:
        yield Story(store, app, signed_in(app, store, "payer", now), now)


def signed_in(app: Flask, store: Store, person_id: str, now: datetime) -> FlaskClient:
    key = f"session-of-{person_id}"
    start_session(store, key, person_id, now)
    client = app.test_client()
    client.set_cookie(app.config["SIGN_IN_COOKIE"], key)
    return client


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
        parts = (*held, *sheet.own_part)
        assert sum(each.yearly for each in parts) == cost.yearly.likely
        assert sum(each.own_days for each in parts) == cost.people_days
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


# The way up.


def shown_way(opened):
    return way_of(opened, opened.newest)


def levels_after(opened):
    """As if every don't-know that the plan finds out, and every raise of it, had come true."""
    asked = {find_out_item(each.id): 0 for each in opened.plan.current if each.is_question}
    return with_answers(opened.newest.answers, {**asked, **opened.plan.levels})


def with_answers(answers, levels):
    known = {i: max(to, answers[i].level or 0) for i, to in levels.items() if i in answers}
    return {**answers, **{item_id: Answer.at(level) for item_id, level in known.items()}}


def met_by_plan(opened):
    """Unmet criteria of the next tier that its plan meets, by scoring the answers after it."""
    basis = opened.newest
    tier = opened.next_tier
    if tier is None:
        return set()
    after = levels_after(opened)
    asked = next(e for e in evaluate(opened.instrument, after).trace if e.tier_id == tier.id)
    left = {f"{tier.id}:{each.id}" for each in asked.criteria if is_open(each)}
    return {each.id for each in basis.run.unmet} - left


@pytest.mark.parametrize("group_id", GROUPS)
def test_every_criterion_that_the_plan_meets_is_served_by_a_raise_on_every_page(story, group_id):
    opened = story.opened(group_id)
    way = shown_way(opened)
    met = met_by_plan(opened)
    assert way.is_plan or not met
    serving = [each for step in way.steps for each in step.raises if met & set(each.serves)]
    assert met == met & {i for each in serving for i in each.serves}
    own_page = story.own_page(opened, f"/assessments/{opened.assessment.id}/result")
    for_payers = story.page(pages_of(opened)[0])
    values = document.values_of(story.store, opened, outlook(opened), story.now)
    assert isinstance(values["summary"], PlanSummary)
    paper = " ".join(values["summary"].way.lines)
    brief = " ".join(brief_data(story, group_id)["tier"]["way"])
    for each in serving:
        assert each.says in own_page
        assert f"{each.says} ({each.served})" in for_payers
        assert each.in_a_line in paper
        assert each.in_a_line in brief


@pytest.mark.parametrize("group_id", GROUPS)
def test_every_other_criterion_of_the_next_tier_is_named_as_left(story, group_id):
    opened = story.opened(group_id)
    way = shown_way(opened)
    served = {i for step in way.steps for each in step.raises for i in each.serves}
    left = [each for each in opened.newest.run.unmet if each.id not in served]
    assert all(each.of in way.says for each in left)
    if left:
        assert way.says in story.page(pages_of(opened)[0])
        assert way.says == brief_data(story, group_id)["tier"]["way_says"]


def test_what_is_done_and_under_way_says_so_where_it_raises_something(story):
    """Leadership is done in one group and under way from last year's plan in another."""
    marks = {
        group_id: {step.title: step for step in shown_way(story.opened(group_id)).steps}
        for group_id in ("elm", "hazel")
    }
    title = "Leadership accountability package"
    assert marks["elm"][title].mark.startswith("done on ")
    assert marks["hazel"][title].mark.startswith("under way since ")
    for steps in marks.values():
        assert steps[title].mark.endswith("; nothing more to pay")
        assert steps[title].raises


@pytest.mark.parametrize("group_id", GROUPS)
def test_own_steps_and_questions_are_counted_alike_everywhere(story, group_id):
    opened = story.opened(group_id)
    ahead = [each for each in opened.plan.current if each.status is not ActionStatus.DONE]
    own = sum(each.is_own_step for each in ahead)
    questions = sum(each.is_question for each in ahead)
    counts = {"Own steps": own, "Questions to answer first": questions}
    lines = [f"{title} ({count})" for title, count in counts.items() if count]
    pages = [
        story.own_page(opened, f"/assessments/{opened.assessment.id}/result"),
        story.page(pages_of(opened)[0]),
        " ".join(brief_data(story, group_id)["tier"]["way"]),
    ]
    if opened.next_tier:
        assert all(line in page for line in lines for page in pages)
    assert story.page(pages_of(opened)[1]).count("Own step ·") == own
    found = stored.load(story.session, PAYER_ID, SCENARIO_ID)
    for package in found.offer_by_id[group_id].packages[:1]:
        assert (len(package.own_steps), len(package.questions)) == (own, questions)
    sheet = story.sheets[group_id]
    if sheet.package_id:
        address = f"/payers/{PAYER_ID}/investment/{SCENARIO_ID}"
        says = own_work_says(len(sheet.own_steps), len(sheet.questions))
        assert sheet.own_work == says
        assert f"What the group does itself: {says}" in story.page(address)
        assert own_work_in_sheet(story, address)[opened.group.name] == says


def own_work_in_sheet(story, address):
    rows = load_workbook(BytesIO(story.get(f"{address}.xlsx")))["Groups"].iter_rows(
        values_only=True
    )
    header = next(rows)
    column = header.index("The group does itself")
    return {row[0]: row[column] for row in rows}
