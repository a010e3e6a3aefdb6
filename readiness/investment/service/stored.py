"""What is stored of one scenario, read once for everything that is shown of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from readiness.accounts.db import groups
from readiness.core.db import Session, Store
from readiness.core.errors import NotFound
from readiness.core.people import Payer
from readiness.equity.service.readable import readable_names
from readiness.investment import db as allocations
from readiness.investment.answers import (
    PolicyAnswer,
    Stability,
    Start,
)
from readiness.investment.lifecycle import ScenarioState, ScenarioStatus
from readiness.investment.models import (
    Candidate,
    GroupOffer,
    TierPackage,
)
from readiness.investment.problem import Key
from readiness.investment.scenario import Replay, ScenarioRequest, ScenarioSolution
from readiness.investment.service.case import Case
from readiness.investment.service.scenarios import NOT_ANSWERED, load_request


@dataclass(frozen=True)
class StoredScenario:
    """One answered scenario, and what of it may be seen today."""

    payer: Payer
    request: ScenarioRequest
    solution: ScenarioSolution
    stability: Stability | None
    replays: tuple[Replay, ...]
    status: ScenarioStatus
    parent: ScenarioRequest | None  # the scenario that it changes; None: none, or deleted since
    parent_name: str
    names: Mapping[str, str]  # of the groups that share today

    @cached_property
    def case(self) -> Case:
        return Case(self.request.scenario, self.solution.offers, self.request.seed)

    @cached_property
    def main(self) -> PolicyAnswer:
        return self.solution.answer.found(self.request.scenario.policy_id)

    @cached_property
    def offer_by_id(self) -> Mapping[str, GroupOffer]:
        return {offer.group_id: offer for offer in self.solution.offers}

    @cached_property
    def times(self) -> Mapping[Key, int]:
        found = self.stability.survivals if self.stability else ()
        return {(each.group_id, each.action_id): each.times for each in found}

    @cached_property
    def shared_offers(self) -> tuple[GroupOffer, ...]:
        """Of the groups that share today."""
        return tuple(e for e in self.solution.offers if not self.is_hidden(e.group_id))

    @property
    def ended(self) -> int:
        """How many groups it was solved over no longer share."""
        return len(self.solution.offers) - len(self.shared_offers)

    def is_hidden(self, group_id: str) -> bool:
        return group_id not in self.names

    def shown_id(self, group_id: str) -> str:
        """Its id; of one that no longer shares a number among those, which tells nothing."""
        if not self.is_hidden(group_id):
            return group_id
        hidden = [o.group_id for o in self.solution.offers if self.is_hidden(o.group_id)]
        return f"hidden-{hidden.index(group_id) + 1}"

    def name(self, group_id: str) -> str:
        return self.names.get(group_id, HIDDEN_GROUP)

    def candidate(self, key: Key) -> Candidate:
        return self.case.candidate_by_key[key]

    def package_title(self, package: TierPackage) -> str:
        return f"all of the way to {package.tier_id}"

    def choice_title(self, choice: Candidate | TierPackage) -> str:
        return self.package_title(choice) if isinstance(choice, TierPackage) else choice.title

    def titled(self, key: Key) -> str:
        """ "Mailed stool-test outreach in Ash Grove"; nothing of a group that no longer shares."""
        if self.is_hidden(key[0]):
            return f"an action in {HIDDEN_GROUP[0].lower()}{HIDDEN_GROUP[1:]}"
        return f"{self.choice_title(self.case.choice(key))} in {self.name(key[0])}"

    def in_names(self, sentence: str) -> str:
        """A sentence of the solver's with names for the ids of groups, packages and actions."""
        names = {offer.group_id: self.name(offer.group_id) for offer in self.solution.offers}
        for offer in self.solution.offers:
            names |= {each.id: self.choice_title(each) for each in offer.choices}
        ids = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
        named = rf"(?<![\w-])(?:the package )?({ids})(?![\w-])"
        return re.sub(named, lambda match: names[match[1]], sentence)

    def dated(self, pick: Start) -> str:
        """The same with its start, where there are several years to start in."""
        when = f" from year {pick.year}" if self.case.years > 1 else ""
        return f"{self.titled(pick.key)}{when}"


def load(session: Session, payer_id: str, allocation_id: str) -> StoredScenario:
    request = load_request(session, payer_id, allocation_id)
    solution = allocations.solution(session.store, request.id)
    if solution is None:
        raise NotFound(NOT_ANSWERED)
    return StoredScenario(
        groups.payer(session.store, payer_id),
        request,
        solution,
        allocations.stability(session.store, request.id),
        allocations.replays(session.store, request.id),
        allocations.status(session.store, request),
        *parent_of(session.store, request),
        readable_names(session.store, payer_id, session.now.date()),
    )


def parent_of(store: Store, request: ScenarioRequest) -> tuple[ScenarioRequest | None, str]:
    if request.parent_id is None:
        return None, ""
    parent = allocations.get(store, request.parent_id)
    status = allocations.status(store, parent)
    return (None, "") if status.state is ScenarioState.DELETED else (parent, status.name)


def is_answered(store: Store, allocation_id: str) -> bool:
    return allocations.solution(store, allocation_id) is not None


HIDDEN_GROUP = "A group that no longer shares"
