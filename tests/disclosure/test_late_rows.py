"""Quarters released one by one, rows that come late to them, and the year: nobody is told."""

from __future__ import annotations

import random
from itertools import product
from typing import NamedTuple

import pytest

from readiness.cli.suppress import as_json
from readiness.disclosure.flat_counts import add_missing_totals, read_rows
from readiness.disclosure.ledger import latest_counts
from readiness.disclosure.service import read_ledger, suppress_beside_ledger
from tests.disclosure.table_attacker import MEASURES, Attacker, small_counts
from tests.disclosure.test_service import source, with_all
from tests.factories.seeds import seeds

STRATA = ("white", "black", "asian", "aian")
QUARTERS = tuple(f"2026-Q{number}" for number in (1, 2, 3, 4))
NEEDS = ("food", "any")


class Visit(NamedTuple):
    patient: int
    group: str
    quarter: str
    stratum: str
    food: bool
    any: bool


class Patients:
    """Who was screened in which quarter; a year counts a patient once, or once a quarter."""

    def __init__(self, seed):
        throw = self.throw = random.Random(seed)
        self.is_once_a_year = seed % 3 == 2
        self.has_all = seed % 2 == 1
        self.groups = ("elm", "oak")[: 1 + self.has_all]
        self.seen: list[Visit] = []
        self.number = 0
        for quarter in QUARTERS:
            for group in self.groups:
                for stratum, most in zip(STRATA, (300, 60, 25, 6), strict=True):
                    self.come(group, quarter, stratum, throw.randint(1, most))

    def come(self, group, quarter, stratum, number):
        for _ in range(number):
            again = self.is_once_a_year and self.seen and self.throw.random() < 0.2
            self.number += 1
            who = self.throw.choice(self.seen).patient if again else self.number
            food = self.throw.random() < 0.2
            other = self.throw.random() < 0.1
            self.seen.append(Visit(who, group, quarter, stratum, food, food or other))

    def come_late(self):
        for _ in range(self.throw.choice((1, 2, 3))):
            quarter = self.throw.choice(QUARTERS[:3])
            group, stratum = self.throw.choice(self.groups), self.throw.choice(STRATA)
            self.come(group, quarter, stratum, self.throw.choice((1, 2, 3, 5, 20)))

    def rows(self, periods):
        found: dict[tuple[str, ...], tuple[int, int]] = {}
        for period in periods:
            for group in self.groups:
                mine = self.visits(group, period)
                for need, stratum in product(NEEDS, ("total", *STRATA)):
                    kind = "total" if stratum == "total" else "race_omb2024"
                    them = [visit for visit in mine if stratum in ("total", visit.stratum)]
                    if them:
                        positive = sum(getattr(visit, need) for visit in them)
                        found[group, period, need, kind, stratum] = (len(them), positive)
        return with_all([found]) if self.has_all else found

    def visits(self, group, period):
        found = [v for v in self.seen if v.group == group and v.quarter.startswith(period)]
        return list({v.patient: v for v in found}.values()) if self.is_once_a_year else found


def files(seed):
    patients = Patients(seed)
    yield patients.rows(QUARTERS[:2])
    patients.come_late()
    yield patients.rows(QUARTERS[:3])
    patients.come_late()
    yield patients.rows((*QUARTERS, "2026"))
    patients.come_late()
    yield patients.rows((*QUARTERS, "2026"))


def as_truth(counts):
    return {
        tuple(key): (tally.screened, tally.positive, tally.negative)
        for key, tally in counts.items()
    }


class Sequence:
    """A reader of all releases, who also knows that late rows only add people."""

    def __init__(self, path):
        self.path = path
        self.reader = Attacker(guess=1)
        self.truths = {}
        self.secrets = set()

    def release(self, rows):
        file = as_truth(add_missing_totals(read_rows(source(rows))))
        found = as_json(suppress_beside_ledger(source(rows), 11, self.path).printed)
        about = as_truth(latest_counts(read_ledger(self.path)))
        truth = {key: about.get(key, tally) for key, tally in file.items()}
        self.read(found, truth)
        self.know(file)
        self.know({**file, **about})
        self.compare(about, file)
        return found

    def read(self, found, truth):
        self.reader.reads(found, truth, lambda key: (key, truth[key]))
        self.remember(truth)

    def know(self, truth):
        """Numbers that are not printed, and how they hang together."""
        keys = {
            key: [
                self.reader.column(((key, people), measure), float(min(1, count)))
                for measure, count in zip(MEASURES, people, strict=True)
            ]
            for key, people in truth.items()
        }
        self.reader.relate(keys, truth)
        self.remember(truth)

    def remember(self, truth):
        named = {(key, people): people for key, people in truth.items()}
        self.truths |= named
        self.secrets |= set(small_counts(named, 11))

    def compare(self, before, after):
        for key in before.keys() & after.keys():
            for measure, was, now in zip(MEASURES, before[key], after[key], strict=True):
                if now <= was:
                    continue
                late = ("late", key, before[key], after[key])
                self.reader.column((late, measure), 1.0)
                self.reader.sums_to(
                    self.reader.columns[(key, after[key]), measure],
                    [
                        self.reader.columns[(key, before[key]), measure],
                        self.reader.columns[late, measure],
                    ],
                )
                if now - was < 11:
                    self.secrets.add((late, measure))


@pytest.mark.slow
@pytest.mark.parametrize("seed", seeds(range(100), 6))
def test_four_releases_with_late_rows_and_the_year_tell_nobody(tmp_path, seed):
    sequence = Sequence(tmp_path / "ledger.jsonl")
    for rows in files(seed):
        sequence.release(rows)
    assert sequence.secrets
    assert sequence.reader.pinned(sorted(sequence.secrets, key=repr), 11) == []


# What the releases above rest on, by hand.


def totals(**quarters):
    return {("elm", period, "food", "total", "total"): tally for period, tally in quarters.items()}


YEAR = {"2026-Q1": (200, 50), "2026-Q2": (210, 60), "2026-Q3": (220, 55), "2026-Q4": (190, 44)}


def printed(path, rows):
    found = suppress_beside_ledger(source(rows), 11, path)
    return {
        (row.key.period, row.key.stratum): (row.screened, row.positive)
        for row in found.printed.rows
    }, found.notices


def test_a_year_leaves_out_the_few_who_came_late_to_a_quarter_that_stays(tmp_path):
    path = tmp_path / "ledger.jsonl"
    printed(path, totals(**YEAR))
    late = {**YEAR, "2026-Q1": (203, 51), "2026": (823, 210)}
    found, notices = printed(path, totals(**late))
    assert found["2026-Q1", "total"] == (200, 50)
    assert found["2026", "total"] == (820, 209)
    assert notices[1].startswith("2026: adds up the releases that stay")
    assert printed(path, totals(**late)) == (found, notices)


def test_once_enough_have_come_quarter_and_year_are_released_anew(tmp_path):
    path = tmp_path / "ledger.jsonl"
    printed(path, totals(**YEAR))
    printed(path, totals(**{**YEAR, "2026-Q1": (203, 51), "2026": (823, 210)}))
    more = {**YEAR, "2026-Q1": (240, 65), "2026": (860, 224)}
    found, notices = printed(path, totals(**more))
    assert [found[each, "total"] for each in ("2026-Q1", "2026")] == [(240, 65), (860, 224)]
    assert notices == ()


def test_a_small_number_of_a_quarter_that_stays_is_not_told_by_the_year(tmp_path):
    def quarter(period, white, black):
        return {
            ("elm", period, "food", "total", "total"): tuple(
                map(sum, zip(white, black, strict=True))
            ),
            ("elm", period, "food", "race_omb2024", "white"): white,
            ("elm", period, "food", "race_omb2024", "black"): black,
        }

    path = tmp_path / "ledger.jsonl"
    others = {
        **quarter("2026-Q2", (310, 61), (70, 20)),
        **quarter("2026-Q3", (320, 62), (80, 20)),
        **quarter("2026-Q4", (330, 63), (90, 20)),
    }
    printed(path, {**quarter("2026-Q1", (300, 60), (60, 4)), **others})
    found, _ = printed(
        path,
        {
            **quarter("2026-Q1", (300, 60), (62, 4)),
            **others,
            **quarter("2026", (1260, 246), (302, 64)),
        },
    )
    assert found["2026", "black"] == (300, None)
    assert found["2026", "total"] == (1560, 310)
