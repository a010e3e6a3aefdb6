"""Sets of measures: `<id>/<version>.yaml` beside this file, sealed like the instruments."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from readiness.core.errors import BadInput, NotFound
from readiness.core.periods import period
from readiness.counts.measures.models import (
    Direction,
    MeasureSet,
    MeasureSource,
    MeasureStatus,
    MeasureTerm,
    QualityMeasure,
    QualitySet,
    ScreeningMeasure,
)
from readiness.counts.social_risk.models import Need, Step
from readiness.counts.strata import StratumType
from readiness.instruments.file_format import DAY, ID, NAME, VERSION
from readiness.instruments.file_shapes import (
    FLAG,
    TEXT,
    Findings,
    Maybe,
    Shape,
    pattern,
    record,
    rows,
    whole,
    word,
)
from readiness.instruments.seals import broken_seal, seal_of
from readiness.instruments.yaml_tree import UnreadableError, grow

FOLDER = Path(__file__).parent
SOCIAL_RISK = "social-risk"

QUARTER = pattern(r"20[0-9]{2}-Q[1-4]", "a quarter such as 2025-Q4")
TERM = record({"step": word(Step), "of_group": Maybe(FLAG, otherwise=False)})
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
                    "id": NAME,
                    "title": TEXT,
                    "needs": rows(word(Need), least=1),
                    "numerator": TERM,
                    "denominator": TERM,
                    "direction": word(Direction),
                    "status": word(MeasureStatus),
                    "window": TEXT,
                    "lag_quarters": Maybe(whole(0, 8), otherwise=0),
                    "strata": Maybe(rows(word(StratumType)), otherwise=()),
                    "until": Maybe(QUARTER),
                    "aligned_with": Maybe(TEXT, otherwise=""),
                    "note": Maybe(TEXT, otherwise=""),
                    "sources": Maybe(
                        rows(record({"says": TEXT, "from": TEXT, "on": DAY})), otherwise=()
                    ),
                }
            ),
            least=1,
        ),
    }
)


@cache
def load(set_id: str = SOCIAL_RISK, version: str | None = None) -> MeasureSet:
    """One version of a set of measures; without a version, the latest."""
    return read(sealed(newest(set_id, version)))


def newest(set_id: str, version: str | None) -> Path:
    paths = {path.stem: path for path in (FOLDER / set_id).glob("*.yaml")}
    if not paths or version not in (None, *paths):
        raise NotFound(
            f"There is no set of measures {set_id!r} in version {version!r}: choose another."
        )
    return paths[version or max(paths, key=lambda each: tuple(map(int, each.split("."))))]


def sealed(path: Path) -> bytes:
    raw = path.read_bytes()
    if reason := broken_seal(FOLDER, path, raw, needed=True):
        raise BadInput(reason)
    return raw


def read(raw: bytes) -> MeasureSet:
    """A set of measures, or BadInput with everything that is wrong with the file."""
    written = written_in(raw, SET)
    return MeasureSet(
        id=written["id"],
        version=written["version"],
        title=written["title"],
        published_on=date.fromisoformat(written["published_on"]),
        measures=tuple(map(measure_of, written["measures"])),
        sha256=seal_of(raw),
    )


def written_in(raw: bytes, shape: Shape) -> dict[str, Any]:
    """What the file says, in the shape of a set whose measures have an id each."""
    try:
        root, twice = grow(raw)
    except UnreadableError as error:
        raise BadInput(f"line {error.line}: {error.says}") from error
    findings = Findings()
    written: dict[str, Any] = shape(root, (), findings)
    for line, key in twice:
        findings.note((f"line {line}",), f"{key[:60]!r} stands here a second time: keep one")
    for own in repeated(written):
        findings.note(("measures", own), "this id is used twice: give each measure its own")
    if findings.found:
        raise BadInput(findings.problems())
    return written


def repeated(written: dict[str, Any]) -> set[str]:
    ids = [each["id"] for each in written["measures"]]
    return {own for own in ids if ids.count(own) > 1}


def measure_of(written: dict[str, Any]) -> ScreeningMeasure:
    return ScreeningMeasure(
        id=written["id"],
        title=written["title"],
        needs=tuple(map(Need, written["needs"])),
        numerator=term_of(written["numerator"]),
        denominator=term_of(written["denominator"]),
        direction=Direction(written["direction"]),
        status=MeasureStatus(written["status"]),
        window=written["window"],
        lag_quarters=written["lag_quarters"],
        strata=tuple(map(StratumType, written["strata"])),
        until=period(written["until"]) if written["until"] else None,
        aligned_with=written["aligned_with"],
        note=written["note"],
        sources=tuple(
            MeasureSource(each["says"], each["from"], date.fromisoformat(each["on"]))
            for each in written["sources"]
        ),
    )


def term_of(written: dict[str, Any]) -> MeasureTerm:
    return MeasureTerm(Step(written["step"]), written["of_group"])


AGES = ("adult", "pediatric")


QUALITY_SET = record(
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
                    "status": word(MeasureStatus),
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
def load_quality(version: str | None = None) -> QualitySet:
    """One version of the quality measures; without a version, the latest."""
    return read_quality(sealed(newest("quality", version)))


def read_quality(raw: bytes) -> QualitySet:
    written = written_in(raw, QUALITY_SET)
    return QualitySet(
        id=written["id"],
        version=written["version"],
        title=written["title"],
        published_on=date.fromisoformat(written["published_on"]),
        measures=tuple(map(quality_measure_of, written["measures"])),
        sha256=seal_of(raw),
    )


def quality_measure_of(written: dict[str, Any]) -> QualityMeasure:
    return QualityMeasure(
        **{
            **written,
            "direction": Direction(written["direction"]),
            "status": MeasureStatus(written["status"]),
            "until": period(written["until"]) if written["until"] else None,
        }
    )
