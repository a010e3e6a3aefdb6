"""The answer group by group: what each gets, what it would reach, and what it could have had.

Dollars and days are whole numbers here, so that a table and its total are added up from the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from readiness.core.formatting import dollars, join_words
from readiness.investment.answers import GroupAward, Pick
from readiness.investment.models import (
    BenefitComponent,
    Candidate,
    GroupOffer,
    TierPackage,
)
from readiness.investment.offering import UNRATED
from readiness.investment.portfolio import days_of, packages_open, singles
from readiness.investment.presenters.awards import sentence_of
from readiness.investment.presenters.too_dear import Dear, too_dear
from readiness.investment.presenters.wording import (
    counted_words,
    days_says,
    range_says,
)
from readiness.investment.service.stored import StoredScenario
from readiness.plans.presenters.way import own_work_says

NO_OPTION = "Nothing can be chosen here: "
ALL_BANNED = "Everything that could be chosen here is banned."
OUTBID = "It could get {options}; under this policy and these limits other choices are worth more."
TOO_MANY_DAYS = (
    "Its way to {tier} takes {days} people-days of its own people, more than the {most} that this "
    "scenario allows."
)
STAYS = "by these actions alone it stays at its tier"
ADDED = "added by the group"
UNDER_WAY = "What is under way already"


@dataclass(frozen=True)
class ChosenActionLine:
    """One chosen action in one group."""

    action_id: str
    title: str
    kind: str
    origin: str  # "in the group’s plan"
    package: str  # "all of the way to T2"; "" where it is paid for singly
    year: str  # "year 1"; "" in a scenario of one year
    by_year: tuple[int, ...]  # dollars that the budget of each year pays
    own_dollars: int  # of its first year, where no payer may pay for it
    range: str  # low to high, of its first year
    yearly: int  # dollars in every year after the first
    yearly_range: str
    pays_after: str
    acts: str
    own_days: int  # likely people-days of the group’s own people
    days_range: str
    lifts: tuple[str, ...]  # what it serves, in words
    readiness: str  # its components, as if nothing else served the same
    need: str
    people: str
    survives: str  # "187 of 200"; "" before it was shaken
    state: str  # "pinned" or ""
    notes: tuple[str, ...] = ()

    @property
    def dollars(self) -> int:
        return sum(self.by_year)


@dataclass(frozen=True)
class OwnPartLine:
    """What a group does or pays itself beside the actions of a way that is paid for."""

    title: str
    by_year: tuple[int, ...]  # dollars of the budget: none
    own_dollars: int
    own_days: int
    yearly: int  # every year afterwards

    @property
    def dollars(self) -> int:
        return sum(self.by_year)


@dataclass(frozen=True)
class OptionLine:
    """What could be chosen in a group and was not, or what cannot be."""

    action_id: str  # or that of a package
    title: str
    dollars: str
    state: str  # "banned" or ""
    survives: str
    why: str = ""  # why it cannot be chosen at all; "" when it can


@dataclass(frozen=True)
class GroupSheet:
    """One group in the answer. Where it no longer shares, nothing but its place in the sums."""

    group_id: str
    name: str
    is_hidden: bool
    by_year: tuple[int, ...]  # dollars that the budget of each year pays
    own_dollars: int = 0  # that the group pays itself, with what is under way
    own_days: int = 0  # people-days of its own people
    yearly: int = 0  # what all of it takes in every year after the first
    sentence: str = ""  # why here, what it buys, when, and what follows
    tier: str = ""  # "T2 Developing"
    tier_id: str = ""
    tier_title: str = ""
    tier_after: str = ""  # if every action works as planned; the same when it stays
    after_title: str = ""
    package_id: str = ""  # "": single actions only
    package: str = ""  # "all of the way to T2"
    package_state: str = ""  # "pinned" or ""
    package_survives: str = ""
    own_work: str = ""  # of the package: "12 own steps, and 2 questions to answer first"
    own_steps: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    patients: str = ""
    risk: str = ""  # a sentence: one share, or the mean of two, with what each is of
    tags: str = ""
    low_high: str = ""
    actions: tuple[ChosenActionLine, ...] = ()
    own_part: tuple[OwnPartLine, ...] = ()  # beside these, where a way is paid for
    gates_met: str = ""
    buys: str = ""
    why_nothing: str = ""  # "" when it gets something
    others: tuple[OptionLine, ...] = ()  # could be chosen
    unavailable: tuple[OptionLine, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[ChosenActionLine | OwnPartLine, ...]:
        return (*self.actions, *self.own_part)

    @property
    def dollars(self) -> int:
        return sum(self.by_year)

    @property
    def rises(self) -> bool:
        return self.tier_after != self.tier_id


def group_sheets(stored: StoredScenario) -> tuple[GroupSheet, ...]:
    """Those that reach a tier first, by dollars; of equals by name."""
    made = [sheet_of(stored, offer) for offer in stored.solution.offers]
    return tuple(sorted(made, key=lambda e: (bool(e.why_nothing), not e.rises, -e.dollars, e.name)))


def sheet_of(stored: StoredScenario, offer: GroupOffer) -> GroupSheet:
    picks = [pick for pick in stored.main.picks if pick.group_id == offer.group_id]
    bought = next((b for b in stored.main.bought if b.group_id == offer.group_id), None)
    if stored.is_hidden(offer.group_id):
        return hidden_sheet(stored, offer, picks)
    package = offer.package_by_id.get(bought.package_id) if bought else None
    actions = tuple(action_line(stored, offer, pick) for pick in picks)
    own = tuple(own_part(package, stored.case.years)) if package else ()
    lines: tuple[ChosenActionLine | OwnPartLine, ...] = (*actions, *own)
    key = package.key if package else ("", "")
    singly = bought and not package
    closed = too_dear(stored.case, way_too_dear(stored, offer)) if singly else ""
    return GroupSheet(
        group_id=offer.group_id,
        name=stored.name(offer.group_id),
        is_hidden=False,
        by_year=by_year(stored, picks),
        own_dollars=sum(each.own_dollars for each in lines),
        own_days=sum(each.own_days for each in lines),
        yearly=sum(each.yearly for each in lines),
        sentence=sentence_of(stored, offer, bought, picks) if bought else "",
        tier=f"{offer.tier_id} {offer.tier_title}",
        tier_id=offer.tier_id,
        tier_title=offer.tier_title,
        tier_after=bought.tier_after if bought else offer.tier_id,
        after_title=bought.after_title if bought else offer.tier_title,
        package_id=package.id if package else "",
        package=stored.package_title(package) if package else "",
        package_state="pinned" if key in stored.request.scenario.pins else "",
        package_survives=survives(stored, package) if package else "",
        own_work=own_work_says(len(package.own_steps), len(package.questions)) if package else "",
        own_steps=package.own_steps if package else (),
        questions=package.questions if package else (),
        patients="not known" if offer.patients is None else f"{offer.patients:,}",
        risk=offer.risk.says,
        tags=join_words(offer.tags),
        low_high=ends_says(stored, picks),
        actions=actions,
        own_part=own,
        gates_met=gates_says(bought),
        buys=buys_says(offer, bought) if bought else "",
        why_nothing="" if bought else why_nothing(stored, offer),
        others=tuple(options(stored, offer)),
        unavailable=tuple(
            OptionLine(each.id, each.title, "", "", "", each.why) for each in offer.unavailable
        ),
        notes=(*filter(None, [closed]), *offer.notes),
    )


def own_part(package: TierPackage, years: int) -> Iterator[OwnPartLine]:
    none = (0,) * years
    if package.own_steps:
        title = counted_words(len(package.own_steps), "own step")
        yield OwnPartLine(title, none, 0, package.own_days, 0)
    if package.still_to_pay or package.begun_yearly:
        yield OwnPartLine(UNDER_WAY, none, package.still_to_pay, 0, package.begun_yearly)


def hidden_sheet(stored: StoredScenario, offer: GroupOffer, picks: list[Pick]) -> GroupSheet:
    """Its dollars belong to the payer's own sum; nothing else of it is shown."""
    return GroupSheet(
        stored.shown_id(offer.group_id),
        stored.name(offer.group_id),
        is_hidden=True,
        by_year=by_year(stored, picks),
        why_nothing="" if picks else "It stopped sharing.",
    )


def by_year(stored: StoredScenario, picks: Iterable[Pick]) -> tuple[int, ...]:
    listed, case = tuple(picks), stored.case
    years = range(1, case.years + 1)
    return tuple(sum(case.dollars_in(pick, year) for pick in listed) for year in years)


def ends_says(stored: StoredScenario, picks: Iterable[Pick]) -> str:
    """Ends added to ends: the widest that the first years together can be."""
    costs = [stored.candidate(p.key).cost for p in picks if stored.candidate(p.key).is_payable]
    if not costs:
        return ""
    low, high = (sum(getattr(cost, end) for cost in costs) for end in ("low", "high"))
    return f"{dollars(low)} to {dollars(high)}"


def action_line(stored: StoredScenario, offer: GroupOffer, pick: Pick) -> ChosenActionLine:
    each, prices = stored.candidate(pick.key), stored.case.prices
    readiness, need, people = components(offer, each)
    package = offer.package_by_id.get(pick.package_id)
    return ChosenActionLine(
        action_id=each.id,
        title=each.title,
        kind=str(each.kind or ADDED),
        origin=str(each.origin),
        package=stored.package_title(package) if package else "",
        year=f"year {pick.year}" if stored.case.years > 1 else "",
        by_year=by_year(stored, [pick]),
        own_dollars=0 if each.is_payable else prices.first_year[each.key],
        range=range_says(each.cost),
        yearly=prices.yearly[each.key],
        yearly_range=range_says(each.takes.yearly),
        pays_after=each.pays_after,
        acts=each.acts,
        own_days=prices.days[each.key],
        days_range=days_says(each.takes.people_days),
        lifts=tuple(offer.purpose_by_id[purpose].says for purpose in each.serves),
        readiness=readiness,
        need=need,
        people=people,
        survives=survives(stored, each),
        state="pinned" if each.key in stored.request.scenario.pins else "",
        notes=() if package else each.notes,
    )


def components(offer: GroupOffer, each: Candidate) -> tuple[str, str, str]:
    """In the units that the trade counts in."""
    shown = (BenefitComponent.READINESS, BenefitComponent.NEED, BenefitComponent.PEOPLE)
    steps, need, people = (offer.raw(each, component) for component in shown)
    return counted_words(round(steps), "step"), f"{need:,.0f}", f"{people:,.0f}"


def survives(stored: StoredScenario, each: Candidate | TierPackage) -> str:
    if stored.stability is None:
        return ""
    return f"{stored.times.get(each.key, 0)} of {stored.stability.answered}"


def options(stored: StoredScenario, offer: GroupOffer) -> Iterator[OptionLine]:
    """Packages before single actions; what the payer has banned is still listed, to be freed."""
    scenario = stored.request.scenario
    offered: list[Candidate | TierPackage] = [*offer.packages, *singles(offer, scenario)]
    shut = {each.key for each in offer.packages} - {e.key for e in packages_open(offer, scenario)}
    for each in offered:
        if each.key not in stored.main.keys:
            is_banned = each.key in scenario.bans | shut
            yield OptionLine(
                each.id,
                stored.choice_title(each),
                dollars(stored.case.payable(each.key)),
                "banned" if is_banned else "",
                survives(stored, each),
            )


def gates_says(bought: GroupAward | None) -> str:
    if bought is None or not bought.gates_met:
        return ""
    number = counted_words(len(bought.gates_met), "gate")
    return f"{number} of the next tier: {join_words(bought.gates_met)}"


def buys_says(offer: GroupOffer, bought: GroupAward) -> str:
    served = [offer.purpose_by_id[each] for each in bought.lifts]
    steps = sum(each.readiness for each in served)
    people = sum(each.people for each in served)
    reached = f", and {people:,.0f} patients in gaps that count" if people else ""
    tier = (
        "if every action works as planned it would stand at "
        f"{bought.tier_after} {bought.after_title}"
        if bought.tier_after != bought.tier_before
        else STAYS
    )
    return f"{counted_words(round(steps), 'weighted step')}{reached}; {tier}."


def way_too_dear(stored: StoredScenario, offer: GroupOffer) -> list[Dear]:
    """The lowest of its ways that is open, where no year has the money for it."""
    lowest = packages_open(offer, stored.request.scenario)[:1]
    return [
        (f"its way to {each.tier_id}", each.key)
        for each in lowest
        if not stored.case.can_start(each.key)
    ]


def why_nothing(stored: StoredScenario, offer: GroupOffer) -> str:
    scenario, case = stored.request.scenario, stored.case
    packages, single = packages_open(offer, scenario), singles(offer, scenario)
    if not offer.packages and not single:
        reason = UNRATED if UNRATED in offer.notes else "no option is left."
        return f"{NO_OPTION}{reason[0].lower()}{reason[1:]}"
    open_ = [each for each in single if each.key not in scenario.bans]
    if not open_ and not packages:
        return ALL_BANNED
    most, could, shut = scenario.most_days, list[str](), ""
    dear = way_too_dear(stored, offer)
    for each in packages[:1]:
        days = days_of(offer, each, case.prices)
        if most is not None and days > most:
            shut = TOO_MANY_DAYS.format(tier=each.tier_id, days=f"{days:,}", most=f"{most:,}")
        elif not dear:
            could.append(f"all of its way to {each.tier_id} for {dollars(case.payable(each.key))}")
    if within := [each for each in open_ if case.can_start(each.key)]:
        could.append(
            f"any of {len(within)} single actions" if len(within) > 1 else "a single action"
        )
    elif open_:
        cheapest = min(open_, key=lambda each: (case.payable(each.key), each.id))
        dear.append(("its cheapest single action", cheapest.key))
    outbid = OUTBID.format(options=" or ".join(could)) if could else ""
    return " ".join(filter(None, (shut, too_dear(case, dear), outbid)))
