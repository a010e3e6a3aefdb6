"""Invented quality measures by patient group, and how race and ethnicity came to be known."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping

from readiness.counts.quality.models import (
    CATEGORIES,
    DemographicCell,
    DemographicField,
    DemographicSource,
    DemographicStatus,
    MeasureCell,
    MeasurePart,
    QualityCell,
    SampleCell,
)
from readiness.counts.strata import UNKNOWN, Stratum, StratumType
from readiness.demo.responses import CHILD_MEASURES, MEASURES, ORIGINS
from readiness.demo.world import Character, dice

YEARS = 3  # periods with counts, a year apart
REFERENCE = f"{StratumType.RACE}.white"
MEASURED = {  # share of a group's patients that a measure counts
    "BCS": 0.12, "COL": 0.28, "CBP": 0.22, "GSD": 0.09, "WCV": 0.7, "CIS": 0.06, "IMA": 0.05,
}  # fmt: skip
TOLD = {"T0": 0.35, "T1": 0.5, "T2": 0.68, "T3": 0.86, "T4": 0.93}  # self-reported, by now
BEHIND = {  # points that a group lies behind, where nothing was done about it yet
    "aian": 0.09, "asian": 0.0, "black": 0.07, "hispanic": 0.085, "mena": 0.03, "nhpi": 0.08,
    "white": 0.0, "multiple": 0.03, UNKNOWN: 0.05, "declined": 0.02,
}  # fmt: skip
NARROWED = {"T0": 0.0, "T1": 0.0, "T2": 0.06, "T3": 0.16, "T4": 0.26}  # of the gap, in a year
LANGUAGES = {"english": 0.82, "spanish": 0.11, "other": 0.05, UNKNOWN: 0.02}
INSURANCE = {
    "commercial": 0.48, "medicaid": 0.26, "medicare": 0.2, "uninsured": 0.04, UNKNOWN: 0.02,
}  # fmt: skip
SAMPLED = 400  # patients asked again, by groups that check


def counts_of(who: Character, year: int) -> dict[QualityCell, int]:
    """The 12 months of one year, 0 the oldest; each patient stands in one part of a breakdown."""
    is_young = "Pediatrics" in who.name
    measures = CHILD_MEASURES if is_young else MEASURES
    found: dict[QualityCell, int] = {}
    for measure_id, usual in measures.items():
        found |= measured(who, year, measure_id, usual)
    return {**found, **race_data(who, year), **asked_again(who, year)}


def measured(who: Character, year: int, measure_id: str, usual: float) -> dict[QualityCell, int]:
    throw = dice("quality", who.id, measure_id, year)
    patients = round(who.patients * MEASURED[measure_id])
    is_lower_better = measure_id == "GSD"
    met: Counter[str] = Counter()
    counted = split(patients, races(who, year))
    for race, number in counted.items():
        behind = BEHIND[race] * (1 - NARROWED[who.tier]) ** year * (0.7 + who.deprived_share)
        rate = usual + 0.008 * year + (behind if is_lower_better else -behind)
        met[race] = random_numerator(throw, number, rate + throw.gauss(0, 0.008))
    found = pairs(measure_id, StratumType.RACE, counted, met)
    whole = Stratum()
    found[MeasureCell(measure_id, MeasurePart.DENOMINATOR, whole)] = sum(counted.values())
    found[MeasureCell(measure_id, MeasurePart.NUMERATOR, whole)] = sum(met.values())
    for kind, shares in ((StratumType.LANGUAGE, LANGUAGES), (StratumType.PAYER, INSURANCE)):
        parts = split(patients, shares)
        found |= pairs(measure_id, kind, parts, split(sum(met.values()), shares))
    sites = {f"{who.id}-{n}": 1 / len(who.sites) for n, _ in enumerate(who.sites, 1)}
    by_site = split(patients, sites)
    found |= pairs(measure_id, StratumType.SITE, by_site, split(sum(met.values()), sites))
    return found


def races(who: Character, year: int) -> dict[str, float]:
    """Shares by race, of which many are not known where few were asked."""
    told = min(0.97, TOLD[who.tier] * (0.85 + 0.075 * year))
    known = {name: share for name, share in ORIGINS.items() if name in BEHIND}
    shares = {name: share * told for name, share in known.items()}
    shares["multiple"] = ORIGINS["several"] * told
    return {**shares, UNKNOWN: 1 - sum(shares.values())}


def split(whole: int, shares: Mapping[str, float]) -> dict[str, int]:
    """Whole numbers that add up to the whole."""
    names, added = list(shares), sum(shares.values())
    found, left, reached = {}, whole, 0.0
    for name in names[:-1]:
        reached += shares[name] / added
        found[name] = round(whole * reached) - (whole - left)
        left -= found[name]
    return {**found, names[-1]: left}


def random_numerator(throw: random.Random, number: int, rate: float) -> int:
    rate = max(0.02, min(0.98, rate))
    spread = (number * rate * (1 - rate)) ** 0.5
    return max(0, min(number, round(throw.gauss(number * rate, spread))))


def pairs(
    measure_id: str, kind: StratumType, counted: Mapping[str, int], met: Mapping[str, int]
) -> dict[QualityCell, int]:
    found: dict[QualityCell, int] = {}
    for name, number in counted.items():
        stratum = Stratum(kind, name)
        found[MeasureCell(measure_id, MeasurePart.DENOMINATOR, stratum)] = number
        found[MeasureCell(measure_id, MeasurePart.NUMERATOR, stratum)] = min(number, met[name])
    return found


def race_data(who: Character, year: int) -> dict[QualityCell, int]:
    """Active patients by how race and ethnicity, and language, stand in the record.

    Sites differ a little; language is asked for more often than race.
    """
    found: Counter[QualityCell] = Counter()
    sites = [f"{who.id}-{n}" for n, _ in enumerate(who.sites, 1)]
    for field in DemographicField:
        for site_id, patients in split(who.patients, dict.fromkeys(sites, 1.0)).items():
            throw = dice("known", who.id, year, field, site_id)
            better = 0.06 if field is DemographicField.LANGUAGE else 0.0
            told = TOLD[who.tier] * (0.85 + 0.075 * year) + better + throw.uniform(-0.04, 0.04)
            shares = known_shares(max(0.05, min(0.97, told)))
            named = {str(n): share for n, share in enumerate(shares.values())}
            for state, number in zip(shares, split(patients, named).values(), strict=True):
                found[DemographicCell(field, *state, site_id)] = number
                found[DemographicCell(field, *state)] += number
    return dict(found)


def known_shares(told: float) -> dict[tuple[DemographicStatus, DemographicSource | None], float]:
    """By what is recorded and where it comes from, when this share was asked for."""
    return {
        (DemographicStatus.KNOWN, DemographicSource.SELF_REPORT): told * 0.95,
        (DemographicStatus.KNOWN, DemographicSource.RECORD): (1 - told) * 0.5,
        (DemographicStatus.KNOWN, DemographicSource.PAYER): (1 - told) * 0.05,
        (DemographicStatus.DECLINED, None): told * 0.05,
        (DemographicStatus.UNKNOWN, None): (1 - told) * 0.15,
        (DemographicStatus.NOT_ASKED, None): (1 - told) * 0.3,
    }


def asked_again(who: Character, year: int) -> dict[QualityCell, int]:
    """Groups of the higher tiers have checked a sample, most often with the same answer."""
    if who.tier not in ("T3", "T4") or year < YEARS - 1:
        return {}
    throw = dice("sample", who.id)
    own = {name: ORIGINS.get(name, ORIGINS["several"]) for name in CATEGORIES if name != "other"}
    found: Counter[QualityCell] = Counter()
    for recorded, number in split(SAMPLED, own).items():
        for _ in range(number):
            is_right = throw.random() < (0.97 if recorded in ("white", "black") else 0.88)
            found[SampleCell(recorded, recorded if is_right else throw.choice(list(own)))] += 1
    return dict(found)
