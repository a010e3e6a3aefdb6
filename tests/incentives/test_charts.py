from __future__ import annotations

from readiness.incentives.charts import ChanceRow, MoneyRow, ShareRow, bars_of, pairs_of, spans_of


def test_a_bar_has_its_error_and_what_it_is_held_against_and_stays_on_the_drawing():
    figure = bars_of(
        [ShareRow("A", 0.5, 0.01, "half", 0.25), ShareRow("B", 0.999, 0.01, "all", 0.5)],
        ("Design", "Paid"),
        "By chance",
    )
    first, second = figure.rows
    assert (first.width, first.beside_x) == ("50%", "25%")
    assert (first.low_x, first.high_x) == ("48.04%", "51.96%")
    assert second.high_x == "100%"
    assert figure.says == "A: half; B: all."
    assert figure.table.rows == (("A", "half", "25.0%"), ("B", "all", "50.0%"))


def test_without_something_to_hold_it_against_a_bar_has_no_mark():
    figure = bars_of([ShareRow("A", 0.5, 0.01, "half")], ("Design", "Paid"))
    assert figure.rows[0].beside_x == ""
    assert figure.table.header == ("Design", "Paid")


def test_a_group_that_takes_no_part_has_no_marks_and_says_why():
    figure = spans_of(
        [ChanceRow("Ash", "90 patients", 0.2, 0.9, "so"), ChanceRow("Oak", "", None, None, "why")],
        "Group",
    )
    assert [span.shown for span in figure.rows] == [True, False]
    assert (figure.rows[0].beside_x, figure.rows[0].x) == ("20%", "90%")
    assert figure.table.rows[1] == ("Oak", "", "why", "why")


def test_money_stands_beside_patients_and_is_nothing_where_nothing_is_paid():
    figure = pairs_of(
        [MoneyRow("T1", "2 groups", 0.2, 0.4, "so"), MoneyRow("T2", "1 group", 0.8, None, "none")],
        "Tier",
    )
    assert [(p.open_width, p.width) for p in figure.rows] == [
        ("20%", "40%"),
        ("80%", "0%"),
    ]
    assert figure.table.rows[1] == ("T2", "1 group", "80%", "–")
