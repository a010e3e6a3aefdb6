"""Forms of this feature: parse and validate; macros write the HTML."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from readiness.core.free_text import LINE_CHARACTERS, NOTE_CHARACTERS
from readiness.core.web.fields import (
    AmountField,
    CentsField,
    NumberField,
    WholeNumberField,
)
from readiness.core.web.forms import Day, SafeForm, whole_number
from readiness.instruments.answers import AnswerKind
from readiness.instruments.models import LEVELS
from readiness.plans.costs import CostRange, PeopleDays
from readiness.plans.editing import (
    MOST_MONTHS,
    OWNER_CHARACTERS,
    TITLE_CHARACTERS,
    ActionEdit,
    present_level,
)
from readiness.plans.models import (
    ActionPlan,
    ActionStatus,
    GroupValues,
    PlanAction,
    ResourceEstimate,
)
from readiness.plans.postings import Cents, Posting, PostingInput, PostingKind
from readiness.plans.presenters.action import catalogue_says
from readiness.plans.presenters.formats import half_year, half_years
from readiness.plans.schedule import LAST_HALF_YEAR
from readiness.plans.service.plan import PlanView

ENDS = ("low", "likely", "high")


MOST_TYPED_MONTHS = 9_999  # the rules say how many are too many
MONTHS = f"Enter a whole number of months from 0 to {MOST_MONTHS}, or leave it empty."
STATUSES = tuple(SelectChoice(status.value, status.value.capitalize()) for status in ActionStatus)
HINTED = (
    "units", "acts", "may_pay", "pays_after", "months_to_launch", "effect_low", "effect_high",
)  # fmt: skip
AMOUNTS = {"one_off": CostRange, "yearly": CostRange, "days": PeopleDays}
LABELS = {
    PostingKind.AWARDED: "Awarded: promised for this action",
    PostingKind.SPENT: "Spent: paid for this action",
    PostingKind.RETURNED: "Returned to whoever awarded it",
}
KINDS = tuple(SelectChoice(kind.value, says) for kind, says in LABELS.items())


def line_field(label: str, most: int = LINE_CHARACTERS, hint: str = "") -> StringField:
    shorten = Length(max=most, message=f"Shorten this to {most} characters.")
    return StringField(label, [shorten], description=hint)


def text_field(label: str, hint: str) -> TextAreaField:
    shorten = Length(
        max=NOTE_CHARACTERS, message=f"Shorten this to {NOTE_CHARACTERS:,} characters."
    )
    return TextAreaField(label, [shorten], description=hint)


def months_field(label: str) -> WholeNumberField:
    return WholeNumberField(label, high=MOST_TYPED_MONTHS, says=MONTHS)


def all_or_none(name: str) -> Callable[[SafeForm, NumberField], None]:
    """All three amounts or none: a plan never shows one number as if it were exact."""

    def check(form: SafeForm, _: NumberField) -> None:
        given = [bool((form[f"{name}_{end}"].data or "").strip()) for end in ENDS]
        if any(given) and not all(given):
            raise ValidationError("Enter all three amounts, or none of them.")

    return check


class ActionForm(SafeForm):
    """`base` is the revision that the page showed."""

    base = HiddenField()
    title = line_field("What is to be done", TITLE_CHARACTERS)
    owner = line_field(
        "Who answers for it",
        OWNER_CHARACTERS,
        "A post, such as quality lead, rather than a person’s name.",
    )
    due_on = Day("Due date", [Optional()])
    status = SelectField("Status", choices=STATUSES)
    half_year = SelectField("Starts in", choices=[], default="")
    months_to_launch = months_field("Months to launch")
    effect_low = months_field("Months from launch to effect: earliest")
    effect_high = months_field("Months from launch to effect: latest")
    one_off_low = AmountField("Low, in dollars")
    one_off_likely = AmountField("Likely, in dollars")
    one_off_high = AmountField("High, in dollars")
    yearly_low = AmountField("Low, in dollars")
    yearly_likely = AmountField("Likely, in dollars")
    yearly_high = AmountField("High, in dollars")
    days_low = NumberField("Low, in days")
    days_likely = NumberField("Likely, in days")
    days_high = NumberField("High, in days")
    units = NumberField("How many units")
    acts = line_field("Who acts")
    may_pay = line_field("Who may pay for the start")
    pays_after = line_field("Who pays afterwards")
    more_item = SelectField("Another item it is expected to raise", choices=[], default="")
    more_level = SelectField("To level", choices=[], default="")
    evidence = text_field(
        "How it is shown that this was done",
        "Such as minutes, a protocol or a report, with its date. Nothing that could point at a "
        "patient.",
    )
    note = text_field(
        "Note",
        "Nothing that could point at a patient: the plan can be shared and printed.",
    )

    validate_one_off_low = all_or_none("one_off")
    validate_yearly_low = all_or_none("yearly")
    validate_days_low = all_or_none("days")

    def validate_effect_low(self, field: WholeNumberField) -> None:  # noqa: ARG002
        given = [bool((self[name].data or "").strip()) for name in ("effect_low", "effect_high")]
        if any(given) and not all(given):
            raise ValidationError("Enter both months, or neither.")

    def validate_more_item(self, field: SelectField) -> None:
        if bool(field.data) != bool(self.more_level.data):
            raise ValidationError("Choose both the item and the level it is to reach, or neither.")

    @property
    def edit(self) -> ActionEdit:
        return ActionEdit(
            owner=self.owner.data or "",
            due_on=self.due_on.data,
            status=ActionStatus(self.status.data),
            note=self.note.data or "",
            title=self.title.data or "",
            own=self.own,
            evidence=self.evidence.data or "",
        )

    @property
    def own(self) -> GroupValues:
        earliest, latest = self.effect_low.whole, self.effect_high.whole
        units = self.units.amount
        return GroupValues(
            amounts=ResourceEstimate(
                one_off=self.range_of("one_off"),
                yearly=self.range_of("yearly"),
                people_days=self.range_of("days"),
            ),
            units=None if units is None else Fraction(units),
            acts=self.acts.data or "",
            may_pay=self.may_pay.data or "",
            pays_after=self.pays_after.data or "",
            half_year=whole_number(self.half_year.data) or None,
            months_to_launch=self.months_to_launch.whole,
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


def action_form(opened: PlanView, action: PlanAction | None, *, stored: bool = False) -> ActionForm:
    """What was sent; or, where `stored`, what the action holds now."""
    lifted = [lift.item_id for lift in action.lifts] if action else []
    form_type = type("ActionForm", (ActionForm,), dict(level_fields(opened, action, lifted)))
    if stored:
        typed = stored_values(action) if action else {"status": ActionStatus.PLANNED.value}
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
    opened: PlanView, action: PlanAction | None, item_ids: Sequence[str]
) -> Iterator[tuple[str, SelectField]]:
    proposed = (
        {lift.item_id: lift.to for lift in action.proposal.lifts}
        if (action and action.proposal)
        else {}
    )
    for item_id in item_ids:
        item = opened.instrument.item_by_id[item_id]
        present = present_level(item_id, opened.basis.answers)
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


def half_year_choices(plan: ActionPlan, action: PlanAction | None) -> list[SelectChoice]:
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


def item_choices(opened: PlanView, lifted: Sequence[str]) -> list[SelectChoice]:
    """Every item that applies to this group and is not listed already."""
    answers = opened.basis.answers
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


def stored_values(action: PlanAction) -> dict[str, Any]:
    own = action.own
    effect = own.months_to_effect
    return {
        "base": str(action.revision),
        "title": action.title,
        "owner": action.owner,
        "due_on": action.due_on,
        "status": action.status.value,
        "half_year": str(own.half_year or ""),
        "months_to_launch": months_text(own.months_to_launch),
        "effect_low": str(effect[0]) if effect else "",
        "effect_high": str(effect[1]) if effect else "",
        **range_text("one_off", own.amounts.one_off),
        **range_text("yearly", own.amounts.yearly),
        **range_text("days", own.amounts.people_days),
        "units": units_text(own.units),
        "acts": own.acts,
        "may_pay": own.may_pay,
        "pays_after": own.pays_after,
        **{f"level_{item_id}": str(level) for item_id, level in own.levels},
        "evidence": action.evidence,
        "note": action.note,
    }


def range_text(name: str, amounts: CostRange | PeopleDays | None) -> dict[str, str]:
    if amounts is None:
        return {}
    ends = (amounts.low, amounts.likely, amounts.high)
    return {f"{name}_{end}": f"{amount:,}" for end, amount in zip(ENDS, ends, strict=True)}


def units_text(units: Fraction | None) -> str:
    """
    >>> units_text(Fraction(1200)), units_text(Fraction(1, 2)), units_text(None)
    ('1,200', '0.5', '')
    """
    return "" if units is None else f"{Decimal(units.numerator) / units.denominator:,}"


def months_text(months: int | None) -> str:
    return "" if months is None else str(months)


class PostingForm(SafeForm):
    kind = RadioField(
        "What is this?",
        [InputRequired("Choose whether it was awarded, spent or given back.")],
        choices=KINDS,
    )
    amount = CentsField("Amount, in dollars")
    on = Day(
        "Day", [Optional()], description="Of the award, the payment or the return; today at most."
    )
    payer = line_field(
        "Who paid, or may have paid",
        hint="A payer, a grant or your own budget; only your group sees it. Of an award, only the "
        "payer whose name it begins with sees the sum; left empty, every payer you share with.",
    )
    note = text_field("Note", "Such as the invoice. Nothing that could point at a patient.")

    @property
    def wanted(self) -> PostingInput:
        return PostingInput(
            PostingKind(self.kind.data),
            self.amount.cents,
            self.on.data,
            self.payer.data or "",
            self.note.data or "",
        )


class NeededForm(SafeForm):
    low = CentsField("Low, in dollars")
    likely = CentsField("Likely, in dollars")
    high = CentsField("High, in dollars")
    why = text_field(
        "Why", "What changed since the last time. Nothing that could point at a patient."
    )

    @property
    def amounts(self) -> tuple[int | None, int | None, int | None]:
        return self.low.cents, self.likely.cents, self.high.cents


def posting_form(posting: Posting) -> PostingForm:
    """Filled with what is to be corrected."""
    return PostingForm(
        formdata=None,
        data={
            "kind": posting.kind.value,
            "amount": cents_text(posting.cents),
            "on": posting.on,
            "payer": posting.payer,
            "note": posting.note,
        },
    )


def needed_form(cents: Cents | None) -> NeededForm:
    if cents is None:
        return NeededForm(formdata=None)
    amounts = {name: cents_text(getattr(cents, name)) for name in ("low", "likely", "high")}
    return NeededForm(formdata=None, data=amounts)


def cents_text(cents: int) -> str:
    """
    >>> cents_text(1_250_000), cents_text(1_950)
    ('12,500', '19.50')
    """
    return f"{cents // 100:,}" if cents % 100 == 0 else f"{cents / 100:,.2f}"
