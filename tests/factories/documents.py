"""A plausible document, so that tests and the bench print what people print."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, Template

from readiness.core.charts.bars import DomainScore, FunnelStep, Threshold, funnel_of, profile_of
from readiness.core.charts.dots import GapRow, Moment, RateRow, gaps_of, rates_of, trend_of
from readiness.core.charts.scales import Scale, heat_of
from readiness.core.formatting import percent
from readiness.core.pdf import layout
from readiness.core.pdf.job import Enclosure, Page, PrintJob

MADE_AT = datetime(2026, 11, 21, 14, 2, tzinfo=UTC)

DOMAINS = (
    DomainScore("Leadership and accountability", 75, 75, 62.5),
    DomainScore("Quality improvement practice", 62.5, 70.8, 58.3),
    DomainScore("Measurement and reporting", 58.3, 58.3, 58.3),
    DomainScore("Patient engagement", 54.2, 66.7, 41.7),
    DomainScore("Care coordination", 66.7, 66.7, 50),
    DomainScore("Data on race, ethnicity and language", 33.3, 50, 25),
    DomainScore("Social needs and community", 45.8, 45.8, 29.2),
    DomainScore("Equity in improvement work", 37.5, 54.2),
    DomainScore("Money that follows equity", None),
)
STEPS = (
    "Ask about race, ethnicity and language by one standard, at every site (REAL-1, 1 to 2).",
    "Name the person who answers for the equity plan, with time set aside (EQI-1, from 1 to 2).",
    "Report one measure by race and ethnicity to the board each quarter (EQI-3, from 0 to 2).",
)
QUESTION = "How does the group decide which improvement work comes first, and who is asked?"


def figures() -> dict[str, object]:
    return {
        "profile": profile_of(DOMAINS, (Threshold("T3 asks for 50", 50),)),
        "funnel": funnel_of(
            (
                FunnelStep("Offered a screen", 1204),
                FunnelStep("Screened", 968, "80% of offered (78–83%)"),
                FunnelStep("Has a food need", 174, "18% of screened (16–21%)"),
                FunnelStep("Wants help", 121, "70% of positive (62–76%)"),
                FunnelStep("Referred within 30 days", 96, "79% of those who want help (71–86%)"),
                FunnelStep("Connected", 61, "64% of referred (54–72%)"),
                FunnelStep("Resolved", None),
            )
        ),
        "rates": rates_of(
            (
                RateRow("Food", 0.18, 0.156, 0.206, "n = 968, July to September 2026"),
                RateRow("Housing", 0.091, 0.074, 0.111, "n = 951, July to September 2026"),
                RateRow("Transportation", 0.064, 0.05, 0.081, "n = 944, July to September 2026"),
                RateRow("Utilities", None, instead="fewer than 30 screened"),
                RateRow("Safety", None),
            ),
            ("All groups 12%", 0.12),
        ),
        "gaps": gaps_of(
            (
                GapRow("Spanish", -0.08, -0.127, -0.033, "reliable"),
                GapRow("Vietnamese", -0.035, -0.11, 0.04, "could be chance"),
                GapRow("Haitian Creole", None),
            ),
            "English",
        ),
        "trend": trend_of(
            (
                Moment("2025 Q4", 0.41),
                Moment("2026 Q1", 0.55),
                Moment("2026 Q2", None),
                Moment("2026 Q3", 0.68),
                Moment("2026 Q4", 0.8),
            ),
            percent,
            Scale(0, 1),
        ),
    }


def values() -> dict[str, object]:
    return {
        "title": "Action plan",
        "subject": "Elm Street Family Physicians",
        "payer": "Harbor Health Plan",
        "reference": "QM-2026-0007",
        "made_on": "November 21, 2026",
        "summary": "The group is developing: it improves care by a plan and measures most of it."
        " Three steps separate it from the next tier, and all three concern data on equity.",
        "steps": STEPS,
        "heat": [
            (d.title, [heat_of(None if d.low is None else d.low + 11 * i) for i in range(-2, 3)])
            for d in DOMAINS
        ],
        "items": [(f"LEAD-{n}", QUESTION, n % 5) for n in range(1, 58)],
        **figures(),
    }


@cache
def sample() -> Template:
    """In the tests' data, over the product's own base and components."""
    templates = layout.environment()
    assert templates.loader
    folders = ChoiceLoader([FileSystemLoader(Path(__file__).parents[1] / "data"), templates.loader])
    return templates.overlay(loader=folders).get_template("sample.html")


def html(**changes: object) -> str:
    return sample().render({**values(), **changes})


def a_job(**changes: Any) -> PrintJob:
    defaults: dict[str, Any] = {
        "html": changes.get("html") or html(),
        "identifier": b"QM-2026-0007/1",
        "made_at": MADE_AT,
        "page": Page.LETTER,
        "enclosures": (Enclosure("plan.json", b'{"tier": "T2"}', "The plan as data"),),
    }
    return PrintJob(**{**defaults, **changes})
