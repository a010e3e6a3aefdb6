"""Random tables of results, as messy as senders write them, and the mapping that reads them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

MAPPING = """
shape = "long"
[columns]
patient = "MRN"
date = "DAY"
need = "NEED"
result = "RESULT"
status = "STATUS"
issued = "ISSUED"
site = "CLINIC"
group = "PRACTICE"
race = "RACE"
ethnicity = "ETHNICITY"
language = "LANGUAGE"
payer = "PAYER"
sex = "SEX"
born = "BORN"
[needs]
"Food insecurity" = "food"
[results]
"at risk" = "positive"
"""
HEADER = "MRN,DAY,NEED,RESULT,STATUS,ISSUED,CLINIC,PRACTICE,RACE,ETHNICITY,LANGUAGE,PAYER,SEX,BORN"

NEEDS = (
    "food,Food insecurity,housing,housing_instability,homelessness,inadequate_housing,"
    "transportation,utilities,safety,Safety ,digital,nonsense,any"
).split(",")
RESULTS = "positive,At Risk,negative,NEG,declined,unknown,incomplete,,maybe".split(",")
LIKELY = (20, 5, 40, 5, 8, 5, 3, 5, 2)
STATUSES = [
    *["final"] * 8,
    *",preliminary,entered-in-error,entered-in-error,amended,junk".split(","),
]


def table(seed: int, rows: int) -> str:
    return "\n".join([HEADER, *(",".join(row) for row in rows_of(random.Random(seed), rows)), ""])


def rows_of(dice: random.Random, rows: int) -> Iterator[list[str]]:
    for _ in range(rows):
        patient = dice.randrange(max(1, rows // 12))
        own = random.Random(patient)
        day = date(2026, 1, 1) + timedelta(own.choice([1, 50, 89, 180]) + dice.randrange(3))
        theirs = random.Random(f"{patient} {day}")  # what is said of a person on one day is one
        yield [
            dice.choice([f"P{patient}"] * 30 + [f" P{patient} ", ""]),
            dice.choice(spellings(day)),
            dice.choice(NEEDS),
            dice.choices(RESULTS, LIKELY)[0],
            dice.choice(STATUSES),
            issued(dice, day),
            dice.choice(["", "s1", "s2", "s3"]),
            theirs.choice(["", "g1", "g2"]),
            theirs.choice(["", "white", "2106-3", "white;black", "1123-9", "declined", "hispanic"]),
            theirs.choice(["", "hispanic", "2135-2", "not_hispanic", "declined"]),
            theirs.choice(["", "en", "es-MX", "spanish", "fr"]),
            theirs.choice(["", "medicaid", "commercial"]),
            theirs.choice(["", "F", "male"]),
            theirs.choice(["", "1950-05-05", "2015-03-03", "2008-02-29", "4/1/2008"]),
        ]


def spellings(day: date) -> list[str]:
    slashed = f"{day.month}/{day.day}/{day.year}"
    packed = day.strftime("%Y%m%d")
    iso = day.isoformat()
    return [iso, iso, iso, slashed, packed, f"{iso}T23:30:00-04:00", f"{slashed} 9:15", "soon"]


def issued(dice: random.Random, day: date) -> str:
    at = f"{day}T10:0{dice.randrange(4)}:00"
    return dice.choice(
        ["", f"{at}Z", f"{at}+02:00", at, f"{day.month}/{day.day}/{day.year} 9:15 PM"]
    )
