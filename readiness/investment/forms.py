"""The form of a scenario: what a payer types, and the scenario it makes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wtforms import Form, HiddenField, RadioField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from readiness.core.web.forms import SafeForm
from readiness.investment.models import TAG_SAYS, BenefitComponent
from readiness.investment.policy import NAMED, OWN_ID, WHOLE
from readiness.investment.scenario import (
    BASIS_SAYS,
    MOST_DOLLARS,
    STARTS,
    TIER_GATE,
    BudgetScenario,
    CostBasis,
)

LONGEST_NAME = 80
MOST = 100_000  # of whatever is counted and is no money
NO_FLOOR = ""
DOLLARS = "A whole number of dollars, such as 500,000."


class WholeNumberField(StringField):  # type: ignore[misc]
    """A whole number with or without commas and a dollar sign, or nothing."""

    def __init__(self, label: str, most: int, **more: Any) -> None:
        super().__init__(label, **more)
        self.most = most

    @property
    def asked(self) -> int | None:
        text = (self.data or "").replace(",", "").replace("$", "").strip()
        return int(text) if text.isascii() and text.isdigit() else None

    def pre_validate(self, _form: Form) -> None:
        is_empty = not (self.data or "").strip()
        if not is_empty and (len(self.data) > 20 or self.asked is None or self.asked > self.most):
            raise ValidationError(f"Enter a whole number up to {self.most:,}, or leave it empty.")


class ScenarioForm(SafeForm):
    name = StringField(
        "Name",
        [
            InputRequired("Give the scenario a name, such as “Spring grants”."),
            Length(max=LONGEST_NAME, message=f"Shorten the name to {LONGEST_NAME} characters."),
        ],
    )
    budget_1 = WholeNumberField("Budget of year 1", MOST_DOLLARS, description=DOLLARS)
    budget_2 = WholeNumberField(
        "Budget of year 2", MOST_DOLLARS, description="Empty: one year only."
    )
    budget_3 = WholeNumberField(
        "Budget of year 3", MOST_DOLLARS, description="Empty: two years at most."
    )
    policy = RadioField(
        "What comes first",
        choices=[
            *(SelectChoice(each.id, f"{each.name}. {each.says}") for each in NAMED),
            SelectChoice(OWN_ID, "Own weights. Type the three below; they add up to 100."),
        ],
        default=NAMED[0].id,
    )
    weight_readiness = WholeNumberField("Weight of readiness", WHOLE)
    weight_need = WholeNumberField("Weight of need", WHOLE)
    weight_people = WholeNumberField("Weight of people in gaps", WHOLE)
    costs_at = SelectField(
        "Count each action with",
        choices=[SelectChoice(str(each), says) for each, says in BASIS_SAYS.items()],
        default=str(CostBasis.EXPECTED),
    )
    tier_gate = WholeNumberField(
        "Enabling or governance actions before care changes",
        10,
        default=str(TIER_GATE),
        description="In groups below Incentive-ready. 0: not asked for.",
    )
    starts = WholeNumberField(
        "Starts in one group and half-year at most",
        20,
        default=str(STARTS),
        description="A group can take up only so much at once. Empty: no limit.",
    )
    cap_dollars = WholeNumberField(
        "Dollars that one group can take on in a year",
        MOST_DOLLARS,
        description="Empty: no limit.",
    )
    cap_share = WholeNumberField(
        "The same as a percentage of the budget", WHOLE, description="Empty: no limit."
    )
    floor_tag = SelectField(
        "Equity floor for",
        choices=[
            SelectChoice(NO_FLOOR, "no floor"),
            *(SelectChoice(str(tag), says) for tag, says in TAG_SAYS.items()),
        ],
    )
    floor_share = WholeNumberField("They get at least this percentage of the money", WHOLE)
    min_groups = WholeNumberField("Groups that get something, at least", MOST)
    max_groups = WholeNumberField("Groups that get something, at most", MOST)
    most_days = WholeNumberField(
        "People-days that one group’s own people can give",
        MOST,
        description="Of the first year of what starts. Empty: no limit.",
    )
    parent = HiddenField()


def scenario_of(form: ScenarioForm, parent: BudgetScenario | None) -> BudgetScenario:
    """What is typed, with the pins and bans of the scenario that it is changed from."""
    weights = {each: getattr(form, f"weight_{each}").asked for each in BenefitComponent}
    typed = {each: weight for each, weight in weights.items() if weight is not None}
    scenario = BudgetScenario(
        name=form.name.data,
        budgets=budgets_of(form),
        policy_id=form.policy.data or "",
        weights=typed if form.policy.data == OWN_ID else {},
        costs_at=CostBasis(form.costs_at.data),
        tier_gate=form.tier_gate.asked or 0,
        starts=form.starts.asked,
        cap_dollars=form.cap_dollars.asked,
        cap_share=form.cap_share.asked,
        floor_tag=form.floor_tag.data or "",
        floor_share=form.floor_share.asked or 0,
        min_groups=form.min_groups.asked,
        max_groups=form.max_groups.asked,
        most_days=form.most_days.asked,
    )
    return replace(scenario, pins=parent.pins, bans=parent.bans) if parent else scenario


def budgets_of(form: ScenarioForm) -> tuple[int, ...]:
    """Up to the last year that one was typed for; a gap before it is a year without money."""
    typed = [form.budget_1.asked, form.budget_2.asked, form.budget_3.asked]
    while typed and typed[-1] is None:
        typed.pop()
    return tuple(each or 0 for each in typed)


def typed_of(scenario: BudgetScenario) -> dict[str, str]:
    """The form's fields as they were when this scenario was asked for."""
    years = {f"budget_{n}": f"{each:,}" for n, each in enumerate(scenario.budgets, start=1)}
    weights = {f"weight_{each}": str(weight) for each, weight in scenario.weights.items()}
    numbers = {
        "tier_gate": scenario.tier_gate,
        "starts": scenario.starts,
        "cap_dollars": scenario.cap_dollars,
        "cap_share": scenario.cap_share,
        "floor_share": scenario.floor_share or None,
        "min_groups": scenario.min_groups,
        "max_groups": scenario.max_groups,
        "most_days": scenario.most_days,
    }
    return {
        "name": scenario.name,
        "policy": scenario.policy_id,
        "costs_at": str(scenario.costs_at),
        "floor_tag": scenario.floor_tag,
        **years,
        **weights,
        **{name: "" if value is None else f"{value:,}" for name, value in numbers.items()},
    }
