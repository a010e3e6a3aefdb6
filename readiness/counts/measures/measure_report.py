"""Measures as FHIR R4: a collection of summary MeasureReports, one for each measure.

A hidden number is absent with the reason `masked`, one that nobody knows with `unknown`: neither
is ever written as zero. Shape: http://hl7.org/fhir/R4/measurereport.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from readiness.core.periods import Period
from readiness.counts.measures.models import (
    Direction,
    MeasureFigure,
    MeasureResult,
    ScreeningMeasure,
    ScreeningSet,
)
from readiness.counts.strata import STRATUM_TYPE_LABELS, StratumType

Json = dict[str, Any]

OURS = "urn:readiness"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
POPULATION = "http://terminology.hl7.org/CodeSystem/measure-population"
IMPROVEMENT = "http://terminology.hl7.org/CodeSystem/measure-improvement-notation"
NOTATIONS = {Direction.HIGHER: "increase", Direction.LOWER: "decrease"}
MASKED, UNKNOWN, NOT_YET = "masked", "unknown", "temp-unknown"


def bundle_of(
    measures: ScreeningSet,
    results: Sequence[MeasureResult],
    reporter: str,
    period: Period,
    made_at: datetime,
) -> Json:
    """`reporter` is the group's name; `made_at` is aware."""
    reports = (
        report_of(measures, measure, tuple(own), reporter, period, made_at)
        for measure, own in groupby(results, key=lambda result: result.measure)
    )
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": made_at.isoformat(timespec="seconds"),
        "entry": [
            {"fullUrl": f"{OURS}:report:{period}:{report['id']}", "resource": report}
            for report in reports
        ],
    }


def report_of(
    measures: ScreeningSet,
    measure: ScreeningMeasure,
    results: Sequence[MeasureResult],
    reporter: str,
    period: Period,
    made_at: datetime,
) -> Json:
    report: Json = {
        "resourceType": "MeasureReport",
        "id": measure.id,
        "language": "en-US",
        "status": "pending" if any(result.due_on for result in results) else "complete",
        "type": "summary",
        "measure": f"{OURS}:measures:{measures.id}:{measure.id}|{measures.version}",
        "date": made_at.isoformat(timespec="seconds"),
        "reporter": {"display": reporter},
        "period": {
            "start": period.first_day.isoformat(),
            "end": period.last_day.isoformat(),
        },
        "group": [group_of(result) for result in results],
    }
    if notation := NOTATIONS.get(measure.direction):
        report["improvementNotation"] = codeable_concept(IMPROVEMENT, notation)
    return report


def group_of(result: MeasureResult) -> Json:
    group: Json = {
        "id": result.need.replace("_", "-"),
        "code": {
            "coding": [{"system": f"{OURS}:needs", "code": str(result.need)}],
            "text": result.title,
        },
        **population_counts(result.whole, NOT_YET if result.due_on else UNKNOWN),
    }
    if stratifiers := list(stratifiers_of(result.strata)):
        group["stratifier"] = stratifiers
    return group


def stratifiers_of(figures: Iterable[MeasureFigure]) -> Iterator[Json]:
    for kind, own in groupby(figures, key=lambda figure: figure.stratum.type):
        yield {
            "code": [
                {
                    "coding": [{"system": f"{OURS}:stratifiers", "code": str(kind)}],
                    "text": STRATUM_TYPE_LABELS[kind],
                }
            ],
            "stratum": [stratum_of(kind, figure) for figure in own],
        }


def stratum_of(kind: StratumType, figure: MeasureFigure) -> Json:
    return {
        "value": {
            "coding": [{"system": f"{OURS}:strata:{kind}", "code": figure.stratum.name}],
            "text": figure.stratum.label,
        },
        **population_counts(figure, UNKNOWN),
    }


def population_counts(figure: MeasureFigure | None, otherwise: str) -> Json:
    """Denominator, numerator and their share, or the reason why one of them is absent."""
    if figure is None:
        return {"population": [population("denominator", None, otherwise)]}
    found: Json = {
        "population": [
            population("denominator", figure.denominator, MASKED),
            population("numerator", figure.numerator, MASKED),
        ]
    }
    if figure.is_hidden:
        found["measureScore"] = absent(MASKED)
    elif figure.share is not None:
        found["measureScore"] = {"value": round(figure.share, 6)}
    return found


def population(code: str, count: int | None, otherwise: str) -> Json:
    number: Json = {"count": count} if count is not None else {"_count": absent(otherwise)}
    return {"code": codeable_concept(POPULATION, code), **number}


def absent(reason: str) -> Json:
    return {"extension": [{"url": ABSENT, "valueCode": reason}]}


def codeable_concept(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}
