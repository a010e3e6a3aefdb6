"""The settings for nginx, in a real one: it takes slow clients and uploads upon itself."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection

import pytest

from readiness.core.web.upload_limit import MEBIBYTE
from tests.deploy.nginx import HOST, SETTINGS, Proxy, need_nginx, program, proxy
from tests.factories import world
from tests.factories.waiting import until

UPLOAD = "/groups/elm/counts/upload"
LOCATION = re.compile(r"location ~ (\S+) \{(.*?)\}", re.DOTALL)
FORM = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 999\r\n\r\n"
SLOW = (
    f"POST /sign-in HTTP/1.1\r\nHost: {HOST}\r\n{FORM}",
    f"GET / HTTP/1.1\r\nHost: {HOST}\r\nX-Slow: ",
)


@pytest.fixture(scope="module")
def port(peopled_database, tmp_path_factory) -> Iterator[int]:
    need_nginx()
    folder = tmp_path_factory.mktemp("served")
    world.copy_of(peopled_database, folder)
    with program(folder) as found:
        yield found


@pytest.fixture(scope="module")
def before(port, tmp_path_factory) -> Iterator[Proxy]:
    with proxy(tmp_path_factory.mktemp("proxy") / "nginx", port) as made:
        yield made


pytestmark = pytest.mark.slow


def test_forty_slow_clients_keep_nobody_waiting(before):
    """More than the sixteen threads of the program; half dribble what they send, half its head."""
    with ExitStack() as held:
        slow = [
            held.enter_context(before.connect(f"127.0.0.{10 + number}")) for number in range(40)
        ]
        for number, each in enumerate(slow):
            each.sendall(SLOW[number % 2].encode())
        for _ in range(4):
            for each in slow:
                each.sendall(b"a")
            assert before.ask("/health") == (200, "ok")
            assert before.ask("/sign-in")[0] == 200
            time.sleep(0.5)
        for each in slow:
            each.sendall(b"a")  # none was sent away


def test_what_a_client_says_of_its_own_address_is_not_believed(before):
    spoofed = {
        "X-Forwarded-For": "10.1.1.1, 10.2.2.2",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "for=10.3.3.3",
    }
    status, said = before.ask("/what-is-seen", headers=spoofed, source="127.0.0.7")
    assert status == 200
    assert json.loads(said) == {
        "address": "127.0.0.7",
        "scheme": "https",
        "host": HOST,
        "names": ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"],
    }


def test_an_upload_never_touches_the_disk(before):
    status, _ = before.ask(UPLOAD, bytes(30 * MEBIBYTE), {"Content-Type": "text/csv"})
    assert status != 502
    assert "temporary file" not in before.warnings


def test_nginx_would_tell_if_an_upload_touched_the_disk(port, tmp_path):
    less = ("client_body_buffer_size 64m", "client_body_buffer_size 1m")
    with proxy(tmp_path / "nginx", port, less) as made:
        made.ask(UPLOAD, bytes(2 * MEBIBYTE))
        assert "buffered to a temporary file" in made.warnings


@pytest.mark.parametrize(("path", "mebibytes"), [(UPLOAD, 64), ("/sign-in", 8), ("/metrics", 8)])
def test_no_place_takes_more_than_its_buffer_holds(before, path, mebibytes):
    assert before.ask(path, bytes(mebibytes * MEBIBYTE + 1))[0] == 413


def test_a_body_of_unsaid_length_is_refused(before):
    """It would fill the buffer with the sizes of its pieces, and spill over."""
    assert before.ask(UPLOAD, iter([b"a"] * 3))[0] == 411


def test_one_address_cannot_hold_all_places_of_uploads(before):
    head = f"POST {UPLOAD} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 99\r\n\r\na".encode()
    with ExitStack() as held:
        for _ in range(4):
            held.enter_context(before.connect("127.0.0.80")).sendall(head)
        until(lambda: before.ask(UPLOAD, b"a", source="127.0.0.80")[0] == 429)
        assert before.ask(UPLOAD, b"a", source="127.0.0.81")[0] == 401
        assert before.ask("/health", source="127.0.0.80")[0] == 200


@pytest.mark.parametrize("path", ["/metrics", "/ready"])
def test_what_is_for_whoever_watches_over_the_machine_is_not_handed_out(before, port, path):
    assert before.ask(path)[0] == 404
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers={"Host": HOST})
    assert connection.getresponse().status == 200
    connection.close()


def test_the_log_holds_no_one_time_token_and_no_question(before):
    before.ask("/letters/a-secret-token?name=somebody")
    assert "/letters/..." in before.log
    assert "secret" not in before.log
    assert "somebody" not in before.log


def test_every_view_that_takes_more_has_a_place_that_does(app):
    """And no other has."""
    text = SETTINGS.read_text()
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()):
            path = re.sub(r"<[^>]+>", "x", rule.rule)
            most = getattr(app.view_functions[rule.endpoint], "most_bytes", None)
            assert sizes(text, path) == {(most or app.config["MAX_CONTENT_LENGTH"]) // MEBIBYTE}


def sizes(text: str, path: str) -> set[int]:
    """What the place takes and what its buffer holds, in MB: the same."""
    inside = next((found for where, found in LOCATION.findall(text) if re.search(where, path)), "")
    values = r"client_(?:max_body|body_buffer)_size (\d+)m;"
    return set(map(int, re.findall(values, inside) or re.findall(values, LOCATION.sub("", text))))
