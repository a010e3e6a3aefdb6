"""A page about an assessment: whichever it is, it can say who will see what."""

from __future__ import annotations

from typing import Any

from flask import render_template

from readiness.assessments.service import audience
from readiness.assessments.service.assessment_view import Sheet
from readiness.core.web.session import session


def rendered(template: str, sheet: Sheet, **shown: Any) -> str:
    seen_by = audience.of_group(session(), sheet.group.id)
    return render_template(template, sheet=sheet, audience=seen_by, **shown)
