"""JSON from strangers, read strictly: no key twice, no NaN, nothing huge, deep or broken."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from readiness.core.errors import BadInput, Problem

DEEPEST = 12
LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def parse_object(raw: bytes, most_bytes: int, holds: str) -> dict[str, Any]:
    """One object in UTF-8. `holds` ends sentences: "send one assessment"."""
    if len(raw) > most_bytes:
        raise BadInput(f"The file is larger than {most_bytes:,} bytes: send one {holds}.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("The file is not UTF-8 text: save it as UTF-8.") from error
    try:
        found = json.loads(
            text,
            object_pairs_hook=refuse_duplicate_keys,
            parse_constant=refuse_constant,
            parse_float=finite_float,
        )
    except json.JSONDecodeError as error:
        says = f"This is not JSON ({error.msg}): mend it, then send it again."
        raise BadInput([Problem(f"line {error.lineno}", says)]) from error
    except RecursionError as error:
        raise BadInput(f"The file is nested too deeply: send one {holds}.") from error
    except ValueError as error:  # a whole number of thousands of digits
        raise BadInput("The file has a number that is too long: shorten it.") from error
    check_depth(found, holds)
    if not isinstance(found, dict):
        raise BadInput(f"The file must hold one object, one {holds}: begin it with {{.")
    return found


def refuse_duplicate_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise BadInput(f"The key {excerpt(twice)} stands twice in one object: keep one of them.")
    return found


def refuse_constant(name: str) -> NoReturn:
    raise BadInput(f"{name} is not a JSON number: leave the value out.")


def finite_float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise BadInput(f"The number {text[:40]} is too large: correct it.")
    return value


def check_depth(found: Any, holds: str) -> None:
    """Also refuses half characters (lone surrogates), which could not be written anywhere."""
    layer, depth = [found], 0
    while layer:
        if depth > DEEPEST:
            raise BadInput(f"The file is nested too deeply: send one {holds}.")
        texts = [
            text
            for each in layer
            for text in (each.keys() if isinstance(each, dict) else [each])
            if isinstance(text, str)
        ]
        if any(has_lone_surrogate(text) for text in texts):
            raise BadInput("The file has half a character (a lone surrogate): remove it.")
        layer = [part for each in layer for part in parts_of(each)]
        depth += 1


def parts_of(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def has_lone_surrogate(text: str) -> bool:
    return not text.isascii() and LONE_SURROGATE.search(text) is not None


def excerpt(value: Any) -> str:
    """A stranger's value in a sentence: quoted, short, and on one line."""
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= 60 else text[:57] + "..."
