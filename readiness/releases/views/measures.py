"""The measures of a released quarter: for the group, and for a payer that it shares with."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue

from readiness.core.errors import NotFound
from readiness.core.formatting import percent, short_day
from readiness.core.permissions import Can
from readiness.core.small_cells import HIDDEN
from readiness.core.web.downloads import send_export
from readiness.core.web.guard import needs
from readiness.core.web.session import session
from readiness.counts.measures.models import (
    FEWEST_FOR_A_RATE,
    STATUS_WORDS,
    MeasureFigure,
    MeasureResult,
    ScreeningMeasure,
)
from readiness.counts.social_risk.models import NEED_LABELS
from readiness.releases.service import measures
from readiness.releases.service.measures import ReleasedMeasures
from readiness.statistics.rates import wilson_rate

bp = Blueprint("measures", __name__)
FORMATS = {"csv": measures.csv_of, "xlsx": measures.xlsx_of, "json": measures.fhir_of}
FHIR = "application/fhir+json"


@dataclass(frozen=True)
class MeasureLine:
    """One need or one part of its patients."""

    label: str
    share: str
    made_of: str
    is_part: bool


@dataclass(frozen=True)
class MeasureBlock:
    measure: ScreeningMeasure
    status: str
    lines: tuple[MeasureLine, ...]


@bp.get("/groups/<group_id>/counts/<period>/measures")
@needs(Can.READ_COUNTS)
def own(group_id: str, period: str) -> ResponseReturnValue:
    return page(measures.group_measures(session(), group_id, period))


@bp.get("/groups/<group_id>/counts/<period>/measures.<ending>")
@needs(Can.READ_COUNTS)
def own_file(group_id: str, period: str, ending: str) -> ResponseReturnValue:
    return file(measures.group_measures(session(), group_id, period), ending)


@bp.get("/payers/<payer_id>/groups/<group_id>/counts/<period>/measures")
@needs(Can.READ_SUBMISSION)
def for_payer(payer_id: str, group_id: str, period: str) -> ResponseReturnValue:
    return page(measures.payer_measures(session(), payer_id, group_id, period))


@bp.get("/payers/<payer_id>/groups/<group_id>/counts/<period>/measures.<ending>")
@needs(Can.READ_SUBMISSION)
def payer_file(payer_id: str, group_id: str, period: str, ending: str) -> ResponseReturnValue:
    return file(measures.payer_measures(session(), payer_id, group_id, period), ending)


def page(found: ReleasedMeasures) -> str:
    blocks = tuple(
        MeasureBlock(measure, STATUS_WORDS[measure.status], tuple(lines_of(tuple(own))))
        for measure, own in groupby(found.results, key=lambda result: result.measure)
    )
    files = [(ending, address(found, ending)) for ending in FORMATS]
    return render_template(
        "releases/measures.html",
        found=found,
        blocks=blocks,
        files=dict(files),
        fewest=FEWEST_FOR_A_RATE,
    )


def address(found: ReleasedMeasures, ending: str) -> str:
    group_id, period = found.group.id, str(found.release.period)
    if found.payer is None:
        return url_for(".own_file", group_id=group_id, period=period, ending=ending)
    return url_for(
        ".payer_file", payer_id=found.payer.id, group_id=group_id, period=period, ending=ending
    )


def lines_of(results: tuple[MeasureResult, ...]) -> list[MeasureLine]:
    lines = []
    for result in results:
        if result.due_on:
            lines.append(
                MeasureLine(
                    NEED_LABELS[result.need],
                    f"from {short_day(result.due_on)} on",
                    "",
                    is_part=False,
                )
            )
            continue
        lines.append(line(NEED_LABELS[result.need], result.whole, is_part=False))
        lines.extend(line(each.stratum.label, each, is_part=True) for each in result.strata)
    return lines


def line(label: str, figure: MeasureFigure | None, *, is_part: bool) -> MeasureLine:
    if figure is None:
        return MeasureLine(label, measures.NOT_KNOWN, "", is_part)
    return MeasureLine(label, share_says(figure), made_of(figure), is_part)


def share_says(figure: MeasureFigure) -> str:
    if figure.numerator is None or figure.denominator is None:
        return HIDDEN
    if figure.share is None:
        return f"fewer than {FEWEST_FOR_A_RATE} patients: no share"
    rate = wilson_rate(figure.numerator, figure.denominator)
    return f"{percent(rate.share)} ({percent(rate.low)[:-1]}–{percent(rate.high)})"


def made_of(figure: MeasureFigure) -> str:
    above, below = (
        HIDDEN if each is None else f"{each:,}" for each in (figure.numerator, figure.denominator)
    )
    return "" if above == below == HIDDEN else f"{above} of {below}"


def file(found: ReleasedMeasures, ending: str) -> Response:
    if ending not in FORMATS:
        raise NotFound("There is no such file. Choose CSV, Excel or FHIR on the page of measures.")
    name = f"measures-{found.release.period}-release-{found.release.number}.{ending}"
    return send_export(FORMATS[ending](found), name, FHIR if ending == "json" else "")
