"""A YAML file as plain branches, rows and leaves, each with its line.

Only what a person would write by hand: no anchors, aliases, tags or second documents, no key twice,
nothing deep or huge. So a hostile file can cost little time and can build no object.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

MOST_BYTES = 2_000_000
MOST_DEPTH = 12
MOST_PARTS = 100_000

FAST_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

PLAIN_STYLES = (None, "")  # the two loaders differ
PLAIN_EVENTS = (yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentEndEvent)


@dataclass(frozen=True)
class Leaf:
    line: int
    text: str
    quoted: bool  # a quoted "12" is a text, never a number


@dataclass(frozen=True)
class Row:
    line: int
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Branch:
    line: int
    entries: Mapping[str, Node]


Node = Leaf | Row | Branch


class UnreadableError(Exception):
    """The file is not one that this program reads at all."""

    def __init__(self, line: int, says: str) -> None:
        self.line = line
        self.says = says
        super().__init__(says)


@dataclass
class Planter:
    """Grows a tree from a stream of events, noting keys written twice."""

    events: Iterator[Any]
    twice: list[tuple[int, str]] = field(default_factory=list)
    parts: int = 0

    def next(self) -> Any:
        event = next(self.events)
        line = event.start_mark.line + 1
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise UnreadableError(line, "the file has too many parts: shorten it")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise UnreadableError(line, "anchors and aliases (& and *) are not read: write it out")
        if getattr(event, "tag", None):
            raise UnreadableError(line, f"the tag {event.tag} is not read: take it out")
        return event

    def node(self, event: Any, depth: int) -> Node:
        line = event.start_mark.line + 1
        if depth > MOST_DEPTH:
            raise UnreadableError(line, "lists and entries are nested too deeply: flatten them")
        if isinstance(event, yaml.MappingStartEvent):
            return Branch(line, self.entries(depth))
        if isinstance(event, yaml.SequenceStartEvent):
            return Row(line, tuple(self.row(depth)))
        return Leaf(line, event.value, quoted=event.style not in PLAIN_STYLES)

    def row(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            yield self.node(event, depth + 1)

    def entries(self, depth: int) -> dict[str, Node]:
        found: dict[str, Node] = {}
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            line = event.start_mark.line + 1
            if not isinstance(event, yaml.ScalarEvent):
                raise UnreadableError(line, "a key must be one word or phrase: rewrite this line")
            if event.value in found:
                self.twice.append((line, event.value))
            found[event.value] = self.node(self.next(), depth + 1)
        return found


def grow(raw: bytes) -> tuple[Node, list[tuple[int, str]]]:
    """The tree, and every key that stands twice, with its line."""
    text = readable(raw)
    try:
        planter = Planter(yaml.parse(text, Loader=FAST_LOADER))
        first = planter.next()
        while isinstance(first, (*PLAIN_EVENTS, yaml.DocumentStartEvent)):
            if isinstance(first, yaml.StreamEndEvent):
                raise UnreadableError(1, "the file is empty: write an instrument")
            first = planter.next()
        root = planter.node(first, 1)
        if any(not isinstance(planter.next(), PLAIN_EVENTS) for _ in range(2)):
            raise UnreadableError(1, "the file holds more than one document: keep one")
        return root, planter.twice
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise UnreadableError(line, f"this is not YAML ({error.problem}): mend it") from error
    except yaml.YAMLError as error:
        says = "the file holds characters YAML does not allow: remove them"
        raise UnreadableError(1, says) from error


def readable(raw: bytes) -> str:
    if len(raw) > MOST_BYTES:
        raise UnreadableError(1, f"the file is over {MOST_BYTES:,} bytes: shorten it")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise UnreadableError(line, "the file is not UTF-8 text: save it as UTF-8") from error
