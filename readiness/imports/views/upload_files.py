"""Files to begin an upload from: our template, and mapping files for other people's tables."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from readiness.core.errors import NotFound
from readiness.core.permissions import Can
from readiness.core.web.guard import needs
from readiness.core.web.session import session
from readiness.imports.mapping_examples import EXAMPLES
from readiness.imports.mapping_shapes import MappingShape
from readiness.imports.service import template

bp = Blueprint("upload_files", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/groups/<group_id>/counts/template.csv")
@needs(Can.READ_COUNTS)
def template_csv(group_id: str) -> ResponseReturnValue:
    made = template.csv(session(), group_id)
    return download(made, "text/csv; charset=utf-8", "counts.csv")


@bp.get("/groups/<group_id>/counts/template.xlsx")
@needs(Can.READ_COUNTS)
def template_xlsx(group_id: str) -> ResponseReturnValue:
    made = template.xlsx(session(), group_id)
    return download(made, XLSX, "counts.xlsx")


@bp.get("/mappings/<shape>.toml")
@needs(Can.READ_COUNTS)
def mapping(shape: str) -> ResponseReturnValue:
    """The same for everybody."""
    if shape not in list(MappingShape):
        raise NotFound("There is no such example. Choose one from the upload's page.")
    made = EXAMPLES[MappingShape(shape)].encode()
    return download(made, "text/plain; charset=utf-8", f"mapping-{shape}.toml")


def download(made: bytes, kind: str, name: str) -> ResponseReturnValue:
    disposition = f'attachment; filename="{name}"'
    return made, {"Content-Type": kind, "Content-Disposition": disposition}
