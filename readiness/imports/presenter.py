"""An upload laid out for its pages: what was read, and what would change, ready to print."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flask import url_for

from readiness.core.errors import Problem
from readiness.core.jobs.models import JobState
from readiness.core.periods import Period, period
from readiness.core.tables.models import MOST_PROBLEMS
from readiness.core.web.forms import whole_number
from readiness.core.web.template_filters import moment
from readiness.counts.models import PeriodState
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
from readiness.imports.models import CountChange, Upload, UploadReport, UploadState
from readiness.imports.service.review import (
    ChangeSinceSeen,
    QuarterPreview,
    SiteChanges,
    UploadLine,
    UploadPreview,
)
from readiness.imports.service.upload import UploadProgress

TAKE, SEEN = "take.", "seen."  # before the quarter

STATES = {
    UploadState.READING: "Not read",
    UploadState.REFUSED: "Not taken: see why",
    UploadState.READ: "Waiting for your decision",
    UploadState.CONFIRMED: "Saved",
    UploadState.DISCARDED: "Discarded",
}


# Reading


def progress_says(found: UploadProgress) -> str:
    if found.job is None or found.job.state is JobState.CANCELED:
        return "The reading was stopped. Nothing of the file was kept."
    if found.job.state is JobState.FAILED:
        return found.job.says
    if found.job.state is JobState.WAITING:
        return "Waiting until another file has been read."
    return f"{found.job.done:,} rows read so far." if found.job.done else "Reading has begun."


# What the form sends


def quarters_in(fields: Mapping[str, str]) -> Iterator[Period]:
    for name in fields:
        if name.startswith(SEEN):
            try:
                yield period(name.removeprefix(SEEN))
            except ValueError:
                continue


def chosen_in(fields: Mapping[str, str]) -> dict[Period, int]:
    """The ticked quarters, and how many revisions of each the page had shown."""
    return {
        quarter: whole_number(fields.get(f"{SEEN}{quarter}"))
        for quarter in quarters_in(fields)
        if f"{TAKE}{quarter}" in fields
    }


def taken_says(changed: int) -> str:
    if not changed:
        return "Saved. Nothing differed from what stood already."
    number = counted(changed, "count")
    return f"Saved: {number} changed. Look them over, then mark the quarter complete."


# What was read


def account_says(account: UploadReport) -> Iterator[str]:
    yield f"{counted(account.rows, 'row')} read."
    for number, says in (
        (account.skipped, "no screen, and passed over."),
        (account.held, "not final yet (preliminary, registered, in progress): not counted."),
        (account.deleted, "taken back as entered in error."),
        (account.duplicates, "sent more than once: the latest counts."),
        (account.refused, "not readable, listed below."),
        (
            account.flag_disagreements,
            "where the sender’s own mark differs from the answers: the answers were counted.",
        ),
    ):
        if number:
            yield f"{number:,} {says}"
    if account.unlisted_sites:
        yield (
            f"{counted(account.unlisted_sites, 'site')} not among your group’s: counted in the "
            "group’s total only."
        )
    if account.running:
        named = ", ".join(quarter.label for quarter in account.running)
        yield f"Left out, because not closed yet: {named}."


def codes(account: UploadReport) -> tuple[tuple[str, str], ...]:
    most_first = sorted(account.unknown_codes.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple((code, f"{number:,}") for code, number in most_first)


def more_problems(account: UploadReport) -> int:
    """Those that were counted and not told one by one."""
    return max(0, account.refused - MOST_PROBLEMS)


# What would change


@dataclass(frozen=True)
class QuarterShown:
    id: str
    heading: str
    take: str
    seen: str
    revisions: int
    label: str
    is_ticked: bool
    says: tuple[str, ...]
    since: tuple[tuple[str, str, str], ...]  # which count, what was seen, what stands now
    contradictions: tuple[str, ...]
    tables: tuple[TableShown, ...]
    parts: tuple[PartShown, ...]


@dataclass(frozen=True)
class Shown:
    heading: str
    is_open: bool  # waits for a decision
    says: tuple[str, ...]
    codes: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...]
    more_problems: int
    same: tuple[tuple[str, str], ...]  # address and sentence
    quarters: tuple[QuarterShown, ...]


HEADINGS = {
    UploadState.REFUSED: "Nothing of this file could be taken",
    UploadState.READ: "What this upload would change",
    UploadState.CONFIRMED: "The counts of this upload were saved",
    UploadState.DISCARDED: "This upload was discarded",
}


def shown(found: UploadPreview, ticked: frozenset[Period] | None) -> Shown:
    upload, account = found.upload, found.upload.account
    return Shown(
        heading=HEADINGS[upload.state],
        is_open=upload.state is UploadState.READ,
        says=tuple(account_says(account)) if account.rows else (),
        codes=codes(account),
        problems=account.problems,
        more_problems=more_problems(account),
        same=tuple((address(each), same_says(each)) for each in found.same),
        quarters=tuple(quarter_shown(quarter, ticked) for quarter in found.quarters),
    )


def address(upload: Upload) -> str:
    return url_for("upload.show", group_id=upload.group_id, upload_id=upload.id)


def same_says(upload: Upload) -> str:
    return f"the upload of {moment(upload.at)} ({STATES[upload.state].split(':')[0].lower()})"


def quarter_shown(quarter: QuarterPreview, ticked: frozenset[Period] | None) -> QuarterShown:
    label = quarter.period.label
    return QuarterShown(
        id=f"q-{quarter.period}",
        heading=f"{label}, {quarter.period.months}",
        take=f"{TAKE}{quarter.period}",
        seen=f"{SEEN}{quarter.period}",
        revisions=quarter.revisions,
        label=(
            f"Replace the counts of {label} with these"
            if quarter.has_counts
            else f"Use these counts for {label}"
        ),
        is_ticked=quarter.period in ticked if ticked is not None else not quarter.has_counts,
        says=tuple(quarter_says(quarter)),
        since=tuple(map(since_shown, quarter.since)),
        contradictions=tuple(
            f"{finding.cell.label}: {finding.says}" for finding in quarter.contradictions
        ),
        tables=tables_of(lines_of(quarter.sites[0], is_whole=True), is_new=not quarter.has_counts),
        parts=tuple(parts_of(quarter)),
    )


def quarter_says(quarter: QuarterPreview) -> Iterator[str]:
    lines = sum(len(part.lines) for part in quarter.sites)
    if not quarter.has_counts:
        yield f"{counted(lines, 'count')}; the quarter has none yet."
    elif quarter.changed:
        yield f"{counted(lines, 'count')}; {quarter.changed:,} differ from what stands now."
        yield "What the file does not speak of stays as it is. Former values stay in the history."
    else:
        yield f"{counted(lines, 'count')}, all the same as what stands now."
    if quarter.state is PeriodState.COMPLETE and quarter.changed:
        yield "The quarter is marked complete: saving these opens it again."


def since_shown(since: ChangeSinceSeen) -> tuple[str, str, str]:
    label = f"{since.site.name}: {since.cell.label}" if since.site else since.cell.label
    return label, written(since.seen), written(since.now)


# The list of uploads


@dataclass(frozen=True)
class LineShown:
    href: str
    at: str
    author: str
    state: str
    quarters: tuple[str, ...]
    replaced: tuple[tuple[str, str], ...]  # address of what replaced it, and the sentence


def line_view(line: UploadLine) -> LineShown:
    upload = line.upload
    return LineShown(
        href=address(upload),
        at=moment(upload.at),
        author=line.author,
        state=STATES[upload.state],
        quarters=tuple(quarter.label for quarter in upload.taken or upload.quarters),
        replaced=tuple(
            (
                address(each.replaced_by),
                f"{each.period.label} replaced on {moment(each.replaced_by.decided_at)}",
            )
            for each in line.taken
            if each.replaced_by
        ),
    )


BLANK = "blank"


@dataclass(frozen=True)
class CellShown:
    says: str
    note: str = ""  # what stands now, where it differs


@dataclass(frozen=True)
class TableShown:
    title: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[CellShown, ...]], ...]


@dataclass(frozen=True)
class PartShown:
    """A breakdown, or a site: folded."""

    title: str
    tables: tuple[TableShown, ...]
    says: str = ""


def counted(number: int, thing: str) -> str:
    """
    >>> counted(1, "count"), counted(1200, "row")
    ('1 count', '1,200 rows')
    """
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def written(value: int | None) -> str:
    return BLANK if value is None else f"{value:,}"


def lines_of(part: SiteChanges, *, is_whole: bool) -> tuple[CountChange, ...]:
    return tuple(line for line in part.lines if (line.cell.stratum == ALL) is is_whole)


def parts_of(quarter: QuarterPreview) -> Iterator[PartShown]:
    """The breakdowns of the group, then its sites."""
    is_new = not quarter.has_counts
    breakdowns = lines_of(quarter.sites[0], is_whole=False)
    for kind, label in STRATUM_TYPE_LABELS.items():
        if lines := tuple(line for line in breakdowns if line.cell.stratum.type is kind):
            yield PartShown(label, tables_of(lines, is_new=is_new))
    for part in quarter.sites[1:]:
        rest = len(lines_of(part, is_whole=False))
        yield PartShown(
            part.site.name if part.site else "A site that is no longer listed",
            tables_of(lines_of(part, is_whole=True), is_new=is_new),
            f"And {counted(rest, 'count')} by breakdown." if rest else "",
        )


def tables_of(lines: Iterable[CountChange], *, is_new: bool) -> tuple[TableShown, ...]:
    """The group's row and the needs are made of other steps, so they are two tables."""
    listed = tuple(lines)
    groups = tuple(line for line in listed if line.cell.need is None)
    needs = tuple(line for line in listed if line.cell.need is not None)
    return tuple(
        table(title, corner, part, is_new=is_new)
        for title, corner, part in (("All needs", "Patients", groups), ("Each need", "Need", needs))
        if part
    )


IN_ORDER = dict.fromkeys((*GROUP_STEPS, *NEED_STEPS, *Step))  # first as in the grid


def table(title: str, corner: str, lines: tuple[CountChange, ...], *, is_new: bool) -> TableShown:
    steps = [step for step in IN_ORDER if any(line.cell.step is step for line in lines)]
    by_cell = {line.cell: line for line in lines}
    rows = sorted({(line.cell.stratum, line.cell.need) for line in lines}, key=in_order)
    return TableShown(
        title=title,
        corner=corner,
        columns=tuple(STEP_LABELS[step] for step in steps),
        rows=tuple(
            (
                FunnelCell(steps[0], need, part).row_label,
                tuple(
                    cell_shown(by_cell.get(FunnelCell(step, need, part)), is_new=is_new)
                    for step in steps
                ),
            )
            for part, need in rows
        ),
    )


NEEDS_IN_ORDER = tuple(NEED_LABELS)


def in_order(row: tuple[Stratum, Need | None]) -> tuple[str, int]:
    part, need = row
    return part.name, NEEDS_IN_ORDER.index(need) if need else -1


def cell_shown(line: CountChange | None, *, is_new: bool) -> CellShown:
    if line is None:
        return CellShown("")
    if is_new or not line.is_changed:
        return CellShown(written(line.then))
    return CellShown(written(line.then), f"now {written(line.now)}")
