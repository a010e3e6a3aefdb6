"""Change beside money, over what groups sent in and entered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from readiness.accounts.db import people
from readiness.core.db import Session
from readiness.core.errors import Denied, NotFound
from readiness.plans import db as postings
from readiness.plans.postings import Posting, PostingKind
from readiness.plans.returns import FEWEST_GROUPS
from readiness.portfolio.service import returns
from readiness.portfolio.service.returns import ReturnExclusion, ReturnSort
from tests.factories import portfolio
from tests.factories import postings as paid
from tests.factories.world import NOW


@pytest.fixture
def grown(store):
    paid.grown(store)
    return store


def read(store, who="pam"):
    return returns.load(Session(store, people.actor(store, who), NOW), "fair")


def line(found, group_id):
    return next(each for each in found.lines if each.group.id == group_id)


def test_first_and_latest_stand_beside_the_money_in_between(grown):
    followed = line(read(grown), "ash").followed
    assert (followed.first.on, followed.latest.on) == (date(2026, 2, 1), date(2027, 1, 10))
    assert (followed.tiers, followed.points("QMS"), followed.gates) == (1, 15.0, 0)
    assert (followed.spent, followed.awarded) == (60_000_00, 0)


def test_who_is_not_counted_in_is_listed_with_the_reason(grown):
    left_out = {each.group.id: each.left_out for each in read(grown).lines}
    assert left_out == {
        "ash": "",
        "birch": ReturnExclusion.NO_MONEY,
        "cedar": ReturnExclusion.ONCE,
        "elm": ReturnExclusion.ONCE,
        "fir": ReturnExclusion.NOT_SUBMITTED,
        "hazel": "",
    }


def test_a_group_that_could_not_be_rated_has_points_but_no_tiers(grown):
    found = read(grown)
    assert line(found, "hazel").followed.tiers is None
    assert (found.found.tiers.groups, found.found.gates.groups) == (1, 2)
    assert [each.group_id for each in found.found.without_money] == ["birch"]


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        (date(2026, 2, 1), False),
        (date(2026, 2, 2), True),
        (date(2027, 1, 10), True),
        (date(2027, 1, 11), False),
    ],
)
def test_money_counts_after_the_first_day_and_up_to_the_latest(grown, day, counts):
    paid.pay(grown, "birch", 5_00, day)
    assert line(read(grown), "birch").followed.spent == (5_00 if counts else 0)


def test_what_was_given_back_is_taken_off_the_award_and_a_correction_counts_once(grown):
    paid.pay(grown, "ash", 100_00, kind=PostingKind.AWARDED)
    paid.pay(grown, "ash", 30_00, kind=PostingKind.RETURNED)
    wrong = postings.get_posting(grown, "ash-spent-1")
    right = Posting(
        "right", wrong.group_id, wrong.assessment_id, wrong.action_id, wrong.kind, 50_000_00,
        wrong.on, "", "", "maya", NOW, "ash-spent-1",
    )  # fmt: skip
    postings.add_posting(grown, right, paid.EVENT)
    followed = line(read(grown), "ash").followed
    assert (followed.awarded, followed.spent) == (70_00, 50_000_00)


def test_two_versions_are_not_compared(grown):
    portfolio.change(grown, "update assessments set version = '2025.1' where id = 'ash-sent'")
    assert line(read(grown), "ash").left_out == ReturnExclusion.OTHER_QUESTIONS


def test_below_the_least_number_of_groups_nothing_is_told_for_each_dollar(grown):
    found = read(grown)
    assert found.found.gates.groups < FEWEST_GROUPS
    assert found.found.gates.per_dollars is None


def test_a_group_that_stops_sharing_is_gone(grown):
    yesterday = (NOW.date() - timedelta(days=1)).isoformat()
    portfolio.change(grown, "update grants set expires_on = ? where group_id = 'ash'", yesterday)
    assert "ash" not in [each.group.id for each in read(grown).lines]


def test_only_the_payers_own_people_read_it(grown):
    with pytest.raises(NotFound):
        read(grown, "pete")
    with pytest.raises(NotFound):
        read(grown, "maya")
    with pytest.raises((NotFound, Denied)):
        read(grown, "ada")


def test_any_column_sorts_both_ways_and_what_cannot_be_told_comes_last(grown):
    followed = read(grown).followed

    def names(sort, is_descending):
        return [each.group.id for each in returns.sort_rows(followed, sort, is_descending)]

    assert names(ReturnSort.NAME, False) == ["ash", "birch", "hazel"]
    assert names(ReturnSort.NAME, True) == ["hazel", "birch", "ash"]
    assert names(ReturnSort.SPENT, True) == ["ash", "hazel", "birch"]
    assert names(ReturnSort.SPENT, False) == ["birch", "hazel", "ash"]
    assert names(ReturnSort.TIERS, True)[-1] == names(ReturnSort.TIERS, False)[-1] == "hazel"
    for sort in ReturnSort:
        assert sorted(names(sort, True)) == ["ash", "birch", "hazel"]


def test_what_another_payer_awarded_stands_in_no_sum(grown):
    paid.pay(grown, "ash", 100_00, kind=PostingKind.AWARDED)
    wrong = postings.get_posting(grown, "ash-awarded-1")
    for number, (payer, cents) in enumerate((("Fair Health", 7_00), ("Far Health", 900_00))):
        made = replace(wrong, id=f"named-{number}", payer=payer, cents=cents)
        postings.add_posting(grown, made, paid.EVENT)
    assert line(read(grown), "ash").followed.awarded == 107_00
