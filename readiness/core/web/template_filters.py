"""What every page may say without being told: who is signed in, where they can go, dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request, url_for

from readiness.core import permissions
from readiness.core.formatting import (
    FILTERS,
    short_day,
)
from readiness.core.people import Actor
from readiness.core.permissions import Can, Scope
from readiness.core.web.session import draft_owner, settings


@dataclass(frozen=True)
class NavigationItem:
    """One entry of the navigation; `also` are the areas that a person enters through it."""

    label: str
    endpoint: str
    can: Can
    also: tuple[str, ...] = ()

    @property
    def areas(self) -> tuple[str, ...]:
        return (self.endpoint.partition(".")[0], *self.also)


PLACES = (
    NavigationItem("Home", "home.start", Can.SEE_HOME),
    NavigationItem("Portfolio", "portfolio.start", Can.REVIEW_PORTFOLIO),
    NavigationItem("Investment", "investment.start", Can.READ_INVESTMENT),
    NavigationItem("Cycles", "cycles.start", Can.OPEN_CYCLE),
    NavigationItem("Administration", "admin.overview", Can.ADMINISTER),
    NavigationItem("History", "admin.latest", Can.READ_HISTORY),
    NavigationItem("My account", "account.mine", Can.SEE_HOME),
)
GROUP_PLACES = (
    NavigationItem(
        "Assessments",
        "assess.of_group",
        Can.READ_ASSESSMENT,
        also=("context", "submit", "result", "plan", "money", "what_if"),
    ),
    NavigationItem(
        "Social-risk counts",
        "screen.quarters",
        Can.READ_COUNTS,
        also=("screen_records", "upload", "released", "measures"),
    ),
    NavigationItem("Quality measures", "quality.periods", Can.READ_QUALITY, also=("equity",)),
    NavigationItem("Sharing", "sharing.overview", Can.SHARE),
    NavigationItem("People", "team.show", Can.MANAGE_TEAM),
    NavigationItem("History", "history.of_group", Can.READ_GROUP_HISTORY),
    NavigationItem("Records", "records.show", Can.TAKE_OUT),
)


def attach(app: Flask) -> None:
    app.context_processor(common)
    app.jinja_env.filters.update(FILTERS, day=short_day)


def common() -> dict[str, Any]:
    actor = g.get("actor")
    return {
        "actor": actor,
        "may": may,
        "is_demo": settings().is_demo,
        "provider_name": provider.name if (provider := settings().identity_provider) else "",
        "draft_owner": draft_owner(actor.id) if actor else "",
        "session_ends_at": g.get("session_ends_at"),
        "session_now": g.get("now"),
        "places": [
            {
                "label": place.label,
                "href": url_for(place.endpoint),
                "is_here": request.endpoint == place.endpoint,
            }
            for place in PLACES
            if actor and permissions.holds(actor, place.can)
        ],
        "group_places": group_places(actor) if actor else [],
    }


def may(can: str, payer_id: str) -> bool:
    """Whether the person may do this for that payer: what they may not is not offered."""
    actor = g.get("actor")
    return bool(actor) and permissions.allowed(actor, Can[can], Scope(None, frozenset({payer_id})))


def group_places(actor: Actor) -> list[dict[str, Any]]:
    """The rooms of the group that the page is about; of one's only group on every page."""
    named = (request.view_args or {}).get("group_id")
    group_id = named or (actor.group_ids[0] if len(actor.group_ids) == 1 else None)
    if group_id not in actor.group_ids:
        return []
    scope = Scope(group_id)
    return [
        {
            "label": place.label,
            "href": url_for(place.endpoint, group_id=group_id),
            "is_here": request.blueprint in place.areas,
        }
        for place in GROUP_PLACES
        if permissions.allowed(actor, place.can, scope)
    ]
