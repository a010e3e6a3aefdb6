"""Fields that a plan's forms are made of: an amount, a number, months, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from wtforms import Form, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from readiness.core.free_text import LINE_CHARACTERS, NOTE_CHARACTERS
from readiness.core.web.forms import SafeForm
from readiness.plans.editing import MOST_MONTHS

ENDS = ("low", "likely", "high")
MONTHS = f"Enter a whole number of months from 0 to {MOST_MONTHS}, or leave it empty."


class Amount(StringField):  # type: ignore[misc]
    """A number such as 12,500 or $40.00, or nothing."""

    says = "Enter an amount in dollars, such as 12,500, or leave it empty."

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002  # the library passes it
        if (self.data or "").strip() and self.amount is None:
            raise ValidationError(self.says)

    @property
    def amount(self) -> Decimal | None:
        text = (self.data or "").strip().removeprefix("$").replace(",", "")
        try:
            found = Decimal(text)
        except InvalidOperation:
            return None
        return (
            found.quantize(Decimal("0.01")) if found.is_finite() and abs(found) < 10**12 else None
        )


class Number(Amount):
    says = "Enter a number, such as 1,200 or 0.5, or leave it empty."


class MonthsField(Amount):
    says = MONTHS

    @property
    def amount(self) -> Decimal | None:
        text = (self.data or "").strip()
        return Decimal(text) if text.isascii() and text.isdigit() and len(text) < 5 else None

    @property
    def months(self) -> int | None:
        return None if self.amount is None else int(self.amount)


def line(label: str, most: int = LINE_CHARACTERS, hint: str = "") -> StringField:
    shorten = Length(max=most, message=f"Shorten this to {most} characters.")
    return StringField(label, [shorten], description=hint)


def text(label: str, hint: str) -> TextAreaField:
    shorten = Length(
        max=NOTE_CHARACTERS, message=f"Shorten this to {NOTE_CHARACTERS:,} characters."
    )
    return TextAreaField(label, [shorten], description=hint)


def whole_or_none(name: str) -> Callable[[SafeForm, Amount], None]:
    """All three amounts or none: a plan never shows one number as if it were exact."""

    def check(form: SafeForm, _: Amount) -> None:
        given = [bool((form[f"{name}_{end}"].data or "").strip()) for end in ENDS]
        if any(given) and not all(given):
            raise ValidationError("Enter all three amounts, or none of them.")

    return check
