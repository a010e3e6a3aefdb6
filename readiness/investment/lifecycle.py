"""The life of a budget scenario: draft, proposed, approved; or deleted.

What was asked and answered never changes. Its name and state are told by what people did since,
of which the last stands. An approved scenario is kept as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from readiness.core.errors import BadInput, WrongState

LONGEST_NAME = 80


class ScenarioState(StrEnum):
    DRAFT = "draft"
    PROPOSED = "proposed"
    APPROVED = "approved"
    DELETED = "deleted"


MOVES: dict[ScenarioState, frozenset[ScenarioState]] = {
    ScenarioState.DRAFT: frozenset({ScenarioState.PROPOSED, ScenarioState.DELETED}),
    ScenarioState.PROPOSED: frozenset(
        {ScenarioState.DRAFT, ScenarioState.APPROVED, ScenarioState.DELETED}
    ),
    ScenarioState.APPROVED: frozenset({ScenarioState.PROPOSED}),
    ScenarioState.DELETED: frozenset(),
}
RENAMED_IN = frozenset({ScenarioState.DRAFT, ScenarioState.PROPOSED})
REFUSED = {
    ScenarioState.DRAFT: "A draft is proposed before it is approved. Propose it first.",
    ScenarioState.PROPOSED: "This scenario is proposed already. Reload the page to see it.",
    ScenarioState.APPROVED: (
        "An approved scenario is kept as it is. Take its approval back first, or copy it."
    ),
    ScenarioState.DELETED: "This scenario was deleted. Go back to the list of scenarios.",
}
NO_ANSWER_YET = "This scenario has no answer to propose. Solve it again, or change its settings."


@dataclass(frozen=True)
class ScenarioStatus:
    """Its name and state, and who brought it there."""

    name: str
    state: ScenarioState
    at: datetime
    person_id: str

    @property
    def moves(self) -> frozenset[ScenarioState]:
        return MOVES[self.state]

    @property
    def may_be_renamed(self) -> bool:
        return self.state in RENAMED_IN


def require_move(status: ScenarioStatus, wanted: ScenarioState, *, is_possible: bool) -> None:
    """Return quietly, or say why not and what to do. Only a possible answer is proposed."""
    if wanted not in status.moves:
        raise WrongState(REFUSED[status.state])
    if wanted is ScenarioState.PROPOSED and not is_possible:
        raise WrongState(NO_ANSWER_YET)


def new_name(status: ScenarioStatus, typed: str) -> str:
    if not status.may_be_renamed:
        raise WrongState(REFUSED[status.state])
    name = " ".join(typed.split())
    if not name:
        raise BadInput("Give the scenario a name, such as “Spring grants”.")
    if len(name) > LONGEST_NAME:
        raise BadInput(f"Shorten the name to {LONGEST_NAME} characters.")
    return name
