"""How far a group's own work may raise an item, and what that takes.

Own work is for small moves. Where an eligible intervention delivers more than there is, own work
goes one level up, and to level 2 at most: what is deployed at most sites is what the catalogue is
for. Where none does, it goes two levels up at most. An unmet essential gate above all that is
delivered may need more, and then may have it. It does not stop at level 1, "ad hoc", which nobody
aims at, unless a gate asks for just that. What is not known counts from 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from readiness.assessments.scoring import TOP_LEVEL
from readiness.instruments.answers import AnswerKind, Answers
from readiness.instruments.cost_book import CostBook
from readiness.instruments.models import Gate, GateKind, Instrument, Prerequisite
from readiness.plans.catalog import Catalog, dollars_of, level_of
from readiness.plans.costs import round_days

DEFINED = 2  # as far as own work goes where the catalogue has more
STEPS_BESIDE_CATALOG, STEPS_WITHOUT_CATALOG = 1, 2


@dataclass(frozen=True)
class OwnWork:
    """One item that the group can raise itself, and the levels at which it may stop."""

    item_id: str
    domain_id: str
    start: int
    stops: tuple[int, ...]  # rising; empty: own work raises it no further
    needs: tuple[Prerequisite, ...]  # first, and not met at present


def own_work_of(
    instrument: Instrument,
    book: CostBook,
    answers: Answers,
    catalog: Catalog,
    open_gates: Iterable[Gate],
) -> tuple[OwnWork, ...]:
    """Every item below the top, in the order they are asked. What does not apply stays."""
    gates: dict[str, list[Gate]] = {}
    for gate in open_gates:
        gates.setdefault(gate.item_id, []).append(gate)
    return tuple(
        OwnWork(
            item_id=item.id,
            domain_id=item.domain_id,
            start=level_of(item.id, answers),
            stops=stops_of(
                level_of(item.id, answers), catalog.delivered(item.id), gates.get(item.id, [])
            ),
            needs=needs_first(book, item.id, answers),
        )
        for item in instrument.items
        if answers[item.id].kind is not AnswerKind.NOT_APPLICABLE
        and level_of(item.id, answers) < TOP_LEVEL
    )


def needs_first(book: CostBook, item_id: str, answers: Answers) -> tuple[Prerequisite, ...]:
    own = book.own_needs.get(item_id)
    return tuple(
        each for each in (own.needs if own else ()) if level_of(each.item_id, answers) < each.level
    )


def stops_of(start: int, delivered: int, gates: Iterable[Gate]) -> tuple[int, ...]:
    """
    >>> stops_of(0, 3, ()), stops_of(1, 3, ()), stops_of(1, 0, ()), stops_of(3, 2, ())
    ((), (2,), (2, 3), (4,))
    """
    asked = tuple(gates)
    beside = min(start + STEPS_BESIDE_CATALOG, DEFINED)
    ceiling = beside if delivered > start else start + STEPS_WITHOUT_CATALOG
    essential = (g.level for g in asked if g.kind is GateKind.ESSENTIAL and g.level > delivered)
    top = min(TOP_LEVEL, max((ceiling, *essential)))
    may_stop_at_1 = any(gate.level == 1 for gate in asked)
    return tuple(level for level in range(start + 1, top + 1) if level > 1 or may_stop_at_1)


def days_between(start: int, to: int, days: tuple[Fraction, ...]) -> Decimal:
    """People-days of the steps from one level to another, as they are shown."""
    return round_days(sum(days[start:to], Fraction(0)))


def dollars_between(start: int, to: int, book: CostBook) -> int:
    """What one item's own work adds to a plan's objective."""
    days = days_between(start, to, book.own_days.days)
    return dollars_of(Decimal(0), days, book.day_rate.dollars)


def effort_between(start: int, to: int) -> int:
    """A step to level k counts k.

    >>> effort_between(1, 3)
    5
    """
    return sum(range(start + 1, to + 1))
