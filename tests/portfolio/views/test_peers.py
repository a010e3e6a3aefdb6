"""A payer's pages over all groups: rates and gaps, and readiness against later change."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import pytest

from readiness.counts.strata import StratumType
from readiness.disclosure.db import quality
from tests.factories import portfolio
from tests.factories.page import Page

EQUITY = "/payers/fair/equity"
CHANGE = "/payers/fair/readiness-and-change"
ASH = "/payers/fair/groups/ash/quality"
GROUPS = ("ash", "birch", "cedar", "fir", "hazel", "larch")
# No two alike, and none that stands on a page for another reason.
BLACK, WHITE = (61_417, 93_851), (70_919, 97_613)

CAUSAL = re.compile(
    r"\b(because|cause[sd]?|due to|leads? to|led to|effects?|drives?|impact|thanks to|predicts?)\b"
)


@pytest.fixture
def grown(store):
    seed = portfolio.seeded(store)
    for n, group_id in enumerate(GROUPS):
        portfolio.grow(store, group_id, seed, 30.0 + n)
        for ending in (portfolio.BEFORE, portfolio.AFTER):
            shift = 101 * n + 1_009 * (ending == portfolio.AFTER)
            pairs = {
                "asian": (None, 50_021 + shift),
                "black": (BLACK[0] + 3 * shift, BLACK[1] + shift),
                "white": (WHITE[0] + shift, WHITE[1] + shift),
                "unknown": (4_001 + shift, 9_007 + shift),
            }
            portfolio.release(store, group_id, ending, pairs)
    return store


def rows(made):
    return list(csv.DictReader(io.StringIO(made.data.decode("utf-8-sig"))))


def test_the_portfolio_leads_to_both_pages_and_a_group_s_page_to_its_measures(grown, pam):
    links = Page(pam.get("/payers/fair/portfolio").text).links
    assert {EQUITY, CHANGE} <= set(links.values())
    assert ASH in Page(pam.get("/payers/fair/groups/ash").text).links.values()


def test_before_anything_was_released_both_pages_say_so(pam):
    assert "has released a quality measure yet" in Page(pam.get(EQUITY).text).text
    assert "Cannot be told yet" in Page(pam.get(CHANGE).text).text
    assert pam.get(f"{EQUITY}.csv").status_code == 404
    assert pam.get(f"{CHANGE}.csv").status_code == 404


def test_groups_stand_beside_each_other_with_the_reference_in_words(grown, pam):
    page = Page(pam.get(f"{EQUITY}?of=black").text)
    assert "Compared with White alone, which 6 of 6 groups declared." in page.text
    assert "cannot be told from 6 groups: it takes 30" in page.text
    assert "Holm" in page.text
    assert "Benjamini and Hochberg" in page.text
    assert {figure.all("svg")[0].get("role") for figure in page.all("figure")} == {"img"}
    assert len(page.all("figure")) == 2


def test_a_reference_in_the_address_is_the_payer_s_own_choice(grown, pam):
    page = Page(pam.get(f"{EQUITY}?of=white&reference=black").text)
    assert "Compared with Black or African American alone, chosen for this view." in page.text
    assert "6 groups declared another reference, or none" in page.text
    assert page.values(EQUITY)["reference"] == "black"


def test_hidden_groups_are_listed_in_the_usual_words(grown, pam):
    text = Page(pam.get(f"{EQUITY}?of=asian").text).text
    assert "Hidden to protect small counts: Ash Physicians, Birch Physicians" in text
    assert "no funnel is drawn" in text


@pytest.mark.parametrize("wish", ["measure=NONE&by=no&of=no&period=x&reference=no", "by=%00", ""])
def test_an_address_of_anybody_s_making_leads_to_what_there_is(grown, pam, wish):
    assert pam.get(f"{EQUITY}?{wish}").status_code == 200
    assert pam.get(f"{CHANGE}?{wish}&before=2099-Q1&after=1&score=x").status_code == 200


def test_the_same_table_as_files(grown, pam):
    lines = rows(pam.get(f"{EQUITY}.csv?of=black"))
    assert [line["Group"] for line in lines][:2] == ["Ash Physicians", "Birch Physicians"]
    ash = lines[0]
    x, n = BLACK[0] + 3 * 1_009, BLACK[1] + 1_009
    assert (ash["Meet the measure"], ash["Counted in it"]) == (str(x), str(n))
    assert float(ash["Rate (share)"]) == pytest.approx(x / n)
    assert ash["Gap is"] == "seen"
    assert pam.get(f"{EQUITY}.xlsx").data.startswith(b"PK")
    assert pam.get(f"{EQUITY}.exe").status_code == 404
    hidden = rows(pam.get(f"{EQUITY}.csv?of=asian"))[0]
    assert hidden["Meet the measure"] == "hidden to protect small counts"
    assert hidden["Rate (share)"] == ""


def test_six_groups_tell_nothing_of_readiness_and_change(grown, pam):
    page = Page(pam.get(CHANGE).text)
    assert "cannot be told from 6 groups: it takes 10" in page.text
    assert "which goes with which, never why" in page.text
    assert not CAUSAL.search(page.text)


def test_the_analysis_table_has_a_line_for_every_group(grown, pam):
    lines = rows(pam.get(f"{CHANGE}.csv"))
    assert [line["Group"] for line in lines][:2] == ["Ash Physicians", "Birch Physicians"]
    ash = lines[0]
    assert ash["Left out: why"] == ""
    assert ash["Equity readiness at first (0 to 100)"] == "30.0"
    x, n = BLACK[0] + 3 * 1_009, BLACK[1] + 1_009
    assert (ash["Later: own meet the measure"], ash["Later: own counted in it"]) == (str(x), str(n))
    gaps = [float(ash[f"Gap {when} (share)"]) for when in ("at first", "later")]
    assert float(ash["Change (share)"]) == pytest.approx(gaps[1] - gaps[0])
    elm = next(line for line in lines if line["Group"] == "Elm Physicians")
    assert elm["Left out: why"].startswith("earlier period: nothing released")
    assert pam.get(f"{CHANGE}.xlsx").data.startswith(b"PK")
    assert pam.get(f"{CHANGE}.exe").status_code == 404


def test_ten_groups_have_intervals_and_a_line_in_the_chart(grown, pam):
    seed = grown.row("select id from assessments where group_id = 'elm'")["id"]
    for n in range(5):
        portfolio.grow(grown, f"more{n}", seed, 60.0 - 3 * n)
        for ending, met in ((portfolio.BEFORE, 60_000), (portfolio.AFTER, 61_000 + 97 * n * n)):
            pairs = {"black": (met, 90_000), "white": (70_000, 97_000)}
            portfolio.release(grown, f"more{n}", ending, pairs)
    page = Page(pam.get(f"{CHANGE}?of=black").text)
    assert "cannot be told from 11 groups: of every score" in page.text
    assert not CAUSAL.search(page.text)
    table = next(t for t in page.all("table") if "Same gap at first" in t.text)
    assert re.search(r"[+−]\d+\.\d \([+−]\d+\.\d to [+−]\d+\.\d\)", table.text)
    assert "The sloping line is among groups with the same gap at first" in page.text


def test_one_group_s_released_measures_with_rates_and_gaps(grown, pam):
    page = Page(pam.get(ASH).text)
    assert "The group declared White alone as reference" in page.text
    black = next(row.text for row in page.all("tr") if row.text.startswith("Black"))
    assert "64,444 of 94,860" in black
    asian = next(row.text for row in page.all("tr") if row.text.startswith("Asian"))
    assert "hidden to protect small counts of 51,030" in asian
    assert "%" not in asian
    earlier = Page(pam.get(f"{ASH}?period=2025-Q4").text)
    assert "61,417 of 93,851" in earlier.text
    assert pam.get(f"{ASH}?period=2024-Q4").status_code == 404


def test_a_group_without_a_declared_reference_shows_no_gap(grown, pam):
    portfolio.change(grown, "update quality_periods set reference = '' where group_id = 'ash'")
    page = Page(pam.get(ASH).text)
    assert "declared no reference, so no gap is shown" in page.text
    assert "Points from" not in page.text


def test_a_group_that_released_nothing_or_sent_nothing_in_says_so(grown, pam):
    assert "has not marked 12 months" in Page(pam.get("/payers/fair/groups/elm/quality").text).text
    portfolio.change(grown, "update assessments set status = 'withdrawn' where group_id = 'elm'")
    assert (
        "has not submitted anything" in Page(pam.get("/payers/fair/groups/elm/quality").text).text
    )


def seen(pam):
    """Whatever these pages and files tell, by address."""
    choices = [f"of={each}" for each in ("asian", "black", "white")]
    choices += [f"of=asian&reference={each}" for each in ("black", "white")]
    for page in (EQUITY, CHANGE):
        for choice in choices:
            yield page, pam.get(f"{page}?{choice}").text
            yield f"{page}.csv", pam.get(f"{page}.csv?{choice}").text
            with zipfile.ZipFile(io.BytesIO(pam.get(f"{page}.xlsx?{choice}").data)) as book:
                text = (book.read(name).decode() for name in sorted(book.namelist()))
                yield f"{page}.xlsx", "\n".join(text)
    for group_id in GROUPS:
        for ending in (portfolio.BEFORE, portfolio.AFTER):
            address = f"/payers/fair/groups/{group_id}/quality?period={ending}"
            yield address, pam.get(address).text


def test_no_count_is_shown_that_was_not_released(grown, pam):
    """Every count here is large: whatever looks like one must stand in a release."""
    allowed = {
        value
        for group_id in GROUPS
        for release in quality.latest_of_group(grown, group_id)
        for value in release.values.values()
        if value is not None
    }
    found = set()
    for address, text in seen(pam):
        plain = re.sub(r'value="[^"]{60,}"|<svg.*?</svg>', "", text, flags=re.DOTALL)
        for written in re.findall(r"(?<![\d.,])\d{2,3},\d{3}(?![\d,])", plain):
            found.add(number := int(written.replace(",", "")))
            assert number in allowed, (address, written)
    assert len(found) > 30


@pytest.mark.slow
def test_counts_of_a_group_that_shares_no_more_are_gone_from_everything(grown, pam):
    others = {each for address, text in seen(pam) for each in re.findall(r"\d{2},\d{3}", text)}
    portfolio.change(grown, "update grants set revoked_at = '2027-01-01' where group_id = 'larch'")
    own = {
        f"{value:,}"
        for release in quality.latest_of_group(grown, "larch")
        for value in release.values.values()
        if value is not None
    }
    assert own & others
    assert pam.get("/payers/fair/groups/larch/quality").status_code == 404
    for page in (EQUITY, CHANGE):
        for choice in ("of=black", "of=white"):
            text = pam.get(f"{page}?{choice}").text + pam.get(f"{page}.csv?{choice}").text
            assert "Larch" not in text
            assert not own & set(re.findall(r"\d{2},\d{3}", text))


def test_language_without_a_declared_reference_asks_for_one(grown, pam):
    pairs = {"english": (700, 900), "spanish": (300, 600)}
    portfolio.release(
        grown, "ash", portfolio.AFTER.plus(-4).plus(-4), pairs, kind=StratumType.LANGUAGE
    )
    text = Page(pam.get(f"{EQUITY}?by=language").text).text
    assert "the program never picks one" in text


def test_thirty_groups_have_gaps_drawn_toward_their_mean_and_percentiles(grown, pam):
    seed = grown.row("select id from assessments where group_id = 'elm'")["id"]
    for n in range(24):
        portfolio.grow(grown, f"more{n}", seed)
        pairs = {"black": (500 + (n * 7) % 24 * 5, 1_000), "white": (700, 1_000)}
        portfolio.release(grown, f"more{n}", portfolio.AFTER, pairs)
    page = Page(pam.get(f"{EQUITY}?of=black").text)
    assert "True gaps of 30 groups have a standard deviation of" in page.text
    headings = [cell.text for cell in page.all("th")]
    assert "Drawn toward the mean" in headings
    assert any("More3 " in row.text and "Percentile" in row.text for row in page.all("tr"))
    line = next(
        each for each in rows(pam.get(f"{EQUITY}.csv?of=black")) if each["Group"][:3] == "Ash"
    )
    low, drawn_in, high = (
        float(line[name]) for name in ("Drawn in from", "Gap drawn toward the mean", "Drawn in to")
    )
    assert low < drawn_in < high
    assert line["Place among groups"].startswith("percentile ")


PRIOR = {
    "of": "black",
    "prior_name": "Colorectal 2025",
    "prior_source": "A payer",
    "prior_made_on": "2026-03-01",
    "alpha": "6000",
    "beta": "4000",
}


def test_few_groups_are_drawn_toward_a_prior_that_is_named_on_the_page_and_in_the_file(grown, pam):
    given = PRIOR | {"alpha": "600", "beta": "400"}
    page = Page(pam.get(EQUITY, query_string=given).text)
    assert "Rates are drawn toward the prior 'Colorectal 2025' (A payer, 2026-03-01)" in page.text
    assert page.by_id("alpha").get("value") == "600"
    table = rows(pam.get(f"{EQUITY}.csv", query_string=given))
    own = {row["Group"]: row for row in table}["Ash Physicians"]
    assert own["Prior"] == "Colorectal 2025 (A payer, 2026-03-01)"
    counted, drawn = float(own["Rate (share)"]), float(own["Rate drawn toward a prior"])
    assert 0.6 < drawn < counted
    link = next(at for at in page.links.values() if at.startswith(f"{EQUITY}.csv"))
    assert "prior_name=Colorectal" in link


def test_a_prior_that_cannot_be_read_says_what_to_correct_and_keeps_what_was_typed(grown, pam):
    page = Page(pam.get(EQUITY, query_string=PRIOR | {"beta": "many", "prior_made_on": ""}).text)
    errors = page.by_id("errors").text
    assert "Correct beta:" in errors
    assert "Correct its day:" in errors
    assert page.by_id("beta").get("value") == "many"
    plain = rows(pam.get(f"{EQUITY}.csv", query_string=PRIOR | {"beta": "many"}))
    assert "Prior" not in plain[0]


def test_several_years_of_few_groups_say_why_they_cannot_be_told(grown, pam):
    text = Page(pam.get(EQUITY, query_string={"of": "black"}).text).text
    assert "Over several years" in text
    assert "The gap over 2 periods cannot be told: 6 groups can be seen in two of them" in text


@pytest.mark.slow
def test_several_years_of_thirty_groups_are_pooled_and_have_a_trend(store, pam):
    seed = portfolio.seeded(store)
    for n in range(30):
        portfolio.grow(store, f"h{n:02}", seed)
        for later, ending in enumerate((portfolio.BEFORE, portfolio.AFTER)):
            black = 120 + n % 5 + 10 * later
            pairs = {"black": (black, 200), "white": (320, 400)}
            portfolio.release(store, f"h{n:02}", ending, pairs)
    page = Page(pam.get(EQUITY, query_string={"of": "black"}).text)
    assert "Over 30 groups the rate rises against the reference’s: +5.0 (" in page.text
    assert any("H07 Physicians" in row.text and "2" in row.text for row in page.all("tr"))
    assert "Each group's true rate or gap moves along a straight line" in page.text
