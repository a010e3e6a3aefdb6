"""The equations between the numbers of a table, each told at its row with what to do."""

from __future__ import annotations

import random

import pytest

from readiness.counts.social_risk.models import FIVE
from tests.imports.template.test_models import counts, part, problems, table


def warnings(*changes: dict[str, str]) -> list[str]:
    return [str(each) for each in table(*changes).warnings]


# Each line: what is changed in a good row, the column it is told at, and the start of the sentence.
WITHIN = [
    ({"positive": "241"}, "positive", "241 cannot be more than Food, Screened (240)."),
    ({"wants_help": "61"}, "wants_help", "61 cannot be more than Food, Need found (60)."),
    (
        {"referred_30d": "31", "wants_help": "30"},
        "referred_30d",
        "31 cannot be more than Food, Wants help (30).",
    ),
    ({"connected": "19"}, "connected", "19 cannot be more than Food, Outcome known (18)."),
    ({"resolved": "13"}, "resolved", "13 cannot be more than Food, Connected (12)."),
    ({"wants_help_all": "241"}, "wants_help_all", "241 cannot be more than screened (240)."),
    ({"help_offered": "61"}, "help_offered", "61 cannot be more than positive (60)."),
    ({"intervention_30d": "61"}, "intervention_30d", "61 cannot be more than positive (60)."),
    ({"positive_mature": "61"}, "positive_mature", "61 cannot be more than positive (60)."),
    (
        {"connected_30d": "51", "help_offered": "55", "csp_contact_60d": ""},
        "connected_30d",
        "51 cannot be more than positive_mature (50).",
    ),
    (
        {"connected_30d": "41", "csp_contact_60d": ""},
        "connected_30d",
        "41 cannot be more than help_offered (40).",
    ),
    ({"connected_30d": "13"}, "connected_30d", "13 cannot be more than csp_contact_60d (12)."),
    (
        {"incomplete": "14"},
        "eligible",
        (
            "not_offered, declined, unknown, incomplete, screened add up to 399, fewer than the "
            "eligible (400)."
        ),
    ),
    (
        {"incomplete": "16"},
        "eligible",
        (
            "not_offered, declined, unknown, incomplete, screened add up to 401, more than the "
            "eligible (400)."
        ),
    ),
]


@pytest.mark.parametrize(("change", "column", "says"), WITHIN, ids=lambda each: str(each)[:40])
def test_a_row_that_contradicts_itself_is_told(change, column, says):
    assert problems(change) == [f"line 2, {column}: {says} Check these numbers."]


def test_where_everybody_is_asked_more_may_be_offered_help_than_have_the_need():
    assert table({"wants_help_all": "80", "help_offered": "80"}).warnings == ()


def test_parts_that_are_not_known_may_explain_a_rest():
    assert table({"incomplete": ""}).cells


def test_the_eligible_are_the_same_for_every_need():
    assert problems({}, counts("safety", "200", "20", eligible="390")) == [
        (
            "line 3, eligible: The eligible are the same for every need: 390 here, 400 in line 2. "
            "Write the same number in both."
        )
    ]


def test_a_total_stands_beside_its_parts():
    assert problems(part("sex", "female", screened="100", positive="20")) == [
        (
            "line 2: There is no total for food beside its parts. Add the row with stratum_type "
            "total and stratum total."
        )
    ]


def by_sex(female: int, male: int) -> list[dict[str, str]]:
    return [
        part("sex", "female", screened=str(female), positive="40"),
        part("sex", "male", screened=str(male), positive="20"),
    ]


def test_parts_add_up_to_all_patients():
    assert table({}, *by_sex(140, 100)).cells
    assert problems({}, *by_sex(140, 99)) == [
        (
            "line 3, screened: Sex adds up to 239, all patients are 240. Put whoever is missing "
            "into the row unknown."
        )
    ]
    assert problems({}, *by_sex(140, 101)) == [
        (
            "line 3, screened: Sex adds up to 241 in Food, Screened, more than the 240 of all "
            "patients. Count each patient in one part only."
        )
    ]


def test_a_part_that_is_not_known_leaves_the_sum_open():
    rows = by_sex(140, 100)
    assert table({}, rows[0], {**rows[1], "screened": "", "positive": ""} | {"declined": "4"}).cells


FIVE_ROWS = [counts(need, "200", "20", eligible="220") for need in FIVE]


def any_row(screened: str, positive: str) -> dict[str, str]:
    return counts("any", screened, positive, eligible="220")


def test_one_or_more_needs_hold_each_and_no_more_than_all_together():
    assert table(*FIVE_ROWS, any_row("210", "100")).cells
    assert "cannot be more than the five needs added up (100)" in " ".join(
        problems(*FIVE_ROWS, any_row("210", "101"))
    )
    assert any(
        "20 cannot be more than All patients, One or more needs (19)" in each
        for each in problems(*FIVE_ROWS, any_row("210", "19"))
    )
    assert problems(any_row("18", "19"))


@pytest.mark.parametrize(("screened", "fits"), [("119", False), ("120", True), ("200", True),
                                                ("201", False)])  # fmt: skip
def test_asked_about_all_five_lies_between_its_bounds(screened, fits):
    row = counts("all5", screened, "30", eligible="220")
    if fits:
        assert table(*FIVE_ROWS, row).cells
    else:
        assert problems(*FIVE_ROWS, row) == [
            (
                f"line 7, screened: {screened} asked about all five cannot be: by the five needs "
                "it is from 120 to 200. Check these numbers."
            )
        ]


def test_sites_do_not_add_up_to_more_than_the_group():
    whole = counts("food", "300", "60", site_id="ALL")
    sites = [counts("food", "200", "40"), counts("food", "100", "20", site_id="oak")]
    assert table(whole, *sites).cells
    assert problems({**whole, "screened": "299"}, *sites) == [
        (
            "line 2, screened: The sites add up to 300, more than the 299 of the whole group. "
            "Count each patient at one site only."
        )
    ]


def test_screens_are_not_held_against_the_eligible_but_more_of_them_are_odd():
    row = counts("food", "500", "60", eligible="400", unit="screens")
    assert warnings(row) == [
        "line 2, screened: 500 screens of 400 eligible. Send patients where you can."
    ]


def test_odd_numbers_are_told_and_stay():
    assert warnings(counts("food", "30", "0")) == [
        "line 2, positive: Of 30 screened, nobody has this need. Check that this is so."
    ]
    assert warnings(counts("food", "29", "0")) == []
    assert warnings(counts("food", "30", "30")) == [
        "line 2, positive: Of 30 screened, everybody has this need. Check that this is so."
    ]
    assert any("have the same counts" in each for each in warnings(*FIVE_ROWS))


def test_a_sudden_change_between_two_quarters_is_odd():
    rows = [
        counts("any", screened, positive, eligible="400", period=quarter)
        for screened, positive, quarter in (("100", "20", "2026-Q2"), ("300", "60", "2026-Q3"))
    ]
    assert [each for each in warnings(*rows) if "screening reach went from 25.0%" in each]


def test_many_whose_part_is_not_known_are_odd():
    rows = [
        counts("any", "200", "50", eligible="400"),
        part("sex", "female", need="any", screened="100", positive="30"),
        part("sex", "unknown", need="any", screened="100", positive="20"),
    ]
    assert [each for each in warnings(*rows) if "Sex is not known for 50.0%" in each]


def test_counts_of_any_simulated_patients_contradict_nothing():
    rng = random.Random(20261122)
    for _ in range(30):
        patients = [{need: rng.choice("+-?") for need in FIVE} for _ in range(rng.randint(40, 90))]
        rows = []
        for need in FIVE:
            told = [each[need] for each in patients]
            rows.append(
                counts(
                    need,
                    str(len(told) - told.count("?")),
                    str(told.count("+")),
                    eligible=str(len(patients)),
                    declined=str(told.count("?")),
                    not_offered="0",
                    unknown="0",
                    incomplete="0",
                )
            )
        positive = sum("+" in each.values() for each in patients)
        negative = sum(set(each.values()) == {"-"} for each in patients)
        rest = str(len(patients) - positive - negative)
        rows.append(
            counts("any", str(positive + negative), str(positive), eligible=str(len(patients)),
                   declined=rest, not_offered="0", unknown="0", incomplete="0")
        )  # fmt: skip
        clear = [each for each in patients if "?" not in each.values()]
        all_positive = str(sum("+" in each.values() for each in clear))
        rows.append(counts("all5", str(len(clear)), all_positive, eligible=str(len(patients))))
        assert table(*rows).cells
