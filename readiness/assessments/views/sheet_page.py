"""A page about an assessment: whichever it is, it can say who will see what."""

from __future__ import annotations

from typing import Any

from flask import render_template

from readiness.assessments.service import audience
from readiness.assessments.service.assessment_view import Sheet
from readiness.core.web.session import actor, now, store


def rendered(template: str, sheet: Sheet, **shown: Any) -> str:
    seen_by = audience.of_group(store(), actor(), sheet.group.id, now())
    return render_template(template, sheet=sheet, audience=seen_by, **shown)
