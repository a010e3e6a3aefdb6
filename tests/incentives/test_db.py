from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from readiness.accounts.db import groups
from readiness.core import audit
from readiness.core.audit import Event
from readiness.core.errors import NotFound
from readiness.core.people import Payer
from readiness.core.periods import period
from readiness.incentives import db as laboratory
from readiness.incentives.models import LaboratoryRun, RunSummary


@pytest.fixture
def store(empty_store):
    return empty_store


AT = datetime(2027, 1, 15, 12, tzinfo=UTC)
SOON = AT + timedelta(seconds=9)
ASKED = Event(AT, "pam", "started", "laboratory run", "r1", payer_id="fair")


def a_run(run_id="r1", **changes):
    given = {
        "designs": ({"name": "A"},),
        "settings": {"seed": 7},
        "numbers": {"groups": [], "period": "2026-Q4"},
    }
    return LaboratoryRun(run_id, "fair", "pam", AT, **{**given, **changes})


def of(*group_ids):
    return {"groups": [{"group": each} for each in group_ids], "period": "2026-Q4"}


@pytest.fixture
def fair(store):
    groups.add_payer(store, Payer("fair", "Fair Health"), AT)
    groups.add_payer(store, Payer("far", "Far Health"), AT)
    return store


def test_a_run_is_read_as_it_was_asked_for_and_told_in_the_payer_s_history(fair):
    laboratory.add(fair, a_run(), ASKED)
    assert laboratory.get(fair, "fair", "r1") == a_run()
    assert [each.verb for each in audit.of_payer(fair, "fair")] == ["started"]


def test_what_came_of_it_is_kept_beside_it_once(fair):
    laboratory.add(fair, a_run(), ASKED)
    laboratory.keep(fair, "r1", {"paid": [0.4]}, "numpy 2", SOON)
    found = laboratory.get(fair, "fair", "r1")
    assert (found.outcome, found.engine, found.done_at) == ({"paid": [0.4]}, "numpy 2", SOON)
    with pytest.raises(sqlite3.IntegrityError):
        laboratory.keep(fair, "r1", {"paid": [0.9]}, "numpy 2", SOON)
    assert laboratory.get(fair, "fair", "r1").outcome == {"paid": [0.4]}


def test_another_payer_s_run_is_not_found(fair):
    laboratory.add(fair, a_run(), ASKED)
    with pytest.raises(NotFound):
        laboratory.get(fair, "far", "r1")
    assert laboratory.of_payer(fair, "far") == ()


def test_the_newest_is_listed_first_with_what_a_line_says(fair):
    laboratory.add(fair, a_run(numbers=of("elm")), ASKED)
    laboratory.keep(fair, "r1", {}, "numpy 2", SOON)
    laboratory.add(fair, a_run("r2", numbers=of("elm")), ASKED)
    newest, first = laboratory.of_payer(fair, "fair")
    assert first == RunSummary("r1", AT, "", ("A",), ("elm",), period("2026-Q4"), is_done=True)
    assert (newest.id, newest.is_done) == ("r2", False)


def test_with_a_group_s_records_the_runs_that_rest_on_them_go(fair):
    laboratory.add(fair, a_run(numbers=of("elm", "oak")), ASKED)
    laboratory.keep(fair, "r1", {}, "numpy 2", SOON)
    laboratory.add(fair, a_run("r2", numbers=of("oak")), ASKED)
    laboratory.forget_group(fair, "elm")
    assert [each.id for each in laboratory.of_payer(fair, "fair")] == ["r2"]
    assert list(fair.rows("select * from laboratory_outcomes")) == []
