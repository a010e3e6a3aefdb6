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


OWN_WORDS = """
shape = "long"
ignore = ["instrument", "version", "race_omb1997", "age"]
[columns]
patient = "patient"
date = "screened_on"
need = "need"
result = "result"
status = "status"
issued = "issued"
site = "site_id"
group = "group_id"
race = "race_omb2024"
ethnicity = "ethnicity"
language = "language"
payer = "payer"
sex = "sex"
age = "years"
"""


def in_own_words(seed: int, rows: int) -> list[dict[str, str]]:
    """Rows as a warehouse is to hold them, in the product's own words; "" for what is NULL."""
    dice = random.Random(seed)
    return [own_row(dice, rows, number) for number in range(rows)]


def own_row(dice: random.Random, rows: int, number: int) -> dict[str, str]:
    patient = dice.randrange(max(1, rows // 12))
    day = date(2026, 1, 1) + timedelta(dice.choice([1, 50, 89, 90, 180, 300]))
    theirs = random.Random(f"{patient} {day}")
    years = theirs.choice(["", "9", "40", "70"])
    race = theirs.choice(["", "white", "black", "mena", "declined", "other"])
    return {
        "group_id": theirs.choice(["g1", "g2"]),
        "site_id": dice.choice(["", "s1", "s2"]),
        "patient": f"p{patient}",
        "screened_on": str(day),
        "instrument": "",
        "need": dice.choice([*NEEDS, "food", "employment"]).strip().lower(),
        "result": dice.choice(["positive", *RESULTS[2:7], "negative"]).replace("NEG", "negative"),
        "status": dice.choice(STATUSES[:-6]) or "preliminary",
        "issued": dice.choice(["", f"{day} 10:0{dice.randrange(4)}:00"]),
        "version": str(number),
        "language": theirs.choice(["", "english", "spanish", "other", "declined"]),
        "race_omb2024": race,
        "payer": theirs.choice(["", "medicaid", "dual"]),
        "race_omb1997": "white" if race == "mena" else race,
        "ethnicity": theirs.choice(["", "hispanic", "not_hispanic"]),
        "age": {"": "", "9": "0-17", "40": "18-64", "70": "65+"}[years],
        "sex": "",
        "years": years,
    }
