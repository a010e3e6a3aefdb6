"""An investment problem as JSON, from a stranger: values, or everything that is wrong with it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any

from msgspec import Meta, Struct
from msgspec.structs import asdict

from readiness.core import strict_json, typed_file
from readiness.core.errors import BadInput
from readiness.core.errors import Problem as Wrong
from readiness.core.strict_json import excerpt
from readiness.core.typed_file import Finding, Path, Share
from readiness.investment.problem import (
    AllocationProblem,
    Floor,
    GateConstraint,
    Option,
    Package,
    ProblemGroup,
)

MOST_BYTES = 64_000_000
MOST_MONEY = 10**13
MOST_BENEFIT = 10**12
MOST_SECONDS = 3600
MOST_SHOWN = 200
PLAIN = re.compile(r"\w+|\[\d+\]")
TIER = r"^T[0-9]$"
WRITE_TIER = "write a tier such as T2"

Text = Annotated[
    str, Meta(min_length=1, max_length=200, description="a text of 1 to 200 characters")
]
AnyText = Annotated[str, Meta(min_length=0)]
Money = Annotated[int, Meta(ge=0, le=MOST_MONEY)]
Number = Annotated[int, Meta(ge=0, le=10**6)]
Benefit = Annotated[Fraction, Meta(extra={"ge": -MOST_BENEFIT, "le": MOST_BENEFIT})]
Tier = Annotated[str, Meta(pattern=TIER, description="a tier such as T2")]
Seconds = Annotated[Fraction, Meta(extra={"ge": 0, "le": MOST_SECONDS})]


class ProblemGroupPart(Struct, frozen=True):
    id: Text
    have: frozenset[AnyText] = frozenset()
    cap: Money | None = None
    tags: frozenset[AnyText] = frozenset()


class ActionPart(Struct, frozen=True):
    group: Text
    action: Text
    cost: Money
    benefit: Benefit
    requires: tuple[AnyText, ...] = ()
    one_of: Text | None = None
    pin: bool = False
    ban: bool = False


class PackagePart(Struct, frozen=True):
    group: Text
    id: Text
    tier: Tier
    actions: tuple[AnyText, ...]
    cost: Money
    payable: Money
    benefit: Benefit


class GatePart(Struct, frozen=True):
    group: Text
    needs: Number
    of: tuple[AnyText, ...] = ()
    unlocks: tuple[AnyText, ...] = ()


class FloorPart(Struct, frozen=True):
    tag: Text
    share: Share


class ProblemFile(Struct, frozen=True):
    budget: Money
    groups: tuple[ProblemGroupPart, ...]
    actions: tuple[ActionPart, ...]
    gates: tuple[GatePart, ...] = ()
    floors: tuple[FloorPart, ...] = ()
    min_groups: Number | None = None
    max_groups: Number | None = None
    gap: Share | None = None
    time_limit: Seconds | None = None
    packages: tuple[PackagePart, ...] = ()
    reach: dict[str, Benefit] = {}


@dataclass(frozen=True)
class AllocationRequest:
    problem: AllocationProblem
    gap: float
    time_limit: float  # seconds


def read(raw: bytes) -> AllocationRequest:
    found = strict_json.parse_object(raw, MOST_BYTES, "investment problem")
    written, findings = typed_file.read(ProblemFile, found)
    if not findings.found:
        findings.add(contradictions(written))
    if findings.found:
        raise BadInput(Wrong(place(path), says) for path, says in findings.found[:MOST_SHOWN])
    problem = AllocationProblem(
        budget=written.budget,
        groups=tuple(ProblemGroup(**asdict(each)) for each in written.groups),
        options=tuple(Option(**asdict(each)) for each in written.actions),
        gates=tuple(GateConstraint(**asdict(each)) for each in written.gates),
        floors=tuple(Floor(**asdict(each)) for each in written.floors),
        min_groups=written.min_groups,
        max_groups=written.max_groups,
        packages=tuple(Package(**asdict(each)) for each in written.packages),
        reach=written.reach,
    )
    gap = 0.0001 if written.gap is None else float(written.gap)
    seconds = 20.0 if written.time_limit is None else float(written.time_limit)
    return AllocationRequest(problem, gap, seconds)


def write(problem: AllocationProblem, gap: float, seconds: float) -> dict[str, Any]:
    """As `flask invest` reads it."""
    return {
        "budget": problem.budget,
        "groups": [
            {"id": each.id, "have": sorted(each.have), "cap": each.cap, "tags": sorted(each.tags)}
            for each in problem.groups
        ],
        "actions": [
            {
                "group": each.group, "action": each.action, "cost": each.cost,
                "benefit": float(each.benefit), "requires": list(each.requires),
                "one_of": each.one_of, "pin": each.pin, "ban": each.ban,
            }
            for each in problem.options
        ],
        "gates": [
            {"group": e.group, "needs": e.needs, "of": list(e.of), "unlocks": list(e.unlocks)}
            for e in problem.gates
        ],
        "floors": [{"tag": each.tag, "share": float(each.share)} for each in problem.floors],
        "min_groups": problem.min_groups,
        "max_groups": problem.max_groups,
        "gap": gap,
        "time_limit": seconds,
        **(packages_json(problem) if problem.has_packages else {}),
    }  # fmt: skip


def packages_json(problem: AllocationProblem) -> dict[str, Any]:
    return {
        "packages": [
            {
                "group": each.group, "id": each.id, "tier": each.tier,
                "actions": list(each.actions), "cost": each.cost, "payable": each.payable,
                "benefit": float(each.benefit),
            }
            for each in problem.packages
        ],
        "reach": {tier: float(worth) for tier, worth in problem.reach.items()},
    }  # fmt: skip


def place(path: Path) -> str:
    """
    >>> place(("actions", "[3]", "cost"))
    'actions[3].cost'
    """
    pieces = (each if PLAIN.fullmatch(each) else excerpt(each) for each in path)
    return ".".join(pieces).replace(".[", "[")


def contradictions(written: ProblemFile) -> Iterator[Finding]:
    """What names something twice, or something that is not there."""
    yield from repeated_names("groups", [each.id for each in written.groups])
    yield from repeated_names(
        "actions", [f"{each.action} in {each.group}" for each in written.actions]
    )
    yield from repeated_names(
        "packages", [f"{each.id} in {each.group}" for each in written.packages]
    )
    known = {each.id for each in written.groups}
    named = [("actions", each.group, n) for n, each in enumerate(written.actions)]
    named += [("gates", each.group, n) for n, each in enumerate(written.gates)]
    named += [("packages", each.group, n) for n, each in enumerate(written.packages)]
    for part, own, n in named:
        if own not in known:
            says = f"names the group {excerpt(own)}, which is not listed: add it"
            yield (part, f"[{n}]"), says
    for n, package in enumerate(written.packages):
        if package.payable > package.cost:
            says = f"is more than the cost of {package.cost:,}: write that much or less"
            yield ("packages", f"[{n}]", "payable"), says
    for tier in written.reach:
        if not re.fullmatch(TIER, tier):
            yield ("reach", tier), f"{excerpt(tier)} is not a tier: {WRITE_TIER}"


def repeated_names(part: str, names: list[str]) -> Iterator[Finding]:
    for name, times in Counter(names).items():
        if times > 1:
            yield (part,), f"{excerpt(name)} stands there twice: keep one of them"
