"""The product, an address that tells what it sees of whoever asks, and faults of two kinds."""

from __future__ import annotations

from typing import Any

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

from readiness import application
from readiness.core.web.guard import open_to_anyone


def create_app() -> Flask:
    app = application.create_app()

    @app.get("/what-is-seen")
    @open_to_anyone
    def what_is_seen() -> ResponseReturnValue:
        names = sorted(name for name, _ in request.headers if "orward" in name)
        return jsonify(
            address=request.remote_addr, scheme=request.scheme, host=request.host, names=names
        )

    @app.get("/faulty/<typed>")
    @open_to_anyone
    def faulty(typed: str) -> ResponseReturnValue:
        raise ValueError(typed)

    serve = app.wsgi_app

    def fail_below(environ: Any, start_response: Any) -> Any:
        if environ["PATH_INFO"].startswith("/below/"):
            raise ValueError(environ["PATH_INFO"])
        return serve(environ, start_response)

    app.wsgi_app = fail_below  # type: ignore[method-assign]
    return app
