"""Files sent as a browser sends them: the test client's own way would spool them to the disk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import IO, Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

BOUNDARY = "a-boundary"
File = tuple[str, str, bytes]  # the field, the file's name, what is in it


def body(fields: Mapping[str, str], files: Iterable[File]) -> bytes:
    parts = [(f'name="{name}"', value.encode()) for name, value in fields.items()]
    parts += [(f'name="{field}"; filename="{name}"', content) for field, name, content in files]
    lines = [
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content
        for head, content in parts
    ]
    return b"\r\n".join([*lines, f"--{BOUNDARY}--\r\n".encode()])


def post(
    client: FlaskClient, path: str, content: bytes, stream: IO[bytes] | None = None, **more: Any
) -> TestResponse:
    return client.post(
        path,
        input_stream=stream or BytesIO(content),
        content_length=len(content),
        content_type=f"multipart/form-data; boundary={BOUNDARY}",
        **more,
    )
