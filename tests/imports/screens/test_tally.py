from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.counts.social_risk.models import FIVE, HOUSING_PARTS, Need
from readiness.imports.screens.evaluation import add_derived_needs
from readiness.imports.screens.models import (
    STATED,
    CellKey,
    NeedResult,
    PatientTraits,
    ResultCounts,
)
from readiness.imports.screens.strata import KnownTraits
from readiness.imports.screens.tally import PatientTally
from tests.factories.screens import CODES, DAY, a_screen

P, N, D, U, OPEN = (
    NeedResult.POSITIVE,
    NeedResult.NEGATIVE,
    NeedResult.DECLINED,
    NeedResult.UNKNOWN,
    NeedResult.INCOMPLETE,
)


def cells_of(*screens: Any, people: Any = None) -> Any:
    """From (patient, needs, changes) to cells."""
    tally = PatientTally(CODES)
    for patient, needs, changes in sorted(screens, key=lambda each: each[2].get("day", DAY)):
        known = changes.get("known", KnownTraits())
        changed = {key: value for key, value in changes.items() if key != "known"}
        tally.add(a_screen(patient=patient, **changed), needs, known)
    return tally.cells(people or {})


def total(cells, need, site_id="ALL", period="2026-Q3", group_id="-"):
    return cells.get(CellKey(group_id, site_id, period, need, "total", "total"))


@pytest.mark.parametrize(
    ("first", "second", "counts"),
    [
        (P, N, ResultCounts(positive=1)),
        (N, D, ResultCounts(negative=1)),
        (D, U, ResultCounts(declined=1)),
        (U, OPEN, ResultCounts(unknown=1)),
        (OPEN, OPEN, ResultCounts(incomplete=1)),
    ],
)
@pytest.mark.parametrize("is_turned", [False, True])
def test_of_several_screens_in_a_quarter_the_clearest_answer_counts_once(
    first, second, counts, is_turned
):
    results = (second, first) if is_turned else (first, second)
    cells = cells_of(*((b"1", {Need.FOOD: each}, {}) for each in results))
    assert total(cells, Need.FOOD) == counts


def test_quarters_are_counted_apart_by_the_day_of_the_screen():
    cells = cells_of(
        (b"1", {Need.FOOD: P}, {"day": date(2026, 6, 30)}),
        (b"1", {Need.FOOD: N}, {"day": date(2026, 7, 1)}),
    )
    assert total(cells, Need.FOOD, period="2026-Q2") == ResultCounts(positive=1)
    assert total(cells, Need.FOOD, period="2026-Q3") == ResultCounts(negative=1)


def test_a_patient_has_the_site_of_the_latest_screen():
    cells = cells_of(
        (b"1", {Need.FOOD: P}, {"site_id": "north", "day": date(2026, 7, 1)}),
        (b"1", {Need.FOOD: N}, {"site_id": "south", "day": date(2026, 8, 1)}),
        (b"1", {Need.SOCIAL: N}, {"day": date(2026, 9, 1)}),
    )
    assert total(cells, Need.FOOD, "south") == ResultCounts(positive=1)
    assert {key.site_id for key in cells} == {"south"}


def test_a_patient_of_two_groups_counts_in_each():
    cells = cells_of(
        (b"1", {Need.FOOD: P}, {"group_id": "elm"}), (b"1", {Need.FOOD: N}, {"group_id": "oak"})
    )
    assert total(cells, Need.FOOD, group_id="elm") == ResultCounts(positive=1)
    assert total(cells, Need.FOOD, group_id="oak") == ResultCounts(negative=1)


def test_strata_are_given_only_where_something_is_known_of_somebody():
    english = KnownTraits(language="english")
    cells = cells_of((b"1", {Need.FOOD: P}, {"known": english}), (b"2", {Need.FOOD: N}, {}))
    found = {(key.stratum_type, key.stratum): counts for key, counts in cells.items()}
    assert set(found) == {
        ("total", "total"),
        ("language", "english"),
        ("language", "unknown"),
    }
    assert total(cells, Need.FOOD) == ResultCounts(positive=1, negative=1)


def test_the_record_of_a_person_goes_before_what_a_screen_says():
    screen = (b"1", {Need.FOOD: P}, {"known": KnownTraits(language="english", sex="male")})
    people = {b"1": PatientTraits(language="es", born=date(1990, 1, 1))}
    kinds = {
        (key.stratum_type, key.stratum)
        for key in cells_of(screen, people=people)
        if key.need == Need.FOOD
    }
    assert kinds == {
        ("total", "total"),
        ("language", "spanish"),
        ("sex", "male"),
        ("age", "18-64"),
    }


@pytest.mark.parametrize(
    ("parts", "result"),
    [
        ((P, N, N), P),
        ((N, N, N), N),
        ((N, D, N), D),
        ((N, None, None), N),
        ((None, D, P), P),
        ((U, OPEN, N), U),
        ((None, None, None), None),
    ],
)
def test_housing_is_any_of_its_parts(parts, result):
    given_ = {need: each for need, each in zip(HOUSING_PARTS, parts, strict=True) if each}
    assert add_derived_needs(given_).get(Need.HOUSING) is result


def made(*results):
    asked = {need: each for need, each in zip(FIVE, results, strict=False) if each}
    found = add_derived_needs(asked)
    return found.get(Need.ANY), found.get(Need.ALL5)


def test_any_and_all_five():
    assert made(N, N, N, N, N) == (N, N)
    assert made(N, N, N, N, P) == (P, P)
    assert made(P, N, N, N) == (P, OPEN)
    assert made(N, N) == (N, OPEN)
    assert made(N, D, N, N, N) == (NeedResult.PARTIAL, OPEN)
    assert made(N, OPEN) == (NeedResult.PARTIAL, OPEN)
    assert made(P, D, D, D, D) == (P, OPEN)
    assert made(D, D, U, D, D) == (D, D)
    assert made(OPEN) == (OPEN, OPEN)
    assert made() == (None, None)


NEEDS = st.dictionaries(
    st.sampled_from([need for need in Need if need not in (Need.ANY, Need.ALL5, Need.HOUSING)]),
    st.sampled_from(STATED),
    max_size=8,
)
SCREENS = st.lists(
    st.tuples(
        st.sampled_from([bytes([n]) for n in range(6)]),
        NEEDS,
        st.fixed_dictionaries(
            {
                "day": st.dates(date(2026, 1, 1), date(2026, 12, 31)),
                "known": st.builds(
                    KnownTraits,
                    language=st.sampled_from(["", "english", "spanish"]),
                    age=st.none() | st.integers(0, 90),
                ),
            }
        ),
    ),
    max_size=20,
)


@pytest.mark.slow
@given(screens=SCREENS)
def test_the_equations_hold(screens):
    """Strata add up to the total; needs bound those that are made of them."""
    cells = cells_of(*screens)
    seen: dict[Any, Any] = {}
    for key, counts in cells.items():
        assert counts.partial == 0 or key.need == Need.ANY
        corner = (key.period, key.need, key.stratum_type)
        seen.setdefault(corner, []).append(counts)
    for (period, need, _), parts in seen.items():
        whole = total(cells, need, period=period)
        for result in NeedResult:
            assert sum(each.of(result) for each in parts) == whole.of(result)
    for period in {key.period for key in cells}:
        five = [total(cells, need, period=period) or ResultCounts() for need in FIVE]
        any_ = total(cells, Need.ANY, period=period) or ResultCounts()
        all5 = total(cells, Need.ALL5, period=period) or ResultCounts()
        positives = [each.positive for each in five]
        assert max(positives) <= any_.positive <= sum(positives)
        assert max(each.screened for each in five) <= any_.screened
        everybody = len(
            {one for one, needs, of in screens if needs and quarter(of["day"]) == period}
        )
        screened = [each.screened for each in five]
        assert max(0, sum(screened) - 4 * everybody) <= all5.screened <= min(screened)


def quarter(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


@pytest.mark.slow
@given(screens=SCREENS, data=st.data())
def test_the_order_of_screens_of_one_day_changes_no_result(screens, data):
    def results(some):
        alike = [(one, needs, {"day": of["day"]}) for one, needs, of in some]
        return cells_of(*alike)

    assert results(data.draw(st.permutations(screens))) == results(screens)
