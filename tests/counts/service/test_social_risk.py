from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from readiness.accounts.db import groups
from readiness.core import audit
from readiness.core.db import Session, Store
from readiness.core.errors import BadInput, NotFound, WrongState
from readiness.core.migrations import migrate
from readiness.core.people import Actor, Group, Membership, Role
from readiness.core.periods import Period
from readiness.counts.db import social_risk
from readiness.counts.models import CountsClash, PeriodState, PostedCounts
from readiness.counts.service import entry
from readiness.counts.service import social_risk as screen
from readiness.counts.service.social_risk import SCHEMA, Quarter
from readiness.counts.social_risk.models import FunnelCell, Need, Step
from readiness.counts.social_risk.rates import CONTEXT_CLAIMS, claims_shares
from readiness.releases.service.publication import SOCIAL_RISK
from tests.factories.completion import mark_complete
from tests.factories.social_risk_counts import GOOD, typed

NOW = datetime(2027, 1, 15, 12, tzinfo=UTC)
Q4 = Period(2026, 4)
CARA = Actor("cara", "Cara", (Membership("m1", "cara", Role.CARE_TEAM, group_id="elm"),))
MAYA = Actor("maya", "Maya", (Membership("m2", "maya", Role.PRACTICE_MANAGER, group_id="elm"),))
OMAR = Actor("omar", "Omar", (Membership("m3", "omar", Role.CARE_TEAM, group_id="oak"),))
PAM = Actor("pam", "Pam", (Membership("m4", "pam", Role.PAYER_MANAGER, payer_id="fair"),))
ELIGIBLE, SCREENED, ANY = (
    FunnelCell(Step.ELIGIBLE),
    FunnelCell(Step.SCREENED),
    FunnelCell(Step.ANY_POSITIVE),
)
ODD = {ANY: 210, **{FunnelCell(Step.POSITIVE, need): 150 for need in (Need.FOOD, Need.HOUSING)}}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.create(tmp_path / "readiness.db")
    migrate(opened)
    for group_id in ("elm", "oak"):
        groups.add(opened, Group(group_id, group_id.title()), NOW)
    yield opened
    opened.close()


def save(store: Store, known, base=None, why=None, actor=CARA, quarter="2026-Q4") -> bool:
    sent = PostedCounts(typed(known), {c.key: n for c, n in (base or {}).items()}, why or {})
    return entry.save(Session(store, actor, NOW), SCHEMA, "elm", quarter, sent)


def seen(store: Store) -> Quarter:
    return entry.get(Session(store, CARA, NOW), SCHEMA, "elm", "2026-Q4")


def test_partial_work_is_kept_and_opens_the_quarter(store):
    assert save(store, {ELIGIBLE: 400})
    assert seen(store).counts.known == {ELIGIBLE: 400}
    assert seen(store).status.state is PeriodState.OPEN
    assert [event.verb for event in audit.of_group(store, "elm")] == [
        "opened a quarter",
        "entered counts",
    ]


def test_saving_the_same_again_is_nothing_new(store):
    save(store, GOOD)
    before = len(audit.of_group(store, "elm"))
    assert not save(store, GOOD)
    assert len(audit.of_group(store, "elm")) == before


def test_numbers_that_contradict_each_other_are_kept_but_stop_completion(store):
    save(store, {ELIGIBLE: 100, SCREENED: 120})
    assert seen(store).contradictions
    with pytest.raises(BadInput, match="cannot be more than All patients, Eligible") as refused:
        mark_complete(Session(store, CARA, NOW), SOCIAL_RISK, "elm", "2026-Q4", 11)
    assert refused.value.problems[0].place == SCREENED.key


def test_a_text_that_is_no_count_is_refused_with_its_row_and_column(store):
    sent = PostedCounts(
        {ELIGIBLE.key: "400", FunnelCell(Step.POSITIVE, Need.FOOD).key: "3.5", SCREENED.key: "-1"}
    )
    with pytest.raises(BadInput) as refused:
        entry.save(Session(store, CARA, NOW), SCHEMA, "elm", "2026-Q4", sent)
    assert [problem.says.split(":")[0] for problem in refused.value.problems] == [
        "Food, Need found",
        "All patients, Screened",
    ]
    assert seen(store).counts.known == {}


def test_fields_that_no_page_has_are_never_stored(store):
    sent = PostedCounts(
        {"total.total.food.names": "7", "total.total.income.positive": "7", "x": "7"}
    )
    assert not entry.save(Session(store, CARA, NOW), SCHEMA, "elm", "2026-Q4", sent)
    assert social_risk.of_group(store, "elm") == {}


def test_a_good_closed_quarter_becomes_complete_and_a_change_opens_it_again(store):
    save(store, GOOD)
    mark_complete(Session(store, CARA, NOW), SOCIAL_RISK, "elm", "2026-Q4", 11)
    assert seen(store).status.state is PeriodState.COMPLETE
    mark_complete(Session(store, CARA, NOW), SOCIAL_RISK, "elm", "2026-Q4", 11)
    save(store, {ELIGIBLE: 401}, base={ELIGIBLE: 1})
    assert seen(store).status.state is PeriodState.OPEN


def test_a_quarter_without_its_two_needed_numbers_is_not_complete(store):
    save(store, {ELIGIBLE: 400})
    with pytest.raises(BadInput, match="All patients, Screened: enter this number"):
        mark_complete(Session(store, CARA, NOW), SOCIAL_RISK, "elm", "2026-Q4", 11)


def test_a_running_quarter_can_be_entered_and_not_completed(store):
    assert save(store, GOOD, quarter="2027-Q1")
    with pytest.raises(WrongState, match=r"still running.*from April 1"):
        mark_complete(Session(store, CARA, NOW), SOCIAL_RISK, "elm", "2027-Q1", 11)


@pytest.mark.parametrize("quarter", ["2027-Q2", "2026-Q5", "1999-Q1", "latest"])
def test_a_quarter_that_is_none_or_has_not_begun_is_not_found(store, quarter):
    with pytest.raises(NotFound):
        save(store, GOOD, quarter=quarter)


def test_an_odd_number_may_stay_with_an_explanation_for_as_long_as_it_says_the_same(store):
    save(store, {**GOOD, **ODD})
    (odd,) = seen(store).unusual
    with pytest.raises(BadInput, match=r"84\.0%"):
        mark_complete(Session(store, CARA, NOW), SOCIAL_RISK, "elm", "2026-Q4", 11)
    save(store, {}, why={odd.finding.key: "A visit to a shelter in November."})
    assert seen(store).unusual[0].stands
    mark_complete(Session(store, CARA, NOW), SOCIAL_RISK, "elm", "2026-Q4", 11)
    save(store, {ANY: 220}, base={ANY: 1})
    (again,) = seen(store).unusual
    assert (again.stands, again.written) == (False, "A visit to a shelter in November.")
    with pytest.raises(BadInput, match=r"88\.0%"):
        mark_complete(Session(store, CARA, NOW), SOCIAL_RISK, "elm", "2026-Q4", 11)


def test_an_explanation_can_be_taken_back(store):
    save(store, {**GOOD, **ODD})
    key = seen(store).unusual[0].finding.key
    save(store, {}, why={key: "A visit."})
    save(store, {}, why={key: " "})
    assert not seen(store).unusual[0].stands


@pytest.mark.parametrize(
    ("text", "says"), [("Call 617-555-0134", "a phone number"), ("x" * 301, "301 characters long")]
)
def test_an_explanation_holds_nothing_about_one_patient_and_is_short(store, text, says):
    save(store, {**GOOD, **ODD})
    key = seen(store).unusual[0].finding.key
    with pytest.raises(BadInput, match=says):
        save(store, {ELIGIBLE: 500}, base={ELIGIBLE: 1}, why={key: text})
    assert seen(store).counts.at(Step.ELIGIBLE) == 400


def test_two_people_at_one_grid_keep_each_others_numbers(store):
    save(store, {ELIGIBLE: 400, SCREENED: 250})
    shown = {ELIGIBLE: 1, SCREENED: 1}
    save(store, {ELIGIBLE: 410, SCREENED: 250}, base=shown, actor=MAYA)
    save(store, {ELIGIBLE: 400, SCREENED: 260}, base=shown)
    assert seen(store).counts.known == {ELIGIBLE: 410, SCREENED: 260}


def test_a_clash_is_told_and_nothing_is_overwritten(store):
    save(store, {ELIGIBLE: 400})
    save(store, {ELIGIBLE: 410}, base={ELIGIBLE: 1}, actor=MAYA)
    with pytest.raises(CountsClash) as refused:
        save(store, {ELIGIBLE: 420, SCREENED: 5}, base={ELIGIBLE: 1})
    assert [(c.mine, c.theirs) for c in refused.value.merge.clashes] == [(420, 410)]
    assert seen(store).counts.known == {ELIGIBLE: 410}


@pytest.mark.parametrize("actor", [OMAR, PAM])
def test_nobody_from_elsewhere_reads_or_enters_counts(store, actor):
    with pytest.raises(NotFound):
        save(store, GOOD, actor=actor)
    with pytest.raises(NotFound):
        entry.get(Session(store, actor, NOW), SCHEMA, "elm", "2026-Q4")
    with pytest.raises(NotFound):
        entry.overview(Session(store, actor, NOW), SCHEMA, "elm")
    with pytest.raises(NotFound):
        mark_complete(Session(store, actor, NOW), SOCIAL_RISK, "elm", "2026-Q4", 11)
    with pytest.raises(NotFound):
        entry.paste(Session(store, actor, NOW), SCHEMA, "elm", "1", ())


def test_the_list_shows_the_running_quarter_and_two_years(store):
    lines = entry.overview(Session(store, CARA, NOW), SCHEMA, "elm").lines
    assert [str(line.period) for line in lines[:2]] == ["2027-Q1", "2026-Q4"]
    assert len(lines) == 9
    save(store, {ELIGIBLE: 1}, quarter="2016-Q1")
    assert (
        str(entry.overview(Session(store, CARA, NOW), SCHEMA, "elm").lines[-1].period) == "2016-Q1"
    )


def test_the_task_list_names_the_latest_closed_quarter(store):
    assert screen.state_of(store, "elm", NOW.date()).says == "Q4 2026 missing"
    save(store, GOOD)
    assert screen.state_of(store, "elm", NOW.date()).says == "Q4 2026 started"
    mark_complete(Session(store, CARA, NOW), SOCIAL_RISK, "elm", "2026-Q4", 11)
    assert screen.state_of(store, "elm", NOW.date()).says == "Q4 2026 complete"
    assert screen.state_of(store, "elm", NOW.date()).is_done
    assert screen.state_of(store, "elm", date(2027, 4, 1)).says == "Q1 2027 missing"


def test_claims_are_held_against_what_was_entered(store):
    assert screen.shares_for_claims(store, "elm", NOW.date()) == {}
    save(store, GOOD)
    save(store, GOOD, quarter="2027-Q1")
    found = screen.shares_for_claims(store, "elm", NOW.date())
    assert found["SOCR-2"].share == Fraction(250, 400)
    assert found["SOCR-2"].periods == (Q4,)
    lines = entry.overview(Session(store, MAYA, NOW), SCHEMA, "elm").lines
    shown = claims_shares((line.counts for line in lines), NOW.date(), CONTEXT_CLAIMS)
    assert shown["SOCR-3"].share == Fraction(2, 3)
