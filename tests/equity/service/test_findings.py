"""What `flask equity` lets a reader work out: nothing of a small count."""

from __future__ import annotations

import random

import pytest

from readiness.core.errors import BadInput
from readiness.core.tables.models import file_in_memory
from readiness.counts.measures.models import Direction
from readiness.equity.findings import Declarations, as_json
from readiness.equity.service.findings import NO_REFERENCE, report
from tests.disclosure.table_attacker import Attacker, small_counts

HEADER = "group_id,period,measure,stratum_type,stratum,numerator,denominator"
RACES = ("asian", "black", "hispanic", "white", "unknown")
LANGUAGES = ("english", "spanish", "other")


def made(rows):
    """`rows`: (group, period, measure, type, stratum) -> (denominator, numerator)."""
    lines = [",".join((*key, str(above), str(below))) for key, (below, above) in rows.items()]
    return file_in_memory("file", "counts.csv", "\n".join((HEADER, *lines)).encode())


def found(rows, **references):
    return as_json(report(made(rows), Declarations(references), 11).findings)


def strata_in(output):
    return {
        (
            each["group_id"],
            each["period"],
            each["measure"],
            each["stratum_type"],
            stratum["stratum"],
        ): stratum
        for each in output["measures"]
        for stratum in each["strata"]
    }


class Reader(Attacker):
    """Those who do not meet a measure are never printed, and a breakdown may leave some out."""

    def __init__(self):
        super().__init__()
        self.rests = {}

    def printed(self, key, measure, value):
        if measure == "negative":
            return self.column((key, measure))
        return super().printed(key, measure, value)

    def adds_up(self, keys, truth, whole, parts):
        super().adds_up(keys, truth, whole, parts)
        if whole not in keys or not parts or whole[3] != "total" or parts[0][3] == "total":
            return
        found = [sum(each) for each in zip(*(truth[part] for part in parts), strict=True)]
        if found != list(truth[whole]):
            name = (whole, parts[0][3], "rest")
            left = [a - b for a, b in zip(truth[whole], found, strict=True)]
            self.rests[name] = left
            columns = [
                self.column((name, measure)) for measure in ("screened", "positive", "negative")
            ]
            self.sums_to(columns[0], columns[1:])
            for at, column in enumerate(columns):
                self.sums_to(keys[whole][at], [*(keys[part][at] for part in parts), column])


def given_away(rows):
    output = found(rows, race="white")
    shown = strata_in(output)
    truth = {key: (below, above, below - above) for key, (below, above) in rows.items()}
    for key in shown.keys() - truth.keys():
        strata = [truth[k] for k in rows if k[:3] == key[:3] and k[3] == "race"]
        truth[key] = tuple(sum(each) for each in zip(*strata, strict=True))
    reader = Reader()
    release = {
        "rows": [
            dict(
                zip(("group_id", "period", "domain", "stratum_type", "stratum"), key, strict=True),
                screened=row["denominator"],
                positive=row["numerator"],
                negative=None,
            )
            for key, row in shown.items()
        ],
        "coarsened": [],
    }
    reader.reads(release, truth)
    return reader.pinned(small_counts({**truth, **reader.rests}, 11), 11)


def people(seed, *, is_partial):
    """Invented patients of three groups, each in one race and one language."""
    rng = random.Random(seed)
    rows = {}
    for group in ("g1", "g2", "g3"):
        everybody = [
            (
                rng.choices(RACES, (5, 12, 16, 60, 7))[0],
                rng.choices(LANGUAGES, (80, 14, 6))[0],
                rng.random() < 0.7,
            )
            for _ in range(rng.choice((9, 40, 160, 600)))
        ]
        for at, (kind, names) in enumerate((("race", RACES), ("language", LANGUAGES))):
            for name in names[:-1] if is_partial and kind == "language" else names:
                own = [each[2] for each in everybody if each[at] == name]
                rows[group, "2026", "COL", kind, name] = (len(own), sum(own))
        if is_partial:
            rows[group, "2026", "COL", "total", "total"] = (
                len(everybody),
                sum(each[2] for each in everybody),
            )
    return rows


@pytest.mark.slow
@pytest.mark.parametrize("is_partial", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_nobody_can_work_out_a_small_count(seed, is_partial):
    assert given_away(people(seed, is_partial=is_partial)) == []


def test_the_reader_would_notice_one_that_is_shown():
    """The attack can succeed: four who do not meet it are the difference of two printed numbers."""
    reader = Reader()
    key = ("g1", "2026", "COL", "total", "total")
    row = dict(zip(("group_id", "period", "domain", "stratum_type", "stratum"), key, strict=True))
    release = {"rows": [{**row, "screened": 60, "positive": 56, "negative": None}], "coarsened": []}
    reader.reads(release, {key: (60, 56, 4)})
    assert reader.pinned([(key, "negative")], 11) == [(key, "negative")]


def rows_of(**strata):
    return {("g", "2026", "COL", "race", name): pair for name, pair in strata.items()}


def test_hidden_numbers_go_into_no_rate_no_gap_and_no_spread():
    output = found(rows_of(white=(400, 300), black=(150, 90), asian=(9, 5)), race="white")
    race = next(each for each in output["measures"] if each["stratum_type"] == "race")
    assert race["reference"] == "white"
    by_stratum = {each["stratum"]: each for each in race["strata"]}
    assert by_stratum["asian"] == {
        "stratum": "asian",
        "numerator": None,
        "denominator": None,
        "rate": None,
        "low": None,
        "high": None,
        "use": "hidden",
    }
    asian = next(gap for gap in race["gaps"] if gap["stratum"] == "asian")
    assert {asian[key] for key in asian if key not in ("stratum", "use")} == {None}
    assert "asian" not in race["spread"]["strata"]


def test_shares_and_not_percent():
    output = found(rows_of(white=(400, 300), black=(200, 120)), race="white")
    race = next(each for each in output["measures"] if each["stratum_type"] == "race")
    assert race["gaps"][0]["difference"] == pytest.approx(-0.15)
    assert race["gaps"][0]["to_close"] == pytest.approx(30)
    assert race["strata"][0]["rate"] == 0.75


def test_without_a_reference_no_gap_and_a_sentence():
    made_up = report(made(rows_of(white=(400, 300), black=(200, 120))), Declarations(), 11)
    assert made_up.says == (NO_REFERENCE,)
    assert all(not each.gaps and each.reference is None for each in made_up.findings.tables)


def test_what_was_asked_for_in_vain_is_said():
    declared = Declarations({"language": "english", "race": "green"}, {"BCS": Direction.LOWER})
    says = report(made(rows_of(white=(400, 300))), declared, 11).says
    assert len(says) == 3
    assert "--reference number 1" in says[0]
    assert "--reference number 2" in says[1]
    assert "--direction number 1" in says[2]


def test_a_total_that_was_left_out_is_added_and_one_that_is_too_small_is_refused():
    output = found(rows_of(white=(400, 300), black=(200, 120)))
    total = next(each for each in output["measures"] if each["stratum_type"] == "total")
    assert (total["strata"][0]["numerator"], total["strata"][0]["denominator"]) == (420, 600)
    less = {("g", "2026", "COL", "total", "total"): (500, 400), **rows_of(white=(600, 300))}
    with pytest.raises(BadInput, match="line 2: The strata of 'race' and all patients cannot both"):
        found(less)


def test_the_sum_over_all_groups_is_no_peer_of_theirs():
    rows = {
        (group, "2026", "COL", "race", name): pair
        for group, times in (("g1", 1), ("g2", 1), ("ALL", 2))
        for name, pair in (
            ("white", (400 * times, 300 * times)),
            ("black", (200 * times, 120 * times)),
        )
    }
    output = found(rows, race="white")
    race = next(s for s in output["portfolio"]["splits"] if s["stratum_type"] == "race")
    assert {each["group_id"] for each in race["gaps"][0]["groups"]} == {"g1", "g2"}
    assert {each["group_id"] for each in output["measures"]} == {"ALL", "g1", "g2"}
