"""What everybody knows of people screened for social needs, whatever the numbers are.

`any` are those asked about at least one of the five needs, positive with at least one of them;
`all5` are those asked about all five. So whoever is in `any` and not in `all5` was asked about one
of the five at least and missed one at least. In random cones of counts that keep these bounds, all
but exotic ones belong to people: hardly anything more can be known.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from readiness.counts.social_risk.models import FIVE, HOUSING_PARTS, Need
from readiness.disclosure.flat_counts import CountKind

Asked = tuple[CountKind, Need]


class Bound(NamedTuple):
    """People of some counts added up are at most those of others; a count may stand repeatedly."""

    smaller: tuple[Asked, ...]
    larger: tuple[Asked, ...]


def of(kind: CountKind, *needs: Need) -> tuple[Asked, ...]:
    return tuple((kind, need) for need in needs)


def bounds() -> Iterator[Bound]:
    screened, positive, negative = CountKind.SCREENED, CountKind.POSITIVE, CountKind.NEGATIVE
    for kind in CountKind:
        yield Bound(of(kind, Need.ANY), of(kind, *FIVE))
        yield Bound(of(kind, Need.ALL5), of(kind, Need.ANY))
    for kind in (screened, negative):
        yield Bound(of(kind, Need.ANY, *[Need.ALL5] * 4), of(kind, *FIVE))
    yield Bound(of(screened, *FIVE), of(screened, *[Need.ANY] * 4, Need.ALL5))
    for need in FIVE:
        for kind in (screened, positive):
            yield Bound(of(kind, need), of(kind, Need.ANY))
        for kind in (screened, negative):
            yield Bound(of(kind, Need.ALL5), of(kind, need))
    yield Bound(of(positive, Need.ALL5), of(positive, *FIVE))
    yield Bound(of(positive, Need.HOUSING), of(positive, *HOUSING_PARTS))
    for part in HOUSING_PARTS:
        yield Bound(of(positive, part), of(positive, Need.HOUSING))
        yield Bound(of(negative, Need.HOUSING), of(negative, part))


BOUNDS = tuple(bounds())
