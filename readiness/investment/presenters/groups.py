"""The answer group by group: what each gets, what it would reach, and what it could have had."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from readiness.core.formatting import dollars, percent
from readiness.investment.answer import Bought, Pick
from readiness.investment.candidates import Candidate, Component, Offer
from readiness.investment.offering import UNRATED
from readiness.investment.presenters.models import ActionLine, GroupSheet, OptionLine
from readiness.investment.presenters.wording import days_says, listed, numbered, range_says
from readiness.investment.service.stored import Stored

NO_OPTION = "Nothing can be chosen here: "
ALL_BANNED = "Everything that could be chosen here is banned."
OUTBID = (
    "It could get {options}, and the same dollars are worth more elsewhere under this policy and "
    "these limits."
)
STAYS = "by these actions alone it stays at its tier"


def sheets(stored: Stored) -> tuple[GroupSheet, ...]:
    """Most dollars first; of equals by name."""
    made = [sheet_of(stored, offer) for offer in stored.answered.offers]
    spent = {each.group_id: each.dollars for each in stored.main.bought}
    return tuple(sorted(made, key=lambda each: (-spent.get(each.group_id, 0), each.name)))


def sheet_of(stored: Stored, offer: Offer) -> GroupSheet:
    picks = [pick for pick in stored.main.picks if pick.group_id == offer.group_id]
    bought = next((b for b in stored.main.bought if b.group_id == offer.group_id), None)
    if stored.is_hidden(offer.group_id):
        return hidden(stored, offer, bought)
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
        risk=f"{percent(offer.risk.share)}: {offer.risk.says}",
        tags=listed(offer.tags),
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


def hidden(stored: Stored, offer: Offer, bought: Bought | None) -> GroupSheet:
    """Its dollars belong to the payer's own sum; nothing else of it is shown."""
    return GroupSheet(
        stored.shown_id(offer.group_id), stored.name(offer.group_id), True,
        "", "", "", "", "", False, "", "", "",
        dollars(bought.dollars if bought else 0), "", (), "", "",
        "" if bought else "It stopped sharing.", (), (), (),
    )  # fmt: skip


def ends_says(stored: Stored, picks: Iterable[Pick]) -> str:
    """Ends added to ends: the widest that the first years together can be."""
    costs = [stored.candidate(pick.key).cost for pick in picks]
    if not costs:
        return ""
    low, high = (sum(getattr(cost, end) for cost in costs) for end in ("low", "high"))
    return f"{dollars(low)} to {dollars(high)}"


def action_line(stored: Stored, offer: Offer, pick: Pick) -> ActionLine:
    each = stored.candidate(pick.key)
    readiness, need, people = components(offer, each)
    return ActionLine(
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
        state="pinned" if each.key in stored.asked.scenario.pins else "",
        notes=each.notes,
    )


def components(offer: Offer, each: Candidate) -> tuple[str, str, str]:
    """In the units that the trade counts in."""
    steps, need, people = (offer.raw(each, component) for component in Component)
    return numbered(round(steps), "step"), f"{need:,.0f}", f"{people:,.0f}"


def survives(stored: Stored, each: Candidate) -> str:
    if stored.stability is None:
        return ""
    return f"{stored.times.get(each.key, 0)} of {stored.stability.answered}"


def options(stored: Stored, offer: Offer, chosen: set[str]) -> Iterator[OptionLine]:
    for each in offer.candidates:
        if each.id not in chosen:
            yield OptionLine(
                each.id,
                each.title,
                dollars(stored.case.prices.first_year[each.key]),
                "banned" if each.key in stored.asked.scenario.bans else "",
                survives(stored, each),
            )


def gates_says(bought: Bought | None) -> str:
    if bought is None or not bought.gates_met:
        return ""
    number = numbered(len(bought.gates_met), "gate")
    return f"{number} of the next tier: {listed(bought.gates_met)}"


def buys_says(offer: Offer, bought: Bought) -> str:
    served = [offer.purpose_by_id[each] for each in bought.lifts]
    steps = sum(each.readiness for each in served)
    people = sum(each.people for each in served)
    reached = f", and {people:,.0f} patients in gaps that count" if people else ""
    tier = (
        f"with every lift as intended it would stand at {bought.tier_after} {bought.after_title}"
        if bought.tier_after != bought.tier_before
        else STAYS
    )
    return f"{numbered(round(steps), 'weighted step')}{reached}; {tier}."


def why_nothing(stored: Stored, offer: Offer) -> str:
    if not offer.candidates:
        reason = UNRATED if UNRATED in offer.notes else "no option is left."
        return f"{NO_OPTION}{reason[0].lower()}{reason[1:]}"
    open_ = [each for each in offer.candidates if each.key not in stored.asked.scenario.bans]
    if not open_:
        return ALL_BANNED
    return OUTBID.format(options=f"any of {len(open_)} actions")
