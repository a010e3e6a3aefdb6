"""A finished run told question by question, the same on the page and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from readiness.core.charts.scales import Table
from readiness.incentives.cautions import Caution, cautions
from readiness.incentives.models import StoredRun
from readiness.incentives.numbers import Numbers, numbers_in
from readiness.incentives.presenters.columns import (
    Column,
    columns_of,
    headline,
    side_by_side,
    taking_part,
)
from readiness.incentives.presenters.money import Money, who_gets
from readiness.incentives.presenters.provenance import (
    left_out,
    releases_of,
    rests_on,
    terms,
    titles_of,
)
from readiness.incentives.presenters.questions import (
    Question,
    by_chance,
    higher_falls,
    truly_better,
)
from readiness.incentives.presenters.wording import fall_says, found_says, leaning_says, paid_says
from readiness.incentives.service import runs
from readiness.incentives.service.runs import Settings


@dataclass(frozen=True)
class Told:
    columns: tuple[Column, ...]
    settings: Settings
    numbers: Numbers
    headline: str
    summary: Table
    terms: Table  # what each design is
    questions: tuple[Question, ...]
    money: Money
    cautions: tuple[tuple[str, tuple[Caution, ...]], ...]  # by design, gravest first
    left_out: tuple[str, ...]
    rests_on: tuple[tuple[str, str], ...]
    releases: Table


def told(run: StoredRun) -> Told:
    numbers, settings = numbers_in(run.numbers), runs.settings_of(run)
    columns = columns_of(run)
    return Told(
        columns=columns,
        settings=settings,
        numbers=numbers,
        headline=headline(columns),
        summary=summary(columns, settings),
        terms=terms(columns, titles_of(numbers)),
        questions=(
            by_chance(columns),
            truly_better(columns, numbers, settings),
            higher_falls(columns, settings),
        ),
        money=who_gets(columns, settings),
        cautions=tuple((each.name, cautions_of(each)) for each in columns),
        left_out=tuple(left_out(numbers, columns)),
        rests_on=tuple(rests_on(run, numbers, settings)),
        releases=releases_of(numbers),
    )


def cautions_of(column: Column) -> tuple[Caution, ...]:
    return cautions((column.still, column.gained, column.fallen))


def summary(columns: Sequence[Column], settings: Settings) -> Table:
    gain, fall = f"{settings.gain_points:g}", f"{settings.fall_points:g}"
    return side_by_side(
        "",
        columns,
        [
            ("Groups that can be paid", *(taking_part(c.still) for c in columns)),
            ("Paid though nothing changed", *(paid_says(c.still) for c in columns)),
            (f"Found after a true gain of {gain} points", *(found_says(c.gained) for c in columns)),
            (
                f"If the higher group falls by {fall} points",
                *(fall_says(c.fallen, c.still) for c in columns),
            ),
            (
                "Where the money goes",
                *(
                    leaning_says(
                        c.gained.concentration,
                        c.gained.present_concentration,
                        c.gained.concentration_groups,
                    )
                    for c in columns
                ),
            ),
        ],
    )
