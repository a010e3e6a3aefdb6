"""What a scoring run says: the values that page, PDF, spreadsheet and command line all read.

A run is stored as it was found and shown again from there; reading an old one computes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, cast

import msgspec

from readiness.instruments.answers import Answer, AnswerKind, Answers, Context
from readiness.instruments.models import GateKind, Instrument

Score = Decimal | None  # 0.0 to 100.0 with one decimal; None where nothing can be said


class CriterionVerdict(StrEnum):
    MET = "met"
    NOT_YET = "not yet"
    UNANSWERABLE = "unanswerable"


class CriterionKind(StrEnum):
    """What kind of thing a criterion looks at."""

    COMPLETE = "complete"
    DONT_KNOW_DOMAIN = "don't know in a domain"
    DONT_KNOW_OVERALL = "don't know overall"
    NOT_APPLICABLE = "not applicable in a domain"
    AXIS = "axis minimum"
    DOMAIN = "domain minimum"
    ESSENTIAL = "essential gate"
    SUPPORTING = "supporting gate"
    ALLOWANCE = "supporting gates together"


@dataclass(frozen=True)
class ScoreRange:
    low: Score  # don't-know as level 0; decides the tier
    mid: Score  # don't-know left out
    high: Score  # don't-know as level 4


@dataclass(frozen=True)
class GateResult:
    tier_id: str
    item_id: str
    kind: GateKind
    needs: int
    has: int | None  # None: no level was answered
    met: bool


@dataclass(frozen=True)
class Criterion:
    """One thing a tier asks for. An unmet supporting gate does not by itself keep a tier away."""

    id: str  # "axis:QMS", "gate:REAL-1"
    asks: CriterionKind
    subject_id: str  # an axis, domain or item; "" for the whole answer set
    needs: Decimal | int
    has: Decimal | int | None
    verdict: CriterionVerdict
    says: str


class UnmetKind(StrEnum):
    """What an unmet criterion waits for."""

    AXIS = "axis"
    DOMAIN = "domain"
    ESSENTIAL = "essential"
    SUPPORTING = "supporting"
    DONT_KNOW = "dont_know"
    MISSING = "missing"


@dataclass(frozen=True)
class UnmetCriterion:
    """What a tier asks for and the answers do not have yet, in the numbers that are compared.

    `needs` and `has` are scores rounded to one decimal (axis, domain), levels (gates), the most
    don't-knows that may be left and those there are, or the items to answer and those answered.
    """

    id: str  # "T2:domain:SOCR", "T3:gate:REAL-2", "T1:complete"
    kind: UnmetKind
    of: str  # an axis, domain or item; "" for the whole answer set
    needs: Decimal | int
    has: Decimal | int | None  # None: no score, or no level


@dataclass(frozen=True)
class TierTrace:
    tier_id: str
    title: str
    met: bool  # its own criteria
    holds: bool  # its own and those of every lower tier
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True)
class Raise:
    """One item to bring to a higher level; `from_level` is None for what is not known yet."""

    item_id: str
    from_level: int | None
    to: int
    serves: tuple[str, ...] = ()  # ids of the unmet criteria that it helps to meet

    @property
    def steps(self) -> int:
        return self.to - (self.from_level or 0)


@dataclass(frozen=True)
class Cap:
    """The highest tier open while a domain is not scored."""

    tier_id: str
    domain_id: str
    says: str


@dataclass(frozen=True, kw_only=True)
class ScoringRun:
    """A run stored before 1.1 has no `unmet` and no `effort`, and its raises serve nothing; one
    stored before 1.2 does not tell what is newly applicable."""

    instrument_id: str
    version: str
    engine: str
    complete: bool
    missing: tuple[str, ...]  # item ids, in the order they are asked
    tier_id: str
    provisional: bool
    axes: Mapping[str, ScoreRange]
    domains: Mapping[str, ScoreRange]
    overall: ScoreRange
    gates: tuple[GateResult, ...]
    limiting_factor: str  # "" at the top
    unmet: tuple[UnmetCriterion, ...] = ()  # of the next tier, the limiting one first
    shortest_way: tuple[Raise, ...] | None  # None: `shortest_way_reason` says why there is none
    effort: int | None = None  # of the way: what its steps cost by the instrument; None without one
    applies_at_end: tuple[str, ...] = ()  # items of the way that apply only where it ends
    trace: tuple[TierTrace, ...]
    shortest_way_reason: str | None
    caps: tuple[Cap, ...]
    instrument_sha256: str
    inputs_sha256: str


def one_decimal(value: Fraction) -> Decimal:
    """Half up, from the exact fraction.

    >>> one_decimal(Fraction(695, 20)), one_decimal(Fraction(3495, 100))
    (Decimal('34.8'), Decimal('35.0'))
    """
    halves = value.numerator * 20 + value.denominator  # of a tenth, over twice the denominator
    return Decimal(halves // (2 * value.denominator)).scaleb(-1)


Plain = dict[str, Any]
KEYS = {  # fields that JSON calls otherwise
    "instrument_id": "instrument",
    "tier_id": "tier",
    "item_id": "item",
    "domain_id": "domain",
    "subject_id": "subject",
    "from_level": "from",
}
FIELDS = {key: field for field, key in KEYS.items()}


def to_json(run: ScoringRun) -> Plain:
    """Numbers carry one decimal, which binary floats print back exactly."""
    plain = msgspec.to_builtins(run, builtin_types=(Decimal,), enc_hook=str)
    return cast(Plain, rename_keys(plain, KEYS))


def from_json(plain: Mapping[str, Any]) -> ScoringRun:
    """The run as it was found; nothing is computed."""
    return msgspec.convert(rename_keys(plain, FIELDS), ScoringRun)


def rename_keys(plain: Any, names: Mapping[str, str]) -> Any:
    if isinstance(plain, Mapping):
        return {names.get(key, key): rename_keys(each, names) for key, each in plain.items()}
    if isinstance(plain, list | tuple):
        return [rename_keys(each, names) for each in plain]
    return float(plain) if isinstance(plain, Decimal) else plain


def inputs_of(instrument: Instrument, context: Context, answers: Answers) -> Plain:
    """What decided a run. Evidence notes decide nothing, so they are left out."""
    return {
        "instrument": instrument.id,
        "version": instrument.version,
        "context": {key: value for key, value in context.items() if value is not None},
        "answers": {item_id: answer_to_json(answer) for item_id, answer in answers.items()},
    }


def inputs_sha256(inputs: Plain) -> str:
    canonical = json.dumps(inputs, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def answer_to_json(answer: Answer) -> Plain:
    """An answer as an assessment file writes it, without its note."""
    match answer.kind:
        case AnswerKind.LEVEL:
            return {"level": answer.level}
        case AnswerKind.DONT_KNOW:
            return {"dk": True}
        case AnswerKind.NOT_APPLICABLE:
            return {"na": True, "reason": answer.reason}


def answer_from_json(plain: Plain) -> Answer:
    """An answer as it went into a run; its note was left out."""
    if plain.get("dk"):
        return Answer.dont_know()
    if plain.get("na"):
        return Answer.not_applicable(plain["reason"])
    return Answer.at(plain["level"])


def open_gates(result: Mapping[str, Any]) -> tuple[str, ...]:
    """The items whose gates keep a scored group from its next tier, in the order they are asked.

    >>> open_gates({"tier": "T1", "gates": [{"tier": "T2", "item": "REAL-1", "met": False}]})
    ('REAL-1',)
    """
    above = f"T{int(result['tier'][1:]) + 1}"
    return tuple(
        gate["item"] for gate in result["gates"] if gate["tier"] == above and not gate["met"]
    )
