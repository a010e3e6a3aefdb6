"""The strata that counts are broken down by: exclusive parts of all patients."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class StratumType(StrEnum):
    TOTAL = "total"
    LANGUAGE = "language"
    RACE = "race_omb2024"
    PAYER = "payer"
    RACE_1997 = "race_omb1997"
    ETHNICITY = "ethnicity"
    AGE = "age"
    SEX = "sex"
    SITE = "site"


STRATUM_TYPE_LABELS = {
    StratumType.TOTAL: "All patients",
    StratumType.LANGUAGE: "Preferred language",
    StratumType.RACE: "Race and ethnicity",
    StratumType.PAYER: "Insurance",
    StratumType.RACE_1997: "Race, in the categories of 1997",
    StratumType.ETHNICITY: "Ethnicity",
    StratumType.AGE: "Age",
    StratumType.SEX: "Sex",
    StratumType.SITE: "Practice site",
}


UNKNOWN = "unknown"


# Exclusive: each patient is counted once within a type.
STRATA: dict[StratumType, dict[str, str]] = {
    StratumType.LANGUAGE: {
        "english": "English",
        "spanish": "Spanish",
        "other": "Another language",
        "declined": "Declined to say",
        UNKNOWN: "Not known",
    },
    StratumType.RACE: {
        "aian": "American Indian or Alaska Native alone",
        "asian": "Asian alone",
        "black": "Black or African American alone",
        "hispanic": "Hispanic or Latino alone",
        "mena": "Middle Eastern or North African alone",
        "nhpi": "Native Hawaiian or Pacific Islander alone",
        "white": "White alone",
        "multiple": "Two or more of these",
        "other": "Another answer",
        "declined": "Declined to say",
        UNKNOWN: "Not known",
    },
    StratumType.PAYER: {
        "commercial": "Commercial",
        "medicaid": "Medicaid",
        "medicare": "Medicare",
        "dual": "Medicare and Medicaid",
        "uninsured": "No insurance",
        "other": "Other insurance",
        UNKNOWN: "Not known",
    },
    StratumType.RACE_1997: {
        "aian": "American Indian or Alaska Native",
        "asian": "Asian",
        "black": "Black or African American",
        "nhpi": "Native Hawaiian or Pacific Islander",
        "white": "White",
        "multiple": "Two or more races",
        "other": "Another race",
        "declined": "Declined to say",
        UNKNOWN: "Not known",
    },
    StratumType.ETHNICITY: {
        "hispanic": "Hispanic or Latino",
        "not_hispanic": "Not Hispanic or Latino",
        "declined": "Declined to say",
        UNKNOWN: "Not known",
    },
    StratumType.AGE: {
        "0-17": "Up to 17",
        "18-64": "18 to 64",
        "65+": "65 and older",
        UNKNOWN: "Not known",
    },
    StratumType.SEX: {
        "female": "Female",
        "male": "Male",
        "other": "Another answer",
        UNKNOWN: "Not known",
    },
    StratumType.SITE: {},  # each group has its own
}


@dataclass(frozen=True, order=True)
class Stratum:
    """All patients, or one part of them."""

    type: StratumType = StratumType.TOTAL
    name: str = "total"

    @property
    def label(self) -> str:
        if self.type is StratumType.TOTAL:
            return STRATUM_TYPE_LABELS[self.type]
        return STRATA[self.type].get(self.name, self.name)


ALL = Stratum()


def strata_of(kind: StratumType) -> tuple[Stratum, ...]:
    return tuple(Stratum(kind, name) for name in STRATA[kind])
