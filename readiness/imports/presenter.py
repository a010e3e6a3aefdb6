"""What an upload would change as tables, and what its pages say of its state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from readiness.core.jobs.models import JobState
from readiness.counts.social_risk.models import (
    GROUP_STEPS,
    NEED_LABELS,
    NEED_STEPS,
    STEP_LABELS,
    FunnelCell,
    Need,
    Step,
)
from readiness.counts.strata import ALL, STRATUM_TYPE_LABELS, Stratum
from readiness.imports import step_counts
from readiness.imports.models import CountComparison, UploadReport, UploadState
from readiness.imports.screening_codes.models import CodeTable
from readiness.imports.service.review import QuarterPreview, SiteChanges
from readiness.imports.service.upload import UploadProgress

STATES = {
    UploadState.READING: "Not read",
    UploadState.REFUSED: "Not taken: see why",
    UploadState.READ: "Waiting for your decision",
    UploadState.CONFIRMED: "Saved",
    UploadState.DISCARDED: "Discarded",
}
HEADINGS = {
    UploadState.REFUSED: "Nothing of this file could be taken",
    UploadState.READ: "What this upload would change",
    UploadState.CONFIRMED: "The counts of this upload were saved",
    UploadState.DISCARDED: "This upload was discarded",
}
IN_ORDER = dict.fromkeys((*GROUP_STEPS, *NEED_STEPS, *Step))  # first as in the grid
NEEDS_IN_ORDER = tuple(NEED_LABELS)


def progress_message(found: UploadProgress) -> str:
    if found.job is None or found.job.state is JobState.CANCELED:
        return "The reading was stopped. Nothing of the file was kept."
    if found.job.state is JobState.FAILED:
        return found.job.says
    if found.job.state is JobState.WAITING:
        return "Waiting until another file has been read."
    return f"{found.job.done:,} rows read so far." if found.job.done else "Reading has begun."


def answer_lines(report: UploadReport, codes: CodeTable) -> tuple[tuple[str, int], ...]:
    """Where answers were not understood: by heading, or by what a question is about."""
    return tuple((label_of(name, codes), n) for name, n in report.unreadable_answers.items())


def label_of(name: str, codes: CodeTable) -> str:
    if own := next((NEED_LABELS[need] for need in Need if need == name), ""):
        return own
    asked = codes.questions_by_code.get(name, ())
    about = dict.fromkeys(
        NEED_LABELS[need] for each in asked for need in Need if need in each.about
    )
    return f"{', '.join(about)} (question {name})" if about else name


def saved_message(changed: int) -> str:
    if not changed:
        return "Saved. Nothing differed from what stood already."
    number = "1 count" if changed == 1 else f"{changed:,} counts"
    return f"Saved: {number} changed. Look them over, then mark the quarter complete."


def definitions_of(steps: Iterable[Step]) -> tuple[tuple[str, str], ...]:
    """How the steps were counted that visits and referrals tell."""
    return tuple((STEP_LABELS[step], step_counts.DEFINITIONS[step]) for step in steps)


@dataclass(frozen=True)
class ChangeTable:
    title: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[CountComparison | None, ...]], ...]


@dataclass(frozen=True)
class FoldedTables:
    """A breakdown, or a site."""

    title: str
    tables: tuple[ChangeTable, ...]
    by_breakdown: int = 0  # counts that are left out


@dataclass(frozen=True)
class QuarterTables:
    quarter: QuarterPreview
    tables: tuple[ChangeTable, ...]
    folded: tuple[FoldedTables, ...]


def quarter_tables(quarter: QuarterPreview) -> QuarterTables:
    whole = tables_of(lines_of(quarter.sites[0], is_whole=True))
    return QuarterTables(quarter, whole, tuple(folded_tables(quarter)))


def lines_of(part: SiteChanges, *, is_whole: bool) -> tuple[CountComparison, ...]:
    return tuple(line for line in part.lines if (line.cell.stratum == ALL) is is_whole)


def folded_tables(quarter: QuarterPreview) -> Iterator[FoldedTables]:
    """The breakdowns of the group, then its sites."""
    breakdowns = lines_of(quarter.sites[0], is_whole=False)
    for kind, label in STRATUM_TYPE_LABELS.items():
        if lines := tuple(line for line in breakdowns if line.cell.stratum.type is kind):
            yield FoldedTables(label, tables_of(lines))
    for part in quarter.sites[1:]:
        yield FoldedTables(
            part.site.name if part.site else "A site that is no longer listed",
            tables_of(lines_of(part, is_whole=True)),
            len(lines_of(part, is_whole=False)),
        )


def tables_of(lines: Iterable[CountComparison]) -> tuple[ChangeTable, ...]:
    """The group's row and the needs are made of other steps, so they are two tables."""
    listed = tuple(lines)
    groups = tuple(line for line in listed if line.cell.need is None)
    needs = tuple(line for line in listed if line.cell.need is not None)
    return tuple(
        table(title, corner, part)
        for title, corner, part in (("All needs", "Patients", groups), ("Each need", "Need", needs))
        if part
    )


def table(title: str, corner: str, lines: tuple[CountComparison, ...]) -> ChangeTable:
    steps = [step for step in IN_ORDER if any(line.cell.step is step for line in lines)]
    by_cell = {line.cell: line for line in lines}
    rows = sorted({(line.cell.stratum, line.cell.need) for line in lines}, key=in_order)
    return ChangeTable(
        title=title,
        corner=corner,
        columns=tuple(STEP_LABELS[step] for step in steps),
        rows=tuple(
            (
                FunnelCell(steps[0], need, part).row_label,
                tuple(by_cell.get(FunnelCell(step, need, part)) for step in steps),
            )
            for part, need in rows
        ),
    )


def in_order(row: tuple[Stratum, Need | None]) -> tuple[str, int]:
    part, need = row
    return part.name, NEEDS_IN_ORDER.index(need) if need else -1
