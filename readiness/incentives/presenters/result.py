"""A finished run told question by question, the same on the page and on paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from readiness.core.charts.scales import Table
from readiness.core.formatting import count, dollars, percent
from readiness.core.jobs.models import JobState
from readiness.core.periods import period
from readiness.core.serialization import from_json
from readiness.counts.measures import loader as measure_files
from readiness.counts.social_risk.rates import PATIENT_QUARTERS
from readiness.equity.tables import kind_label
from readiness.incentives.cautions import Caution, cautions
from readiness.incentives.design import ON_CHANGE, RULE_MEANS, Design, Rule, rules_of
from readiness.incentives.models import GroupNumbers, LaboratoryRun, ReleasedNumbers
from readiness.incentives.presenters.money import MoneyQuestion, who_gets
from readiness.incentives.presenters.questions import (
    LaboratoryQuestion,
    by_chance,
    higher_falls,
    truly_better,
)
from readiness.incentives.presenters.truth import method_says, priors_table, truth_says
from readiness.incentives.presenters.wording import (
    ComparedRow,
    DesignColumn,
    columns_of,
    fall_says,
    found_says,
    headline,
    leaning_of,
    paid_says,
    sentence,
    side_by_side,
    taking_part,
)
from readiness.incentives.service import runs
from readiness.incentives.service.released import NumbersOptions, reference_says
from readiness.incentives.service.runs import RunProgress, RunSettings
from readiness.portfolio.service.peers import names_of

STOPPED = "It was stopped. The designs are kept: change them and try again."
OVER = "It was not finished. Try again: the designs are kept."
WAITING = "Waiting for other work to be done."


@dataclass(frozen=True)
class LaboratoryResult:
    columns: tuple[DesignColumn, ...]
    settings: RunSettings
    numbers: ReleasedNumbers
    headline: str
    summary: Table
    terms: Table  # what each design is
    questions: tuple[LaboratoryQuestion, ...]
    money: MoneyQuestion
    cautions: tuple[tuple[str, tuple[Caution, ...]], ...]  # by design, gravest first
    left_out: tuple[str, ...]
    rests_on: tuple[tuple[str, str], ...]
    releases: Table
    truth: tuple[str, ...]  # what the figures mean
    method: tuple[str, ...]  # empty for a run of the former method
    priors: Table


def result_of(run: LaboratoryRun) -> LaboratoryResult:
    numbers, settings = from_json(ReleasedNumbers, run.numbers), runs.settings_of(run)
    columns, priors = columns_of(run), runs.priors_in(run)
    return LaboratoryResult(
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
        truth=truth_says(priors),
        method=tuple(method_says(settings)) if priors else (),
        priors=priors_table(priors, titles_of(numbers), names_of(numbers.kind)),
    )


def cautions_of(column: DesignColumn) -> tuple[Caution, ...]:
    return cautions((column.still, column.gained, column.fallen))


def summary(columns: Sequence[DesignColumn], settings: RunSettings) -> Table:
    gain, fall = f"{settings.gain_points:g}", f"{settings.fall_points:g}"
    return side_by_side(
        "",
        columns,
        [
            ("Groups that can be paid", lambda c: taking_part(c.still)),
            ("Paid though nothing changed", lambda c: paid_says(c.still)),
            (f"Found after a true gain of {gain} points", lambda c: found_says(c.gained)),
            (f"If the higher group falls by {fall} points", lambda c: fall_says(c.fallen, c.still)),
            ("Where the money goes", lambda c: leaning_of(c.gained)),
        ],
    )


def titles_of(numbers: ReleasedNumbers) -> dict[str, str]:
    """What was withdrawn from the list since stands by its id."""
    known = measure_files.load_quality().by_id
    return {id_: known[id_].title if id_ in known else id_ for id_ in numbers.measure_ids}


def terms(columns: Sequence[DesignColumn], titles: dict[str, str]) -> Table:
    rows: list[ComparedRow] = [
        ("Pays for", lambda c: rule_says(c.design)),
        ("Measures", lambda c: "; ".join(titles[id_] for id_ in c.design.measure_ids)),
        ("Pays from", lambda c: pays_from(c.design)),
        ("Test", lambda c: confidence_says(c.design)),
        ("Fewest patients in each group of people", lambda c: f"{c.design.least_denominator}"),
        ("Least reliability", lambda c: f"{c.design.least_reliability or 'Not asked'}"),
        ("No group of people may fall", lambda c: no_fall_says(c.design)),
        ("Pool", lambda c: f"{dollars(c.design.pool)}, split {c.design.split}"),
        ("Tier condition", lambda c: tier_says(c.design)),
        ("Lower groups", lambda c: sentence(c.design.lower)),
        ("Gap of several groups", lambda c: sentence(c.design.gap)),
        ("Several measures", lambda c: sentence(c.design.joining)),
    ]
    return side_by_side("", columns, rows)


def rule_says(design: Design) -> str:
    shares = design.shares
    if len(shares) == 1:
        (rule,) = shares
        return f"{sentence(rule)}. {RULE_MEANS[rule]}"
    return sentence("; ".join(f"{percent(share)} {rule}" for rule, share in shares.items()))


def pays_from(design: Design) -> str:
    """The points, the level, or both for a composite of both."""
    rules = rules_of(design)
    said = [points_say(design)] if rules & ON_CHANGE else []
    if Rule.ATTAINMENT in rules and design.attainment is not None:
        said.append(f"a level of {100 * design.attainment:g}%")
    return sentence("; ".join(said))


def points_say(design: Design) -> str:
    least = f"a change of {design.least_points:g} points" if design.least_points else "any change"
    if design.is_all_or_nothing:
        return f"{least}, all or nothing"
    return f"{least}, in full from {design.full_points:g} points"


def confidence_says(design: Design) -> str:
    if design.confidence is None:
        return "None: the point estimate decides"
    return f"{100 * design.confidence:g}% one-sided"


def no_fall_says(design: Design) -> str:
    if not design.no_fall:
        return "Not asked"
    return f"By more than {design.fall_tolerance_points:g} points"


def tier_says(design: Design) -> str:
    return "None" if design.least_tier is None else f"Only from tier T{design.least_tier}"


def left_out(numbers: ReleasedNumbers, columns: Sequence[DesignColumn]) -> Iterator[str]:
    """First groups that no design can see, then what each design leaves out."""
    by_why: dict[str, list[str]] = {}
    for each in numbers.left_out:
        by_why.setdefault(each.why, []).append(each.name)
    for why, names in by_why.items():
        yield f"{sentence(why)}: {', '.join(names)}."
    by_sentence: dict[str, list[str]] = {}
    for column in columns:
        for says in left_out_by(column):
            by_sentence.setdefault(says, []).append(column.quoted)
    for says, designs in by_sentence.items():
        is_all = len(designs) == len(columns) > 1
        yield f"{'Every design' if is_all else ', '.join(designs)}: {says}"


def left_out_by(column: DesignColumn) -> Iterator[str]:
    for eligibility, groups in column.still.left_out().items():
        yield f"leaves out {groups} group{'s' if groups > 1 else ''}: {eligibility}."
    cells, few = column.still.cells_not_shown, column.still.cells_too_few
    if cells:
        yield (
            f"{cells:,} times a group of people is hidden to protect small counts, or not counted, "
            "in a measure of a group."
        )
    if few:
        yield f"{few:,} times one has fewer patients than are asked for."


def rests_on(
    run: LaboratoryRun, numbers: ReleasedNumbers, settings: RunSettings
) -> Iterator[tuple[str, str]]:
    known = sum(each.screened is not None for each in numbers.groups)
    yield "Groups", f"{len(numbers.groups)}, of which {known} with a known social risk"
    yield "Measures", "; ".join(titles_of(numbers).values())
    yield "Patients split by", kind_label(numbers.kind)
    yield "Period", f"12 months to the end of {period(numbers.period).label}, released counts"
    yield "Releases", releases_say(numbers)
    yield "Compared with", numbers.reference_says
    yield "Replicates", f"{settings.replicates:,} invented years for each question"
    yield "Seed", str(settings.seed)
    yield "Made with", run.engine


def releases_say(numbers: ReleasedNumbers) -> str:
    """Which ones; each group's own is in the table, the workbook and the data."""
    of_quality = sorted({each.release for each in numbers.groups})
    quarters = sorted({quarter for each in numbers.groups for quarter in each.quarters})
    said = f"the newest of each group (number {', '.join(map(str, of_quality))})"
    if not quarters:
        return f"{said}; no screening counts"
    first, last = (period(each).label for each in (quarters[0], quarters[-1]))
    return f"{said}; screening counts of {first if first == last else f'{first} to {last}'}"


def releases_of(numbers: ReleasedNumbers) -> Table:
    """By group what was read."""
    return Table(
        ("Group", "Release of quality measures", "Quarters of screening", "Social risk", "Tier"),
        tuple(release_row(each) for each in numbers.groups),
    )


def release_row(group: GroupNumbers) -> tuple[str, ...]:
    risk = "not known"
    if group.screened:
        positive, screened = group.screened
        basis = f"{positive:,} of {screened:,} screened {PATIENT_QUARTERS}"
        risk = f"{percent(positive / screened)} ({basis})"
    return (
        group.name,
        f"number {group.release}, {count(group.patients)} patient-measures",
        ", ".join(period(each).label for each in group.quarters) or "none released",
        risk,
        "not known" if group.tier is None else f"T{group.tier}",
    )


# What it will be tried on, and how far it is


def options_say(found: NumbersOptions) -> str:
    """What the designs will be tried on."""
    most = max(each.groups for each in found.measures)
    return (
        f"{kind_label(found.kind)}, 12 months to the end of {found.period.label}; up to {most} "
        f"groups released a measure. Compared with: {reference_says(found)}."
    )


def progress_says(found: RunProgress) -> str:
    job = found.job
    if job is None:
        return OVER
    if job.state is JobState.CANCELED:
        return STOPPED
    if not job.is_live:
        return job.says or OVER
    if job.state is JobState.WAITING or not job.done:
        return WAITING
    return f"{job.done:,} of {found.most:,} invented years are drawn."
