"""What is sent stays in memory: no byte of an upload touches a disk, and too much is refused."""

from __future__ import annotations

import os
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any

import flask
import pytest

from readiness.core.web import upload_limit
from tests.factories import sending, world
from tests.factories.page import Page

HERE = "/assessments/a1/questionnaire"
TWO_MEGABYTES = 2 * 1024 * 1024


class Watched(BytesIO):
    """A body that looks, each time a piece of it was read, where this process holds files open."""

    def __init__(self, content: bytes, folders: tuple[Path, ...]) -> None:
        super().__init__(content)
        self.folders = folders
        self.seen: set[str] = set()

    def readinto(self, buffer: Any) -> int:
        self.look()
        return super().readinto(buffer)

    def look(self) -> None:
        for number in os.listdir("/proc/self/fd"):
            try:
                target = os.readlink(f"/proc/self/fd/{number}")
            except OSError:
                continue
            if any(target.startswith(f"{folder}/") for folder in self.folders):
                self.seen.add(target)
        self.seen |= {str(path) for path in self.folders[0].iterdir()}


@pytest.fixture
def folder(tmp_path_factory, monkeypatch):
    fresh = tmp_path_factory.mktemp("temporary")
    monkeypatch.setenv("TMPDIR", str(fresh))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return fresh


def body(client, size=TWO_MEGABYTES):
    token = {"csrf_token": world.token(client)}
    return sending.body(token, [("file", "a.xlsx", b"secret\n" * (size // 7))])


def places(store, folder):
    """Everywhere a temporary file may lie, but for the folder with the database."""
    return (folder, Path("/var/tmp"))  # noqa: S108


def test_an_upload_touches_no_disk(client, sign_in, store, folder):
    sent = body(sign_in(client, "maya"))
    watched = Watched(sent, places(store, folder))
    assert (
        sending.post(client, HERE, sent, watched).status_code == 404
    )  # read, and then no such assessment
    assert watched.tell() == len(sent)
    watched.look()
    assert watched.seen == set()


def test_a_temporary_file_would_be_noticed(app, client, sign_in, store, folder, monkeypatch):
    monkeypatch.setattr(app, "request_class", flask.Request)
    sent = body(sign_in(client, "maya"))
    watched = Watched(sent, places(store, folder))
    sending.post(client, HERE, sent, watched)
    assert watched.seen != set()


def test_too_much_is_refused_with_how_much_may_be_sent(client, sign_in):
    sent = body(sign_in(client, "maya"), 9 * upload_limit.MEBIBYTE)
    reply = sending.post(client, HERE, sent)
    assert reply.status_code == 413
    assert "Send less at once: 8 MB at the most." in reply.text


# What was typed, from somebody who is not signed in.


def pieces(content: bytes) -> dict[str, Any]:
    """A body of no declared length."""
    return {
        "input_stream": BytesIO(content),
        "environ_overrides": {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
        "content_type": "application/x-www-form-urlencoded",
    }


def whole(content: bytes) -> dict[str, Any]:
    return {"data": content, "content_type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("path", ["/sign-in", "/assessments/a1/submit", "/no-such-page"])
@pytest.mark.parametrize("sent", [pieces, whole])
@pytest.mark.parametrize("content", [b"a&" * 1_000_000, b"email=" + b"x" * 4_000_000])
def test_a_small_post_of_a_stranger_is_neither_read_nor_shown_again(client, path, sent, content):
    answer = client.post(path, **sent(content))
    assert answer.status_code in (400, 404, 413)
    assert len(answer.data) < 20_000


def test_what_was_typed_is_still_carried_through_signing_in(maya, clock):
    clock.forward(hours=2)
    typed = {f"why.{n}": "x" * 60 for n in range(400)}
    answer = maya.post("/assessments/a1/submit", data=typed)
    assert answer.status_code == 401
    kept = Page(answer.text).values("/sign-in")["kept"]
    assert len(kept) > 500  # signed and packed


def test_more_fields_than_any_page_has_are_refused_in_words(client):
    answer = client.post("/sign-in", data={f"f{n}": "" for n in range(5_001)})
    assert answer.status_code == 413
    assert "512 KB and 5,000 fields at the most" in answer.text
