"""What a page of counts sends: one text for each cell, explanations, and what it had shown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from wtforms import HiddenField, TextAreaField

from readiness.core.web.forms import SafeForm
from readiness.counts.models import PostedCounts

WHY = "why."  # before the key of the finding that is explained
MOST_OF_A_COUNT, MOST_OF_A_TEXT = 60, 2_000  # characters that are read, and shown again
MOST_REVISIONS = 1_000_000_000


class CountsForm(SafeForm):
    """The cells themselves are not listed here: the grid names them."""

    base = HiddenField()
    block = TextAreaField(
        "Paste a block",
        description="Copy cells from a spreadsheet, with or without their headings, and paste "
        "them here. You see them in the table before anything is saved.",
    )


def posted_by(form: CountsForm, fields: Mapping[str, str], keys: Iterable[str]) -> PostedCounts:
    return PostedCounts(
        typed={key: fields[key][:MOST_OF_A_COUNT] for key in keys if key in fields},
        base=revisions_in(form.base.data or ""),
        explanations={
            name.removeprefix(WHY): text[:MOST_OF_A_TEXT]
            for name, text in fields.items()
            if name.startswith(WHY)
        },
    )


def revisions_in(text: str) -> dict[str, int]:
    """What the page had shown, or nothing: then everything typed counts as new, and may clash."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(read, dict):
        return {}
    return {k: n for k, n in read.items() if type(n) is int and 0 < n < MOST_REVISIONS}
