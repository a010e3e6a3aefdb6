"""How many units of something a group needs, such as `clinicians_fte / 40`.

The grammar is numbers, context keys, + - * / and brackets. Exact, and unknown when a key is.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

MOST_CHARACTERS = 200  # longer is never meant, and could be meant badly

STEPS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


@dataclass(frozen=True)
class Quantity:
    """A parsed quantity. Equal text is an equal quantity."""

    text: str

    @property
    def keys(self) -> frozenset[str]:
        """The context keys it reads."""
        return frozenset(
            node.id for node in ast.walk(parse(self.text)) if isinstance(node, ast.Name)
        )

    def units(self, context: Mapping[str, Any]) -> Fraction | None:
        """The number, or None when something it needs is not known.

        >>> Quantity("clinicians_fte / 40").units({"clinicians_fte": 10})
        Fraction(1, 4)
        >>> Quantity("sites").units({}) is None
        True
        """
        return evaluate(parse(self.text), context)


def parse_quantity(text: str) -> Quantity:
    """Parse, or raise ValueError with a sentence."""
    check_syntax(parse(text))
    return Quantity(text)


def parse(text: str) -> ast.expr:
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"a quantity may not be longer than {MOST_CHARACTERS} characters")
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"{text!r} is not a quantity: write one like sites * 2") from error


def check_syntax(node: ast.expr) -> None:
    """Refuse whatever is outside the grammar."""
    match node:
        case ast.BinOp(left=left, op=op, right=right) if type(op) in STEPS:
            check_syntax(left)
            check_syntax(right)
        case ast.Name():
            pass
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            pass
        case _:
            raise ValueError(f"a quantity may not contain {ast.unparse(node)!r}")


def evaluate(node: ast.expr, context: Mapping[str, Any]) -> Fraction | None:
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            first, second = evaluate(left, context), evaluate(right, context)
            if first is None or second is None or (isinstance(op, ast.Div) and not second):
                return None
            return STEPS[type(op)](first, second)
        case ast.Name(id=key):
            return number(context.get(key))
        case ast.Constant(value=value):
            return number(value)
    raise ValueError(f"a quantity may not contain {ast.unparse(node)!r}")


def number(value: object) -> Fraction | None:
    """Exact, as a person wrote it: 0.1 is a tenth. Whatever is not a number is unknown."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return Fraction(str(value))
    except ValueError:  # infinity, or not a number
        return None
