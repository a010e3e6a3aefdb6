"""Whether readiness at first goes with later change in a gap, over the groups of one payer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from readiness.accounts.service import scope
from readiness.assessments.db import assessments
from readiness.assessments.models import Assessment, RunKind
from readiness.assessments.scorecard import from_json
from readiness.assessments.service import payer_view
from readiness.assessments.service.result import low, lows
from readiness.assessments.service.scoring import effective_run
from readiness.core import permissions
from readiness.core.db import Session, Store
from readiness.core.exports import Cell, Sheet
from readiness.core.people import Group, Payer
from readiness.core.periods import Period
from readiness.core.permissions import Can
from readiness.counts.measures.models import QualityMeasure
from readiness.equity import db as peers
from readiness.equity.db import ReleasedMeasure, ReleasedSplit, SharingGroup
from readiness.equity.gates import (
    Comparability,
    ReferenceVote,
    gap_comparability,
    reference_vote,
)
from readiness.equity.prediction import FollowedGap, Pairs, Prediction, prediction_of
from readiness.equity.tables import TOTAL, StratumTable, kind_label
from readiness.instruments.models import Instrument
from readiness.portfolio.service import peers as beside
from readiness.portfolio.service import portfolio
from readiness.portfolio.service.peers import difference_cells, names_of

YEAR = 4  # quarters: two periods must have no patient-year in common
NO_REFERENCE = "no reference is declared or chosen"
NO_BASELINE = "no assessment sent in before the later period ended"


@dataclass(frozen=True)
class PredictionFilters:
    """What an address asks for; what is empty or not there is the first there is."""

    measure_id: str = ""
    kind: str = ""
    stratum: str = ""
    reference: str = ""
    before: str = ""
    after: str = ""
    score: str = ""


@dataclass(frozen=True)
class PredictionOptions:
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
class PredictionBaseline:
    """The first assessment that a group sent in, and the run that decides on its scores."""

    assessment: Assessment
    sent_on: date
    run_kind: RunKind
    scores: Mapping[str, float | None]  # by axis and domain, 0 to 100


@dataclass(frozen=True)
class PredictionRow:
    """One group that shares with the payer, whether it counts here or why it does not."""

    group: Group
    baseline: PredictionBaseline | None
    followed: FollowedGap | None
    left_out: str  # why; "" when it counts


@dataclass(frozen=True)
class PredictionAnalysis:
    spans: PredictionOptions
    strata: tuple[str, ...]
    stratum: str
    vote: ReferenceVote
    reference: str
    is_chosen: bool
    score_id: str  # whose chart is shown
    lines: tuple[PredictionRow, ...]
    prediction: Prediction

    @property
    def followed(self) -> tuple[FollowedGap, ...]:
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
class PredictionPage:
    payer: Payer
    instrument: Instrument  # whose axes and domains are looked at
    found: PredictionAnalysis | None  # None: no measure was released for two periods a year apart

    @property
    def titles(self) -> dict[str, str]:
        """Axes first, then domains."""
        axes = {axis.id: axis.title for axis in self.instrument.axes}
        return axes | {domain.id: domain.title for domain in self.instrument.domains}


def analyze(session: Session, payer_id: str, wish: PredictionFilters) -> PredictionPage:
    permissions.require(session.actor, Can.REVIEW_PORTFOLIO, scope.of_payer(payer_id))
    payer, _, instrument = portfolio.payer_context(session.store, session.actor, payer_id)
    shared = peers.sharing_groups(session.store, payer_id, session.now.date())
    spans = options_of(beside.closed_splits(session.store, shared, session.now.date()), wish)
    asked = PredictionPage(payer, instrument, None)
    if spans is None:
        return asked
    return PredictionPage(
        payer, instrument, analysis_of(session.store, shared, spans, wish, tuple(asked.titles))
    )


def options_of(
    offers: Sequence[ReleasedSplit], wish: PredictionFilters
) -> PredictionOptions | None:
    """Only what can be compared and was released for two periods a year or more apart."""
    by_split: dict[tuple[str, str], dict[Period, int]] = {}
    for each in offers:
        if (kind := beside.kind_of(each)) != TOTAL:
            by_split.setdefault((each.measure_id, kind), {})[each.period] = each.groups
    possible = {split: there for split, there in by_split.items() if latest_before(there)}
    kept = [each for each in offers if (each.measure_id, beside.kind_of(each)) in possible]
    chosen = beside.choices_of(kept, beside.PeerFilters(wish.measure_id, "", wish.kind))
    if chosen is None:
        return None
    there = sorted(possible[chosen.measure.id, chosen.kind])
    afters = tuple(p for p in reversed(there) if any(q <= p.plus(-YEAR) for q in there))
    befores = tuple(p for p in reversed(there) if any(q >= p.plus(YEAR) for q in there))
    after = next((p for p in afters if str(p) == wish.after), afters[0])
    fitting = [p for p in befores if p <= after.plus(-YEAR)]
    before = next((p for p in fitting if str(p) == wish.before), fitting[0])
    is_other = bool(wish.before) and str(before) != wish.before
    return PredictionOptions(
        chosen.measures, chosen.kinds, befores, afters, chosen.measure, chosen.kind, before, after,
        is_other,
    )  # fmt: skip


def latest_before(there: Mapping[Period, int]) -> bool:
    return min(there) <= max(there).plus(-YEAR)


def analysis_of(
    store: Store,
    shared: Sequence[SharingGroup],
    spans: PredictionOptions,
    wish: PredictionFilters,
    score_ids: tuple[str, ...],
) -> PredictionAnalysis:
    sent = peers.releases_of_measure(store, beside.readable_ids(shared), spans.measure.id)
    befores, afters = (tables_at(sent, each, spans.kind) for each in (spans.before, spans.after))
    strata = beside.strata_of(spans.kind, [*befores.values(), *afters.values()])
    declared = {
        each.group_id: beside.declared_in(each, spans.kind)
        for each in sent
        if each.period == spans.after and each.group_id in afters
    }
    vote = reference_vote(declared, strata)
    is_chosen = wish.reference in strata
    reference = wish.reference if is_chosen else vote.reference
    wanted = "" if wish.stratum == reference else wish.stratum
    stratum = beside.stratum_of(strata, wanted, reference, list(afters.values()))
    lines = tuple(
        row_of(store, each, befores.get(id_), afters.get(id_), (stratum, reference), spans.after)
        for each in shared
        for id_ in (each.group.id,)
    )
    followed = [line.followed for line in lines if line.followed]
    return PredictionAnalysis(
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


def tables_at(
    sent: Sequence[ReleasedMeasure], period: Period, kind: str
) -> dict[str, StratumTable]:
    return {
        each.group_id: table
        for each in sent
        if each.period == period and (table := beside.table_of(each, kind))
    }


def row_of(
    store: Store,
    shared: SharingGroup,
    before: StratumTable | None,
    after: StratumTable | None,
    strata: tuple[str, str],
    later: Period,
) -> PredictionRow:
    if not shared.has_submitted:
        return PredictionRow(shared.group, None, None, Comparability.NOT_SUBMITTED)
    if not all(strata):
        return PredictionRow(shared.group, None, None, NO_REFERENCE)
    for table, when in ((before, "earlier"), (after, "later")):
        found = gap_comparability(table, *strata)
        if found is not Comparability.SEEN:
            return PredictionRow(shared.group, None, None, f"{when} period: {found}")
    baseline = baseline_of(store, shared.group.id, later.last_day)
    if baseline is None or before is None or after is None:
        return PredictionRow(shared.group, None, None, NO_BASELINE)
    first, second = (pairs_of(table, strata) for table in (before, after))
    followed = FollowedGap(shared.group.id, baseline.scores, first, second)
    return PredictionRow(shared.group, baseline, followed, "")


def pairs_of(table: StratumTable, strata: tuple[str, str]) -> Pairs:
    stratum, reference = strata
    return table.groups[stratum], table.groups[reference]


def baseline_of(store: Store, group_id: str, latest: date) -> PredictionBaseline | None:
    """The earliest that payers may read: validated once accepted, else what counts support."""
    found = []
    for each in assessments.of_group(store, group_id):
        if not payer_view.may_be_read(store, each):
            continue
        sent_on = assessments.submissions(store, each.id)[-1].at.date()
        if sent_on <= latest:
            found.append((sent_on, each))
    for sent_on, each in sorted(found, key=lambda pair: (pair[0], pair[1].id)):
        if decisive := effective_run(store, each):
            run = from_json(decisive.result)
            scores = {**{axis_id: low(run, axis_id) for axis_id in run.axes}, **lows(run)}
            return PredictionBaseline(each, sent_on, decisive.kind, scores)
    return None


def analysis_sheet(asked: PredictionPage, found: PredictionAnalysis) -> Sheet:
    rows = analysis_rows(asked, found)
    return Sheet("Readiness and change", analysis_header(asked), rows, (36, 28, 20))


def analysis_header(asked: PredictionPage) -> tuple[str, ...]:
    return (
        "Group",
        "Measure",
        "Split by",
        "Patients of",
        "Reference in this view",
        "Earlier 12 months to",
        "Later 12 months to",
        "Left out: why",
        "Assessment",
        "Instrument",
        "Sent in on",
        "Scores are",
        *(f"{title} at first (0 to 100)" for title in asked.titles.values()),
        *(
            f"{when}: {whose} {what}"
            for when in ("Earlier", "Later")
            for whose in ("own", "reference")
            for what in ("meet the measure", "counted in it")
        ),
        "Gap at first (share)",
        "Gap later (share)",
        "Change (share)",
        "Change from",
        "Change to",
        "Change expected from chance alone (share)",
    )


def analysis_rows(asked: PredictionPage, found: PredictionAnalysis) -> Iterator[tuple[Cell, ...]]:
    names, spans = names_of(found.spans.kind), found.spans
    for line in found.lines:
        yield (
            line.group.name,
            spans.measure.title,
            kind_label(spans.kind),
            names.get(found.stratum, ""),
            names.get(found.reference, ""),
            str(spans.before),
            str(spans.after),
            line.left_out,
            *baseline_cells(line),
            *score_cells(line.followed, tuple(asked.titles)),
            *followed_cells(line.followed, found),
        )


def baseline_cells(line: PredictionRow) -> tuple[Cell, Cell, Cell, Cell]:
    first = line.baseline
    if first is None:
        return None, None, None, None
    version = f"{first.assessment.instrument_id} {first.assessment.version}"
    return first.assessment.title, version, first.sent_on, first.run_kind


def score_cells(followed: FollowedGap | None, score_ids: Sequence[str]) -> tuple[Cell, ...]:
    return tuple(followed.scores.get(each) if followed else None for each in score_ids)


def followed_cells(followed: FollowedGap | None, found: PredictionAnalysis) -> tuple[Cell, ...]:
    if followed is None:
        return (None,) * 14
    drift = found.prediction.drift
    return (
        *(number for pairs in followed.both for pair in pairs for number in pair),
        followed.gap_before.difference,
        followed.gap_after.difference,
        *difference_cells(followed.change),
        drift.expected[followed.group_id] if drift else None,
    )
