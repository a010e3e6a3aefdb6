"""A prior as JSON, from a stranger: values, or everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Annotated

from msgspec import Meta, Struct

from readiness.core import strict_json, typed_file
from readiness.core.errors import BadInput, Problem
from readiness.core.typed_file import Finding
from readiness.equity.shrinkage import DeclaredPriors
from readiness.statistics.beta_binomial import NO_VARIATION, Prior

MOST_BYTES = 1_000_000
LEAST = 0.001

Text = Annotated[
    str, Meta(min_length=1, max_length=200, description="a text of 1 to 200 characters")
]
Parameter = Annotated[Fraction, Meta(extra={"ge": LEAST, "le": NO_VARIATION})]


class RatePriorPart(Struct, frozen=True):
    measure: Text
    stratum_type: Text
    stratum: Text
    alpha: Parameter
    beta: Parameter


class PriorFile(Struct, frozen=True):
    name: Text
    source: Text
    made_on: date
    rates: Annotated[tuple[RatePriorPart, ...], Meta(min_length=1)]


def read(raw: bytes) -> DeclaredPriors:
    written, findings = typed_file.read(
        PriorFile, strict_json.parse_object(raw, MOST_BYTES, "prior")
    )
    if not findings.found:
        findings.add(given_twice(written))
    if findings.found:
        raise BadInput(Problem(" › ".join(path) or "prior", says) for path, says in findings.found)
    return DeclaredPriors(
        written.name,
        written.source,
        written.made_on,
        {place_of(each): Prior(float(each.alpha), float(each.beta)) for each in written.rates},
    )


def place_of(rate: RatePriorPart) -> tuple[str, str, str]:
    return rate.measure, rate.stratum_type, rate.stratum


def given_twice(written: PriorFile) -> Iterator[Finding]:
    places = [place_of(each) for each in written.rates]
    for at, each in enumerate(places):
        if each in places[:at]:
            yield ("rates", f"[{at}]"), "this stratum has a prior already: keep one of them"
