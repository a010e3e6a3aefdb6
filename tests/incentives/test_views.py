"""The laboratory's pages: designs put in, added and taken away, tried, read and taken along."""

from __future__ import annotations

import json

import pytest
from werkzeug.datastructures import MultiDict

from readiness.core.jobs import db as jobs
from readiness.core.jobs.models import Job
from readiness.counts.strata import StratumType
from readiness.incentives import db as laboratory
from readiness.incentives.service import runs
from tests.factories import incentive_runs, portfolio, world
from tests.factories.page import Page, sent_by
from tests.factories.waiting import until

HERE = "/payers/fair/laboratory"
NEW = f"{HERE}/new"
COUNTS = {"black": (60, 100), "white": (140, 200)}


@pytest.fixture
def grown(store):
    portfolio.grow_three(store, COUNTS)
    return store


def filled(page):
    """What the form would send, several values a name."""
    return MultiDict(sent_by(page.form(NEW)))


def send(pam, typed, do="run", **changes):
    """The reply, and its page where it is one."""
    sent = typed.copy()
    for name, value in {**changes, "do": do}.items():
        sent.setlist(name.replace("__", "-"), [value] if isinstance(value, str) else value)
    return pam.post(NEW, data=sent)


def settled(client, reply):
    assert reply.status_code == 303, Page(reply.text).text
    until(lambda: "are being tried" not in client.get(reply.location).text)
    return Page(client.get(reply.location).text)


def test_with_nothing_released_the_page_says_so(pam):
    assert "nothing to try an incentive on" in Page(pam.get(NEW).text).text
    assert "None yet." in Page(pam.get(HERE).text).text


def test_a_form_starts_with_two_designs_over_what_most_groups_released(pam, grown):
    page = Page(pam.get(NEW).text)
    typed = filled(page)
    assert typed["designs"] == "2"
    assert typed["design0-name"] == "Gap narrowing, point estimate"
    assert typed.getlist("design1-measure_ids") == ["COL"]
    assert "up to 3 groups released a measure" in page.text
    assert "White alone, declared by 3 of 3 groups" in page.text
    assert typed["seed"] == "20270115"
    assert (typed["staying"], typed["correlation"]) == ("84", "30")


def test_designs_are_added_and_taken_away_with_nothing_typed_lost(pam, grown):
    typed = filled(Page(pam.get(NEW).text))
    typed["design0-pool"] = "not a number yet"
    reply = send(pam, typed, "add-attainment", design1__name="Mine", gain_points="2.5")
    assert reply.status_code == 200
    more = filled(Page(reply.text))
    assert (more["designs"], more["design2-name"]) == ("3", "Attainment")
    assert (more["design0-pool"], more["gain_points"]) == ("not a number yet", "2.5")
    fewer = filled(Page(send(pam, more, "remove-0").text))
    assert (fewer["designs"], fewer["design0-name"], fewer["design1-name"]) == (
        "2", "Mine", "Attainment",
    )  # fmt: skip
    assert "design2-name" not in fewer


def test_four_designs_are_the_most(pam, grown):
    typed = filled(Page(pam.get(NEW).text))
    for _ in range(4):
        typed = filled(Page(send(pam, typed, "add-attainment").text))
    assert typed["designs"] == "4"


def test_another_split_is_taken_without_a_design_being_lost(pam, grown):
    typed = filled(Page(pam.get(NEW).text))
    page = Page(send(pam, typed, "show", reference="black", design0__name="Kept").text)
    assert filled(page)["design0-name"] == "Kept"
    assert filled(page)["reference"] == "black"
    assert "chosen for this run" in page.text


def test_what_is_wrong_is_said_beside_each_field_and_on_top_and_nothing_is_lost(pam, grown):
    typed = filled(Page(pam.get(NEW).text))
    reply = send(
        pam, typed, design0__pool="much", design1__full_points="1", design1__least_points="5",
        replicates="10", design0__measure_ids=[],
    )  # fmt: skip
    assert reply.status_code == 422
    page = Page(reply.text)
    links = [a.text for a in page.by_id("errors").all("a")]
    assert "Design 1: Give the pool as whole dollars, such as 1,000,000." in links
    assert "Design 1: Choose at least one measure." in links
    assert "Give the replicates as a whole number from 1,000 to 20,000." in links
    assert filled(page)["design0-pool"] == "much"
    again = send(pam, typed, design1__full_points="1", design1__least_points="5")
    assert "from the least points to 100" in Page(again.text).by_id("errors").text
    assert laboratory.of_payer(grown, "fair") == ()


def test_where_nobody_declared_a_reference_one_is_asked_for(pam, grown):
    for group_id in ("ash", "birch"):
        portfolio.release(
            grown, group_id, portfolio.AFTER, {"english": (70, 90), "spanish": (30, 60)},
            kind=StratumType.LANGUAGE, number=2,
        )  # fmt: skip
    typed = filled(Page(pam.get(NEW).text))
    reply = send(pam, typed, kind="language")
    assert reply.status_code == 422
    assert runs.NO_REFERENCE in Page(reply.text).by_id("errors").text
    chosen = send(pam, typed, kind="language", reference="english", replicates="1000")
    assert "English, chosen for this run" in settled(pam, chosen).text


def test_designs_are_tried_read_listed_and_changed(pam, grown):
    typed = filled(Page(pam.get(NEW).text))
    reply = send(pam, typed, replicates="1,000", design1__least_tier="4")
    page = settled(pam, reply)
    assert page.heading == "Incentives tried"
    for asked in (
        "Nothing truly changes: who is paid by chance?",
        "truly improve by 5 points: who is found?",
        "falls by 5 points and nobody improves: is that paid for?",
        "Who gets the money?",
    ):
        assert asked in page.text
    assert "Every figure is for the counts that your groups released" in page.text
    assert "A weak prior, worth two patients" in page.text
    assert "its tier condition closes the payment to 3 of 3 groups" in page.text
    assert "must never lower a payment or close access to one" in page.text
    listed = Page(pam.get(HERE).text)
    assert any("Done" in row.text and "3 groups" in row.text for row in listed.all("tr"))
    changed = filled(Page(pam.get(page.links["Change the designs"]).text))
    assert (changed["design1-least_tier"], changed["replicates"]) == ("4", "1,000")


def test_done_again_it_says_that_the_numbers_are_the_same(pam, grown):
    first = send(pam, filled(Page(pam.get(NEW).text)), replicates="1000")
    page = settled(pam, first)
    again = pam.post(f"{first.location}/again", data=page.values(f"{first.location}/again"))
    assert "It gives the same numbers, to the last digit." in settled(pam, again).text


def test_while_one_is_under_way_another_waits_with_nothing_typed_lost(pam, grown):
    jobs.ask(grown, Job("j1", runs.KIND, "pam", world.NOW, world.NOW, None, "fair"))
    typed = filled(Page(pam.get(NEW).text))
    reply = send(pam, typed, design0__name="Kept")
    assert reply.status_code == 409
    assert filled(Page(reply.text))["design0-name"] == "Kept"
    assert "under way" in Page(reply.text).by_id("errors").text


@pytest.mark.slow
def test_files_of_a_run_can_be_taken_along(pam, store):
    incentive_runs.keep(store, incentive_runs.done(incentive_runs.a_run()))
    page = Page(pam.get(f"{HERE}/a-run").text)
    data = json.loads(pam.get(page.links["As data (JSON)"]).text)
    assert data["settings"]["seed"] == 7
    assert pam.get(page.links["As a spreadsheet"]).data.startswith(b"PK")
    assert pam.get(page.links["Report (PDF)"]).data.startswith(b"%PDF")
    assert pam.get(f"{page.links['Report (PDF)']}?paper=papyrus").status_code == 422


def test_a_run_under_way_is_watched_and_stopped(pam, grown):
    incentive_runs.keep(grown, incentive_runs.a_run())
    jobs.ask(grown, Job("j1", runs.KIND, "pam", world.NOW, world.NOW, None, "fair",
                        result_id="a-run"))  # fmt: skip
    page = Page(pam.get(f"{HERE}/a-run").text)
    assert page.heading == "The designs are being tried"
    watched = pam.get(f"{HERE}/a-run/progress").json
    assert watched == {"is_reading": True, "says": "Waiting for other work to be done."}
    stop = f"{HERE}/a-run/stop"
    stopped = Page(pam.post(stop, data=page.values(stop), follow_redirects=True).text)
    assert stopped.heading == "The designs were not tried to the end"
    assert filled(Page(pam.get(stopped.links["Back to the designs"]).text))
    assert pam.get(f"{HERE}/a-run/laboratory.json").status_code == 404


def test_a_group_s_own_people_find_nothing_here(client, sign_in, store):
    incentive_runs.keep(store, incentive_runs.done(incentive_runs.a_run()))
    for person_id in ("maya", "cara", "ada"):
        assert sign_in(client, person_id).get(f"{HERE}/a-run").status_code == 403
    assert sign_in(client, "pete").get(f"{HERE}/a-run").status_code == 404
