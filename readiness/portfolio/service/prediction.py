"""Whether readiness at first goes with later change in a gap, over the groups of one payer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from readiness.accounts.service import scope
from readiness.assessments.db import assessments
from readiness.assessments.models import Assessment, RunKind
from readiness.assessments.run_json import from_json
from readiness.assessments.service import submission
from readiness.assessments.service.portfolio_entry import deciding, low, lows
from readiness.core import permissions
from readiness.core.db import Session, Store
from readiness.core.people import Group, Payer
from readiness.core.periods import Period
from readiness.core.permissions import Can
from readiness.counts.measures.models import QualityMeasure
from readiness.equity.peers import Standing, Vote, gap_standing, vote_of
from readiness.equity.prediction import Followed, Pairs, Prediction, prediction_of
from readiness.equity.tables import TOTAL, Table
from readiness.instruments.models import Instrument
from readiness.portfolio.db import peers
from readiness.portfolio.db.peers import Offer, Sent, Sharing
from readiness.portfolio.service import peers as beside
from readiness.portfolio.service import portfolio

YEAR = 4  # quarters: two periods must have no patient-year in common
NO_REFERENCE = "no reference is declared or chosen"
NO_BASELINE = "no assessment sent in before the later period ended"


@dataclass(frozen=True)
class Wish:
    """What an address asks for; what is empty or not there is the first there is."""

    measure_id: str = ""
    kind: str = ""
    stratum: str = ""
    reference: str = ""
    before: str = ""
    after: str = ""
    score: str = ""


@dataclass(frozen=True)
class Spans:
    """Which split can be followed over which periods, and what was chosen."""

    measures: tuple[QualityMeasure, ...]
    kinds: tuple[str, ...]
    befores: tuple[Period, ...]
    afters: tuple[Period, ...]
    measure: QualityMeasure
    kind: str
    before: Period
    after: Period
    is_other: bool  # not the two periods that were asked for, which lie less than a year apart


@dataclass(frozen=True)
class Baseline:
    """The first assessment that a group sent in, and the run that decides on its scores."""

    assessment: Assessment
    sent_on: date
    run_kind: RunKind
    scores: Mapping[str, float | None]  # by axis and domain, 0 to 100


@dataclass(frozen=True)
class Line:
    """One group that shares with the payer, whether it counts here or why it does not."""

    group: Group
    baseline: Baseline | None
    followed: Followed | None
    left_out: str  # why; "" when it counts


@dataclass(frozen=True)
class Analysis:
    spans: Spans
    strata: tuple[str, ...]
    stratum: str
    vote: Vote
    reference: str
    is_chosen: bool
    score_id: str  # whose chart is shown
    lines: tuple[Line, ...]
    prediction: Prediction

    @property
    def followed(self) -> tuple[Followed, ...]:
        return tuple(line.followed for line in self.lines if line.followed)

    @property
    def late(self) -> int:
        """Groups that count whose assessment was sent in when the later period had begun."""
        begun = self.spans.after.plus(1 - YEAR).first_day
        return sum(
            line.followed is not None
            and line.baseline is not None
            and line.baseline.sent_on >= begun
            for line in self.lines
        )


@dataclass(frozen=True)
class Asked:
    payer: Payer
    instrument: Instrument  # whose axes and domains are looked at
    found: Analysis | None  # None: no measure was released for two periods a year apart

    @property
    def titles(self) -> dict[str, str]:
        """Axes first, then domains."""
        axes = {axis.id: axis.title for axis in self.instrument.axes}
        return axes | {domain.id: domain.title for domain in self.instrument.domains}


def analyze(session: Session, payer_id: str, wish: Wish) -> Asked:
    permissions.require(session.actor, Can.REVIEW_PORTFOLIO, scope.of_payer(payer_id))
    payer, _, instrument = portfolio.columns(session.store, session.actor, payer_id)
    shared = peers.sharing(session.store, payer_id, session.now.date())
    spans = spans_of(beside.offers_of(session.store, shared, session.now.date()), wish)
    asked = Asked(payer, instrument, None)
    if spans is None:
        return asked
    return Asked(
        payer, instrument, analysis_of(session.store, shared, spans, wish, tuple(asked.titles))
    )


def spans_of(offers: Sequence[Offer], wish: Wish) -> Spans | None:
    """Only what can be compared and was released for two periods a year or more apart."""
    by_split: dict[tuple[str, str], dict[Period, int]] = {}
    for each in offers:
        if (kind := beside.kind_of(each)) != TOTAL:
            by_split.setdefault((each.measure_id, kind), {})[each.period] = each.groups
    possible = {split: there for split, there in by_split.items() if latest_before(there)}
    kept = [each for each in offers if (each.measure_id, beside.kind_of(each)) in possible]
    chosen = beside.choices_of(kept, beside.Wish(wish.measure_id, "", wish.kind))
    if chosen is None:
        return None
    there = sorted(possible[chosen.measure.id, chosen.kind])
    afters = tuple(p for p in reversed(there) if any(q <= p.plus(-YEAR) for q in there))
    befores = tuple(p for p in reversed(there) if any(q >= p.plus(YEAR) for q in there))
    after = next((p for p in afters if str(p) == wish.after), afters[0])
    fitting = [p for p in befores if p <= after.plus(-YEAR)]
    before = next((p for p in fitting if str(p) == wish.before), fitting[0])
    is_other = bool(wish.before) and str(before) != wish.before
    return Spans(
        chosen.measures, chosen.kinds, befores, afters, chosen.measure, chosen.kind, before, after,
        is_other,
    )  # fmt: skip


def latest_before(there: Mapping[Period, int]) -> bool:
    return min(there) <= max(there).plus(-YEAR)


def analysis_of(
    store: Store, shared: Sequence[Sharing], spans: Spans, wish: Wish, score_ids: tuple[str, ...]
) -> Analysis:
    sent = peers.of_measure(store, beside.readable_ids(shared), spans.measure.id)
    befores, afters = (tables_at(sent, each, spans.kind) for each in (spans.before, spans.after))
    strata = beside.strata_of(spans.kind, [*befores.values(), *afters.values()])
    declared = {
        each.group_id: beside.declared_in(each, spans.kind)
        for each in sent
        if each.period == spans.after and each.group_id in afters
    }
    vote = vote_of(declared, strata)
    is_chosen = wish.reference in strata
    reference = wish.reference if is_chosen else vote.reference
    wanted = "" if wish.stratum == reference else wish.stratum
    stratum = beside.stratum_of(strata, wanted, reference, list(afters.values()))
    lines = tuple(
        line_of(store, each, befores.get(id_), afters.get(id_), (stratum, reference), spans.after)
        for each in shared
        for id_ in (each.group.id,)
    )
    followed = [line.followed for line in lines if line.followed]
    return Analysis(
        spans,
        strata,
        stratum,
        vote,
        reference,
        is_chosen,
        wish.score if wish.score in score_ids else score_ids[0],
        lines,
        prediction_of(followed, score_ids),
    )


def tables_at(sent: Sequence[Sent], period: Period, kind: str) -> dict[str, Table]:
    return {
        each.group_id: table
        for each in sent
        if each.period == period and (table := beside.table_of(each, kind))
    }


def line_of(
    store: Store,
    shared: Sharing,
    before: Table | None,
    after: Table | None,
    strata: tuple[str, str],
    later: Period,
) -> Line:
    if not shared.has_submitted:
        return Line(shared.group, None, None, Standing.NOT_SUBMITTED)
    if not all(strata):
        return Line(shared.group, None, None, NO_REFERENCE)
    for table, when in ((before, "earlier"), (after, "later")):
        found = gap_standing(table, *strata)
        if found is not Standing.SEEN:
            return Line(shared.group, None, None, f"{when} period: {found}")
    baseline = baseline_of(store, shared.group.id, later.last_day)
    if baseline is None or before is None or after is None:
        return Line(shared.group, None, None, NO_BASELINE)
    first, second = (pairs_of(table, strata) for table in (before, after))
    followed = Followed(shared.group.id, baseline.scores, first, second)
    return Line(shared.group, baseline, followed, "")


def pairs_of(table: Table, strata: tuple[str, str]) -> Pairs:
    stratum, reference = strata
    return table.groups[stratum], table.groups[reference]


def baseline_of(store: Store, group_id: str, latest: date) -> Baseline | None:
    """The earliest that payers may read: validated once accepted, else what counts support."""
    found = []
    for each in assessments.of_group(store, group_id):
        if not submission.may_be_read(store, each):
            continue
        sent_on = assessments.submissions(store, each.id)[-1].at.date()
        if sent_on <= latest:
            found.append((sent_on, each))
    for sent_on, each in sorted(found, key=lambda pair: (pair[0], pair[1].id)):
        if decisive := deciding(store, each):
            run = from_json(decisive.result)
            scores = {**{axis_id: low(run, axis_id) for axis_id in run.axes}, **lows(run)}
            return Baseline(each, sent_on, decisive.kind, scores)
    return None
