from __future__ import annotations

import random

import pytest

from readiness.statistics.regression import least_squares

# Reference data sets of the US National Institute of Standards and Technology, with the values it
# certifies: Norris (a line) and Longley (six predictors that nearly follow from each other).
NORRIS = [
    (0.2, 0.1), (337.4, 338.8), (118.2, 118.1), (884.6, 888.0), (10.1, 9.2), (226.5, 228.1),
    (666.3, 668.5), (996.3, 998.5), (448.6, 449.1), (777.0, 778.9), (558.2, 559.2), (0.4, 0.3),
    (0.6, 0.1), (775.5, 778.1), (666.9, 668.8), (338.0, 339.3), (447.5, 448.9), (11.6, 10.8),
    (556.0, 557.7), (228.1, 228.3), (995.8, 998.0), (887.6, 888.8), (120.2, 119.6), (0.3, 0.3),
    (0.3, 0.6), (556.8, 557.6), (339.1, 339.3), (887.2, 888.0), (999.0, 998.5), (779.0, 778.9),
    (11.1, 10.2), (118.3, 117.6), (229.2, 228.9), (669.1, 668.4), (448.9, 449.2), (0.5, 0.2),
]  # fmt: skip
LONGLEY = [
    (60323, 83.0, 234289, 2356, 1590, 107608, 1947),
    (61122, 88.5, 259426, 2325, 1456, 108632, 1948),
    (60171, 88.2, 258054, 3682, 1616, 109773, 1949),
    (61187, 89.5, 284599, 3351, 1650, 110929, 1950),
    (63221, 96.2, 328975, 2099, 3099, 112075, 1951),
    (63639, 98.1, 346999, 1932, 3594, 113270, 1952),
    (64989, 99.0, 365385, 1870, 3547, 115094, 1953),
    (63761, 100.0, 363112, 3578, 3350, 116219, 1954),
    (66019, 101.2, 397469, 2904, 3048, 117388, 1955),
    (67857, 104.6, 419180, 2822, 2857, 118734, 1956),
    (68169, 108.4, 442769, 2936, 2798, 120445, 1957),
    (66513, 110.8, 444546, 4681, 2637, 121950, 1958),
    (68655, 112.6, 482704, 3813, 2552, 123366, 1959),
    (69564, 114.2, 502601, 3931, 2514, 125368, 1960),
    (69331, 115.7, 518173, 4806, 2572, 127852, 1961),
    (70551, 116.9, 554894, 4007, 2827, 130081, 1962),
]


def test_a_line_through_the_reference_data_of_norris():
    fit = least_squares([[x] for x, _ in NORRIS], [y for _, y in NORRIS])
    (slope,) = fit.slopes
    assert fit.intercept == pytest.approx(-0.262323073774029, rel=1e-9)
    assert slope.value == pytest.approx(1.00211681802045, rel=1e-12)
    assert slope.error == pytest.approx(0.429796848199937e-3, rel=1e-9)
    assert fit.deviation == pytest.approx(0.884796396144373, rel=1e-9)
    assert fit.df == 34


def test_six_predictors_of_the_reference_data_of_longley():
    fit = least_squares([row[1:] for row in LONGLEY], [row[0] for row in LONGLEY])
    certified = [
        (15.0618722713733, 84.9149257747669),
        (-0.358191792925910e-1, 0.334910077722432e-1),
        (-2.02022980381683, 0.488399681651699),
        (-1.03322686717359, 0.214274163161675),
        (-0.511041056535807e-1, 0.226073200069370),
        (1829.15146461355, 455.478499142212),
    ]
    assert fit.intercept == pytest.approx(-3482258.63459582, rel=1e-7)
    assert fit.deviation == pytest.approx(304.854073561965, rel=1e-8)
    for slope, (value, error) in zip(fit.slopes, certified, strict=True):
        assert slope.value == pytest.approx(value, rel=1e-6)
        assert slope.error == pytest.approx(error, rel=1e-6)


def test_the_interval_reaches_as_far_as_students_t():
    """t(0.975, 34) = 2.032245 and, for one degree of freedom, 12.706 (printed tables)."""
    (slope,) = least_squares([[x] for x, _ in NORRIS], [y for _, y in NORRIS]).slopes
    assert (slope.high - slope.value) / slope.error == pytest.approx(2.032245, abs=1e-6)
    (wide,) = least_squares([[0], [1], [2]], [0, 1, 3]).slopes
    assert (wide.value - wide.low) / wide.error == pytest.approx(12.7062, abs=1e-4)
    assert wide.holds(0)
    assert wide.p == pytest.approx(0.1210, abs=1e-4)


def test_the_interval_holds_the_true_slope_as_often_as_it_promises():
    throw, held = random.Random(7), 0
    for _ in range(1000):
        xs = [[throw.gauss(50, 15), throw.gauss(0, 1)] for _ in range(12)]
        ys = [0.3 * a - 2 * b + throw.gauss(0, 4) for a, b in xs]
        held += least_squares(xs, ys).slopes[0].holds(0.3)
    assert 0.935 <= held / 1000 <= 0.965


def test_points_on_a_line_leave_nothing_to_chance():
    fit = least_squares([[0], [1], [2], [3]], [1, 1, 1, 1])
    assert (fit.slopes[0].value, fit.slopes[0].p, fit.intercept) == (0, 1, 1)


@pytest.mark.parametrize(
    ("predictors", "outcomes"),
    [
        ([[1], [2]], [1, 2]),  # no point left to tell the scatter from
        ([[1], [1], [1]], [1, 2, 3]),  # the same everywhere
        ([[1, 2], [2, 4], [3, 6], [5, 10]], [1, 2, 3, 4]),  # one follows from the other
        ([[1], [2], [3]], [1, 2]),
        ([], []),
    ],
)
def test_what_cannot_be_fitted_is_refused(predictors, outcomes):
    with pytest.raises(ValueError, match=r"predictor"):
        least_squares(predictors, outcomes)
