"""The form of one action of a plan."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import Form, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, ValidationError

from readiness.domain.costs import CostRange
from readiness.domain.drafting import OWNER_CHARACTERS, TITLE_CHARACTERS, Edit
from readiness.domain.free_text import NOTE_CHARACTERS
from readiness.domain.plan import ActionStatus, PlanAction
from readiness.web.forms import Day, SafeForm, whole_number

STATUSES = tuple(SelectChoice(status.value, status.value.capitalize()) for status in ActionStatus)
COSTS = ("cost_low", "cost_likely", "cost_high")


class Dollars(StringField):  # type: ignore[misc]
    """An amount such as 12,500 or $40.00, or nothing."""

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002  # the library passes it
        if (self.data or "").strip() and self.amount is None:
            raise ValidationError("Enter an amount in dollars, such as 12,500, or leave it empty.")

    @property
    def amount(self) -> Decimal | None:
        text = (self.data or "").strip().removeprefix("$").replace(",", "")
        try:
            found = Decimal(text)
        except InvalidOperation:
            return None
        return found.quantize(Decimal("0.01")) if found.is_finite() and found < 10**12 else None


class ActionForm(SafeForm):
    """`base` is the revision that the page showed."""

    base = HiddenField()
    title = StringField(
        "What is to be done",
        [Length(max=TITLE_CHARACTERS, message=f"Shorten this to {TITLE_CHARACTERS} characters.")],
    )
    owner = StringField(
        "Who answers for it",
        [Length(max=OWNER_CHARACTERS, message=f"Shorten this to {OWNER_CHARACTERS} characters.")],
        description="A post, such as quality lead, rather than a person’s name.",
    )
    due_on = Day("Due date", [Optional()])
    status = SelectField("Status", choices=STATUSES)
    cost_low = Dollars("Low, in dollars")
    cost_likely = Dollars("Likely, in dollars")
    cost_high = Dollars("High, in dollars")
    note = TextAreaField(
        "Note",
        [Length(max=NOTE_CHARACTERS, message=f"Shorten this to {NOTE_CHARACTERS:,} characters.")],
        description="Nothing that could point at a patient: the plan can be shared and printed.",
    )

    def validate_cost_low(self, field: Dollars) -> None:  # noqa: ARG002  # the library passes it
        """All three amounts or none: a plan never shows one number as if it were exact."""
        given = [bool((self[name].data or "").strip()) for name in COSTS]
        if any(given) and not all(given):
            raise ValidationError("Enter all three amounts, or none of them.")

    @property
    def edit(self) -> Edit:
        low, likely, high = (self[name].amount for name in COSTS)
        known = low is not None and likely is not None and high is not None
        return Edit(
            owner=self.owner.data or "",
            due_on=self.due_on.data,
            status=ActionStatus(self.status.data),
            cost=CostRange(low, likely, high) if known else None,
            note=self.note.data or "",
            title=self.title.data or "",
        )

    @property
    def base_revision(self) -> int:
        return whole_number(self.base.data)


def form_of(action: PlanAction) -> ActionForm:
    return ActionForm(formdata=None, data=typed(action))


def typed(action: PlanAction) -> dict[str, Any]:
    cost = action.cost
    return {
        "base": str(action.revision),
        "title": action.title,
        "owner": action.owner,
        "due_on": action.due_on,
        "status": action.status.value,
        "cost_low": f"{cost.low:,}" if cost else "",
        "cost_likely": f"{cost.likely:,}" if cost else "",
        "cost_high": f"{cost.high:,}" if cost else "",
        "note": action.note,
    }
