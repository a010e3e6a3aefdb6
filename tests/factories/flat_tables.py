"""A flat table of invented screens, as a record system exports it: a column for each need."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from io import StringIO

HEADINGS = (
    "Patient ID",
    "Patient Name",
    "DOB",
    "Screening Date",
    "Provider",
    "Food Insecurity",
    "Housing Instability",
    "Transportation",
    "Utilities",
    "Safety",
    "Race",
    "Preferred Language",
)
FIRST_DAY = date(2026, 10, 1)
FOOD = ("Yes", "No", "N", "n", "Declined", "")
RACES = ("White", "Black or African American", "Mixed heritage", "Asian")
LANGUAGES = ("English", "Spanish", "Haitian Creole")


def row(number: int, first: date = FIRST_DAY) -> dict[str, str]:
    day = first + timedelta(days=number % 85)
    return {
        "Patient ID": f"A{10_000 + number}",
        "Patient Name": f"Jo{number} Doe",
        "DOB": f"{number % 12 + 1}/{number % 27 + 1}/{1950 + number % 50}",
        "Screening Date": f"{day.month}/{day.day}/{day.year}",
        "Provider": f"Dr. {'AB'[number % 2]} Smith",
        "Food Insecurity": FOOD[number % len(FOOD)],
        "Housing Instability": ("Yes", "No", "N")[number % 3],
        "Transportation": ("No", "Yes")[number % 2],
        "Utilities": ("No", "Yes", "n")[number % 3],
        "Safety": ("No", "Declined")[number % 2],
        "Race": RACES[number % len(RACES)],
        "Preferred Language": LANGUAGES[number % len(LANGUAGES)],
    }


def rows(number: int = 48, first: date = FIRST_DAY, **more: str) -> list[dict[str, str]]:
    """`more` stands in every row, under headings of its own or in the place of others."""
    return [row(each, first) | more for each in range(number)]


def text_of(lines: list[dict[str, str]]) -> str:
    text = StringIO()
    book = csv.DictWriter(text, list(lines[0]))
    book.writeheader()
    book.writerows(lines)
    return text.getvalue()


def table(number: int = 48, first: date = FIRST_DAY, **more: str) -> bytes:
    return text_of(rows(number, first, **more)).encode()
