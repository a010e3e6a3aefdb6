"""How firm an answer is: with more or less money, by simpler ways, in draws; what was left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from readiness.core.formatting import day, dollars, join_words, one_decimal, percent
from readiness.investment.answers import (
    OptionLeftOut,
    PolicyAnswer,
    Start,
)
from readiness.investment.presenters.too_dear import too_dear
from readiness.investment.presenters.wording import (
    capitalized,
    counted_words,
    points_says,
)
from readiness.investment.service.stored import StoredScenario

NO_ROOM = "There is no room for it beside what is pinned."
SHOWN = 0.05  # points: less is rounded to nothing


@dataclass(frozen=True)
class LeftOutLine:
    """A good option that was not chosen."""

    group_id: str
    action_id: str
    title: str  # "Mailed test outreach in Ash Grove"
    dollars: str
    adds: str
    why: str


@dataclass(frozen=True)
class HeuristicLine:
    name: str
    points: str
    behind: str
    spent: str
    groups: str  # with all of their way to a higher tier paid for
    actions: str


def budget_changes(found: StoredScenario) -> Iterator[str]:
    """What a little more or less money would change."""
    answer, main = found.solution.answer, found.main
    budget = sum(found.request.scenario.budgets)
    for other, sign in ((answer.more, 1), (answer.less, -1)):
        if other is None or not other.is_possible:
            continue
        lead = f"With 5% {'more' if sign > 0 else 'less'} money ({dollars(budget * 0.05)})"
        worth = max(0.0, sign * (other.objective - main.objective))
        rate = 1000 * worth / (budget * 0.05)
        verb = "gains" if sign > 0 else "loses"
        points = f"the answer {verb} {points_says(worth)}: {rate:.2f} for each $1,000"
        counts = found.request.scenario.policy.first is not None
        says = groups_say(main, other) if counts else points
        yield f"{lead} {says}. {difference_says(found, main, other)}"


def groups_say(main: PolicyAnswer, other: PolicyAnswer) -> str:
    """How many groups have their whole way paid for, where that counts before everything else."""
    before, after = len(main.packages), len(other.packages)
    if before == after:
        return f"the same {counted_words(before, 'group')} would have all of their way paid for"
    return f"{counted_words(after, 'group')} would have all of their way paid for, now {before}"


def difference_says(found: StoredScenario, main: PolicyAnswer, other: PolicyAnswer) -> str:
    before, after = ({start.key: start for start in each.decided} for each in (main, other))
    added = [after[key] for key in after.keys() - before.keys()]
    dropped = [before[key] for key in before.keys() - after.keys()]
    parts = [
        f"{word} {first_three(found, picks)}"
        for word, picks in (("It would add", added), ("and drop" if added else "It drops", dropped))
        if picks
    ]
    return f"{', '.join(parts)}." if parts else "The same actions are chosen."


def first_three(found: StoredScenario, picks: Sequence[Start]) -> str:
    """The first three by name, and how many more."""
    named = [found.dated(pick) for pick in sorted(picks, key=lambda each: (each.key, each.year))]
    more = [counted_words(len(named) - 3, "more", "more")] if len(named) > 3 else []
    return join_words([*named[:3], *more])


def heuristic_lines(found: StoredScenario) -> Iterator[HeuristicLine]:
    best = found.main.objective
    for each in found.solution.answer.rivals:
        if each.objective is None:
            yield HeuristicLine(each.name, "no answer", each.says, "", "", "")
            continue
        behind = max(0.0, best - each.objective) / best if best else 0.0
        yield HeuristicLine(
            each.name,
            points_says(each.objective),
            f"{percent(behind, 1)} behind",
            dollars(each.spent),
            f"{each.groups}",
            f"{each.actions}",
        )


def stability_says(found: StoredScenario) -> str:
    if found.stability is None:
        return ""
    runs, seed = found.stability.runs, found.stability.seed
    chosen = found.main.decided
    always = sum(found.times.get(e.key, 0) >= 0.9 * found.stability.answered for e in chosen)
    return (
        f"Solved {runs} times with gaps, need and costs drawn from how uncertain each is (seed "
        f"{seed}): {always} of the {len(chosen)} chosen ways and single actions were chosen in "
        "nine of ten draws or more."
    )


def stability_span(found: StoredScenario) -> str:
    if found.stability is None:
        return ""
    low, high = found.stability.objective_low, found.stability.objective_high
    return f"The answer was worth {one_decimal(low)} to {points_says(high)} in eight of ten draws."


def replays(found: StoredScenario) -> Iterator[str]:
    for each in found.replays:
        same = "the same answer came out" if each.is_same else "another answer came out"
        yield f"{day(each.at)}, {each.solver}: {same}."


# What was left out.


def left_out_line(found: StoredScenario, each: OptionLeftOut) -> LeftOutLine:
    return LeftOutLine(
        each.group_id,
        each.action_id,
        capitalized(found.titled((each.group_id, each.action_id))),
        dollars(each.dollars),
        points_says(each.points),
        why_left(found, each),
    )


def why_left(found: StoredScenario, each: OptionLeftOut) -> str:
    if each.loses is None:
        key = each.group_id, each.action_id
        if not found.case.can_start(key):
            return too_dear(found.case, [("it", key)])
        return f"It cannot be had within these limits. {forbids_says(found, each)}"
    parts = []
    if each.given_up:
        parts.append(f"it would take the place of {first_three(found, each.given_up)}")
    if each.taken_up:
        parts.append(f"bring in {first_three(found, each.taken_up)}")
    change = f"With it pinned, {' and '.join(parts)}; " if parts else "With it pinned, "
    lost = points_says(each.loses) if each.loses >= SHOWN else f"less than {points_says(0.1)}"
    return f"{change}the whole answer would lose {lost}."


def forbids_says(found: StoredScenario, each: OptionLeftOut) -> str:
    """The gate that it stands behind, in the words of the catalogue; else what it breaks."""
    offer = found.offer_by_id[each.group_id]
    chosen = {pick.action_id for pick in found.main.picks if pick.group_id == each.group_id}
    there = chosen | set(offer.in_place)
    shut = [
        rule.says
        for rule in offer.doors
        if each.action_id in rule.unlocks and len(there & set(rule.of)) < rule.needs
    ]
    if shut:
        return f"{shut[0]} There is no room for that too."
    broken = [says for says in each.forbids if "the budget of" not in says]
    limits = "; ".join(map(found.in_names, broken or each.forbids))
    return f"It would break a limit: {limits}." if limits else NO_ROOM
