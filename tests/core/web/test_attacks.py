"""What strangers and careless hands send to forms, addresses and exports: refused in words.

A refusal changes nothing: `rows` holds everything the database keeps but sessions.
The questionnaire's own pages are attacked in `test_assess_hostile.py`.
"""

from __future__ import annotations

import csv
import io
import zipfile
from urllib.parse import quote, urlencode

import pytest

from readiness.accounts.db import people
from readiness.core.web.preserved_form import inside
from readiness.counts.db import social_risk
from readiness.plans import db as plans
from tests.factories import payers, world
from tests.factories import plans as planned
from tests.factories.page import Page
from tests.factories.social_risk_counts import GOOD, typed

pytestmark = pytest.mark.slow  # every attack on every field

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
    fields = {"new_password": words, "password_again": words}
    refused(world.send(client, f"{link}/accept", name="Ne\u202ell", **fields))
    assert people.by_email(store, "new@example.org") is None
    assert world.send(client, f"{link}/accept", name="Nell", **fields).status_code == 303


# Addresses


ASKED = {
    "/payers/fair/portfolio": ("text", "tier", "status", "cycle", "domain", "below", "size"),
    "/payers/fair/portfolio.csv": ("text", "sort", "order", "page"),
    "/payers/fair/portfolio/compare": ("group",),
    "/payers/fair/groups/elm": ("assessment",),
    "/payers/fair/history": ("before",),
    "/admin/groups": ("q", "page"),
    "/admin/people": ("q", "page"),
    "/admin/history": ("before",),
}
WHERE = (
    "/payers/fair/groups/{}",
    "/payers/fair/cycles/{}",
    "/assessments/{}/review",
    "/assessments/{}/plan",
    "/groups/elm/counts/{}",
    "/groups/elm/counts/2026-Q4/{}",
    "/groups/elm/invitations/{}",
    "/groups/elm/team/members/{}/leave",
    "/admin/people/{}",
    "/letters/{}",
    "/static/{}",
    "/fonts/{}",
)


def visitor(path):
    for begins, person_id in (("/admin", "ada"), ("/groups", "maya"), ("/letters", "maya")):
        if path.startswith(begins):
            return person_id
    return "pam"


@pytest.mark.parametrize("value", ADDRESSES)
def test_a_strange_question_in_an_address_is_answered_calmly(client, sign_in, value):
    for path, names in ASKED.items():
        sign_in(client, visitor(path))
        for name in names:
            reply = client.get(f"{path}?{urlencode({name: value})}")
            assert reply.status_code in (200, 404), (path, name)
            assert b"<script>alert" not in reply.data
            assert b' onfocus=alert(1) x="' not in reply.data
            assert "x=1" not in reply.headers.get("Set-Cookie", "")


@pytest.mark.parametrize("value", ADDRESSES)
def test_a_strange_address_is_not_found(client, sign_in, value):
    for path in WHERE:
        sign_in(client, visitor(path))
        reply = client.get(path.format(quote(value, safe="")))
        wanted = (200, 301, 308, 404) if value == "" else (404,)
        assert reply.status_code in wanted, path
        assert b"<script>alert" not in reply.data


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/"])
@pytest.mark.parametrize("method", ["GET", "TRACE", "PROPFIND", "DELETE"])
def test_no_file_or_folder_beside_ours_is_given_out(client, path, method):
    assert client.open(path, method=method).status_code in (404, 405)


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https://evil.example/home",
        "/\t/evil.example",
        "javascript:alert(1)",
        "///evil.example",
        "//[evil.example",
    ],
)
def test_signing_in_leads_nowhere_else(client, address):
    assert inside(address) == "/"
    fields = {"email": world.email("maya"), "password": world.PASSWORD, "next": address}
    reply = world.send(client, "/sign-in", **fields)
    assert reply.status_code == 303
    assert reply.headers["Location"] == "/"


@pytest.mark.parametrize("value", ["a" * 3_000, "\xff\xfe", "%00", '"x', "a;b", "'"])
def test_a_made_up_session_is_no_session(app, client, value):
    client.set_cookie(app.config["SIGN_IN_COOKIE"], value)
    assert client.get("/home").status_code == 401


# Bodies


def test_more_than_a_form_holds_is_refused_in_words(client, sign_in, store):
    sign_in(client, "ada")
    before = rows(store)
    reply = world.send(client, "/admin/groups", name="Birch", sites="x" * 9_000_000)
    assert reply.status_code == 413
    assert "Send less at once" in Page(reply.text).text
    assert rows(store) == before


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data"])
def test_a_body_of_another_kind_changes_nothing(client, sign_in, store, kind):
    sign_in(client, "ada")
    before = rows(store)
    reply = client.post("/admin/groups", data=b'{"name": "Birch"}', content_type=kind)
    assert reply.status_code == 400
    assert rows(store) == before


BAD_COUNTS = ("-1", "3.5", "NaN", "1e999", "9" * 5_000, "\u0663", "=1+1", "<b>", "a\0", "12 or so")


@pytest.mark.parametrize("value", BAD_COUNTS)
def test_what_is_no_count_is_not_counted(client, sign_in, store, value):
    sign_in(client, "cara")
    path = "/groups/elm/counts/2026-Q4"
    fields = Page(client.get(path).text).values(path) | typed(GOOD)
    name = next(iter(typed(GOOD)))
    refused(client.post(path, data={**fields, name: value, "do": "complete"}))
    known = social_risk.of_group(store, "elm")
    assert all(name not in {cell.key for cell in found.known} for found in known.values())


@pytest.mark.parametrize("path", ["/groups/elm/counts/2199-Q1", "/groups/elm/counts/2027-Q3"])
def test_a_quarter_that_has_not_begun_takes_no_counts(client, sign_in, store, path):
    sign_in(client, "cara")
    reply = world.send(client, path, **typed(GOOD), do="complete", base="{}")
    assert 400 <= reply.status_code < 500
    assert social_risk.of_group(store, "elm") == {}


# What is taken out


def test_no_name_or_note_runs_in_a_spreadsheet(client, sign_in, store):
    made = payers.sent_in(store)
    for number, text in enumerate(FORMULAS):
        with store.writing():
            store.execute("update groups set name = ? where id = 'elm'", (text,))
            store.execute("update answers set note = ? where item_id = 'LEAD-1'", (text,))
        pam = sign_in(client, "pam")
        lines = pam.get("/payers/fair/portfolio.csv").data.decode("utf-8-sig")
        assert "'" + text in [cell for row in csv.reader(io.StringIO(lines)) for cell in row]
        book = zipfile.ZipFile(io.BytesIO(pam.get("/payers/fair/portfolio.xlsx").data))
        pages = [name for name in book.namelist() if name.startswith("xl/worksheets/")]
        assert pages, number
        assert not any(b"<f>" in book.read(name) for name in pages)
        maya = sign_in(client, "maya")
        reply = world.send(maya, "/groups/elm/records/export")
        archive = zipfile.ZipFile(io.BytesIO(reply.data))
        written = archive.read("csv/answers.csv").decode()
        cells = [cell for row in csv.reader(io.StringIO(written)) for cell in row]
        assert "'" + text in cells
        assert text not in cells
    assert made.group_id == "elm"


SHOWN = ("<script>alert(1)</script>", '" onfocus=alert(1) x="', "{{7*7}}", "</title><img src=x>")


@pytest.mark.parametrize("text", SHOWN)
def test_what_is_typed_into_a_plan_is_shown_as_text(client, sign_in, store, text):
    planned.submitted(store, "elm", planned.answers_at(2, REAL_2=1), world.NOW)
    sign_in(client, "maya")
    path = "/assessments/a1/plan"
    fields = {"title": text, "owner": text, "note": text, "status": "planned"}
    assert world.send(client, f"{path}/new-action", **fields).status_code == 303
    plan = plans.latest_plan(store, "a1")
    assert plan is not None
    added = plan.actions[-1]
    assert (added.title, added.owner, added.note) == (text, text, text)
    for page in (path, f"{path}/actions/{added.id}"):
        shown = client.get(page)
        assert text in Page(shown.text).text or page != path
        assert b"<script>alert" not in shown.data
        assert b"<img src=x" not in shown.data
        assert b'" onfocus=' not in shown.data


def test_nobody_is_found_by_what_a_stranger_signs_in_with(client, store):
    before = rows(store)
    told = set()
    for email in (world.email("maya"), "nobody@example.org", "' or 1=1 --", "a\0b@example.org"):
        reply = world.send(client, "/sign-in", email=email, password="wrong words entirely")
        assert reply.status_code == 422
        told.add(" ".join(word for word in Page(reply.text).text.split() if email not in word))
    assert len(told) <= 2  # the pair does not fit, or the address cannot be read
    after = rows(store)
    assert [line["object_id"] for line in after.pop("events")] == ["maya"]  # told, and no more
    counted = {"events", "sqlite_sequence"}
    assert {name: after[name] for name in after.keys() - counted} == {
        name: before[name] for name in before.keys() - counted
    }
    assert people.by_email(store, world.email("maya")) is not None
