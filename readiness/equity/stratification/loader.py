"""Rules on stratification: `rules/<version>.yaml` beside this file, sealed like the instruments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import asdict

from readiness.core.typed_file import Finding, Name, SomeTexts, Version
from readiness.counts.strata import STRATA, StratumType
from readiness.equity.stratification.models import (
    ImputedData,
    StratificationRule,
    StratificationRules,
    StratificationSource,
    StratificationStatus,
)
from readiness.instruments import sealed_files
from readiness.instruments.seals import seal_of

FOLDER = Path(__file__).parent
RULES = "rules"
ABSENT = "There are no rules on stratification"
Patients = Annotated[int, Meta(ge=1, le=1_000)]


class SourcePart(Struct, frozen=True):
    at: str
    says: str
    seen: bool


class RulePart(Struct, frozen=True, kw_only=True):
    id: Name
    steward: str
    name: str
    for_whom: str
    status: StratificationStatus
    as_of: date
    status_says: str
    splits: dict[str, tuple[str, ...]] = {}
    together: bool = False
    types_not_verified: tuple[StratumType, ...] = ()
    categories_say: str
    imputed: ImputedData
    imputed_says: str
    least_denominator: Patients | None = None
    least_shown: Patients | None = None
    small_numbers: str
    not_verified: SomeTexts
    sources: Annotated[tuple[SourcePart, ...], Meta(min_length=1)]


class RulesFile(Struct, frozen=True, kw_only=True):
    id: Name
    version: Version
    title: str
    status: Literal["draft", "published"]
    published_on: date
    rules: Annotated[tuple[RulePart, ...], Meta(min_length=1)]


@cache
def load(version: str | None = None) -> StratificationRules:
    """One version; without one, the latest."""
    return read(sealed_files.load_bytes(FOLDER, RULES, version, ABSENT))


def read(raw: bytes) -> StratificationRules:
    """The rules, or BadInput with everything that is wrong with the file."""
    written = sealed_files.read(raw, RulesFile, contradictions)
    return StratificationRules(
        written.id,
        written.version,
        written.title,
        written.published_on,
        tuple(map(rule_of, written.rules)),
        seal_of(raw),
    )


def contradictions(written: RulesFile) -> Iterator[Finding]:
    ids = [each.id for each in written.rules]
    for own in {own for own in ids if ids.count(own) > 1}:
        yield ("rules", own, "id"), "this id is used twice: give each rule its own"
    for each in written.rules:
        yield from unknown_strata(each)
        if each.status is StratificationStatus.IN_FORCE and not any(s.seen for s in each.sources):
            at = ("rules", each.id, "status")
            yield at, "no source was seen: write not verified, or look at one"


def unknown_strata(part: RulePart) -> Iterator[Finding]:
    for kind, names in part.splits.items():
        known = STRATA.get(StratumType(kind), {}) if kind in set(StratumType) else None
        at = ("rules", part.id, "splits", kind)
        if known is None:
            yield at, "this is no way of splitting: write one of this program's"
        elif unknown := sorted(set(names) - set(known)):
            yield at, f"{unknown[0]!r} is no stratum of it: correct its name"


def rule_of(part: RulePart) -> StratificationRule:
    splits = {StratumType(kind): names for kind, names in part.splits.items()}
    sources = tuple(StratificationSource(each.at, each.says, each.seen) for each in part.sources)
    return StratificationRule(**(asdict(part) | {"splits": splits, "sources": sources}))
