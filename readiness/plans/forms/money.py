"""The forms of money: one entry, and what is still needed."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from wtforms import Form, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from readiness.core.free_text import LINE_CHARACTERS, NOTE_CHARACTERS
from readiness.core.web.forms import Day, SafeForm
from readiness.plans.postings import Cents, Posting, PostingKind, Wanted

LABELS = {
    PostingKind.AWARDED: "Awarded: promised for this action",
    PostingKind.SPENT: "Spent: paid for this action",
    PostingKind.RETURNED: "Given back: returned to whoever awarded it",
}
KINDS = tuple(SelectChoice(kind.value, says) for kind, says in LABELS.items())
NO_AMOUNT = "Enter an amount in dollars, such as 12,500 or 1,299.50."
MOST_DOLLARS = 10**12  # what a number is read up to; the domain says how much is too much


class Amount(StringField):  # type: ignore[misc]
    """An amount such as 12,500 or $1,299.50."""

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002  # the library passes it
        if (self.data or "").strip() and self.cents is None:
            raise ValidationError(NO_AMOUNT)

    @property
    def cents(self) -> int | None:
        """None: nothing, no number, or more than two decimals."""
        text = (self.data or "").strip().removeprefix("$").replace(",", "")
        if not text.isascii():
            return None
        try:
            found = Decimal(text)
        except InvalidOperation:
            return None
        if not found.is_finite() or abs(found) >= MOST_DOLLARS:
            return None
        cents = found * 100
        return int(cents) if cents == int(cents) else None


def note(label: str, says: str) -> TextAreaField:
    return TextAreaField(
        label,
        [Length(max=NOTE_CHARACTERS, message=f"Shorten this to {NOTE_CHARACTERS:,} characters.")],
        description=says,
    )


class PostingForm(SafeForm):
    kind = RadioField(
        "What is this?",
        [InputRequired("Choose whether it was awarded, spent or given back.")],
        choices=KINDS,
    )
    amount = Amount("Amount, in dollars")
    on = Day(
        "Day", [Optional()], description="Of the award, the payment or the return; today at most."
    )
    payer = StringField(
        "Who paid, or may have paid",
        [Length(max=LINE_CHARACTERS, message=f"Shorten this to {LINE_CHARACTERS} characters.")],
        description="A payer, a grant or your own budget; only your group sees it.",
    )
    note = note("Note", "Such as the invoice. Nothing that could point at a patient.")

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            PostingKind(self.kind.data),
            self.amount.cents,
            self.on.data,
            self.payer.data or "",
            self.note.data or "",
        )


class NeededForm(SafeForm):
    low = Amount("Low, in dollars")
    likely = Amount("Likely, in dollars")
    high = Amount("High, in dollars")
    why = note("Why", "What changed since the last time. Nothing that could point at a patient.")

    @property
    def amounts(self) -> tuple[int | None, int | None, int | None]:
        return self.low.cents, self.likely.cents, self.high.cents


def posting_form(posting: Posting) -> PostingForm:
    """Filled with what is to be corrected."""
    return PostingForm(
        formdata=None,
        data={
            "kind": posting.kind.value,
            "amount": plain(posting.cents),
            "on": posting.on,
            "payer": posting.payer,
            "note": posting.note,
        },
    )


def needed_form(cents: Cents | None) -> NeededForm:
    if cents is None:
        return NeededForm(formdata=None)
    amounts = {name: plain(getattr(cents, name)) for name in ("low", "likely", "high")}
    return NeededForm(formdata=None, data=amounts)


def plain(cents: int) -> str:
    """
    >>> plain(1_250_000), plain(1_950)
    ('12,500', '19.50')
    """
    return f"{cents // 100:,}" if cents % 100 == 0 else f"{cents / 100:,.2f}"
