"""Whether a stratified measure is set up as a rule asks: "aligned with", with what, and why not.

This is about categories, imputed data and small numbers. It never says that a standard is
fulfilled: only whoever set it can. What could not be verified of a rule is told as such.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from readiness.counts.strata import STRATA, STRATUM_TYPE_LABELS, StratumType
from readiness.equity.stratification.models import (
    ImputedData,
    StratificationRule,
    StratificationRules,
    StratificationStatus,
)
from readiness.equity.tables import ESTIMATED, NO_GROUP, StratumTable

RACE_LABELS = {
    StratumType.RACE: "race and ethnicity as one question",
    StratumType.RACE_1997: "race in the categories of 1997",
    StratumType.ETHNICITY: "ethnicity as a question of its own",
}
ABOUT_RACE = frozenset(RACE_LABELS)
NOT_HELD = {
    StratificationStatus.PROPOSED: "it is proposed and not in force",
    StratificationStatus.WITHDRAWN: "it was withdrawn",
    StratificationStatus.NOT_VERIFIED: "whether and how it is in force could not be verified",
}


class AlignmentVerdict(StrEnum):
    ALIGNED = "aligned with"
    NOT_ALIGNED = "not aligned with"
    CANNOT_BE_TOLD = "cannot be told"


@dataclass(frozen=True)
class Alignment:
    """One rule beside one table, and why; no reason where it is aligned."""

    rule: StratificationRule
    verdict: AlignmentVerdict
    because: tuple[str, ...]

    @property
    def says(self) -> str:
        reasons = "; ".join(self.because)
        match self.verdict:
            case AlignmentVerdict.ALIGNED:
                return f"Aligned with {self.rule.title}, in what could be verified."
            case AlignmentVerdict.NOT_ALIGNED:
                return f"Not aligned with {self.rule.title}, because {reasons}."
            case AlignmentVerdict.CANNOT_BE_TOLD:
                return f"Cannot be told for {self.rule.title}, because {reasons}."


@dataclass(frozen=True)
class SplitTable:
    """A table with what a rule looks at besides its numbers."""

    table: StratumTable  # strata by their ids
    beside: frozenset[str]  # ways in which the same measure and period is split, this one too
    is_released: bool  # as others see it: small counts are hidden

    @property
    def kind(self) -> StratumType:
        """All patients where the file has a way of splitting that is none of ours."""
        plain = self.table.place.stratum_type.removesuffix(f"_{ESTIMATED}")
        return StratumType(plain) if plain in list(StratumType) else StratumType.TOTAL

    @property
    def is_imputed(self) -> bool:
        return self.table.place.stratum_type.endswith(f"_{ESTIMATED}")


def alignments(rules: StratificationRules, split: SplitTable) -> tuple[Alignment, ...]:
    """Of the rules that speak of such a split at all, in the order of their file."""
    return tuple(alignment_of(rule, split) for rule in rules.rules if concerns(rule, split.kind))


def concerns(rule: StratificationRule, kind: StratumType) -> bool:
    """A rule on race concerns race split in any way, if only to say that it asks for another."""
    if kind is StratumType.TOTAL:
        return False
    if not rule.splits or kind in rule.splits:
        return True
    return kind in ABOUT_RACE and bool(ABOUT_RACE & rule.splits.keys())


def alignment_of(rule: StratificationRule, split: SplitTable) -> Alignment:
    """What cannot be told comes first: a rule that nobody could verify is held against nothing."""
    if not_held := NOT_HELD.get(rule.status):
        return Alignment(rule, AlignmentVerdict.CANNOT_BE_TOLD, (not_held,))
    if against := tuple(reasons_against(rule, split)):
        return Alignment(rule, AlignmentVerdict.NOT_ALIGNED, against)
    if open_questions := tuple(reasons_open(rule, split)):
        return Alignment(rule, AlignmentVerdict.CANNOT_BE_TOLD, open_questions)
    return Alignment(rule, AlignmentVerdict.ALIGNED, ())


def reasons_against(rule: StratificationRule, split: SplitTable) -> Iterator[str]:
    yield from wrong_split(rule, split)
    yield from absent_rows(rule, split)
    yield from absent_partners(rule, split)
    yield from too_few_patients(rule, split.table)
    if split.is_released:
        yield from small_counts(rule, split.table)


def reasons_open(rule: StratificationRule, split: SplitTable) -> Iterator[str]:
    if split.kind in rule.types_not_verified:
        yield f"whether it takes {label(split.kind)} could not be verified"
    if split.is_imputed and rule.imputed is not ImputedData.APART:
        yield "how it takes estimated data could not be verified"
    if rule.least_shown and not split.is_released:
        yield "it is about what others are shown, and these are the counts as they were entered"
    if rule.least_denominator and any(
        count.denominator is None for name, count in split.table.counts.items()
    ):
        yield "some numbers of patients are hidden"


def wrong_split(rule: StratificationRule, split: SplitTable) -> Iterator[str]:
    known = {*rule.splits, *rule.types_not_verified}
    if rule.splits and split.kind not in known:
        asked = " and ".join(label(kind) for kind in rule.splits)
        yield f"it asks for {asked}, and this is {label(split.kind)}"


def absent_rows(rule: StratificationRule, split: SplitTable) -> Iterator[str]:
    wanted = rule.splits.get(split.kind, ())
    names = STRATA[split.kind]
    absent = [names[each] for each in wanted if each not in split.table.counts]
    if absent:
        yield f"there is no row for {', '.join(absent)} (0 is a row too)"


def absent_partners(rule: StratificationRule, split: SplitTable) -> Iterator[str]:
    """Race that was told is not made whole by ethnicity that was estimated, or the other way."""
    if not rule.together or split.kind not in rule.splits:
        return
    ending = f"_{ESTIMATED}" if split.is_imputed else ""
    for kind in rule.splits:
        if f"{kind}{ending}" not in split.beside:
            yield f"the measure is not split by {label(kind)} too"


def too_few_patients(rule: StratificationRule, table: StratumTable) -> Iterator[str]:
    """A stratum of nobody is no stratum that is reported."""
    if rule.least_denominator is None:
        return
    known = (count.denominator or 0 for name, count in table.counts.items() if name not in NO_GROUP)
    few = sum(0 < patients < rule.least_denominator for patients in known)
    if few:
        rows = "1 group has" if few == 1 else f"{few} groups have"
        yield f"{rows} fewer than {rule.least_denominator} patients"


def small_counts(rule: StratificationRule, table: StratumTable) -> Iterator[str]:
    """Those who meet a measure, those counted and those who do not are all counts of patients."""
    if rule.least_shown is None:
        return
    counts = table.counts.values()
    left = [of - met for each in counts if each.numbers for met, of in [each.numbers]]
    told = [number for each in counts for number in (each.numerator, each.denominator) if number]
    if any(0 < number < rule.least_shown for number in (*left, *told)):
        yield f"a count under {rule.least_shown} is shown or can be worked out"


def label(kind: StratumType) -> str:
    """As the middle of a sentence."""
    words = STRATUM_TYPE_LABELS[kind]
    return RACE_LABELS.get(kind, words[0].lower() + words[1:])


# For a file


def alignment_json(rules: StratificationRules, tables: Iterable[StratumTable]) -> dict[str, Any]:
    """Of released tables; `tables` of one file, so that it is known how else a measure is split."""
    listed = list(tables)
    return {
        "rules": rules.version,
        "measures": [table_json(rules, each, kinds_beside(each, listed)) for each in listed],
    }


def kinds_beside(table: StratumTable, tables: Collection[StratumTable]) -> frozenset[str]:
    place = table.place
    own = (place.measure, place.period, place.group_id)
    others = (each.place for each in tables)
    return frozenset(
        each.stratum_type for each in others if (each.measure, each.period, each.group_id) == own
    )


def table_json(
    rules: StratificationRules, table: StratumTable, beside: frozenset[str]
) -> dict[str, Any]:
    place = table.place
    return {
        "measure": place.measure,
        "period": place.period,
        "group_id": place.group_id,
        "stratum_type": place.stratum_type,
        "rules": [
            {
                "id": each.rule.id,
                "verdict": str(each.verdict),
                "because": list(each.because),
                "says": each.says,
            }
            for each in alignments(rules, SplitTable(table, beside, is_released=True))
        ],
    }
