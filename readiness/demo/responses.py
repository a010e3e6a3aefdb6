"""What each invented group says: about itself, which is never scored, and its answers."""

from __future__ import annotations

from fractions import Fraction

from readiness.assessments import claims
from readiness.assessments.service.scoring import scoring_run
from readiness.assessments.tiers import evaluate
from readiness.core.small_cells import FEWEST
from readiness.demo import world
from readiness.demo.world import QUARTERS, Character, Round, dice
from readiness.instruments.answers import Answer, Context
from readiness.instruments.models import Instrument

ATTEMPTS = 20  # raises and checks until a group stands where its character wants it
ORIGINS = {
    "aian": 0.01,
    "asian": 0.08,
    "black": 0.14,
    "hispanic": 0.17,
    "mena": 0.02,
    "nhpi": 0.005,
    "white": 0.44,
    "several": 0.03,
    "declined": 0.04,
}
MEASURES = {"BCS": 0.71, "COL": 0.62, "CBP": 0.68, "GSD": 0.27}
CHILD_MEASURES = {"WCV": 0.58, "CIS": 0.49, "IMA": 0.41}


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


def context_of(who: Character) -> Context:
    throw = dice("context", who.id)
    is_young = "Pediatrics" in who.name
    medicaid = round(0.12 + who.deprived_share * 0.7, 2)
    medicare = 0.0 if is_young else 0.18
    uninsured = 0.04
    return {
        "active_patients": who.patients,
        "attributed_members": who.patients * 3 // 10,
        "sites": len(who.sites),
        "clinicians_fte": who.clinicians,
        "separate_governing_body": who.clinicians > 8,
        "group_type": who.group_type,
        "commercial_share": round(1 - medicaid - medicare - uninsured, 2),
        "medicaid_share": medicaid,
        "medicare_share": medicare,
        "uninsured_share": uninsured,
        "race_ethnicity": origins(who),
        "languages": languages(who),
        "interpreter_patients": int(who.patients * who.deprived_share / 8),
        "interpreter_share": round(who.deprived_share / 8, 3),
        "deprived_share": who.deprived_share,
        "rural_share": round(throw.uniform(0, 0.3), 2),
        "core_measure_results": results(who, CHILD_MEASURES if is_young else MEASURES),
        "age_mix": "pediatric_only" if is_young else "all",
        "record_systems": "One electronic record for all sites",
        "one_record_system": True,
        "pharmacist_fte": round(who.clinicians / 60, 1),
        "nurse_care_manager_fte": round(who.clinicians / 12, 1),
        "community_health_worker_fte": round(who.clinicians / 30, 1),
        "social_worker_fte": round(who.clinicians / 25, 1),
        "interpreter_coordinator_fte": round(who.clinicians / 80, 1),
        "analyst_fte": round(who.clinicians / 40, 1),
        "improvement_lead_fte": round(who.clinicians / 40, 1),
        "high_turnover": who.deprived_share > 0.35,
        "equity_contracts": [],
        "equity_grants": [],
        "other_programs": ["health_center"] if who.group_type == "health_center" else ["other"],
        "system_change_planned": False,
    }


def origins(who: Character) -> list[object]:
    """Shares that add up to one; the better the data, the fewer are not known."""
    told = {"T0": 0.1, "T1": 0.25, "T2": 0.5, "T3": 0.82, "T4": 0.9}[who.tier]
    rows: list[object] = [
        {
            "category": category,
            "self_reported_share": shown(share * told, who),
            "other_source_share": shown(share * (1 - told) * 0.6, who),
            "estimated_share": 0.0,
        }
        for category, share in ORIGINS.items()
    ]
    return rows


def shown(share: float, who: Character) -> float | None:
    """Left out where it would stand for a few patients."""
    return round(share, 3) if share * who.patients > 2 * FEWEST else None


def languages(who: Character) -> list[object]:
    second = int(who.patients * who.deprived_share / 5)
    rows = [
        {"language": "English", "patients": who.patients - second - second // 3},
        {"language": "Spanish", "patients": second},
        {"language": "Portuguese", "patients": second // 3},
    ]
    return list(rows)


def results(who: Character, measures: dict[str, float]) -> list[object]:
    """Rates over all patients, with totals large enough to show."""
    throw = dice("results", who.id)
    return [
        {
            "measure": measure,
            "patients": "all",
            "denominator": max(110, who.patients // 20),
            "rate": round(rate + throw.uniform(-0.06, 0.06), 3),
        }
        for measure, rate in measures.items()
    ]
