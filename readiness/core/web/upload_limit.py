"""What a request may carry: how much, and that no byte of it touches a disk."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import IO, Any, TypeVar

import flask
from flask import Flask, current_app, request

View = TypeVar("View", bound=Callable[..., Any])
MEBIBYTE = 1024 * 1024


class Request(flask.Request):
    """Keeps uploads in memory: the framework's own would spool larger ones into temporary files."""

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
    """After the guard: whoever may not send at all may not send much either."""
    app.request_class = Request
    app.before_request(widen)


def widen() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if most := getattr(view, "most_bytes", None):
        request.max_content_length = most


def limit_in_words() -> str:
    return f"{(request.max_content_length or 0) // MEBIBYTE} MB"
