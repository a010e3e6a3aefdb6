"""The tables, and every later change to them, in order.

A migration that has shipped never changes. The tables themselves stand in `schema.sql`; a change to
them is a migration at the end of this file.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database, Migrations

from readiness.core import audit
from readiness.core.audit import Event
from readiness.core.db import Store
from readiness.core.errors import WrongState
from readiness.core.sealing import (
    FIRST,
    SEALED,
    anchor_of,
    key_of,
    key_path,
    make_key,
    row_key,
)

TABLES = Path(__file__).with_name("schema.sql")
COMMENT = re.compile(r"^-- .*$", re.MULTILINE)
NEWER = (
    "A newer release of this program has changed this database ({names}). Install that release, or "
    "bring back a backup made before it: flask database restore FILE"
)
FOREIGN = (
    "This is no whole database of this program: it lacks the {name}, the first of {count} missing "
    "parts. Check the path, or bring back a backup: flask database restore FILE"
)
UNMARKED = (
    "The key of a history is in {path}, but nothing in this database is marked with it: somebody "
    "took the marks out, or it is an older copy that was put there by hand. Bring back a backup: "
    "flask database restore FILE"
)
OLDER = "The database is older than this program. Run: flask database migrate"
migrations = Migrations("readiness")


def migrate(store: Store, *, is_restored: bool = False) -> list[str]:
    """Bring the file up to date; return the names of what was applied.

    Raises WrongState for a file without marks that stands where one with marks stood, unless it
    `is_restored`, from a backup made before there were any.
    """
    with store.writing():
        is_new = is_empty(store)
        pending = [migration.name for migration in migrations.pending(store.db)]
        if pending:
            migrations.apply(store.db)
        if "history_keys" in store.db.table_names() and not store.row("select 1 from history_keys"):
            begin_sealing(store, may_have_key=is_new or is_restored)
    return pending


def begin_sealing(store: Store, *, may_have_key: bool) -> None:
    if key_path(store.path).exists() and not may_have_key:
        raise WrongState(UNMARKED.format(path=key_path(store.path)))
    make_key(store.path)
    use_key(store)


def new_key(store: Store, now: datetime) -> None:
    """For a database whose key is lost: what was marked with it can no longer be checked, only
    compared with backups and anchors."""
    if key_path(store.path).exists():
        raise WrongState(
            f"The key is there, in {key_path(store.path)}. A new one is made only where it is lost."
        )
    make_key(store.path)
    with store.writing():
        use_key(store)
        event = Event(now, audit.SYSTEM, "began a new key of the history of", "database", "")
        audit.record(store, event)


def use_key(store: Store) -> None:
    """From the next line of the history on its hashes need the key, and every row that is there is
    marked as it stands. Before it there was no key, or another, and so no proof."""
    key = key_of(store.path)
    last = store.row("select seq, sha256 from events order by seq desc limit 1")
    seq, before = (last["seq"] + 1, last["sha256"]) if last else (1, FIRST)
    counted = store.row("select count(*) as n from row_seals") or {"n": 0}
    seals_from = counted["n"] + 1
    anchor = anchor_of(key, seq, before, seals_from, store.last_mark())
    store.insert("history_keys", {"from_seq": seq, "seals_from": seals_from, "anchor": anchor})
    for table in SEALED:
        rows = list(store.rows(f"select * from {table}"))  # noqa: S608 - our names
        store.add_seals((table, row_key(table, row), row) for row in rows)


def is_current(store: Store) -> bool:
    return not migrations.pending(store.db)


def refuse_strange(store: Store) -> None:
    if problem := problem_of(store):
        raise WrongState(problem)


def problem_of(store: Store) -> str:
    """Why this program cannot work with the file, older ones apart; empty where it can."""
    if names := newer(store):
        return NEWER.format(names=", ".join(sorted(names)))
    missing = sorted(missing_parts(store))
    return FOREIGN.format(name=missing[0], count=len(missing)) if missing else ""


def newer(store: Store) -> set[str]:
    """The changes made to the file that this program knows nothing of."""
    return applied(store) - steps()


def missing_parts(store: Store) -> set[str]:
    """What the changes made to the file should have left in it, and did not."""
    return parts_of(with_steps(applied(store) or steps())) - parts_of(store.db)


def applied(store: Store) -> set[str]:
    return {step.name for step in migrations.applied(store.db)}


def steps() -> set[str]:
    return {step.name for step in migrations.pending(Database(memory=True))}


def with_steps(names: set[str]) -> Database:
    """An empty file in memory to which just these changes were made."""
    db = Database(memory=True)
    later = next((step.name for step in migrations.pending(db) if step.name not in names), None)
    migrations.apply(db, stop_before=later)
    return db


def parts_of(db: Database) -> set[str]:
    """Every table, index and trigger by its name, and every column of a table."""
    rows = db.conn.execute(
        "select type || ' ' || name from sqlite_schema union all"
        " select 'column ' || t.name || '.' || c.name"
        " from sqlite_schema t join pragma_table_info(t.name) c where t.type = 'table'"
    )
    return {name for (name,) in rows}


def is_empty(store: Store) -> bool:
    """A file just made, or one whose first tables found no room."""
    return not store.db.table_names()


def run(db: Database, script: str) -> None:
    """Run statements one by one: `executescript` would end the transaction."""
    for statement in COMMENT.sub("", script).split(";\n\n"):
        if statement.strip():
            db.conn.execute(statement)


@migrations()
def first_release(db: Database) -> None:
    run(db, TABLES.read_text(encoding="utf-8"))


@migrations()
def one_standing_for_each_assessment(db: Database) -> None:
    """A portfolio seen by cycle shows that cycle's tiers, and so does not forget earlier ones."""
    run(
        db,
        """
create table standings_by_assessment (
    assessment_id text primary key references assessments on delete cascade,
    group_id text not null references groups on delete cascade,
    is_newest integer not null,
    run_id text references runs,
    run_kind text,
    tier text,
    provisional integer,
    tier_expires_on text,
    limiting_factor text not null default '',
    qms real,
    eqr real,
    domains text not null default '{}',
    screened integer,
    eligible integer,
    open_gates text not null default '[]',
    quarters integer not null default 0,
    changed_at text not null
) strict;

insert into standings_by_assessment
select assessment_id, group_id, 1, run_id, run_kind, tier, provisional, tier_expires_on,
    limiting_factor, qms, eqr, domains, screened, eligible, open_gates, quarters, changed_at
from standings where run_id is not null;

drop table standings;

alter table standings_by_assessment rename to standings;

create unique index standings_newest on standings (group_id) where is_newest;

create index standings_of_group on standings (group_id);

""",
    )


@migrations()
def life_of_a_scenario(db: Database) -> None:
    """Its name and whether it is proposed or approved, told by rows that are only ever added."""
    run(
        db,
        """
create table allocation_statuses (
    allocation_id text not null references allocations on delete cascade,
    number integer not null,
    name text not null,
    state text not null check (state in ('draft', 'proposed', 'approved', 'deleted')),
    at text not null,
    person_id text not null,
    primary key (allocation_id, number)
) strict;

create trigger allocation_statuses_are_never_changed before update on allocation_statuses
begin select raise(abort, 'scenarios and their answers are only ever added'); end;

""",
    )


@migrations()
def plans_that_were_worked_out(db: Database) -> None:
    """Only what can be worked out again: it goes with its run."""
    run(
        db,
        """
create table proposed_plans (
    run_id text not null references runs on delete cascade,
    tier text not null,
    facts_sha256 text not null,
    proposed text not null,
    primary key (run_id, tier)
) strict;

""",
    )


@migrations()
def tier_cost_of_each_assessment(db: Database) -> None:
    """So that a list of thousands can be ordered by it: worked out again when it is missing."""
    run(
        db,
        """
create table tier_costs (
    assessment_id text primary key references assessments on delete cascade,
    group_id text not null references groups on delete cascade,
    run_id text not null references runs on delete cascade,
    made_with text not null,
    dollars real,
    patients integer,
    cost text not null
) strict;

create index tier_costs_of_group on tier_costs (group_id);

""",
    )


@migrations()
def funding_of_a_scenario(db: Database) -> None:
    """A state may be "funded", and tells what was awarded with it. SQLite changes no check."""
    run(
        db,
        """
create table allocation_states (
    allocation_id text not null references allocations on delete cascade,
    number integer not null,
    name text not null,
    state text not null check (state in ('draft', 'proposed', 'approved', 'funded', 'deleted')),
    at text not null,
    person_id text not null,
    awards text not null default '[]',
    primary key (allocation_id, number)
) strict;

insert into allocation_states (allocation_id, number, name, state, at, person_id)
select allocation_id, number, name, state, at, person_id from allocation_statuses;

drop table allocation_statuses;

alter table allocation_states rename to allocation_statuses;

create trigger allocation_statuses_are_never_changed before update on allocation_statuses
begin select raise(abort, 'scenarios and their answers are only ever added'); end;

""",
    )


@migrations()
def reach_in_a_year(db: Database) -> None:
    """Patients counted once in twelve months, beside the counts of quarters."""
    run(
        db,
        """
create table year_reach (
    group_id text not null references groups on delete cascade,
    ending text not null,
    revision integer not null,
    seen integer not null check (seen > 0),
    screened integer not null check (screened between 0 and seen),
    author_id text not null,
    at text not null,
    primary key (group_id, ending, revision)
) strict;

create trigger year_reach_is_never_changed before update on year_reach
begin select raise(abort, 'counts are only ever added'); end;

""",
    )


@migrations()
def panels_that_looked_at_cut_points(db: Database) -> None:
    """What a payer's standard-setting panel found; a correction is another record."""
    run(
        db,
        """
create table panel_records (
    id text primary key,
    payer_id text not null references payers on delete cascade,
    instrument_id text not null,
    version text not null,
    held_on text not null,
    took_part text not null,
    method text not null,
    looked_at text not null,
    outcome text not null,
    recorded_at text not null,
    recorded_by text not null
) strict;

create index panel_records_of_version on panel_records (instrument_id, version, held_on);

create trigger panel_records_are_never_changed before update on panel_records
begin select raise(abort, 'panel records are only ever added'); end;

""",
    )


@migrations()
def two_steps_of_signing_in(db: Database) -> None:
    """What a session has proved, codes of an app, and the browsers that a person is known in."""
    run(
        db,
        """
alter table sessions add column confirmed_at text;

update sessions set confirmed_at = created_at;

alter table sessions add column second_step_at text;

alter table sessions add column browser text not null default '';

create table told (
    person_id text primary key references people,
    seq integer not null
) strict;

insert into told select id, (select coalesce(max(seq), 0) from events) from people;

create index events_of_object on events (object_kind, object_id, seq);

create table known_browsers (
    token_sha256 text not null,
    person_id text not null references people,
    at text not null,
    primary key (token_sha256, person_id)
) strict;

create index known_browsers_of_person on known_browsers (person_id);

create table second_factors (
    person_id text primary key references people,
    salt text not null,
    offered_at text not null,
    confirmed_at text,
    last_step integer not null default 0
) strict;

create table recovery_codes (
    person_id text not null references people,
    code_hmac text not null,
    used_at text,
    primary key (person_id, code_hmac)
) strict;

""",
    )


@migrations()
def marks_that_need_a_key(db: Database) -> None:
    """On rows that nobody may change by hand, and on the lines of the history."""
    run(
        db,
        """
alter table events add column rows_mark text not null default '';

create table history_keys (
    from_seq integer primary key,
    seals_from integer not null,
    anchor text not null
) strict;

create table row_seals (
    seq integer primary key autoincrement,
    table_name text not null,
    row_key text not null,
    content text not null,
    mark text not null
) strict;

create index row_seals_of_row on row_seals (table_name, row_key, seq);

create trigger row_seals_are_never_changed before update on row_seals
begin select raise(abort, 'marks are only ever added'); end;

create trigger row_seals_are_never_removed before delete on row_seals
begin select raise(abort, 'marks are only ever added'); end;

""",
    )


@migrations()
def passkeys(db: Database) -> None:
    """And what a browser was last asked to sign, kept with its session."""
    run(
        db,
        """
create table passkeys (
    id text primary key,
    person_id text not null references people,
    name text not null,
    host text not null,
    credential_id text not null unique,
    public_key text not null,
    sign_count integer not null,
    added_at text not null,
    last_used_at text
) strict;

create index passkeys_of_person on passkeys (person_id);

alter table sessions add column challenge text not null default '';

alter table sessions add column challenge_at text;

""",
    )


@migrations()
def single_sign_on(db: Database) -> None:
    """Who is known to the identity provider as whom, and what it was asked and has not answered."""
    run(
        db,
        """
create table identities (
    issuer text not null,
    subject text not null,
    person_id text not null references people,
    linked_at text not null,
    last_used_at text,
    primary key (issuer, subject)
) strict;

create index identities_of_person on identities (person_id);

create table sign_on_requests (
    state_sha256 text primary key,
    nonce text not null,
    verifier text not null,
    purpose text not null,
    session_id text not null,
    invitation text not null,
    name text not null,
    next text not null,
    kept text not null,
    at text not null
) strict;

alter table sessions add column method text not null default 'password';

""",
    )


@migrations()
def upload_mappings(db: Database) -> None:
    """What the columns of a group's tables mean, by name, and which of them an upload was read
    with."""
    run(
        db,
        """
create table upload_mappings (
    id text primary key,
    group_id text not null references groups on delete cascade,
    name text not null collate nocase,
    text text not null,
    author_id text not null,
    at text not null,
    unique (group_id, name)
) strict;

alter table uploads add column mapping_id text references upload_mappings on delete set null;

""",
    )
