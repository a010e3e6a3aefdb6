"""Fields of forms for what people type as a number: a number, a percentage, money, a count.

`number` is None where a field is empty or holds no number in its bounds; only a field with text
that is none is in error, unless it is `is_required`.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from wtforms import Form, StringField
from wtforms.validators import ValidationError

from readiness.core.numbers import comma_fault, number_in

LARGEST = 10**12 - 1  # what is read unless a field says less; the rules say how much is too much
CENT = Decimal("0.01")


class NumberField(StringField):  # type: ignore[misc]
    """A number such as 1,200, 0.5 or $40."""

    says = "Enter a number, such as 1,200 or 0.5, or leave it empty."
    marks = "$"  # what may stand before or behind it

    def __init__(
        self,
        label: str,
        validators: Sequence[Any] = (),
        *,
        low: float = -LARGEST,
        high: float = LARGEST,
        says: str = "",
        is_required: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(label, validators, **more)
        self.low, self.high, self.is_required = low, high, is_required
        self.says = says or self.says

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002  # the library passes it
        if self.number is None and (self.is_required or (self.data or "").strip()):
            raise ValidationError(comma_fault(self.data or "", self.marks) or self.says)

    @property
    def number(self) -> Decimal | None:
        found = number_in(self.data or "", self.marks)
        return found if found is not None and self.low <= float(found) <= self.high else None

    @property
    def amount(self) -> Decimal | None:
        """To the hundredth: the cent of a dollar."""
        return None if self.number is None else self.number.quantize(CENT)

    @property
    def figure(self) -> float:
        """0 where there is none."""
        return float(self.number or 0)


class PercentField(NumberField):
    """A number such as 2.5 or 70 %."""

    marks = "$%"


class WholeNumberField(NumberField):
    """A count, from 0 on unless a field says otherwise, or whole dollars."""

    def __init__(self, label: str, *, high: float, low: float = 0, says: str = "", **more: Any):
        says = says or f"Enter a whole number up to {high:,}, or leave it empty."
        super().__init__(label, low=low, high=high, says=says, **more)

    @property
    def number(self) -> Decimal | None:
        found = super().number
        return None if found is None or found % 1 else found

    @property
    def whole(self) -> int | None:
        return None if self.number is None else int(self.number)


class AmountField(NumberField):
    """Dollars, such as 12,500 or $40.00."""

    says = "Enter an amount in dollars, such as 12,500, or leave it empty."


class CentsField(NumberField):
    """Dollars that are booked, such as 12,500 or $1,299.50: never more than two decimals."""

    says = "Enter an amount in dollars, such as 12,500 or 1,299.50."

    @property
    def number(self) -> Decimal | None:
        found = super().number
        return None if found is None or found % CENT else found

    @property
    def cents(self) -> int | None:
        return None if self.number is None else int(self.number * 100)
