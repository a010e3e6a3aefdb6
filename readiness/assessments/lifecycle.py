"""The states of an assessment and the moves between them."""

from __future__ import annotations

from enum import StrEnum

from readiness.core.errors import WrongState


class Status(StrEnum):
    IN_PROGRESS = "in progress"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes requested"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


MOVES: dict[Status, frozenset[Status]] = {
    Status.IN_PROGRESS: frozenset({Status.SUBMITTED, Status.WITHDRAWN}),
    Status.SUBMITTED: frozenset({Status.CHANGES_REQUESTED, Status.ACCEPTED, Status.WITHDRAWN}),
    Status.CHANGES_REQUESTED: frozenset({Status.SUBMITTED, Status.WITHDRAWN}),
    Status.ACCEPTED: frozenset(),
    Status.WITHDRAWN: frozenset({Status.IN_PROGRESS}),  # undo
}
EDITABLE = frozenset({Status.IN_PROGRESS, Status.CHANGES_REQUESTED})
READABLE_BY_PAYER = frozenset({Status.SUBMITTED, Status.CHANGES_REQUESTED, Status.ACCEPTED})


def move(current: Status, wanted: Status) -> Status:
    """The wanted state, or a sentence saying that it cannot follow the current one."""
    if wanted not in MOVES[current]:
        raise WrongState(
            f"An assessment that is {current} cannot become {wanted}. "
            "Reload the page to see where it stands."
        )
    return wanted
