"""What each design is, what a run rests on, and who is not in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from readiness.core.charts.scales import Table
from readiness.core.formatting import count, dollars, percent
from readiness.core.periods import period
from readiness.counts.measures import loader as measure_files
from readiness.equity.service.results import kind_label
from readiness.incentives.design import ON_CHANGE, RULE_MEANS, Design, Rule, which_rules
from readiness.incentives.models import StoredRun
from readiness.incentives.numbers import GroupNumbers, Numbers
from readiness.incentives.presenters.columns import Column, side_by_side
from readiness.incentives.service.runs import Settings


def titles_of(numbers: Numbers) -> dict[str, str]:
    """What was withdrawn from the list since stands by its id."""
    known = measure_files.load_quality().by_id
    return {id_: known[id_].title if id_ in known else id_ for id_ in numbers.measure_ids}


def terms(columns: Sequence[Column], titles: dict[str, str]) -> Table:
    designs = [each.design for each in columns]
    rows = [
        ("Pays for", *(rule_says(each) for each in designs)),
        ("Measures", *("; ".join(titles[id_] for id_ in each.measure_ids) for each in designs)),
        ("Pays from", *(pays_from(each) for each in designs)),
        ("Test", *(test_says(each) for each in designs)),
        ("Fewest patients in each group of people", *(f"{d.least_denominator}" for d in designs)),
        ("Least reliability", *(f"{d.least_reliability or 'Not asked'}" for d in designs)),
        ("No group of people may fall", *(no_fall_says(each) for each in designs)),
        ("Pool", *(f"{dollars(each.pool)}, split {each.split}" for each in designs)),
        ("Tier condition", *(tier_says(each) for each in designs)),
        ("Lower groups", *(sentence(each.lower) for each in designs)),
        ("Gap of several groups", *(sentence(each.gap) for each in designs)),
        ("Several measures", *(sentence(each.joining) for each in designs)),
    ]
    return side_by_side("", columns, rows)


def rule_says(design: Design) -> str:
    shares = design.shares
    if len(shares) == 1:
        (rule,) = shares
        return f"{sentence(rule)}. {RULE_MEANS[rule]}"
    return sentence("; ".join(f"{percent(share)} {rule}" for rule, share in shares.items()))


def sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def pays_from(design: Design) -> str:
    """The points, the level, or both for a composite of both."""
    rules = which_rules(design)
    said = [points_say(design)] if rules & ON_CHANGE else []
    if Rule.ATTAINMENT in rules and design.attainment is not None:
        said.append(f"a level of {100 * design.attainment:g}%")
    return sentence("; ".join(said))


def points_say(design: Design) -> str:
    least = f"a change of {design.least_points:g} points" if design.least_points else "any change"
    if design.is_all_or_nothing:
        return f"{least}, all or nothing"
    return f"{least}, in full from {design.full_points:g} points"


def test_says(design: Design) -> str:
    if design.confidence is None:
        return "None: the point estimate decides"
    return f"{100 * design.confidence:g}% one-sided"


def no_fall_says(design: Design) -> str:
    if not design.no_fall:
        return "Not asked"
    return f"By more than {design.fall_tolerance_points:g} points"


def tier_says(design: Design) -> str:
    return "None" if design.least_tier is None else f"Only from tier T{design.least_tier}"


def left_out(numbers: Numbers, columns: Sequence[Column]) -> Iterator[str]:
    """First groups that no design can see, then what each design leaves out."""
    by_why: dict[str, list[str]] = {}
    for each in numbers.left_out:
        by_why.setdefault(each.why, []).append(each.name)
    for why, names in by_why.items():
        yield f"{why[0].upper()}{why[1:]}: {', '.join(names)}."
    by_sentence: dict[str, list[str]] = {}
    for column in columns:
        for says in left_out_by(column):
            by_sentence.setdefault(says, []).append(column.quoted)
    for says, designs in by_sentence.items():
        is_all = len(designs) == len(columns) > 1
        yield f"{'Every design' if is_all else ', '.join(designs)}: {says}"


def left_out_by(column: Column) -> Iterator[str]:
    for standing, groups in column.still.left_out().items():
        yield f"leaves out {groups} group{'s' if groups > 1 else ''}: {standing}."
    cells, few = column.still.cells_not_shown, column.still.cells_too_few
    if cells:
        yield (
            f"{cells:,} times a group of people is hidden to protect small counts, or not counted, "
            "in a measure of a group."
        )
    if few:
        yield f"{few:,} times one has fewer patients than are asked for."


def rests_on(run: StoredRun, numbers: Numbers, settings: Settings) -> Iterator[tuple[str, str]]:
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


def releases_say(numbers: Numbers) -> str:
    """Which ones; each group's own is in the table, the workbook and the data."""
    of_quality = sorted({each.release for each in numbers.groups})
    quarters = sorted({quarter for each in numbers.groups for quarter in each.quarters})
    said = f"the newest of each group (number {', '.join(map(str, of_quality))})"
    if not quarters:
        return f"{said}; no screening counts"
    first, last = (period(each).label for each in (quarters[0], quarters[-1]))
    return f"{said}; screening counts of {first if first == last else f'{first} to {last}'}"


def releases_of(numbers: Numbers) -> Table:
    """By group what was read."""
    return Table(
        ("Group", "Release of quality measures", "Quarters of screening", "Social risk", "Tier"),
        tuple(release_row(each) for each in numbers.groups),
    )


def release_row(group: GroupNumbers) -> tuple[str, ...]:
    risk = "not known"
    if group.screened:
        positive, screened = group.screened
        risk = f"{percent(positive / screened)} ({positive:,} of {screened:,} screened)"
    return (
        group.name,
        f"number {group.release}, {count(group.patients)} patients counted",
        ", ".join(period(each).label for each in group.quarters) or "none released",
        risk,
        "not known" if group.tier is None else f"T{group.tier}",
    )
