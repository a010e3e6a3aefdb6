"""A document as HTML: plain templates, values in, text escaped."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from readiness.core.config import ROOT
from readiness.core.formatting import FILTERS, day


def html_of(template: str, values: Mapping[str, object]) -> str:
    """`template` is a path under `templates/`; a value it names and is not given is an error."""
    return environment().get_template(template).render(values)


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(FILTERS, day=day)
    return made
