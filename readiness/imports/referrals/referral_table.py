"""A list of referrals: one line for each patient and need, with what followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial

from readiness.core.tables.models import ReadContext, SourceFile
from readiness.counts.social_risk.models import Need
from readiness.imports import safe_names
from readiness.imports.long_table import NO_NEED
from readiness.imports.mapped_table import (
    NO_PATIENT,
    MappedLine,
    MappedRun,
    NotReadError,
    columns_of,
    lines_of,
    open_mapped,
    parts_in,
)
from readiness.imports.mapping_models import ColumnRole, ReferralMapping, plain
from readiness.imports.referrals.models import FollowUp, Outcome
from readiness.imports.screening_codes.models import CodeTable

YES = frozenset({"yes", "y", "true", "1", "x", "checked"})
NO = frozenset({"no", "n", "false", "0", "unchecked"})
OWN_OUTCOMES = {outcome.value: outcome for outcome in Outcome}

NO_DATE = "Under “{heading}” stands no date. Write it as 2026-07-03."
NO_ANSWER = "Under “{heading}” stands neither yes nor no. Add what stands there to the mapping."
NO_DATE_OR_ANSWER = "Under “{heading}” stands no date, yes or no. Write the day as 2026-07-03."
NO_OUTCOME = "The mapping does not know this line's outcome. Add it under outcomes."
CONTRADICTION = (
    "This line has an outcome and says that there was no referral. Correct one of the two."
)
WORDS = {  # where the heading may not be repeated
    ColumnRole.SCREENED: "screen",
    ColumnRole.WANTS_HELP: "wants help",
    ColumnRole.REFERRED: "referred",
    ColumnRole.OUTCOME_DATE: "outcome date",
    ColumnRole.RESOLVED: "resolved",
    ColumnRole.INTERVENTION: "intervention",
}


def follow_ups(
    sources: Sequence[SourceFile], reading: ReadContext, mapping: ReferralMapping, codes: CodeTable
) -> Iterator[FollowUp]:
    run = MappedRun(mapping, codes)
    for source in sources:
        with open_mapped(source, mapping) as table:
            lines = lines_of(table, columns_of(table, mapping), reading)
            yield from parts_in(
                lines, reading, partial(told_in, run=run, mapping=mapping, reading=reading)
            )
    run.refuse_other_order()


def told_in(
    line: MappedLine, run: MappedRun, mapping: ReferralMapping, reading: ReadContext
) -> Iterator[FollowUp]:
    patient, need = line.text(ColumnRole.PATIENT), mapping.need(line.text(ColumnRole.NEED))
    if not patient:
        raise NotReadError(NO_PATIENT)
    if need is None:
        raise NotReadError(NO_NEED)
    screened = day_in(line, ColumnRole.SCREENED, run)
    yield follow_up_in(
        line, run, reading.hashed(patient), need, screened=screened, outcomes=mapping.outcomes
    )


def follow_up_in(
    line: MappedLine,
    run: MappedRun,
    patient: bytes,
    need: Need,
    *,
    screened: date | None,
    outcomes: Mapping[str, Outcome],
) -> FollowUp:
    is_referred, referred_on = day_or_answer(line, ColumnRole.REFERRED, run)
    is_resolved, resolved_on = day_or_answer(line, ColumnRole.RESOLVED, run)
    outcome = outcome_in(line, outcomes)
    if is_referred is False and outcome not in (None, Outcome.OPEN):
        raise NotReadError(CONTRADICTION)
    return FollowUp(
        patient=patient,
        need=need,
        screened=screened,
        wants_help=answer_in(line, ColumnRole.WANTS_HELP, run),
        is_referred=is_referred,
        referred_on=referred_on,
        outcome=outcome,
        outcome_on=day_in(line, ColumnRole.OUTCOME_DATE, run),
        is_resolved=is_resolved,
        resolved_on=resolved_on,
        intervened_on=day_in(line, ColumnRole.INTERVENTION, run),
    )


def day_in(line: MappedLine, role: ColumnRole, run: MappedRun) -> date | None:
    text = line.text(role)
    day = run.day(text) if text else None
    if text and day is None:
        raise NotReadError(run.why_no_day(text, NO_DATE.format(heading=heading_of(role, run))))
    return day


def answer_in(line: MappedLine, role: ColumnRole, run: MappedRun) -> bool | None:
    """Yes or no; None for a blank, which is neither."""
    answer = yes_or_no(line, role, run)
    if answer is None and run.mapping.value(role, line.text(role)):
        raise NotReadError(NO_ANSWER.format(heading=heading_of(role, run)))
    return answer


def heading_of(role: ColumnRole, run: MappedRun) -> str:
    name = run.mapping.columns.get(role, "")
    return name if safe_names.is_heading(name) else WORDS[role]


def yes_or_no(line: MappedLine, role: ColumnRole, run: MappedRun) -> bool | None:
    said = plain(run.mapping.value(role, line.text(role)))
    return True if said in YES else False if said in NO else None


def day_or_answer(
    line: MappedLine, role: ColumnRole, run: MappedRun
) -> tuple[bool | None, date | None]:
    """A day says yes and when."""
    answer, text = yes_or_no(line, role, run), run.mapping.value(role, line.text(role))
    if answer is not None or not text:
        return answer, None
    day = run.day(text)
    if day is None:
        says = NO_DATE_OR_ANSWER.format(heading=heading_of(role, run))
        raise NotReadError(run.why_no_day(text, says))
    return True, day


def outcome_in(line: MappedLine, outcomes: Mapping[str, Outcome]) -> Outcome | None:
    said = plain(line.text(ColumnRole.OUTCOME))
    outcome = outcomes.get(said) or OWN_OUTCOMES.get(said)
    if said and outcome is None:
        raise NotReadError(NO_OUTCOME)
    return outcome
