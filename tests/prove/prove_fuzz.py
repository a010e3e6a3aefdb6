"""Every address that changes something is sent random forms, JSON and bytes, by every visitor.

Nothing ends in a fault of ours, what is refused changes nothing, and what is taken over runs on
none of its writer's pages.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from werkzeug.test import TestResponse

from tests.core.web.test_routes import VISITORS, rules
from tests.factories import sending, world
from tests.factories.page import Page, Tag
from tests.prove.figures import Figure, counted
from tests.prove.inside import Inside, inside

ROUNDS_OF_EACH = 20  # so many of the proof's rounds are one request of each visitor here
CHANGING = ("POST", "PUT")
DOCUMENTS = (".pdf", ".xlsx", ".csv", ".json", ".zip", ".toml", ".css")
RUNS = "<script>alert(1)</script>"
RUNNING = (b"<script>alert", b'" onfocus=alert', b"<img src=x")
VALUES = (
    "", " ", "0", "-1", "1", "2", "3.5", "9" * 25, "9" * 5_000, "1e999", "NaN", "true", "null",
    "[]", "\0", "a\0b", "\u202etxt", "\u200b", "\ufffd", "٣", "a\r\nX-Planted: 1", "\x1b[31m",
    RUNS, '" onfocus=alert(1) x="', "</textarea><img src=x>", "javascript:alert(1)",
    "' or 1=1 --", "'; drop table people; --", "%s%n{0}{{7*7}}", "=cmd|' /C calc'!A0",
    "../../etc/passwd", "//evil.example", "2026-13-45", "2027-01-15", "0001-01-01", "9999-12-31",
    "administrator", "accepted", "T4", "elm", "oak", "fair", "far", "maya", "a1", "sent", "open",
    "x" * 300, "x" * 20_000, "{" * 300, "new@example.org", world.PASSWORD,
)  # fmt: skip
PLANTED = ("role", "status", "tier", "group_id", "payer_id", "org_id", "is_active", "may_attest",
           "id", "author_id", "base", "next", "kept", "do")  # fmt: skip
RAW = (
    b"", b"\xff\xfe\x00", b"%", b"a&" * 6_000, b"[" * 60_000, b'{"a": 1, "a": 2}', b"null",
    b'{"choice": "\\ud800"}', b'{"base": 9223372036854775808}', b'{"base": NaN}', b'"text"',
    b"--a-boundary\r\nContent-Disposition: form-data; name=x\r\n\r\n", b"<?xml version='1.0'?><a/>",
)  # fmt: skip
KINDS = ("application/x-www-form-urlencoded", "application/json", "text/plain", "text/xml",
         "multipart/form-data; boundary=a-boundary", "multipart/form-data", "")  # fmt: skip
# A wrong password is told in the history; what can be worked out again may be kept at any time.
MAY_CHANGE = {"events", "tier_costs", "standings"}
SAVES_THE_REST = "/assessments/<assessment_id>/domains/<domain_id>"  # and says what it did not


Forms = dict[str, dict[str, str]]  # by the address that they are sent to


@dataclass
class Found:
    sent: int = 0
    taken: int = 0  # of them, and stored
    read: int = 0  # pages
    ours: list[str] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)
    running: list[str] = field(default_factory=list)


def run(rounds: int, seed: int) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder, inside(Path(folder)) as made:
        yield from figures(made, max(1, rounds // ROUNDS_OF_EACH), Random(seed))


def figures(made: Inside, times: int, luck: Random) -> Iterator[Figure]:
    found, forms = Found(), all_forms(made)
    routes = sorted(route for route in rules(made.app) if route.split()[0] in CHANGING)
    for route in routes:
        try_one(made, route, times, forms, luck, found)
    yield Figure(f"addresses that change something, with the fields of {len(forms)} forms",
                 len(routes))  # fmt: skip
    yield counted("inputs fuzzed, none a fault of ours", found.sent, found.ours)
    yield counted("of them refused, none of which changed anything", found.sent - found.taken,
                  found.stored)  # fmt: skip
    yield counted("pages read after what was stored, none of which runs it", found.read,
                  found.running)  # fmt: skip


def all_forms(made: Inside) -> Forms:
    """What the pages of every visitor would send, by address."""
    forms: Forms = {}
    for visitor in VISITORS:
        for path, html in pages(made, visitor):
            page = Page(html)
            for form in page.all("form"):
                action = form.get("action") or path
                if form.get("method").lower() == "post" and action not in forms:
                    forms[action] = fields_of(form)
    return forms


def fields_of(form: Tag) -> dict[str, str]:
    fields = form.all("input", "select", "textarea", "button")
    return {each.get("name"): each.get("value") for each in fields if each.get("name")}


def pages(made: Inside, visitor: str) -> Iterator[tuple[str, str]]:
    """Every page that this visitor may read; no documents."""
    client = made.client(visitor)
    for route, rule in rules(made.app).items():
        path = made.address(rule, visitor)
        if route.startswith("GET ") and not path.endswith(DOCUMENTS):
            reply = client.get(path)
            if reply.status_code == 200 and reply.mimetype == "text/html":
                yield path, reply.text


def try_one(made: Inside, route: str, times: int, forms: Forms, luck: Random, found: Found) -> None:
    method, rule = route.split()[0], rules(made.app)[route]
    has_read = False
    for visitor in VISITORS:
        client, path = made.client(visitor), made.address(rule, visitor)
        token = world.token(client)
        for _ in range(times):
            body = a_body(forms.get(path, {}), token, luck)
            reply = client.open(path, method=method, headers={"X-CSRFToken": token}, **body)
            where = f"{visitor} {route} {str(body)[:300]}"
            if judge(made, reply, where, found):
                if RUNS in str(body) and not has_read:
                    has_read = True
                    read_back(made, visitor, where, found)
                made.put_back()


def judge(made: Inside, reply: TestResponse, where: str, found: Found) -> bool:
    """Whether anything was stored."""
    changed = set(made.changed())
    found.sent += 1
    if reply.status_code >= 500:
        found.ours.append(f"{reply.status_code} {where}")
    if any(mark in reply.data for mark in RUNNING):
        found.running.append(where)
    if reply.status_code >= 400 and changed - MAY_CHANGE and SAVES_THE_REST not in where:
        found.stored.append(f"{reply.status_code} {sorted(changed)} {where}")
    found.taken += bool(changed) and reply.status_code < 400
    return bool(changed)


def read_back(made: Inside, visitor: str, where: str, found: Found) -> None:
    for path, html in pages(made, visitor):
        found.read += 1
        Page(html)  # well made, whatever stands in it
        if any(mark in html.encode() for mark in RUNNING):
            found.running.append(f"{path} after {where}")


def a_body(fields: dict[str, str], token: str, luck: Random) -> dict[str, Any]:
    how = luck.random()
    if how < 0.15:
        return {"data": luck.choice(RAW), "content_type": luck.choice(KINDS)}
    named = fields or dict.fromkeys(luck.sample(PLANTED, 3), "")
    chosen = luck.sample(sorted(named), luck.randint(1, len(named)))
    if how < 0.4:  # everything typed is one attack; what can only be chosen stays
        value = luck.choice((RUNS, *VALUES))
        sent: dict[str, Any] = named | {name: value for name in chosen if not named[name]}
    else:
        sent = named | {name: luck.choice(VALUES) for name in chosen[:4]}
        sent |= {name: luck.choice(VALUES) for name in luck.sample(PLANTED, luck.randint(0, 2))}
    if how > 0.8:
        odd: Any = luck.choice(([], {}, [1], {"a": {}}, True, None, 1e400, -1, 10**30))
        return {"json": sent | {luck.choice(sorted(sent)): odd}}
    if how > 0.75:
        content = sending.body({"csrf_token": token, **sent}, [("file", "x.csv", b"a,b\n1,2\n")])
        return {"data": content, "content_type": KINDS[4]}
    return {"data": sent | {"csrf_token": token}}
