"""Files that come from installed packages: Bootstrap's stylesheet and our fonts."""

from __future__ import annotations

from importlib.resources import files

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from readiness.core.pdf import fonts
from readiness.core.web.guard import open_to_anyone

bp = Blueprint("assets", __name__)
YEAR = "public, max-age=31536000, immutable"


@bp.get("/vendor/bootstrap.min.css")
@open_to_anyone
def bootstrap() -> ResponseReturnValue:
    path = files("flask_bootstrap") / "static" / "bootstrap5" / "css" / "bootstrap.min.css"
    css = path.read_text().replace("/*# sourceMappingURL=bootstrap.min.css.map */", "")
    return Response(css, mimetype="text/css", headers={"Cache-Control": YEAR})


@bp.get("/fonts/<name>")
@open_to_anyone
def font(name: str) -> ResponseReturnValue:
    if name not in fonts.FACES:
        abort(404)
    return Response(fonts.face(name), mimetype="font/ttf", headers={"Cache-Control": YEAR})
