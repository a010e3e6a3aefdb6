"""What every page says without being told: where a person can go."""

from __future__ import annotations

import pytest

from tests.factories.page import Page

ROOMS = {
    "maya": [
        "Assessments",
        "Social-risk counts",
        "Quality measures",
        "Sharing",
        "People",
        "History",
        "Records",
    ],
    "cara": ["Assessments", "Social-risk counts", "Quality measures"],
    "pam": [],
    "ada": [],
}


def rooms(page):
    return [
        a for nav in page.all("nav") if nav.get("aria-label") == "Your group" for a in nav.all("a")
    ]


@pytest.mark.parametrize("person_id", ROOMS)
def test_a_group_s_people_find_its_rooms_on_every_page(client, sign_in, person_id):
    page = Page(sign_in(client, person_id).get("/home").text)
    assert [a.text for a in rooms(page)] == ROOMS[person_id]
    assert [client.get(a.get("href")).status_code for a in rooms(page)] == [200] * len(rooms(page))


def test_the_room_one_stands_in_is_marked(client, sign_in):
    page = Page(sign_in(client, "maya").get("/groups/elm/sharing").text)
    assert [a.text for a in rooms(page) if a.get("aria-current")] == ["Sharing"]
