"""Filling a new database with the invented world, through the same use cases that people use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction

from readiness import instruments
from readiness.demo import world
from readiness.demo.circumstances import context_of
from readiness.demo.world import Character
from readiness.domain import claims
from readiness.domain.answers import Answer, Answers
from readiness.domain.assessment import AnswerRevision, Assessment, Decision
from readiness.domain.events import Event
from readiness.domain.instrument import Instrument
from readiness.domain.people import Actor, Group, Membership, Payer, Person, Role, Site
from readiness.domain.periods import Period, latest_closed
from readiness.domain.review import Choice
from readiness.domain.saving import Sent, choice_of
from readiness.domain.screening import Cell, Need, PeriodState, Step
from readiness.domain.screening_edits import CountRevision
from readiness.domain.tiers import standing
from readiness.engines.passwords import Hasher
from readiness.store import Store, counts, groups, people
from readiness.usecases import assess, cycles, describe, review, sharing, submit
from readiness.usecases.describe import Fact
from readiness.usecases.score import scoring_run
from readiness.usecases.standing import refresh

PASSWORD = "a demonstration for everyone"  # noqa: S105
PAYER_ID = "harbor"
QUARTERS = 6  # closed quarters with counts
YEAR = timedelta(days=365)
ATTEMPTS = 20  # raises and checks until a group stands where its character wants it
TIER_BEFORE = {"T2": "T1", "T3": "T2", "T4": "T3"}


@dataclass(frozen=True)
class Stage:
    """Where the filling stands: what it writes into, as whom, and the day it plays on."""

    store: Store
    instrument: Instrument
    payer: Actor
    now: datetime  # the day the demonstration is filled

    def before(self, **amount: int) -> datetime:
        return self.now - timedelta(**amount)


def fill(store: Store, hasher: Hasher, now: datetime) -> None:
    """Write the whole world, the same for the same day."""
    with store.writing():
        people_and_places(store, hasher.hash(PASSWORD), now - 2 * YEAR)
        stage = Stage(store, instruments.load("qmer"), people.actor(store, "payer"), now)
        earlier = open_cycle(stage, stage.before(days=400), 90, "last")
        for who in world.GROUPS:
            if who.had_last_year:
                last_year(stage, who, earlier)
        current = open_cycle(stage, stage.before(days=75), 55, "this")
        for who in world.GROUPS:
            screening(stage, who)
            this_year(stage, who, current)


def people_and_places(store: Store, hashed: str, at: datetime) -> None:
    groups.add_payer(store, Payer(PAYER_ID, world.PAYER_NAME, is_synthetic=True), at)
    for who in world.GROUPS:
        sites = tuple(Site(f"{who.id}-{n}", who.id, name) for n, name in enumerate(who.sites, 1))
        groups.add(store, Group(who.id, who.name, is_synthetic=True), at, sites)
    for person_id, name, email in world.PEOPLE:
        people.add(store, Person(person_id, name, email, True, at), hashed)
    for who in world.GROUPS[1:]:
        name = f"Manager of {who.sites[0]}"
        person = Person(manager_id(who), name, f"manager.{who.id}@example.org", True, at)
        people.add(store, person, hashed)
    parts = [
        Membership("admin", "admin", Role.ADMINISTRATOR),
        Membership("payer", "payer", Role.PAYER_MANAGER, payer_id=PAYER_ID),
        Membership("team", "team", Role.CARE_TEAM, group_id="elm"),
        *(
            Membership(
                f"manager-{who.id}",
                manager_id(who),
                Role.PRACTICE_MANAGER,
                group_id=who.id,
                may_attest=True,
            )
            for who in world.GROUPS
        ),
    ]
    for part in parts:
        people.join(store, part, at)


def manager_id(who: Character) -> str:
    return "manager" if who.id == "elm" else f"manager-{who.id}"


def open_cycle(stage: Stage, opened: datetime, days: int, which: str) -> str:
    """The payer opens a cycle and invites everybody who takes part in it."""
    due = (opened + timedelta(days=days)).date()
    if which == "this":
        due = (stage.now + timedelta(days=days)).date()
    draft = cycles.Draft(
        name=f"{due.year} readiness",
        instrument_id=stage.instrument.id,
        version=stage.instrument.version,
        opens_on=opened.date(),
        due_on=due,
        axis_min={},
    )
    cycle_id = f"cycle-{which}-year"
    cycles.open_cycle(stage.store, stage.payer, PAYER_ID, draft, cycle_id, opened)
    invited = [who.id for who in world.GROUPS if which == "this" or who.had_last_year]
    cycles.invite(stage.store, stage.payer, PAYER_ID, cycle_id, invited, opened)
    return cycle_id


def last_year(stage: Stage, who: Character, cycle_id: str) -> None:
    """A whole assessment of a year ago: begun, answered, sent in and accepted."""
    day = stage.before(days=360)
    begun = accept_invitation(stage, who, cycle_id, day)
    tier = TIER_BEFORE[who.tier]
    answers = answers_of(stage.instrument, who, tier, stage.now.year - 1)
    write(stage, who, begun, answers, len(stage.instrument.items), day + timedelta(days=2))
    send_in(stage, who, begun, day + timedelta(days=20), "last")
    agree(stage, begun, 1, day + timedelta(days=40), f"run-{who.id}-last-validated")


def this_year(stage: Stage, who: Character, cycle_id: str) -> None:
    """As far as the group's stage says."""
    if who.stage == "invited":
        return
    begun = accept_invitation(stage, who, cycle_id, stage.before(days=60))
    answers = answers_of(stage.instrument, who, who.tier, stage.now.year)
    many = len(answers) * 2 // 5 if who.stage == "in progress" else len(answers)
    write(stage, who, begun, answers, many, stage.before(days=40))
    if who.stage == "in progress":
        return
    send_in(stage, who, begun, stage.before(days=25), "this")
    if who.stage == "accepted":
        agree(stage, begun, 1, stage.before(days=10), f"run-{who.id}-this-validated")
    if who.stage == "changes requested":
        ask_for_changes(stage, begun, stage.before(days=9))


def accept_invitation(stage: Stage, who: Character, cycle_id: str, at: datetime) -> Assessment:
    ids = (f"grant-{who.id}-{cycle_id}", f"{who.id}-{cycle_id.split('-')[1]}-year")
    return sharing.accept(stage.store, manager(stage, who), who.id, cycle_id, None, ids, at)


def manager(stage: Stage, who: Character) -> Actor:
    return people.actor(stage.store, manager_id(who))


def answers_of(instrument: Instrument, who: Character, tier: str, year: int) -> dict[str, Answer]:
    """What the group says: as much as puts it on its tier, and no more than its counts support."""
    context = context_of(who)
    answers = world.first_answers(instrument, who, context, tier, year)
    if not (who.is_unratable or who.is_provisional):
        answers = world.with_gates(instrument, answers, tier)
    shares = {} if who.overclaims else shares_of(who)
    for _ in range(ATTEMPTS):
        answers = dict(claims.supported(instrument, answers, shares).answers)
        reached = standing(instrument, answers).tier.id
        if reached == tier:
            break
        answers = (
            world.climbed(answers, scoring_run(instrument, context, answers))
            if reached < tier
            else world.held_back(instrument, answers, reached)
        )
    else:
        raise AssertionError(f"{who.id} does not reach {tier}")
    return {item.id: world.noted(item, answers[item.id], who) for item in instrument.items}


def shares_of(who: Character) -> dict[str, Fraction]:
    """What the last four quarters will show."""
    year = [world.quarter(who, index, QUARTERS) for index in range(QUARTERS - 4, QUARTERS)]
    needs = [row for each in year for row in each.needs.values()]
    eligible, screened = (
        sum(each.group[step] for each in year) for step in ("eligible", "screened")
    )
    wants, known = (sum(row[step] for row in needs) for step in ("wants_help", "outcome_known"))
    shares = {"SOCR-2": Fraction(screened, eligible)} if eligible else {}
    return {**shares, "SOCR-5": Fraction(known, wants)} if wants else shares


def write(
    stage: Stage, who: Character, begun: Assessment, answers: Answers, many: int, at: datetime
) -> None:
    """The context, then so many of the answers, saved as the pages save them."""
    actor = manager(stage, who)
    facts = {key: Fact(value, 0) for key, value in context_of(who).items()}
    found = describe.save(stage.store, actor, begun.id, facts, at)
    sent = [
        sent_as(item_id, answers[item_id], found.revisions.get(item_id))
        for item_id in list(answers)[:many]
    ]
    saved = assess.save_page(stage.store, actor, begun.id, sent, at)
    if saved.problems or saved.clashes:
        raise AssertionError(f"{who.id}: {saved.problems} {saved.clashes}")


def sent_as(item_id: str, answer: Answer, current: AnswerRevision | None) -> Sent:
    return Sent(
        item_id,
        choice=choice_of(answer),
        reason=answer.reason,
        note=answer.note,
        base=current.revision if current else 0,
        confirms=True,
    )


def send_in(stage: Stage, who: Character, begun: Assessment, at: datetime, which: str) -> None:
    actor = manager(stage, who)
    code = world.dice("reference", who.id, which)
    ids = submit.Ids(
        f"run-{who.id}-{which}-claimed",
        f"run-{who.id}-{which}-supported",
        lambda: "".join(code.choices("23456789ABCDEFGHJKLMNPQRSTVWXYZ", k=4)),
    )
    submit.submit(stage.store, actor, begun.id, submit.Signature(actor.name, True), ids, at)


def agree(stage: Stage, begun: Assessment, number: int, at: datetime, run_id: str) -> None:
    """The reviewer agrees with every claim."""
    review.agree_with_low(stage.store, stage.payer, begun.id, number, at)
    waiting = waiting_lines(stage, begun, at)
    choices = tuple(Choice(line.item.id, Decision.AGREED, seen=0) for line in waiting)
    if choices:
        review.decide(stage.store, stage.payer, begun.id, number, choices, at)
    review.accept(stage.store, stage.payer, begun.id, number, run_id, at)


def ask_for_changes(stage: Stage, begun: Assessment, at: datetime) -> None:
    reasons = (
        "Please add the date of the latest report and who owns it.",
        "The note names a plan for next year; the level asks for the last 12 months.",
    )
    choices = tuple(
        Choice(line.item.id, Decision.CHANGE_REQUESTED, reason=reason)
        for line, reason in zip(waiting_lines(stage, begun, at), reasons, strict=False)
    )
    review.decide(stage.store, stage.payer, begun.id, 1, choices, at)
    review.request_changes(stage.store, stage.payer, begun.id, 1, at)


def waiting_lines(stage: Stage, begun: Assessment, at: datetime) -> list[review.Line]:
    opened = review.open_review(stage.store, stage.payer, begun.id, at)
    return [line for part in opened.parts for line in part.lines if line.decision is None]


def screening(stage: Stage, who: Character) -> None:
    """Counts of the last closed quarters, complete but for the newest of the group on show."""
    if not who.reach:
        return
    newest = latest_closed(stage.now.date())
    for index in range(QUARTERS):
        period = newest.plus(index - QUARTERS + 1)
        if who.id == "elm" and period == newest:
            continue  # for the care team to enter
        counted(stage, who, period, world.quarter(who, index, QUARTERS))
    refresh(stage.store, who.id, stage.now)


def counted(stage: Stage, who: Character, period: Period, quarter: world.Quarter) -> None:
    author = "team" if who.id == "elm" else manager_id(who)
    at = datetime.combine(period.last_day + timedelta(days=12), time(15), UTC)
    cells: dict[Cell, int] = {Cell(Step(step)): n for step, n in quarter.group.items()}
    for need, row in quarter.needs.items():
        cells |= {Cell(Step(step), Need(need)): n for step, n in row.items()}
    revisions = [CountRevision(cell, 1, n, author, at) for cell, n in cells.items()]
    event = Event(at, author, "entered counts", "counts", str(period), group_id=who.id)
    counts.save(stage.store, who.id, period, revisions, (), event)
    done = Event(at, author, "completed a quarter", "counts", str(period), group_id=who.id)
    counts.set_state(stage.store, who.id, period, PeriodState.COMPLETE, 0, done)
