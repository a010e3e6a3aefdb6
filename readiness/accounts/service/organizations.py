"""The payers somebody works for, and the parts somebody plays, with the names of their places."""

from __future__ import annotations

from dataclasses import dataclass

from readiness.accounts.db import groups, people
from readiness.core.db import Store
from readiness.core.people import Actor, Membership, Payer


def payers_of(store: Store, actor: Actor) -> tuple[Payer, ...]:
    """Everybody the person works for."""
    return tuple(groups.payer(store, payer_id) for payer_id in actor.payer_ids)


@dataclass(frozen=True)
class Part:
    """A membership with the name of its place."""

    membership: Membership
    place: str


def own_parts(store: Store, actor: Actor) -> tuple[Part, ...]:
    return parts_of(store, actor.id)


def parts_of(store: Store, person_id: str) -> tuple[Part, ...]:
    return tuple(
        Part(membership, place(store, membership))
        for membership in people.memberships(store, person_id=person_id)
    )


def place(store: Store, membership: Membership) -> str:
    if membership.group_id is not None:
        return groups.get(store, membership.group_id).name
    if membership.payer_id is not None:
        return groups.payer(store, membership.payer_id).name
    return "this installation"
