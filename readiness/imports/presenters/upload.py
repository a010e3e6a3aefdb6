"""An upload laid out for its pages: what was read, and what would change, ready to print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import url_for

from readiness.core.errors import Problem
from readiness.core.jobs.models import JobState
from readiness.core.periods import Period, period
from readiness.core.tables.reading import MOST_PROBLEMS
from readiness.core.web.forms import whole_number
from readiness.core.web.template_filters import moment
from readiness.counts.models import PeriodState
from readiness.imports.models import Account, Upload, UploadState
from readiness.imports.presenters.upload_tables import (
    PartShown,
    TableShown,
    counted,
    lines_of,
    parts_of,
    tables_of,
    written,
)
from readiness.imports.service.upload import Progress
from readiness.imports.service.upload_review import Preview, QuarterPreview, Since, UploadLine

TAKE, SEEN = "take.", "seen."  # before the quarter

STATES = {
    UploadState.READING: "Not read",
    UploadState.REFUSED: "Not taken: see why",
    UploadState.READ: "Waiting for your decision",
    UploadState.CONFIRMED: "Saved",
    UploadState.DISCARDED: "Discarded",
}


# Reading


def progress_says(found: Progress) -> str:
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


def account_says(account: Account) -> Iterator[str]:
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


def codes(account: Account) -> tuple[tuple[str, str], ...]:
    most_first = sorted(account.unknown_codes.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple((code, f"{number:,}") for code, number in most_first)


def more_problems(account: Account) -> int:
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


def shown(found: Preview, ticked: frozenset[Period] | None) -> Shown:
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


def since_shown(since: Since) -> tuple[str, str, str]:
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
