"""The least-cost plan as an integer program: interventions, own work, and what must then hold.

Columns: whether each offer is taken; how many of a group of like items own work brings to each
level at which it may stop; where several parts can raise one item, whether it has a level at the
end; and, for the margin, whether a domain, and how much of an axis, hangs on a raise that is no
gate. Like items (one domain, one level, the same stops, no open gate, delivered and needed by
nothing) are counted together, which spares the solver from trying every exchange; they are dealt
out in the order they are asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from readiness.assessments.scoring import TOP_LEVEL
from readiness.core.integer_program import Program, Row, Solution
from readiness.instruments.models import Axis, Gate, GateKind, Prerequisite, Tier
from readiness.plans.catalog import CHANGES_CARE, NEVER_ALONE, Offer
from readiness.plans.own_work import OwnWork, dollars_between, effort_between
from readiness.plans.plan_question import PlanQuestion, Pool

HALF_YEARS = 6
STARTS_PER_HALF_YEAR = 3  # interventions that a practice takes up in six months at the most
OWN_STARTS_PER_HALF_YEAR = 6

Terms = dict[int, int]  # column -> coefficient


@dataclass(frozen=True)
class LikeItems:
    """Items that the program need not tell apart; often one."""

    items: tuple[OwnWork, ...]
    pool: Pool

    @property
    def first(self) -> OwnWork:
        return self.items[0]

    @property
    def count(self) -> int:
        return len(self.items)


@dataclass
class CostProgram:
    """The program, with what its columns mean. Built once by `program_of`, then only read."""

    question: PlanQuestion
    upper: list[int] = field(default_factory=list)
    lower: dict[int, int] = field(default_factory=dict)  # where it is not 0
    rows: list[Row] = field(default_factory=list)
    raise_counts: list[Row] = field(default_factory=list)  # hold from the effort on: see `joined`
    cost: Terms = field(default_factory=dict)
    effort: Terms = field(default_factory=dict)
    parts: Terms = field(default_factory=dict)
    order: list[tuple[int, int]] = field(default_factory=list)  # (column, 1 or -1): least first
    taken: dict[str, int] = field(default_factory=dict)  # offer id -> column
    likes: tuple[LikeItems, ...] = ()
    brought: dict[tuple[str, int], int] = field(default_factory=dict)  # (first item, stop)
    reached: dict[tuple[str, int], Terms] = field(default_factory=dict)  # (first item, level)
    hangs: dict[str, int] = field(default_factory=dict)  # pool id -> 1: on a raise that is no gate

    def column(self, upper: int = 1) -> int:
        self.upper.append(upper)
        return len(self.upper) - 1

    @property
    def program(self) -> Program:
        lower = tuple(self.lower.get(column, 0) for column in range(len(self.upper)))
        return Program(lower, tuple(self.upper), tuple(self.rows))

    def offers_in(self, solution: Solution) -> tuple[Offer, ...]:
        return tuple(o for o in self.question.offers if solution[self.taken[o.id]])

    def own_levels_in(self, solution: Solution) -> dict[str, int]:
        """Item -> level that own work brings it to; of like items the first, at lower levels
        first."""
        found: dict[str, int] = {}
        for like in self.likes:
            tops = [
                max(
                    (
                        stop
                        for stop in like.first.stops
                        if solution[self.brought[like.first.item_id, stop]] >= rank
                    ),
                    default=0,
                )
                for rank in range(like.count, 0, -1)
            ]
            raised = [top for top in tops if top]
            found.update(zip((each.item_id for each in like.items), raised, strict=False))
        return found


def program_of(question: PlanQuestion) -> CostProgram:
    made = CostProgram(question, likes=tuple(like_items(question)))
    for offer in question.offers:
        made.taken[offer.id] = made.column()
        made.cost[made.taken[offer.id]] = offer.dollars or 0
        made.parts[made.taken[offer.id]] = 1
        made.order.append((made.taken[offer.id], -1))
    for like in made.likes:
        add_own_work(made, like)
        add_levels(made, like)
    for like in made.likes:
        if like.first.stops:
            first = made.brought[like.first.item_id, like.first.stops[0]]
            add_needs(made, first, like.first.needs, "")
    for offer in question.offers:
        add_needs(made, made.taken[offer.id], offer.needs, offer.id)
        add_company(made, offer)
    if question.has_margin:
        add_hanging(made)
    for tier in question.climbed:
        add_supporting(made, tier)
    add_essential(made)
    add_domains(made)
    for axis in question.instrument.axes:
        add_axis(made, axis)
    add_limits(made)
    return made


# Items that are alike.


def like_items(question: PlanQuestion) -> Iterator[LikeItems]:
    apart = items_apart(question)
    groups: dict[object, list[OwnWork]] = {}
    for each in question.own_work:
        is_gate = each.item_id in question.gate_items
        by = question.delivered_by.get(each.item_id, ())
        pool = question.pool_by_domain[each.domain_id]
        alike = (pool.id, each.start, each.stops, is_gate, by)
        groups.setdefault(each.item_id if each.item_id in apart else alike, []).append(each)
    for group in groups.values():
        yield LikeItems(tuple(group), question.pool_by_domain[group[0].domain_id])


def items_apart(question: PlanQuestion) -> frozenset[str]:
    """Those that something else in the program names."""
    needs = (*(o.needs for o in question.offers), *(w.needs for w in question.own_work))
    needed = (each.item_id for part in needs for each in part)
    waiting = (each.item_id for each in question.own_work if each.needs)
    gated = (gate.item_id for gate in question.open_gates)
    return frozenset((*needed, *waiting, *gated))


# Own work and the levels reached.


def add_own_work(made: CostProgram, like: LikeItems) -> None:
    """A column for each level at which own work may stop: how many items it brings that far."""
    first, before, paid = like.first, None, 0
    for stop in first.stops:
        column = made.brought[first.item_id, stop] = made.column(like.count)
        dollars = dollars_between(first.start, stop, made.question.book)
        made.cost[column] = dollars - paid
        if before is None:
            made.parts[column] = 1
        else:
            made.rows.append(Row({column: 1, before: -1}, most=0))
        made.order.append((column, -1 if before is None else 1))
        before, paid = column, dollars


def add_levels(made: CostProgram, like: LikeItems) -> None:
    """How many of like items have a level at the end, as terms.

    Where own work or one offer alone can bring them there, that part's column; else a column of
    its own, which is their number as soon as an offer is taken. Levels that the same parts bring
    share it.
    """
    known: dict[tuple[tuple[int, int], ...], Terms] = {}
    for level in range(like.first.start + 1, TOP_LEVEL + 1):
        able = providers(made, like.first.item_id, level)
        own = like.first.stops and level <= like.first.stops[-1]
        terms = {c: 1 if own and n == 0 else like.count for n, c in enumerate(able)}
        if not terms:
            return
        key = tuple(terms.items())
        if key not in known:
            known[key] = terms if len(terms) == 1 else {joined(made, terms, like.count): 1}
        made.reached[like.first.item_id, level] = known[key]
        add(made.effort, known[key], effort_between(level - 1, level))


def joined(made: CostProgram, able: Terms, count: int) -> int:
    """Never more than its parts bring; no less only when the effort is asked for.

    For a lower number helps no plan: a raise gains a domain and its axis at least what the margin
    then takes from them.
    """
    column = made.column(count)
    made.rows.append(Row({column: 1} | {c: -n for c, n in able.items()}, most=0))
    made.raise_counts.extend(Row({column: 1, c: -n}, least=0) for c, n in able.items())
    return column


def providers(made: CostProgram, item_id: str, level: int, but: str = "") -> list[int]:
    """The columns that bring an item to a level: own work first, then every offer but one."""
    stops = (made.brought.get((item_id, stop)) for stop in range(level, TOP_LEVEL + 1))
    own = next((column for column in stops if column is not None), None)
    return [
        *(() if own is None else (own,)),
        *(
            made.taken[offer_id]
            for offer_id, to in made.question.delivered_by.get(item_id, ())
            if offer_id != but and to >= level
        ),
    ]


# What a part needs.


def add_needs(made: CostProgram, column: int, needs: Iterable[Prerequisite], offer_id: str) -> None:
    """Every prerequisite that does not hold at present is brought by another part."""
    for each in needs:
        able = providers(made, each.item_id, each.level, but=offer_id)
        made.rows.append(Row({column: 1} | dict.fromkeys(able, -1), most=0))


def add_company(made: CostProgram, offer: Offer) -> None:
    """Training and feedback alone changed nothing in trials."""
    if offer.intervention.kind in NEVER_ALONE:
        able = (made.taken[each.id] for each in made.question.offers if goes_with(each, offer))
        made.rows.append(Row({made.taken[offer.id]: 1} | dict.fromkeys(able, -1), most=0))


def goes_with(care: Offer, offer: Offer) -> bool:
    """A change in care for the same measure, or any where it names none."""
    measures = set(offer.intervention.measure_ids)
    return care.intervention.kind in CHANGES_CARE and (
        not measures or bool(measures & set(care.intervention.measure_ids))
    )


def add_limits(made: CostProgram) -> None:
    """What can be started in three years at all; when each starts is settled by `timing`."""
    own = (
        made.brought[like.first.item_id, like.first.stops[0]]
        for like in made.likes
        if like.first.stops
    )
    made.rows.append(Row(dict.fromkeys(own, 1), most=HALF_YEARS * OWN_STARTS_PER_HALF_YEAR))
    new = (made.taken[each.id] for each in made.question.offers if not each.is_under_way)
    made.rows.append(Row(dict.fromkeys(new, 1), most=HALF_YEARS * STARTS_PER_HALF_YEAR))


# What must hold: gates, domain minimums, axis minimums.


def add_essential(made: CostProgram) -> None:
    for gate in made.question.open_gates:
        if gate.kind is GateKind.ESSENTIAL:
            made.rows.append(Row(gate_terms(made, gate), least=1))


def add_supporting(made: CostProgram, tier: Tier) -> None:
    waiting = [
        gate
        for gate in made.question.open_gates
        if gate.kind is GateKind.SUPPORTING and gate.tier_id == tier.id
    ]
    met: Terms = {}
    for gate in waiting:
        add(met, gate_terms(made, gate))
    if len(waiting) > tier.supporting_unmet_max:
        made.rows.append(Row(met, least=len(waiting) - tier.supporting_unmet_max))


def gate_terms(made: CostProgram, gate: Gate) -> Terms:
    return made.reached.get((gate.item_id, gate.level), {})


def add(terms: Terms, more: Mapping[int, int], times: int = 1) -> None:
    for column, coefficient in more.items():
        terms[column] = terms.get(column, 0) + times * coefficient


def points_in(made: CostProgram, pool: Pool) -> Terms:
    """The levels that a pool gains."""
    gained: Terms = {}
    for like in made.likes:
        if like.pool == pool:
            for level in range(like.first.start + 1, TOP_LEVEL + 1):
                add(gained, made.reached.get((like.first.item_id, level), {}))
    return gained


def most_points(made: CostProgram, pool: Pool, *, gates_only: bool) -> int:
    """The levels that a pool can gain at most, on all its items or on gates alone."""
    return sum(
        like.count
        for like in made.likes
        if like.pool == pool and (not gates_only or like.first.item_id in made.question.gate_items)
        for level in range(like.first.start + 1, TOP_LEVEL + 1)
        if (like.first.item_id, level) in made.reached
    )


def add_hanging(made: CostProgram) -> None:
    """A pool hangs on a raise when any item in it that is no gate is raised."""
    for like in made.likes:
        raised = made.reached.get((like.first.item_id, like.first.start + 1))
        if like.first.item_id in made.question.gate_items or not raised:
            continue
        if like.pool.id not in made.hangs:
            made.hangs[like.pool.id] = made.column()
        for column, times in raised.items():
            each = {column: 1, made.hangs[like.pool.id]: -(like.count if times == 1 else 1)}
            made.rows.append(Row(each, most=0))


def add_domains(made: CostProgram) -> None:
    for pool in dict.fromkeys(made.question.pool_by_domain.values()):
        if not pool.wanted:
            continue
        gained = points_in(made, pool)
        if pool.id in made.hangs:
            gained[made.hangs[pool.id]] = -1
            if most_points(made, pool, gates_only=True) < pool.wanted:
                made.lower[made.hangs[pool.id]] = 1
        made.rows.append(Row(gained, least=pool.wanted))


def add_axis(made: CostProgram, axis: Axis) -> None:
    wanted = made.question.wanted(axis)
    if wanted <= 0:
        return
    pools = {
        pool: None for pool in made.question.pool_by_domain.values() if pool.axis_id == axis.id
    }
    gained: Terms = {}
    for pool in pools:
        add(gained, points_in(made, pool), pool.worth)
    hanging = {pool: made.hangs[pool.id] for pool in pools if pool.id in made.hangs}
    if hanging:
        short = made.column(max(pool.worth for pool in hanging))
        made.lower[short] = least_short(made, tuple(pools), wanted)
        gained[short] = -1
        made.rows.extend(
            Row({short: 1, hangs: -pool.worth}, least=0) for pool, hangs in hanging.items()
        )
    made.rows.append(Row(gained, least=wanted))


def least_short(made: CostProgram, pools: Sequence[Pool], wanted: int) -> int:
    """What one raise ending short costs an axis at the least, whatever is chosen.

    The smallest worth that leaves enough within reach when no pool worth more hangs on a raise.
    Saying so spares the solver most of its search.
    """
    sizes = sorted({0, *(pool.worth for pool in pools if pool.id in made.hangs)})
    for size in sizes:
        within = sum(
            pool.worth * most_points(made, pool, gates_only=pool.worth > size) for pool in pools
        )
        if within >= wanted + size:
            return size
    return sizes[-1]
