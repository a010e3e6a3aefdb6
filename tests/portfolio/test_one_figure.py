"""What the next tier costs is one figure, wherever a payer reads it, for every invented group."""

from __future__ import annotations

import csv
import io
import json
import shutil
from contextlib import closing
from datetime import datetime
from decimal import Decimal
from html import escape

import pytest

from app import create_app
from readiness.accounts.db import people
from readiness.core.config import Settings
from readiness.core.db import Session, Store
from readiness.core.pdf.job import Page as Paper
from readiness.core.periods import months_after
from readiness.demo.world import PAYER_ID
from readiness.plans.presenters.outlook import outlook
from readiness.plans.presenters.tier_cost import (
    help_that_fits,
    remark,
    short,
    tier_cost_text,
)
from readiness.plans.service import document, plan
from readiness.portfolio.brief import contents, documents
from readiness.portfolio.service import portfolio
from tests.browser import demonstration
from tests.factories.page import Page, Reader
from tests.factories.world import start_session

pytestmark = pytest.mark.slow  # the demonstration is filled once for all who walk through it
PAYER = f"/payers/{PAYER_ID}"
STAND = "select group_id, assessment_id from standings where is_newest order by group_id"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures") / "data"
    shutil.copytree(demonstration.filled_once(tmp_path_factory), folder)
    with closing(Store(folder / "readiness.db")) as opened:
        yield opened


@pytest.fixture(scope="module")
def now(store):
    """When the last thing was done there."""
    return datetime.fromisoformat(store.row("select max(at) as at from events")["at"])


@pytest.fixture(scope="module")
def session(store, now):
    return Session(store, people.actor(store, "payer"), now)


@pytest.fixture(scope="module")
def read(store, now):
    """A page or a file as the payer gets it."""
    settings = Settings(store.path.parent, secret_key="x" * 32, is_demo=True, quick_hashing=True)
    app = create_app(settings)
    app.config["CLOCK"] = lambda: now
    start_session(store, "token", "payer", now)
    client = app.test_client()
    client.set_cookie(app.config["SIGN_IN_COOKIE"], "token")

    def get(path):
        reply = client.get(path)
        assert reply.status_code == 200, path
        return reply.get_data().decode("utf-8-sig")

    return get


@pytest.fixture(scope="module")
def plans(store, session):
    """By group, its plan as the payer opens it."""
    return {row["group_id"]: plan.load(session, row["assessment_id"]) for row in store.rows(STAND)}


def cells_of(table):
    """By the heading of each row, its other cells."""
    rows = table.all("tbody")[0].all("tr")
    return {row.all("th")[0].text: [cell.text for cell in row.all("td")] for row in rows}


def file_of(text):
    return {row["Group"]: row for row in csv.DictReader(io.StringIO(text))}


def test_there_is_a_group_of_every_kind(plans):
    found = {str(each.tier_cost.exclusion or "") for each in plans.values()}
    assert len(plans) >= 10
    assert {"", "at the top tier"} <= found
    assert any(each.startswith("not ratable yet") for each in found)
    assert any(each.is_stored for each in plans.values())
    assert any(each.still_to_pay for each in plans.values())


def test_the_portfolio_and_its_file_tell_what_the_plans_tell(plans, read):
    table = next(
        each
        for each in Page(read(f"{PAYER}/portfolio")).all("table")
        if each.get("class") == "portfolio"
    )
    shown = cells_of(table)
    in_file = file_of(read(f"{PAYER}/portfolio.csv"))
    for opened in plans.values():
        cost, row = opened.tier_cost, in_file[opened.group.name]
        assert f"{short(cost)} {remark(cost)}" in shown[opened.group.name]
        known = float(cost.first_year.likely) if cost.is_known else None
        told = row["Cost to the next tier, likely ($)"]
        assert (float(told) if told else None) == known


def test_the_page_of_next_tiers_tells_the_same(plans, read):
    shown = cells_of(Page(read(f"{PAYER}/next-tier")).all("table")[-1])
    in_file = file_of(read(f"{PAYER}/next-tier.csv"))
    for opened in plans.values():
        cost, cells, row = opened.tier_cost, shown[opened.group.name], in_file[opened.group.name]
        assert cells[0].endswith(remark(cost))
        if cost.is_known:
            assert cells[1].split()[0] == f"${cost.first_year.likely:,.0f}"
            assert float(row["Of that a payer may pay, likely ($)"]) == float(cost.payable.likely)
            assert (int(row["Months, fewest"]), int(row["Months, most"])) == cost.months
        else:
            assert cells[1] == "–"


def test_group_page_plan_page_and_paper_say_it_in_the_same_words(plans, read, session):
    for group_id, opened in plans.items():
        says, assessment_id = tier_cost_text(opened), opened.assessment.id
        of_group = Page(read(f"{PAYER}/groups/{group_id}")).text
        assert not says or says.says in of_group
        assert help_that_fits(opened) in of_group
        if opened.questions_left:
            continue
        page = Page(read(f"/assessments/{assessment_id}/plan")).text
        job = document.job_of(session, assessment_id, Paper.A4)
        if says:
            head = " ".join((says.lead, *(part for fact in says.facts for part in fact)))
            assert head in page
            assert says.says in paper_of(job.html).text
        data = json.loads(job.enclosures[0].content)
        assert data["to_the_next_tier"]["first_year"]["likely"] == str(
            opened.tier_cost.first_year.likely
        )


def paper_of(html):
    """A document is no page with a main part: it is read without those rules."""
    reader = Reader()
    reader.feed(html)
    return reader.root


def numbers_in(row):
    """Likely dollars of the first year, what a payer may pay of them, days, and every later year;
    a dash is nothing."""
    words = (cell.text.split()[0].lstrip("$").replace(",", "") for cell in row.all("td"))
    return [Decimal(0) if each == "–" else Decimal(each) for each in words]


def cost_lines(page):
    """The numbers of each line, and those of the last one."""
    (table,) = (each for each in page.all("table") if "cost-lines" in each.get("class"))
    lines, total = table.all("tbody")[:2]
    return [numbers_in(row) for row in lines.all("tr")], numbers_in(total.all("tr")[0])


def test_the_lines_of_a_plan_add_up_to_its_head_on_page_paper_and_in_data(plans, read, session):
    walked = 0
    for opened in plans.values():
        assessment_id = opened.assessment.id
        job = document.job_of(session, assessment_id, Paper.A4)
        lines_add_up(json.loads(job.enclosures[0].content))
        head, cost = tier_cost_text(opened), opened.tier_cost
        if head is None or not head.facts:
            continue
        sums = [cost.first_year.likely, cost.payable.likely, cost.people_days, cost.yearly.likely]
        on_screen = Page(read(f"/assessments/{assessment_id}/plan")).root
        for page in (on_screen, paper_of(job.html)):
            lines, total = cost_lines(page)
            assert [sum(each) for each in zip(*lines, strict=True)] == total == sums
            assert head.lead in page.text
        walked += 1
    assert walked >= 9


def lines_add_up(data):
    lines, told = data["to_the_next_tier_by_action"], data["to_the_next_tier"]
    for end in ("low", "likely", "high"):
        assert added(each["first_year"][end] for each in lines) == Decimal(told["first_year"][end])
    payable = added(each["first_year"]["likely"] for each in lines if each["a_payer_may_pay"])
    assert payable == Decimal(told["a_payer_may_pay"]["likely"])
    assert added(each["people_days"] for each in lines) == Decimal(told["people_days"])


def added(texts):
    return sum(map(Decimal, texts))


def test_the_head_of_a_plan_is_the_figure_of_the_lists(plans):
    for opened in plans.values():
        head, cost = tier_cost_text(opened), opened.tier_cost
        if head and cost.is_known and cost.first_year.high:
            assert f" likely costs {short(cost).split()[0]}: an estimate, between $" in head.lead
            assert f"{short(cost).partition(' · ')[2]} after the plan’s start" in head.says


def test_so_does_the_brief(plans, session):
    for group_id, opened in plans.items():
        brief = contents.of_group(session, PAYER_ID, group_id)
        assert brief.tier_cost == opened.tier_cost
        says = tier_cost_text(opened)
        html = documents.job_of(brief, Paper.A4).html
        assert not says or escape(says.says) in html
        assert escape(help_that_fits(opened)) in html


def test_the_list_needs_to_work_nothing_out_again(plans, session):
    lines = portfolio.page(session, PAYER_ID, {"sort": "cost"}).lines
    assert {line.group_id: line.tier_cost for line in lines if line.tier_cost} == {
        group_id: opened.tier_cost for group_id, opened in plans.items()
    }


def test_months_lead_to_the_days_that_the_plan_names(plans):
    for opened in plans.values():
        cost, whole = opened.tier_cost, outlook(opened)
        if cost.months and opened.next_tier:
            reached = whole.ahead.reached(opened.next_tier.number)
            assert reached
            for months, on in zip(cost.months, reached, strict=True):
                assert months_after(opened.plan.starts_on, months) >= on
                assert not months or months_after(opened.plan.starts_on, months - 1) < on
