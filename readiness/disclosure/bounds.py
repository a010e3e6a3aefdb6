"""What everybody knows of people screened for social needs, whatever the numbers are.

`any` are those asked about at least one of the five needs, positive with at least one of them;
`all5` are those asked about all five. So whoever is in `any` and not in `all5` was asked about one
of the five at least and missed one at least. A few inequalities that weigh eight counts and more
against each other hold too, and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from readiness.counts.social_risk.models import FIVE, HOUSING_PARTS, Need
from readiness.disclosure.flat_counts import CountKind

Asked = tuple[CountKind, Need]


class NeedBound(NamedTuple):
    """People of some counts added up are at most those of others; a count may stand repeatedly."""

    smaller: tuple[Asked, ...]
    larger: tuple[Asked, ...]


def of(kind: CountKind, *needs: Need) -> tuple[Asked, ...]:
    return tuple((kind, need) for need in needs)


def bounds() -> Iterator[NeedBound]:
    screened, positive, negative = CountKind.SCREENED, CountKind.POSITIVE, CountKind.NEGATIVE
    for kind in CountKind:
        yield NeedBound(of(kind, Need.ANY), of(kind, *FIVE))
        yield NeedBound(of(kind, Need.ALL5), of(kind, Need.ANY))
    for kind in (screened, negative):
        yield NeedBound(of(kind, Need.ANY, *[Need.ALL5] * 4), of(kind, *FIVE))
    yield NeedBound(of(screened, *FIVE), of(screened, *[Need.ANY] * 4, Need.ALL5))
    for need in FIVE:
        for kind in (screened, positive):
            yield NeedBound(of(kind, need), of(kind, Need.ANY))
        for kind in (screened, negative):
            yield NeedBound(of(kind, Need.ALL5), of(kind, need))
    yield NeedBound(of(positive, Need.ALL5), of(positive, *FIVE))
    yield NeedBound(of(positive, Need.HOUSING), of(positive, *HOUSING_PARTS))
    for part in HOUSING_PARTS:
        yield NeedBound(of(positive, part), of(positive, Need.HOUSING))
        yield NeedBound(of(negative, Need.HOUSING), of(negative, part))


BOUNDS = tuple(bounds())
