"""A scenario's life: what may become of it, and what stays as it is."""

from __future__ import annotations

import pytest

from readiness.core.errors import BadInput, WrongState
from readiness.investment.lifecycle import (
    MOVES,
    ScenarioState,
    ScenarioStatus,
    new_name,
    require_move,
)
from tests.factories.world import NOW


def at(state):
    return ScenarioStatus("Spring grants", state, NOW, "pam")


@pytest.mark.parametrize("now", ScenarioState)
@pytest.mark.parametrize("wanted", ScenarioState)
def test_only_the_moves_of_the_table_are_made(now, wanted):
    if wanted in MOVES[now]:
        require_move(at(now), wanted, is_possible=True)
    else:
        with pytest.raises(WrongState):
            require_move(at(now), wanted, is_possible=True)


def test_what_was_approved_or_deleted_is_not_deleted_again():
    for state in (ScenarioState.APPROVED, ScenarioState.DELETED):
        assert ScenarioState.DELETED not in at(state).moves


def test_without_an_answer_nothing_is_proposed():
    with pytest.raises(WrongState, match="no answer to propose"):
        require_move(at(ScenarioState.DRAFT), ScenarioState.PROPOSED, is_possible=False)
    require_move(at(ScenarioState.DRAFT), ScenarioState.DELETED, is_possible=False)


def test_a_name_is_kept_without_needless_space():
    assert new_name(at(ScenarioState.DRAFT), "  Fall   grants ") == "Fall grants"


@pytest.mark.parametrize("typed", ["", "   ", "x" * 81])
def test_no_name_or_one_too_long_is_refused(typed):
    with pytest.raises(BadInput):
        new_name(at(ScenarioState.PROPOSED), typed)


def test_an_approved_scenario_keeps_its_name():
    with pytest.raises(WrongState, match="kept as it is"):
        new_name(at(ScenarioState.APPROVED), "Another")
