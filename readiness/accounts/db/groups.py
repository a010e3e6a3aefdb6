"""Groups, their sites, payers, and what a group shares with whom."""

from __future__ import annotations

from datetime import date, datetime

from readiness.core.db import Store
from readiness.core.errors import NOT_SHARED, NotFound
from readiness.core.people import Group, Payer, Site
from readiness.core.serialization import from_row, to_row


def add(store: Store, group: Group, at: datetime, sites: tuple[Site, ...] = ()) -> None:
    with store.writing():
        store.insert("groups", {**to_row(group), "created_at": at.isoformat()})
        for site in sites:
            store.insert("sites", to_row(site))


def get(store: Store, group_id: str) -> Group:
    row = store.row("select * from groups where id = ?", (group_id,))
    if row is None:
        raise NotFound(NOT_SHARED)
    return from_row(Group, row)


def all_groups(store: Store) -> tuple[Group, ...]:
    return tuple(
        from_row(Group, row) for row in store.rows("select * from groups order by name, id")
    )


def search(store: Store, words: str, limit: int, offset: int) -> tuple[list[Group], int]:
    """Groups whose name contains the words, by name; and how many there are in all."""
    found = store.rows(
        "select * from groups where instr(lower(name), lower(:words))"
        " order by name, id limit :limit offset :offset",
        {"words": words, "limit": limit, "offset": offset},
    )
    total = store.row(
        "select count(*) as n from groups where instr(lower(name), lower(?))", (words,)
    )
    return [from_row(Group, row) for row in found], int(total["n"]) if total else 0


def sites(store: Store, group_id: str) -> tuple[Site, ...]:
    return tuple(
        from_row(Site, row)
        for row in store.rows("select * from sites where group_id = ? order by name", (group_id,))
    )


def remove(store: Store, group_id: str) -> None:
    """Remove the group and all it owns. The history keeps ids only, and stays."""
    store.db.conn.execute("pragma secure_delete = on")  # overwrite, not only unlink
    with store.writing():
        store.execute("delete from groups where id = ?", (group_id,))


def add_payer(store: Store, payer: Payer, at: datetime) -> None:
    with store.writing():
        store.insert("payers", {**to_row(payer), "created_at": at.isoformat()})


def payer(store: Store, payer_id: str) -> Payer:
    row = store.row("select * from payers where id = ?", (payer_id,))
    if row is None:
        raise NotFound("There is no such payer.")
    return from_row(Payer, row)


def payers(store: Store) -> tuple[Payer, ...]:
    return tuple(
        from_row(Payer, row) for row in store.rows("select * from payers order by name, id")
    )


def readers(store: Store, group_id: str, today: date) -> frozenset[str]:
    """The payers with whom the group shares today."""
    return frozenset(
        row["payer_id"]
        for row in store.rows(
            "select payer_id from grants where group_id = ? and revoked_at is null"
            " and (expires_on is null or expires_on >= ?)",
            (group_id, today.isoformat()),
        )
    )


def group_ids_shared_with(store: Store, payer_id: str, today: date) -> frozenset[str]:
    """The groups that share with the payer today."""
    return frozenset(
        row["group_id"]
        for row in store.rows(
            "select group_id from grants where payer_id = ? and revoked_at is null"
            " and (expires_on is null or expires_on >= ?)",
            (payer_id, today.isoformat()),
        )
    )
