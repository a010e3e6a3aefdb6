"""Conditions over a group's context and answers, such as `sites == 1`.

An instrument states when "not applicable" is allowed as an expression, so that a program and a
person read the same rule. The grammar is a small part of Python's: names of context keys, numbers,
strings, `true` and `false`, comparisons, `and`, `or`, `not`, and `level("REAL-5")` for the level
answered on an item. What is not known is unknown, never false: the logic has three values (Kleene).
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
WORDS = {"true": True, "false": False}


@dataclass(frozen=True)
class Condition:
    """A parsed condition. Equal text is an equal condition."""

    text: str

    @property
    def keys(self) -> frozenset[str]:
        """The context keys it reads."""
        names = {node.id for node in ast.walk(parse(self.text)) if isinstance(node, ast.Name)}
        return frozenset(names - {"level"} - WORDS.keys())

    @property
    def item_ids(self) -> frozenset[str]:
        """The items whose level it reads."""
        return frozenset(
            item_of(node) for node in ast.walk(parse(self.text)) if isinstance(node, ast.Call)
        )

    def holds(self, context: Mapping[str, Any], levels: Mapping[str, int]) -> bool | None:
        """True, False, or None when something it needs is not known.

        >>> Condition("sites == 1").holds({"sites": 1}, {})
        True
        >>> Condition('sites == 1 and level("REAL-5") >= 3').holds({"sites": 2}, {})
        False
        >>> Condition('sites == 1 and level("REAL-5") >= 3').holds({"sites": 1}, {}) is None
        True
        """
        answer = evaluate(parse(self.text).body, context, levels)
        return None if answer is None else bool(answer)


def parse_condition(text: str) -> Condition:
    """Parse, or raise ValueError with a sentence."""
    check_syntax(parse(text).body)
    return Condition(text)


def parse(text: str) -> ast.Expression:
    try:
        return ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError) as error:
        raise ValueError(f"{text!r} is not a condition: write one like sites == 1") from error


def check_syntax(node: ast.expr) -> None:
    """Refuse whatever is outside the grammar."""
    match node:
        case ast.BoolOp(values=values):
            for value in values:
                check_syntax(value)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            check_syntax(operand)
        case ast.Compare(left=left, ops=ops, comparators=comparators) if all(
            type(op) in COMPARISONS for op in ops
        ):
            for part in (left, *comparators):
                check_syntax(part)
        case ast.Call():
            item_of(node)
        case ast.Name() | ast.Constant(value=bool() | int() | float() | str()):
            pass
        case _:
            raise ValueError(f"a condition may not contain {ast.unparse(node)!r}")


def item_of(call: ast.Call) -> str:
    match call:
        case ast.Call(func=ast.Name("level"), args=[ast.Constant(value=str(item))], keywords=[]):
            return item
    raise ValueError(f'a condition may not contain {ast.unparse(call)!r}: write level("ITEM-1")')


def evaluate(node: ast.expr, context: Mapping[str, Any], levels: Mapping[str, int]) -> Any:
    """The value of a part; None is unknown."""
    match node:
        case ast.BoolOp(op=op, values=values):
            parts = [evaluate(value, context, levels) for value in values]
            decisive = isinstance(op, ast.Or)  # True decides an "or", False an "and"
            if any(part is not None and bool(part) == decisive for part in parts):
                return decisive
            return None if None in parts else not decisive
        case ast.UnaryOp(operand=operand):
            value = evaluate(operand, context, levels)
            return None if value is None else not value
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            sides = [evaluate(part, context, levels) for part in (left, *comparators)]
            return compare(sides, ops)
        case ast.Call():
            return levels.get(item_of(node))
        case ast.Name(id=name):
            return WORDS[name] if name in WORDS else context.get(name)
        case ast.Constant(value=value):
            return value
    raise ValueError(f"a condition may not contain {ast.unparse(node)!r}")


def compare(sides: list[Any], ops: list[ast.cmpop]) -> bool | None:
    if None in sides:
        return None
    try:
        return all(
            COMPARISONS[type(op)](left, right)
            for op, left, right in zip(ops, sides, sides[1:], strict=False)
        )
    except TypeError:  # a text where a number is due: nobody knows
        return None
