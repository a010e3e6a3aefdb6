"""What a running server of two processes tells of itself: figures, and lines of what went wrong."""

from __future__ import annotations

import json
import re
import socket
from http.client import HTTPConnection

import pytest

from tests.deploy.nginx import HOST, program
from tests.factories import world
from tests.factories.waiting import until

pytestmark = pytest.mark.slow
TOKENS = {
    "a fault in a page": "GET /faulty/secret-token HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "a fault below": "GET /below/secret-token HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "no version of HTTP": "GET /letters/secret-token HTTP/9.9\r\nHost: {host}\r\n\r\n",
    "no request": "secret-token\r\n\r\n",
}


@pytest.fixture
def served(peopled_database, tmp_path):
    """The port, and the file of what stands on stderr."""
    folder = tmp_path / "data"
    folder.mkdir()
    world.copy_of(peopled_database, folder)
    with (tmp_path / "stderr").open("w") as stderr, program(folder, stderr) as port:
        yield port, tmp_path / "stderr"


def ask(port, path, **headers):
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers={"Host": HOST, **headers})
    reply = connection.getresponse()
    said = reply.read().decode()
    connection.close()
    return reply.status, said


def send(port, raw):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(raw.encode())
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass


def test_no_line_holds_what_was_asked_for_or_who_asked(served):
    port, stderr = served
    for request in TOKENS.values():
        send(port, request.format(host=HOST))
    until(lambda: stderr.read_text().count("\n") > len(TOKENS))
    lines = list(map(json.loads, stderr.read_text().splitlines()))
    assert {line["event"] for line in lines} >= {
        "ready",
        "Error handling request",
        "Invalid request",
    }
    faults = [line.get("fault", "") + line["event"] for line in lines]
    assert sum("ValueError < " in fault for fault in faults) == 2
    assert "secret" not in stderr.read_text()
    assert "127.0.0.1" not in stderr.read_text()


def test_the_figures_are_those_of_both_processes(served):
    port, _ = served
    for _ in range(40):
        ask(port, "/letters/secret-token")
    status, said = ask(port, "/metrics")
    assert status == 200
    counted = re.findall(r'requests_total\{method="GET",route="(.*token>)",.*\} (.*)', said)
    assert counted == [("/letters/<token>", "40.0")]
    assert "secret" not in said


def test_figures_are_for_this_machine_alone(served):
    port, _ = served
    for headers in ({"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "127.0.0.1"}):
        assert ask(port, "/metrics", **headers)[0] == 404
