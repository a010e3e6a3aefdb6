"""The quality measures, read from `quality/<version>.yaml`; a file of one's own reads the same."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from readiness.core.periods import period
from readiness.counts.measures.catalogue import Direction, Status
from readiness.counts.measures.loader import QUARTER, newest, sealed, written_in
from readiness.counts.measures.quality_measure import QualityMeasure, QualitySet
from readiness.instruments.file_format import DAY, ID, NAME, VERSION
from readiness.instruments.file_shapes import TEXT, Maybe, record, rows, word
from readiness.instruments.seals import seal_of

AGES = ("adult", "pediatric")
SET = record(
    {
        "id": NAME,
        "version": VERSION,
        "title": TEXT,
        "status": word(("draft", "published")),
        "published_on": DAY,
        "measures": rows(
            record(
                {
                    "id": ID,
                    "title": TEXT,
                    "steward": TEXT,
                    "specification": TEXT,
                    "direction": word((Direction.HIGHER, Direction.LOWER)),
                    "ages": word(AGES),
                    "status": word(Status),
                    "numerator": TEXT,
                    "denominator": TEXT,
                    "until": Maybe(QUARTER),
                    "note": Maybe(TEXT, otherwise=""),
                }
            ),
            least=1,
        ),
    }
)


@cache
def load(version: str | None = None) -> QualitySet:
    """One version of the quality measures; without a version, the latest."""
    return read(sealed(newest("quality", version)))


def read(raw: bytes) -> QualitySet:
    written = written_in(raw, SET)
    return QualitySet(
        id=written["id"],
        version=written["version"],
        title=written["title"],
        published_on=date.fromisoformat(written["published_on"]),
        measures=tuple(map(measure_of, written["measures"])),
        sha256=seal_of(raw),
    )


def measure_of(written: dict[str, Any]) -> QualityMeasure:
    return QualityMeasure(
        **{
            **written,
            "direction": Direction(written["direction"]),
            "status": Status(written["status"]),
            "until": period(written["until"]) if written["until"] else None,
        }
    )
