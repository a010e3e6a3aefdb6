"""Rows in, values out: the only place of this feature that sees SQLite."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any

from readiness.core import audit
from readiness.core.audit import Event
from readiness.core.db import Store
from readiness.core.errors import NOT_SHARED, ChangedMeanwhile, NotFound
from readiness.core.serialization import from_json, to_json
from readiness.plans.models import (
    ActionPlan,
    ActionStatus,
    GroupValues,
    PlanAction,
    Proposal,
    ProposedPlan,
)
from readiness.plans.postings import EstimateToComplete, Posting
from readiness.plans.tier_cost import TierCostEntry

Plain = dict[str, Any]


def add_plan(store: Store, plan: ActionPlan, proposed: ProposedPlan, event: Event) -> None:
    with store.writing():
        forget_tier_costs(store, plan.group_id)
        store.insert(
            "plans",
            {
                "id": plan.id,
                "group_id": plan.group_id,
                "assessment_id": plan.assessment_id,
                "run_id": plan.run_id,
                "starts_on": plan.starts_on.isoformat(),
                "proposed": json.dumps(proposed_out(proposed)),
                "created_at": event.at.isoformat(),
                "created_by": event.actor_id,
            },
        )
        for position, action in enumerate(plan.actions):
            insert_action(store, plan.id, position, action, event)
        audit.record(store, event)


def latest_plan(store: Store, assessment_id: str) -> ActionPlan | None:
    row = store.row(
        "select * from plans where assessment_id = ? order by created_at desc, rowid desc limit 1",
        (assessment_id,),
    )
    return plan_from_row(store, row) if row else None


def save_action(store: Store, plan_id: str, action: PlanAction, event: Event) -> None:
    """Append one revision, or refuse it when somebody saved that action first."""
    with store.writing():
        row = store.row(
            "select max(revision) as revision, position from plan_actions"
            " where plan_id = ? and action_id = ?",
            (plan_id, action.id),
        )
        last = row["revision"] if row and row["revision"] else 0
        if action.revision != last + 1:
            raise ChangedMeanwhile(
                "Somebody else changed this action a moment ago. Compare both and save again."
            )
        position = row["position"] if row and last else count_actions(store, plan_id)
        insert_action(store, plan_id, position, action, event)
        forget_tier_costs(store, group_of(store, plan_id))
        audit.record(store, event)


def group_of(store: Store, plan_id: str) -> str:
    row = store.row("select group_id from plans where id = ?", (plan_id,))
    if row is None:
        raise NotFound(NOT_SHARED)
    return str(row["group_id"])


def count_actions(store: Store, plan_id: str) -> int:
    row = store.row(
        "select count(distinct action_id) as n from plan_actions where plan_id = ?", (plan_id,)
    )
    return int(row["n"]) if row else 0


def insert_action(
    store: Store, plan_id: str, position: int, action: PlanAction, event: Event
) -> None:
    store.insert(
        "plan_actions",
        {
            "plan_id": plan_id,
            "action_id": action.id,
            "revision": action.revision,
            "position": position,
            "body": json.dumps(edits_out(action)),
            "author_id": event.actor_id,
            "at": event.at.isoformat(),
        },
    )


def first_days(store: Store, group_id: str) -> Mapping[tuple[str, ActionStatus], date]:
    """By action and status, the first day on which a plan of the group said so."""
    return {
        (row["action_id"], ActionStatus(row["status"])): datetime.fromisoformat(row["at"]).date()
        for row in store.rows(
            "select a.action_id, json_extract(a.body, '$.status') as status, min(a.at) as at"
            " from plan_actions a join plans p on p.id = a.plan_id where p.group_id = ?"
            " group by a.action_id, status",
            (group_id,),
        )
    }


def plan_from_row(store: Store, row: dict[str, Any]) -> ActionPlan:
    proposed = proposed_in(json.loads(row["proposed"]))
    by_id = {proposal.id: proposal for proposal in proposed.proposals}
    actions = tuple(
        action_in(
            each["action_id"],
            each["revision"],
            json.loads(each["body"]),
            by_id.get(each["action_id"]),
        )
        for each in store.rows(
            "select action_id, max(revision) as revision, body from plan_actions"
            " where plan_id = ? group by action_id order by position",
            (row["id"],),
        )
    )
    taken_up = {action.id for action in actions}
    return ActionPlan(
        id=row["id"],
        group_id=row["group_id"],
        assessment_id=row["assessment_id"],
        run_id=row["run_id"],
        starts_on=date.fromisoformat(row["starts_on"]),
        target_tier_id=proposed.target_tier_id,
        actions=actions,
        set_aside=tuple(e for e in proposed.set_aside if e.intervention_id not in taken_up),
        notes=proposed.notes,
        objective=proposed.objective,
        has_margin=proposed.has_margin,
        beyond=tuple(each for each in proposed.beyond if each.id not in taken_up),
        margin=proposed.margin,
    )


def proposed_plan(
    store: Store, run_id: str, tier_id: str, facts_sha256: str
) -> ProposedPlan | None:
    """As it was worked out from the same facts."""
    row = store.row(
        "select proposed from proposed_plans where run_id = ? and tier = ? and facts_sha256 = ?",
        (run_id, tier_id, facts_sha256),
    )
    return proposed_in(json.loads(row["proposed"])) if row else None


def save_proposed_plan(
    store: Store, run_id: str, tier_id: str, facts_sha256: str, proposed: ProposedPlan
) -> None:
    """In the place of the one from other facts."""
    row = {"run_id": run_id, "tier": tier_id, "facts_sha256": facts_sha256}
    row["proposed"] = json.dumps(proposed_out(proposed))
    with store.writing():
        store.table("proposed_plans").upsert(row, pk=("run_id", "tier"))


def proposed_out(plan: ProposedPlan) -> Plain:
    plain = to_json(plan)
    return {"target_tier": plain.pop("target_tier_id"), **plain}


def proposed_in(plain: Mapping[str, Any]) -> ProposedPlan:
    return from_json(ProposedPlan, {**plain, "target_tier_id": plain["target_tier"]})


def edits_out(action: PlanAction) -> Plain:
    """What people made of an action; the proposal itself is stored once, with the plan, unless it
    was added to it."""
    edits = ("title", "owner", "due_on", "status", "note", "evidence")
    plain = {**{name: to_json(getattr(action, name)) for name in edits}, "own": own_out(action.own)}
    if action.proposal and action.proposal.is_added:
        plain["proposal"] = to_json(action.proposal)
    return plain


def own_out(own: GroupValues) -> Plain:
    plain = to_json(own)
    return {**plain.pop("amounts"), **plain, "levels": dict(own.levels)}


def action_in(
    action_id: str, revision: int, edits: Mapping[str, Any], proposal: Proposal | None
) -> PlanAction:
    own = edits["own"]
    plain = {
        **edits,
        "id": action_id,
        "revision": revision,
        "proposal": edits.get("proposal"),
        "own": {**own, "amounts": own, "levels": list(own["levels"].items())},
    }
    made = from_json(PlanAction, plain)
    return replace(made, proposal=made.proposal or proposal)


def add_posting(store: Store, posting: Posting, event: Event) -> None:
    """Of two who correct the same posting at once, the second is told."""
    with store.writing():
        if posting.corrects and is_corrected(store, posting.corrects):
            raise ChangedMeanwhile(
                "Somebody else corrected this entry a moment ago. Look at the newest one, and "
                "correct that if it is wrong."
            )
        store.insert("postings", posting_to_row(posting))
        forget_tier_costs(store, posting.group_id)
        audit.record(store, event)


def is_corrected(store: Store, posting_id: str) -> bool:
    return (
        store.row("select 1 as found from postings where corrects = ?", (posting_id,)) is not None
    )


def postings_with_ids(store: Store, posting_ids: Iterable[str]) -> tuple[Posting, ...]:
    """Those that still exist."""
    return tuple(
        posting_from_row(row)
        for row in store.rows(
            "select * from postings where id in (select value from json_each(?)) order by rowid",
            (json.dumps(list(posting_ids)),),
        )
    )


def get_posting(store: Store, posting_id: str) -> Posting:
    row = store.row("select * from postings where id = ?", (posting_id,))
    if row is None:
        raise NotFound(NOT_SHARED)
    return posting_from_row(row)


def postings_of_assessment(store: Store, assessment_id: str) -> tuple[Posting, ...]:
    """Oldest first, those that were corrected too."""
    return tuple(
        posting_from_row(row)
        for row in store.rows(
            "select * from postings where assessment_id = ? order by at, rowid", (assessment_id,)
        )
    )


def postings_of_groups(store: Store, group_ids: Iterable[str]) -> tuple[Posting, ...]:
    """Oldest first, of all their plans: one query for a whole portfolio."""
    return tuple(
        posting_from_row(row)
        for row in store.rows(
            "select * from postings where group_id in (select value from json_each(?))"
            " order by group_id, at, rowid",
            (json.dumps(list(group_ids)),),
        )
    )


def add_estimate(store: Store, said: EstimateToComplete, event: Event) -> None:
    with store.writing():
        store.insert("still_needed", estimate_to_row(said))
        forget_tier_costs(store, said.group_id)
        audit.record(store, event)


def estimates_of_assessment(store: Store, assessment_id: str) -> tuple[EstimateToComplete, ...]:
    """Oldest first: the last of an action is the one that counts."""
    return tuple(
        estimate_from_row(row)
        for row in store.rows(
            "select * from still_needed where assessment_id = ? order by at, rowid",
            (assessment_id,),
        )
    )


def posting_to_row(posting: Posting) -> dict[str, Any]:
    plain = to_json(posting)
    return {"day": plain.pop("on"), **plain, "at": posting.at.isoformat()}


def posting_from_row(row: Mapping[str, Any]) -> Posting:
    return from_json(Posting, {**row, "on": row["day"]})


def estimate_to_row(estimate: EstimateToComplete) -> dict[str, Any]:
    plain = to_json(estimate)
    return {**plain.pop("cents"), **plain, "at": estimate.at.isoformat()}


def estimate_from_row(row: Mapping[str, Any]) -> EstimateToComplete:
    return from_json(EstimateToComplete, {**row, "cents": row})


# What the next tier costs, kept for lists: what a group plans or pays makes it worked out again.


def forget_tier_costs(store: Store, group_id: str) -> None:
    """An earlier plan's money counts in the next one: all of the group's go."""
    store.execute("delete from tier_costs where group_id = ?", (group_id,))


def save_tier_cost(store: Store, entry: TierCostEntry, last_line: int) -> None:
    """Unless something about the group changed since the line that its history ended with."""
    with store.writing():
        if audit.last_of_group(store, entry.group_id) != last_line:
            return
        row = {each.name: getattr(entry, each.name) for each in fields(entry)}
        row["cost"] = json.dumps(to_json(entry.cost))
        row["dollars"] = None if entry.dollars is None else float(entry.dollars)
        store.table("tier_costs").upsert(row, pk="assessment_id")


def without_tier_cost(store: Store, made_with: str, after: str, limit: int) -> tuple[str, ...]:
    """Assessments by which groups stand, with no figure made with this; those after that id."""
    return tuple(
        row["assessment_id"]
        for row in store.rows(
            "select s.assessment_id from standings s where s.is_newest and s.run_id is not null"
            " and s.assessment_id > ?"
            " and not exists (select 1 from tier_costs t where t.assessment_id = s.assessment_id"
            " and t.run_id = s.run_id and t.made_with = ?) order by s.assessment_id limit ?",
            (after, made_with, limit),
        )
    )
