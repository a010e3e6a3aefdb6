"""A period marked complete: by the service, and by the two pages on which a person does it."""

from __future__ import annotations

from readiness.releases.service import publication
from tests.factories.page import Page


def mark_complete(session, kind, group_id, written, threshold, **more):
    found = publication.completion(session, kind, group_id, written, threshold, **more)
    return publication.complete(session, kind, found)


def complete_page(client, path, fields, **more):
    """The last answer: the page that asks is agreed to, where it comes."""
    asked = client.post(path, data={**fields, "do": "complete"}, **more)
    if asked.status_code != 200 or 'name="seen"' not in asked.text:
        return asked
    return client.post(path, data={**Page(asked.text).values(path), "do": "confirm"}, **more)
