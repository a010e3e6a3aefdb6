"""What strangers and careless hands send to forms, addresses and exports: refused in words.

A refusal changes nothing: `rows` holds everything the database keeps but sessions.
The questionnaire's own pages are attacked in `test_assess_hostile.py`.
"""

from __future__ import annotations

import pytest

from readiness.store import people
from tests import payers
from tests.web import world
from tests.web.page import Page

FORMULAS = ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)")
FIRST_TRIED = ("sessions", "attempts")

UNSEEN = {
    "NUL": "El\0m",
    "escape": "El\x1b[31m",
    "bidi override": "Elm \u202etxt.exe",
    "zero width": "El\u200bm",
    "private use": "El\ue000m",
    "half a pair": "El\ufffdm",  # what a lone surrogate or wrong bytes arrive as
}
ADDRESSES = (
    "",
    "0",
    "-1",
    "9" * 30,
    "1e999",
    "NaN",
    "٣",
    "\0",
    "a\0b",
    "\u202e",
    "%",
    '" onfocus=alert(1) x="',
    "<script>alert(1)</script>",
    "' or 1=1 --",
    "../../etc/passwd",
    "a\r\nSet-Cookie: x=1",
    "x" * 20_000,
    "{{7*7}}",
)


def rows(store):
    """Every row of every table but those of signing in."""
    names = [row["name"] for row in store.rows("select name from sqlite_master where type='table'")]
    kept = [name for name in names if name not in FIRST_TRIED]
    return {name: list(store.rows(f"select * from {name}")) for name in kept}  # noqa: S608


def refused(reply, status=422):
    assert reply.status_code == status, reply.text[-500:]
    assert Page(reply.text).text
    return reply


# Names and other lines


def a_cycle_form(**changes):
    return {
        "name": "2027",
        "instrument": f"{payers.QMER.id} {payers.QMER.version}",
        "opens_on": "2027-01-15",
        "due_on": "2027-06-01",
    } | changes


LINES = {
    "group": ("ada", "/admin/groups", {"name": "?"}),
    "site": ("ada", "/admin/groups", {"name": "Birch Physicians", "sites": "Main\n?"}),
    "payer": ("ada", "/admin/payers", {"name": "?"}),
    "colleague": (
        "maya",
        "/groups/elm/team/invitations",
        {"email": "new@example.org", "role": "care team", "name": "?"},
    ),
    "address": ("maya", "/groups/elm/team/invitations", {"email": "?@b.cd", "role": "care team"}),
    "cycle": ("pam", "/payers/fair/cycles/new", a_cycle_form(name="?")),
}


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("kind", UNSEEN)
def test_a_name_holds_nothing_that_cannot_be_seen(client, sign_in, store, line, kind):
    who, path, fields = LINES[line]
    sign_in(client, who)
    before = rows(store)
    sent = {name: value.replace("?", UNSEEN[kind]) for name, value in fields.items()}
    refused(world.send(client, path, **sent))
    assert rows(store) == before


@pytest.mark.parametrize("line", LINES)
def test_the_same_forms_take_an_ordinary_name(client, sign_in, line):
    who, path, fields = LINES[line]
    sign_in(client, who)
    sent = {name: value.replace("?", "Nordén-李") for name, value in fields.items()}
    assert world.send(client, path, **sent).status_code in (200, 303)


def test_a_person_joins_under_a_readable_name_only(client, sign_in, store):
    sign_in(client, "maya")
    reply = world.send(
        client, "/groups/elm/team/invitations", email="new@example.org", role="care team"
    )
    link = Page(reply.text).by_id("link").get("value").removeprefix("http://localhost")
    words = "gentle otters ride at dawn"
    fields = {"new_password": words, "again": words}
    refused(world.send(client, f"{link}/accept", name="Ne\u202ell", **fields))
    assert people.by_email(store, "new@example.org") is None
    assert world.send(client, f"{link}/accept", name="Nell", **fields).status_code == 303
