"""From a stored scenario to everything that page, spreadsheet and proposal show of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from readiness.core.charts.bars import Amount, amounts_of
from readiness.core.charts.scales import Figure
from readiness.core.formatting import dollars, join_words, one_decimal, percent
from readiness.core.people import Payer
from readiness.investment.answers import (
    GroupAward,
    PolicyAnswer,
    ScenarioAnswer,
)
from readiness.investment.lifecycle import ScenarioState, ScenarioStatus
from readiness.investment.models import (
    COMPONENT_UNITS,
    BenefitComponent,
)
from readiness.investment.presenters.firmness import (
    HeuristicLine,
    LeftOutLine,
    budget_changes,
    heuristic_lines,
    left_out_line,
    replays,
    stability_says,
    stability_span,
)
from readiness.investment.presenters.groups import GroupSheet, group_sheets, way_too_dear
from readiness.investment.presenters.policies import NOT_COMPARED, Comparison, comparison_of
from readiness.investment.presenters.too_dear import WHAT_TO_DO
from readiness.investment.presenters.wording import (
    CAVEATS,
    METHOD,
    WEIGHT_TERMS,
    Fact,
    capitalized,
    counted_words,
    proof_says,
    settings,
    weights_says,
)
from readiness.investment.scenario import BudgetScenario, ScenarioRequest
from readiness.investment.service.stored import StoredScenario

IMPOSSIBLE = (
    "No choice satisfies these limits. Free a pin, lower a floor or the least number of groups, or "
    "raise the budget."
)
WAITING = "not solved yet"


@dataclass(frozen=True)
class YearBudgetLine:
    year: str
    budget: int
    spent: int

    @property
    def slack(self) -> int:
        return self.budget - self.spent


@dataclass(frozen=True)
class AwardTotals:
    """Sums over the groups that get something."""

    by_year: tuple[int, ...]  # dollars of the budget
    own_dollars: int  # that groups pay themselves
    own_days: int
    yearly: int  # every year after the first

    @property
    def dollars(self) -> int:
        return sum(self.by_year)


@dataclass(frozen=True)
class ScenarioResult:
    """Everything shown of one answered scenario."""

    id: str
    payer: Payer
    name: str
    status: ScenarioStatus
    asked_at: datetime
    answered_at: datetime
    parent: tuple[str, str] | None  # id and name of the scenario that it changes
    change: str  # what it changes of its parent; ""
    policy: str
    policy_says: str
    weights: tuple[Fact, ...]
    settings: tuple[Fact, ...]
    is_possible: bool
    impossible: str  # what to loosen
    decision: str
    money: tuple[YearBudgetLine, ...]
    totals: AwardTotals
    groups: tuple[GroupSheet, ...]  # that get something: those that reach a tier first
    nothing: tuple[GroupSheet, ...]  # those that get nothing, and why
    what_to_do: str  # where no year has the money for a way; ""
    dollars_title: str
    dollars: Figure | None
    method: tuple[str, ...]
    caveats: tuple[str, ...]
    solver: str
    seed: int
    replays: tuple[str, ...]
    ended: int  # groups that no longer share
    everywhere: tuple[tuple[str, str], ...]  # id and title of each action that could be chosen
    # What rests on all groups together; empty where one of them no longer shares.
    why_not: tuple[str, ...] = ()  # limits that contradict each other
    cost: str = ""
    within: str = ""  # how likely the budget covers it
    buys: tuple[Fact, ...] = ()
    proof: str = ""
    shadow: tuple[str, ...] = ()
    rivals: tuple[HeuristicLine, ...] = ()
    stability: str = ""  # "" before it was shaken
    stability_span: str = ""
    left_out: tuple[LeftOutLine, ...] = ()
    comparison: Comparison = NOT_COMPARED

    @property
    def has_hidden(self) -> bool:
        return self.ended > 0


@dataclass(frozen=True)
class ScenarioLine:
    """One scenario in the list."""

    id: str
    name: str
    asked_at: datetime
    state: ScenarioState
    budget: str
    policy: str
    outcome: str
    change: str
    parent_id: str | None


@dataclass(frozen=True)
class ScenarioList:
    payer: Payer
    groups: int  # that share and have submitted
    lines: tuple[ScenarioLine, ...]


def result_of(found: StoredScenario) -> ScenarioResult:
    shown = shared_part(found)
    return shown if found.ended else with_joint_part(shown, found)


def shared_part(found: StoredScenario) -> ScenarioResult:
    """The payer's own dollars, and what is shown of each group that shares."""
    scenario, answer, main = found.request.scenario, found.solution.answer, found.main
    every = group_sheets(found) if main.is_possible else ()
    chosen = tuple(each for each in every if not each.why_nothing)
    return ScenarioResult(
        id=found.request.id,
        payer=found.payer,
        name=found.status.name,
        status=replace(found.status, awards=()) if found.ended else found.status,
        asked_at=found.request.asked_at,
        answered_at=found.solution.at,
        parent=(found.parent.id, found.parent_name) if found.parent else None,
        change=change_says(found),
        policy=scenario.policy.name,
        policy_says=scenario.policy.says,
        weights=weights_says(scenario),
        settings=(*settings(scenario), *picks_says(found)),
        is_possible=main.is_possible,
        impossible="" if main.is_possible else IMPOSSIBLE,
        decision=decision_of(found) if main.is_possible else "",
        money=tuple(years(scenario, main)) if main.is_possible else (),
        totals=totals_of(chosen, len(scenario.budgets)),
        groups=chosen,
        nothing=tuple(each for each in every if each.why_nothing),
        what_to_do=what_to_do(found) if main.is_possible else "",
        dollars_title=dollars_title(found),
        dollars=dollars_of(found),
        method=METHOD,
        caveats=CAVEATS,
        solver=answer.solver,
        seed=found.request.seed,
        replays=tuple(replays(found)),
        ended=found.ended,
        everywhere=tuple(sorted(actions_offered(found).items(), key=lambda each: each[1])),
    )


def with_joint_part(shown: ScenarioResult, found: StoredScenario) -> ScenarioResult:
    """With what is told of all groups together. Less the lines of the others, each of these would
    tell of one that no longer shares."""
    answer, main = found.solution.answer, found.main
    return replace(
        shown,
        why_not=tuple(found.in_names(each) for each in main.why_not),
        cost=cost_says(main) if main.spent else "",
        within=within_says(main) if main.spent else "",
        buys=tuple(buys(found)) if main.is_possible else (),
        proof=proof_says(main) if main.is_possible else "",
        shadow=tuple(budget_changes(found)),
        rivals=tuple(heuristic_lines(found)),
        stability=stability_says(found),
        stability_span=stability_span(found),
        left_out=tuple(left_out_line(found, each) for each in answer.left_out),
        comparison=comparison_of(found),
    )


def actions_offered(found: StoredScenario) -> dict[str, str]:
    """Id and title of each action that could be chosen in some group that shares."""
    offered = (each for offer in found.shared_offers for each in offer.candidates)
    return {each.id: each.title for each in offered}


def what_to_do(found: StoredScenario) -> str:
    """Where a group of which no way is paid for could not get one in any year."""
    open_ = (offer for offer in found.shared_offers if not found.main.package_of(offer.group_id))
    return WHAT_TO_DO if any(way_too_dear(found, offer) for offer in open_) else ""


def totals_of(groups: Sequence[GroupSheet], years: int) -> AwardTotals:
    return AwardTotals(
        tuple(sum(each.by_year[year] for each in groups) for year in range(years)),
        sum(each.own_dollars for each in groups),
        sum(each.own_days for each in groups),
        sum(each.yearly for each in groups),
    )


# The decision, and what it buys.


def decision_of(found: StoredScenario) -> str:
    """With what the cheapest choice costs, where the money buys nothing."""
    if found.ended:
        return spent_says(found.request.scenario, found.main, found.ended)
    too_little = found.in_names(found.main.too_little)
    says = decision_says(found.request.scenario, found.main)
    return f"{says} {too_little}".strip() if found.main.decided else too_little or says


def spent_says(scenario: BudgetScenario, main: PolicyAnswer, ended: int) -> str:
    """The payer's own money alone: what it buys counts a group that no longer shares."""
    whole = dollars(sum(scenario.budgets))
    return f"{dollars(main.spent)} of {whole} is spent. {ended_says(ended)}: the rest is withheld."


def ended_says(ended: int) -> str:
    """
    >>> ended_says(1), ended_says(2)
    ('1 group no longer shared', '2 groups no longer shared')
    """
    return f"{counted_words(ended, 'group')} no longer shared"


def decision_says(scenario: BudgetScenario, main: PolicyAnswer) -> str:
    """What is asked of whoever decides on the money: tiers first, then single actions."""
    if not main.decided:
        if main.too_little:
            return "Nothing is chosen: the budget is too small for anything."
        return "Nothing is chosen: nothing is worth its money within these limits."
    single = [pick for pick in main.picks if not pick.package_id]
    ways = [each for each in main.bought if each.package_id]
    paid, free = (tuple(e for e in ways if bool(e.dollars) is is_paid) for is_paid in (True, False))
    parts = []
    if paid:
        parts.append(f"all of the way to a higher tier in {reached_says(paid)}")
    if single:
        places = counted_words(len({pick.group_id for pick in single}), "group")
        parts.append(f"{counted_words(len(single), 'single action')} in {places}")
    own = f" At no cost to you besides: {reached_says(free)}." if free else ""
    if not parts:
        return f"None of the {dollars(sum(scenario.budgets))} is spent.{own}"
    money = f"{dollars(main.spent)} of {dollars(sum(scenario.budgets))}"
    return f"{capitalized(join_words(parts))}, for {money}.{own}"


def reached_says(ways: Sequence[GroupAward]) -> str:
    """
    >>> reached_says([GroupAward("elm", 0, (), (), "T1", "T2")])
    '1 group (1 to T2)'
    """
    reached = Counter(each.tier_after for each in ways)
    tiers = join_words(f"{n} to {tier}" for tier, n in sorted(reached.items()))
    return f"{counted_words(len(ways), 'group')} ({tiers})"


def years(scenario: BudgetScenario, main: PolicyAnswer) -> Iterator[YearBudgetLine]:
    pairs = zip(scenario.budgets, main.by_year, strict=True)
    for number, (budget, spent) in enumerate(pairs, start=1):
        yield YearBudgetLine(f"Year {number}", budget, spent)


def cost_says(main: PolicyAnswer) -> str:
    span = main.span
    return (
        f"With every cost drawn from its range, all of it together takes {dollars(span.low)} to "
        f"{dollars(span.high)} in eight of ten draws, and more than {dollars(span.middle)} in half."
    )


def within_says(main: PolicyAnswer) -> str:
    says = f"The budget covers it in {percent(main.span.within)} of the draws."
    if main.span.within < 0.5:
        return (
            f"{says} Costs run over more easily than under: hold a reserve, or count each action "
            "with its average cost."
        )
    return says


def buys(found: StoredScenario) -> Iterator[Fact]:
    """Tiers before everything else; then each component that there is any of."""
    main = found.main
    rising = [each for each in main.bought if each.tier_after != each.tier_before]
    says = join_words(f"{found.name(each.group_id)} to {each.tier_after}" for each in rising)
    yield Fact(
        "Tiers reached, if every action works as planned", says or "none by these actions alone"
    )
    shown = (BenefitComponent.READINESS, BenefitComponent.NEED, BenefitComponent.PEOPLE)
    for component in shown:
        share = (main.points or {}).get(component, 0.0)
        amount = found.case.scale.most[component] * share / 100
        yield Fact(
            WEIGHT_TERMS[component],
            f"{amount:,.0f} {COMPONENT_UNITS[component]} "
            f"({one_decimal(share)}% of the whole portfolio)",
        )
    gates = sum(len(each.gates_met) for each in main.bought)
    yield Fact("Gates of a next tier that would be met", f"{gates}")


# Drawing, lists.


def dollars_of(found: StoredScenario) -> Figure | None:
    rows = [
        Amount(found.name(each.group_id), each.dollars, dollars(each.dollars))
        for each in sorted(found.main.bought, key=lambda each: (-each.dollars, each.group_id))
        if each.dollars
    ]
    return amounts_of(rows, ("Group", "Dollars")) if rows else None


def dollars_title(found: StoredScenario) -> str:
    bought = sorted(found.main.bought, key=lambda each: -each.dollars)
    if not found.main.spent:
        return ""
    top = bought[0]
    share = percent(top.dollars / max(1, found.main.spent))
    return f"{found.name(top.group_id)} gets most: {share} of what is spent"


def picks_says(found: StoredScenario) -> Iterator[Fact]:
    scenario = found.request.scenario
    for term, keys in (("Pinned", scenario.pins), ("Banned", scenario.bans)):
        if keys:
            known = [key for key in sorted(keys) if found.case.is_offered(key)]
            yield Fact(term, join_words(map(found.titled, known)) or "nothing that is open")


def change_says(found: StoredScenario) -> str:
    """What the click changed of the parent."""
    if found.parent is None:
        return ""
    before, after = found.parent.scenario, found.request.scenario
    changes = (
        ("pins", after.pins - before.pins),
        ("bans", after.bans - before.bans),
        ("frees", (before.pins | before.bans) - (after.pins | after.bans)),
    )
    said = [
        f"{verb} {join_words(map(found.titled, sorted(keys)))}"
        for verb, keys in changes
        if keys and all(map(found.case.is_offered, keys))
    ]
    return join_words(said) or "changes its settings"


def scenario_line(
    request: ScenarioRequest,
    status: ScenarioStatus,
    answer: ScenarioAnswer | None,
    names: Collection[str],
) -> ScenarioLine:
    """`names`: ids of the groups that share today."""
    main = answer.found(request.scenario.policy_id) if answer else None
    outcome = WAITING if main is None else "no answer within its limits"
    if main and main.is_possible:
        ended = len({each.group_id for each in (*main.bought, *main.starts)} - set(names))
        says = spent_says(request.scenario, main, ended) if ended else ""
        outcome = says or decision_says(request.scenario, main)
    return ScenarioLine(
        request.id,
        status.name,
        request.asked_at,
        status.state,
        join_words(dollars(each) for each in request.scenario.budgets),
        request.scenario.policy.name,
        outcome,
        "changed from another scenario" if request.parent_id else "",
        request.parent_id,
    )
