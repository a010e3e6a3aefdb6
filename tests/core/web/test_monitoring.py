"""What whoever watches over a server is told, and who that may be."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from readiness.core import backup, migrations
from readiness.core.config import Settings
from readiness.core.jobs import db as jobs
from readiness.core.jobs.models import LOST_AFTER, Job, JobState
from readiness.core.sealing import key_path
from tests.factories import world
from tests.factories.page import Page

NOW = world.NOW


def figure(client, name, **headers):
    found = re.search(rf"^{re.escape(name)} (.*)$", client.get("/metrics", **headers).text, re.M)
    return float(found[1]) if found else None


def test_ready_is_what_has_all_that_serving_needs(client):
    assert client.get("/ready").text == "ready\n"
    assert figure(client, "readiness_ready") == 1


def test_not_ready_without_the_key_of_the_history(client, store):
    key_path(store.path).unlink()
    reply = client.get("/ready")
    assert reply.status_code == 503
    assert "history.key is missing" in reply.text
    assert client.get("/health").status_code == 200  # alive all the same
    assert figure(client, "readiness_ready") == 0


def test_not_ready_without_a_database(client, store):
    store.path.unlink()
    reply = client.get("/ready")
    assert (reply.status_code, reply.text.count("The database is missing")) == (503, 1)
    assert client.get("/metrics").status_code == 200  # what is wrong can still be read


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("delete from _sqlite_migrations where rowid = 1", migrations.OLDER),
        ("update _sqlite_migrations set name = 'from_next_year' where rowid = 1", "from_next_year"),
    ],
)
def test_not_ready_with_a_database_of_another_release(client, store, change, says):
    store.db.conn.execute(change)
    reply = client.get("/ready")
    assert reply.status_code == 503
    assert says in reply.text


@pytest.mark.parametrize("address", ["192.0.2.1", "10.0.0.1", "::ffff:192.0.2.1", ""])
def test_no_other_machine_reads_figures(client, address):
    reply = client.get("/metrics", environ_base={"REMOTE_ADDR": address})
    assert reply.status_code == 404


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
def test_nobody_reads_them_through_a_proxy_on_this_machine(client, header):
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 404


@pytest.mark.parametrize(
    ("set_to", "given", "status"),
    [
        ("a long token", "Bearer a long token", 200),
        ("a long token", "Bearer another", 404),
        ("a long token", "Bearer ", 404),
        ("", "Bearer ", 404),
        ("a long token", "Bearer \u00e9", 404),
    ],
)
def test_whoever_has_the_token_reads_them_from_elsewhere(app, store, set_to, given, status):
    app.config["SETTINGS"] = Settings(store.path.parent, is_demo=True, metrics_token=set_to)
    reply = app.test_client().get(
        "/metrics",
        environ_base={"REMOTE_ADDR": "192.0.2.1"},
        headers={"Authorization": given.encode().decode("latin-1")},
    )
    assert reply.status_code == status


def test_requests_are_counted_by_route_and_never_by_address(client, sign_in):
    name = 'readiness_requests_total{method="GET",route="/groups/<group_id>/team",status="200"}'
    before = figure(client, name) or 0
    sign_in(client, "maya").get("/groups/elm/team")
    assert figure(client, name) == before + 1
    assert "elm" not in client.get("/metrics").text


def test_made_up_methods_and_addresses_make_no_figures_of_their_own(client):
    client.open("/made-up", method="SECRET")
    said = client.get("/metrics").text
    assert 'method="other",route="other"' in said
    assert "made-up" not in said
    assert "SECRET" not in said


def test_how_long_saves_took_is_counted_and_refusals_are_not(client, sign_in):
    name = 'readiness_save_seconds_count{route="/sign-out"}'
    before = figure(client, name) or 0
    page = Page(sign_in(client, "maya").get("/account").text)
    assert client.post("/sign-out").status_code == 400
    assert client.post("/sign-out", data={"csrf_token": page.token}).status_code == 303
    assert figure(client, name) == before + 1


def test_the_queue_and_the_age_of_the_newest_backup_are_told(client, store):
    assert figure(client, "readiness_backup_age_seconds") is None
    backup.make(store, backup.next_path(store.path.parent / "backups", at := NOW), at)
    assert figure(client, "readiness_backup_age_seconds") == 0
    for number, since in enumerate((timedelta(), 2 * LOST_AFTER)):  # the process of one has ended
        job = Job(f"j{number}", "upload", "maya", NOW - since, NOW - since)
        with store.writing():
            store.insert("jobs", jobs.to_row(job))
    assert figure(client, f'readiness_jobs{{state="{JobState.WAITING}"}}') == 1
    assert figure(client, f'readiness_jobs{{state="{JobState.RUNNING}"}}') == 0
