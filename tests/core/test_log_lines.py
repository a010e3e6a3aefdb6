from __future__ import annotations

import json
import logging
import sys

import pytest

from readiness.core.log_lines import JsonLine


def line(name, said, *arguments, error=False):
    raised = None
    if error:
        try:
            raise ValueError("what was typed")
        except ValueError:
            raised = sys.exc_info()
    record = logging.LogRecord(name, logging.ERROR, "a/place.py", 7, said, arguments, raised)
    record.created = 0.5
    return json.loads(JsonLine().format(record))


def test_our_own_words_stand_as_they_are_with_when_and_where():
    told = line("readiness.core.jobs.service", "job %s", "j1")
    assert told.pop("process")
    assert told == {
        "at": "1970-01-01T00:00:00.500+00:00",
        "level": "error",
        "logger": "readiness.core.jobs.service",
        "event": "job j1",
    }


def test_a_fault_is_its_kind_and_place_and_not_its_text():
    told = line("readiness", "a fault", error=True)
    assert told["fault"].startswith("ValueError < ")
    assert "typed" not in json.dumps(told)


@pytest.mark.parametrize(
    ("said", "arguments", "event"),
    [
        ("Error handling request %s %s", ("GET", "/letters/t"), "Error handling request"),
        ("Invalid request from ip=192.0.2.1: 'GET /letters/t'", (), "Invalid request"),
        ("Worker (pid:%s) was sent SIGKILL!", (5,), "Worker (pid:5) was sent SIGKILL!"),
    ],
)
def test_of_the_server_only_what_comes_before_a_request_is_told(said, arguments, event):
    assert line("gunicorn.error", said, *arguments)["event"] == event


def test_of_other_libraries_only_the_place_is_told():
    assert line("weasyprint", "Ignored: what was typed")["event"] == "place:7"
    assert line("gunicorn.error", "what was typed", error=True)["event"] == "place:7"


def test_a_line_is_one_line_whatever_is_in_it():
    record = logging.LogRecord("readiness", logging.ERROR, "x", 1, "a\nb\u2028c", (), None)
    assert "\n" not in JsonLine().format(record)
    assert "\u2028" not in JsonLine().format(record)
