"""Scenarios, answers, draws and replays: read back as they were kept, and never changed."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from readiness.accounts.db import groups
from readiness.core import audit, serialization
from readiness.core.audit import Event
from readiness.core.errors import NotFound
from readiness.core.people import Payer
from readiness.investment import db as allocations
from readiness.investment.answers import (
    CostSpan,
    GroupAward,
    OptionLeftOut,
    PackagePick,
    Pick,
    PolicyAnswer,
    ScenarioAnswer,
    Stability,
    Survival,
)
from readiness.investment.models import ActionOrigin, BenefitComponent, Tag
from readiness.investment.policy import OWN_ID
from readiness.investment.problem import AllocationProblem, Limit, Option, Package, ProblemGroup
from readiness.investment.scenario import (
    BudgetScenario,
    CostBasis,
    Replay,
    ScenarioRequest,
    ScenarioSolution,
)
from tests.factories.baselines import a_baseline
from tests.factories.offers import offer_to
from tests.factories.world import NOW


@pytest.fixture
def store(empty_store):
    return empty_store


FULL = BudgetScenario(
    "Spring",
    (500_000, 400_000),
    OWN_ID,
    {BenefitComponent.NEXT_TIER: 50, BenefitComponent.NEED: 30, BenefitComponent.PEOPLE: 20},
    CostBasis.HIGH,
    cap_share=20,
    floor_tag=Tag.SMALL,
    floor_share=30,
    beyond_plans=True,
    pins=frozenset({("elm", "to:T2")}),
    bans=frozenset({("elm", "SDOH"), ("oak", "GOV")}),
)
TOLD = Event(NOW, "pam", "asked for", "investment scenario", "a1", payer_id="fair")
FOUND = PolicyAnswer(
    "own",
    is_possible=True,
    picks=(Pick("elm", "GOV", 2, "to:T2"), Pick("elm", "PAC")),
    objective=3.5,
    bound=3.6,
    by_year=(0, 14_142),
    span=CostSpan(1, 2, 3, 0.5),
    bought=(
        GroupAward(
            "elm", 14_142, ("tier:next",), ("LEAD-1",), "T1", "T2", "Developing", "to:T2", 2
        ),
    ),
    points=dict.fromkeys(BenefitComponent, 10.0),
    packages=(PackagePick("elm", "to:T2", 2),),
)
NOT_POSSIBLE = PolicyAnswer("need", is_possible=False, why_not=("This cannot be kept.",))
OUT = OptionLeftOut("elm", "to:T3", 90_000, 100.0, None, (), (Pick("elm", "PAC"),), ("Too dear.",))
ANSWERED = ScenarioSolution(
    NOW,
    (),
    AllocationProblem(
        500_000,
        (ProblemGroup("elm", frozenset({"GOV"})),),
        (Option("elm", "PAC", 23_238, Fraction(7, 2)),),
        limits=(
            Limit("starts in elm", 6, ((("elm", "PAC"), 1),), packages=()),
            Limit("the pinned to:T2 in elm", 1, (), least=1, packages=((("elm", "to:T2"), 1),)),
        ),
        packages=(Package("elm", "to:T2", "T2", ("GOV", "PAC"), 30_000, 23_238, Fraction(0)),),
    ),
    ScenarioAnswer((FOUND, NOT_POSSIBLE), None, FOUND, (OUT,), (), "HiGHS 1"),
)


@pytest.fixture
def scenario_request(store):
    made = ScenarioRequest("a1", "fair", None, "pam", NOW, FULL, 7)
    with store.writing():
        groups.add_payer(store, Payer("fair", "Fair Health"), NOW)
        allocations.add(store, made, TOLD)
    return made


def test_a_scenario_comes_back_as_it_was_asked(store, scenario_request):
    assert allocations.get(store, "a1") == scenario_request
    assert allocations.of_payer(store, "fair") == (scenario_request,)
    assert allocations.of_payer(store, "far") == ()
    with pytest.raises(NotFound):
        allocations.get(store, "a2")


def test_an_answer_comes_back_as_it_was_kept_and_only_once(store, scenario_request):
    assert allocations.solution(store, "a1") is None
    allocations.keep_answer(store, "a1", ANSWERED, TOLD)
    assert allocations.solution(store, "a1") == ANSWERED
    assert allocations.answers_of_payer(store, "fair") == {"a1": ANSWERED.answer}
    with pytest.raises(sqlite3.IntegrityError):
        allocations.keep_answer(store, "a1", ANSWERED, TOLD)


def test_an_offer_comes_back_with_its_packages_and_where_each_action_is_from(
    store, scenario_request
):
    offer = offer_to(a_baseline())
    solution = replace(ANSWERED, offers=(offer,))
    allocations.keep_answer(store, "a1", solution, TOLD)
    found = allocations.solution(store, "a1")
    assert found
    (kept,) = found.offers
    assert kept == offer
    assert kept.package_by_id["to:T2"].actions == ("GOV", "CONTRACT")
    assert kept.candidate_by_id["REALCOL"].origin is ActionOrigin.LATER


def test_what_was_stored_before_offers_came_from_plans_is_read():
    offer = offer_to(a_baseline())
    added = ("origin", "is_payable", "packages", "held_back", "why_not", "too_little")
    plain = serialization.to_json(replace(ANSWERED, offers=(offer,)))
    read = serialization.from_json(ScenarioSolution, without_fields(plain, added))
    assert {each.origin for each in read.offers[0].candidates} == {ActionOrigin.FORMER}
    assert read.offers[0].packages == ()
    assert read.answer.founds[0].packages == ()
    assert read.problem.packages == ()


def without_fields(value, names):
    if isinstance(value, list | tuple):
        return [without_fields(each, names) for each in value]
    if isinstance(value, dict):
        return {k: without_fields(v, names) for k, v in value.items() if k not in names}
    return value


def test_the_latest_draws_are_read(store, scenario_request):
    assert allocations.stability(store, "a1") is None
    for runs in (40, 200):
        found = Stability(runs, 7, runs, (Survival("elm", "GOV", 31),), 1.0, 2.0)
        allocations.keep_stability(store, "a1", found, NOW + timedelta(minutes=runs), TOLD)
    latest = allocations.stability(store, "a1")
    assert latest
    assert latest.runs == 200


def test_every_replay_is_kept(store, scenario_request):
    replays = (Replay(NOW, "HiGHS 1", is_same=True), Replay(NOW, "HiGHS 2", is_same=False))
    for each in replays:
        allocations.keep_replay(store, "a1", each, TOLD)
    assert allocations.replays(store, "a1") == replays


@pytest.mark.parametrize("table", ["allocations", "allocation_answers"])
def test_nothing_is_ever_changed(store, scenario_request, table):
    allocations.keep_answer(store, "a1", ANSWERED, TOLD)
    column = "seed" if table == "allocations" else "solver"
    with pytest.raises(sqlite3.IntegrityError, match="only ever added"), store.writing():
        store.execute(f"update {table} set {column} = 8")  # noqa: S608 - our names


def test_each_line_is_kept_with_its_event_or_not_at_all(store, scenario_request, monkeypatch):
    monkeypatch.setattr(audit, "record", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        allocations.keep_answer(store, "a1", ANSWERED, TOLD)
    assert allocations.solution(store, "a1") is None
