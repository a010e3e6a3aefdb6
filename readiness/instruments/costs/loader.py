"""Cost books: `<instrument>/<version>.yaml` beside this file, sealed like the instruments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from readiness.core.errors import BadInput, NotFound, Problem
from readiness.instruments.costs.models import CostBook, CostNote
from readiness.instruments.file_format import DAY, ID, NAME, SHARE, SOME_TEXTS, VERSION
from readiness.instruments.file_shapes import TEXT, Findings, number, place, record, rows
from readiness.instruments.file_shapes import Path as Place
from readiness.instruments.seals import broken_seal, seal_of
from readiness.instruments.yaml_tree import UnreadableError, grow

FOLDER = Path(__file__).parent
MOST_DAYS = 10_000  # of one unit in one year

AMOUNT = number(0, MOST_DAYS)
BOOK = record(
    {
        "id": NAME,
        "version": VERSION,
        "published_on": DAY,
        "notes": rows(
            record(
                {
                    "id": ID,
                    "one_off_share": SHARE,
                    "people_days": record({"low": AMOUNT, "likely": AMOUNT, "high": AMOUNT}),
                    "acts": TEXT,
                    "may_pay": SOME_TEXTS,
                    "pays_after": TEXT,
                    "source": TEXT,
                    "as_of": DAY,
                    "status": TEXT,
                }
            ),
            least=1,
        ),
    }
)


@cache
def load(instrument_id: str = "qmer", version: str | None = None) -> CostBook:
    """One version of an instrument's cost book; without a version, the latest."""
    path = newest(instrument_id, version)
    raw = path.read_bytes()
    if reason := broken_seal(FOLDER, path, raw, needed=True):
        raise BadInput(reason)
    return read(raw)


def newest(instrument_id: str, version: str | None) -> Path:
    paths = {path.stem: path for path in (FOLDER / instrument_id).glob("*.yaml")}
    if not paths or version not in (None, *paths):
        raise NotFound(
            f"There is no cost book for {instrument_id!r} in version {version!r}: choose another."
        )
    return paths[version or max(paths, key=lambda each: tuple(map(int, each.split("."))))]


def read(raw: bytes) -> CostBook:
    """The book in a file, or BadInput with everything that is wrong with it."""
    try:
        root, twice = grow(raw)
    except UnreadableError as error:
        raise BadInput([Problem(place(error.line), error.says)]) from error
    findings = Findings()
    written: dict[str, Any] = BOOK(root, (), findings)
    findings.found.extend([each for each in contradictions(written) if not findings.about(each[0])])
    doubled = [
        Problem(place(line), f"{key[:60]!r} stands here a second time: keep one")
        for line, key in twice
    ]
    if problems := [*doubled, *findings.problems()]:
        raise BadInput(problems)
    notes = tuple(map(note_of, written["notes"]))
    return CostBook(written["id"], written["version"], notes, seal_of(raw))


def contradictions(written: dict[str, Any]) -> Iterator[tuple[Place, str]]:
    times = Counter(each["id"] for each in written["notes"])
    for own in (own for own, count in times.items() if count > 1):
        yield ("notes", own), "this id is used twice: write one note for each intervention"
    for each in written["notes"]:
        if not is_rising(each["people_days"]):
            at = ("notes", each["id"], "people_days")
            yield at, "low, likely and high do not rise: put them in order"
        if not is_day(each["as_of"]):
            yield ("notes", each["id"], "as_of"), "there is no such day: mend it"


def is_rising(days: dict[str, Any]) -> bool:
    return bool(days["low"] <= days["likely"] <= days["high"])


def is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def note_of(written: dict[str, Any]) -> CostNote:
    days = written["people_days"]
    return CostNote(
        intervention_id=written["id"],
        one_off_share=written["one_off_share"],
        people_days=(days["low"], days["likely"], days["high"]),
        acts=written["acts"],
        may_pay=written["may_pay"],
        pays_after=written["pays_after"],
        source=written["source"],
        as_of=date.fromisoformat(written["as_of"]),
        status=written["status"],
    )
