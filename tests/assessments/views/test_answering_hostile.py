"""What strangers and broken programs send: refused with a sentence, and nothing is stored."""

from __future__ import annotations

import json

import pytest

from readiness.assessments.db import assessments
from tests.factories import assessments as sheets
from tests.factories import world
from tests.factories.page import Page
from tests.factories.world import NOW

pytestmark = pytest.mark.slow  # every attack on every page

GOOD = {"choice": "2", "reason": "", "note": "", "base": 0, "confirm": False}
ODD_TEXTS = [
    "<script>alert(1)</script>",
    '"onfocus=alert(1) autofocus x=" javascript:alert(1)',
    "{{7*7}} %s {% for %} =cmd|' /C calc'!A0 +1 -1 @x",
    "'; drop table answers; --</textarea><img src=x>",
]


def send_raw(client, path, body):
    headers = {"X-CSRFToken": world.token(client), "Accept": "application/json"}
    return client.put(path, data=body, content_type="application/json", headers=headers)


RAW = {
    "lone surrogate": b'{"choice": "2", "note": "\\ud800", "base": 0}',
    "integer over 64 bits": b'{"choice": "2", "base": 9223372036854775808}',
    "negative base": b'{"choice": "2", "base": -1}',
    "list for a text": b'{"choice": ["2"], "base": 0}',
    "object for a text": b'{"choice": "2", "note": {"a": 1}, "base": 0}',
    "deep nesting": b'{"note": ' + b"[" * 60_000 + b"}",
    "no number": b'{"choice": "2", "base": NaN}',
    "infinite": b'{"choice": "2", "base": 1e999}',
    "infinity by name": b'{"choice": "2", "base": Infinity}',
    "a key twice": b'{"choice": "2", "choice": "4", "base": 0}',
    "true for a number": b'{"choice": "2", "base": true}',
    "number for a text": b'{"choice": 2, "base": 0}',
    "NUL": b'{"choice": "2", "note": "a\\u0000b", "base": 0}',
    "bidi override": b'{"choice": "2", "note": "a\\u202eb", "base": 0}',
    "not UTF-8": b'{"choice": "2", "note": "\xff\xfe", "base": 0}',
    "5,000 digits": b'{"choice": "2", "base": ' + b"9" * 5000 + b"}",
    "out of range": b'{"choice": "5", "base": 0}',
    "negative level": b'{"choice": "-1", "base": 0}',
    "a fraction": b'{"choice": "3.5", "base": 0}',
    "spaces around": b'{"choice": " 3 ", "base": 0}',
    "unknown key": b'{"choice": "2", "base": 0, "tier": "T4"}',
    "status": b'{"choice": "2", "base": 0, "status": "accepted"}',
    "long text": json.dumps({**GOOD, "note": "x" * 1001}).encode(),
    "a megabyte": json.dumps({**GOOD, "note": "x" * 1_000_000}).encode(),
    "a list": b"[]",
    "a text": b'"2"',
    "nothing": b"",
    "half": b'{"choice": "2"',
}


def refused(reply):
    return 400 <= reply.status_code < 500


def test_a_strange_body_is_refused_with_a_sentence(maya, store, made):
    path = f"/assessments/{made.id}/items/LEAD-1"
    replies = {name: send_raw(maya, path, body) for name, body in RAW.items()}
    assert [name for name, reply in replies.items() if not refused(reply)] == []
    assert all(reply.json["error"].endswith(".") for reply in replies.values())
    assert assessments.answers(store, made.id) == {}


def test_an_item_that_is_not_asked_is_not_found(maya, store, made):
    body = json.dumps(GOOD).encode()
    for item_id in ("LEAD-99", "9" * 20, "lead-1", "%00", "..%2f", "LEAD-1%20"):
        reply = send_raw(maya, f"/assessments/{made.id}/items/{item_id}", body)
        assert reply.status_code == 404, item_id
    assert assessments.answers(store, made.id) == {}


def test_an_assessment_that_is_not_there_is_not_found(maya):
    for assessment_id in ("9" * 20, "%00", "' or 1=1", "a" * 2000):
        assert maya.get(f"/assessments/{assessment_id}").status_code == 404, assessment_id


FIELDS = {
    "another version's item": {"LEAD-99.choice": "2"},
    "another page's item": {"TEAM-1.choice": "2"},
    "mass assignment": {"tier": "T4", "status": "accepted", "role": "administrator"},
    "a part no item has": {"LEAD-1.author_id": "cara"},
    "a base that is no number": {"LEAD-1.base": "one"},
    "a base of many digits": {"LEAD-1.base": "9" * 5000},
    "1,001 fields": {f"x{number}": "1" for number in range(1001)},
    "control characters": {"LEAD-1.choice": "2", "LEAD-1.note": "a\x00b"},
    "a megabyte": {"LEAD-1.choice": "2", "LEAD-1.note": "x" * 1_000_000},
    "a choice too many": {"LEAD-1.choice": "7"},
    "not applicable where it always applies": {"LEAD-1.choice": "na", "LEAD-1.reason": "no"},
}


def test_a_strange_form_is_refused_with_a_sentence(maya, store, made):
    for name, fields in FIELDS.items():
        reply = world.send(maya, f"/assessments/{made.id}/domains/LEAD", **fields)
        assert refused(reply), name
        Page(reply.text)
    assert assessments.answers(store, made.id) == {}


def test_a_field_sent_twice_is_refused(maya, store, made):
    data = {"csrf_token": world.token(maya), "LEAD-1.choice": ["2", "4"]}
    reply = maya.post(f"/assessments/{made.id}/domains/LEAD", data=data)
    assert reply.status_code == 422
    assert assessments.answers(store, made.id) == {}


def test_a_form_in_another_encoding_is_kept_as_readable_text(maya, store, made):
    token = world.token(maya)
    body = f"csrf_token={token}&LEAD-1.choice=2&LEAD-1.note=".encode() + b"%ff%fe"
    reply = maya.post(
        f"/assessments/{made.id}/domains/LEAD",
        data=body,
        content_type="application/x-www-form-urlencoded",
    )
    assert reply.status_code == 303
    assert sheets.answer_in(store, made.id, "LEAD-1").note == "%FF%FE"


CONTEXT = {
    "a negative number": {"sites": "-1"},
    "a fraction of a site": {"sites": "1.5"},
    "a word": {"sites": "many"},
    "5,000 digits": {"sites": "9" * 5000},
    "not a number": {"clinicians_fte": "NaN"},
    "infinity": {"clinicians_fte": "1e999"},
    "over the whole": {"commercial_share": "101"},
    "shares over the whole": {"commercial_share": "70", "medicaid_share": "70"},
    "an unknown key": {"tier": "T4"},
    "an unknown choice": {"age_mix": "teens"},
    "control characters": {"record_systems": "a\x00b"},
    "a person": {"record_systems": "call 617-555-0134"},
    "a bad cell": {"languages.1.language": "Spanish", "languages.1.patients": "3"},
    "a base that is no number": {"sites.base": "x"},
    "a base from the future": {"sites.base": "99999999"},
}


def test_a_strange_fact_is_refused_with_a_sentence(maya, store, made):
    for name, fields in CONTEXT.items():
        reply = world.send(maya, f"/assessments/{made.id}/context", **fields)
        assert refused(reply), name
        Page(reply.text)
    assert assessments.context(store, made.id) == {}


def test_odd_text_is_shown_as_text_on_every_page(maya, store, made):
    sheets.answer(store, made.id, NOW)
    for item_id, text in zip(("LEAD-1", "LEAD-2", "LEAD-3", "LEAD-4"), ODD_TEXTS, strict=True):
        sheets.answer(store, made.id, NOW, "3", [item_id], note=text)
    world.send(maya, f"/assessments/{made.id}/context", record_systems=ODD_TEXTS[0])
    for rest in ("/domains/LEAD", "/context", "/check", "/result", ""):
        reply = maya.get(f"/assessments/{made.id}{rest}")
        assert reply.status_code == 200
        Page(reply.text)
        assert "<script>alert" not in reply.text
        assert "<img src=x" not in reply.text
    page = Page(maya.get(f"/assessments/{made.id}/domains/LEAD").text)
    assert page.by_id("LEAD-1-note").text == ODD_TEXTS[0]
    assert page.by_id("LEAD-3-note").text == ODD_TEXTS[2]


def test_nothing_is_changed_by_following_a_link(maya, made):
    for rest in ("/withdraw", "/take-up-again", "/items/LEAD-1"):
        assert maya.get(f"/assessments/{made.id}{rest}").status_code == 405, rest


def test_a_change_without_the_pages_token_is_refused(maya, store, made):
    reply = maya.put(f"/assessments/{made.id}/items/LEAD-1", json=GOOD)
    assert reply.status_code == 400
    assert maya.post(f"/assessments/{made.id}/withdraw").status_code == 400
    assert assessments.get(store, made.id).status == "in progress"


def test_another_site_changes_nothing(maya, store, made):
    headers = {"X-CSRFToken": world.token(maya), "Sec-Fetch-Site": "cross-site"}
    reply = maya.put(f"/assessments/{made.id}/items/LEAD-1", json=GOOD, headers=headers)
    assert reply.status_code == 403
    assert assessments.answers(store, made.id) == {}
