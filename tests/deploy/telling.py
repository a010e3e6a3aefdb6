"""The product, and one address that tells what it sees of whoever asks."""

from __future__ import annotations

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

    return app
