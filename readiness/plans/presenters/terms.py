"""What an action takes, in words: the value that counts, and the catalogue's beside an own one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from readiness.core.formatting import day, dollars, rounded
from readiness.core.periods import months_after
from readiness.instruments.glossary import expand_evidence_codes, sentence
from readiness.plans.costs import CostRange, Days
from readiness.plans.drafting import end_of
from readiness.plans.models import ActionType, Months, Plan, PlanAction, Usual
from readiness.plans.timing import first_day, half_year_of, timing_of

ORDINALS = (
    "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth",
)  # fmt: skip
NOT_KNOWN = "not known"


@dataclass(frozen=True)
class Term:
    """One line of what an action takes."""

    name: str
    now: str
    usual: str = ""  # the catalogue's value, where the group has put another in its place


def terms_of(action: PlanAction, plan: Plan) -> tuple[Term, ...]:
    if action.proposal and action.proposal.type is ActionType.FIND_OUT:
        return ()
    return tuple(each for each in told(action, plan) if each.now or each.usual)


def told(action: PlanAction, plan: Plan) -> Iterator[Term]:
    own, usual = action.own, action.usual
    stands = usual.amounts if usual else None
    has_units = own.units is not None
    yield Term(
        "One-off",
        amount_says(action.amounts.one_off),
        money(stands.one_off)
        if stands and stands.one_off and (own.amounts.one_off or has_units)
        else "",
    )
    yield Term(
        "Every year",
        amount_says(action.amounts.yearly),
        money(stands.yearly)
        if stands and stands.yearly and (own.amounts.yearly or has_units)
        else "",
    )
    yield Term(
        "People-days in the first year",
        days_say(action.amounts.people_days),
        days_say(stands.people_days) if stands and (own.amounts.people_days or has_units) else "",
    )
    if usual:
        yield units_term(own.units, usual)
    yield who_acts(action)
    yield who_may_pay(action)
    yield who_pays_after(action)
    yield from times(action, plan)


def units_term(own: Fraction | None, usual: Usual) -> Term:
    says = sentence(usual.units_say)
    catalogue = f"{number(usual.units)}. {says}" if usual.units is not None else says
    if own is None:
        return Term("How many", catalogue)
    return Term("How many", f"{number(own)}, as the group counts", catalogue)


def who_acts(action: PlanAction) -> Term:
    note = action.usual.note if action.usual else None
    own, usual = action.own.acts, sentence(note.acts) if note else ""
    return Term("Who acts", own or usual, usual if own else "")


def who_may_pay(action: PlanAction) -> Term:
    note = action.usual.note if action.usual else None
    usual = sentence("; ".join(note.may_pay)) if note else ""
    own = action.own.may_pay  # as typed: its letters are no marks
    return Term("May pay for the start", own or usual, usual if own else "")


def who_pays_after(action: PlanAction) -> Term:
    own = action.own.pays_after
    usual = sentence(action.usual.pays_after) if action.usual else ""
    return Term("Pays afterwards", own or usual, usual if own else "")


def times(action: PlanAction, plan: Plan) -> Iterator[Term]:
    own, usual, timing = action.own, action.usual, timing_of(action, plan)
    number_now = half_year_of(action, plan.starts_on)
    if timing is None or number_now is None:
        return
    proposed = action.proposal.half_year if action.proposal else None
    yield Term(
        "Starts",
        f"{half_year(number_now)}, {day(timing.starts_on)}",
        half_year(proposed) if proposed and own.half_year else "",
    )
    if action.months_to_launch is not None:
        yield Term(
            "Months to launch",
            f"{action.months_to_launch}: {month(timing.launches_on)}",
            str(usual.months_to_launch) if usual and own.months_to_launch is not None else "",
        )
    if action.months_to_effect:
        yield Term(
            "Months from launch to effect",
            f"{months(action.months_to_effect)}: {month(timing.earliest)} to "
            f"{month(timing.latest)}",
            months(usual.months_to_effect) if usual and own.months_to_effect else "",
        )


def catalogue_says(action: PlanAction | None) -> dict[str, str]:
    """Beside each field of the form: what stands while it is left empty."""
    usual = action.usual if action else None
    if usual is None:
        return {}
    note, stands = usual.note, usual.amounts
    counted = f"{number(usual.units)}. " if usual.units is not None else ""
    payers = sentence("; ".join(note.may_pay)) if note else "nobody named."
    return {
        "one_off": f"Catalogue: {amount_says(stands.one_off) or NOT_KNOWN}.",
        "yearly": f"Catalogue: {amount_says(stands.yearly) or NOT_KNOWN}.",
        "days": f"Catalogue: {days_say(stands.people_days) or NOT_KNOWN}.",
        "units": f"Catalogue: {counted}{sentence(usual.units_say)}",
        "acts": f"Catalogue: {sentence(note.acts) if note else 'nobody named.'}",
        "may_pay": f"Catalogue: {payers}",
        "pays_after": f"Catalogue: {sentence(usual.pays_after)}",
        "months_to_launch": f"Catalogue: {usual.months_to_launch}.",
        "effect_low": f"Catalogue: {usual.months_to_effect[0]}.",
        "effect_high": f"Catalogue: {usual.months_to_effect[1]}.",
        "rests_on": rests_on(usual),
    }


def half_year(number: int) -> str:
    """
    >>> half_year(2), half_year(11)
    ('Second half-year', '11th half-year')
    """
    return f"{ORDINALS[number - 1] if number <= len(ORDINALS) else f'{number}th'} half-year"


def half_year_days(number: int, starts_on: date) -> str:
    return f"{day(first_day(number, starts_on))} to {day(end_of(number, starts_on))}"


def half_years(last: int, starts_on: date) -> Iterator[tuple[int, str]]:
    """To choose from: what each is called, and when it begins."""
    for number_ in range(1, last + 1):
        begins = months_after(starts_on, 6 * (number_ - 1))
        yield number_, f"{half_year(number_)}, from {day(begins)}"


def month(on: date) -> str:
    """
    >>> month(date(2027, 3, 1))
    'Mar 2027'
    """
    return f"{on:%b %Y}"


def months(span: Months) -> str:
    low, high = span
    return str(low) if low == high else f"{low} to {high}"


def number(units: Fraction) -> str:
    """
    >>> number(Fraction(54000)), number(Fraction(3, 5)), number(Fraction(3))
    ('54,000', '0.6', '3')
    """
    return f"{rounded(units, 0 if units >= 100 or units.denominator == 1 else 1):,}"


def days_say(days: Days | None) -> str:
    """
    >>> from decimal import Decimal
    >>> days_say(Days(Decimal("55"), Decimal("110"), Decimal("220")))
    '55 to 220, likely 110'
    """
    return f"{days.low:,} to {days.high:,}, likely {days.likely:,}" if days else ""


def amount_says(cost: CostRange | None) -> str:
    if cost is None:
        return ""
    return "nothing" if cost.high == 0 else money(cost)


def money(cost: CostRange) -> str:
    """
    >>> from decimal import Decimal
    >>> money(CostRange(Decimal(30000), Decimal(60000), Decimal(120000)))
    '$30,000 to $120,000, likely $60,000'
    """
    return f"{span(cost)}, likely {dollars(cost.likely)}"


def span(cost: CostRange) -> str:
    """
    >>> from decimal import Decimal
    >>> span(CostRange(Decimal(30000), Decimal(60000), Decimal(120000)))
    '$30,000 to $120,000'
    """
    if cost.high < 100:
        return f"${cost.low:,.2f} to ${cost.high:,.2f}"
    return f"{dollars(cost.low)} to {dollars(cost.high)}"


def rests_on(usual: Usual | None) -> str:
    """Where the split, the days and the payers come from, how sure they are, and since when."""
    note = usual.note if usual else None
    if note is None:
        return ""
    source = sentence(note.source)
    return f"{source} Marked: {expand_evidence_codes(note.status)}. As of {day(note.as_of)}."
