"""What a request may carry: how much, and that no byte of it touches a disk."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import IO, Any, TypeVar

import flask
from flask import Flask, current_app, g, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

View = TypeVar("View", bound=Callable[..., Any])
MEBIBYTE = 1024 * 1024
MOST_FIELDS = 5_000  # of a form
FROM_ANYBODY = MEBIBYTE // 2  # of a form, sent by somebody who is not signed in
TYPED = "application/x-www-form-urlencoded"
PIECE = 64 * 1024


class FormParser(FormDataParser):
    """Counts the bytes and fields of what was typed before it reads them, also where the sender
    declares no length: the framework's own would make a field of every `&` in eight megabytes."""

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> Any:
        if mimetype == TYPED:
            stream = BytesIO(self.typed(stream))
        return super().parse(stream, mimetype, content_length, options)

    def typed(self, stream: IO[bytes]) -> bytes:
        most = self.max_form_memory_size or 0
        raw = bytearray()
        while len(raw) <= most and (piece := stream.read(PIECE)):
            raw += piece
        if len(raw) > most or raw.count(b"&") >= MOST_FIELDS:
            raise RequestEntityTooLarge
        return bytes(raw)


class Request(flask.Request):
    """Keeps uploads in memory: the framework's own would spool larger ones into temporary files."""

    form_data_parser_class = FormParser

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        return BytesIO()


def takes(mebibytes: int) -> Callable[[View], View]:
    """Declare that this view is sent more than other pages are."""

    def declare(view: View) -> View:
        view.most_bytes = mebibytes * MEBIBYTE  # type: ignore[attr-defined]
        return view

    return declare


def attach(app: Flask) -> None:
    """Before the guard, which shows what was typed once more to whoever has to sign in."""
    app.request_class = Request
    app.before_request(limit_size)


def limit_size() -> None:
    if g.actor is None:
        request.max_form_memory_size = FROM_ANYBODY
        return
    view = current_app.view_functions.get(request.endpoint or "")
    if most := getattr(view, "most_bytes", None):
        request.max_content_length = most


def limit_in_words() -> str:
    if request.mimetype == TYPED:
        kibibytes = (request.max_form_memory_size or 0) // 1024
        return f"{kibibytes:,} KB and {MOST_FIELDS:,} fields"
    return f"{(request.max_content_length or 0) // MEBIBYTE} MB"
