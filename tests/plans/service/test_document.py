"""The plan on paper: for everybody to read, the same bytes for the same plan, nobody given away."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import page
import pikepdf
import pytest

from readiness.accounts.db import people
from readiness.assessments.service import result
from readiness.core.db import Session
from readiness.core.pdf.job import Page
from readiness.core.periods import period
from readiness.counts.db import social_risk
from readiness.counts.models import Revision
from readiness.counts.social_risk.models import FunnelCell, Need, Step
from readiness.instruments.answers import Answer
from readiness.plans.editing import ActionEdit, edit_of
from readiness.plans.models import ActionStatus
from readiness.plans.service import document, plan
from readiness.releases.service import publication
from readiness.releases.service.publication import SOCIAL_RISK
from tests.factories import plans, quality_counts, world

pytestmark = pytest.mark.slow  # printed plans are shared by all

NOW = world.NOW
ANSWERS = plans.developing(EQME_4=1, MEAS_2=Answer.dont_know())
GROUP = {Step.ELIGIBLE: 5200, Step.SCREENING_OFFERED: 3100, Step.SCREENED: 2310}
FOOD = {Step.SCREENED: 2200, Step.POSITIVE: 310, Step.WANTS_HELP: 305, Step.REFERRED_30D: 160}
SAFETY = {Step.SCREENED: 2100, Step.POSITIVE: 7, Step.WANTS_HELP: 3}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    opened = world.store_in(tmp_path_factory.mktemp("plan"))
    plans.submitted(opened, "elm", ANSWERS, NOW)
    counted(opened, {None: GROUP, Need.FOOD: FOOD, Need.SAFETY: SAFETY})
    actor = people.actor(opened, "maya")
    own = ActionEdit("front desk lead", None, ActionStatus.PLANNED, "a <b>note</b>", "A greeter")
    plan.add_own(Session(opened, actor, NOW), "a1", "own:1", own)
    yield opened
    opened.close()


def counted(opened, given, name="2026-Q4"):
    revisions = [
        Revision(FunnelCell(step, need), 1, value, "maya", NOW)
        for need, steps in given.items()
        for step, value in steps.items()
    ]
    quarter = period(name)
    social_risk.save(opened, "elm", quarter, revisions)
    found = social_risk.of_group(opened, "elm")[quarter]
    publication.save(
        opened,
        SOCIAL_RISK,
        publication.prepare(opened, SOCIAL_RISK, "elm", found, 11, NOW),
        "maya",
        NOW,
    )


RACES = {
    "white": (2100, 3000),
    "black": (260, 500),
    "hispanic": (420, 700),
    "asian": (210, 300),
    "aian": (30, 60),
    "mena": (25, 45),
    "multiple": (80, 120),
    "nhpi": (4, 9),
    "other": (20, 40),
    "unknown": (300, 500),
}


def measured_by_race(opened, reference="race_omb2024.white"):
    quarter = period("2026-Q4")
    cells: dict[Any, int] = {}
    for measure in ("BCS", "COL", "CBP", "GSD"):
        cells |= quality_counts.counts(RACES, measure)
    quality_counts.enter(opened, quarter, cells, NOW)
    quality_counts.declare(opened, quarter, reference, NOW)
    quality_counts.release(opened, quarter, NOW)


@pytest.fixture(scope="module")
def maya(store):
    return people.actor(store, "maya")


@pytest.fixture(scope="module")
def printed(store, printer, maya):
    return printer.pdf_of(job(store, maya))


def job(store, maya, at=NOW, paper=Page.LETTER):
    return document.job_of(Session(store, maya, at), "a1", paper)


def test_what_the_ranges_assume_stands_below_them(store, maya):
    html = job(store, maya).html
    assert "correlated at 0.5: an assumption, not a measurement" in html
    assert "Of 10,000 simulated outcomes" in html


def test_it_conforms_to_pdf_ua(printed, tmp_path):
    (file := tmp_path / "plan.pdf").write_bytes(printed)
    assert page.validate_pdf(str(file)).failures == []


def test_it_has_a_title_a_language_bookmarks_and_a_handful_of_pages(printed):
    with pikepdf.open(BytesIO(printed)) as pdf:
        assert str(pdf.Root.Lang) == "en"
        assert "Elm Physicians" in str(pdf.docinfo["/Title"])
        assert 6 <= len(pdf.pages) <= 10
        with pdf.open_outline() as outline:
            (top,) = outline.root
            titles = [each.title for each in top.children]
    assert titles == [
        "Summary",
        "Domain profile",
        "Gates",
        "Social-risk screening",
        "Equity gaps",
        "When, and at what cost",
        "The plan",
        "Method and caveats",
        "Sources",
    ]


def test_the_plan_and_its_run_come_along_as_data(store, maya, printed):
    with pikepdf.open(BytesIO(printed)) as pdf:
        inside = json.loads(pdf.attachments["plan.json"].get_file().read_bytes())
    assert inside == json.loads(json.dumps(document.export(Session(store, maya, NOW), "a1")))
    assert inside["run"]["tier"] == "T1" or inside["run"]["tier"] == "T2"
    assert "A greeter" in [each["title"] for each in inside["plan"]["actions"]]


def test_the_same_plan_on_the_same_day_is_the_same_bytes(store, printer, maya, printed):
    later = NOW + timedelta(hours=3)
    assert printer.pdf_of(job(store, maya, later)) == printed
    assert printer.pdf_of(job(store, maya, later, Page.A4)) != printed


def test_an_action_that_is_overdue_is_marked_and_one_that_is_done_is_not(fresh):
    actor = people.actor(fresh, "maya")
    late = Session(fresh, actor, NOW + timedelta(days=31))
    assert "overdue" not in job(fresh, actor).html
    assert "<b>overdue</b>" in job(fresh, actor, late.now).html
    found = [each for each in document.export(late, "a1")["plan"]["actions"] if each["overdue"]]
    assert found
    for each in found:
        action = plan.action_of(plan.load(late, "a1"), each["id"])
        done = replace(edit_of(action), status=ActionStatus.DONE)
        plan.edit(late, "a1", action.id, action.revision, done)
    assert "overdue" not in job(fresh, actor, late.now).html


def test_what_a_person_typed_is_text(store, maya):
    assert "a &lt;b&gt;note&lt;/b&gt;" in job(store, maya).html


def test_no_small_count_and_no_difference_that_gives_one_away_is_printed(store, maya):
    html = job(store, maya).html
    assert "hidden to protect small counts" in html
    assert "44% (43–46%)" in html  # 2,310 of 5,200
    assert "98%" not in html  # 305 of 310: the other five could be counted
    assert "0% (0–1%)" not in html  # 7 of 2,100


def test_only_sources_that_are_cited_are_listed(store, maya):
    html = job(store, maya).html
    listed = html.split("<h2>Sources</h2>")[1]
    assert "<b>S01</b>" in listed or "<b>S5" in listed
    assert "<b>S13</b>" not in listed


def test_a_group_without_counts_is_told_what_is_missing(tmp_path):
    opened = world.store_in(tmp_path)
    plans.submitted(opened, "elm", ANSWERS, NOW)
    html = job(opened, people.actor(opened, "maya")).html
    opened.close()
    assert "No social-risk counts of a closed quarter have been released" in html


@pytest.mark.parametrize("level", [0, 1, 4])
def test_a_plan_for_every_tier_can_be_written(tmp_path, level):
    opened = world.store_in(tmp_path)
    plans.submitted(opened, "elm", plans.answers_at(level), NOW)
    html = job(opened, people.actor(opened, "maya")).html
    opened.close()
    assert "Method and caveats" in html


@pytest.fixture
def fresh(tmp_path):
    opened = world.store_in(tmp_path)
    plans.submitted(opened, "elm", ANSWERS, NOW)
    yield opened
    opened.close()


def equity_part(opened):
    html = job(opened, people.actor(opened, "maya")).html
    return html.split("<h2>Equity gaps</h2>")[1].split("</section>")[0]


def test_released_gaps_are_printed_with_their_reliability(fresh):
    measured_by_race(fresh)
    says = equity_part(fresh)
    assert "−18.0 (−22.7 to −13.3)" in says
    assert "Points from White alone" in says
    assert "How reliable these gaps are cannot be told" in says
    assert "hidden to protect small counts: Native Hawaiian" in says
    assert "lower is better" in says


def test_quarters_added_up_are_no_longer_called_patients(fresh):
    actor = people.actor(fresh, "maya")
    for quarter in ("2026-Q3", "2026-Q4"):
        counted(fresh, {None: GROUP}, quarter)
    says = job(fresh, actor).html
    assert "of eligible patient-quarters were screened" in says
    assert "Patient-quarters, not screens: each patient counted once in every quarter" in says
    assert "of eligible patients" not in says


def test_the_method_does_not_deny_the_gaps_that_the_plan_shows(fresh):
    measured_by_race(fresh)
    says = job(fresh, people.actor(fresh, "maya")).html
    assert "−18.0 (−22.7 to −13.3)" in says
    assert "No measured gap" not in says
    assert "How reliable these gaps are cannot be told: it takes 30 groups" in says


def test_the_method_says_what_the_margin_costs(fresh):
    says = job(fresh, people.actor(fresh, "maya")).html.split("Method and caveats")[1]
    assert "This plan still reaches T3 Incentive-ready when any one raise" in says
    assert "ends a level short; that caution costs " in says
    assert "No cheaper set reaches T3 with room for one raise to end a level short; own" in says


def test_gaps_need_a_release_and_a_declared_reference(fresh):
    assert "No differences between patient groups are shown" in equity_part(fresh)
    measured_by_race(fresh, reference="")
    assert "no reference is declared" in equity_part(fresh)


CORE = (Need.FOOD, Need.HOUSING, Need.TRANSPORTATION, Need.UTILITIES, Need.SAFETY)
DEMANDING = [  # few levels, much to lift; one with much that is not known
    plans.answers_at(2, **{item.id.replace("-", "_"): 1 for item in plans.QMER.items[::2]}),
    plans.answers_at(
        1, **{item.id.replace("-", "_"): Answer.dont_know() for item in plans.QMER.items[::7]}
    ),
]


@pytest.mark.parametrize("answers", DEMANDING)
def test_a_demanding_plan_fits_ten_pages_on_either_paper(tmp_path, printer, answers):
    opened = world.store_in(tmp_path)
    plans.submitted(opened, "elm", answers, NOW)
    counted(opened, {None: GROUP, **dict.fromkeys(CORE, FOOD)})
    measured_by_race(opened)
    maya = people.actor(opened, "maya")
    for paper in Page:
        printed = printer.pdf_of(document.job_of(Session(opened, maya, NOW), "a1", paper))
        with pikepdf.open(BytesIO(printed)) as pdf:
            assert 6 <= len(pdf.pages) <= 10, paper
    opened.close()


def test_a_provisional_tier_is_expired_the_day_after_its_last(store, maya):
    answers = plans.answers_at(2, LEAD_1=1)
    plans.submitted(store, "oak", answers, NOW, assessment_id="a9")
    omar = people.actor(store, "omar")
    good = document.job_of(Session(store, omar, NOW.replace(month=7)), "a9", Page.A4).html
    over = document.job_of(Session(store, omar, NOW.replace(month=7, day=16)), "a9", Page.A4).html
    assert "(provisional)" in good
    assert "(expired)" not in good
    assert "(expired)" in over
    assert "ran out on July 15, 2027" in over


def test_how_sure_the_tier_is_reads_as_beside_the_result(store, maya):
    says = result.result(Session(store, maya, NOW), "a1").sureness.says
    assert says in job(store, maya).html
