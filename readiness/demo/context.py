"""What each invented group says about itself: the context, which is never scored."""

from __future__ import annotations

from readiness.core.small_cells import FEWEST
from readiness.demo.world import Character, dice
from readiness.instruments.answers import Context

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
