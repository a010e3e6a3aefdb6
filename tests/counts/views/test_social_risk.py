"""Entering counts through the pages: saving, checking, pasting, clashes, and who may."""

from __future__ import annotations

import re

import pytest

from readiness.core.periods import Period
from readiness.counts.db import social_risk
from readiness.counts.models import PeriodState
from readiness.counts.social_risk.models import FunnelCell, Need, Step, cells_of
from readiness.counts.strata import ALL, Stratum, StratumType
from tests.factories.completion import complete_page
from tests.factories.page import Page
from tests.factories.social_risk_counts import GOOD, typed

HERE = "/groups/elm/counts/2026-Q4"
BEFORE = "/groups/elm/counts/2026-Q3"
SIDE = f"{HERE}/language"
Q4 = Period(2026, 4)
ELIGIBLE, SCREENED, ANY = (
    FunnelCell(Step.ELIGIBLE),
    FunnelCell(Step.SCREENED),
    FunnelCell(Step.ANY_POSITIVE),
)
FOOD = FunnelCell(Step.POSITIVE, Need.FOOD)
SPANISH = Stratum(StratumType.LANGUAGE, "spanish")


def filled(client, fields, path=HERE, **more):
    """What a browser sends after somebody typed `fields` into the page as it stands."""
    page = Page(client.get(path).text)
    return {**page.values(path), **fields, **more}


def stored(store, quarter=Q4):
    found = social_risk.of_group(store, "elm")
    return dict(found[quarter].known) if quarter in found else {}


def linked(page: Page) -> dict[str, str]:
    return {link.text: link.get("href") for link in page.all("a") if "#" in link.get("href")}


def test_the_list_says_of_every_quarter_where_it_stands(cara, store):
    complete_page(cara, HERE, filled(cara, typed(GOOD)))
    cara.post(
        BEFORE,
        data=filled(cara, {ELIGIBLE.key: "5"}, BEFORE),
    )
    page = Page(cara.get("/groups/elm/counts").text)
    rows = [row.text for row in page.all("tr")]
    assert any("Q1 2027" in row and "Running" in row for row in rows)
    done = next(row for row in rows if "Q4 2026" in row and "October" in row)
    assert "Complete" in done
    assert "63% (58–67%), 250 of 400" in done
    assert any("Q3 2026" in row and "Started" in row and "not known" in row for row in rows)
    assert any("Q2 2026" in row and "Missing" in row for row in rows)
    assert "Screening reach: 63% in Q4 2026" in page.text
    assert "60% (52–67%), 90 of 150" in page.text  # outcome known, over the five needs


def test_the_list_of_a_group_without_counts_is_a_page_too(cara):
    page = Page(cara.get("/groups/elm/counts").text)
    assert "Screening reach: no quarter has counts yet" in page.text


def test_every_field_is_named_by_its_row_and_column(cara):
    page = Page(cara.get(HERE).text)
    label = next(tag for tag in page.all("label") if tag.get("for") == FOOD.key)
    assert label.text == "Food, Need found"
    assert page.by_id(FOOD.key).get("inputmode") == "numeric"
    assert {cell.key for cell in cells_of(ALL)} == {
        tag.get("id") for tag in page.all("input") if "inputmode" in tag
    }


def test_what_is_typed_is_saved_and_shown_again(cara, store):
    reply = cara.post(HERE, data=filled(cara, {ELIGIBLE.key: "1,400", FOOD.key: "0"}))
    assert (reply.status_code, reply.location) == (303, HERE)
    assert stored(store) == {ELIGIBLE: 1400, FOOD: 0}
    page = Page(cara.get(HERE).text)
    assert page.by_id(ELIGIBLE.key).get("value") == "1400"
    assert page.by_id(FOOD.key).get("value") == "0"
    assert page.by_id(SCREENED.key).get("value") == ""
    assert "Saved, Jan 15, 2027" in page.text


def test_the_quarter_before_stands_under_each_field(cara):
    cara.post(
        BEFORE,
        data=filled(cara, {FOOD.key: "38"}, BEFORE),
    )
    page = Page(cara.get(HERE).text)
    assert page.by_id(f"{FOOD.key}-last").text == "Q3: 38"
    assert page.by_id(FOOD.key).get("aria-describedby") == f"{FOOD.key}-last"


@pytest.mark.parametrize(
    "text", ["-1", "3.5", "9" * 5_000, "٣", "x" * 1_000_000, "<script>", "NaN"]
)
def test_a_text_that_is_no_count_comes_back_with_its_place_and_nothing_is_saved(cara, store, text):
    reply = cara.post(HERE, data=filled(cara, {FOOD.key: text, ELIGIBLE.key: "400"}))
    assert reply.status_code == 422
    page = Page(reply.text)
    (says,) = [
        says for says, href in linked(page).items() if href == f"#{FOOD.key}" and "this" in says
    ]
    assert says.startswith("Food, Need found: this ")
    assert page.by_id(FOOD.key).get("aria-invalid") == "true"
    assert page.by_id(FOOD.key).get("value") == text[:60]
    assert page.by_id(ELIGIBLE.key).get("value") == "400"
    assert len(reply.text) < 300_000
    assert stored(store) == {}


def test_contradictions_are_listed_and_linked_and_the_numbers_are_kept(cara, store):
    cara.post(HERE, data=filled(cara, {ELIGIBLE.key: "100", SCREENED.key: "120"}))
    assert stored(store) == {ELIGIBLE: 100, SCREENED: 120}
    page = Page(cara.get(HERE).text)
    assert "These counts do not add up yet" in page.text
    assert (
        linked(page)[
            "All patients, Screened: 120 cannot be more than All patients, Eligible (100). "
            "Check these numbers."
        ]
        == f"#{SCREENED.key}"
    )


def test_marking_complete_saves_first_and_then_says_what_is_missing(cara, store):
    reply = complete_page(cara, HERE, filled(cara, {ELIGIBLE.key: "400"}))
    assert reply.status_code == 422
    page = Page(reply.text)
    assert "What you entered is saved. The quarter is not yet complete." in page.text
    assert linked(page)["All patients, Screened: enter this number to complete the quarter."]
    assert stored(store) == {ELIGIBLE: 400}


def test_a_good_quarter_is_marked_complete(cara, store):
    reply = complete_page(cara, HERE, filled(cara, typed(GOOD)))
    assert (reply.status_code, reply.location) == (303, "/groups/elm/counts")
    assert social_risk.status(store, "elm", Q4).state is PeriodState.COMPLETE


def test_what_payers_would_read_is_shown_and_asked_once(cara, store):
    asked = cara.post(HERE, data=filled(cara, typed(GOOD), do="complete"))
    page = Page(asked.text)
    assert "Mark this quarter complete?" in page.text
    assert re.search(
        r"[0-9]+ numbers would leave your group, and [0-9]+ would be hidden", page.text
    )
    assert "Who reads it once you have submitted an assessment:" in page.text
    assert stored(store) == GOOD
    assert social_risk.status(store, "elm", Q4).state is not PeriodState.COMPLETE
    sure = {**page.values(HERE), "do": "confirm"}
    cara.post(HERE, data=filled(cara, {ELIGIBLE.key: "9000"}))
    again = cara.post(HERE, data=sure)
    assert "Somebody changed these counts since you looked" in Page(again.text).text
    assert social_risk.status(store, "elm", Q4).state is not PeriodState.COMPLETE
    assert cara.post(HERE, data={**Page(again.text).values(HERE), "do": "confirm"}).location
    assert social_risk.status(store, "elm", Q4).state is PeriodState.COMPLETE


def test_a_running_quarter_has_no_such_button_and_refuses(cara, store):
    path = "/groups/elm/counts/2027-Q1"
    assert "mark the quarter complete" not in Page(cara.get(path).text).text
    reply = complete_page(cara, path, filled(cara, typed(GOOD), path))
    assert reply.status_code == 409
    assert "still running" in Page(reply.text).text
    assert stored(store, Period(2027, 1)) == GOOD


def test_an_odd_number_asks_for_an_explanation_that_then_stands(cara, store):
    odd = {**GOOD, FunnelCell(Step.REFERRED, Need.SAFETY): 0}
    for step in (Step.REFERRED_30D, Step.OUTCOME_KNOWN, Step.CONNECTED, Step.RESOLVED):
        odd[FunnelCell(step, Need.SAFETY)] = 0
    reply = complete_page(cara, HERE, filled(cara, typed(odd)))
    assert reply.status_code == 422
    name = next(
        t.get("name") for t in Page(reply.text).all("textarea") if t.get("name").startswith("why.")
    )
    for text, says in (("Call 617-555-0134", "a phone number"), ("x" * 400, "400 characters")):
        refused = cara.post(HERE, data=filled(cara, {name: text}))
        assert refused.status_code == 422
        assert says in Page(refused.text).text
        assert text in refused.text
    reply = complete_page(cara, HERE, filled(cara, {name: "Helped on the spot."}))
    assert reply.status_code == 303
    assert "Explained" in Page(cara.get(HERE).text).text


def test_a_clash_shows_both_values_and_the_next_save_decides(cara, store, app, sign_in):
    cara.post(HERE, data=filled(cara, {ELIGIBLE.key: "400"}))
    mine = filled(cara, {ELIGIBLE.key: "420", SCREENED.key: "7"})
    maya = sign_in(app.test_client(), "maya")
    maya.post(HERE, data=filled(maya, {ELIGIBLE.key: "410", FOOD.key: "9"}))
    reply = cara.post(HERE, data=mine)
    assert reply.status_code == 409
    page = Page(reply.text)
    assert "All patients, Eligible: you typed 420, somebody else saved 410." in page.text
    assert page.by_id(ELIGIBLE.key).get("value") == "420"
    assert page.by_id(f"{ELIGIBLE.key}-note").text == "Saved by somebody else: 410"
    assert page.by_id(FOOD.key).get("value") == "9"
    assert stored(store) == {ELIGIBLE: 410, FOOD: 9}
    assert cara.post(HERE, data=page.values(HERE)).status_code == 303
    assert stored(store) == {ELIGIBLE: 420, SCREENED: 7, FOOD: 9}


@pytest.mark.parametrize("base", ["", "[]", "x", "9" * 5_000, '{"a": true}', "[" * 100_000])
def test_a_forged_memory_of_the_page_overwrites_nothing_unseen(cara, store, base):
    cara.post(HERE, data=filled(cara, {ELIGIBLE.key: "400"}))
    reply = cara.post(HERE, data=filled(cara, {ELIGIBLE.key: "420"}, base=base))
    assert reply.status_code == 409
    assert stored(store) == {ELIGIBLE: 400}


def test_a_pasted_block_is_shown_before_it_is_saved(cara, store):
    cara.post(HERE, data=filled(cara, {FOOD.key: "5"}))
    block = "Need\tScreened\tNeed found\nFood\t240\t40\nHousing\t230\t35\n"
    reply = cara.post(HERE, data=filled(cara, {ELIGIBLE.key: "400"}, block=block, do="preview"))
    assert reply.status_code == 200
    page = Page(reply.text)
    assert "4 counts from your block are in the table. Nothing is saved yet" in page.text
    assert page.by_id(FOOD.key).get("value") == "40"
    assert page.by_id(f"{FOOD.key}-note").text == "Saved before: 5"
    assert page.by_id(ELIGIBLE.key).get("value") == "400"
    assert stored(store) == {FOOD: 5}
    assert cara.post(HERE, data=page.values(HERE)).status_code == 303
    assert stored(store)[FOOD] == 40
    assert stored(store)[ELIGIBLE] == 400


def test_a_block_with_problems_names_its_lines_and_is_kept(cara, store):
    block = "Need\tScreened\nFodo\t240\nHousing\t3.5\nSafety\t7\n"
    reply = cara.post(HERE, data=filled(cara, {}, block=block, do="preview"))
    assert reply.status_code == 422
    page = Page(reply.text)
    assert {href for says, href in linked(page).items() if says.startswith("Line ")} == {"#block"}
    assert "Line 2: “Fodo” is not a row here." in page.text
    assert page.values(HERE)["block"].splitlines() == block.splitlines()
    assert page.by_id(FunnelCell(Step.SCREENED, Need.SAFETY).key).get("value") == "7"


def test_an_oversized_block_is_refused_in_one_sentence(cara):
    reply = cara.post(HERE, data=filled(cara, {}, block="1\t" * 500_000, do="preview"))
    assert reply.status_code == 422
    assert "This block is too large" in Page(reply.text).text
    assert len(reply.text) < 400_000


def test_a_breakdown_is_entered_side_by_side_and_its_parts_in_full(cara, store):
    side = SIDE
    cells = {
        FunnelCell(Step.ELIGIBLE, None, SPANISH).key: "80",
        FunnelCell(Step.SCREENED, None, SPANISH).key: "50",
    }
    assert cara.post(side, data=filled(cara, cells, side)).status_code == 303
    page = Page(cara.get(side).text)
    assert page.links["Spanish"] == f"{side}/spanish"
    assert "50 of 80 patients" in page.text or "63%" in page.text
    inside = f"{side}/spanish"
    housing = FunnelCell(Step.POSITIVE, Need.HOUSING, SPANISH)
    assert cara.post(inside, data=filled(cara, {housing.key: "9"}, inside)).status_code == 303
    assert stored(store)[housing] == 9


def test_parts_that_exceed_the_whole_are_linked_to_their_own_page(cara):
    cara.post(HERE, data=filled(cara, {ELIGIBLE.key: "70"}))
    side = SIDE
    part = FunnelCell(Step.ELIGIBLE, None, SPANISH)
    cara.post(side, data=filled(cara, {part.key: "80"}, side))
    page = Page(cara.get(HERE).text)
    assert f"{side}#{part.key}" in linked(page).values()


def test_a_page_takes_only_its_own_cells(cara, store):
    cara.post(HERE, data=filled(cara, {FunnelCell(Step.ELIGIBLE, None, SPANISH).key: "80"}))
    assert stored(store) == {}


@pytest.mark.parametrize(
    "path",
    [
        "/groups/elm/counts/2027-Q2",
        "/groups/elm/counts/2026-Q9",
        "/groups/elm/counts/2026-Q4/total",
        "/groups/elm/counts/2026-Q4/age",
        "/groups/elm/counts/2026-Q4/language/klingon",
        "/groups/none/counts",
    ],
)
def test_what_does_not_exist_is_not_found(cara, path):
    assert cara.get(path).status_code == 404


@pytest.mark.parametrize(
    ("person", "status"), [("cara", 200), ("maya", 200), ("omar", 404), ("pam", 403), ("ada", 403)]
)
@pytest.mark.parametrize("path", ["/groups/elm/counts", HERE, SIDE, f"{SIDE}/spanish"])
def test_only_the_groups_own_people_see_its_counts(client, sign_in, person, status, path):
    assert sign_in(client, person).get(path).status_code == status


@pytest.mark.parametrize(("person", "status"), [("omar", 404), ("pam", 403), ("ada", 403)])
@pytest.mark.parametrize("path", [HERE, SIDE, f"{SIDE}/spanish"])
def test_nobody_else_enters_them(client, sign_in, store, person, status, path):
    sign_in(client, person)
    token = Page(client.get("/home").text).token
    for wanted in ("save", "complete", "preview"):
        fields = {"csrf_token": token, ELIGIBLE.key: "1", "do": wanted, "block": "1"}
        assert client.post(path, data=fields).status_code == status
    assert stored(store) == {}
