"""Files that a page hands out: what each is, its name, and whether it opens at once."""

from __future__ import annotations

from flask import Response

from readiness.core.errors import NotFound
from readiness.core.exports import Sheet, csv_of, xlsx_of

NO_FILE = "There is no such file. Choose CSV or a spreadsheet on the page."
KINDS = {  # ending -> content type
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "toml": "text/plain; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def send_export(content: bytes | str, name: str, kind: str = "") -> Response:
    """`name` has an ending, which says what it is unless `kind` does; a PDF opens at once."""
    ending = name.rpartition(".")[2]
    how = "inline" if ending == "pdf" else "attachment"
    disposition = f'{how}; filename="{name}"'
    return Response(
        content,
        content_type=kind or KINDS[ending],
        headers={"Content-Disposition": disposition},
    )


def send_sheet(sheet: Sheet, name: str, ending: str) -> Response:
    """As CSV or as a spreadsheet, by the ending asked for; NotFound for any other."""
    if ending == "csv":
        return send_export(csv_of(sheet.header, sheet.rows), f"{name}.csv")
    if ending == "xlsx":
        return send_export(xlsx_of([sheet]), f"{name}.xlsx")
    raise NotFound(NO_FILE)
