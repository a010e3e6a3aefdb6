"""Uploads for tests, as their reading leaves them."""

from __future__ import annotations

from datetime import datetime, timedelta

from readiness.core.db import Store
from readiness.core.errors import Problem
from readiness.core.periods import Period
from readiness.counts.social_risk.models import FunnelCell, Need, Step
from readiness.counts.strata import Stratum, StratumType
from readiness.imports import db as uploads
from readiness.imports.models import SavedMapping, Upload, UploadReport, UploadState
from tests.factories.world import NOW

Q3, Q4 = Period(2026, 3), Period(2026, 4)
SCREENED, ANY = FunnelCell(Step.SCREENED), FunnelCell(Step.ANY_POSITIVE)
ASKED, FOOD = FunnelCell(Step.SCREENED, Need.FOOD), FunnelCell(Step.POSITIVE, Need.FOOD)
SPANISH = FunnelCell(Step.SCREENED, Need.FOOD, Stratum(StratumType.LANGUAGE, "spanish"))
WHOLE = {SCREENED: 100, ANY: 30, ASKED: 90, FOOD: 20, SPANISH: 9}
FOUND = {Q4: {"": WHOLE, "elm-1": {ASKED: 40, FOOD: 8}}}
REPORT = UploadReport(
    rows=1_200,
    held=3,
    refused=2,
    unknown_codes={"12345-6": 4},
    problems=(Problem("line 7", "The day of the screen is missing."), Problem("line 9", "No day.")),
    running=(Period(2027, 1),),
)


def read(
    store: Store,
    upload_id: str = "u1",
    found=FOUND,
    report: UploadReport = REPORT,
    at: datetime = NOW,
    sha256: str = "0" * 64,
    author_id: str = "cara",
) -> Upload:
    """One that waits for somebody's yes or no."""
    uploads.add(store, Upload(upload_id, "elm", sha256, author_id, at))
    uploads.keep_found(store, upload_id, UploadState.READ, report, found, {})
    return uploads.get(store, upload_id)


MAPPING = """\
shape = "wide"
ignore = ["Provider"]
[columns]
patient = "Patient ID"
date = "Screening Date"
[fields."Food Insecurity"]
need = "food"
[results]
yes = "positive"
no = "negative"
"""


def map_columns(
    store: Store, mapping_id: str = "m1", name: str = "Report", text: str = MAPPING
) -> SavedMapping:
    saved = SavedMapping(mapping_id, "elm", name, text, "cara", NOW)
    uploads.save_mapping(store, saved)
    return saved


def later(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)
