from __future__ import annotations

from datetime import date

import pytest

from readiness.equity.shrinkage import DeclaredPriors, own_prior, shrunken_rates
from readiness.equity.tables import tables_of
from readiness.statistics.beta_binomial import Prior, fit, shrink
from tests.factories.equity_rows import rows

BLACK = ("COL", "race_omb2024", "black")
DECLARED = DeclaredPriors("Rates of 2025", "A payer", date(2026, 3, 1), {BLACK: Prior(12, 8)})


def tables(groups):
    """Of 50 to 60 patients 20 to 40 meet the measure."""
    return [
        table
        for number in range(groups)
        for table in tables_of(
            rows(
                {"white": (280, 400), "black": (20 + 5 * (number % 5), 50 + number % 11)},
                group_id=f"g{number:02}",
            )
        )
    ]


def test_fewer_than_thirty_groups_are_drawn_toward_what_was_declared():
    found = shrunken_rates(tables(29), DECLARED)
    assert set(found) == {(f"g{number:02}", "black") for number in range(29)}
    assert all(each.is_declared for each in found.values())
    assert found["g00", "black"].rate == shrink(Prior(12, 8), 20, 50)


def test_thirty_groups_tell_their_own():
    listed = tables(30)
    own = fit([table.groups["black"] for table in listed]).prior
    found = shrunken_rates(listed, DECLARED)
    assert not any(each.is_declared for each in found.values())
    assert found["g00", "black"].rate == shrink(own, 20, 50)


@pytest.mark.parametrize("pairs", [[(35, 50)] * 30, [(0, 50)] * 30])
def test_groups_alike_have_no_prior_of_their_own(pairs):
    assert own_prior(pairs) is None


def test_hidden_rates_other_measures_and_what_nobody_declared_are_left_alone():
    hidden = tables_of(rows({"black": (None, 50)}) + rows({"black": (4, 9)}, group_id="oak"))
    assert shrunken_rates(hidden, DECLARED) == {}
    assert shrunken_rates(tables_of(rows({"black": (20, 50)}, measure="BCS")), DECLARED) == {}
    assert shrunken_rates(tables(3), None) == {}
