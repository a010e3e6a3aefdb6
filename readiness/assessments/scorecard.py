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
from math import floor
from typing import Any

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

    @property
    def steps(self) -> int:
        return self.to - (self.from_level or 0)


@dataclass(frozen=True)
class Cap:
    """The highest tier open while a domain is not scored."""

    tier_id: str
    domain_id: str
    says: str


@dataclass(frozen=True)
class ScoringRun:
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
    shortest_way: tuple[Raise, ...] | None  # None: `shortest_way_reason` says why there is none
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
    return Decimal(floor(value * 10 + Fraction(1, 2))).scaleb(-1)


Plain = dict[str, Any]


def to_json(run: ScoringRun) -> Plain:
    """Numbers carry one decimal, which binary floats print back exactly."""
    way = run.shortest_way
    return {
        "instrument": run.instrument_id,
        "version": run.version,
        "engine": run.engine,
        "complete": run.complete,
        "missing": list(run.missing),
        "tier": run.tier_id,
        "provisional": run.provisional,
        "axes": {axis_id: range_out(each) for axis_id, each in run.axes.items()},
        "domains": {domain_id: range_out(each) for domain_id, each in run.domains.items()},
        "overall": range_out(run.overall),
        "gates": [gate_out(gate) for gate in run.gates],
        "limiting_factor": run.limiting_factor,
        "shortest_way": None if way is None else [raise_out(each) for each in way],
        "trace": [trace_out(trace) for trace in run.trace],
        "shortest_way_reason": run.shortest_way_reason,
        "caps": [
            {"tier": cap.tier_id, "domain": cap.domain_id, "says": cap.says} for cap in run.caps
        ],
        "instrument_sha256": run.instrument_sha256,
        "inputs_sha256": run.inputs_sha256,
    }


def from_json(plain: Mapping[str, Any]) -> ScoringRun:
    """The run as it was found; nothing is computed."""
    way = plain["shortest_way"]
    return ScoringRun(
        instrument_id=plain["instrument"],
        version=plain["version"],
        engine=plain["engine"],
        complete=plain["complete"],
        missing=tuple(plain["missing"]),
        tier_id=plain["tier"],
        provisional=plain["provisional"],
        axes={axis_id: range_in(each) for axis_id, each in plain["axes"].items()},
        domains={domain_id: range_in(each) for domain_id, each in plain["domains"].items()},
        overall=range_in(plain["overall"]),
        gates=tuple(gate_in(each) for each in plain["gates"]),
        limiting_factor=plain["limiting_factor"],
        shortest_way=None if way is None else tuple(raise_in(each) for each in way),
        trace=tuple(trace_in(each) for each in plain["trace"]),
        shortest_way_reason=plain["shortest_way_reason"],
        caps=tuple(Cap(each["tier"], each["domain"], each["says"]) for each in plain["caps"]),
        instrument_sha256=plain["instrument_sha256"],
        inputs_sha256=plain["inputs_sha256"],
    )


def number_out(value: Decimal | int | None) -> float | int | None:
    return float(value) if isinstance(value, Decimal) else value


def number_in(value: float | int | None) -> Decimal | int | None:
    return Decimal(str(value)) if isinstance(value, float) else value


def score_in(value: float | None) -> Score:
    return None if value is None else Decimal(str(float(value)))


def range_out(scores: ScoreRange) -> Plain:
    return {
        "low": number_out(scores.low),
        "mid": number_out(scores.mid),
        "high": number_out(scores.high),
    }


def range_in(plain: Plain) -> ScoreRange:
    return ScoreRange(score_in(plain["low"]), score_in(plain["mid"]), score_in(plain["high"]))


def gate_out(gate: GateResult) -> Plain:
    return {
        "tier": gate.tier_id,
        "item": gate.item_id,
        "kind": gate.kind.value,
        "needs": gate.needs,
        "has": gate.has,
        "met": gate.met,
    }


def gate_in(plain: Plain) -> GateResult:
    return GateResult(
        tier_id=plain["tier"],
        item_id=plain["item"],
        kind=GateKind(plain["kind"]),
        needs=plain["needs"],
        has=plain["has"],
        met=plain["met"],
    )


def raise_out(step: Raise) -> Plain:
    return {"item": step.item_id, "from": step.from_level, "to": step.to}


def raise_in(plain: Plain) -> Raise:
    return Raise(plain["item"], plain["from"], plain["to"])


def trace_out(trace: TierTrace) -> Plain:
    return {
        "tier": trace.tier_id,
        "title": trace.title,
        "met": trace.met,
        "holds": trace.holds,
        "criteria": [
            {
                "id": criterion.id,
                "asks": criterion.asks.value,
                "subject": criterion.subject_id,
                "needs": number_out(criterion.needs),
                "has": number_out(criterion.has),
                "verdict": criterion.verdict.value,
                "says": criterion.says,
            }
            for criterion in trace.criteria
        ],
    }


def trace_in(plain: Plain) -> TierTrace:
    return TierTrace(
        tier_id=plain["tier"],
        title=plain["title"],
        met=plain["met"],
        holds=plain["holds"],
        criteria=tuple(criterion_in(each) for each in plain["criteria"]),
    )


def criterion_in(plain: Plain) -> Criterion:
    needs = number_in(plain["needs"])
    if needs is None:
        raise ValueError(f"criterion {plain['id']!r} does not say what it needs")
    return Criterion(
        id=plain["id"],
        asks=CriterionKind(plain["asks"]),
        subject_id=plain["subject"],
        needs=needs,
        has=number_in(plain["has"]),
        verdict=CriterionVerdict(plain["verdict"]),
        says=plain["says"],
    )


def inputs_sha256(instrument: Instrument, context: Context, answers: Answers) -> str:
    """One hash for what decided a run. Evidence notes decide nothing, so they are left out."""
    inputs = {
        "instrument": instrument.id,
        "version": instrument.version,
        "context": {key: value for key, value in context.items() if value is not None},
        "answers": {item_id: answer_to_json(answer) for item_id, answer in answers.items()},
    }
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
