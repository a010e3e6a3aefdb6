"""What is shown of a scenario: everything of groups that share, and nothing of one that stopped."""

from __future__ import annotations

import io
import json
import re
import zipfile
from contextlib import closing
from dataclasses import fields, is_dataclass, replace

import pytest

from readiness.accounts.db import people
from readiness.core.db import Session, Store
from readiness.core.errors import NotFound, WrongState
from readiness.investment import db as allocations
from readiness.investment import problem_json
from readiness.investment.answers import (
    Stability,
    Survival,
)
from readiness.investment.lifecycle import AwardRecord, ScenarioAward, ScenarioState
from readiness.investment.presenters import result as answer
from readiness.investment.presenters.policies import NOT_COMPARED
from readiness.investment.scenario import Replay
from readiness.investment.service import results as files
from readiness.investment.service import scenarios
from readiness.investment.service.allocation import allocate
from readiness.investment.service.stored import HIDDEN_GROUP
from tests.factories import allocations as allocated
from tests.factories import world
from tests.factories.allocations import SMALL
from tests.factories.world import NOW
from tests.investment.conftest import opened_copy

pytestmark = pytest.mark.slow  # solved scenarios are shared by all


@pytest.fixture
def pam(grove):
    return people.actor(grove, "pam")


@pytest.fixture(scope="module")
def once(grown, tmp_path_factory):
    """A scenario solved once, with where it is stored: each test works on a copy."""
    path = world.copy_of(grown, tmp_path_factory.mktemp("solved"))
    with closing(Store(path)) as store:
        return path, allocated.add_solved(store, "a1", replace(SMALL, starts=None, most_days=None))


@pytest.fixture
def grove(request, grown, tmp_path):
    is_solved = "solution" in request.fixturenames
    path = request.getfixturevalue("once")[0] if is_solved else grown
    yield from opened_copy(path, tmp_path)


@pytest.fixture
def solution(once):
    return once[1]


def shown(store, pam, allocation_id="a1"):
    return files.result(Session(store, pam, NOW), "fair", allocation_id)


def words(value):
    """Every text inside a view, however deep."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for each in fields(value):
            yield from words(getattr(value, each.name))
    elif isinstance(value, tuple):
        for each in value:
            yield from words(each)


def stop_sharing(store):
    with store.writing():
        store.execute("update grants set revoked_at = ? where id = 'elm-fair'", (NOW.isoformat(),))


def test_the_decision_and_what_it_rests_on_stand_there(grove, pam, solution):
    result = shown(grove, pam)
    main = solution.answer.found("next_tier")
    ways = [each for each in main.bought if each.package_id and each.dollars]
    assert result.decision.startswith(f"All of the way to a higher tier in {len(ways)} group")
    free = [each for each in main.bought if each.package_id and not each.dollars]
    assert (f"At no cost to you besides: {len(free)} group" in result.decision) == bool(free)
    assert sum(len(group.actions) for group in result.groups) == len(main.picks)
    assert {g.group_id for g in (*result.groups, *result.nothing)} == {"elm", "ash", "fir"}
    assert result.money[0].budget == 300_000
    assert len(result.comparison.policies) == 4
    assert result.what_to_do == ""  # every way fits its budget
    assert "95% interval" in " ".join(result.method)


def test_every_cost_is_a_range_and_every_difference_has_its_reason(grove, pam, solution):
    result = shown(grove, pam)
    for group in result.groups:
        for action in group.actions:
            assert " to " in action.range
    for line in result.comparison.differences:
        assert line.because
        assert True in line.chosen_by
        assert False in line.chosen_by


def test_survival_is_shown_once_it_was_tried(grove, pam, solution):
    pick = solution.answer.found("next_tier").picks[0]
    found = Stability(40, 7, 40, (Survival(pick.group_id, pick.action_id, 31),), 50.0, 60.0)
    request = allocations.get(grove, "a1")
    allocations.keep_stability(
        grove, "a1", found, NOW, scenarios.event_of(request, pam, "shook", NOW)
    )
    result = shown(grove, pam)
    assert "Solved 40 times" in result.stability
    said = {
        (group.group_id, action.action_id): action.survives
        for group in result.groups
        for action in group.actions
    }
    assert said.pop(pick.key) == "31 of 40"
    assert set(said.values()) == {"0 of 40"}


def test_replays_are_told(grove, pam, solution):
    request = allocations.get(grove, "a1")
    event = scenarios.event_of(request, pam, "replayed", NOW)
    allocations.keep_replay(grove, "a1", Replay(NOW, "HiGHS 9", is_same=False), event)
    assert shown(grove, pam).replays == ("January 15, 2027, HiGHS 9: another answer came out.",)


def test_nothing_of_a_group_that_stopped_sharing_is_shown(grove, pam, solution):
    assert any("Elm Physicians" in says for says in words(shown(grove, pam)))
    stop_sharing(grove)
    result = shown(grove, pam)
    assert result.has_hidden
    assert not [says for says in words(result) if "Elm" in says or "elm" in says.split()]
    (hidden,) = [g for g in (*result.groups, *result.nothing) if g.is_hidden]
    assert (hidden.name, hidden.actions, hidden.others, hidden.notes) == (HIDDEN_GROUP, (), (), ())
    gaps = [says for group in result.groups if group.is_hidden for says in words(group)]
    assert not [says for says in gaps if "patients" in says]


def test_what_rests_on_all_groups_together_is_withheld_once_one_stopped_sharing(
    grove, pam, solution
):
    """The sum of all less the lines of the others would be the line of the one that is gone."""
    before = shown(grove, pam)
    stop_sharing(grove)
    left = shown(grove, pam)
    assert left.ended == 1
    for name in ("cost", "within", "buys", "proof", "shadow", "rivals", "comparison"):
        assert getattr(before, name), name
    assert (left.buys, left.rivals, left.left_out) == ((), (), ())
    assert (left.cost, left.within, left.proof, left.shadow) == ("", "", "", ())
    assert left.comparison == NOT_COMPARED
    assert "1 group no longer shared" in left.decision
    assert "T2" not in left.decision + "".join(e.outcome for e in listed(grove, pam).lines)
    own = [each.own_dollars for each in left.groups if not each.is_hidden]
    assert left.totals.own_dollars == sum(own)


def listed(store, pam):
    return files.listing(Session(store, pam, NOW), "fair")


def test_a_place_among_the_cheapest_counts_only_groups_that_share(grove, pam, solution):
    stop_sharing(grove)
    said = [each.sentence for each in shown(grove, pam).groups if "cheapest of" in each.sentence]
    assert said
    assert not [each for each in said if "of 3 ways" in each]


def test_a_funded_one_names_no_group_that_stopped_sharing_in_what_was_awarded(grove, pam, solution):
    request = allocations.get(grove, "a1")
    record = AwardRecord(ScenarioAward("elm", "SDOH", 1, 5_000), "p1")
    funded = replace(
        allocations.status(grove, request), state=ScenarioState.FUNDED, awards=(record,)
    )
    event = scenarios.event_of(request, pam, "funded", NOW)
    allocations.keep_status(grove, "a1", funded, event)
    assert shown(grove, pam).status.awards == (record,)
    stop_sharing(grove)
    assert shown(grove, pam).status.awards == ()


def test_its_problem_does_not_leave_once_a_group_stopped_sharing(grove, pam, solution):
    stop_sharing(grove)
    with pytest.raises(WrongState, match="no longer shares"):
        files.as_json(Session(grove, pam, NOW), "fair", "a1")


def test_an_outsider_can_solve_the_problem_again_from_the_file(grove, pam, solution):
    found = files.as_json(Session(grove, pam, NOW), "fair", "a1")
    assert found["limits"] == []
    request = problem_json.read(json.dumps(found["problem"]).encode())
    made = allocate(request.problem, request.gap, request.time_limit)
    main = solution.answer.found("next_tier")
    assert float(made.objective) == pytest.approx(main.objective, rel=1e-4)
    assert made.spent <= 300_000


def test_the_spreadsheet_holds_every_page(grove, pam, solution):
    book = zipfile.ZipFile(io.BytesIO(files.xlsx(Session(grove, pam, NOW), "fair", "a1")))
    names = book.read("xl/workbook.xml").decode()
    for name in ("Decision", "Chosen", "Groups", "Policies", "Differences", "Left out"):
        assert f'name="{name}"' in names


def test_the_list_says_what_each_came_to(grove, pam, solution):
    allocated.add_request(grove, "a2")
    listed = files.listing(Session(grove, pam, NOW), "fair")
    assert listed.groups == 3
    assert {line.id: line.outcome == answer.WAITING for line in listed.lines} == {
        "a1": False,
        "a2": True,
    }


def test_a_scenario_without_an_answer_is_not_found_as_a_result(grove, pam):
    allocated.add_request(grove, "a2")
    with pytest.raises(NotFound):
        shown(grove, pam, "a2")


def test_impossible_limits_say_what_to_loosen(grove, pam):
    pins = frozenset({("ash", "to:T3")})
    allocated.add_solved(grove, "a3", replace(SMALL, budgets=(1_000,), pins=pins))
    result = shown(grove, pam, "a3")
    assert not result.is_possible
    assert "Free a pin" in result.impossible
    assert "contradict each other" in result.why_not[0]
    assert "all of the way to T3 in Ash Physicians" in result.why_not[0]
    assert result.groups == ()


@pytest.mark.parametrize("budgets", [(500,), (500, 700)])
def test_money_that_buys_nothing_is_said_beside_what_costs_nothing(grove, pam, budgets):
    allocated.add_solved(grove, "a3", replace(SMALL, budgets=budgets))
    shown = files.result(Session(grove, pam, NOW), "fair", "a3")
    assert [each.dollars for each in shown.groups] == [0]
    free, _, least = shown.decision.partition(" At no cost to you besides: 1 group (1 to T4). ")
    assert free == f"None of the ${sum(budgets):,} is spent."
    assert re.search(
        r"the cheapest choice within the limits that adds anything, .+, costs \$\d+,\d{3}", least
    )
    assert f"${budgets[-1]}" in least
    assert shown.cost == shown.within == ""
    for each in shown.nothing:
        assert "in one year; " in each.why_nothing
        assert "could get" not in each.why_nothing


@pytest.mark.parametrize(
    ("budgets", "cap", "says"),
    [
        ((9_000,), None, "this scenario has $9,000."),
        ((9_000, 9_500), None, "no year of this scenario has more than $9,500."),
        ((90_000,), 9_000, "one group can take on $9,000 in a year at most."),
        ((90_000, 900), None, "one group can get $90,000 and $900 in these years at most."),
    ],
)
def test_a_way_that_no_year_has_the_money_for_is_told_with_what_to_do(
    grove, pam, budgets, cap, says
):
    scenario = replace(SMALL, budgets=budgets, cap_dollars=cap, most_days=None)
    allocated.add_solved(grove, "a3", scenario)
    shown = files.result(Session(grove, pam, NOW), "fair", "a3")
    (elm,) = [each for each in (*shown.groups, *shown.nothing) if each.group_id == "elm"]
    said = " ".join((elm.why_nothing, *elm.notes))
    assert re.search(r"Its way to T2 costs \$\d+,\d{3} in one year", said), said
    assert says in said
    assert "enlarge a year’s budget" in shown.what_to_do
    ways = [each for each in shown.left_out if each.action_id.startswith("to:")]
    assert ways
    assert all(each.why.startswith("It costs $") for each in ways)


def test_over_years_every_start_is_told(grove, pam):
    solution = allocated.add_solved(grove, "a4", replace(SMALL, budgets=(60_000, 80_000)))
    result = shown(grove, pam, "a4")
    years = {a.year for group in result.groups for a in group.actions}
    assert years == {f"year {pick.year}" for pick in solution.answer.found("next_tier").picks}
    assert [line.year for line in result.money] == ["Year 1", "Year 2"]
    given_up = [each for each in solution.answer.left_out if each.given_up]
    assert all("from year" in each.why for each in result.left_out if "pinned, it" in each.why)
    assert given_up


def test_no_word_says_that_something_causes_something(grove, pam, solution):
    text = " ".join(words(shown(grove, pam))).lower()
    for word in ("will improve", "leads to", "due to", "impact of", "effect of"):
        assert word not in text


def test_answers_are_only_ever_added(grove, solution):
    with pytest.raises(Exception, match="only ever added"), grove.writing():
        grove.execute("update allocation_answers set solver = 'other'")
