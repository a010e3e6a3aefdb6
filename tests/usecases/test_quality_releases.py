"""What leaves a group of its counts behind equity, and who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace

import pytest

from readiness.domain.errors import BadInput, ChangedMeanwhile, NotFound
from readiness.domain.events import Event
from readiness.domain.periods import Period
from readiness.domain.quality.counts import (
    Field,
    Known,
    KnownCell,
    MeasureCell,
    Origin,
    Part,
    QualityCell,
    QualityCounts,
    SampleCell,
)
from readiness.domain.release.succession import Verdict
from readiness.domain.screening import ALL, PeriodState, Stratum, StratumType
from readiness.store import Store, events, people, quality
from readiness.store import quality_releases as stored
from readiness.store.connection import Store as Opened
from readiness.store.migrations import migrations
from readiness.store.quality import QualityRevision
from readiness.usecases import quality as use
from readiness.usecases import quality_releases, upkeep
from tests import payers
from tests.web import world
from tests.web.world import NOW

Q4 = Period(2026, 4)
WHITE, ASIAN, BLACK = (Stratum(StratumType.RACE, name) for name in ("white", "asian", "black"))
SAID = KnownCell(Field.RACE, Known.KNOWN, Origin.SELF_REPORT)
NOT_ASKED = KnownCell(Field.RACE, Known.NOT_ASKED)


def met(stratum: Stratum = ALL) -> MeasureCell:
    return MeasureCell("COL", Part.NUMERATOR, stratum)


def counted(stratum: Stratum = ALL) -> MeasureCell:
    return MeasureCell("COL", Part.DENOMINATOR, stratum)


GOOD: dict[QualityCell, int] = {
    counted(): 400,
    met(): 260,
    counted(WHITE): 300,
    met(WHITE): 200,
    counted(ASIAN): 92,
    met(ASIAN): 56,
    counted(BLACK): 8,
    met(BLACK): 4,
    SAID: 700,
    NOT_ASKED: 120,
    SampleCell("white", "white"): 90,
}


def entered(store: Store, known: Mapping[QualityCell, int], group_id: str = "elm") -> None:
    """The period's counts from now on; what is not named is not known any more."""
    before = quality.history(store, group_id, Q4)
    wanted: dict[QualityCell, int | None] = {**dict.fromkeys(before), **known}
    revisions = [
        QualityRevision(cell, len(before.get(cell, ())) + 1, value, "cara", NOW)
        for cell, value in wanted.items()
    ]
    quality.save(store, group_id, Q4, revisions, None)


def let_out(store: Store, known: Mapping[QualityCell, int], threshold: int = 11) -> Verdict:
    entered(store, known)
    return use.complete(store, people.actor(store, "cara"), "elm", "2026-Q4", threshold, NOW)


def shown(store: Store) -> Mapping[QualityCell, int | None]:
    found = stored.newest(store, "elm", Q4)
    assert found
    return found.values


def test_completing_a_period_lets_its_counts_out_with_small_ones_hidden(peopled):
    assert let_out(peopled, GOOD) is Verdict.FIRST
    assert shown(peopled)[counted()] == 400
    assert shown(peopled)[counted(BLACK)] is None
    assert shown(peopled)[met(BLACK)] is None
    assert sum(value is None for value in shown(peopled).values()) == 4
    assert SampleCell("white", "white") not in shown(peopled)
    assert {event.verb for event in events.of_group(peopled, "elm")} == {
        "completed quality counts",
        "released quality counts",
    }


def test_a_release_reads_as_it_was_kept(peopled):
    known = {**GOOD, replace(counted(WHITE), is_estimated=True): 400}
    let_out(peopled, known)
    found = stored.newest(peopled, "elm", Q4)
    assert found
    assert found.values.keys() == known.keys() - {SampleCell("white", "white")}
    assert stored.grounds(peopled, found) == {
        cell: value for cell, value in known.items() if not isinstance(cell, SampleCell)
    }
    assert (found.number, found.threshold, found.made_at) == (1, 11, NOW)
    assert stored.newest_of_group(peopled, "elm") == (found,)


def test_nothing_leaves_while_numbers_contradict_each_other(peopled):
    with pytest.raises(BadInput):
        let_out(peopled, {**GOOD, met(): 500})
    assert stored.newest(peopled, "elm", Q4) is None


def test_the_same_counts_again_are_no_new_release(peopled):
    let_out(peopled, GOOD)
    assert let_out(peopled, GOOD) is Verdict.UNCHANGED
    assert stored.newest_number(peopled, "elm", Q4) == 1


def test_a_change_by_a_few_keeps_the_former_release_and_says_so(peopled):
    let_out(peopled, GOOD)
    assert let_out(peopled, {**GOOD, met(): 263, met(WHITE): 203}) is Verdict.KEPT
    assert shown(peopled)[met()] == 260
    own = quality_releases.own(peopled, people.actor(peopled, "maya"), "elm", "2026-Q4", NOW)
    assert own.is_behind
    assert own.known[met()] == 263


def test_so_few_who_do_not_meet_it_any_more_keep_it_too(peopled):
    """Both numbers move by many, their difference by 5."""
    let_out(peopled, GOOD)
    known = {**GOOD, counted(): 450, met(): 305, counted(WHITE): 350, met(WHITE): 245}
    assert let_out(peopled, known) is Verdict.KEPT


def test_a_larger_change_is_released_and_what_was_hidden_stays_hidden(peopled):
    let_out(peopled, GOOD)
    gone = {cell for cell, value in shown(peopled).items() if value is None}
    larger: dict[QualityCell, int] = {
        counted(): 600,
        met(): 380,
        counted(WHITE): 480,
        met(WHITE): 300,
    }
    more: dict[QualityCell, int] = {
        counted(ASIAN): 92,
        met(ASIAN): 56,
        counted(BLACK): 28,
        met(BLACK): 24,
    }
    assert let_out(peopled, {**GOOD, **larger, **more}) is Verdict.RENEWED
    assert shown(peopled)[counted()] == 600
    assert all(shown(peopled)[cell] is None for cell in gone)
    assert stored.newest_number(peopled, "elm", Q4) == 2


def test_somebody_who_completes_at_the_same_time_is_refused(peopled):
    found = QualityCounts(Q4, GOOD)
    one, other = (quality_releases.prepared(peopled, "elm", found, "", 11, NOW) for _ in range(2))
    quality_releases.keep(peopled, one, "cara", NOW)
    with pytest.raises(ChangedMeanwhile):
        quality_releases.keep(peopled, other, "maya", NOW)


def test_a_payer_reads_releases_from_the_first_submission_on(peopled):
    let_out(peopled, GOOD)
    pam = people.actor(peopled, "pam")
    read = quality_releases.read
    assert read(peopled, pam, "fair", "elm", None, NOW).releases == ()
    with pytest.raises(NotFound):
        read(peopled, pam, "fair", "elm", "2026-Q4", NOW)
    payers.sent_in(peopled)
    release = read(peopled, pam, "fair", "elm", "2026-Q4", NOW).release
    assert release
    assert release.values == shown(peopled)
    with pytest.raises(NotFound):
        read(peopled, pam, "fair", "elm", "2026-Q3", NOW)


@pytest.mark.parametrize(("who", "payer"), [("pete", "far"), ("pete", "fair"), ("ada", "fair")])
def test_nobody_else_reads_releases(peopled, who, payer):
    let_out(peopled, GOOD)
    payers.sent_in(peopled)
    actor = people.actor(peopled, who)
    with pytest.raises(NotFound):
        quality_releases.read(peopled, actor, payer, "elm", None, NOW)
    with pytest.raises(NotFound):
        quality_releases.own(peopled, actor, "elm", "2026-Q4", NOW)


def test_readers_are_told_the_reference_that_stands_now(peopled):
    let_out(peopled, GOOD)
    assert [each.reference for each in quality_releases.readable(peopled, "elm", NOW.date())] == [
        ""
    ]
    cara = people.actor(peopled, "cara")
    use.declare(peopled, cara, "elm", "2026-Q4", "race_omb2024.white", NOW)
    found = quality_releases.readable(peopled, "elm", NOW.date())
    assert [each.reference for each in found] == ["race_omb2024.white"]


def test_an_older_database_is_released_when_it_is_brought_up_to_date(tmp_path):
    path = tmp_path / "readiness.db"
    with closing(Opened(path)) as store:
        with store.writing():
            migrations.apply(store.db, stop_before="quality_releases")
        world.fill(store)
        entered(store, GOOD)
        done = Event(NOW, "cara", "completed quality counts", "quality", "2026-Q4", group_id="elm")
        quality.set_state(store, "elm", Q4, PeriodState.COMPLETE, "", 0, done)
    applied, _ = upkeep.bring_up_to_date(path, 11, NOW)
    assert "quality_releases" in applied
    with closing(Opened(path)) as store:
        assert shown(store)[counted()] == 400
        assert events.of_group(store, "elm")[0].actor_id == "the command line"
        assert quality_releases.catch_up(store, 11, NOW) == 0
