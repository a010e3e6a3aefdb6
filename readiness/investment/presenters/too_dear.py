"""What no year of a scenario has the money for, whatever else is chosen, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from readiness.core.formatting import dollars, join_words
from readiness.investment.presenters.wording import capitalized
from readiness.investment.problem import Key
from readiness.investment.service.case import Case

Dear = tuple[str, Key]  # "its way to T2", and what that is
WHAT_TO_DO = (
    "All of a group’s way starts in one year. Where no year has the money for it, enlarge a year’s "
    "budget or what one group can take on, or fund single actions."
)


def too_dear(case: Case, choices: Sequence[Dear]) -> str:
    """A sentence where there are any: what they cost in a year, and what a year has."""
    if not choices:
        return ""
    costs = join_words(f"{name} {cost_says(case, key)}" for name, key in choices)
    return f"{capitalized(costs)}; {money_says(case, [key for _, key in choices])}."


def cost_says(case: Case, key: Key) -> str:
    """With what keeping it up takes, where that is in the way."""
    price = case.payable(key)
    later = f" (then {dollars(case.kept_up(key))} a year)" if price <= most(case) else ""
    return f"costs {dollars(price)} in one year{later}"


def most(case: Case) -> int:
    """That one group can get in any year."""
    return max(case.money_by_year)


def money_says(case: Case, keys: Sequence[Key]) -> str:
    budgets, cap = case.scenario.budgets, case.scenario.cap
    if any(case.payable(key) <= most(case) for key in keys):
        money = join_words(dollars(each) for each in case.money_by_year)
        return f"one group can get {money} in these years at most"
    if cap is not None and cap < max(budgets):
        return f"one group can take on {dollars(cap)} in a year at most"
    if len(budgets) == 1:
        return f"this scenario has {dollars(max(budgets))}"
    return f"no year of this scenario has more than {dollars(max(budgets))}"
