"""What is stored of people's authenticator apps and of their codes on paper."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from readiness.accounts.db import passkeys
from readiness.accounts.second_factor import SecondFactor
from readiness.core.db import Store
from readiness.core.sealing import row_key
from readiness.core.serialization import from_row, to_row


def get(store: Store, person_id: str) -> SecondFactor | None:
    row = store.row("select * from second_factors where person_id = ?", (person_id,))
    return from_row(SecondFactor, row) if row else None


def offer(store: Store, factor: SecondFactor) -> None:
    """In place of one that was never confirmed."""
    with store.writing():
        store.execute(
            "delete from second_factors where person_id = ? and confirmed_at is null",
            (factor.person_id,),
        )
        store.insert("second_factors", to_row(factor))


def confirm(store: Store, person_id: str, step: int, at: datetime) -> None:
    with store.writing():
        store.execute(
            "update second_factors set confirmed_at = ?, last_step = ? where person_id = ?",
            (at.isoformat(), step, person_id),
        )
        store.seal("second_factors", {"person_id": person_id})


def use_step(store: Store, person_id: str, step: int) -> bool:
    """Whether this step's code had not been used. Of two at once, one is told no."""
    with store.writing():
        return bool(
            store.execute(
                "update second_factors set last_step = ? where person_id = ? and last_step < ?",
                (step, person_id, step),
            )
        )


def replace_codes(store: Store, person_id: str, stored: Iterable[str]) -> None:
    with store.writing():
        store.execute("delete from recovery_codes where person_id = ?", (person_id,))
        for code in stored:
            store.insert("recovery_codes", {"person_id": person_id, "code_hmac": code})


def use_code(store: Store, person_id: str, stored: str, at: datetime) -> bool:
    with store.writing():
        return bool(
            store.execute(
                "update recovery_codes set used_at = ?"
                " where person_id = ? and code_hmac = ? and used_at is null",
                (at.isoformat(), person_id, stored),
            )
        )


def codes_left(store: Store, person_id: str) -> int:
    row = store.row(
        "select count(*) as n from recovery_codes where person_id = ? and used_at is null",
        (person_id,),
    )
    return int(row["n"]) if row else 0


def is_on(store: Store, person_id: str) -> bool:
    """Whether signing in asks for a second step: an app that was confirmed, or a passkey."""
    return bool(
        store.row(
            "select 1 from second_factors where person_id = :person and confirmed_at is not null"
            " union all select 1 from passkeys where person_id = :person",
            {"person": person_id},
        )
    )


def remove_app(store: Store, person_id: str) -> None:
    with store.writing():
        if store.execute("delete from second_factors where person_id = ?", (person_id,)):
            gone = row_key("second_factors", {"person_id": person_id})
            store.add_seals([("second_factors", gone, None)])


def remove(store: Store, person_id: str) -> None:
    with store.writing():
        passkeys.remove_all(store, person_id)
        remove_app(store, person_id)
        store.execute("delete from recovery_codes where person_id = ?", (person_id,))
