"""What a page of the questionnaire sends: fields named after their item, or JSON for one item."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, NoReturn

from flask import Request
from werkzeug.datastructures import MultiDict

from readiness.assessments.saving import SentAnswer
from readiness.core.errors import BadInput
from readiness.instruments.models import Domain

NAME = re.compile(r"(?P<item>[A-Z]+-\d{1,3})\.(?P<part>choice|reason|note|base|confirm)")
BESIDE = frozenset({"csrf_token", "go"})
WHOLE = re.compile(r"\d{1,6}", re.ASCII)
LARGEST_JSON = 64 * 1024  # bytes; a note of 1,000 characters needs far less
PARTS: dict[str, type] = {
    "choice": str,
    "reason": str,
    "note": str,
    "base": int,
    "confirm": bool,
}
STRANGE = "This page sent something we do not know. Reload it and try again."


def page_of(form: MultiDict[str, str], domain: Domain) -> tuple[SentAnswer, ...]:
    """Every item of the domain as it was sent; anything else is refused as a whole."""
    asked = {item.id for item in domain.items}
    parts: dict[str, dict[str, str]] = {}
    for name, values in form.lists():
        if name in BESIDE:
            continue
        found = NAME.fullmatch(name)
        if found is None or found["item"] not in asked or len(values) != 1:
            raise BadInput(STRANGE)
        parts.setdefault(found["item"], {})[found["part"]] = values[0]
    return tuple(sent_of(item_id, each) for item_id, each in parts.items())


def sent_of(item_id: str, parts: dict[str, str]) -> SentAnswer:
    base = parts.get("base", "0")
    if not WHOLE.fullmatch(base):
        raise BadInput(STRANGE)
    return SentAnswer(
        item_id,
        parts.get("choice", ""),
        parts.get("reason", ""),
        parts.get("note", ""),
        int(base),
        confirms=parts.get("confirm") == "yes",
    )


def item_of(request: Request, item_id: str) -> SentAnswer:
    """One item as JSON: known names only, each of its own type, said once."""
    body = object_of(request)
    for name, value in body.items():
        if name not in PARTS or type(value) is not PARTS[name]:  # a bool is no int here
            raise BadInput(STRANGE)
    return SentAnswer(
        item_id,
        body.get("choice", ""),
        body.get("reason", ""),
        body.get("note", ""),
        body.get("base", 0),
        confirms=body.get("confirm", False),
    )


def object_of(request: Request) -> dict[str, Any]:
    if request.content_length is None or request.content_length > LARGEST_JSON:
        raise BadInput("This is too much text for one item. Shorten it and save again.")
    try:
        body = json.loads(
            request.get_data().decode("utf-8"),
            object_pairs_hook=said_once,
            parse_constant=no_number,
            parse_float=no_number,
        )
    except (ValueError, RecursionError) as error:
        raise BadInput(STRANGE) from error
    if not isinstance(body, dict):
        raise BadInput(STRANGE)
    return body


def said_once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name!r} is said twice")
        found[name] = value
    return found


def no_number(text: str) -> NoReturn:
    raise ValueError(f"{text[:20]!r} is not a whole number")
