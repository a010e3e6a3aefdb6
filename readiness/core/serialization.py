"""Frozen dataclasses as plain JSON and back, by the types that their fields declare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

Value = TypeVar("Value")
EXACT = (Decimal, Fraction)  # written as texts: a JSON number would lose digits


def plain(value: object) -> Any:
    """
    >>> plain((Fraction(1, 3), frozenset({"b", "a"})))
    ['1/3', ['a', 'b']]
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, EXACT):
        return str(value)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        if any(isinstance(key, tuple) for key in value):
            return [[plain(key), plain(each)] for key, each in value.items()]
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, frozenset):
        return sorted((plain(each) for each in value), key=str)
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    return value


def of(kind: type[Value], found: Any) -> Value:
    """What `plain` made of a value of that type."""
    return cast(Value, grown(kind, found))


def grown(kind: Any, found: Any) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        if found is None:
            return None
        (only,) = (each for each in inner if each is not NoneType)
        return grown(only, found)
    if origin is tuple:
        kinds = [inner[0]] * len(found) if inner[-1] is Ellipsis else inner
        return tuple(grown(k, each) for k, each in zip(kinds, found, strict=True))
    if origin is frozenset:
        return frozenset(grown(inner[0], each) for each in found)
    if origin is not None and issubclass(origin, Mapping):
        pairs = found.items() if isinstance(found, Mapping) else found
        return {grown(inner[0], key): grown(inner[1], each) for key, each in pairs}
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return cast(Any, kind)(**{name: grown(hints[name], each) for name, each in found.items()})
    if isinstance(kind, type) and issubclass(kind, (*EXACT, StrEnum)):
        return kind(found)
    return float(found) if kind is float else found
