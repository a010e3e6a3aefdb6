"""A stranger's file read by the types that a class declares, with every problem and its path.

msgspec describes the types but stops at the first error; here a part that cannot be read is noted
and a blank takes its place, so that one reading finds everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from fractions import Fraction
from functools import cache
from typing import Annotated, Any, TypeVar, cast

from msgspec import NODEFAULT, Meta, Struct, inspect

from readiness.core.errors import Problem
from readiness.core.strict_json import excerpt
from readiness.core.yaml_file import Scalar

Path = tuple[str, ...]
Finding = tuple[Path, str]
Value = TypeVar("Value", bound=Struct)

# Types that several files share. A plain `str` is a text that is not empty.

Id = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$",
        description="an id of letters, digits and hyphens",
    ),
]
Key = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9_]{0,39}$",
        description="a key of small letters, digits and underscores",
    ),
]
Name = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9-]{0,39}$",
        description="a name of small letters, digits and hyphens",
    ),
]
Version = Annotated[
    str, Meta(pattern=r"^[0-9]{4}\.[0-9]{1,3}$", description="a version such as 2026.1, in quotes")
]
Day = Annotated[
    str,
    Meta(pattern=r"^[0-9]{4}-[01][0-9]-[0-3][0-9]$", description="a day such as 2026-03-01"),
]
SomeTexts = Annotated[tuple[str, ...], Meta(min_length=1)]
Share = Annotated[Fraction, Meta(extra={"ge": 0, "le": 1})]
Points = Annotated[Fraction, Meta(extra={"ge": 0, "le": 100})]

MOST_FINDINGS = 10_000
NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,9})?")
FLAGS = {"true": True, "false": False}


@dataclass
class FindingList:
    """Where every part of a file stands, and what is wrong with it."""

    line_by_path: dict[Path, int] = field(default_factory=dict)
    found: list[Finding] = field(default_factory=list)

    def note(self, path: Path, says: str) -> None:
        if len(self.found) < MOST_FINDINGS:
            self.found.append((path, says))

    def line(self, path: Path) -> int:
        """The line of a part, or of the nearest part around it."""
        while path and path not in self.line_by_path:
            path = path[:-1]
        return self.line_by_path.get(path, 1)

    def is_known_at(self, path: Path) -> bool:
        """Something is already known to be wrong at this place, around it or inside it."""
        return any(
            path[: len(other)] == other or other[: len(path)] == path for other, _ in self.found
        )

    def add(self, findings: Iterable[Finding]) -> None:
        """But for what follows from a part that could not be read: it would be named twice."""
        self.found += [each for each in findings if not self.is_known_at(each[0])]

    def problems(self) -> tuple[Problem, ...]:
        """In the order of the file."""
        placed = sorted((self.line(path), path, says) for path, says in set(self.found))
        return tuple(Problem(place(line, path), says) for line, path, says in placed)


def place(line: int, path: Path = ()) -> str:
    return f"line {line}, {' › '.join(path)}" if path else f"line {line}"


def read(kind: type[Value], node: object) -> tuple[Value, FindingList]:
    """`node` is what `yaml_file.parse` or `strict_json.parse_object` gave; `kind` is a Struct."""
    findings = FindingList()
    return cast(Value, reader_of(kind)(node, (), findings)), findings


@dataclass(frozen=True)
class PartReader:
    read: Callable[[Any, Path, FindingList], Any]
    blank: Any  # what stands in for a part that cannot be read

    def __call__(self, node: Any, path: Path, findings: FindingList) -> Any:
        if line := getattr(node, "line", 0):
            findings.line_by_path.setdefault(path, line)
        return self.read(node, path, findings)


@cache
def reader_of(kind: type[Struct]) -> PartReader:
    return part(inspect.type_info(kind))


def part(kind: inspect.Type, wanted: str = "", ends: tuple[Any, Any] = (None, None)) -> PartReader:
    """`wanted` and `ends` are a description and bounds that stand beside the type."""
    match kind:
        case inspect.Metadata(inner, schema, extra):
            own = extra or {}
            return part(
                inner, (schema or {}).get("description", ""), (own.get("ge"), own.get("le"))
            )
        case inspect.UnionType(types):
            (only,) = (each for each in types if not isinstance(each, inspect.NoneType))
            inner_reader = part(only)
            return PartReader(
                lambda node, path, findings: (
                    None if node is None else inner_reader(node, path, findings)
                ),
                None,
            )
        case inspect.StructType(cls, fields) | inspect.DataclassType(cls, fields):
            return record(cls, fields)
        case inspect.VarTupleType(item_type):
            return rows(part(item_type), kind.min_length or 0, wanted)
        case inspect.FrozenSetType(item_type):
            listed = rows(part(item_type), kind.min_length or 0, wanted)
            return PartReader(
                lambda node, path, findings: frozenset(listed(node, path, findings)), frozenset()
            )
        case inspect.DictType(key_type, value_type):
            if isinstance(key_type, inspect.EnumType):
                return members(tuple(key_type.cls), part(value_type))
            return table(part(value_type), kind.min_length or 0, wanted)
    return leaf(kind, wanted, ends)


# One value


def leaf(kind: inspect.Type, wanted: str, ends: tuple[Any, Any]) -> PartReader:
    match kind:
        case inspect.StrType(pattern=str(pattern)):
            regex = re.compile(pattern)
            return value(wanted, "", lambda node: str(node) if matches(regex, node) else None)
        case inspect.StrType(min_length=least, max_length=most):
            fewest = 1 if least is None else least
            words = wanted or "a text that is not empty"
            return value(words, "", lambda node: text(node, fewest, most))
        case inspect.BoolType():
            return value("true or false", False, flag)
        case inspect.IntType(ge=least, le=most):
            words = wanted or "a whole number" + bounds(least, most)
            return value(words, least or 0, lambda node: whole(node, least, most))
        case inspect.CustomType(cls) if cls is Fraction:
            words = wanted or "a number" + bounds(*ends)
            return value(words, Fraction(0), lambda node: number(node, *ends))
        case inspect.DateType():
            return value(wanted or "a day such as 2026-03-01", date.min, day)
        case inspect.EnumType(cls):
            known = {str(each.value): each for each in cls}
            return value("one of " + ", ".join(known), next(iter(cls)), choice(known))
        case inspect.LiteralType(values):
            words = "one of " + ", ".join(map(str, values))
            return value(words, values[0], choice({str(each): each for each in values}))
    raise TypeError(f"{kind} cannot be read from a file")


def value(wanted: str, blank: Any, value_of: Callable[[Any], Any]) -> PartReader:
    """`value_of` gives None for what is not `wanted`."""

    def read(node: Any, path: Path, findings: FindingList) -> Any:
        if (found := value_of(node)) is not None:
            return found
        findings.note(path, f"here stands {describe(node)}: write {wanted}")
        return blank

    return PartReader(read, blank)


def describe(node: Any) -> str:
    """A node as a sentence can name it."""
    if isinstance(node, list):
        return "a list"
    if isinstance(node, dict):
        return "named entries"
    if not isinstance(node, Scalar):
        return excerpt(node)
    if node.quoted:
        return f'"{node[:60]}" in quotes'
    return repr(str(node[:60])) if node else "nothing"


def matches(regex: re.Pattern[str], node: Any) -> bool:
    return isinstance(node, str) and regex.fullmatch(node) is not None


def text(node: Any, fewest: int, most: int | None) -> str | None:
    if isinstance(node, Scalar):
        node = "" if not node.quoted and node in ("null", "~") else " ".join(node.split())
    is_text = isinstance(node, str) and fewest <= len(node) <= (most or len(node))
    return node if is_text else None


def flag(node: Any) -> bool | None:
    if isinstance(node, Scalar):
        return FLAGS.get(node)
    return node if isinstance(node, bool) else None


def number(node: Any, least: float | None, most: float | None) -> Fraction | None:
    """Exactly the decimal number that is written, as far as a JSON number tells it."""
    if isinstance(node, Scalar):
        return number(Fraction(node), least, most) if is_number(node) else None
    if not isinstance(node, int | float | Fraction) or isinstance(node, bool):
        return None
    if (least is not None and node < least) or (most is not None and node > most):
        return None
    return Fraction(str(node)) if isinstance(node, float) else Fraction(node)


def is_number(node: Scalar) -> bool:
    return not node.quoted and NUMBER.fullmatch(node) is not None


def whole(node: Any, least: int | None, most: int | None) -> int | None:
    if type(node) is int:
        is_within = (least is None or node >= least) and (most is None or node <= most)
        return node if is_within else None
    found = number(node, least, most)
    return int(found) if found is not None and found.denominator == 1 else None


def bounds(least: float | None, most: float | None) -> str:
    if least is not None and most is not None:
        return f" from {figure(least)} to {figure(most)}"
    return f" of {figure(least)} or more" if least is not None else ""


def figure(end: float) -> str:
    """With commas where they help, and none in a year."""
    return f"{end:,}" if abs(end) >= 10_000 else str(end)


def day(node: Any) -> date | None:
    try:
        return date.fromisoformat(node)
    except (TypeError, ValueError):
        return None


def choice(known: dict[str, Any]) -> Callable[[Any], Any]:
    return lambda node: known.get(node) if isinstance(node, str) else None


# Several


def rows(each: PartReader, least: int, wanted: str) -> PartReader:
    """A list. A part with an id is known by it."""

    def read(node: Any, path: Path, findings: FindingList) -> tuple[Any, ...]:
        if not isinstance(node, list):
            findings.note(path, f"here stands {describe(node)}: write {wanted or 'a list'}")
            return ()
        if len(node) < least:
            findings.note(path, f"the list needs {least} or more: add what is missing")
        return tuple(
            each(inner, (*path, name_of(inner, n, node)), findings)
            for n, inner in enumerate(node, 1)
        )

    return PartReader(read, ())


def name_of(node: Any, position: int, around: list[Any]) -> str:
    """In YAML an id or key where there is one, else its place in the list."""
    if not hasattr(around, "line"):
        return f"[{position - 1}]"
    for key in ("id", "key"):
        if isinstance(node, dict) and isinstance(own := node.get(key), str):
            return str(own[:60])
    return f"number {position}"


def table(each: PartReader, least: int, wanted: str) -> PartReader:
    """Entries under names of the author's choosing."""

    def read(node: Any, path: Path, findings: FindingList) -> dict[str, Any]:
        if not isinstance(node, dict):
            findings.note(path, f"here stands {describe(node)}: write {wanted or 'named entries'}")
            return {}
        if len(node) < least:
            findings.note(path, f"{least} or more entries are needed: add what is missing")
        return {key: each(inner, (*path, key), findings) for key, inner in node.items()}

    return PartReader(read, {})


def members(names: tuple[Any, ...], each: PartReader) -> PartReader:
    """An entry for every member of an enumeration."""
    return entries({str(name): (name, each, NODEFAULT) for name in names}, dict)


def record(cls: type, fields: tuple[inspect.Field, ...]) -> PartReader:
    """Entries under fixed names, each with its own type."""
    parts = {each.encode_name: (each.name, part(each.type), default_of(each)) for each in fields}
    return entries(parts, lambda values: cls(**values))


def default_of(each: inspect.Field) -> Any:
    return each.default if each.default_factory is NODEFAULT else each.default_factory()


def entries(
    parts: dict[str, tuple[Any, PartReader, Any]], build: Callable[[dict[Any, Any]], Any]
) -> PartReader:
    """`parts`: the name written -> the name in the value, its reader, and what a lack means."""
    blanks = {
        own: reader.blank if default is NODEFAULT else default
        for own, reader, default in parts.values()
    }

    def read(node: Any, path: Path, findings: FindingList) -> Any:
        if not isinstance(node, dict):
            says = f"here stands {describe(node)}: write entries named {', '.join(parts)}"
            findings.note(path, says)
            return build(blanks)
        if node.keys() - parts.keys():
            note_unknown(node, parts, path, findings)
        values = dict(blanks)
        for key, (own, reader, default) in parts.items():
            if key in node:
                values[own] = reader(node[key], (*path, key), findings)
            elif default is NODEFAULT:
                findings.note((*path, key), f"{key!r} is missing: add it")
        return build(values)

    return PartReader(read, build(blanks))


def note_unknown(
    node: dict[str, Any], parts: Iterable[str], path: Path, findings: FindingList
) -> None:
    known = list(parts)
    for key, inner in node.items():
        if key not in known:
            findings.line_by_path.setdefault((*path, key), getattr(inner, "line", 0))
            close = get_close_matches(key, known, n=1)
            hint = f"write {close[0]!r}" if close else "take it out"
            findings.note((*path, key), f"{str(key[:60])!r} is not a known name here: {hint}")
