"""The payer's brief: two pages whatever there is to say, from what was submitted and released."""

from __future__ import annotations

import json
from datetime import date, timedelta
from io import BytesIO

import page
import pikepdf
import pytest
from openpyxl import load_workbook

from readiness.accounts.db import people
from readiness.assessments.db import assessments
from readiness.assessments.models import ContextRevision
from readiness.core.audit import Event
from readiness.core.db import Session
from readiness.core.errors import NotFound, WrongState
from readiness.core.pdf.job import Page
from readiness.core.people import Membership, Role
from readiness.core.periods import period
from readiness.counts.db import social_risk
from readiness.counts.models import Revision
from readiness.counts.quality.models import QualityCell
from readiness.counts.social_risk.models import FunnelCell, Need, Step
from readiness.instruments.answers import Answer
from readiness.investment.service import baselines
from readiness.plans import db as postings
from readiness.plans.postings import Posting, PostingKind
from readiness.plans.service import document
from readiness.portfolio.brief import contents, documents, questions, spreadsheet
from readiness.portfolio.brief.evidence import BriefGap
from readiness.releases.service import publication
from readiness.releases.service.publication import SOCIAL_RISK
from tests.factories import payers, plans, quality_counts, world

pytestmark = pytest.mark.slow  # printed briefs are shared by all

NOW = world.NOW
ANSWERS = plans.developing(EQME_4=1, MEAS_2=Answer.dont_know())
WHOLE = {Step.ELIGIBLE: 5200, Step.SCREENING_OFFERED: 3100, Step.SCREENED: 2310}
FOOD = {
    Step.SCREENED: 2200,
    Step.POSITIVE: 310,
    Step.WANTS_HELP: 240,
    Step.REFERRED_30D: 160,
    Step.OUTCOME_KNOWN: 90,
    Step.CONNECTED: 60,
}
RACES = {"white": (2100, 3000), "black": (260, 500), "hispanic": (420, 700), "asian": (210, 300)}
LONG = "Verylongnamewithoutanyspaceinit" * 3
HOSTILE = f"<script>alert(1)</script> مجموعة الأطباء {LONG}"


def opened(folder, name="Elm Physicians"):
    made = world.store_in(folder)
    with made.writing():
        made.execute("update groups set name = ? where id = 'elm'", (name,))
    return made


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    made = opened(tmp_path_factory.mktemp("brief"))
    plans.submitted(made, "elm", ANSWERS, NOW)
    release_all(made)
    yield made
    made.close()


@pytest.fixture
def fresh(tmp_path):
    made = opened(tmp_path)
    yield made
    made.close()


def release_all(made, needs=(Need.FOOD,), races=RACES):
    quarter = period("2026-Q4")
    release_quarter(made, quarter, needs)
    cells: dict[QualityCell, int] = {}
    for measure in ("BCS", "COL", "CBP", "GSD"):
        cells |= quality_counts.counts(races, measure)
    quality_counts.enter(made, quarter, cells, NOW)
    quality_counts.declare(made, quarter, "race_omb2024.white", NOW)
    quality_counts.release(made, quarter, NOW)


def release_quarter(made, quarter, needs=(Need.FOOD,)):
    revisions = [
        Revision(FunnelCell(step, need), 1, value, "maya", NOW)
        for need, steps in {None: WHOLE, **dict.fromkeys(needs, FOOD)}.items()
        for step, value in steps.items()
    ]
    social_risk.save(made, "elm", quarter, revisions)
    found = social_risk.of_group(made, "elm")[quarter]
    publication.save(
        made,
        SOCIAL_RISK,
        publication.prepare(made, SOCIAL_RISK, "elm", found, 11, NOW),
        "maya",
        NOW,
    )


def brief_of(made, now=NOW, who="pam"):
    return contents.of_group(Session(made, people.actor(made, who), now), "fair", "elm")


def html(made, now=NOW):
    return documents.job_of(brief_of(made, now), Page.LETTER).html


def printed(made, printer, paper_size=Page.LETTER, now=NOW):
    actor = people.actor(made, "pam")
    return printer.pdf_of(documents.print_job(Session(made, actor, now), "fair", "elm", paper_size))


def pages_of(pdf):
    with pikepdf.open(BytesIO(pdf)) as document:
        return len(document.pages)


@pytest.fixture(scope="module")
def papers(store, printer):
    return {size: printed(store, printer, size) for size in Page}


def test_it_conforms_to_pdf_ua_and_has_two_pages(papers, tmp_path):
    for pdf in papers.values():
        (file := tmp_path / "brief.pdf").write_bytes(pdf)
        assert page.validate_pdf(str(file)).failures == []
        assert pages_of(pdf) == 2


def test_the_same_state_on_the_same_day_is_the_same_bytes(store, printer, papers):
    assert printed(store, printer, now=NOW + timedelta(hours=5)) == papers[Page.LETTER]
    assert papers[Page.A4] != papers[Page.LETTER]


def test_it_says_where_the_group_stands_and_what_to_talk_about(store):
    says = html(store)
    for part in (
        "Elm Physicians",
        "T2 Developing",
        "The way to T3",
        "44% (43–46%): 2,310 of 5,200 eligible patients",
        "−18.0 (−22.7 to −13.3)",
        "500 and 3,000",
        "cannot be told below 30 groups",
        "To talk about at the next visit",
        "2027-ELM-A1",
        "January 15, 2027",
        "never lowers a payment",
    ):
        assert part in says
    assert len(questions.questions_for(brief_of(store))) == 3


def test_quarters_added_up_are_called_patient_quarters_in_every_form(fresh):
    plans.submitted(fresh, "elm", ANSWERS, NOW)
    for quarter in ("2026-Q3", "2026-Q4"):
        release_quarter(fresh, period(quarter))
    brief = brief_of(fresh)
    counted = "4,620 of 10,400 eligible patient-quarters"
    assert counted in html(fresh)
    assert "eligible patients" not in html(fresh)
    assert "each patient counted once in every quarter they were seen" in html(fresh)
    assert documents.to_json(brief)["screening"]["unit"] == "patient-quarters"
    screening = next(each for each in spreadsheet.sheets_of(brief) if each.name == "Screening")
    assert screening.header[-1] == "Unit"
    assert {row[-1] for row in screening.rows} == {"patient-quarters"}


def test_claims_that_the_released_counts_contradict_are_named_in_every_form(fresh):
    plans.submitted(fresh, "elm", plans.answers_at(3), NOW)
    release_all(fresh)
    brief = brief_of(fresh)
    named = [each.item_id for each in brief.disagreeing]
    assert "EQME-1" in named
    assert "EQME-1 (level 3): results are split by patient group" in html(fresh)
    told = documents.to_json(brief)["counts_do_not_agree"]
    assert [each["item"] for each in told] == named
    (sheet,) = (each for each in spreadsheet.sheets_of(brief) if each.name == "Brief")
    assert "The counts do not agree with EQME-1, level 3" in [row[0] for row in sheet.rows]


def test_one_quarter_is_still_one_of_patients(store):
    assert documents.to_json(brief_of(store))["screening"]["unit"] == "patients"


def test_only_gaps_wholly_on_the_worse_side_are_named_clear(store):
    found = brief_of(store).gaps
    assert {line.people for line in found.clear} <= {
        "Black or African American alone",
        "Hispanic or Latino alone",
    }
    assert all(line.is_worse for line in found.clear)


def test_a_gap_wholly_on_the_better_side_is_not_called_chance(fresh):
    plans.submitted(fresh, "elm", ANSWERS, NOW)
    release_all(fresh, races={**RACES, "asian": (280, 300)})
    found = brief_of(fresh).gaps
    better = [
        line for line in found.compared if not line.is_worse and not line.low <= 0 <= line.high
    ]
    assert better
    assert found.clearly_better == len(better)
    assert found.may_be_chance == sum(line.low <= 0 <= line.high for line in found.compared)
    assert f"{len(better)} lie wholly on the better side" in html(fresh)


@pytest.mark.parametrize(
    ("low", "high", "is_lower_better", "is_clear"),
    [
        (-0.2, -0.01, False, True),
        (-0.2, 0.0, False, False),
        (0.01, 0.2, False, False),
        (0.01, 0.2, True, True),
        (-0.2, -0.01, True, False),
    ],
)
def test_a_gap_is_clear_when_its_interval_lies_on_the_worse_side(
    low, high, is_lower_better, is_clear
):
    middle = (low + high) / 2
    line = BriefGap("m", is_lower_better, "p", middle, low, high, 90, 90, None, False)
    assert line.is_clear is is_clear


def test_the_same_travels_inside_as_data(papers):
    with pikepdf.open(BytesIO(papers[Page.LETTER])) as pdf:
        inside = json.loads(pdf.attachments["brief.json"].get_file().read_bytes())
    assert inside["tier"]["id"] == "T2"
    assert inside["screening"]["reach"] == {"numerator": 2310, "denominator": 5200}
    assert len(inside["gaps"]) == 12
    assert len(inside["questions"]) == 3


def test_the_spreadsheet_says_the_same(store):
    made = spreadsheet.xlsx(Session(store, people.actor(store, "pam"), NOW), "fair", "elm")
    book = load_workbook(BytesIO(made))
    assert book.sheetnames == ["Brief", "Domains", "Gates", "Screening", "Gaps", "Next actions"]
    cells = {row[0].value: row[1].value for row in book["Brief"].iter_rows()}
    assert cells["Group"] == "Elm Physicians"
    assert book["Screening"]["B2"].value == 2310
    assert book["Gaps"].max_row == 13
    assert spreadsheet.xlsx(Session(store, people.actor(store, "pam"), NOW), "fair", "elm") == made


def test_of_a_group_that_released_nothing_it_says_so(fresh, printer):
    plans.submitted(fresh, "elm", plans.answers_at(1), NOW, facts={})
    says = html(fresh)
    assert "No social-risk counts of a closed quarter have been released" in says
    assert "No quality measure by race, ethnicity or language has been released" in says
    assert "These facts are not told" in says
    assert pages_of(printed(fresh, printer)) == 2


MANY_UNKNOWN = {item.id.replace("-", "_"): Answer.dont_know() for item in plans.QMER.items[::2]}


@pytest.mark.parametrize(
    "answers",
    [
        plans.answers_at(0),
        plans.answers_at(1, **MANY_UNKNOWN),
        plans.answers_at(3),
        plans.answers_at(4),
    ],
    ids=["nothing yet", "T0", "all at 3", "T4"],
)
def test_every_kind_of_group_takes_two_pages_on_either_paper(tmp_path, printer, answers):
    with_name = opened(tmp_path, HOSTILE[:120])
    plans.submitted(with_name, "elm", answers, NOW)
    needs = (Need.FOOD, Need.HOUSING, Need.TRANSPORTATION, Need.UTILITIES, Need.SAFETY)
    release_all(with_name, (*needs, Need.FINANCIAL, Need.DIGITAL))
    for size in Page:
        pdf = printed(with_name, printer, size)
        (file := tmp_path / "brief.pdf").write_bytes(pdf)
        assert pages_of(pdf) == 2
        assert page.validate_pdf(str(file)).failures == []
    with_name.close()


def test_what_was_typed_is_text_and_is_cut_where_it_is_endless(fresh):
    with fresh.writing():
        fresh.execute("update groups set name = ? where id = 'elm'", (HOSTILE * 5,))
    plans.submitted(fresh, "elm", ANSWERS, NOW)
    says = html(fresh)
    assert "<script>" not in says
    assert "&lt;script&gt;alert(1)" in says
    assert HOSTILE * 2 not in says.replace("&lt;", "<").replace("&gt;", ">")


def test_an_expired_tier_is_told_and_asked_about(fresh):
    plans.submitted(fresh, "elm", plans.answers_at(2, LEAD_1=1), NOW)
    later = NOW.replace(month=7, day=16)
    brief = brief_of(fresh, later)
    assert brief.summary.is_expired
    assert "ran out on July 15, 2027" in html(fresh, later)
    assert any("When will the group" in each for each in questions.questions_for(brief))


def test_before_anything_was_submitted_there_is_no_brief(fresh):
    plans.written(fresh, "elm", ANSWERS, NOW)
    with pytest.raises(WrongState, match="not submitted anything yet"):
        brief_of(fresh)


def test_somebody_elses_payer_finds_nothing(store):
    pete = people.actor(store, "pete")
    for payer_id in ("fair", "far"):
        with pytest.raises(NotFound):
            contents.of_group(Session(store, pete, NOW), payer_id, "elm")


def test_who_also_works_for_the_group_reads_here_what_the_payer_may(fresh):
    """What the group writes since its submission stays out."""
    plans.submitted(fresh, "elm", ANSWERS, NOW)
    with fresh.writing():
        people.join(fresh, Membership("m-both", "pam", Role.PRACTICE_MANAGER, group_id="elm"), NOW)
        changed = (ContextRevision("sites", 2, 77, "maya", NOW),)
        assessments.save_context(fresh, "a1", changed, None)
    assert ("Practice sites", "2") in brief_of(fresh).facts


def test_members_are_those_of_the_payer_whose_cycle_it_is_and_nobody_elses(fresh):
    """One submission serves both payers; the number is one payer's alone."""
    made = payers.started(fresh, "elm", "fair")
    payers.accepted(fresh, payers.invited(fresh, payers.a_cycle(fresh, "far"), "elm"), "elm")
    with fresh.writing():
        told = (ContextRevision("attributed_members", 1, 7_350, "maya", NOW),)
        assessments.save_context(fresh, made.id, told, None)
    payers.answer(fresh, made, payers.all_at(2))
    payers.send_in(fresh, made)
    own, other = (
        contents.of_group(Session(fresh, people.actor(fresh, who), NOW), payer_id, "elm")
        for who, payer_id in (("pam", "fair"), ("pete", "far"))
    )
    assert (f"Members of {own.payer.name}", "7,350") in own.facts
    assert "7,350" not in dict(other.facts).values()
    for payer_id, members in (("fair", 7_350), ("far", None)):
        (baseline,) = baselines.of_payer(fresh, payer_id, NOW.date())
        assert baseline.context.get("attributed_members") == members


def test_an_overdue_action_comes_before_everything_but_the_tier(store):
    late = brief_of(store, NOW + timedelta(days=120))
    first, *_ = questions.questions_for(late)
    assert "was due on" in first
    assert any(line.is_overdue for line in late.actions)
    assert all(line.due_on is None or isinstance(line.due_on, date) for line in late.actions)


def test_neither_the_brief_nor_the_plan_on_paper_tells_what_another_payer_awarded(fresh):
    plans.submitted(fresh, "elm", ANSWERS, NOW)
    with fresh.writing():
        row = fresh.row("select * from grants where payer_id = 'fair'")
        fresh.insert("grants", {**row, "id": "elm-far", "payer_id": "far"})
    action = next(line for line in brief_of(fresh).actions if line.may_pay)
    for number, (payer, cents) in enumerate((("Fair Health", 1_234_00), ("Far Health", 77_000_00))):
        kind = PostingKind.AWARDED
        entered = Posting(
            f"p{number}", "elm", "a1", action.id, kind, cents, NOW.date(), payer, "", "maya", NOW
        )
        event = Event(NOW, "maya", "entered", "plan", "a1", group_id="elm")
        postings.add_posting(fresh, entered, event)
    assert brief_of(fresh).money.whole.awarded == "$1,234"
    for who, own, others in (("pam", "$1,234", "$77,000"), ("pete", "$77,000", "$1,234")):
        session = Session(fresh, people.actor(fresh, who), NOW)
        paper = document.job_of(session, "a1", Page.LETTER).html
        assert own in paper
        assert others not in paper
        assert "$78,234" not in paper


def test_money_so_far_stands_in_it_with_what_it_warns_of(fresh, printer):
    plans.submitted(fresh, "elm", ANSWERS, NOW)
    assert "Money so far" not in html(fresh)
    action = next(line for line in brief_of(fresh).actions if line.may_pay)
    for number, (kind, cents) in enumerate(
        ((PostingKind.AWARDED, 10_000_00), (PostingKind.SPENT, 60_000_000_00))
    ):
        entered = Posting(
            f"p{number}", "elm", "a1", action.id, kind, cents, NOW.date(), "", "", "maya", NOW
        )
        postings.add_posting(
            fresh, entered, Event(NOW, "maya", "entered", "plan", "a1", group_id="elm")
        )
    brief = brief_of(fresh)
    says = html(fresh)
    assert "Money so far" in says
    assert brief.money.whole.spent in says
    assert brief.money.warned[0].warnings[0][:40] in says
    assert "the rest of the plan" in " ".join(questions.questions_for(brief))
    assert pages_of(printed(fresh, printer)) == 2
