"""Whatever address a document names, no file is read and nothing is called."""

from __future__ import annotations

import resource
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from weasyprint.urls import URLFetcher

from readiness.core.pdf import worker
from tests.factories import documents

pytestmark = pytest.mark.slow  # every attempt prints

REFUSED = b"refused"
PIXEL = '<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>'

ATTEMPTS = {
    "link to a style sheet": '<link rel="stylesheet" href="{}">',
    "link to an enclosure": '<link rel="attachment" href="{}">',
    "anchor to an enclosure": '<a rel="attachment" href="{}">x</a>',
    "image": '<img alt="x" src="{}">',
    "image set": '<img alt="x" srcset="{} 2x">',
    "object": '<object data="{}">x</object>',
    "embed": '<embed src="{}">',
    "frame": '<iframe src="{}"></iframe>',
    "import": "<style>@import url({})</style><p>x</p>",
    "background": '<p style="background: url({})">x</p>',
    "content": '<p style="content: url({})">x</p>',
    "pseudo content": "<style>p::before {{ content: url({}) }}</style><p>x</p>",
    "list mark": '<ul style="list-style-image: url({})"><li>x</li></ul>',
    "border image": '<p style="border: 1px solid; border-image-source: url({})">x</p>',
    "font": "<style>@font-face {{ font-family: f; src: url({}) }} p {{ font: 9pt f }}</style><p>x",
    "page background": "<style>@page {{ background: url({}) }}</style><p>x</p>",
    "page margin": "<style>@page {{ @top-left {{ content: url({}) }} }}</style><p>x</p>",
    "picture in a drawing": '<svg><title>x</title><image width="9" height="9" href="{}"/></svg>',
    "part of a drawing": '<svg width="9" height="9"><title>x</title><use href="{}#a"/></svg>',
    "base": '<base href="{}/"><img alt="x" src="x.svg">',
    "bookmark": '<p style="string-set: s url({})">x</p>',
    "mask": '<p style="mask-image: url({})">x</p>',
}


@contextmanager
def listening() -> Iterator[tuple[str, list[bytes]]]:
    """A door on this machine, and what knocked at it."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(0.2)
        done = threading.Event()
        watcher = threading.Thread(target=listen, args=(door, heard, done))
        watcher.start()
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}/canary.svg", heard
        finally:
            done.set()
            watcher.join()


def listen(door: socket.socket, heard: list[bytes], done: threading.Event) -> None:
    while not done.is_set():
        try:
            caller, _ = door.accept()
        except TimeoutError:
            continue
        with caller:
            caller.settimeout(1)
            heard.append(caller.recv(99))
            caller.sendall(b"HTTP/1.0 404 no\r\n\r\n")


def tried(attempt: str, address: str) -> bytes:
    body = ATTEMPTS[attempt].format(address)
    html = f'<html lang="en"><head><title>t</title></head><body><h1>x</h1>{body}</body></html>'
    try:
        return worker.render(documents.a_job(html=html, enclosures=()), 60)
    except RuntimeError as fault:
        return REFUSED if str(fault) == "FatalURLFetchingError" else str(fault).encode()


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_no_document_calls_anybody(attempt):
    with listening() as (address, heard):
        tried(attempt, address)
    assert heard == []


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_no_document_reads_a_file(attempt, tmp_path):
    """With the file there and without it, the outcome is the same to the byte."""
    (canary := tmp_path / "canary.svg").write_text(PIXEL)
    with_it = tried(attempt, canary.as_uri())
    canary.unlink()
    assert tried(attempt, canary.as_uri()) == with_it
    assert with_it == REFUSED or with_it.startswith(b"%PDF")


@pytest.mark.parametrize("attempt", ["image", "link to an enclosure", "list mark"])
def test_an_open_door_would_be_seen(attempt, tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "closed", URLFetcher)
    (canary := tmp_path / "canary.svg").write_text(PIXEL)
    with_it = tried(attempt, canary.as_uri())
    canary.unlink()
    assert tried(attempt, canary.as_uri()) != with_it


def test_the_door_hears_a_knock():
    with listening() as (address, heard):
        port = int(address.split(":")[2].split("/")[0])
        with socket.create_connection(("127.0.0.1", port)) as caller:
            caller.sendall(b"GET /")
            caller.recv(9)
    assert heard == [b"GET /"]


def test_a_refused_address_stops_the_document():
    assert tried("image", "https://example.org/x.png") == REFUSED


def test_a_document_done_leaves_no_limit_on_what_comes_after():
    before = resource.getrlimit(resource.RLIMIT_CPU)
    worker.render(documents.a_job(enclosures=()), 60)
    assert resource.getrlimit(resource.RLIMIT_CPU) == before
