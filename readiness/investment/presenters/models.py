"""A scenario and its answer as page, spreadsheet and proposal show it: words, ready to read.

Nothing here is worked out again; `showing` fills it from what is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from readiness.core.charts.scales import Figure
from readiness.core.people import Payer

HIDDEN_GROUP = "A group that no longer shares"


@dataclass(frozen=True)
class Line:
    """A term and what is said of it."""

    term: str
    says: str


@dataclass(frozen=True)
class ActionLine:
    """One chosen action in one group."""

    action_id: str
    title: str
    kind: str
    year: str  # "year 1"; "" in a scenario of one year
    dollars: str  # as counted against the budget, in its first year
    range: str  # low to high
    yearly: str  # what it takes in every year after
    days: str  # people-days
    lifts: tuple[str, ...]  # what it serves, in words
    readiness: str  # its three components, as if nothing else served the same
    need: str
    people: str
    survives: str  # "187 of 200"; "" before it was shaken
    state: str  # "pinned" or ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class OptionLine:
    """An action that could be chosen in a group and was not, or that cannot be."""

    action_id: str
    title: str
    dollars: str
    state: str  # "banned" or ""
    survives: str
    why: str = ""  # why it cannot be chosen at all; "" when it can


@dataclass(frozen=True)
class GroupSheet:
    """One group in the answer. Where it no longer shares, nothing but its place in the sum."""

    group_id: str
    name: str
    is_hidden: bool
    tier: str  # "T2 Developing"
    tier_id: str
    tier_title: str
    tier_after: str  # with every lift as intended; the same when it stays
    after_title: str
    rises: bool
    patients: str
    risk: str
    tags: str
    dollars: str
    low_high: str
    actions: tuple[ActionLine, ...]
    gates_met: str
    buys: str
    why_nothing: str  # "" when it gets something
    others: tuple[OptionLine, ...]  # could be chosen
    unavailable: tuple[OptionLine, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class YearLine:
    year: str
    budget: str
    spent: str
    slack: str


@dataclass(frozen=True)
class LeftOutLine:
    """A good option that was not chosen."""

    group_id: str
    action_id: str
    is_hidden: bool
    title: str  # "Mailed test outreach in Ash Grove"
    dollars: str
    adds: str
    why: str


@dataclass(frozen=True)
class RivalLine:
    name: str
    points: str
    behind: str
    spent: str
    actions: str


@dataclass(frozen=True)
class PolicyLine:
    """One policy beside the others."""

    id: str
    name: str
    says: str
    weights: str
    is_chosen: bool  # the scenario's own
    is_possible: bool
    spent: str
    cost_range: str
    actions: str
    groups: str
    readiness: str
    need: str
    people: str
    gates: str
    tiers: str
    proof: str


COMPARED = (  # what policies are compared by, and the field of PolicyLine that says it
    ("Spent", "spent"),
    ("Cost in eight of ten draws", "cost_range"),
    ("Actions", "actions"),
    ("Groups that get something", "groups"),
    ("Steps toward next tiers, of all there are", "readiness"),
    ("Need, of all there is", "need"),
    ("Patients in gaps that count, of all there are", "people"),
    ("Gates of a next tier met", "gates"),
    ("Groups that would reach a next tier", "tiers"),
    ("How close to the best", "proof"),
)


@dataclass(frozen=True)
class DifferenceLine:
    """An action in a group that some policies choose and others do not."""

    group_id: str
    is_hidden: bool
    title: str
    group: str
    dollars: str
    chosen_by: tuple[bool, ...]  # in the order of the policies
    readiness: str
    need: str
    people: str
    because: str


@dataclass(frozen=True)
class Comparison:
    policies: tuple[PolicyLine, ...]
    shared: str  # what every policy chooses
    differences: tuple[DifferenceLine, ...]
    charts: tuple[tuple[str, str, Figure], ...]  # id, title that states the finding, drawing


@dataclass(frozen=True)
class Result:
    """Everything shown of one answered scenario."""

    id: str
    payer: Payer
    name: str
    asked_at: datetime
    answered_at: datetime
    parent: tuple[str, str] | None  # id and name of the scenario that it changes
    change: str  # what it changes of its parent; ""
    policy: str
    policy_says: str
    weights: tuple[Line, ...]
    settings: tuple[Line, ...]
    is_possible: bool
    impossible: str  # what to loosen
    decision: str
    money: tuple[YearLine, ...]
    cost: str
    within: str  # how likely the budget covers it
    buys: tuple[Line, ...]
    proof: str
    shadow: tuple[str, ...]
    rivals: tuple[RivalLine, ...]
    stability: str  # "" before it was shaken
    stability_span: str
    groups: tuple[GroupSheet, ...]  # those that get something first, by dollars
    nothing: tuple[GroupSheet, ...]  # those that get nothing, and why
    left_out: tuple[LeftOutLine, ...]
    dollars_title: str
    dollars: Figure | None
    comparison: Comparison
    method: tuple[str, ...]
    caveats: tuple[str, ...]
    solver: str
    seed: int
    replays: tuple[str, ...]
    has_hidden: bool


@dataclass(frozen=True)
class ScenarioLine:
    """One scenario in the list."""

    id: str
    name: str
    asked_at: datetime
    budget: str
    policy: str
    outcome: str
    change: str
    parent_id: str | None


@dataclass(frozen=True)
class Listing:
    payer: Payer
    groups: int  # that share and have submitted
    lines: tuple[ScenarioLine, ...]
