"""Needs that no question asks for: they are made of other needs, per patient."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from readiness.counts.social_risk.models import FIVE, HOUSING_PARTS, Need
from readiness.imports.screens.parts import Result

CLEAR = frozenset({Result.POSITIVE, Result.NEGATIVE})
NOT_CLEAR = (Result.DECLINED, Result.UNKNOWN, Result.INCOMPLETE)  # the most telling first

Results = Mapping[Need, Result]


def with_made(results: Results) -> Results:
    """The results with housing, any and all5."""
    parts = [results[need] for need in (*HOUSING_PARTS, Need.HOUSING) if need in results]
    found = {**results, **({Need.HOUSING: any_of(parts)} if parts else {})}
    asked = [found[need] for need in FIVE if need in found]
    if not asked:
        return found
    return {**found, Need.ANY: any_of(asked), Need.ALL5: all_of(asked, len(FIVE))}


def any_of(results: Iterable[Result]) -> Result:
    """One need is enough; none is said only when everything asked has a clear no."""
    found = set(results)
    if Result.POSITIVE in found:
        return Result.POSITIVE
    return next((each for each in NOT_CLEAR if each in found), Result.NEGATIVE)


def all_of(results: list[Result], wanted: int) -> Result:
    """Screened for all of them: a clear answer to each. With some, the screen is incomplete."""
    clear = [each for each in results if each in CLEAR]
    if len(clear) == wanted:
        return Result.POSITIVE if Result.POSITIVE in clear else Result.NEGATIVE
    return Result.INCOMPLETE if clear else any_of(results)
