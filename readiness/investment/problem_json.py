"""An investment problem as JSON, from a stranger: values, or everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeVar

from readiness.core import strict_json
from readiness.core.errors import BadInput
from readiness.core.errors import Problem as Wrong
from readiness.core.strict_json import excerpt
from readiness.investment.problem import Floor, Gate, Option, Place, Problem

MOST_BYTES = 64_000_000
MOST_MONEY = 10**13
MOST_BENEFIT = 10**12
MOST_SECONDS = 3600
TOP = (
    "budget", "groups", "actions", "gates", "floors", "min_groups", "max_groups", "gap",
    "time_limit",
)  # fmt: skip
GROUP = ("id", "have", "cap", "tags")
ACTION = ("group", "action", "cost", "benefit", "requires", "one_of", "pin", "ban")
GATE = ("group", "needs", "of", "unlocks")
FLOOR = ("tag", "share")

Read = TypeVar("Read")


@dataclass(frozen=True)
class AllocationRequest:
    problem: Problem
    gap: float
    time_limit: float  # seconds


@dataclass
class Notes:
    wrong: list[Wrong] = field(default_factory=list)

    def refuse(self, place: str, says: str) -> None:
        if len(self.wrong) < 200:
            self.wrong.append(Wrong(place, says))


def read(raw: bytes) -> AllocationRequest:
    found = strict_json.parse_object(raw, MOST_BYTES, "investment problem")
    notes = Notes()
    known_keys(found, TOP, "", notes)
    budget = whole(found, "budget", "", notes, 0, MOST_MONEY)
    groups = rows(found, "groups", group_of, notes)
    options = rows(found, "actions", option_of, notes)
    problem = Problem(
        budget=budget or 0,
        groups=tuple(groups),
        options=tuple(options),
        gates=tuple(rows(found, "gates", gate_of, notes, is_needed=False)),
        floors=tuple(rows(found, "floors", floor_of, notes, is_needed=False)),
        min_groups=whole(found, "min_groups", "", notes, 0, 10**6, may_be_absent=True),
        max_groups=whole(found, "max_groups", "", notes, 0, 10**6, may_be_absent=True),
    )
    gap = number(found, "gap", "", notes, Fraction(1, 10_000), 0, 1)
    seconds = number(found, "time_limit", "", notes, Fraction(20), 0, MOST_SECONDS)
    if not notes.wrong:
        contradictions(problem, notes)
    if notes.wrong:
        raise BadInput(notes.wrong)
    return AllocationRequest(problem, float(gap), float(seconds))


def contradictions(problem: Problem, notes: Notes) -> None:
    """What names something twice, or something that is not there."""
    doubled(notes, "groups", [group.id for group in problem.groups])
    doubled(notes, "actions", [" in ".join(reversed(each.key)) for each in problem.options])
    for place, own in (
        *((f"actions[{n}]", each.group) for n, each in enumerate(problem.options)),
        *((f"gates[{n}]", each.group) for n, each in enumerate(problem.gates)),
    ):
        if own not in problem.group_by_id:
            notes.refuse(place, f"names the group {excerpt(own)}, which is not listed: add it")


def doubled(notes: Notes, place: str, names: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            notes.refuse(place, f"{excerpt(name)} stands there twice: keep one of them")
        seen.add(name)


Found = Mapping[str, Any]


def group_of(found: Found, place: str, notes: Notes) -> Place:
    known_keys(found, GROUP, place, notes)
    return Place(
        text(found, "id", place, notes),
        frozenset(texts(found, "have", place, notes)),
        whole(found, "cap", place, notes, 0, MOST_MONEY, may_be_absent=True),
        frozenset(texts(found, "tags", place, notes)),
    )


def option_of(found: Found, place: str, notes: Notes) -> Option:
    known_keys(found, ACTION, place, notes)
    one_of = found.get("one_of")
    return Option(
        group=text(found, "group", place, notes),
        action=text(found, "action", place, notes),
        cost=whole(found, "cost", place, notes, 0, MOST_MONEY) or 0,
        benefit=number(found, "benefit", place, notes, None, -MOST_BENEFIT, MOST_BENEFIT),
        requires=texts(found, "requires", place, notes),
        one_of=None if one_of is None else text(found, "one_of", place, notes),
        pin=flag(found, "pin", place, notes),
        ban=flag(found, "ban", place, notes),
    )


def gate_of(found: Found, place: str, notes: Notes) -> Gate:
    known_keys(found, GATE, place, notes)
    return Gate(
        text(found, "group", place, notes),
        whole(found, "needs", place, notes, 0, 10**6) or 0,
        texts(found, "of", place, notes),
        texts(found, "unlocks", place, notes),
    )


def floor_of(found: Found, place: str, notes: Notes) -> Floor:
    known_keys(found, FLOOR, place, notes)
    return Floor(text(found, "tag", place, notes), number(found, "share", place, notes, None, 0, 1))


# Parts of a file.


def known_keys(found: Found, known: tuple[str, ...], place: str, notes: Notes) -> None:
    for key in found.keys() - set(known):
        notes.refuse(at(place, excerpt(key)), f"is not a part of it: use {', '.join(known)}")


def at(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def rows(
    found: Found,
    key: str,
    read_one: Callable[[Found, str, Notes], Read],
    notes: Notes,
    *,
    is_needed: bool = True,
) -> list[Read]:
    listed = found.get(key, None if is_needed else [])
    if not isinstance(listed, list):
        notes.refuse(key, "must be a list")
        return []
    read = []
    for number, each in enumerate(listed):
        if isinstance(each, dict):
            read.append(read_one(each, f"{key}[{number}]", notes))
        else:
            notes.refuse(f"{key}[{number}]", "must be an object")
    return read


def text(found: Found, key: str, place: str, notes: Notes) -> str:
    value = found.get(key)
    if isinstance(value, str) and value and len(value) <= 200:
        return value
    notes.refuse(at(place, key), "must be a text of 1 to 200 characters")
    return ""


def texts(found: Found, key: str, place: str, notes: Notes) -> tuple[str, ...]:
    value = found.get(key, [])
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    notes.refuse(at(place, key), "must be a list of texts")
    return ()


def flag(found: Found, key: str, place: str, notes: Notes) -> bool:
    value = found.get(key, False)
    if not isinstance(value, bool):
        notes.refuse(at(place, key), "must be true or false")
    return value is True


def whole(
    found: Found,
    key: str,
    place: str,
    notes: Notes,
    least: int,
    most: int,
    *,
    may_be_absent: bool = False,
) -> int | None:
    value = found.get(key)
    if value is None and may_be_absent:
        return None
    if type(value) is int and least <= value <= most:
        return value
    if type(value) is float and value.is_integer() and least <= value <= most:
        return int(value)
    notes.refuse(at(place, key), f"must be a whole number from {least:,} to {most:,}")
    return None


def number(
    found: Found,
    key: str,
    place: str,
    notes: Notes,
    otherwise: Fraction | None,
    least: float,
    most: float,
) -> Fraction:
    """Exactly the decimal number that is written, as far as a float tells it."""
    value = found.get(key)
    if value is None and otherwise is not None:
        return otherwise
    if isinstance(value, int | float) and type(value) is not bool and least <= value <= most:
        return Fraction(str(value))
    notes.refuse(at(place, key), f"must be a number from {least:,} to {most:,}")
    return Fraction()
