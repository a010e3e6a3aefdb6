"""The life of a budget scenario: draft, proposed, approved, funded; or deleted.

What was asked and answered never changes. Its name and state are told by what people did since,
of which the last stands. An approved scenario is kept as it is; a funded one has its awards in the
plans of the groups.
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
    FUNDED = "funded"
    DELETED = "deleted"


MOVES: dict[ScenarioState, frozenset[ScenarioState]] = {
    ScenarioState.DRAFT: frozenset({ScenarioState.PROPOSED, ScenarioState.DELETED}),
    ScenarioState.PROPOSED: frozenset(
        {ScenarioState.DRAFT, ScenarioState.APPROVED, ScenarioState.DELETED}
    ),
    ScenarioState.APPROVED: frozenset({ScenarioState.PROPOSED, ScenarioState.FUNDED}),
    ScenarioState.FUNDED: frozenset({ScenarioState.APPROVED}),
    ScenarioState.DELETED: frozenset(),
}
RENAMED_IN = frozenset({ScenarioState.DRAFT, ScenarioState.PROPOSED})
REFUSED = {
    ScenarioState.DRAFT: "A draft is proposed before it is approved. Propose it first.",
    ScenarioState.PROPOSED: "This scenario is proposed already. Reload the page to see it.",
    ScenarioState.APPROVED: (
        "An approved scenario is kept as it is. Take its approval back first, or copy it."
    ),
    ScenarioState.FUNDED: (
        "A funded scenario is kept as it is. Take its funding back first, or copy it."
    ),
    ScenarioState.DELETED: "This scenario was deleted. Go back to the list of scenarios.",
}
ON_ITS_OWN_PAGE = (
    "What funding writes, and what taking it back strikes out, is shown before it is done. Open "
    "that from the page of the scenario."
)
NO_ANSWER_YET = "This scenario has no answer to propose. Solve it again, or change its settings."


@dataclass(frozen=True, order=True)
class ScenarioAward:
    """What the payer pays for one action of a group in one year of the budget."""

    group_id: str
    action_id: str
    year: int
    dollars: int


@dataclass(frozen=True)
class AwardRecord:
    """What became of an award when the scenario was funded."""

    award: ScenarioAward
    posting_id: str | None  # its entry in the group's plan; None: it was not written
    why_not: str = ""


@dataclass(frozen=True)
class ScenarioStatus:
    """Its name and state, and who brought it there."""

    name: str
    state: ScenarioState
    at: datetime
    person_id: str
    awards: tuple[AwardRecord, ...] = ()  # of a funded one

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
