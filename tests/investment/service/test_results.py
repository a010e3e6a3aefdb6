"""The investment proposal on paper."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import page
import pikepdf
import pytest

from readiness.accounts.db import groups, people
from readiness.assessments.service import result
from readiness.core.db import Session
from readiness.core.errors import NotFound, WrongState
from readiness.core.pdf.job import Page
from readiness.core.people import Group
from readiness.investment import db as allocations
from readiness.investment.service import results, scenarios, solving
from readiness.investment.service.case import Case
from tests.factories import allocations as allocated
from tests.factories import plans, world

pytestmark = pytest.mark.slow  # solved scenarios and printed proposals are shared by all

NOW = world.NOW
NAMES = {"fir": "<script>alert(1)</script> مجموعة", "yew": "Yew" + "longname" * 14}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Three groups share with the payer fair; one scenario is solved and shaken."""
    made = world.store_in(tmp_path_factory.mktemp("proposal"))
    for number, (group_id, name) in enumerate(NAMES.items()):
        groups.add(made, Group(group_id, name), NOW)
        with made.writing():
            grant = {"id": f"{group_id}-fair", "group_id": group_id, "payer_id": "fair"}
            made.insert("grants", {**grant, "granted_at": NOW.isoformat(), "granted_by": "maya"})
        answers = plans.answers_at(number + 1, REAL_2=1)
        plans.submitted(made, group_id, answers, NOW, assessment_id=f"of-{group_id}")
        result.update_entry(made, group_id, NOW)
    plans.submitted(made, "elm", plans.answers_at(2, LEAD_1=1), NOW)
    result.update_entry(made, "elm", NOW)
    solution = allocated.add_solved(made, "spring")
    case = Case(allocated.SMALL, solution.offers, 7)
    request = allocations.get(made, "spring")
    told = scenarios.event_of(request, people.actor(made, "pam"), "shook", NOW)
    found = solving.sensitivity(case, 4, lambda _: None)
    allocations.keep_stability(made, "spring", found, NOW, told)
    poor = replace(allocated.SMALL, budgets=(1,), min_groups=3)
    allocated.add_solved(made, "poor", poor)
    yield made
    made.close()


def shown(store, allocation_id="spring"):
    return results.result(Session(store, people.actor(store, "pam"), NOW), "fair", allocation_id)


def html(result):
    return results.job_of(result, {}, Page.LETTER, NOW).html


def printed(store, printer, size=Page.LETTER, now=NOW, who="pam", allocation_id="spring"):
    actor = people.actor(store, who)
    return printer.pdf_of(
        results.print_job(Session(store, actor, now), "fair", allocation_id, size)
    )


def test_it_conforms_to_pdf_ua_on_either_paper(store, printer, tmp_path):
    for size in Page:
        (file := tmp_path / "proposal.pdf").write_bytes(printed(store, printer, size))
        assert page.validate_pdf(str(file)).failures == []


def test_it_has_bookmarks_and_the_same_as_data_inside(store, printer):
    with pikepdf.open(BytesIO(printed(store, printer))) as pdf:
        with pdf.open_outline() as outline:
            (top,) = outline.root
            titles = [each.title for each in top.children]
        data = json.loads(pdf.attachments["proposal.json"].get_file().read_bytes())
        problem = json.loads(pdf.attachments["problem.json"].get_file().read_bytes())
    assert top.title == "Spring grants"
    assert titles[:5] == [
        "The decision asked for",
        "Chosen, group by group",
        "Policies side by side",
        "How firm it is",
        "How it is worked out",
    ]
    assert titles[-1] == "Caveats and sources"
    assert len(titles) == 6 + len(shown(store).groups)
    assert data["decision"] == shown(store).decision
    assert problem["seed"] == 7


def test_the_first_page_says_what_is_asked_for_and_what_it_does_not_buy(store):
    says = html(shown(store)).split("Chosen, group by group")[0]
    result = shown(store)
    for part in (result.decision, result.policy_says, result.within, "Own people-days", "Together"):
        assert part in says
    assert "What it does not buy" in says
    assert "a potential, never a forecast" in says


def test_method_sensitivity_and_caveats_are_all_there(store):
    says = html(shown(store))
    for part in (
        "checked again in plain code",
        "the cheapest is taken where the best is proven",
        shown(store).solver,
        "With 5% more money",
        "Solved 4 times",
        "Chosen in draws",
        "working hypotheses",
        "race is no rule of eligibility",
        "Pays afterwards:",
        "Where costs come from",
    ):
        assert part in says


def test_before_it_was_shaken_it_says_so(store):
    result = replace(shown(store), stability="", stability_span="")
    assert "how often each choice survives is not known" in html(result)


def test_the_same_answer_on_the_same_day_is_the_same_bytes(store, printer):
    first = printed(store, printer)
    assert printed(store, printer, now=NOW + timedelta(hours=4)) == first
    assert printed(store, printer, Page.A4) != first


def test_what_was_typed_is_text(store):
    says = html(replace(shown(store), name="<script>x</script>"))
    assert "<script>" not in says
    assert "&lt;script&gt;alert(1)" in says


def test_more_groups_than_paper_holds_are_counted(store):
    result = shown(store)
    many = replace(result, groups=result.groups * 60, dollars=None)
    says = html(many)
    left = len(many.groups) - results.MOST_SHEETS
    assert f"{left} more groups stand in the spreadsheet" in says
    assert f"{len(many.groups) - results.MOST_ROWS} more groups in the spreadsheet" in says


def test_without_an_answer_there_is_nothing_to_propose(store, printer):
    assert not shown(store, "poor").is_possible
    with pytest.raises(WrongState, match="no answer within its limits"):
        printed(store, printer, allocation_id="poor")


def test_nobody_else_s(store, printer):
    with pytest.raises(NotFound):
        printed(store, printer, who="pete")


def test_of_a_group_that_stopped_sharing_only_its_dollars_are_left(store, printer):
    """Last: the group stops sharing."""
    gone = shown(store).groups[0]
    with store.writing():
        store.execute("delete from grants where group_id = ?", (gone.group_id,))
    session = Session(store, people.actor(store, "pam"), NOW)
    for file in (results.xlsx, results.as_json):
        with pytest.raises(WrongState, match="no longer shares"):
            file(session, "fair", "spring")
    with pytest.raises(WrongState, match="no longer shares"):
        printed(store, printer)
    left = shown(store)
    assert gone.name not in html(left)
    assert sum(each.dollars for each in left.groups if each.is_hidden) == gone.dollars
