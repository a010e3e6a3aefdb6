"""A YAML file as plain dictionaries, lists and texts, each of which remembers its line.

Only what a person would write by hand: no anchors, aliases, tags or second documents, no key twice,
nothing deep or huge. So a hostile file can cost little time and can build no object.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

MOST_BYTES = 2_000_000
MOST_DEPTH = 12
MOST_PARTS = 100_000

FAST_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

PLAIN_STYLES = (None, "")  # the two loaders differ
PLAIN_EVENTS = (yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentEndEvent)


class Scalar(str):
    """One value as it is written: whether 12 is a number is for the field that it is read for."""

    line: int
    quoted: bool  # a quoted "12" is a text, never a number

    def __new__(cls, written: str, line: int, quoted: bool) -> Scalar:
        made = super().__new__(cls, written)
        made.line, made.quoted = line, quoted
        return made


class Sequence(list[Any]):
    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


class Entries(dict[str, Any]):
    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


class UnreadableError(Exception):
    """The file is not one that this program reads at all."""

    def __init__(self, line: int, says: str) -> None:
        self.line = line
        self.says = says
        super().__init__(says)


@dataclass
class Parser:
    """Builds values from a stream of events, noting keys written twice."""

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

    def value(self, event: Any, depth: int) -> Any:
        line = event.start_mark.line + 1
        if depth > MOST_DEPTH:
            raise UnreadableError(line, "lists and entries are nested too deeply: flatten them")
        if isinstance(event, yaml.MappingStartEvent):
            return self.entries(line, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(line, depth)
        return Scalar(event.value, line, event.style not in PLAIN_STYLES)

    def sequence(self, line: int, depth: int) -> Sequence:
        found = Sequence(line)
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            found.append(self.value(event, depth + 1))
        return found

    def entries(self, line: int, depth: int) -> Entries:
        found = Entries(line)
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            line = event.start_mark.line + 1
            if not isinstance(event, yaml.ScalarEvent):
                raise UnreadableError(line, "a key must be one word or phrase: rewrite this line")
            if event.value in found:
                self.twice.append((line, event.value))
            found[event.value] = self.value(self.next(), depth + 1)
        return found


def parse(raw: bytes) -> tuple[Any, list[tuple[int, str]]]:
    """The values, and every key that stands twice, with its line."""
    text = decode(raw)
    try:
        parser = Parser(yaml.parse(text, Loader=FAST_LOADER))
        first = parser.next()
        while isinstance(first, (*PLAIN_EVENTS, yaml.DocumentStartEvent)):
            if isinstance(first, yaml.StreamEndEvent):
                raise UnreadableError(1, "the file is empty: write an instrument")
            first = parser.next()
        root = parser.value(first, 1)
        if any(not isinstance(parser.next(), PLAIN_EVENTS) for _ in range(2)):
            raise UnreadableError(1, "the file holds more than one document: keep one")
        return root, parser.twice
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise UnreadableError(line, f"this is not YAML ({error.problem}): mend it") from error
    except yaml.YAMLError as error:
        says = "the file holds characters YAML does not allow: remove them"
        raise UnreadableError(1, says) from error
    except RecursionError as error:
        raise UnreadableError(1, "the file is nested too deeply: flatten it") from error


def decode(raw: bytes) -> str:
    if len(raw) > MOST_BYTES:
        raise UnreadableError(1, f"the file is over {MOST_BYTES:,} bytes: shorten it")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise UnreadableError(line, "the file is not UTF-8 text: save it as UTF-8") from error
