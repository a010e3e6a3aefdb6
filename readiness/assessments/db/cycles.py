"""Cycles, who is invited into them and how far each has come."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from readiness.assessments.cycles import Cycle, Grant, Invitation, InvitedGroup
from readiness.core import audit
from readiness.core.audit import Event
from readiness.core.db import Store
from readiness.core.errors import NOT_SHARED, ChangedMeanwhile, NotFound, WrongState
from readiness.core.people import Group
from readiness.core.serialization import from_row, to_row

# A carried answer counts once somebody has confirmed it.
ANSWERED = """
(select count(*) from answers latest
 where latest.assessment_id = a.id and latest.kind is not null and not latest.is_carried
 and latest.revision = (select max(revision) from answers every
                        where every.assessment_id = latest.assessment_id
                        and every.item_id = latest.item_id))
"""


def add(store: Store, cycle: Cycle, event: Event) -> None:
    with store.writing():
        store.insert("cycles", row_of(cycle))
        audit.record(store, event)


def change(store: Store, cycle: Cycle, event: Event) -> None:
    """Write a new due date or the closing; a closed cycle stays as it is."""
    with store.writing():
        changed = store.execute(
            "update cycles set due_on = :due_on, closed_at = :closed_at"
            " where id = :id and closed_at is null",
            row_of(cycle),
        )
        if not changed:
            raise WrongState("This cycle is closed. Open a new one to ask again.")
        audit.record(store, event)


def move_due_dates(store: Store, cycle_id: str, due_on: date) -> None:
    """Everybody who works on the cycle's assessments sees the new day."""
    with store.writing():
        store.execute(
            "update assessments set due_on = ?, revision = revision + 1 where cycle_id = ?",
            (due_on.isoformat(), cycle_id),
        )


def get(store: Store, cycle_id: str) -> Cycle:
    row = store.row("select * from cycles where id = ?", (cycle_id,))
    if row is None:
        raise NotFound(NOT_SHARED)
    return to_cycle(row)


def of_payer(store: Store, payer_id: str) -> tuple[Cycle, ...]:
    """Newest first."""
    return tuple(
        to_cycle(row)
        for row in store.rows(
            "select * from cycles where payer_id = ? order by opens_on desc, created_at desc, id",
            (payer_id,),
        )
    )


def invite(store: Store, invitations: Iterable[Invitation], events: Iterable[Event]) -> None:
    """Ask all of them, or none when one has been asked already."""
    with store.writing():
        for invitation in invitations:
            store.insert("invitations", to_row(invitation))
        for event in events:
            audit.record(store, event)


def invitation(store: Store, cycle_id: str, group_id: str) -> Invitation:
    row = store.row(
        "select * from invitations where cycle_id = ? and group_id = ?", (cycle_id, group_id)
    )
    if row is None:
        raise NotFound("There is no such invitation. Reload the page to see what there is.")
    return from_row(Invitation, row)


def invitations_of(store: Store, group_id: str) -> tuple[Invitation, ...]:
    """What a group was asked, newest first."""
    return tuple(
        from_row(Invitation, row)
        for row in store.rows(
            "select * from invitations where group_id = ? order by invited_at desc, cycle_id",
            (group_id,),
        )
    )


def invited_group_ids(store: Store, cycle_id: str) -> frozenset[str]:
    return frozenset(
        row["group_id"]
        for row in store.rows("select group_id from invitations where cycle_id = ?", (cycle_id,))
    )


def accepted_group_ids(store: Store, cycle_id: str) -> frozenset[str]:
    sql = "select group_id from invitations where cycle_id = ? and accepted"
    return frozenset(row["group_id"] for row in store.rows(sql, (cycle_id,)))


def answer(store: Store, answered: Invitation, event: Event) -> None:
    """Write the group's answer, or refuse it when a colleague has answered already."""
    with store.writing():
        changed = store.execute(
            "update invitations set answered_at = :answered_at, answered_by = :answered_by,"
            " accepted = :accepted, assessment_id = :assessment_id"
            " where cycle_id = :cycle_id and group_id = :group_id and accepted is not 1",
            to_row(answered),
        )
        if not changed:
            raise ChangedMeanwhile(
                "A colleague has accepted this invitation already. Reload the page to see it."
            )
        audit.record(store, event)


ROSTER = f"""
select i.group_id, g.name, i.invited_at, i.accepted, a.status, {ANSWERED} as answered,
  exists (select 1 from grants where grants.group_id = i.group_id and payer_id = c.payer_id
          and revoked_at is null and (expires_on is null or expires_on >= :today)) as is_shared
from invitations i
join cycles c on c.id = i.cycle_id
join groups g on g.id = i.group_id
left join assessments a on a.id = i.assessment_id
where i.cycle_id = :cycle
order by g.name, g.id
"""  # noqa: S608 (only our own text is put together)


def roster(store: Store, cycle_id: str, today: date) -> tuple[InvitedGroup, ...]:
    """Every invited group by name, with how far it has come."""
    return tuple(
        from_row(InvitedGroup, {**row, "group_name": row["name"]})
        for row in store.rows(ROSTER, {"cycle": cycle_id, "today": today.isoformat()})
    )


def groups_to_invite(store: Store, cycle_id: str, text: str, limit: int) -> tuple[Group, ...]:
    """Groups of the whole installation that match a text and were not asked into the cycle."""
    return tuple(
        from_row(Group, row)
        for row in store.rows(
            "select * from groups where name like :text escape '\\' and id not in"
            " (select group_id from invitations where cycle_id = :cycle)"
            " order by name, id limit :limit",
            {"text": containing(text), "cycle": cycle_id, "limit": limit},
        )
    )


def containing(text: str) -> str:
    """A pattern in which what a person typed stands for itself alone.

    >>> containing("50%_")
    '%50\\\\%\\\\_%'
    """
    for mark in ("\\", "%", "_"):
        text = text.replace(mark, f"\\{mark}")
    return f"%{text}%"


def row_of(cycle: Cycle) -> dict[str, Any]:
    return {**to_row(cycle), "axis_min": json.dumps(cycle.axis_min, default=str)}


def to_cycle(row: Mapping[str, Any]) -> Cycle:
    return from_row(Cycle, {**row, "axis_min": json.loads(row["axis_min"])})


def add_grant(store: Store, grant: Grant, event: Event) -> None:
    with store.writing():
        store.insert("grants", to_row(grant))
        audit.record(store, event)


def revoke_grants(store: Store, group_id: str, payer_id: str, at: datetime, event: Event) -> None:
    """Take back everything that the group shares with the payer, at once."""
    with store.writing():
        changed = store.execute(
            "update grants set revoked_at = ?, revoked_by = ?"
            " where group_id = ? and payer_id = ? and revoked_at is null",
            (at.isoformat(), event.actor_id, group_id, payer_id),
        )
        if not changed:
            raise NotFound("Nothing is shared with that payer. Reload the page to see what is.")
        store.seal("grants", {"group_id": group_id, "payer_id": payer_id})
        audit.record(store, event)


def grants_of(store: Store, group_id: str) -> tuple[Grant, ...]:
    """All of them, also those taken back, newest first."""
    return tuple(
        from_row(Grant, row)
        for row in store.rows(
            "select * from grants where group_id = ? order by granted_at desc, id", (group_id,)
        )
    )
