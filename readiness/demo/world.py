"""The invented world: who there is, how mature each group is, and what it would answer.

Everything follows from a seed. Names are trees, and say that they are invented.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum

from readiness.assessments.scorecard import ScoringRun
from readiness.instruments.answers import Answer, AnswerKind, Answers, Context
from readiness.instruments.models import GateKind, Instrument, Item

SEED = 20260301
QUARTERS = 6  # closed quarters with counts
PAYER_ID = "harbor"
ON_SHOW = "elm"  # the group whose people sign in
PAYER_NAME = "Harbor Mutual (invented payer)"


@dataclass(frozen=True)
class Character:
    """One invented group."""

    id: str
    name: str
    tier: str  # where its answers shall put it
    stage: str  # how far this year's assessment has come: see `fill`
    sites: tuple[str, ...]
    clinicians: float
    patients: int
    group_type: str
    deprived_share: float
    reach: float  # share of eligible patients screened for social risk, latest quarter
    known: float  # share of outcomes known among those who want help
    had_last_year: bool = False
    overclaims: bool = False  # says more than its counts support
    is_provisional: bool = False  # has supporting gates left to meet

    @property
    def is_unratable(self) -> bool:
        return self.tier == "T0"

    @property
    def manager_id(self) -> str:
        return "manager" if self.id == ON_SHOW else f"manager-{self.id}"


class Round(StrEnum):
    """One of the two cycles."""

    LAST = "last"
    THIS = "this"

    @property
    def cycle_id(self) -> str:
        return f"cycle-{self}-year"

    def assessment_of(self, who: Character) -> str:
        return f"{who.id}-{self}-year"


GROUPS = (
    Character("elm", "Elm Valley Physicians (invented)", "T2", "in progress",
              ("Elm Main Street", "Elm Riverside", "Elm Hilltop"), 24, 31_000, "independent",
              0.22, 0.44, 0.41, True),
    Character("ash", "Ash Grove Family Medicine (invented)", "T1", "accepted",
              ("Ash Grove",), 6, 8_200, "independent", 0.34, 0.12, 0.10),
    Character("birch", "Birch Bay Medical Group (invented)", "T3", "accepted",
              ("Birch Bay", "Birch Harbor", "Birch North", "Birch South"), 46, 58_000,
              "hospital_owned", 0.18, 0.66, 0.64, True),
    Character("cedar", "Cedar Hill Health Center (invented)", "T2", "accepted",
              ("Cedar Hill", "Cedar Market"), 18, 22_500, "health_center",
              0.61, 0.58, 0.47, True),
    Character("chestnut", "Chestnut Square Pediatrics (invented)", "T2", "submitted",
              ("Chestnut Square",), 9, 12_400, "independent", 0.27, 0.35, 0.38),
    Character("dogwood", "Dogwood Internists (invented)", "T1", "submitted",
              ("Dogwood East", "Dogwood West"), 11, 14_100, "independent", 0.15, 0.08, 0.05),
    Character("hazel", "Hazel Point Network (invented)", "T3", "submitted",
              ("Hazel Point", "Hazel Cross", "Hazel Mill", "Hazel Green", "Hazel Ferry"), 72,
              91_000, "network", 0.29, 0.51, 0.62, True, overclaims=True),
    Character("juniper", "Juniper Ridge Associates (invented)", "T2", "changes requested",
              ("Juniper Ridge", "Juniper Creek"), 15, 19_800, "hospital_owned", 0.24, 0.33, 0.36),
    Character("linden", "Linden Lake Clinic (invented)", "T0", "submitted",
              ("Linden Lake",), 4, 5_300, "independent", 0.41, 0.05, 0.02),
    Character("maple", "Maple Street Physicians (invented)", "T4", "accepted",
              ("Maple Street", "Maple Park", "Maple Station"), 38, 47_000, "academic",
              0.33, 0.84, 0.83, True),
    Character("oak", "Oak Meadow Care (invented)", "T2", "accepted",
              ("Oak Meadow", "Oak Bridge"), 21, 27_300, "health_center",
              0.52, 0.49, 0.44, is_provisional=True),
    Character("pine", "Pine Shore Medical (invented)", "T1", "in progress",
              ("Pine Shore", "Pine Island"), 8, 9_900, "independent", 0.38, 0.15, 0.12),
    Character("willow", "Willow Run Family Health (invented)", "T1", "invited",
              ("Willow Run",), 5, 6_700, "independent", 0.45, 0.0, 0.0),
)  # fmt: skip

PEOPLE = (
    ("admin", "Avery Demo", "administrator@example.org"),
    ("manager", "Morgan Demo", "manager@example.org"),
    ("team", "Casey Demo", "team@example.org"),
    ("payer", "Riley Demo", "payer@example.org"),
)
TYPICAL_LEVEL = {"T0": 1.1, "T1": 1.0, "T2": 1.9, "T3": 2.5, "T4": 3.1}


def dice(*parts: object) -> random.Random:
    """The same dice for the same thing, whatever was thrown before."""
    return random.Random(f"{SEED} {' '.join(map(str, parts))}")  # noqa: S311


def first_answers(
    instrument: Instrument, who: Character, context: Context, tier: str, which: Round
) -> dict[str, Answer]:
    """Levels around what is typical of the tier, with "not applicable" where the rule allows it."""
    throw = dice("levels", who.id)
    typical = TYPICAL_LEVEL[tier]
    levels = {i.id: max(0, min(4, round(throw.gauss(typical, 0.7)))) for i in instrument.items}
    answers = {item_id: Answer.at(level) for item_id, level in levels.items()}
    for item in instrument.items:
        if item.na_when and item.na_when.holds(context, levels):
            answers[item.id] = Answer.not_applicable(f"As the context says: {item.na_says}")
    return {**answers, **unknown_to(instrument, answers, who, which)}


def unknown_to(
    instrument: Instrument, answers: Answers, who: Character, which: Round
) -> dict[str, Answer]:
    """Don't-knows: two for most groups, far too many for the one that cannot be rated."""
    throw = dice("unknown", who.id, which)
    gates = {gate.item_id for tier in instrument.tiers for gate in tier.gates}
    free = [
        item.id
        for item in instrument.items
        if answers[item.id].kind is AnswerKind.LEVEL and (who.is_unratable or item.id not in gates)
    ]
    many = len(instrument.items) // 4 if who.is_unratable else 2
    return {item_id: Answer.dont_know() for item_id in throw.sample(free, many)}


def with_gates(instrument: Instrument, answers: Answers, tier: str) -> dict[str, Answer]:
    """The answers with every gate up to a tier met, where a level was answered."""
    raised = {
        gate.item_id: Answer.at(max(gate.level, answers[gate.item_id].level or 0))
        for each in instrument.tiers
        if each.id <= tier
        for gate in each.gates
        if answers[gate.item_id].kind is AnswerKind.LEVEL
    }
    return {**answers, **raised}


def climbed(answers: Answers, run: ScoringRun) -> dict[str, Answer]:
    """The answers after taking the way up."""
    return {**answers, **{step.item_id: Answer.at(step.to) for step in run.shortest_way or ()}}


def held_back(instrument: Instrument, answers: Answers, tier: str) -> dict[str, Answer]:
    """The answers with the essential gates of a tier just missed."""
    missed = {
        gate.item_id: Answer.at(gate.level - 1)
        for gate in instrument.tier_by_id[tier].gates
        if gate.kind is GateKind.ESSENTIAL and (answers[gate.item_id].level or 0) >= gate.level
    }
    return {**answers, **missed}


def noted(item: Item, answer: Answer, who: Character) -> Answer:
    """The answer with the kind of note a reviewer would want: what, where, when, whose."""
    if not answer.level:
        return answer
    throw = dice("note", who.id, item.id)
    what = item.evidence[throw.randrange(len(item.evidence))]
    when = throw.choice(("January", "March", "May", "June", "August"))
    text = (
        f"{what[0].upper()}{what[1:]}, {when} 2026, quality folder, kept by the {item.answered_by}."
    )
    return Answer.at(answer.level, note=text)


@dataclass(frozen=True)
class Quarter:
    """Invented counts of one quarter: the group level, then per need."""

    group: dict[str, int]
    needs: dict[str, dict[str, int]]


NEED_SHARES = {
    "food": 0.13, "housing": 0.08, "transportation": 0.07, "utilities": 0.06, "safety": 0.02,
}  # fmt: skip


def quarter(who: Character, index: int) -> Quarter:
    """Counts that could have happened: each step of the funnel is a part of the one before."""
    throw = dice("counts", who.id, index)

    def part(whole: int, share: float) -> int:
        share = max(0.0, min(1.0, share))
        spread = (whole * share * (1 - share)) ** 0.5
        return max(0, min(whole, round(throw.gauss(whole * share, spread))))

    growth = 0.7 + 0.3 * (index + 1) / QUARTERS
    eligible = part(who.patients, 0.32)
    screened = part(eligible, who.reach * growth)
    declined = part(eligible - screened, 0.12)
    offered = screened + declined + part(eligible - screened - declined, 0.1)
    burden = 0.6 + who.deprived_share
    needs = {}
    for need, share in NEED_SHARES.items():
        answered = part(screened, 0.98)
        positive = part(answered, share * burden)
        wants = part(positive, 0.62)
        referred = part(wants, 0.55 + who.known / 3)
        outcome_known = min(referred, part(wants, who.known * growth))
        connected = part(outcome_known, 0.58)
        needs[need] = {
            "screened": answered,
            "positive": positive,
            "wants_help": wants,
            "referred": referred,
            "referred_30d": part(referred, 0.8),
            "outcome_known": outcome_known,
            "connected": connected,
            "resolved": part(connected, 0.6),
        }
    positives = [row["positive"] for row in needs.values()]
    any_positive = min(screened, max(max(positives), round(sum(positives) * 0.72)))
    return Quarter(
        {
            "eligible": eligible,
            "screening_offered": offered,
            "declined": declined,
            "screened": screened,
            "any_positive": any_positive,
        },
        needs,
    )
