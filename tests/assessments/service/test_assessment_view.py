"""An assessment keeps the questions it was begun with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from readiness.assessments.models import Assessment, AssessmentStatus
from readiness.assessments.service import assessment_view
from readiness.core.errors import BadInput, WrongState
from readiness.instruments import loader as instruments
from tests.factories.second_version import write_second_version


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Path]:
    write_second_version(tmp_path)
    instruments.use_folders([tmp_path])
    yield tmp_path / "qmer" / "2027.1.yaml"
    instruments.use_folders([])


def an_assessment(sha256: str) -> Assessment:
    return Assessment(
        id="a1",
        group_id="elm",
        instrument_id="qmer",
        version="2027.1",
        instrument_sha256=sha256,
        title="2027",
        status=AssessmentStatus.IN_PROGRESS,
        created_at=datetime(2027, 1, 15, tzinfo=UTC),
    )


def test_both_versions_stand_side_by_side(second: Path) -> None:
    begun = an_assessment(instruments.load("qmer", "2027.1").sha256)
    assert assessment_view.instrument_of(begun).version == "2027.1"
    assert instruments.load("qmer", "2026.1").version == "2026.1"


def test_a_file_changed_after_it_was_answered_is_refused(second: Path) -> None:
    begun = an_assessment(instruments.load("qmer", "2027.1").sha256)
    second.write_text(second.read_text() + "# changed\n")
    with pytest.raises(WrongState, match="was changed after this assessment"):
        assessment_view.instrument_of(begun)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such folder"):
        instruments.use_folders([tmp_path / "nowhere"])
