"""What many groups sent in, read at once, against the same read one by one."""

from __future__ import annotations

import pytest

from readiness.assessments.db import assessments, runs
from readiness.assessments.models import RunKind
from readiness.assessments.scorecard import from_json
from readiness.assessments.service import result, scoring
from tests.factories import plans, postings, world


@pytest.fixture
def store(empty_store):
    return empty_store


@pytest.fixture
def grown(store):
    world.fill(store)
    postings.grown(store)
    return store


def test_every_assessment_that_may_be_read_is_found_with_its_last_submission(grown):
    found = runs.submitted_assessments(grown, postings.NAMES)
    assert [each.assessment_id for each in found if each.group_id == "ash"] == [
        "ash-sent",
        "ash-later",
    ]
    assert "fir" not in {each.group_id for each in found}  # withdrawn
    for each in found:
        (*_, last) = assessments.submissions(grown, each.assessment_id)
        assert each.at == last.at
    assert runs.submitted_assessments(grown, ["oak"]) == ()


def test_a_later_submission_of_the_same_assessment_counts(grown):
    with grown.writing():
        grown.execute(
            "insert into submissions select assessment_id, 2, '2026-05-01T12:00:00+00:00',"
            " author_id, attested_name, statement, 'again', answers_sha256 from submissions"
            " where assessment_id = 'cedar-sent'"
        )
    (cedar,) = runs.submitted_assessments(grown, ["cedar"])
    assert f"{cedar.at:%Y-%m-%d}" == "2026-05-01"


def test_of_many_runs_the_newest_of_each_kind_says_what_its_whole_says(grown):
    made = assessments.get(grown, "ash-later")
    plans.score(grown, made, plans.answers_at(3), world.NOW, "newer", RunKind.CLAIMED)
    sent = [
        each.assessment_id for each in runs.submitted_assessments(grown, ["ash", "cedar", "elm"])
    ]
    found = runs.run_outcomes(grown, sent)
    assert set(found) == set(sent)
    for assessment_id, by_kind in found.items():
        one = assessments.get(grown, assessment_id)
        whole = scoring.effective_run(grown, one)
        light = scoring.effective_of(one.status, by_kind)
        assert whole is not None
        assert light is not None
        run = from_json(whole.result)
        assert (light.kind, light.tier_id, light.provisional) == (
            whole.kind,
            run.tier_id,
            run.provisional,
        )
        assert light.axes == {k: result.low(run, k) for k in run.axes}
        assert light.gates == tuple(gate.met for gate in run.gates)
