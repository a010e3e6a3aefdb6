"""What a file says that cannot all be true."""

from __future__ import annotations

from collections.abc import Iterator

from readiness.domain.instrument import Instrument
from readiness.instruments.form import Written
from readiness.instruments.shape import Path


def contradictions(written: Written, instrument: Instrument) -> Iterator[tuple[Path, str]]:
    return iter(())
