"""Every total on the page, on paper and in the files is the sum of the lines beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from math import ceil

import pytest
from openpyxl import load_workbook

from readiness.accounts.db import people
from readiness.core.db import Session
from readiness.core.pdf.job import Page as Paper
from readiness.investment import db as allocations
from readiness.investment.scenario import CostBasis
from readiness.investment.service import results
from tests.factories import allocations as allocated
from tests.factories.allocations import SMALL
from tests.factories.page import Page, Reader, Tag
from tests.factories.world import NOW
from tests.investment.conftest import opened_copy

pytestmark = pytest.mark.slow  # solved scenarios

BASE = "/payers/fair/investment"
SCENARIOS = {
    "one year": replace(SMALL, beyond_plans=True),
    "three years": replace(SMALL, budgets=(120_000, 90_000, 90_000)),
    "costs at the high end": replace(SMALL, budgets=(150_000, 100_000), costs_at=CostBasis.HIGH),
}


@pytest.fixture
def store(grown, tmp_path):
    """Three groups that share with the payer."""
    yield from opened_copy(grown, tmp_path)


@pytest.fixture(params=SCENARIOS)
def solved(request, store):
    scenario = SCENARIOS[request.param]
    found = allocated.add_solved(store, "a1", scenario).answer.found(scenario.policy_id)
    assert found.is_possible
    assert found.packages
    return scenario, found


def rows_of(table: Tag) -> Iterator[list[str]]:
    for row in table.all("tr"):
        yield [cell.text for cell in row.all("th", "td")]


def number(cell: object) -> int:
    text = str(cell).replace("$", "").replace(",", "")
    return int(text) if text.lstrip("-").isdecimal() else 0


def sums(rows: list[list[str]]) -> list[int]:
    return [sum(number(cell) for cell in column) for column in zip(*rows, strict=True)]


def money_table(page: Tag) -> tuple[list[list[str]], list[str], list[str]]:
    """The groups' lines, what they come to together, and what is left."""
    table = next(t for t in page.all("table") if "Every year after" in t.text)
    _, *lines, together, left = rows_of(table)
    assert (together[0], left[0]) == ("Together", "Left of the budget")
    return lines, together, left


def check_money(page: Tag, scenario, found) -> None:
    lines, together, left = money_table(page)
    assert sums(lines)[2:] == [number(cell) for cell in together[2:]]
    years = len(scenario.budgets)
    spent = [number(cell) for cell in together[2:]]
    by_year, total = (spent[:years], spent[years]) if years > 1 else (spent[:1], spent[0])
    assert tuple(by_year) == found.by_year
    assert total == sum(found.by_year) == found.spent
    remaining = [number(cell) for cell in left[2:]]
    assert remaining[: years if years > 1 else 1] == [
        budget - paid for budget, paid in zip(scenario.budgets, found.by_year, strict=True)
    ]
    assert f"for ${found.spent:,} of ${sum(scenario.budgets):,}" in page.text


def test_the_page_adds_up_group_by_group_and_action_by_action(store, client, sign_in, solved):
    page = Page(sign_in(client, "pam").get(f"{BASE}/a1").text).root
    check_money(page, *solved)
    sections = {each.all("h3")[0].text: each for each in page.all("section") if each.all("h3")}
    check_groups(page, sections)


def check_groups(page: Tag, sections: dict[str, Tag]) -> None:
    """Each group's lines come to its own total, and that stands in the table of all groups."""
    of_groups = {line[0]: line[2:] for line in money_table(page)[0]}
    assert sum(number(line[-2]) for line in of_groups.values()) > 0  # people-days
    for name, told in of_groups.items():
        _, *lines, together = next(
            list(rows_of(table))
            for table in sections[name].all("table")
            if "Own people-days" in table.text
        )
        assert together[0] == "Together"
        assert together[1 : len(told) + 1] == told
        assert sums(lines)[1 : len(told) + 1] == [number(cell) for cell in told]


def test_the_paper_adds_up_on_its_first_page_and_on_each_group_s_own(store, solved):
    session = Session(store, people.actor(store, "pam"), NOW)
    job = results.job_of(results.result(session, "fair", "a1"), {}, Paper.LETTER, NOW)
    paper = Reader()
    paper.feed(job.html)
    check_money(paper.root, *solved)
    sections = {each.all("h2")[0].text: each for each in paper.root.all("section")}
    check_groups(paper.root, sections)


def test_the_spreadsheet_adds_up_on_both_sheets(store, solved):
    scenario, found = solved
    raw = results.xlsx(Session(store, people.actor(store, "pam"), NOW), "fair", "a1")
    book = load_workbook(BytesIO(raw))
    for name in ("Chosen", "Groups"):
        header, *lines, together = book[name].iter_rows(values_only=True)
        assert together[0] == "All"
        titles = [f"Year {n}" for n in range(1, len(scenario.budgets) + 1)]
        titles += ["Your dollars", "The group’s own dollars", "Own people-days", "Every year after"]
        for title in titles:
            at = header.index(title)
            total = sum(cell for line in lines if isinstance(cell := line[at], int))
            assert total == together[at], (name, title)
        assert together[header.index("Your dollars")] == found.spent
        assert together[header.index("Own people-days")] == people_days(store, found) > 0


def people_days(store, found) -> int:
    """Likely ones, by the offers: of every action, and of the own steps of every way."""
    stored = allocations.solution(store, "a1")
    assert stored
    offers = {offer.group_id: offer for offer in stored.offers}
    actions = (offers[pick.group_id].candidate_by_id[pick.action_id] for pick in found.picks)
    ways = (offers[each.group_id].package_by_id[each.package_id] for each in found.packages)
    return sum(ceil(each.takes.people_days.likely) for each in actions) + sum(
        each.own_days for each in ways
    )


def test_the_data_in_the_proposal_add_up(store, solved):
    session = Session(store, people.actor(store, "pam"), NOW)
    data = json.loads(json.dumps(results.as_data(results.result(session, "fair", "a1"))))
    by_year = [
        sum(each["by_year"][n] for each in data["groups"]) for n in range(len(data["money"]))
    ]
    assert by_year == data["totals"]["by_year"] == [year["spent"] for year in data["money"]]
    for group in data["groups"]:
        paid = [sum(a["by_year"][n] for a in group["actions"]) for n in range(len(by_year))]
        assert paid == group["by_year"]
        for name in ("own_dollars", "own_days", "yearly"):
            lines = (*group["actions"], *group["own_part"])
            assert sum(line[name] for line in lines) == group[name]
    for name in ("own_dollars", "own_days", "yearly"):
        assert sum(group[name] for group in data["groups"]) == data["totals"][name]
