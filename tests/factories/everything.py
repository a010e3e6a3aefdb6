"""A small world in which every address of the application finds something.

The group elm shares with the payer fair, and shared once with the payer past, which keeps what it
made of it then: a scenario, a run of the laboratory, a ZIP of plans.
"""

from __future__ import annotations

import json
from datetime import timedelta

from msgspec import structs

from readiness.accounts.db import groups, people
from readiness.accounts.service.one_time_links import write_invitation
from readiness.accounts.team import Invitee
from readiness.assessments.service import answering, cycles, sharing
from readiness.core.db import Session, Store
from readiness.core.jobs import db as jobs
from readiness.core.jobs.models import Job, JobState
from readiness.core.migrations import migrate
from readiness.core.pdf.archive import DocumentArchive
from readiness.core.people import Actor, Membership, Payer, Person, Role
from readiness.core.periods import Period
from readiness.counts.db import social_risk
from readiness.counts.models import Revision
from readiness.counts.social_risk.models import FunnelCell, Step
from readiness.incentives.models import LaboratoryRun
from readiness.plans.postings import PostingInput, PostingKind
from readiness.plans.service import money
from readiness.portfolio.service import bulk_pdf
from readiness.releases.service import publication
from readiness.releases.service.publication import SOCIAL_RISK
from tests.factories import (
    allocations,
    assessments,
    incentive_runs,
    portfolio,
    quality_counts,
    uploads,
    world,
)

ACTION = "GOV"  # in the plan that follows from what is sent


def fill(store: Store) -> None:
    """One assessment submitted, one under way, open invitations, and what payers made of it."""
    migrate(store)
    world.fill(store)
    for token, seat in SEATS.items():
        write_invitation(Session(store, Actor("ada", "Ada"), world.NOW), seat, token)
    submit_one(store)
    release_counts(store)
    enter_money(store)
    allocations.add_solved(store, "an-allocation")
    keep_pack(store, "a-pack", "pam", "fair")
    jobs.ask(store, Job("a-print", "print", "pam", world.NOW, world.NOW))
    who_only_reads(store)
    uploads.read(store, "an-upload")
    uploads.map_columns(store, "a-mapping")
    incentive_runs.keep(store, incentive_runs.done(a_run_on_elm()))
    was_shared_once(store)
    ask_again(store)


def who_only_reads(store: Store) -> None:
    """Rita for the payer fair, Aude the history of the installation."""
    parts = (
        Membership("m-rita", "rita", Role.PAYER_READER, payer_id="fair"),
        Membership("m-aude", "aude", Role.AUDITOR),
    )
    for part in parts:
        name = part.person_id
        people.add(
            store, Person(name, name.title(), world.email(name), True, world.NOW), world.HASHED
        )
        people.join(store, part, world.NOW)


def release_counts(store: Store) -> None:
    """Of the quarter and of the quality measures of elm."""
    quarter = Period(2026, 4)
    steps = {Step.ELIGIBLE: 5200, Step.SCREENING_OFFERED: 3100, Step.SCREENED: 2310}
    social_risk.save(
        store, "elm", quarter,
        [Revision(FunnelCell(step), 1, n, "maya", world.NOW) for step, n in steps.items()],
    )  # fmt: skip
    found = social_risk.of_group(store, "elm")[quarter]
    ready = publication.prepare(store, SOCIAL_RISK, "elm", found, 11, world.NOW)
    publication.save(store, SOCIAL_RISK, ready, "maya", world.NOW)
    cells = quality_counts.counts({"white": (3500, 5000), "black": (2500, 5000)})
    quality_counts.enter(store, quarter, cells, world.NOW)
    quality_counts.declare(store, quarter, "race_omb2024.white", world.NOW)
    quality_counts.release(store, quarter, world.NOW)


def enter_money(store: Store) -> None:
    session = Session(store, people.actor(store, "maya"), world.NOW)
    wanted = PostingInput(PostingKind.SPENT, 5_00, world.NOW.date(), "", "")
    money.post(session, "sent", ACTION, wanted, "an-entry")


def a_run_on_elm() -> LaboratoryRun:
    elm = structs.replace(incentive_runs.a_group(1), group_id="elm", name="Elm Physicians")
    groups = (elm, *incentive_runs.NUMBERS.groups[1:])
    return incentive_runs.a_run(numbers=structs.replace(incentive_runs.NUMBERS, groups=groups))


def keep_pack(store: Store, pack_id: str, person_id: str, payer_id: str) -> None:
    """The plans of a portfolio, printed."""
    job = Job(f"job of {pack_id}", "plans", person_id, world.NOW, world.NOW, None, payer_id,
              result_id=pack_id)  # fmt: skip
    jobs.ask(store, job)
    jobs.end(store, job.id, JobState.DONE, "", world.NOW)
    plan = {"group_id": "elm", "group": "Elm Physicians", "assessment_id": "sent", "file": "1.pdf"}
    path = bulk_pdf.zip_path(bulk_pdf.folder_of(store.path), pack_id)
    with DocumentArchive(path, world.NOW.date()) as archive:
        archive.add(bulk_pdf.DATA, json.dumps({"plans": [plan], "without": []}).encode())
        archive.finish()


def was_shared_once(store: Store) -> None:
    """Elm shared with the payer past, which made of it what fair has made, and stopped."""
    paul = Person("paul", "Paul", world.email("paul"), True, world.NOW)
    with store.writing():
        groups.add_payer(store, Payer("past", "Past Health"), world.NOW)
        people.add(store, paul, world.HASHED)
        role = Membership("m-paul", "paul", Role.PAYER_MANAGER, payer_id="past")
        people.join(store, role, world.NOW)
        seat = Invitee("new@example.org", Role.PAYER_MANAGER, payer_id="past")
        write_invitation(Session(store, Actor("ada", "Ada"), world.NOW), seat, "seat-at-past")
        for table, column, mine, changes in COPIES:
            portfolio.copied(store, table, f"{column} = ?", mine, changes)
    keep_pack(store, "past-pack", "paul", "past")


PAST = {"payer_id": "past"}
COPIES = (
    ("allocations", "id", "an-allocation", {"id": "past-allocation"} | PAST),
    ("allocation_answers", "allocation_id", "an-allocation", {"allocation_id": "past-allocation"}),
    ("laboratory_runs", "id", "a-run", {"id": "past-run"} | PAST),
    ("laboratory_outcomes", "run_id", "a-run", {"run_id": "past-run"}),
    ("cycles", "id", "first", {"id": "past-cycle"} | PAST),
    ("invitations", "cycle_id", "first", {"cycle_id": "past-cycle"}),
    ("grants", "id", "elm-fair", {"id": "elm-past", "revoked_at": world.NOW.isoformat()} | PAST),
)


SEATS = {
    "seat-in-elm": Invitee("new@example.org", Role.CARE_TEAM, group_id="elm"),
    "seat-at-fair": Invitee("new@example.org", Role.PAYER_MANAGER, payer_id="fair"),
    "seat-here": Invitee("new@example.org", Role.ADMINISTRATOR),
}


def submit_one(store: Store) -> None:
    """Maya shares with the payer fair, answers everything and submits."""
    maya, pam = (people.actor(store, person_id) for person_id in ("maya", "pam"))
    open_cycle(store, pam, "first")
    sharing.accept(Session(store, maya, world.NOW), "elm", "first", None, ("grant", "sent"))
    assessments.answer(store, "sent", world.NOW)
    assessments.sent_in(store, "sent", world.NOW)


def ask_again(store: Store) -> None:
    """Another cycle invites the group, which has begun an assessment of its own."""
    maya, pam = (people.actor(store, person_id) for person_id in ("maya", "pam"))
    answering.start(Session(store, maya, world.NOW), "elm", "open")
    open_cycle(store, pam, "next")


def open_cycle(store: Store, pam: Actor, cycle_id: str) -> None:
    opens, due = world.NOW.date(), world.NOW.date() + timedelta(days=90)
    draft = cycles.CycleDraft(cycle_id, "qmer", "2026.1", opens, due, {})
    cycles.open_cycle(Session(store, pam, world.NOW), "fair", draft, cycle_id)
    cycles.invite(Session(store, pam, world.NOW), "fair", cycle_id, ["elm"])
