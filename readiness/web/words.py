"""What every page may say without being told: who is signed in, where they can go, dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Flask, g, request, url_for

from readiness import access
from readiness.access import Can
from readiness.web.request_cycle import settings


@dataclass(frozen=True)
class Place:
    """One entry of the navigation."""

    label: str
    endpoint: str
    can: Can


PLACES = (
    Place("Home", "home.start", Can.SEE_HOME),
    Place("Portfolio", "portfolio.start", Can.REVIEW_PORTFOLIO),
    Place("Cycles", "cycles.start", Can.OPEN_CYCLE),
    Place("Administration", "admin.overview", Can.ADMINISTER),
    Place("My account", "account.mine", Can.SEE_HOME),
)


def attach(app: Flask) -> None:
    app.context_processor(common)
    app.add_template_filter(day)
    app.add_template_filter(moment)
    app.add_template_filter(number)


def common() -> dict[str, Any]:
    actor = g.get("actor")
    return {
        "actor": actor,
        "is_demo": settings().is_demo,
        "session_ends_at": g.get("session_ends_at"),
        "session_now": g.get("now"),
        "places": [
            {
                "label": place.label,
                "href": url_for(place.endpoint),
                "is_here": request.endpoint == place.endpoint,
            }
            for place in PLACES
            if actor and access.holds(actor, place.can)
        ],
    }


def day(value: date | datetime | None) -> str:
    """Jan 15, 2027, or "not yet" for nothing."""
    return f"{value:%b} {value.day}, {value.year}" if value else "not yet"


def moment(value: datetime | None) -> str:
    """Jan 15, 2027, 14:02 UTC."""
    return f"{day(value)}, {value:%H:%M} UTC" if value else "not yet"


def number(value: float | int | None) -> str:
    """1,234 or 47.5; "not scored" for nothing."""
    if value is None:
        return "not scored"
    return f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"
