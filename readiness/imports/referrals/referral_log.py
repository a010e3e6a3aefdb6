"""Everything that a run tells of what followed, from pieces that come in any order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from readiness.counts.social_risk.models import Need
from readiness.imports.referrals.models import FollowUp, ReferralRecord, ReferralResource

Requests = Mapping[bytes, ReferralRecord]  # by resource


@dataclass
class ReferralLog:
    """A set for each patient: a line that is sent twice tells nothing more."""

    by_patient: defaultdict[bytes, set[FollowUp]] = field(default_factory=lambda: defaultdict(set))
    records: dict[bytes, ReferralRecord] = field(default_factory=dict)  # the latest, by resource
    without_id: list[ReferralRecord] = field(default_factory=list)
    needs_unknown: int = 0  # of social needs that are not told, or not known to us

    def __bool__(self) -> bool:
        return bool(self.by_patient or self.records or self.without_id)

    def add(self, piece: FollowUp | ReferralRecord) -> None:
        if isinstance(piece, FollowUp):
            self.by_patient[piece.patient].add(piece)
        elif not piece.resource:
            self.without_id.append(piece)
        else:
            before = self.records.get(piece.resource)
            if before is None or before.edition <= piece.edition:
                self.records[piece.resource] = piece

    def join(self) -> None:
        """Once all pieces are there: reports and interventions with the referrals they name."""
        counted = [each for each in (*self.records.values(), *self.without_id) if each.is_counted]
        requests = {
            each.resource: each for each in counted if each.kind is ReferralResource.SERVICE_REQUEST
        }
        reports: defaultdict[bytes, list[ReferralRecord]] = defaultdict(list)
        for each in counted:
            if each.kind is ReferralResource.TASK:
                for request in each.about:
                    reports[request].append(each)
        for each in counted:
            if each.kind is not ReferralResource.TASK:
                self.tell(each, requests, reports)
        self.records.clear()
        self.without_id.clear()

    def tell(
        self,
        record: ReferralRecord,
        requests: Requests,
        reports: Mapping[bytes, list[ReferralRecord]],
    ) -> None:
        named = [requests[each] for each in record.about if each in requests]
        needs = record.needs or tuple(need for each in named for need in each.needs)
        if not needs:
            self.needs_unknown += record.is_social or any(each.is_social for each in named)
        for need in needs:
            for follow_up in follow_ups_of(record, need, reports):
                self.add(follow_up)


def follow_ups_of(
    record: ReferralRecord, need: Need, reports: Mapping[bytes, list[ReferralRecord]]
) -> Iterator[FollowUp]:
    if record.kind is ReferralResource.PROCEDURE:
        yield FollowUp(record.patient, need, intervened_on=record.day)
        return
    if record.kind is ReferralResource.CONDITION:
        yield FollowUp(record.patient, need, is_resolved=True, resolved_on=record.day)
        return
    referral = FollowUp(record.patient, need, is_referred=True, referred_on=record.day)
    own = reports.get(record.resource, []) if record.resource else []
    if not own:
        yield referral
    for each in own:
        yield FollowUp(
            record.patient,
            need,
            is_referred=True,
            referred_on=record.day,
            outcome=each.outcome,
            outcome_on=each.day,
        )
