from __future__ import annotations

from datetime import UTC, datetime

import pytest

from readiness.accounts.db import groups
from readiness.core.audit import Event
from readiness.core.errors import ChangedMeanwhile
from readiness.core.people import Group
from readiness.core.periods import Period
from readiness.counts.db import quality
from readiness.counts.models import PeriodState, PeriodStatus, Revision
from readiness.counts.quality.models import (
    DemographicCell,
    DemographicField,
    DemographicSource,
    DemographicStatus,
    MeasureCell,
    MeasurePart,
    SampleCell,
)
from readiness.counts.strata import Stratum, StratumType


@pytest.fixture
def store(empty_store):
    return empty_store


AT = datetime(2026, 10, 5, tzinfo=UTC)
Q3 = Period(2026, 3)
ASIAN = Stratum(StratumType.RACE, "asian")
CELLS = (
    MeasureCell("COL", MeasurePart.NUMERATOR),
    MeasureCell("COL", MeasurePart.DENOMINATOR, ASIAN),
    MeasureCell("COL", MeasurePart.DENOMINATOR, ASIAN, is_estimated=True),
    DemographicCell(
        DemographicField.RACE, DemographicStatus.KNOWN, DemographicSource.SELF_REPORT, "north"
    ),
    DemographicCell(DemographicField.RACE, DemographicStatus.DECLINED),
    SampleCell("white", "hispanic"),
)
EVENT = Event(AT, "cara", "entered quality counts", "quality", "2026-Q3", group_id="elm")


@pytest.fixture
def elm(store):
    groups.add(store, Group("elm", "Elm"), AT)
    return store


def put(store, cell, revision, value):
    quality.save(store, "elm", Q3, [Revision(cell, revision, value, "cara", AT)], EVENT)


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.key)
def test_a_count_of_every_kind_comes_back_as_it_was_saved(elm, cell):
    put(elm, cell, 1, 12)
    assert quality.of_group(elm, "elm")[Q3].known == {cell: 12}
    assert quality.history(elm, "elm", Q3) == {cell: [Revision(cell, 1, 12, "cara", AT)]}


def test_cells_that_differ_in_one_thing_do_not_meet(elm):
    for value, cell in enumerate(CELLS):
        put(elm, cell, 1, value)
    assert quality.of_group(elm, "elm")[Q3].known == {cell: n for n, cell in enumerate(CELLS)}


def test_a_count_that_was_taken_back_is_not_known_and_not_forgotten(elm):
    put(elm, CELLS[0], 1, 12)
    put(elm, CELLS[0], 2, None)
    assert quality.of_group(elm, "elm") == {}
    assert len(quality.history(elm, "elm", Q3)[CELLS[0]]) == 2


def test_who_saves_second_is_told_and_nothing_is_written(elm):
    put(elm, CELLS[0], 1, 12)
    with pytest.raises(ChangedMeanwhile):
        quality.save(
            elm,
            "elm",
            Q3,
            [Revision(CELLS[1], 1, 40, "dan", AT), Revision(CELLS[0], 1, 13, "dan", AT)],
            EVENT,
        )
    assert quality.of_group(elm, "elm")[Q3].known == {CELLS[0]: 12}


def test_a_period_moves_on_only_from_the_state_that_was_read(elm):
    quality.set_state(elm, "elm", Q3, PeriodState.COMPLETE, 0, EVENT, "race_omb2024.white")
    line = PeriodStatus(PeriodState.COMPLETE, 1, "race_omb2024.white")
    assert quality.status(elm, "elm", Q3) == line
    assert quality.statuses(elm, "elm") == {Q3: line}
    with pytest.raises(ChangedMeanwhile):
        quality.set_state(elm, "elm", Q3, PeriodState.OPEN, 0, EVENT)


def test_a_pair_needs_both_numbers(elm):
    put(elm, MeasureCell("COL", MeasurePart.DENOMINATOR, ASIAN), 1, 40)
    known = quality.of_group(elm, "elm")[Q3]
    assert known.pair("COL", ASIAN) is None
    put(elm, MeasureCell("COL", MeasurePart.NUMERATOR, ASIAN), 1, 30)
    known = quality.of_group(elm, "elm")[Q3]
    assert known.pair("COL", ASIAN) == (30, 40)
    assert known.strata("COL", StratumType.RACE) == (ASIAN,)
