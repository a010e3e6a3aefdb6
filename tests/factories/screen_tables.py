"""Tables of counts as `flask screens suppress` takes them, of invented patients."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterator, Sequence
from io import StringIO
from typing import NamedTuple

from readiness.core.tables.models import SourceFile, file_in_memory
from readiness.counts.social_risk.models import FIVE
from readiness.counts.strata import STRATA, StratumType

HEADER = ("group_id", "period", "domain", "stratum_type", "stratum", "screened", "positive")
NEED_SHARE, ASKED_SHARE = 0.12, 0.9
BREAKDOWNS = {kind: tuple(strata) for kind, strata in STRATA.items() if strata}


class Patient(NamedTuple):
    strata: dict[StratumType, str]
    answers: dict[str, bool]  # need -> positive; a need that was not asked about is absent


def source_of(seed: int, patients: int, groups: int = 1) -> SourceFile:
    """One quarter of each group: every domain, in total and by every breakdown."""
    luck = random.Random(seed)
    written = StringIO()
    lines = csv.writer(written)
    lines.writerow(HEADER)
    for number in range(groups):
        lines.writerows((f"g{number}", "2026-Q1", *row) for row in quarter(luck, patients))
    return file_in_memory("file", "counts.csv", written.getvalue().encode())


def quarter(luck: random.Random, patients: int) -> Iterator[tuple[str | int, ...]]:
    weights = {kind: [luck.random() ** 3 for _ in names] for kind, names in BREAKDOWNS.items()}
    people = [patient(luck, weights) for _ in range(round(patients * luck.uniform(0.5, 1.5)))]
    yield from rows_of("total", "total", people)
    for kind, names in BREAKDOWNS.items():
        for name in names:
            yield from rows_of(kind, name, [each for each in people if each.strata[kind] == name])


def patient(luck: random.Random, weights: dict[StratumType, list[float]]) -> Patient:
    return Patient(
        {kind: luck.choices(names, weights[kind])[0] for kind, names in BREAKDOWNS.items()},
        {need: luck.random() < NEED_SHARE for need in FIVE if luck.random() < ASKED_SHARE},
    )


def rows_of(kind: str, name: str, people: Sequence[Patient]) -> Iterator[tuple[str | int, ...]]:
    for domain, is_screened in DOMAINS.items():
        screened = [each.answers for each in people if is_screened(each.answers)]
        needs = (domain,) if domain in FIVE else FIVE
        positive = sum(any(answers.get(need) for need in needs) for answers in screened)
        if screened:
            yield domain, kind, name, len(screened), positive


def asks(need: str) -> Callable[[dict[str, bool]], bool]:
    return lambda answers: need in answers


DOMAINS: dict[str, Callable[[dict[str, bool]], bool]] = {
    **{need: asks(need) for need in FIVE},
    "any": bool,
    "all5": lambda answers: len(answers) == len(FIVE),
}
