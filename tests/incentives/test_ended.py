"""A group that stops sharing is in no run any more: not on pages, not in files, not done again."""

from __future__ import annotations

import threading

import pytest
from msgspec import structs

from readiness.accounts.db import people
from readiness.core.db import Session
from readiness.core.errors import WrongState
from readiness.core.jobs import db as jobs
from readiness.core.jobs.models import JobState
from readiness.core.jobs.service import Runner
from readiness.equity.service.readable import ENDED_MEANWHILE
from readiness.incentives import db as laboratory
from readiness.incentives.models import GroupLeftOut
from readiness.incentives.service import runs
from tests.factories import incentive_runs, portfolio
from tests.factories.page import Page
from tests.factories.waiting import PATIENCE, until
from tests.factories.world import NOW

HERE = "/payers/fair/laboratory"
FILES = ("laboratory.pdf", "laboratory.xlsx", "laboratory.json")


@pytest.fixture
def kept(store):
    incentive_runs.keep(store, incentive_runs.done(incentive_runs.a_run()))
    return store


def end(store, group_id):
    portfolio.change(
        store, "update grants set revoked_at = ? where group_id = ?", NOW.isoformat(), group_id
    )


def over(store, run_id):
    until(lambda: not ((job := jobs.making(store, run_id)) and job.is_live))
    return jobs.making(store, run_id)


def groups_of(store, run_id):
    return [each["group"] for each in laboratory.get(store, "fair", run_id).numbers["groups"]]


def test_its_page_names_no_such_group_and_shows_no_figure_that_rests_on_it(kept, pam):
    assert "Group 3" in pam.get(f"{HERE}/a-run").text
    end(kept, "g3")
    reply = pam.get(f"{HERE}/a-run")
    page = Page(reply.text)
    assert reply.status_code == 200
    assert "1 group no longer shared: what came of it is withheld." in page.text
    assert "Group 3" not in reply.text
    assert "Group 2" not in reply.text  # the others' lines would tell of it by what is missing
    assert "Withheld: 1 group no longer shared" in Page(pam.get(HERE).text).text


@pytest.mark.parametrize("name", FILES)
def test_no_file_of_it_leaves(kept, pam, name):
    end(kept, "g3")
    reply = pam.get(f"{HERE}/a-run/{name}")
    assert reply.status_code == 409
    assert "no longer shares" in Page(reply.text).text
    assert "Group 3" not in reply.text


def test_it_ends_with_the_last_day_of_a_grant_too(kept, pam):
    portfolio.change(kept, "update grants set expires_on = '2027-01-14' where group_id = 'g3'")
    assert "withheld" in pam.get(f"{HERE}/a-run").text


def test_shared_again_it_is_read_again(kept, pam):
    end(kept, "g3")
    portfolio.change(kept, "update grants set revoked_at = null where group_id = 'g3'")
    assert "Group 3" in pam.get(f"{HERE}/a-run").text


def test_done_again_it_is_tried_on_those_that_still_share(kept, pam):
    end(kept, "g3")
    page = Page(pam.get(f"{HERE}/a-run").text)
    again = pam.post(f"{HERE}/a-run/again", data=page.values(f"{HERE}/a-run/again"))
    run_id = again.location.rsplit("/", 1)[-1]
    assert over(kept, run_id).state is JobState.DONE
    assert groups_of(kept, run_id) == ["g1", "g2", "g4", "g5", "g6"]
    shown = Page(pam.get(again.location).text)
    assert "on those of its groups that still shared" in shown.text
    assert "declared by 6 of 6" not in shown.text
    assert "Group 3" not in shown.text


def test_with_one_group_left_it_is_not_done_again(kept, pam):
    for number in range(2, 7):
        end(kept, f"g{number}")
    actor = people.actor(kept, "pam")
    asked = Session(kept, actor, NOW), "fair", "a-run", Runner(kept.path), lambda: NOW, lambda: "x"
    with pytest.raises(WrongState, match="still share"):
        runs.repeat(*asked)


def test_of_a_group_that_was_left_out_nothing_but_that_there_was_one_stays(store, pam):
    left_out = (
        GroupLeftOut("Elm Physicians", "nothing submitted yet"),  # as it was kept once
        GroupLeftOut("Oak Physicians", "nothing submitted yet", "oak"),
    )
    numbers = structs.replace(incentive_runs.NUMBERS, left_out=left_out)
    incentive_runs.keep(store, incentive_runs.done(incentive_runs.a_run(numbers=numbers)))
    shown = pam.get(f"{HERE}/a-run").text
    assert "Elm Physicians" in shown
    assert "Oak Physicians" not in shown
    assert "No longer shared: 1 group." in Page(shown).text
    end(store, "elm")
    assert "No longer shared: 2 groups." in Page(pam.get(f"{HERE}/a-run").text).text


def test_what_is_worked_out_when_a_group_stops_is_not_kept(kept, monkeypatch):
    """Asked for before it ended, and done after."""
    began, ended = threading.Event(), threading.Event()
    real = runs.outcome_of

    def held(run, on_progress):
        began.set()
        assert ended.wait(PATIENCE)
        return real(run, on_progress)

    monkeypatch.setattr(runs, "outcome_of", held)
    ids = iter(("again", "its job"))
    session = Session(kept, people.actor(kept, "pam"), NOW)
    runs.repeat(session, "fair", "a-run", Runner(kept.path), lambda: NOW, lambda: next(ids))
    assert began.wait(PATIENCE)
    end(kept, "g3")
    ended.set()
    job = over(kept, "again")
    assert (job.state, job.says) == (JobState.FAILED, ENDED_MEANWHILE)
    assert laboratory.get(kept, "fair", "again").outcome is None
