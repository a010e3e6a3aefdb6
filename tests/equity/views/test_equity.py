"""The pages on which a group reads what its own counts say of equity."""

from __future__ import annotations

from readiness.core.periods import Period
from readiness.counts.quality.models import QualityCell, SampleCell
from tests.factories.page import Page
from tests.factories.quality_counts import counts, declare, enter, known
from tests.factories.world import NOW

HERE = "/groups/elm/quality/2026-Q4"
RESULTS, RACE_DATA = f"{HERE}/results", f"{HERE}/race-data"
Q4 = Period(2026, 4)
SIZES = {"white": (700, 1000), "black": (120, 300), "asian": (5, 8), "nhpi": (10, 20)}


def year(store, back, pairs, measure="COL"):
    enter(store, Q4.plus(-4 * back), counts(pairs, measure), NOW)


def page(client, address=RESULTS):
    answer = client.get(address)
    assert answer.status_code == 200
    return Page(answer.text)


def test_an_empty_period_says_what_to_enter(cara):
    assert "No measure is split by patient group yet" in page(cara).text


def test_without_a_reference_no_gap_is_shown_and_the_page_says_where_to_declare_one(cara, store):
    year(store, 0, SIZES)
    found = page(cara)
    assert "No reference is declared" in found.text
    assert "Patients to close it" not in found.text
    assert f"{HERE}#reference" in found.links.values()
    page(cara, HERE).by_id("reference")


def test_a_gap_is_shown_with_everything_that_says_how_far_to_trust_it(cara, store):
    year(store, 0, SIZES)
    declare(store, Q4, "race_omb2024.white", NOW)
    text = page(cara).text
    assert "−30.0 (−36.0 to −23.7)" in text
    assert "furthest Black or African American alone, by 30.0 points" in text
    assert "cannot be told" in text
    assert "A direction, not a verdict" in text
    assert "5 of 8 patients: too few for a rate" in text


def test_where_lower_is_better_a_higher_rate_is_behind(cara, store):
    pairs = {"white": (200, 1000), "black": (180, 300), "asian": (40, 400)}
    year(store, 0, pairs, "GSD")
    declare(store, Q4, "race_omb2024.white", NOW)
    text = page(cara).text
    assert "a lower rate is better" in text
    assert "furthest Black or African American alone, by 40.0 points" in text
    assert "120" in text  # patients to close it: 300 x 0.4
    assert "none: not behind" in text  # of those who are ahead


def test_years_are_added_up_with_one_click_and_the_page_says_so(cara, store):
    for back in (0, 1):
        year(store, back, SIZES)
    first = page(cara)
    second = page(cara, first.links["Add up 2 years"])
    assert "count several times" in second.text
    assert "240 of 600 patients" in second.text
    assert "Show this period alone" in second.links


def test_small_groups_are_put_together_with_one_click_and_named(cara, store):
    year(store, 0, SIZES)
    found = page(cara, page(cara).links["Put the 2 smallest groups together"])
    assert "“Smaller groups together” holds Asian alone, Native Hawaiian" in found.text
    assert "15 of 28 patients" in found.text


def test_a_gap_that_narrowed_because_the_better_off_fell_is_called_that(cara, store):
    year(store, 1, {"white": (800, 1000), "black": (180, 300)})
    year(store, 0, {"white": (700, 1000), "black": (180, 300)})
    declare(store, Q4, "race_omb2024.white", NOW)
    text = page(cara).text
    assert "narrowed only because White alone did worse than before" in text
    assert "Not every group’s rate rose" in text.replace("'", "’")


def test_three_years_make_a_line(cara, store):
    for back in (0, 1, 2):
        year(store, back, {"white": (700, 1000), "black": (180 - 30 * back, 300)})
    declare(store, Q4, "race_omb2024.white", NOW)
    found = page(cara)
    assert "went from 40% in Q4 2024 to 60% in Q4 2026" in found.text
    assert len(found.all("figure")) == 2 + 2 + 1  # rates, gaps; two rates and one gap over years


def test_a_measure_that_was_not_entered_is_not_found(cara, store):
    year(store, 0, SIZES)
    assert cara.get(f"{RESULTS}?measure=BCS").status_code == 404


def test_a_mark_reached_by_luck_is_called_that(cara, store):
    enter(store, Q4, known(said=412, declined=50, unknown=30, not_asked=23), NOW)
    assert "its lower bound is below it, so it may be luck" in page(cara, RACE_DATA).text


def test_race_data_tell_each_way_of_not_knowing_apart(cara, store):
    enter(store, Q4, known(said=600, recorded=200, declined=90, unknown=70, not_asked=40), NOW)
    text = page(cara, RACE_DATA).text
    for says in ("90 of 1,000 patients", "70 of 1,000 patients", "40 of 1,000 patients"):
        assert says in text
    assert "not yet reached" in text


def test_a_sample_is_told_by_category(cara, store):
    sample: dict[QualityCell, int] = {
        SampleCell("white", "white"): 90,
        SampleCell("white", "black"): 10,
        SampleCell("black", "black"): 40,
    }
    enter(store, Q4, sample, NOW)
    text = page(cara, RACE_DATA).text
    assert "140 patients were asked again" in text
    assert "80% (66–90%)" in text


def test_what_is_not_entered_leads_to_where_it_is(cara):
    links = page(cara, RACE_DATA).links.values()
    assert {f"{HERE}/by/race-data", f"{HERE}/by/asked-again"} <= set(links)


def test_the_period_and_the_list_lead_here(cara, store):
    year(store, 0, SIZES)
    assert {RESULTS, RACE_DATA} <= set(page(cara, HERE).links.values())


def test_home_leads_to_the_last_period_that_can_tell_anything(cara, store):
    assert "Results by patient group" not in page(cara, "/home").links
    assert cara.get("/groups/elm/quality/results").headers["Location"] == "/groups/elm/quality"
    for back in (0, 1):
        year(store, back, SIZES)
    link = page(cara, "/home").links["Results by patient group"]
    assert cara.get(link).headers["Location"] == RESULTS


def test_counts_that_do_not_add_up_are_left_out_and_said(cara, store):
    year(store, 0, {**SIZES, "aian": (90, 60)})
    text = page(cara).text
    assert "Some counts do not add up" in text
    assert "American Indian" not in text


def test_a_split_stands_beside_the_rules_of_accreditors(cara, store):
    year(store, 0, SIZES)
    found = page(cara)
    assert "The split is aligned with 0 of 2 rules that could be held against it" in found.text
    assert "there is no row for American Indian or Alaska Native alone" in found.text
    rules = page(cara, found.links["What each rule asks, and what could not be verified"])
    assert "4 of 9 rules were seen to be in force" in rules.text
    assert "Cell size suppression policy" in rules.text
