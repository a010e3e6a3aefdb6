"""The form of a scenario: what a payer types, and the scenario it makes."""

from __future__ import annotations

from dataclasses import replace

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from readiness.core.web.fields import WholeNumberField
from readiness.core.web.forms import SafeForm
from readiness.investment.lifecycle import LONGEST_NAME
from readiness.investment.models import (
    TAG_SAYS,
    BenefitComponent,
)
from readiness.investment.policy import NAMED, OWN_ID, WHOLE
from readiness.investment.scenario import (
    BASIS_SAYS,
    MOST_DAYS,
    MOST_DOLLARS,
    STARTS,
    TIER_GATE,
    BudgetScenario,
    CostBasis,
)

MOST = 100_000  # of whatever is counted and is no money
NO_FLOOR = ""
DOLLARS = "A whole number of dollars, such as 500,000."


class ScenarioForm(SafeForm):
    name = StringField(
        "Name",
        [
            InputRequired("Give the scenario a name, such as “Spring grants”."),
            Length(max=LONGEST_NAME, message=f"Shorten the name to {LONGEST_NAME} characters."),
        ],
    )
    budget_1 = WholeNumberField("Budget of year 1", high=MOST_DOLLARS, description=DOLLARS)
    budget_2 = WholeNumberField(
        "Budget of year 2", high=MOST_DOLLARS, description="Empty: one year only."
    )
    budget_3 = WholeNumberField(
        "Budget of year 3", high=MOST_DOLLARS, description="Empty: two years at most."
    )
    policy = RadioField(
        "What comes first",
        choices=[
            *(SelectChoice(each.id, f"{each.name}. {each.says}") for each in NAMED),
            SelectChoice(OWN_ID, "Own weights. Type those below; they add up to 100."),
        ],
        default=NAMED[0].id,
    )
    weight_next_tier = WholeNumberField("Weight of higher tiers", high=WHOLE)
    weight_ready = WholeNumberField("Weight of Incentive-ready", high=WHOLE)
    weight_readiness = WholeNumberField("Weight of readiness", high=WHOLE)
    weight_need = WholeNumberField("Weight of need", high=WHOLE)
    weight_people = WholeNumberField("Weight of people in gaps", high=WHOLE)
    costs_at = SelectField(
        "Count each action with",
        choices=[SelectChoice(str(each), says) for each, says in BASIS_SAYS.items()],
        default=str(CostBasis.LIKELY),
    )
    tier_gate = WholeNumberField(
        "Enabling or governance actions before care changes",
        high=10,
        default=str(TIER_GATE),
        description="In groups below Incentive-ready, for what their plans do not hold. 0: not "
        "asked for.",
    )
    starts = WholeNumberField(
        "Starts in one group and half-year at most",
        high=20,
        default=str(STARTS),
        description="Of single actions; a plan that is paid for as a whole keeps its own pace. "
        "Empty: no limit.",
    )
    cap_dollars = WholeNumberField(
        "Dollars that one group can take on in a year",
        high=MOST_DOLLARS,
        description="Empty: no limit.",
    )
    cap_share = WholeNumberField(
        "The same as a percentage of the budget", high=WHOLE, description="Empty: no limit."
    )
    floor_tag = SelectField(
        "Equity floor for",
        choices=[
            SelectChoice(NO_FLOOR, "no floor"),
            *(SelectChoice(str(tag), says) for tag, says in TAG_SAYS.items()),
        ],
    )
    floor_share = WholeNumberField("They get at least this percentage of the money", high=WHOLE)
    min_groups = WholeNumberField("Groups that get something, at least", high=MOST)
    max_groups = WholeNumberField("Groups that get something, at most", high=MOST)
    most_days = WholeNumberField(
        "People-days that one group’s own people can give",
        high=MOST,
        default=f"{MOST_DAYS:,}",
        description="For all that is chosen there, its own steps with it. Empty: no limit.",
    )
    beyond_plans = BooleanField("Offer actions too that are in no plan of their group")
    parent = HiddenField()


def scenario_of(form: ScenarioForm, parent: BudgetScenario | None) -> BudgetScenario:
    """What is typed, with the pins and bans of the scenario that it is changed from."""
    weights = {each: getattr(form, f"weight_{each}").whole for each in BenefitComponent}
    typed = {each: weight for each, weight in weights.items() if weight is not None}
    scenario = BudgetScenario(
        name=form.name.data,
        budgets=budgets_of(form),
        policy_id=form.policy.data or "",
        weights=typed if form.policy.data == OWN_ID else {},
        costs_at=CostBasis(form.costs_at.data),
        tier_gate=form.tier_gate.whole or 0,
        starts=form.starts.whole,
        cap_dollars=form.cap_dollars.whole,
        cap_share=form.cap_share.whole,
        floor_tag=form.floor_tag.data or "",
        floor_share=form.floor_share.whole or 0,
        min_groups=form.min_groups.whole,
        max_groups=form.max_groups.whole,
        most_days=form.most_days.whole,
        beyond_plans=form.beyond_plans.data,
    )
    return replace(scenario, pins=parent.pins, bans=parent.bans) if parent else scenario


def budgets_of(form: ScenarioForm) -> tuple[int, ...]:
    """Up to the last year that one was typed for; a gap before it is a year without money."""
    typed = [form.budget_1.whole, form.budget_2.whole, form.budget_3.whole]
    while typed and typed[-1] is None:
        typed.pop()
    return tuple(each or 0 for each in typed)


def typed_of(scenario: BudgetScenario) -> dict[str, str | bool]:
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
        "beyond_plans": scenario.beyond_plans,
        **years,
        **weights,
        **{name: "" if value is None else f"{value:,}" for name, value in numbers.items()},
    }
