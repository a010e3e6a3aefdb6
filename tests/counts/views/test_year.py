"""Entering a year's patients, and what is then held against them."""

from __future__ import annotations

from fractions import Fraction

from readiness.core.periods import Period
from readiness.counts.db import years
from readiness.counts.service import social_risk as screen
from tests.counts.views.test_social_risk import HERE as QUARTER
from tests.counts.views.test_social_risk import filled
from tests.factories.completion import complete_page
from tests.factories.page import Page
from tests.factories.social_risk_counts import GOOD, typed
from tests.factories.world import NOW

HERE = "/groups/elm/counts"
THERE = f"{HERE}/year"
Q4 = Period(2026, 4)


def send(client, **values):
    form = Page(client.get(HERE).text).values(THERE)
    return client.post(THERE, data={**form, **values})


def test_a_year_is_entered_shown_and_held_against_the_claim(cara, store):
    complete_page(cara, QUARTER, filled(cara, typed(GOOD)))
    quarters = screen.shares_for_claims(store, "elm", NOW.date())["SOCR-2"]
    assert quarters.share == Fraction(250, 400)
    assert send(cara, seen="1,200", screened="480").status_code == 303
    assert screen.shares_for_claims(store, "elm", NOW.date())["SOCR-2"].share == Fraction(2, 5)
    page = Page(cara.get(HERE).text)
    assert "12 months to the end of Q4 2026; unit: patients, each counted once" in page.text
    assert page.values(THERE)["seen"] == "1,200"


def test_a_correction_is_a_new_revision_and_a_second_saver_is_told(cara, store):
    stale = Page(cara.get(HERE).text).values(THERE)
    send(cara, seen="1200", screened="480")
    send(cara, seen="1200", screened="500")
    assert years(store, "elm")[Q4].revision == 2
    reply = cara.post(THERE, data={**stale, "seen": "9", "screened": "1"})
    assert reply.status_code == 409
    assert years(store, "elm")[Q4].screened == 500


def test_what_cannot_be_is_told_at_its_field_and_nothing_is_stored(cara, store):
    complete_page(cara, QUARTER, filled(cara, typed(GOOD)))
    for seen, screened, says in (
        ("300", "280", "Q4 2026 alone counts 400"),
        ("1200", "1300", "More were screened than seen"),
        ("many", "3", "Enter a whole number of patients"),
        ("", "", "Enter a whole number of patients"),
    ):
        reply = send(cara, seen=seen, screened=screened)
        assert reply.status_code == 422
        assert says in Page(reply.text).text
    assert years(store, "elm") == {}
