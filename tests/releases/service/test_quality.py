"""What leaves a group of its counts behind equity, and who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from readiness.accounts.db import people
from readiness.core import audit
from readiness.core.db import Session, Store
from readiness.core.errors import BadInput, ChangedMeanwhile, NotFound
from readiness.core.people import Actor
from readiness.core.periods import Period
from readiness.counts.db import quality
from readiness.counts.models import Revision
from readiness.counts.quality.models import (
    DemographicCell,
    DemographicField,
    DemographicSource,
    DemographicStatus,
    MeasureCell,
    MeasurePart,
    QualityCell,
    QualityCounts,
    SampleCell,
)
from readiness.counts.service import quality as use
from readiness.counts.strata import ALL, Stratum, StratumType
from readiness.disclosure.db import quality as stored
from readiness.disclosure.succession import ReleaseOutcome
from readiness.releases.service import publication
from readiness.releases.service.publication import QUALITY, PayerView
from tests.factories import payers
from tests.factories.completion import mark_complete
from tests.factories.world import NOW

Q4 = Period(2026, 4)
WHITE, ASIAN, BLACK = (Stratum(StratumType.RACE, name) for name in ("white", "asian", "black"))
SAID = DemographicCell(
    DemographicField.RACE, DemographicStatus.KNOWN, DemographicSource.SELF_REPORT
)
NOT_ASKED = DemographicCell(DemographicField.RACE, DemographicStatus.NOT_ASKED)


def numerator(stratum: Stratum = ALL) -> MeasureCell:
    return MeasureCell("COL", MeasurePart.NUMERATOR, stratum)


def denominator(stratum: Stratum = ALL) -> MeasureCell:
    return MeasureCell("COL", MeasurePart.DENOMINATOR, stratum)


GOOD: dict[QualityCell, int] = {
    denominator(): 400,
    numerator(): 260,
    denominator(WHITE): 300,
    numerator(WHITE): 200,
    denominator(ASIAN): 92,
    numerator(ASIAN): 56,
    denominator(BLACK): 8,
    numerator(BLACK): 4,
    SAID: 700,
    NOT_ASKED: 120,
    SampleCell("white", "white"): 90,
}


def enter(store: Store, known: Mapping[QualityCell, int], group_id: str = "elm") -> None:
    """The period's counts from now on; what is not named is not known any more."""
    before = quality.history(store, group_id, Q4)
    wanted: dict[QualityCell, int | None] = {**dict.fromkeys(before), **known}
    revisions = [
        Revision(cell, len(before.get(cell, ())) + 1, value, "cara", NOW)
        for cell, value in wanted.items()
    ]
    quality.save(store, group_id, Q4, revisions, None)


def publish(store: Store, known: Mapping[QualityCell, int], threshold: int = 11) -> ReleaseOutcome:
    enter(store, known)
    session = Session(store, people.actor(store, "cara"), NOW)
    outcome: ReleaseOutcome = mark_complete(session, QUALITY, "elm", "2026-Q4", threshold)
    return outcome


def released_values(store: Store) -> Mapping[QualityCell, int | None]:
    found = stored.latest(store, "elm", Q4)
    assert found
    return found.values


def test_completing_a_period_lets_its_counts_out_with_small_ones_hidden(store):
    assert publish(store, GOOD) is ReleaseOutcome.FIRST
    assert released_values(store)[denominator()] == 400
    assert released_values(store)[denominator(BLACK)] is None
    assert released_values(store)[numerator(BLACK)] is None
    assert sum(value is None for value in released_values(store).values()) == 4
    assert SampleCell("white", "white") not in released_values(store)
    assert {event.verb for event in audit.of_group(store, "elm")} == {
        "completed quality counts",
        "released quality counts",
    }


def test_a_release_reads_as_it_was_kept(store):
    known = {**GOOD, replace(denominator(WHITE), is_estimated=True): 400}
    publish(store, known)
    found = stored.latest(store, "elm", Q4)
    assert found
    assert found.values.keys() == known.keys() - {SampleCell("white", "white")}
    assert stored.read_true_counts(store, found) == {
        cell: value for cell, value in known.items() if not isinstance(cell, SampleCell)
    }
    assert (found.number, found.threshold, found.made_at) == (1, 11, NOW)
    assert stored.latest_of_group(store, "elm") == (found,)


def test_nothing_leaves_while_numbers_contradict_each_other(store):
    with pytest.raises(BadInput):
        publish(store, {**GOOD, numerator(): 500})
    assert stored.latest(store, "elm", Q4) is None


def test_the_same_counts_again_are_no_new_release(store):
    publish(store, GOOD)
    assert publish(store, GOOD) is ReleaseOutcome.UNCHANGED
    assert stored.latest_number(store, "elm", Q4) == 1


def test_a_change_by_a_few_keeps_the_former_release_and_says_so(store):
    publish(store, GOOD)
    assert publish(store, {**GOOD, numerator(): 263, numerator(WHITE): 203}) is ReleaseOutcome.KEPT
    assert released_values(store)[numerator()] == 260
    own = publication.group_view(
        Session(store, people.actor(store, "maya"), NOW), QUALITY, "elm", "2026-Q4"
    )
    assert own.is_behind
    assert own.known[numerator()] == 263


def test_so_few_who_do_not_meet_it_any_more_keep_it_too(store):
    """Both numbers move by many, their difference by 5."""
    publish(store, GOOD)
    known = {
        **GOOD,
        denominator(): 450,
        numerator(): 305,
        denominator(WHITE): 350,
        numerator(WHITE): 245,
    }
    assert publish(store, known) is ReleaseOutcome.KEPT


def test_a_larger_change_is_released_and_what_was_hidden_stays_hidden(store):
    publish(store, GOOD)
    gone = {cell for cell, value in released_values(store).items() if value is None}
    larger: dict[QualityCell, int] = {
        denominator(): 600,
        numerator(): 380,
        denominator(WHITE): 480,
        numerator(WHITE): 300,
    }
    more: dict[QualityCell, int] = {
        denominator(ASIAN): 92,
        numerator(ASIAN): 56,
        denominator(BLACK): 28,
        numerator(BLACK): 24,
    }
    assert publish(store, {**GOOD, **larger, **more}) is ReleaseOutcome.RENEWED
    assert released_values(store)[denominator()] == 600
    assert all(released_values(store)[cell] is None for cell in gone)
    assert stored.latest_number(store, "elm", Q4) == 2


def test_somebody_who_completes_at_the_same_time_is_refused(store):
    found = QualityCounts(Q4, GOOD)
    one, other = (publication.prepare(store, QUALITY, "elm", found, 11, NOW) for _ in range(2))
    publication.save(store, QUALITY, one, "cara", NOW)
    with pytest.raises(ChangedMeanwhile):
        publication.save(store, QUALITY, other, "maya", NOW)


def test_a_payer_reads_releases_from_the_first_submission_on(store):
    publish(store, GOOD)
    pam = people.actor(store, "pam")

    def read(actor: Actor, period: str | None) -> PayerView[QualityCell]:
        return publication.payer_view(Session(store, actor, NOW), QUALITY, "fair", "elm", period)

    assert read(pam, None).releases == ()
    with pytest.raises(NotFound):
        read(pam, "2026-Q4")
    payers.sent_in(store)
    release = read(pam, "2026-Q4").release
    assert release
    assert release.values == released_values(store)
    with pytest.raises(NotFound):
        read(pam, "2026-Q3")


@pytest.mark.parametrize(("who", "payer"), [("pete", "far"), ("pete", "fair"), ("ada", "fair")])
def test_nobody_else_reads_releases(store, who, payer):
    publish(store, GOOD)
    payers.sent_in(store)
    actor = people.actor(store, who)
    with pytest.raises(NotFound):
        publication.payer_view(Session(store, actor, NOW), QUALITY, payer, "elm", None)
    with pytest.raises(NotFound):
        publication.group_view(Session(store, actor, NOW), QUALITY, "elm", "2026-Q4")


def test_readers_are_told_the_reference_that_stands_now(store):
    publish(store, GOOD)
    assert [each.reference for each in stored.readable(store, "elm", NOW.date())] == [""]
    cara = people.actor(store, "cara")
    use.declare(Session(store, cara, NOW), "elm", "2026-Q4", "race_omb2024.white")
    found = stored.readable(store, "elm", NOW.date())
    assert [each.reference for each in found] == ["race_omb2024.white"]
