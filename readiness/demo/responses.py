"""What each invented group answers: as much as puts it on its tier."""

from __future__ import annotations

from fractions import Fraction

from readiness.assessments import claims
from readiness.assessments.service.scoring import scoring_run
from readiness.assessments.tiers import evaluate
from readiness.demo import world
from readiness.demo.context import context_of
from readiness.demo.world import QUARTERS, Character, Round
from readiness.instruments.answers import Answer
from readiness.instruments.models import Instrument

ATTEMPTS = 20  # raises and checks until a group stands where its character wants it


def answers_of(
    instrument: Instrument, who: Character, tier: str, which: Round
) -> dict[str, Answer]:
    """What the group says: as much as puts it on its tier, and no more than its counts support."""
    context = context_of(who)
    answers = world.first_answers(instrument, who, context, tier, which)
    if not (who.is_unratable or who.is_provisional):
        answers = world.with_gates(instrument, answers, tier)
    shares = {} if who.overclaims else shares_of(who)
    for _ in range(ATTEMPTS):
        answers = dict(claims.supported_answers(instrument, answers, shares).answers)
        reached = evaluate(instrument, answers).tier.id
        if reached == tier:
            break
        answers = (
            world.climbed(answers, scoring_run(instrument, context, answers))
            if reached < tier
            else world.held_back(instrument, answers, reached)
        )
    else:
        raise AssertionError(f"{who.id} does not reach {tier}")
    return {item.id: world.noted(item, answers[item.id], who) for item in instrument.items}


def shares_of(who: Character) -> dict[str, Fraction]:
    """What the last four quarters will show."""
    year = [world.quarter(who, index) for index in range(QUARTERS - 4, QUARTERS)]
    needs = [row for each in year for row in each.needs.values()]
    eligible, screened = (
        sum(each.group[step] for each in year) for step in ("eligible", "screened")
    )
    wants, known = (sum(row[step] for row in needs) for step in ("wants_help", "outcome_known"))
    shares = {"SOCR-2": Fraction(screened, eligible)} if eligible else {}
    return {**shares, "SOCR-5": Fraction(known, wants)} if wants else shares
