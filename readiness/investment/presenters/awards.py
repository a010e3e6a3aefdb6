"""Why money goes to a group, what it buys, when, and what follows: one sentence each.

For whoever decides on money, and so in the payer's own terms: its dollars, tiers, months, years.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from readiness.core.formatting import dollars, join_words
from readiness.investment.answers import GroupAward, Pick
from readiness.investment.models import ActionOrigin, BenefitComponent, GroupOffer, TierPackage
from readiness.investment.portfolio import packages_open
from readiness.investment.presenters.wording import counted_words, ordinal
from readiness.investment.service.stored import StoredScenario

NOTHING_FOLLOWS = "nothing has to be paid every year afterwards"
NOBODY = "nobody named yet"
UNDER_WAY = "for what is under way already"
MOSTLY = 50  # of 100: a weight that decides


def sentence_of(
    stored: StoredScenario, offer: GroupOffer, bought: GroupAward, picks: Sequence[Pick]
) -> str:
    package = offer.package_by_id.get(bought.package_id)
    parts = [
        *([way_says(stored, offer, package, bought, picks)] if package else []),
        *singles_say(stored, offer, [pick for pick in picks if not pick.package_id]),
        after_says(stored, picks, package.begun_yearly if package else 0),
    ]
    return f"{'; '.join(parts)}."


def way_says(
    stored: StoredScenario,
    offer: GroupOffer,
    package: TierPackage,
    bought: GroupAward,
    picks: Sequence[Pick],
) -> str:
    """Who pays how much for which way, when it would be there, and why here."""
    paid = paid_for(stored, [pick for pick in picks if pick.package_id])
    own = own_part(stored, package)
    shares = [f"{dollars(paid)} of yours{over_years(stored)}"] if paid else []
    shares += [f"{dollars(own)} of its own or awarded already"] if own else []
    money = join_words(shares) or "Its own people’s days"
    way = f"would bring it all of the way from {offer.tier_id} to {package.tier_id}"
    free = "" if paid else ", at no cost to you"
    return f"{money} {way}{when(package, bought)}{free}, {why_here(stored, offer, package)}"


def paid_for(stored: StoredScenario, picks: Sequence[Pick]) -> int:
    """By the budget, in all of its years."""
    case = stored.case
    return sum(case.dollars_in(p, year) for p in picks for year in range(1, case.years + 1))


def over_years(stored: StoredScenario) -> str:
    return f" over {stored.case.years} years" if stored.case.years > 1 else ""


def own_part(stored: StoredScenario, package: TierPackage) -> int:
    """What no payer may pay for, and what is still to pay of what is under way."""
    held = (stored.candidate((package.group_id, each)) for each in package.actions)
    prices = stored.case.prices.first_year
    return package.still_to_pay + sum(prices[each.key] for each in held if not each.is_payable)


def when(package: TierPackage, bought: GroupAward) -> str:
    start = f", begun in year {bought.year}" if bought.year > 1 else ""
    if package.months is None:
        return f"{start}, nobody can tell yet when"
    low, high = package.months
    span = f"{low}" if low == high else f"{low} to {high}"
    return f", {span} months after its plan’s start{start}"


def why_here(stored: StoredScenario, offer: GroupOffer, package: TierPackage) -> str:
    """Its place by the payer's dollars among all next tiers; need, where that comes first."""
    first = {
        each.group_id: stored.case.payable(each.key)
        for other in stored.shared_offers
        for each in packages_open(other, stored.request.scenario)[:1]
    }
    mine = stored.case.payable(package.key)
    place = 1 + sum(cost < mine for cost in first.values())
    is_next = package == packages_open(offer, stored.request.scenario)[0]
    rank = "cheapest" if place == 1 else f"{ordinal(place)} cheapest"
    cheap = f"the {rank} of {counted_words(len(first), 'way')} to a next tier"
    reasons = [cheap] if is_next else [f"past its next tier, {offer.tier_title} today"]
    if stored.request.scenario.policy.weights.get(BenefitComponent.NEED, 0) >= MOSTLY:
        at_risk = offer.risk.share * (offer.patients or 0)
        reasons.append(f"for about {at_risk:,.0f} patients at social risk")
    return ", ".join(reasons)


def singles_say(stored: StoredScenario, offer: GroupOffer, picks: Sequence[Pick]) -> Iterator[str]:
    """Apart by where the actions come from."""
    for origin in ActionOrigin:
        mine = [pick for pick in picks if stored.candidate(pick.key).origin is origin]
        if not mine:
            continue
        paid = dollars(paid_for(stored, mine))
        titles = join_words(stored.candidate(pick.key).title for pick in mine)
        served = {each for pick in mine for each in stored.candidate(pick.key).serves}
        people = sum(offer.purpose_by_id[each].people for each in served)
        reached = f", for {people:,.0f} patients in gaps that count" if people else ""
        yield f"{paid} of yours{over_years(stored)} would pay for {titles} ({origin}){reached}"


def after_says(stored: StoredScenario, picks: Sequence[Pick], begun: int) -> str:
    """What follows in every year, and who pays the largest part of it."""
    prices = stored.case.prices.yearly
    running = sorted((p for p in picks if prices[p.key]), key=lambda p: (-prices[p.key], p.key))
    new = sum(prices[pick.key] for pick in running)
    total = dollars(new + begun)
    if not running:
        return f"afterwards {total} a year, {UNDER_WAY}" if begun else NOTHING_FOLLOWS
    largest = stored.candidate(running[0].key)
    payer = largest.pays_after.rstrip(".") or NOBODY
    part = "the largest new part " if len(running) > 1 or begun else ""
    also = f" ({dollars(begun)} of it {UNDER_WAY})" if begun else ""
    return f"afterwards {total} a year{also}, {part}for {largest.title}, paid by {payer}"
