"""What to talk about at the next visit: the first three rules that the group's state calls for.

Each rule says its question or nothing. They stand in the order of urgency, and no question names a
cause: it asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from readiness.core.formatting import day, one_decimal, percent, points
from readiness.portfolio.brief.contents import Brief

HOW_MANY = 3
FEW_KNOWN = 0.5  # outcomes known among those who want help
FELL_BY = 5  # points of a domain's score

Rule = Callable[[Brief], str]


def unknown_tier(brief: Brief) -> str:
    if brief.summary.tier.number:
        return ""
    return (
        "Not enough is known to place the group on a tier. Who can find out what is open, and what "
        "would help them to?"
    )


def expired_tier(brief: Brief) -> str:
    if not brief.summary.is_expired:
        return ""
    return (
        f"The provisional tier ran out on {day(brief.summary.expires_on)}. When will the group "
        "assess again, and which supporting gates are met since?"
    )


def overdue_action(brief: Brief) -> str:
    late = [line for line in brief.actions if line.is_overdue]
    if not late:
        return ""
    more = len(late) - 1
    others = f" ({more} more {'is' if more == 1 else 'are'} overdue)" if more else ""
    return (
        f"“{late[0].title}” was due on {day(late[0].due_on)} and is not done yet{others}. What "
        "stands in its way?"
    )


def money_warning(brief: Brief) -> str:
    """What the money warns of, early enough to act on."""
    if not brief.money.warned:
        return ""
    row = brief.money.warned[0]
    return f"{row.title}: {row.warnings[0]} What does that mean for the rest of the plan?"


def essential_gate(brief: Brief) -> str:
    """The first essential gate ahead that is not met."""
    for line in brief.gates:
        if not line.is_met and line.kind == "essential":
            has = "no level yet" if line.has is None else f"level {line.has}"
            return (
                f"{line.title} ({line.item_id}) is an essential gate at {has} and needs level "
                f"{line.needs}. Who answers for it, and what would show that it is met?"
            )
    return ""


def clear_gap(brief: Brief) -> str:
    if not brief.gaps.clear:
        return ""
    line = brief.gaps.clear[0]
    return (
        f"{line.measure} is {points(line.difference)} points beside the reference for patients in "
        f"the group “{line.people}”. What do these patients say stands between them and this care, "
        "and what has been tried with them?"
    )


def way_up(brief: Brief) -> str:
    steps = len(brief.summary.way.steps)
    if not steps or not brief.summary.target:
        return ""
    return (
        f"The way to {brief.summary.target.id} takes {steps} "
        f"step{'' if steps == 1 else 's'}. Which of them can be taken before "
        "the next visit, and what help would it take?"
    )


def missing_counts(brief: Brief) -> str:
    if brief.needs.reach is not None:
        return ""
    return (
        "No social-risk counts are released. When can the care team complete a closed quarter, and "
        "what would make counting easier?"
    )


def missing_gaps(brief: Brief) -> str:
    if brief.gaps.compared:
        return ""
    return (
        "No gap between patient groups can be told. What is missing: measures by race, ethnicity "
        "or language, enough patients, or a declared reference?"
    )


def unknown_outcomes(brief: Brief) -> str:
    pair = brief.needs.known.for_a_rate if brief.needs.known else None
    if pair is None or pair[0] >= FEW_KNOWN * pair[1]:
        return ""
    return (
        f"Of the needs with which patients wanted help, the outcome is known for "
        f"{percent(pair[0] / pair[1])}, each need counted once in a quarter. What would let "
        "community partners tell the group how it ended?"
    )


def domain_decline(brief: Brief) -> str:
    fell = [
        (line.before - line.score, line)
        for line in brief.domains
        if line.before is not None and line.score is not None
    ]
    if not fell or max(fell, key=lambda pair: pair[0])[0] < FELL_BY:
        return ""
    line = max(fell, key=lambda pair: pair[0])[1]
    return (
        f"{line.title} went from {one_decimal(line.before)} to {one_decimal(line.score)}. What is "
        "different from last time: the work, the evidence, or who answered?"
    )


def missing_owner(brief: Brief) -> str:
    first = next((line for line in brief.actions if not line.owner), None)
    return f"Nobody is named for “{first.title}”. Who will answer for it?" if first else ""


def later_funding(brief: Brief) -> str:
    first = next((line for line in brief.actions if line.pays_after), None)
    if first is None:
        return ""
    return f"Who pays for “{first.title}” after its first year, and is that agreed in writing?"


def highest_tier(brief: Brief) -> str:
    if brief.summary.target is not None:
        return ""
    return (
        "The group holds the highest tier. What is most at risk of slipping, and what could it "
        "teach other groups?"
    )


def missing_help(_: Brief) -> str:
    return "Which help did the group ask for that it has not had yet?"


def burden(_: Brief) -> str:
    return "What that is asked of the group costs it time and helps nobody?"


def patient_influence(_: Brief) -> str:
    return "What have patients and community partners changed in the group’s plans this year?"


RULES: tuple[Rule, ...] = (
    unknown_tier,
    expired_tier,
    overdue_action,
    money_warning,
    essential_gate,
    clear_gap,
    missing_counts,
    missing_gaps,
    unknown_outcomes,
    domain_decline,
    highest_tier,
    way_up,
    missing_owner,
    later_funding,
    missing_help,
    burden,
    patient_influence,
)


def questions_for(brief: Brief) -> tuple[str, ...]:
    return tuple(islice(every_question(brief), HOW_MANY))


def every_question(brief: Brief) -> Iterator[str]:
    for rule in RULES:
        if says := rule(brief):
            yield says
