from __future__ import annotations

import pytest

from readiness.core.errors import BadInput, NotFound
from readiness.counts.measures import loader as measures
from readiness.counts.measures.models import MeasureStatus
from readiness.instruments.seals import seal_of, seals_in

SHIPPED = measures.FOLDER / "social-risk" / "2026.1.yaml"


def test_every_shipped_version_still_has_the_hash_it_was_published_with():
    files = {p.relative_to(measures.FOLDER).as_posix(): p for p in measures.FOLDER.glob("*/*.yaml")}
    assert {name: seal_of(path.read_bytes()) for name, path in files.items()} == seals_in(
        measures.FOLDER
    )


def test_a_measure_of_a_program_is_never_said_to_be_that_measure():
    for each in measures.load().measures:
        assert not each.aligned_with or each.sources
        assert "meets" not in (each.title + each.note + each.aligned_with).casefold()


def test_what_a_program_has_removed_is_marked_with_where_that_is_written():
    status = {each.id: each for each in measures.load().measures}
    assert status["all-five-screened"].status is MeasureStatus.REMOVED
    assert status["service-contact-60d"].status is MeasureStatus.HISTORICAL
    assert all(source.on.year >= 2025 for source in status["all-five-screened"].sources)


def test_every_problem_of_a_file_is_told_at_once():
    text = SHIPPED.read_text(encoding="utf-8")
    text = text.replace("id: need-found", "id: screened").replace("step: eligible", "step: seen", 1)
    with pytest.raises(BadInput) as told:
        measures.read(text.encode())
    assert len(told.value.problems) == 2


def test_a_version_that_does_not_exist_is_not_found():
    with pytest.raises(NotFound):
        measures.load("social-risk", "1999.1")
