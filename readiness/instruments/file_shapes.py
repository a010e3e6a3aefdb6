"""What a part of a file may look like: a text, a number, a list, an entry with named parts.

A shape reads a node into a plain value. What is wrong is noted with its place and a harmless blank
takes its place, so that one reading finds everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from readiness.core.errors import Problem
from readiness.instruments.yaml_tree import Branch, Leaf, Node, Row

Path = tuple[str, ...]

NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,9})?")
FLAGS = {"true": True, "false": False}


@dataclass
class Findings:
    """Where every part of a file stands, and what is wrong with it."""

    line_by_path: dict[Path, int] = field(default_factory=dict)
    found: list[tuple[Path, str]] = field(default_factory=list)

    def note(self, path: Path, says: str) -> None:
        self.found.append((path, says))

    def line(self, path: Path) -> int:
        """The line of a part, or of the nearest part around it."""
        while path and path not in self.line_by_path:
            path = path[:-1]
        return self.line_by_path.get(path, 1)

    def about(self, path: Path) -> bool:
        """Something is already known to be wrong at this place, around it or inside it."""
        return any(
            path[: len(other)] == other or other[: len(path)] == path for other, _ in self.found
        )

    def problems(self) -> tuple[Problem, ...]:
        """In the order of the file."""
        placed = sorted((self.line(path), path, says) for path, says in set(self.found))
        return tuple(Problem(place(line, path), says) for line, path, says in placed)


def place(line: int, path: Path = ()) -> str:
    return f"line {line}, {' › '.join(path)}" if path else f"line {line}"


@dataclass(frozen=True)
class Shape:
    read: Callable[[Node, Path, Findings], Any]
    blank: Any  # what stands in for a part that cannot be read

    def __call__(self, node: Node, path: Path, findings: Findings) -> Any:
        findings.line_by_path.setdefault(path, node.line)
        return self.read(node, path, findings)


@dataclass(frozen=True)
class Maybe:
    """A part that may be left out."""

    shape: Shape
    otherwise: Any = None


def kind_of(node: Node) -> str:
    return {Leaf: "one value", Row: "a list", Branch: "named entries"}[type(node)]


def shown(node: Node) -> str:
    """A node as a sentence can name it."""
    if not isinstance(node, Leaf):
        return kind_of(node)
    if node.quoted:
        return f'"{node.text[:60]}" in quotes'
    return repr(node.text[:60]) if node.text else "nothing"


def leaf(wanted: str, blank: Any, value_of: Callable[[Leaf], Any]) -> Shape:
    """One value; `value_of` gives None for what is not `wanted`."""

    def read(node: Node, path: Path, findings: Findings) -> Any:
        value = value_of(node) if isinstance(node, Leaf) else None
        if value is not None:
            return value
        seen = shown(node)
        findings.note(path, f"here stands {seen}: write {wanted}")
        return blank

    return Shape(read, blank)


def is_text(node: Leaf) -> str | None:
    blank = not node.text.strip() or (not node.quoted and node.text in ("null", "~"))
    return None if blank else " ".join(node.text.split())


TEXT = leaf("a text that is not empty", "", is_text)
FLAG = leaf("true or false", False, lambda node: FLAGS.get(node.text))


def number(least: int | None = None, most: int | None = None) -> Shape:
    wanted = "a number" + bounds(least, most)
    return leaf(wanted, Fraction(0), lambda node: is_number(node, least, most))


def whole(least: int | None = None, most: int | None = None) -> Shape:
    def value_of(node: Leaf) -> int | None:
        value = is_number(node, least, most)
        return int(value) if value is not None and value.denominator == 1 else None

    return leaf("a whole number" + bounds(least, most), least or 0, value_of)


def bounds(least: int | None, most: int | None) -> str:
    if least is not None and most is not None:
        return f" from {least} to {most}"
    return f" of {least} or more" if least is not None else ""


def is_number(node: Leaf, least: int | None, most: int | None) -> Fraction | None:
    if node.quoted or not NUMBER.fullmatch(node.text):
        return None
    value = Fraction(node.text)
    low = least is not None and value < least
    high = most is not None and value > most
    return None if low or high else value


def word(words: Iterable[str]) -> Shape:
    known = tuple(str(each) for each in words)
    wanted = "one of " + ", ".join(known)
    return leaf(wanted, known[0], lambda node: node.text if node.text in known else None)


def pattern(regex: str, wanted: str) -> Shape:
    return leaf(wanted, "", lambda node: node.text if re.fullmatch(regex, node.text) else None)


def rows(shape: Shape, least: int = 0) -> Shape:
    """A list. A part with an id is known by it."""

    def read(node: Node, path: Path, findings: Findings) -> tuple[Any, ...]:
        if not isinstance(node, Row):
            findings.note(path, f"here stands {shown(node)}: write a list")
            return ()
        if len(node.parts) < least:
            findings.note(path, f"the list needs {least} or more: add what is missing")
        return tuple(
            shape(part, (*path, name_of(part, n)), findings) for n, part in enumerate(node.parts, 1)
        )

    return Shape(read, ())


def name_of(node: Node, position: int) -> str:
    """An id or key where there is one, else its place in the list."""
    for key in ("id", "key"):
        if isinstance(node, Branch) and isinstance(own := node.entries.get(key), Leaf):
            return own.text[:60]
    return f"number {position}"


def table(shape: Shape, least: int = 0) -> Shape:
    """Entries under names of the author's choosing."""

    def read(node: Node, path: Path, findings: Findings) -> dict[str, Any]:
        if not isinstance(node, Branch):
            findings.note(path, f"here stands {shown(node)}: write named entries")
            return {}
        if len(node.entries) < least:
            findings.note(path, f"{least} or more entries are needed: add what is missing")
        return {key: shape(part, (*path, key), findings) for key, part in node.entries.items()}

    return Shape(read, {})


def record(parts: Mapping[str, Shape | Maybe]) -> Shape:
    """Entries under fixed names, each with its own shape."""

    def read(node: Node, path: Path, findings: Findings) -> dict[str, Any]:
        if not isinstance(node, Branch):
            says = f"here stands {shown(node)}: write entries named {', '.join(parts)}"
            findings.note(path, says)
            return blanks(parts)
        for key, unknown in node.entries.items():
            if key not in parts:
                findings.line_by_path.setdefault((*path, key), unknown.line)
                findings.note((*path, key), unknown_key(key, parts))
        values = blanks(parts)
        for key, part in parts.items():
            if key in node.entries:
                shape = part.shape if isinstance(part, Maybe) else part
                values[key] = shape(node.entries[key], (*path, key), findings)
            elif isinstance(part, Shape):
                findings.note((*path, key), f"{key!r} is missing: add it")
        return values

    return Shape(read, blanks(parts))


def blanks(parts: Mapping[str, Shape | Maybe]) -> dict[str, Any]:
    return {
        key: part.otherwise if isinstance(part, Maybe) else part.blank
        for key, part in parts.items()
    }


def unknown_key(key: str, parts: Iterable[str]) -> str:
    close = get_close_matches(key, list(parts), n=1)
    hint = f"write {close[0]!r}" if close else "take it out"
    return f"{key[:60]!r} is not a known name here: {hint}"
