"""What tests of a payer's portfolio share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace

import pytest

from readiness.core.pdf.printer import MANY, Printer
from readiness.portfolio.service import bulk_pdf
from tests.factories.waiting import PATIENCE


@pytest.fixture(scope="session")
def bulk_printer() -> Iterator[Printer]:
    with Printer(replace(MANY, seconds=PATIENCE)) as shared:
        yield shared


@pytest.fixture(scope="module", autouse=True)
def print_all_with_one(bulk_printer: Printer) -> Iterator[None]:
    """A ZIP begins with two processes that load the engine, and ends them: once will do here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk_pdf, "Printer", lambda _: nullcontext(bulk_printer))
        yield
