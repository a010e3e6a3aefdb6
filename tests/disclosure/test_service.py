"""Successive releases of one file's counts: differencing gains nothing."""

from __future__ import annotations

import csv
import random
import stat
from io import StringIO
from typing import Any

import pytest

from readiness.cli.suppress import as_json
from readiness.core.errors import BadInput
from readiness.core.tables.models import file_in_memory
from readiness.disclosure.ledger import latest_counts
from readiness.disclosure.service import read_ledger, suppress, suppress_beside_ledger
from tests.disclosure.table_attacker import MEASURES, Attacker, small_counts
from tests.factories.seeds import seeds

HEADER = ("group_id", "period", "domain", "stratum_type", "stratum", "screened", "positive")
STRATA = ("white", "black", "asian", "aian")


def source(rows):
    written = StringIO()
    lines = csv.writer(written)
    lines.writerow(HEADER)
    lines.writerows((*key, *tally) for key, tally in rows.items())
    return file_in_memory("file", "counts.csv", written.getvalue().encode())


def block(group, period, tallies):
    """A total and its strata."""
    total = tuple(map(sum, zip(*tallies, strict=True)))
    return {
        (group, period, "food", "total", "total"): total,
        **{
            (group, period, "food", "race_omb2024", stratum): tally
            for stratum, tally in zip(STRATA, tallies, strict=False)
        },
    }


FIRST = block("elm", "2026-Q1", [(200, 40), (60, 20), (25, 4), (5, 2)])


class Releases:
    def __init__(self, path):
        self.path = path

    def __call__(self, rows, threshold=11):
        found = suppress_beside_ledger(source(rows), threshold, self.path)
        return as_json(found.printed), found.notices


@pytest.fixture
def release(tmp_path):
    return Releases(tmp_path / "ledger.jsonl")


def numbers(found):
    return {
        tuple(row[name] for name in HEADER[:5]): tuple(row[m] for m in MEASURES)
        for row in found["rows"]
    }


def test_the_first_release_hides_what_a_payer_may_not_see(release):
    found, notices = release(FIRST)
    plain = as_json(suppress(source(FIRST), 11))
    assert notices == ()
    assert found["hidden_share"] >= plain["hidden_share"]
    assert numbers(found)["elm", "2026-Q1", "food", "race_omb2024", "aian"] == (None,) * 3


def test_the_same_file_twice_gives_the_very_same_release_and_no_second_entry(release):
    assert release(FIRST) == release(FIRST)
    assert len(read_ledger(release.path)) == 1


def test_numbers_that_moved_by_a_few_keep_the_former_release(release):
    first, _ = release(FIRST)
    late = {**FIRST, **block("elm", "2026-Q1", [(203, 41), (60, 20), (25, 4), (5, 2)])}
    second, notices = release(late)
    assert second == first
    assert notices[0].startswith("2026-Q1: some numbers have changed by a few people")


def test_larger_changes_are_released_and_what_was_hidden_stays_so(release):
    first, _ = release(FIRST)
    more = block("elm", "2026-Q1", [(300, 80), (60, 20), (25, 4), (5, 2)])
    second, notices = release(more)
    assert notices == ()
    white = ("elm", "2026-Q1", "food", "race_omb2024", "white")
    told = numbers(second)[white]
    assert any(told)
    assert all(b in (None, a) for a, b in zip((300, 80, 220), told, strict=True))
    for key, printed in numbers(first).items():
        if key[4] in ("asian", "aian", "black"):
            again = numbers(second)[key]
            assert all(b is None for a, b in zip(printed, again, strict=True) if a is None)


def test_a_row_that_a_kept_period_did_not_have_is_hidden(release):
    release(FIRST)
    late = {
        **block("elm", "2026-Q1", [(203, 41), (60, 20), (25, 4), (5, 2)]),
        **block("oak", "2026-Q1", [(400, 90), (100, 30), (0, 0), (50, 20)]),
    }
    found = numbers(release(late)[0])
    assert found["oak", "2026-Q1", "food", "total", "total"] == (None,) * 3
    assert found["oak", "2026-Q1", "food", "race_omb2024", "asian"] == (0, 0, 0)


def test_a_lower_threshold_later_takes_nothing_back(release):
    first, _ = release(FIRST)
    assert release(FIRST, threshold=5)[0] == first


def test_the_ledger_is_its_owners_alone_and_a_broken_one_is_refused(release):
    release(FIRST)
    assert stat.S_IMODE(release.path.stat().st_mode) == 0o600
    release.path.write_text(release.path.read_text()[:-9])
    with pytest.raises(BadInput, match="ledger cannot be read"):
        release(FIRST)


# An attacker who has kept every release.


def draw(throw, size):
    tallies = []
    for share in (1.0, throw.random(), throw.random() / 4, throw.random() / 20):
        screened = round(size * share)
        tallies.append((screened, sum(throw.random() < 0.2 for _ in range(screened))))
    return tallies


def with_all(blocks):
    """The sum over the groups of each period."""
    rows = {key: tally for each in blocks for key, tally in each.items()}
    found = dict(rows)
    for (_, *rest), tally in rows.items():
        before = found.get(("ALL", *rest), (0, 0))
        found["ALL", *rest] = tuple(map(sum, zip(before, tally, strict=True)))
    return found


def year_of(rows):
    """Every quarter of the year added up."""
    found: dict[tuple[str, ...], tuple[int, ...]] = {}
    for (group, _, *rest), tally in rows.items():
        before = found.get((group, "2026", *rest), (0, 0))
        found[group, "2026", *rest] = tuple(map(sum, zip(before, tally, strict=True)))
    return found


def files(seed):
    """A year of quarters one by one, late rows, a group that joins, and the year as a whole."""
    throw = random.Random(seed)
    sizes = {"elm": throw.randint(30, 300), "oak": throw.randint(30, 300)}
    every: dict[tuple[str, ...], tuple[int, ...]] = {}
    for quarter in ("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"):
        own = with_all([block(g, quarter, draw(throw, size)) for g, size in sizes.items()])
        every |= own
        yield own
    key = ("elm", "2026-Q2", "food", "race_omb2024", "white")
    moved = throw.choice([3, 40])
    late = {k: v for k, v in every.items() if k[1] == "2026-Q2"}
    for each in (
        key,
        (*key[:3], "total", "total"),
        ("ALL", *key[1:]),
        ("ALL", *key[1:3], "total", "total"),
    ):
        late[each] = (late[each][0] + moved, late[each][1])
    yield late
    joined = {k: v for k, v in every.items() if k[1] == "2026-Q3" and k[0] != "ALL"}
    yield with_all([joined, block("ash", "2026-Q3", draw(throw, throw.randint(8, 80)))])
    yield year_of(every)


@pytest.mark.slow
@pytest.mark.parametrize("seed", seeds(range(12), 4))
def test_no_small_count_can_be_worked_out_from_all_releases_together(release, seed):
    reader = Attacker()
    truths: dict[Any, Any] = {}

    def name_in(truth):
        return lambda key: (key, truth[key])

    for rows in files(seed):
        found, _ = release(rows)
        truth = {key: (n, positive, n - positive) for key, (n, positive) in rows.items()}
        truth |= {  # of what is printed; rows that are withheld are those of the file
            tuple(key): (tally.screened, tally.positive, tally.negative)
            for key, tally in latest_counts(read_ledger(release.path)).items()
        }
        reader.reads(found, truth, name_in(truth))
        truths |= {(key, truth[key]): truth[key] for key in numbers(found)}
    keys = {
        key: [reader.columns[(key, people), measure] for measure in MEASURES]
        for key, people in truth.items()
        if ((key, people), MEASURES[0]) in reader.columns
    }
    reader.relate(keys, truth)
    small = [(named, m) for (named, m) in small_counts(truths, 11)]
    assert small
    assert reader.pinned(small, 11) == []
