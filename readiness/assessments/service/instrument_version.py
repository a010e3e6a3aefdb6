"""The version of the instrument that an assessment answers, as it was when it was begun."""

from __future__ import annotations

from readiness.assessments.models import Assessment
from readiness.core.errors import WrongState
from readiness.instruments import loader as instruments
from readiness.instruments.models import Instrument


def instrument_of(assessment: Assessment) -> Instrument:
    """Refused when the file has changed since: old answers keep the questions they answered."""
    instrument = instruments.load(assessment.instrument_id, assessment.version)
    if instrument.sha256 != assessment.instrument_sha256:
        raise WrongState(
            f"The file of {instrument.id} {instrument.version} was changed after this assessment "
            "was begun. Ask your administrator to bring the old file back and to give the new "
            "one a version of its own."
        )
    return instrument
