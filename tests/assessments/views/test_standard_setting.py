"""Who set the cut points, and a payer's record of a panel that looked at them."""

from __future__ import annotations

from sqlite3 import IntegrityError

import pytest

from readiness.core import audit
from tests.factories import payers
from tests.factories.page import Page
from tests.factories.world import token

HERE = "/instruments/qmer/2026.1/cut-points"
FORM = "/payers/fair/instruments/qmer/2026.1/panel"
ENTERED = {
    "held_on": "2026-01-15",
    "took_part": "Three practice managers,\none patient",
    "method": "bookmark",
    "looked_at": "T3 minimums",
    "outcome": "Would lower EQR to 50; two of four agreed.",
}


def send(client, **changes):
    return client.post(FORM, data={**ENTERED, **changes, "csrf_token": token(client)})


def test_everybody_reads_that_it_is_a_hypothesis_and_what_was_not_done(maya):
    text = Page(maya.get(HERE).text).text
    assert "They are a working hypothesis." in text
    assert "No panel met" in text
    assert "a standard-setting panel, by the modified Angoff" in text
    assert "None is recorded in this installation." in text
    assert "Record a panel" not in text


def test_pages_about_tiers_lead_there(pam, store):
    payers.sent_in(store)
    for path in ("/payers/fair/portfolio", "/payers/fair/groups/elm", "/payers/fair/cut-points"):
        assert f'href="{HERE}"' in pam.get(path).text, path


def test_a_panel_is_recorded_with_its_history_and_read_by_everybody(client, sign_in, store):
    assert send(sign_in(client, "pam")).location == HERE
    text = Page(sign_in(client, "maya").get(HERE).text).text
    for said in ("Jan 15, 2026", "one patient", "bookmark", "T3 minimums", "two of four agreed"):
        assert said.casefold() in text.casefold()
    (event, *_) = audit.of_payer(store, "fair")
    assert (event.verb, event.object_kind) == ("recorded", "standard-setting panel")
    assert event.actor_id == "pam"
    assert "agreed" not in str(event.detail)


def test_a_record_is_never_changed(pam, store):
    send(pam)
    with pytest.raises(IntegrityError, match="only ever added"), store.writing():
        store.execute("update panel_records set outcome = ''")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("held_on", "2999-01-01", "Enter a day that is past"),
        ("held_on", "soon", "Enter a date"),
        ("took_part", " ", "Write a sentence or more here."),
        ("outcome", "Call 617-555-0134", "This seems to hold a phone number: take it out."),
        ("looked_at", "T3\u202e", "characters that cannot be read or seen"),
        ("method", "dice", "Not a valid choice"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_its_field(pam, store, field, value, says):
    reply = send(pam, **{field: value})
    assert reply.status_code == 422
    assert says in reply.text
    assert not store.row("select 1 from panel_records")


def test_no_one_records_for_another_payer(client, sign_in):
    assert send(sign_in(client, "pete")).status_code == 404
