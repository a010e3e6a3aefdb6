"""Records of standard-setting panels: only ever added, each with its line of history."""

from __future__ import annotations

from readiness.assessments.panels import PanelRecord
from readiness.core import audit
from readiness.core.audit import Event
from readiness.core.db import Store
from readiness.core.serialization import from_row, to_row


def add(store: Store, record: PanelRecord, event: Event) -> None:
    with store.writing():
        store.insert("panel_records", to_row(record))
        audit.record(store, event)


def of_version(
    store: Store, instrument_id: str, version: str
) -> tuple[tuple[str, PanelRecord], ...]:
    """With the name of the payer that each was recorded for; the latest panel first."""
    rows = store.rows(
        "select panel_records.*, payers.name as payer from panel_records"
        " join payers on payers.id = payer_id where instrument_id = ? and version = ?"
        " order by held_on desc, recorded_at desc, panel_records.id",
        (instrument_id, version),
    )
    return tuple((row["payer"], from_row(PanelRecord, row)) for row in rows)
