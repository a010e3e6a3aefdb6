"""Twelve positive of twelve screened tells of each of the twelve: such strata are joined."""

from __future__ import annotations

import random

import pytest

from readiness.cli.suppress import as_json
from readiness.disclosure.service import all_positive_notices, suppress
from tests.disclosure.table_attacker import Attacker, small_counts
from tests.disclosure.test_service import STRATA, block, source
from tests.factories.seeds import seeds


def printed(rows, **options):
    return as_json(suppress(source(rows), 11, **options))


def telling(found):
    """A printed zero beside it says that all were positive, even where their number is hidden."""
    return [row for row in found["rows"] if row["negative"] == 0 and (row["positive"] or 1) < 30]


TWELVE = block("elm", "2026-Q1", [(200, 40), (60, 20), (12, 12), (35, 4)])


def test_a_stratum_that_tells_of_everybody_is_joined_with_the_smallest_other():
    found = printed(TWELVE)
    assert found["coarsened"] == [
        {
            "group_id": "elm",
            "stratum_type": "race_omb2024",
            "from": ["aian", "asian"],
            "to": "other_combined",
        }
    ]
    (joined,) = (row for row in found["rows"] if row["stratum"] == "other_combined")
    assert (joined["screened"], joined["positive"]) == (47, 16)
    assert telling(found) == []


def test_whoever_wants_it_shown_is_told_what_it_tells():
    found = suppress(source(TWELVE), 11, joins_all_positive=False)
    assert [row["stratum"] for row in telling(as_json(found))] == ["asian"]
    assert "all of a few people were positive: 1." in next(all_positive_notices(found))


@pytest.mark.parametrize("tally", [(12, 0), (12, 11), (30, 30)])
def test_nobody_or_many_or_all_but_one_are_joined_with_none(tally):
    found = printed(block("elm", "2026-Q1", [(200, 40), (60, 20), tally, (35, 4)]))
    assert found["coarsened"] == []


def test_where_even_all_together_tell_it_nothing_is_joined_and_it_is_said():
    found = suppress(source(block("elm", "2026-Q1", [(12, 12), (14, 14)])), 11)
    assert not found.merges
    assert found.all_positive == 3
    assert list(all_positive_notices(found))


def random_rows(seed):
    """Strata of a few people, many of whom are positive."""
    luck = random.Random(seed)
    sizes = [luck.choice([1, 3, 8, 12, 15, 40, 90]) for _ in STRATA]
    return {
        key: tally
        for group in ("elm", "oak")
        for key, tally in block(
            group, "2026-Q1", [(n, luck.choice([n, n, n // 2, n // 3])) for n in sizes]
        ).items()
    }


@pytest.mark.parametrize("seed", seeds(range(100), 8))
def test_no_stratum_tells_of_everybody_and_no_small_count_is_told(seed):
    rows = random_rows(seed)
    found = printed(rows)
    truth = {
        key: (screened, positive, screened - positive) for key, (screened, positive) in rows.items()
    }
    reader = Attacker()
    reader.reads(found, truth)
    assert reader.pinned([c for c in small_counts(truth, 11) if c in reader.columns], 11) == []
    whole = {row["group_id"] for row in telling(found) if row["stratum"] == "total"}
    assert {row["group_id"] for row in telling(found)} <= whole
