"""Money entered for an action: what stands, what it adds up to, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from readiness.core.errors import BadInput
from readiness.plans import postings
from readiness.plans.postings import (
    MAX_CENTS,
    Cents,
    EstimateToComplete,
    PostingContext,
    PostingInput,
    PostingKind,
    Totals,
)

NOW = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)
HERE = PostingContext("p1", "elm", "a1", "PHARM", "maya", NOW)
SPENT = PostingInput(
    PostingKind.SPENT, 12_500_00, date(2027, 1, 10), "the payer’s grant", "invoice 14"
)


def posting(number, kind, cents, corrects=None, on=date(2027, 1, 10)):
    place = replace(HERE, id=f"p{number}", corrects=corrects)
    return postings.new_posting(PostingInput(kind, cents, on, "", ""), place)


def test_a_posting_keeps_what_was_typed_and_where_it_belongs():
    made = postings.new_posting(replace(SPENT, note="  invoice 14 \r\n"), HERE)
    assert (made.cents, made.note, made.action_id, made.at) == (
        12_500_00,
        "invoice 14",
        "PHARM",
        NOW,
    )


@pytest.mark.parametrize(
    ("change", "place", "says"),
    [
        ({"cents": None}, "amount", "Enter an amount"),
        ({"cents": -1}, "amount", "Enter an amount"),
        ({"cents": 0}, "amount", "Enter the amount that was"),
        ({"cents": MAX_CENTS + 1}, "amount", "up to $100,000,000"),
        ({"on": None}, "on", "Enter the day"),
        ({"on": date(2027, 1, 16)}, "on", "a day that has been"),
        ({"on": date(1999, 12, 31)}, "on", "since 2000"),
        ({"payer": "call 617-555-0134"}, "payer", "a phone number"),
        ({"payer": "x" * 201}, "payer", "shorten it"),
        ({"note": "MRN 1234567"}, "note", "a medical record number"),
    ],
)
def test_what_cannot_be_is_refused_by_field(change, place, says):
    with pytest.raises(BadInput) as caught:
        postings.new_posting(replace(SPENT, **change), HERE)
    assert [problem.place for problem in caught.value.problems] == [place]
    assert says in str(caught.value)


def test_everything_wrong_is_told_at_once():
    with pytest.raises(BadInput) as caught:
        postings.new_posting(
            PostingInput(PostingKind.SPENT, None, None, "a@b.org", "a@b.org"), HERE
        )
    assert [each.place for each in caught.value.problems] == ["amount", "on", "payer", "note"]


def test_today_is_a_day_that_has_been():
    assert postings.new_posting(replace(SPENT, on=NOW.date()), HERE).on == NOW.date()


def test_only_a_correction_may_say_that_nothing_was_paid():
    made = posting(2, PostingKind.SPENT, 0, corrects="p1")
    assert made.cents == 0


def test_the_totals_of_each_kind_and_what_remains():
    found = postings.totals(
        [
            posting(1, PostingKind.AWARDED, 50_000_00),
            posting(2, PostingKind.SPENT, 12_500_00),
            posting(3, PostingKind.SPENT, 7_500_50),
            posting(4, PostingKind.RETURNED, 10_000_00),
        ]
    )
    assert found == Totals(50_000_00, 20_000_50, 10_000_00)
    assert (found.award, found.remaining) == (40_000_00, 19_999_50)


def test_a_correction_stands_in_for_what_it_corrects_however_often():
    first = posting(1, PostingKind.SPENT, 100_00)
    second = posting(2, PostingKind.SPENT, 90_00, corrects="p1")
    third = posting(3, PostingKind.AWARDED, 95_00, corrects="p2")
    every = [first, second, third]
    assert postings.uncorrected(every) == (third,)
    assert postings.totals(every) == Totals(awarded=95_00)
    assert postings.uncorrected(reversed(every)) == (third,)


def test_no_posting_is_no_money():
    assert postings.totals([]).is_empty
    assert not postings.totals([posting(1, PostingKind.RETURNED, 1)]).is_empty


def test_the_first_payment_is_the_earliest_that_stands():
    early = posting(1, PostingKind.SPENT, 5_00, on=date(2026, 5, 1))
    struck = posting(2, PostingKind.SPENT, 0, corrects="p1", on=date(2026, 5, 1))
    award = posting(3, PostingKind.AWARDED, 5_00, on=date(2026, 4, 1))
    later = posting(4, PostingKind.SPENT, 5_00, on=date(2026, 9, 1))
    assert postings.first_spent_on([early, award, later]) == date(2026, 5, 1)
    assert postings.first_spent_on([early, struck, award, later]) == date(2026, 9, 1)
    assert postings.first_spent_on([award]) is None


# What is still needed


def needed(low=10_00, likely=20_00, high=40_00, at=NOW):
    return EstimateToComplete("n1", "elm", "a1", "PHARM", Cents(low, likely, high), "", "maya", at)


def test_what_was_paid_on_later_days_is_taken_off_what_is_still_needed():
    said = needed(at=NOW - timedelta(days=30))  # December 16
    paid = [
        posting(1, PostingKind.SPENT, 500, on=date(2026, 12, 16)),  # known when it was said
        posting(2, PostingKind.SPENT, 15_00, on=date(2026, 12, 17)),
        posting(3, PostingKind.AWARDED, 99_00, on=date(2026, 12, 20)),
    ]
    assert postings.current_estimate(said, paid) == Cents(0, 5_00, 25_00)
    assert postings.current_estimate(None, paid) is None


@pytest.mark.parametrize(
    ("amounts", "note", "place"),
    [
        ((None, 1, 2), "", "low"),
        ((3, 2, 4), "", "low"),
        ((1, 5, 4), "", "low"),
        ((-1, 2, 4), "", "low"),
        ((1, 2, MAX_CENTS + 1), "", "high"),
        ((1, 2, 3), "born 3/4/1956", "why"),
    ],
)
def test_an_estimate_that_cannot_be_is_refused(amounts, note, place):
    with pytest.raises(BadInput) as caught:
        postings.new_estimate(amounts, note, HERE)
    assert [problem.place for problem in caught.value.problems] == [place]


def test_nothing_more_may_be_needed():
    assert postings.new_estimate((0, 0, 0), "", HERE).cents == Cents(0, 0, 0)
