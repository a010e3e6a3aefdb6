"""Who set the cut points of an instrument, for everybody who signs in; panels, for payers."""

from __future__ import annotations

from dataclasses import dataclass

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.assessments.cut_points import CutPoint, cuts_of
from readiness.assessments.db import panels
from readiness.assessments.panels import PanelRecord, problems_of
from readiness.core import audit
from readiness.core.db import Session
from readiness.core.errors import BadInput
from readiness.core.people import Payer
from readiness.core.permissions import Can
from readiness.instruments import loader as instruments
from readiness.instruments import standard_setting
from readiness.instruments.models import Instrument
from readiness.instruments.standard_setting import StandardSetting


@dataclass(frozen=True)
class StandardSettingPage:
    instrument: Instrument
    record: StandardSetting | None  # None: an instrument of one's own without one
    cuts: tuple[CutPoint, ...]
    panels: tuple[tuple[str, PanelRecord], ...]  # the payer's name, and what its panel found


def load(session: Session, instrument_id: str, version: str) -> StandardSettingPage:
    """The same for everybody: it is about the instrument, and about no group."""
    instrument = instruments.load(instrument_id, version)
    return StandardSettingPage(
        instrument,
        standard_setting.find(instrument),
        cuts_of(instrument),
        panels.of_version(session.store, instrument.id, instrument.version),
    )


def recording(
    session: Session, payer_id: str, instrument_id: str, version: str
) -> tuple[Payer, Instrument]:
    """For whom and about what a panel is to be recorded."""
    scope.require_for_payer(session, Can.RECORD_PANEL, payer_id)
    return groups.payer(session.store, payer_id), instruments.load(instrument_id, version)


def record_panel(session: Session, record: PanelRecord) -> PanelRecord:
    recording(session, record.payer_id, record.instrument_id, record.version)
    if problems := tuple(problems_of(record)):
        raise BadInput(problems)
    kept = record.tidied
    panels.add(
        session.store,
        kept,
        audit.event(
            session,
            "recorded",
            "standard-setting panel",
            record.id,
            payer_id=record.payer_id,
            detail={"instrument": record.instrument_id, "version": record.version},
        ),
    )
    return kept
