"""What a group says of its equity work, beside what its counts show."""

from __future__ import annotations

from datetime import date

import pytest

from readiness.core.periods import Period
from readiness.counts.measures.models import Direction
from readiness.counts.quality.models import (
    DemographicCell,
    DemographicField,
    DemographicSource,
    DemographicStatus,
)
from readiness.counts.quality.self_report import supported_level
from readiness.equity.claims import ClaimEvidence, ClaimVerdict, weigh_claims
from readiness.equity.tables import tables_of
from tests.factories.equity_rows import rows

TODAY = date(2027, 1, 15)
Q4 = Period(2026, 4)
LAST_YEAR = Q4.plus(-4)
SPLIT = {"white": (700, 1000), "black": (180, 300)}
SPOKEN = {"english": (700, 1000), "spanish": (180, 300)}


def verdict(item_id, level, **evidence):
    (found,) = weigh_claims({item_id: level}, ClaimEvidence(**{"tables": (), **evidence}), TODAY)
    return found


def tables(*listed):
    return tables_of(row for each in listed for row in each)


# how race is known


def known(said, declined, others, site_id=""):
    return {
        DemographicCell(
            DemographicField.RACE, DemographicStatus.KNOWN, DemographicSource.SELF_REPORT, site_id
        ): said,
        DemographicCell(DemographicField.RACE, DemographicStatus.DECLINED, None, site_id): declined,
        DemographicCell(DemographicField.RACE, DemographicStatus.NOT_ASKED, None, site_id): others,
    }


def claim_at(level, *counts):
    return verdict("REAL-2", level, known={Q4: {k: n for each in counts for k, n in each.items()}})


@pytest.mark.parametrize("said", [0, 19, 20, 49, 50, 79, 80, 89, 90, 100])
@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_a_level_above_the_supported_one_does_not_agree_and_no_other(said, level):
    counts = known(said, 0, 100 - said)
    supported = supported_level(counts)
    assert supported is not None
    assert (claim_at(level, counts).verdict is ClaimVerdict.DIFFERS) == (level > supported)


@pytest.mark.parametrize(
    ("said", "declined", "level", "verdict"),
    [
        (75, 5, 3, ClaimVerdict.AGREES),  # 80 of 100, with those who declined
        (74, 5, 3, ClaimVerdict.DIFFERS),
        (50, 0, 2, ClaimVerdict.AGREES),
        (20, 0, 1, ClaimVerdict.AGREES),
        (19, 0, 1, ClaimVerdict.DIFFERS),
        (75, 15, 4, ClaimVerdict.UNTOLD),  # too many declined: a written review may say why
        (89, 0, 4, ClaimVerdict.DIFFERS),
    ],
)
def test_self_report_is_judged_by_its_own_definition(said, declined, level, verdict):
    found = claim_at(level, known(said, declined, 100 - said - declined))
    assert found.verdict is verdict


def test_the_lower_bound_of_the_known_share_stands_beside_it():
    assert "lower bound of 76.3 %" in claim_at(3, known(412, 0, 103)).says


def test_one_site_under_the_mark_is_enough_for_the_top_level():
    good, bad = known(95, 0, 5, "a"), known(79, 0, 21, "b")
    assert claim_at(4, known(920, 10, 70), good).verdict is ClaimVerdict.AGREES
    assert claim_at(4, known(920, 10, 70), good, bad).verdict is ClaimVerdict.DIFFERS


def test_what_is_hidden_or_absent_cannot_be_told():
    hidden = {
        **known(900, 10, 90),
        DemographicCell(DemographicField.RACE, DemographicStatus.UNKNOWN): None,
    }
    assert claim_at(3, hidden).verdict is ClaimVerdict.UNTOLD
    assert claim_at(3).verdict is ClaimVerdict.UNTOLD


def test_a_payer_s_estimate_is_no_self_report():
    estimated = {
        DemographicCell(
            DemographicField.RACE, DemographicStatus.KNOWN, DemographicSource.ESTIMATED
        ): 10_000
    }
    assert claim_at(3, known(85, 0, 15), estimated).verdict is ClaimVerdict.AGREES


# splitting


def split(level, *listed):
    return verdict("EQME-1", level, tables=tables(*listed))


def by_race(ending, measure="COL"):
    return rows(SPLIT, period=str(ending), measure=measure)


def by(kind, counts=SPOKEN, ending=Q4, measure="COL"):
    return rows(counts, period=str(ending), measure=measure, stratum_type=kind)


QUARTERLY = [by_race(Q4.plus(-back)) for back in range(4)]


def test_one_split_measure_is_what_level_2_asks_for():
    assert split(2, by_race(Q4)).verdict is ClaimVerdict.AGREES
    assert split(2, by("total", {"total": (5, 10)})).verdict is ClaimVerdict.DIFFERS


def test_level_3_asks_for_every_measure_twice_by_race_and_once_by_language():
    twice = [by_race(Q4), by_race(Q4.plus(-2)), by("language")]
    assert split(3, *twice).verdict is ClaimVerdict.AGREES
    assert split(3, *twice[1:]).verdict is ClaimVerdict.DIFFERS
    assert split(3, *twice[:2]).verdict is ClaimVerdict.DIFFERS
    assert split(3, *twice, by("total", {"total": (5, 10)}, measure="BCS")).verdict is (
        ClaimVerdict.DIFFERS
    )


def test_level_4_asks_for_it_every_quarter_and_closer():
    site = by("site", {"a": (5, 10), "b": (6, 10)})
    payer = by("payer", {"medicaid": (5, 10), "medicare": (6, 10)})
    whole = [*QUARTERLY, by("language"), site, payer]
    assert split(4, *whole).verdict is ClaimVerdict.AGREES
    for left_out in (QUARTERLY[3], site, payer):
        assert split(4, *(e for e in whole if e is not left_out)).verdict is ClaimVerdict.DIFFERS


def test_hidden_numbers_are_a_split_all_the_same():
    hidden = rows({"white": (None, None), "black": (None, None)}, period=str(Q4))
    assert split(2, hidden).verdict is ClaimVerdict.AGREES


def test_counts_of_more_than_a_year_ago_say_nothing_of_today():
    assert split(2, by_race(LAST_YEAR)).verdict is ClaimVerdict.UNTOLD
    assert split(2, by_race(LAST_YEAR.plus(1))).verdict is ClaimVerdict.AGREES


def test_only_the_unknown_beside_one_group_is_no_split():
    one = rows({"white": (700, 1000), "unknown": (5, 20)}, period=str(Q4))
    assert split(2, one).verdict is ClaimVerdict.DIFFERS


# narrowing


def moved(level, before, after, measure="COL", reference="race_omb2024.white", **more):
    listed = [
        rows(counts, period=str(ending), measure=measure)
        for ending, counts in ((LAST_YEAR, before), (Q4, after))
    ]
    return verdict(
        "EQME-5",
        level,
        tables=tables(*listed, *more.pop("also", ())),
        references={Q4: reference},
        **more,
    )


def race(white, black, people=2000):
    return {"white": (white, people), "black": (black, people)}


def test_a_gap_that_narrowed_beyond_chance_agrees():
    assert moved(3, race(1500, 1000), race(1500, 1300)).verdict is ClaimVerdict.AGREES


def test_a_gap_that_may_have_narrowed_by_chance_cannot_be_told():
    found = moved(3, race(1500, 1000), race(1500, 1010))
    assert found.verdict is ClaimVerdict.UNTOLD
    assert moved(2, race(1500, 1000), race(1500, 1010)).verdict is ClaimVerdict.AGREES


def test_a_gap_that_narrowed_because_the_better_off_fell_does_not_agree():
    assert moved(3, race(1500, 1000), race(1200, 1000)).verdict is ClaimVerdict.DIFFERS
    assert moved(2, race(1500, 1000), race(1200, 1000)).verdict is ClaimVerdict.DIFFERS


def test_a_gap_that_narrowed_at_another_group_s_cost_cannot_be_told():
    before = {**race(1500, 1000), "asian": (1500, 2000)}
    after = {**race(1500, 1300), "asian": (1100, 2000)}
    assert moved(3, before, after).verdict is ClaimVerdict.UNTOLD


def test_a_gap_that_widened_does_not_agree():
    assert moved(3, race(1500, 1000), race(1600, 900)).verdict is ClaimVerdict.DIFFERS


def test_where_lower_is_better_a_falling_rate_narrows():
    lower = {"directions": {"COL": Direction.LOWER}}
    assert moved(3, race(400, 900), race(400, 600), **lower).verdict is ClaimVerdict.AGREES
    assert moved(3, race(400, 600), race(400, 900), **lower).verdict is ClaimVerdict.DIFFERS


def test_the_top_level_asks_for_two_measures_or_two_years():
    before, after = race(1500, 1000), race(1500, 1300)
    assert moved(4, before, after).verdict is ClaimVerdict.DIFFERS
    second = [
        rows(before, period=str(LAST_YEAR), measure="BCS"),
        rows(after, period=str(Q4), measure="BCS"),
    ]
    assert moved(4, before, after, also=second).verdict is ClaimVerdict.AGREES
    lasting = [rows(race(1500, 800), period=str(Q4.plus(-8)))]
    assert moved(4, before, after, also=lasting).verdict is ClaimVerdict.AGREES


def test_without_a_reference_or_a_year_before_it_cannot_be_told():
    assert moved(3, race(1, 2), race(1, 2), reference="").verdict is ClaimVerdict.UNTOLD
    alone = verdict("EQME-5", 3, tables=tables(by_race(Q4)), references={Q4: "race_omb2024.white"})
    assert alone.verdict is ClaimVerdict.UNTOLD


def test_how_many_gaps_were_looked_at_is_said():
    assert "Best of 1 gap looked at" in moved(3, race(1500, 1000), race(1500, 1300)).says


def test_a_level_that_claims_nothing_countable_is_not_weighed():
    levels = {"REAL-2": 0, "EQME-1": 1, "EQME-5": 0, "LEAD-1": 4}
    assert weigh_claims(levels, ClaimEvidence(()), TODAY) == ()
