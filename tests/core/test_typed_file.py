from __future__ import annotations

from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Literal

import pytest
from msgspec import Meta, Struct

from readiness.core import typed_file, yaml_file
from readiness.core.typed_file import Id, Share


class Color(StrEnum):
    RED = "red"
    BLUE = "blue"


class Inner(Struct, frozen=True):
    id: Id
    share: Share | None = None


class Whole(Struct, frozen=True, kw_only=True):
    name: Annotated[str, Meta(max_length=5)]
    count: Annotated[int, Meta(ge=1, le=20_000)]
    on: date
    color: Color
    side: Literal["left", "right"] = "left"
    rows: Annotated[tuple[Inner, ...], Meta(min_length=1)]
    by_color: dict[Color, bool]
    words: frozenset[str] = frozenset()


GOOD = b"""\
name: a b
count: 3
on: 2026-03-01
color: red
rows: [{id: x, share: 0.1}, {id: y}]
by_color: {red: true, blue: false}
words: [m, n]
"""
VALUE = Whole(
    name="a b",
    count=3,
    on=date(2026, 3, 1),
    color=Color.RED,
    rows=(Inner("x", Fraction(1, 10)), Inner("y")),
    by_color={Color.RED: True, Color.BLUE: False},
    words=frozenset("mn"),
)
AS_JSON = {
    "name": "a b",
    "count": 3,
    "on": "2026-03-01",
    "color": "red",
    "rows": [{"id": "x", "share": 0.1}, {"id": "y", "share": None}],
    "by_color": {"red": True, "blue": False},
    "words": ["m", "n"],
}


def test_yaml_and_json_give_the_same_value():
    for node in (yaml_file.parse(GOOD)[0], AS_JSON):
        found, findings = typed_file.read(Whole, node)
        assert (found, findings.found) == (VALUE, [])


def test_a_value_no_longer_knows_how_it_was_written():
    found, _ = typed_file.read(Whole, yaml_file.parse(GOOD)[0])
    assert {type(found.name), type(found.rows[0].id), *map(type, found.words)} == {str}


@pytest.mark.parametrize(
    ("key", "value", "path", "says"),
    [
        ("name", "", ("name",), 'here stands "": write a text that is not empty'),
        ("name", "abcdef", ("name",), "here stands"),
        ("count", True, ("count",), "here stands true: write a whole number from 1 to 20,000"),
        ("count", 1.5, ("count",), "here stands 1.5"),
        ("count", 20_001, ("count",), "here stands 20001"),
        ("on", "2026-02-30", ("on",), "write a day such as 2026-03-01"),
        ("color", [], ("color",), "here stands a list: write one of red, blue"),
        ("side", "up", ("side",), "write one of left, right"),
        ("rows", [], ("rows",), "the list needs 1 or more: add what is missing"),
        ("rows", [7], ("rows", "[0]"), "write entries named id, share"),
        ("rows", [{"id": "x", "shar": 1}], ("rows", "[0]", "shar"), "write 'share'"),
        ("rows", [{"id": "x", "share": 2}], ("rows", "[0]", "share"), "a number from 0 to 1"),
        ("by_color", {"red": True}, ("by_color", "blue"), "'blue' is missing: add it"),
        ("by_color", {"red": True, "blue": "true"}, ("by_color", "blue"), "write true or false"),
        ("words", None, ("words",), "here stands null: write a list"),
    ],
)
def test_what_does_not_fit_is_named_with_its_path(key, value, path, says):
    _, findings = typed_file.read(Whole, {**AS_JSON, key: value})
    ((where, what),) = findings.found
    assert where == path
    assert says in what


def test_one_reading_finds_everything():
    _, findings = typed_file.read(Whole, yaml_file.parse(b"nam: x\nrows: [{id: 1}]\n")[0])
    assert [(each.place, each.says) for each in findings.problems()] == [
        ("line 1, by_color", "'by_color' is missing: add it"),
        ("line 1, color", "'color' is missing: add it"),
        ("line 1, count", "'count' is missing: add it"),
        ("line 1, nam", "'nam' is not a known name here: write 'name'"),
        ("line 1, name", "'name' is missing: add it"),
        ("line 1, on", "'on' is missing: add it"),
        (
            "line 2, rows › 1 › id",
            "here stands '1': write an id of letters, digits and hyphens",
        ),
    ]
