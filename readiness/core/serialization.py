"""Frozen dataclasses as plain JSON and back, by the types that their fields declare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar

import msgspec

Value = TypeVar("Value")


def to_json(value: object) -> Any:
    """Dictionaries, lists, texts and numbers; exact numbers as texts, sets and mappings in order.

    >>> to_json((Fraction(1, 3), frozenset({"b", "a"})))
    ('1/3', ['a', 'b'])
    """
    return msgspec.to_builtins(value, str_keys=True, order="deterministic", enc_hook=exact)


def from_json(kind: type[Value], plain: Any) -> Value:
    """What `to_json` made of a value of that type; raises `ValueError` where it does not fit.

    >>> from_json(tuple[Fraction, ...], ["1/3"])
    (Fraction(1, 3),)
    """
    return msgspec.convert(plain, kind, str_keys=True, dec_hook=exact_in)


def to_row(value: Any) -> dict[str, Any]:
    """A dataclass as a row of a table: each field is a column; days and instants are ISO texts."""
    row = {each.name: getattr(value, each.name) for each in fields(value)}
    return {
        name: each.isoformat() if isinstance(each, date) else each for name, each in row.items()
    }


def from_row(kind: type[Value], row: Mapping[str, Any]) -> Value:
    """The dataclass of a row that holds its fields; other columns are left out."""
    return msgspec.convert(row, kind, strict=False, dec_hook=exact_in)


def exact(value: object) -> str:
    if isinstance(value, Fraction | str):  # a kind of text is a text
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def exact_in(kind: type[Any], plain: Any) -> Any:
    if issubclass(kind, Fraction):
        return Fraction(plain)
    raise TypeError(f"{kind.__name__} has no form in JSON")
