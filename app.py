"""The application: reads the settings and joins the parts."""

from __future__ import annotations

import os

import click
from flask import Flask

from readiness import cli, web
from readiness.core import config
from readiness.core.errors import BadInput
from readiness.instruments import loader as instruments


def create_app(chosen: config.Settings | None = None) -> Flask:
    """The Flask application; without `chosen`, as the environment says."""
    try:
        chosen = chosen or config.from_environment(os.environ)
    except ValueError as error:
        raise SystemExit(str(error)) from None
    app = Flask(__name__)
    app.config["SETTINGS"] = chosen
    try:
        instruments.look_in(chosen.instruments)
    except BadInput as error:
        raise SystemExit(str(error)) from None
    cli.attach(app)
    if serves_pages():
        web.attach(app, chosen)
    return app


def serves_pages() -> bool:
    """False while a command other than `flask run` loads the application.

    Commands need neither a secret key nor a database; pages need both.
    """
    context = click.get_current_context(silent=True)
    return context is None or context.info_name == "run"
