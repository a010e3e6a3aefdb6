"""Whole quarters of a group: few numbers hidden, and no small count to be worked out."""

from __future__ import annotations

import csv
import io

import pytest

from readiness.cli.suppress import as_json
from readiness.disclosure.service import suppress
from tests.disclosure.table_attacker import MEASURES, Attacker, small_counts
from tests.factories.screen_tables import source_of

# Seed and patients -> numbers hidden, at the most, when this was written; the search before, which
# hid for one count after the other, hid 375, 350 and 291.
RECORDED = {(1, 150): 376, (2, 400): 338, (3, 1_000): 258}


def truth_of(source):
    rows = csv.reader(io.TextIOWrapper(source.open()))
    next(rows)
    return {
        tuple(key): (int(screened), int(positive), int(screened) - int(positive))
        for *key, screened, positive in rows
    }


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "patients"), RECORDED)
def test_a_quarter_hides_no_more_than_it_did_and_tells_no_small_count(seed, patients):
    source = source_of(seed, patients)
    found = as_json(suppress(source, 11))
    reader, truth = Attacker(), truth_of(source)
    reader.reads(found, truth)
    assert reader.pinned([c for c in small_counts(truth, 11) if c in reader.columns], 11) == []
    hidden = sum(row[measure] is None for row in found["rows"] for measure in MEASURES)
    assert 0 < hidden <= RECORDED[seed, patients]
