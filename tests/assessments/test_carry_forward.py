from __future__ import annotations

from collections import Counter

import pytest

from readiness.assessments.carry_forward import CarriedItem, ItemChange, carry
from readiness.instruments import loader as instruments
from readiness.instruments.answers import Answer
from tests.factories.second_version import ADDED, DROPPED, REWORDED, write_second_version

OLD = instruments.load("qmer", "2026.1")


@pytest.fixture
def new(tmp_path):
    return instruments.read(write_second_version(tmp_path))


def test_every_item_says_what_became_of_it(new):
    carried = carry(OLD, new, {})
    change = {each.item_id: each.change for each in carried}
    assert Counter(change.values()) == {
        ItemChange.SAME: 55,
        ItemChange.REWORDED: 1,
        ItemChange.NEW: 1,
        ItemChange.DROPPED: 1,
    }
    assert (change[REWORDED], change[ADDED], change[DROPPED]) == (
        ItemChange.REWORDED,
        ItemChange.NEW,
        ItemChange.DROPPED,
    )


def test_items_come_in_the_new_order_and_dropped_ones_last(new):
    order = [each.item_id for each in carry(OLD, new, {})]
    assert order == [*(item.id for item in new.items), DROPPED]


def test_answers_go_with_their_item_and_a_new_item_has_none(new):
    answers = {item.id: Answer.at(2, "kept in the folder") for item in OLD.items}
    for each in carry(OLD, new, answers):
        assert each.answer == (None if each.change is ItemChange.NEW else answers[each.item_id])


def test_a_stray_answer_is_not_carried_to_a_new_item(new):
    carried = carry(OLD, new, {ADDED: Answer.at(4)})
    assert CarriedItem(ADDED, ItemChange.NEW, None) in carried


def test_not_applicable_is_not_carried_where_it_is_no_longer_allowed():
    answers = {"LEAD-1": Answer.not_applicable("no"), "LEAD-5": Answer.not_applicable("one site")}
    answer = {each.item_id: each.answer for each in carry(OLD, OLD, answers)}
    assert answer["LEAD-1"] is None
    assert answer["LEAD-5"] == answers["LEAD-5"]


def test_the_same_version_changes_nothing():
    carried = carry(OLD, OLD, {})
    assert {each.change for each in carried} == {ItemChange.SAME}
