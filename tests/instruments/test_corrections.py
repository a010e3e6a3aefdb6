"""What the cost book corrects in the sealed instrument, and the arithmetic from its sources."""

from __future__ import annotations

import re

import pytest

from readiness.instruments import cost_book, cost_book_check
from readiness.instruments import loader as instruments
from readiness.instruments.loader import SHIPPED
from readiness.plans.costs import unit_cost
from tests.instruments.test_shipped import BANDS, QMER, REFERENCE_GROUP

SEALED = instruments.read(SHIPPED / "qmer" / "2026.1.yaml")
BOOK = cost_book.FOLDER / "qmer" / "2026.1.yaml"

NOT_A_STEWARD = re.compile(
    r"/search\b|[?&](s|q|query|search)=|dlvr\.it|bit\.ly|t\.co/|tinyurl|goo\.gl|ow\.ly|docslib|"
    r"studylib|scribd|readkong|slideshare|qxmd|distantreader|elaws\.us|bozseo|tips-for-living|"
    r"baldrige21|-cache\.|[/.]qa[0-9]*\.|//[0-9.]+[:/]"
)


def cost(own: str):
    return QMER.intervention_by_id[own].cost


def dollars(own: str) -> tuple[float, float, float]:
    low, likely, high = unit_cost(cost(own))
    return float(low), float(likely), float(high)


def test_a_mailed_stool_test_is_priced_by_the_kit_mailed_in_both_sources():
    direct, in_all = 5275.70 / 500, 7014.45 / 500  # S35: a mailing to 500 patients
    whole_program = 40.00 * 1607 / 5178  # S36: per kit returned, and kits returned of those mailed
    assert dollars("FIT") == pytest.approx((direct, whole_program, in_all), abs=0.006)
    assert cost("FIT").unit == "USD per kit mailed"


def test_coaching_is_the_program_in_money_and_the_practices_time_in_days():
    practices = 261  # S53, in one year
    low, likely, high = dollars("COACH")
    assert low == pytest.approx((7.9e6 - 0.84 * 6.6e6) / practices, rel=0.01)
    assert high == pytest.approx((10.2e6 - 0.75 * 8.4e6) / practices, rel=0.01)
    book = cost_book.load()
    rate, days = float(book.day_rate.dollars), book.note_by_id["COACH"].people_days
    assert float(days[0]) == pytest.approx(0.75 * 6.6e6 / practices / rate, abs=0.5)
    assert float(days[2]) == pytest.approx(0.84 * 8.4e6 / practices / rate, abs=0.5)
    all_in = likely + float(days[1]) * rate
    assert 7.9e6 / practices <= all_in <= 10.2e6 / practices


def test_a_pharmacists_post_and_patients_give_the_cited_median():
    low, _, high = dollars("PHARM")
    fewest, most = map(int, re.findall(r"\d{3}", QMER.intervention_by_id["PHARM"].staffing)[:2])
    assert low / 311 == pytest.approx(fewest, rel=0.01)
    assert high / 311 == pytest.approx(most, rel=0.01)


@pytest.mark.parametrize("own", ["FIT", "COACH", "PHARM", "REALAUD", "DASH"])
def test_the_likely_cost_for_the_reference_group_lies_in_its_band(own):
    low, likely, high = dollars(own)
    units = eval(cost(own).quantity, {}, REFERENCE_GROUP)  # noqa: S307, our own file
    least, most = BANDS[cost(own).band]
    assert low <= likely <= high
    assert least <= likely * units < most


def test_an_effect_from_memory_is_no_number():
    for each in QMER.interventions:
        if each.effect.value_points is not None and "K" in each.effect.status:
            assert each.id == "PHARM"  # its 8.5 points are from S30; what is from memory is a text
            assert each.effect.status == "V, barbershop K"


def test_no_source_marked_as_seen_is_a_search_page_a_short_link_or_a_copy():
    seen = {source.id: source.at for source in QMER.sources if source.verified == "V"}
    assert {own: at for own, at in seen.items() if NOT_A_STEWARD.search(at)} == {}
    before = {source.id for source in SEALED.sources if NOT_A_STEWARD.search(source.at)}
    assert len(before) > 10  # so that the test above is seen to find them


def test_a_source_that_was_not_seen_says_why_and_so_does_what_cites_it():
    for source in QMER.sources:
        if source.verified != "V":
            assert "(seen only on" in source.what, source.id
    assert QMER.intervention_by_id["TRAIN"].effect.status == "V; check S58 before quoting"


def test_nothing_that_a_score_is_made_of_is_corrected():
    for part in ("items", "tiers", "limits", "axes", "step_effort", "sha256", "context"):
        assert getattr(QMER, part) == getattr(SEALED, part), part
    pairs = zip(QMER.interventions, SEALED.interventions, strict=True)
    changed = {new.id for new, old in pairs if new != old}
    assert changed == {"FIT", "COACH", "PHARM", "REALAUD", "DASH", "REALCOL", "SDOH", "TRAIN"}


@pytest.mark.parametrize(
    ("before", "after", "where", "says"),
    [
        ("    - id: FIT\n", "    - id: FTI\n", "corrects › interventions › FTI", "write FIT"),
        ("        likely: 12.41", "        likely: 99", "FIT › cost", "do not rise"),
        (
            "quantity: active_patients / 25",
            "quantity: patients / 25",
            "quantity",
            "patients is not",
        ),
        ("status: V, number of kits E", "status: sure", "cost › status", "none of the"),
        ("    - id: S10\n", "    - id: S99\n", "corrects › sources › S99", "S99 is not among"),
        ("      as_of: 2026-11-30", "      as_of: 2026-11-31", "interventions › FIT", "no such"),
    ],
)
def test_a_wrong_correction_is_told_with_its_place(tmp_path, before, after, where, says):
    text = BOOK.read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "book.yaml"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    found = cost_book_check.problems_of(path)
    assert any(where in str(each) and says in str(each) for each in found), found
