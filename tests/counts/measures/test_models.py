from __future__ import annotations

from datetime import date

import pytest

from readiness.core.periods import Period
from readiness.counts.measures.models import (
    Direction,
    MeasureFigure,
    MeasureSet,
    MeasureStatus,
    MeasureTerm,
    ScreeningMeasure,
    figure,
    results,
)
from readiness.counts.social_risk.models import FunnelCell, Need, Step
from readiness.counts.strata import ALL, Stratum, StratumType

Q3, TODAY = Period(2026, 3), date(2026, 11, 22)
ASIAN = Stratum(StratumType.RACE, "asian")
SCREENED = ScreeningMeasure(
    id="screened",
    title="Screened for the need",
    needs=(Need.FOOD, Need.SAFETY),
    numerator=MeasureTerm(Step.SCREENED),
    denominator=MeasureTerm(Step.ELIGIBLE, of_group=True),
    direction=Direction.HIGHER,
    status=MeasureStatus.ACTIVE,
    window="a quarter",
    strata=(StratumType.RACE,),
)
COUNTS = {
    FunnelCell(Step.ELIGIBLE): 1000,
    FunnelCell(Step.SCREENED, Need.FOOD): 600,
    FunnelCell(Step.ELIGIBLE, None, ASIAN): 29,
    FunnelCell(Step.SCREENED, Need.FOOD, ASIAN): 14,
}


def measured(measure, released=COUNTS, period=Q3, today=TODAY):
    own = MeasureSet("own", "2026.1", "Own", date(2026, 1, 1), (measure,), "")
    return results(own, released, period, today)


def changed(**parts):
    return ScreeningMeasure(
        **{**{k: getattr(SCREENED, k) for k in SCREENED.__dataclass_fields__}, **parts}
    )


def test_a_measure_comes_to_its_numerator_over_the_group_s_denominator_for_each_need():
    food, safety = measured(SCREENED)
    assert food.whole == MeasureFigure(ALL, 600, 1000)
    assert food.whole.share == 0.6
    assert safety.whole is None  # nobody counted it


def test_a_stratum_of_fewer_than_thirty_shows_its_counts_and_no_share():
    (asian,) = measured(SCREENED)[0].strata
    assert (asian.stratum, asian.numerator, asian.share) == (ASIAN, 14, None)
    assert asian.is_too_few


@pytest.mark.parametrize(
    "hidden", [FunnelCell(Step.SCREENED, Need.FOOD), FunnelCell(Step.ELIGIBLE)]
)
def test_one_hidden_number_hides_the_share(hidden):
    whole = measured(SCREENED, {**COUNTS, hidden: None})[0].whole
    assert whole.is_hidden
    assert whole.share is None


def test_numbers_that_contradict_each_other_give_nothing():
    assert figure(SCREENED, Need.FOOD, ALL, {**COUNTS, FunnelCell(Step.ELIGIBLE): 599}) is None


def test_a_measure_waits_until_its_window_has_passed_for_everybody():
    late = changed(lag_quarters=1)
    assert measured(late)[0].due_on == date(2027, 1, 1)
    assert measured(late)[0].whole is None
    assert measured(late, today=date(2027, 1, 1))[0].due_on is None
    assert measured(SCREENED, today=date(2026, 9, 30))[0].due_on == date(2026, 10, 1)


def test_a_historical_measure_is_worked_out_only_for_the_quarters_of_its_time():
    old = changed(status=MeasureStatus.HISTORICAL, until=Period(2026, 2))
    assert measured(old) == ()
    assert len(measured(old, period=Period(2026, 2))) == 2
