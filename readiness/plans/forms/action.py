"""The form of one action of a plan: what is left empty stays as the catalogue has it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from wtforms import HiddenField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from readiness.core.web.forms import Day, SafeForm, whole_number
from readiness.instruments.answers import AnswerKind
from readiness.instruments.models import LEVELS
from readiness.plans.costs import CostRange, Days
from readiness.plans.editing import OWNER_CHARACTERS, TITLE_CHARACTERS, Edit, present_level
from readiness.plans.forms.fields import (
    ENDS,
    Amount,
    MonthsField,
    Number,
    line,
    text,
    whole_or_none,
)
from readiness.plans.models import ActionStatus, Amounts, Own, Plan, PlanAction
from readiness.plans.presenters.terms import catalogue_says, half_year, half_years
from readiness.plans.service.plan import Opened
from readiness.plans.timing import LAST_HALF_YEAR

STATUSES = tuple(SelectChoice(status.value, status.value.capitalize()) for status in ActionStatus)
HINTED = (
    "units", "acts", "may_pay", "pays_after", "months_to_launch", "effect_low", "effect_high",
)  # fmt: skip
AMOUNTS = {"one_off": CostRange, "yearly": CostRange, "days": Days}


class ActionForm(SafeForm):
    """`base` is the revision that the page showed."""

    base = HiddenField()
    title = line("What is to be done", TITLE_CHARACTERS)
    owner = line(
        "Who answers for it",
        OWNER_CHARACTERS,
        "A post, such as quality lead, rather than a person’s name.",
    )
    due_on = Day("Due date", [Optional()])
    status = SelectField("Status", choices=STATUSES)
    half_year = SelectField("Starts in", choices=[], default="")
    months_to_launch = MonthsField("Months to launch")
    effect_low = MonthsField("Months from launch to effect: earliest")
    effect_high = MonthsField("Months from launch to effect: latest")
    one_off_low = Amount("Low, in dollars")
    one_off_likely = Amount("Likely, in dollars")
    one_off_high = Amount("High, in dollars")
    yearly_low = Amount("Low, in dollars")
    yearly_likely = Amount("Likely, in dollars")
    yearly_high = Amount("High, in dollars")
    days_low = Number("Low, in days")
    days_likely = Number("Likely, in days")
    days_high = Number("High, in days")
    units = Number("How many units")
    acts = line("Who acts")
    may_pay = line("Who may pay for the start")
    pays_after = line("Who pays afterwards")
    more_item = SelectField("Another item it is expected to raise", choices=[], default="")
    more_level = SelectField("To level", choices=[], default="")
    evidence = text(
        "How it is shown that this was done",
        "Such as minutes, a protocol or a report, with its date. Nothing that could point at a "
        "patient.",
    )
    note = text(
        "Note",
        "Nothing that could point at a patient: the plan can be shared and printed.",
    )

    validate_one_off_low = whole_or_none("one_off")
    validate_yearly_low = whole_or_none("yearly")
    validate_days_low = whole_or_none("days")

    def validate_effect_low(self, field: MonthsField) -> None:  # noqa: ARG002
        given = [bool((self[name].data or "").strip()) for name in ("effect_low", "effect_high")]
        if any(given) and not all(given):
            raise ValidationError("Enter both months, or neither.")

    def validate_more_item(self, field: SelectField) -> None:
        if bool(field.data) != bool(self.more_level.data):
            raise ValidationError("Choose both the item and the level it is to reach, or neither.")

    @property
    def edit(self) -> Edit:
        return Edit(
            owner=self.owner.data or "",
            due_on=self.due_on.data,
            status=ActionStatus(self.status.data),
            note=self.note.data or "",
            title=self.title.data or "",
            own=self.own,
            evidence=self.evidence.data or "",
        )

    @property
    def own(self) -> Own:
        earliest, latest = self.effect_low.months, self.effect_high.months
        units = self.units.amount
        return Own(
            amounts=Amounts(
                one_off=self.range_of("one_off"),
                yearly=self.range_of("yearly"),
                people_days=self.range_of("days"),
            ),
            units=None if units is None else Fraction(units),
            acts=self.acts.data or "",
            may_pay=self.may_pay.data or "",
            pays_after=self.pays_after.data or "",
            half_year=whole_number(self.half_year.data) or None,
            months_to_launch=self.months_to_launch.months,
            months_to_effect=None if earliest is None or latest is None else (earliest, latest),
            levels=tuple(self.levels),
        )

    def range_of(self, name: str) -> Any:
        ends = [self[f"{name}_{end}"].amount for end in ENDS]
        return None if None in ends else AMOUNTS[name](*ends)

    @property
    def levels(self) -> Iterator[tuple[str, int]]:
        for field in self.level_fields:
            if field.data:
                yield field.name.removeprefix("level_"), whole_number(field.data)
        if self.more_item.data and self.more_level.data:
            yield self.more_item.data, whole_number(self.more_level.data)

    @property
    def level_fields(self) -> list[SelectField]:
        return [field for field in self if field.name.startswith("level_")]

    @property
    def base_revision(self) -> int:
        return whole_number(self.base.data)


# A form for one action, with what can be chosen for it.


def action_form(opened: Opened, action: PlanAction | None, *, stored: bool = False) -> ActionForm:
    """What was sent; or, where `stored`, what the action holds now."""
    lifted = [lift.item_id for lift in action.lifts] if action else []
    form_type = type("ActionForm", (ActionForm,), dict(level_fields(opened, action, lifted)))
    if stored:
        typed = typed_of(action) if action else {"status": ActionStatus.PLANNED.value}
        form: ActionForm = form_type(formdata=None, data=typed)
    else:
        form = form_type()
    plan = opened.plan
    form.half_year.choices = half_year_choices(plan, action)
    form.more_item.choices = item_choices(opened, lifted)
    hints = catalogue_says(action)
    for name in HINTED:
        form[name].description = hints.get(name, "")
    form.more_level.choices = [SelectChoice("", "Choose a level"), *map(level_choice, LEVELS[1:])]
    return form


def level_fields(
    opened: Opened, action: PlanAction | None, item_ids: Sequence[str]
) -> Iterator[tuple[str, SelectField]]:
    proposed = (
        {lift.item_id: lift.to for lift in action.proposal.lifts}
        if (action and action.proposal)
        else {}
    )
    for item_id in item_ids:
        item = opened.instrument.item_by_id[item_id]
        present = present_level(item_id, opened.foundation.answers)
        usual = f"As proposed: level {proposed[item_id]}" if item_id in proposed else "None"
        yield (
            f"level_{item_id}",
            SelectField(
                f"{item_id} {item.short}",
                default="",
                description=f"At level {present} now.",
                choices=[SelectChoice("", usual), *map(level_choice, LEVELS[present:])],
            ),
        )


def level_choice(level: int) -> SelectChoice:
    return SelectChoice(str(level), f"Level {level}")


def half_year_choices(plan: Plan, action: PlanAction | None) -> list[SelectChoice]:
    """The group's own actions go by their date until a half-year is chosen."""
    proposed = action.proposal.half_year if action and action.proposal else None
    usual = (
        "As its due date says"
        if proposed is None
        else f"As proposed: {half_year(proposed).lower()}"
    )
    return [
        SelectChoice("", usual),
        *(SelectChoice(str(n), says) for n, says in half_years(LAST_HALF_YEAR, plan.starts_on)),
    ]


def item_choices(opened: Opened, lifted: Sequence[str]) -> list[SelectChoice]:
    """Every item that applies to this group and is not listed already."""
    answers = opened.foundation.answers
    return [
        SelectChoice("", "None"),
        *(
            SelectChoice(item.id, f"{item.id} {item.short}")
            for item in opened.instrument.items
            if item.id not in lifted
            and item.id in answers
            and answers[item.id].kind is not AnswerKind.NOT_APPLICABLE
        ),
    ]


def typed_of(action: PlanAction) -> dict[str, Any]:
    own = action.own
    effect = own.months_to_effect
    return {
        "base": str(action.revision),
        "title": action.title,
        "owner": action.owner,
        "due_on": action.due_on,
        "status": action.status.value,
        "half_year": str(own.half_year or ""),
        "months_to_launch": written(own.months_to_launch),
        "effect_low": str(effect[0]) if effect else "",
        "effect_high": str(effect[1]) if effect else "",
        **range_typed("one_off", own.amounts.one_off),
        **range_typed("yearly", own.amounts.yearly),
        **range_typed("days", own.amounts.people_days),
        "units": units_typed(own.units),
        "acts": own.acts,
        "may_pay": own.may_pay,
        "pays_after": own.pays_after,
        **{f"level_{item_id}": str(level) for item_id, level in own.levels},
        "evidence": action.evidence,
        "note": action.note,
    }


def range_typed(name: str, amounts: CostRange | Days | None) -> dict[str, str]:
    if amounts is None:
        return {}
    ends = (amounts.low, amounts.likely, amounts.high)
    return {f"{name}_{end}": f"{amount:,}" for end, amount in zip(ENDS, ends, strict=True)}


def units_typed(units: Fraction | None) -> str:
    """
    >>> units_typed(Fraction(1200)), units_typed(Fraction(1, 2)), units_typed(None)
    ('1,200', '0.5', '')
    """
    return "" if units is None else f"{Decimal(units.numerator) / units.denominator:,}"


def written(months: int | None) -> str:
    return "" if months is None else str(months)
