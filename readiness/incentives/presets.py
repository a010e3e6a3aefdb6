"""Four ways of paying to start from. Their figures are examples, not advice."""

from __future__ import annotations

from dataclasses import dataclass

from readiness.incentives.design import Design, Rule


@dataclass(frozen=True)
class Preset:
    id: str
    says: str
    design: Design  # its measures are the payer's to choose


PRESETS = (
    Preset(
        "narrowing",
        "Pays where the gap to the reference looks smaller than a year before, whoever moved and "
        "whether or not chance alone could have done it.",
        Design("Gap narrowing, point estimate", (), Rule.NARROWING, least_points=2, full_points=5),
    ),
    Preset(
        "lifting",
        "Pays where patients in the lower groups do better by more than chance would explain, "
        "with at least 30 patients in each group of people.",
        Design(
            "Lift the lower groups, tested",
            (),
            Rule.LIFTING,
            full_points=5,
            confidence=0.9,
            least_denominator=30,
        ),
    ),
    Preset(
        "attainment",
        "Pays everybody who reaches a level over all patients, wherever they came from.",
        Design("Attainment", (), Rule.ATTAINMENT, attainment=0.65),
    ),
    Preset(
        "improvement",
        "Pays for doing better over all patients, and nothing on a measure where any group of "
        "people does worse by more than 3 points.",
        Design(
            "Improvement with nobody falling",
            (),
            Rule.IMPROVEMENT,
            least_points=1,
            full_points=3,
            no_fall=True,
            fall_tolerance_points=3,
        ),
    ),
)
FIRST = ("narrowing", "lifting")  # what an empty form starts with
BY_ID = {each.id: each for each in PRESETS}
