"""The answer group by group: what each gets, what it would reach, and what it could have had."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from readiness.core.formatting import dollars
from readiness.investment.answers import (
    GroupAward,
    Pick,
)
from readiness.investment.models import (
    BenefitComponent,
    Candidate,
    GroupOffer,
)
from readiness.investment.offering import UNRATED
from readiness.investment.presenters.wording import (
    counted_words,
    days_says,
    join_words,
    range_says,
)
from readiness.investment.service.stored import StoredScenario

NO_OPTION = "Nothing can be chosen here: "
ALL_BANNED = "Everything that could be chosen here is banned."
OUTBID = (
    "It could get {options}, and the same dollars are worth more elsewhere under this policy and "
    "these limits."
)
STAYS = "by these actions alone it stays at its tier"


@dataclass(frozen=True)
class ChosenActionLine:
    """One chosen action in one group."""

    action_id: str
    title: str
    kind: str
    year: str  # "year 1"; "" in a scenario of one year
    dollars: str  # as counted against the budget, in its first year
    range: str  # low to high
    yearly: str  # what it takes in every year after
    days: str  # people-days
    lifts: tuple[str, ...]  # what it serves, in words
    readiness: str  # its three components, as if nothing else served the same
    need: str
    people: str
    survives: str  # "187 of 200"; "" before it was shaken
    state: str  # "pinned" or ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class OptionLine:
    """An action that could be chosen in a group and was not, or that cannot be."""

    action_id: str
    title: str
    dollars: str
    state: str  # "banned" or ""
    survives: str
    why: str = ""  # why it cannot be chosen at all; "" when it can


@dataclass(frozen=True)
class GroupSheet:
    """One group in the answer. Where it no longer shares, nothing but its place in the sum."""

    group_id: str
    name: str
    is_hidden: bool
    tier: str  # "T2 Developing"
    tier_id: str
    tier_title: str
    tier_after: str  # if every action works as planned; the same when it stays
    after_title: str
    rises: bool
    patients: str
    risk: str  # a sentence: one share, or the mean of two, with what each is of
    tags: str
    dollars: str
    low_high: str
    actions: tuple[ChosenActionLine, ...]
    gates_met: str
    buys: str
    why_nothing: str  # "" when it gets something
    others: tuple[OptionLine, ...]  # could be chosen
    unavailable: tuple[OptionLine, ...]
    notes: tuple[str, ...]


def group_sheets(stored: StoredScenario) -> tuple[GroupSheet, ...]:
    """Most dollars first; of equals by name."""
    made = [sheet_of(stored, offer) for offer in stored.solution.offers]
    spent = {each.group_id: each.dollars for each in stored.main.bought}
    return tuple(sorted(made, key=lambda each: (-spent.get(each.group_id, 0), each.name)))


def sheet_of(stored: StoredScenario, offer: GroupOffer) -> GroupSheet:
    picks = [pick for pick in stored.main.picks if pick.group_id == offer.group_id]
    bought = next((b for b in stored.main.bought if b.group_id == offer.group_id), None)
    if stored.is_hidden(offer.group_id):
        return hidden_sheet(stored, offer, bought)
    chosen = {pick.action_id for pick in picks}
    tier_after = bought.tier_after if bought else offer.tier_id
    return GroupSheet(
        group_id=offer.group_id,
        name=stored.name(offer.group_id),
        is_hidden=False,
        tier=f"{offer.tier_id} {offer.tier_title}",
        tier_id=offer.tier_id,
        tier_title=offer.tier_title,
        tier_after=tier_after,
        after_title=bought.after_title if bought else offer.tier_title,
        rises=tier_after != offer.tier_id,
        patients="not known" if offer.patients is None else f"{offer.patients:,}",
        risk=offer.risk.says,
        tags=join_words(offer.tags),
        dollars=dollars(bought.dollars if bought else 0),
        low_high=ends_says(stored, picks),
        actions=tuple(action_line(stored, offer, pick) for pick in picks),
        gates_met=gates_says(bought),
        buys=buys_says(offer, bought) if bought else "",
        why_nothing="" if picks else why_nothing(stored, offer),
        others=tuple(options(stored, offer, chosen)),
        unavailable=tuple(
            OptionLine(each.id, each.title, "", "", "", each.why) for each in offer.unavailable
        ),
        notes=offer.notes,
    )


def hidden_sheet(
    stored: StoredScenario, offer: GroupOffer, bought: GroupAward | None
) -> GroupSheet:
    """Its dollars belong to the payer's own sum; nothing else of it is shown."""
    return GroupSheet(
        stored.shown_id(offer.group_id), stored.name(offer.group_id), True,
        "", "", "", "", "", False, "", "", "",
        dollars(bought.dollars if bought else 0), "", (), "", "",
        "" if bought else "It stopped sharing.", (), (), (),
    )  # fmt: skip


def ends_says(stored: StoredScenario, picks: Iterable[Pick]) -> str:
    """Ends added to ends: the widest that the first years together can be."""
    costs = [stored.candidate(pick.key).cost for pick in picks]
    if not costs:
        return ""
    low, high = (sum(getattr(cost, end) for cost in costs) for end in ("low", "high"))
    return f"{dollars(low)} to {dollars(high)}"


def action_line(stored: StoredScenario, offer: GroupOffer, pick: Pick) -> ChosenActionLine:
    each = stored.candidate(pick.key)
    readiness, need, people = components(offer, each)
    return ChosenActionLine(
        action_id=each.id,
        title=each.title,
        kind=str(each.kind),
        year=f"year {pick.year}" if stored.case.years > 1 else "",
        dollars=dollars(stored.case.prices.first_year[each.key]),
        range=range_says(each.cost),
        yearly=range_says(each.takes.yearly),
        days=days_says(each.takes.people_days),
        lifts=tuple(offer.purpose_by_id[purpose].says for purpose in each.serves),
        readiness=readiness,
        need=need,
        people=people,
        survives=survives(stored, each),
        state="pinned" if each.key in stored.request.scenario.pins else "",
        notes=each.notes,
    )


def components(offer: GroupOffer, each: Candidate) -> tuple[str, str, str]:
    """In the units that the trade counts in."""
    steps, need, people = (offer.raw(each, component) for component in BenefitComponent)
    return counted_words(round(steps), "step"), f"{need:,.0f}", f"{people:,.0f}"


def survives(stored: StoredScenario, each: Candidate) -> str:
    if stored.stability is None:
        return ""
    return f"{stored.times.get(each.key, 0)} of {stored.stability.answered}"


def options(stored: StoredScenario, offer: GroupOffer, chosen: set[str]) -> Iterator[OptionLine]:
    for each in offer.candidates:
        if each.id not in chosen:
            yield OptionLine(
                each.id,
                each.title,
                dollars(stored.case.prices.first_year[each.key]),
                "banned" if each.key in stored.request.scenario.bans else "",
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


def why_nothing(stored: StoredScenario, offer: GroupOffer) -> str:
    if not offer.candidates:
        reason = UNRATED if UNRATED in offer.notes else "no option is left."
        return f"{NO_OPTION}{reason[0].lower()}{reason[1:]}"
    open_ = [each for each in offer.candidates if each.key not in stored.request.scenario.bans]
    if not open_:
        return ALL_BANNED
    return OUTBID.format(options=f"any of {len(open_)} actions")
