"""The application: reads the settings and joins the features."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from datetime import UTC, datetime
from functools import partial

import click
from flask import Flask
from flask.cli import FlaskGroup
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from readiness import cli
from readiness.accounts.passwords import Hasher
from readiness.accounts.views import (
    account,
    history,
    one_time_links,
    passkeys,
    second_step,
    single_sign_on,
    team,
)
from readiness.administration import views as admin
from readiness.assessments.views import (
    answering,
    cycles,
    looks,
    questionnaire,
    review,
    standard_setting,
)
from readiness.core import migrations
from readiness.core.config import ROOT, Settings, from_environment
from readiness.core.db import Store
from readiness.core.errors import BadInput, NotReadable
from readiness.core.jobs.service import Runner
from readiness.core.pdf.folder import folder_of
from readiness.core.pdf.printer import Printer
from readiness.core.printing.service import PrintQueue
from readiness.core.web import (
    assets,
    error_handlers,
    guard,
    monitoring,
    printing,
    session,
    template_filters,
    upload_limit,
)
from readiness.counts.views import quality
from readiness.counts.views import social_risk as screen
from readiness.equity import views as equity
from readiness.home import views as home
from readiness.imports import mapping_views
from readiness.imports import views as imports
from readiness.incentives import views as laboratory
from readiness.instruments import loader as instruments
from readiness.investment import views as investment
from readiness.plans import money_views, what_if_views
from readiness.plans import views as plans
from readiness.portfolio.views import bulk_pdf, cut_points, next_tier, peers, portfolio
from readiness.releases import views as releases

BLUEPRINTS = (
    account.bp,
    admin.bp,
    answering.bp,
    assets.bp,
    portfolio.brief_bp,
    answering.context_bp,
    cut_points.bp,
    cycles.bp,
    equity.bp,
    history.bp,
    home.bp,
    investment.bp,
    laboratory.bp,
    one_time_links.bp,
    releases.measures_bp,
    money_views.bp,
    monitoring.bp,
    next_tier.bp,
    bulk_pdf.bp,
    passkeys.bp,
    peers.bp,
    plans.bp,
    portfolio.bp,
    quality.bp,
    releases.quality_bp,
    questionnaire.bp,
    admin.records_bp,
    releases.bp,
    printing.bp,
    plans.result_bp,
    peers.returns_bp,
    review.bp,
    cycles.sharing_bp,
    screen.bp,
    second_step.bp,
    single_sign_on.bp,
    standard_setting.bp,
    imports.record_bp,
    review.submit_bp,
    imports.bp,
    mapping_views.bp,
    what_if_views.bp,
    *team.BLUEPRINTS,
)
SHORTEST_KEY = 32  # characters: less can be tried out


def create_app(chosen: Settings | None = None) -> Flask:
    """The Flask application; without `chosen`, as the environment says."""
    try:
        chosen = chosen or from_environment(os.environ)
    except ValueError as error:
        raise SystemExit(str(error)) from None
    app = error_handlers.Application(
        "readiness", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static")
    )
    app.config["SETTINGS"] = chosen
    try:
        instruments.use_folders(chosen.instruments)
    except BadInput as error:
        raise SystemExit(str(error)) from None
    cli.attach(app)
    if serves_pages():
        attach_pages(app, chosen)
    return app


def serves_pages() -> bool:
    """False while a command other than `flask run` loads the application.

    Commands need neither a secret key nor a database; pages need both.
    """
    context = click.get_current_context(silent=True)
    return context is None or context.info_name == "run"


@click.group(cls=FlaskGroup, create_app=create_app)
def main() -> None:
    """Readiness: serve it, and everything that `flask` offers in a checkout."""


@main.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="address and port")
def serve(bind: str) -> None:
    """Serve pages; READINESS_SECRET_KEY and READINESS_DATA say with which key and data."""
    server = ["-m", "gunicorn", "--config", "python:readiness.serving", "--bind", bind]
    os.execv(sys.executable, [sys.executable, *server, "readiness.application:create_app()"])  # noqa: S606 (no shell is wanted)


def attach_pages(app: Flask, settings: Settings) -> None:
    """Make the application serve pages, or refuse with a sentence that says what is missing."""
    if not settings.secret_key or len(settings.secret_key) < SHORTEST_KEY:
        raise SystemExit(
            f"Set READINESS_SECRET_KEY to a random text of {SHORTEST_KEY} characters or more "
            "before serving pages, for example "
            'the output of: python3 -c "import secrets; print(secrets.token_hex(32))"'
        )
    if not settings.is_demo and not settings.hosts:
        raise SystemExit(
            "Set READINESS_HOSTS to the names this installation answers to, such as "
            "readiness.example.org: links to new passwords are built on the name that is asked for."
        )
    if problem := problem_with_database(settings):
        raise SystemExit(problem)
    configure(app, settings)
    folder_of(settings.database).tidy(datetime.now(UTC))  # what an earlier server has printed
    monitoring.attach(app)
    session.attach(app)
    upload_limit.attach(app)
    guard.attach(app)
    CSRFProtect(app)  # after the guard: another site's form is refused, never shown again
    error_handlers.attach(app)
    looks.attach(app)
    template_filters.attach(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)


def problem_with_database(settings: Settings) -> str:
    """Why it cannot be served, and what to do; empty where it can."""
    if not settings.database.exists():
        return f"There is no database {settings.database}. Run: flask database migrate"
    try:
        with closing(Store(settings.database)) as store:
            return migrations.problem_of(store) or (
                "" if migrations.is_current(store) else migrations.OLDER
            )
    except NotReadable as error:
        return str(error)


def configure(app: Flask, settings: Settings) -> None:
    prefix = "" if settings.is_demo else "__Host-"  # plain HTTP on loopback cannot carry it
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME=f"{prefix}form",  # Flask's own cookie holds the form token only
        SIGN_IN_COOKIE=f"{prefix}session",
        BROWSER_COOKIE=f"{prefix}browser",  # in which somebody has signed in before
        SESSION_COOKIE_SECURE=not settings.is_demo,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # as long as the form cookie: a slow typist is no attacker
        WTF_CSRF_SSL_STRICT=False,  # the guard checks the origin of every change itself
        MAX_CONTENT_LENGTH=8 * upload_limit.MEBIBYTE,
        MAX_FORM_MEMORY_SIZE=2 * upload_limit.MEBIBYTE,
        MAX_FORM_PARTS=upload_limit.MOST_FIELDS,
        TRUSTED_HOSTS=list(settings.hosts) or None,
        HASHER=Hasher(quick=settings.quick_hashing),
        OPEN_DATABASE=partial(Store, settings.database),
        PRINTER=Printer(),  # its child starts with the first document
        PRINTS=PrintQueue(settings.database),
        RUNNER=Runner(settings.database),
        PACKER=Runner(settings.database, at_once=1),  # packs of documents, apart from other work
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.url_map.strict_slashes = False
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies
        )
