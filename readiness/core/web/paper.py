"""The paper a document is asked for on."""

from __future__ import annotations

from flask import (
    request,
)

from readiness.core.errors import BadInput
from readiness.core.pdf.job import Page

PAPERS = {"a4": Page.A4, "letter": Page.LETTER}


NO_SUCH_PAPER = (
    "There is no such paper to print on. Ask for Letter or A4 at the end of the address."
)


def paper() -> Page:
    """US Letter unless another is asked for."""
    found = PAPERS.get(request.args.get("paper", "letter").casefold())
    if found is None:
        raise BadInput(NO_SUCH_PAPER)
    return found
