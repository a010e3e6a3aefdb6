"""A stratified measure beside the rules of accreditors: aligned with, not aligned, or not told."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from readiness.core.config import ROOT
from readiness.core.errors import BadInput
from readiness.counts.strata import STRATA, StratumType
from readiness.equity import alignment
from readiness.equity.alignment import (
    Alignment,
    AlignmentVerdict,
    SplitTable,
    alignment_json,
    alignment_of,
    alignments,
)
from readiness.equity.stratification import loader
from readiness.equity.stratification.models import StratificationStatus
from readiness.equity.tables import StratumCount, StratumTable, TableKey
from readiness.instruments.seals import seal_of, seals_in

RULES = loader.load()
RULE = {each.id: each for each in RULES.rules}
FILE = loader.FOLDER / "rules" / f"{RULES.version}.yaml"
PAGE = ROOT / "templates/equity/stratification_rules.html"


def split(kind="race_omb2024", beside=(), without=(), is_released=True, counts=(100, 200), **own):
    """Every stratum of a type with the same counts; others by name: `white=(3, 200)`."""
    names = [name for name in STRATA[kind.removesuffix("_estimated")] if name not in without]
    numbers = {name: StratumCount(*own.get(name, counts)) for name in names}
    table = StratumTable(TableKey("COL", "2026-Q4", "elm", kind), numbers)
    return SplitTable(table, frozenset({kind, *beside}), is_released)


def told(rule_id, found):
    each = alignment_of(RULE[rule_id], found)
    return str(each.verdict), each.because


def test_every_file_of_rules_still_has_the_hash_it_was_published_with():
    files = {str(path.relative_to(loader.FOLDER)): path for path in FILE.parent.glob("*.yaml")}
    assert {name: seal_of(path.read_bytes()) for name, path in files.items()} == seals_in(
        loader.FOLDER
    )


def test_nothing_here_ever_says_that_a_standard_is_met():
    says = [
        each.says
        for kind in ("race_omb2024", "race_omb1997", "ethnicity", "language")
        for each in alignments(RULES, split(kind))
    ]
    written = (FILE, Path(alignment.__file__), PAGE)
    for text in (*says, *(path.read_text(encoding="utf-8") for path in written)):
        assert not re.search(r"\b(meets|compliant|certified)\b", text, re.IGNORECASE)


def test_a_split_with_every_category_is_aligned_with_the_revision_it_follows():
    assert told("omb-2024", split()) == ("aligned with", ())
    assert told("omb-2024", split(without={"mena"})) == (
        "not aligned with",
        ("there is no row for Middle Eastern or North African alone (0 is a row too)",),
    )


def test_the_categories_of_1997_are_not_aligned_with_the_revision_of_2024():
    verdict, (because,) = told("omb-2024", split("race_omb1997"))
    assert verdict == "not aligned with"
    assert because.startswith("it asks for race and ethnicity as one question, and this is race in")


def test_race_and_ethnicity_are_asked_beside_each_other():
    assert told("ncqa-hedis", split("race_omb1997")) == (
        "not aligned with",
        ("the measure is not split by ethnicity as a question of its own too",),
    )
    assert told("ncqa-hedis", split("race_omb1997", beside={"ethnicity"})) == ("aligned with", ())


def test_imputed_race_is_not_made_whole_by_ethnicity_that_was_told():
    estimated = "race_omb1997_estimated"
    assert told("ncqa-hedis", split(estimated, beside={"ethnicity"}))[0] == "not aligned with"
    both = split(estimated, beside={"ethnicity_estimated"})
    assert told("ncqa-hedis", both) == ("aligned with", ())


def test_where_a_rule_is_silent_on_imputed_data_it_cannot_be_told():
    assert told("omb-2024", split("race_omb2024_estimated")) == (
        "cannot be told",
        ("how it takes estimated data could not be verified",),
    )


def test_whether_a_rule_takes_a_way_of_splitting_may_be_open():
    verdict, because = told("ncqa-hedis", split())
    assert verdict == "cannot be told"
    assert because == ("whether it takes race and ethnicity as one question could not be verified",)


@pytest.mark.parametrize(
    "status", [each for each in StratificationStatus if each is not StratificationStatus.IN_FORCE]
)
def test_only_a_rule_in_force_is_held_against_anything(status):
    found = alignment_of(replace(RULE["omb-2024"], status=status), split(without={"white"}))
    assert found.verdict is AlignmentVerdict.CANNOT_BE_TOLD


@pytest.mark.parametrize(
    ("white", "verdict"),
    [
        ((100, 200), "aligned with"),
        ((0, 200), "aligned with"),  # zero may be shown
        ((11, 22), "aligned with"),
        ((10, 200), "not aligned with"),
        ((190, 200), "not aligned with"),  # ten who do not
        ((None, 9), "not aligned with"),
        ((None, None), "aligned with"),
    ],
)
def test_small_counts_are_counts_of_those_who_do_and_of_those_who_do_not(white, verdict):
    assert told("cms-cells", split(white=white))[0] == verdict


def test_counts_as_entered_say_nothing_of_what_others_are_shown():
    assert told("cms-cells", split(white=(3, 9), is_released=False))[0] == "cannot be told"


def test_too_few_patients_are_counted_among_groups_of_people():
    rule = replace(RULE["cms-within-facility"], status=StratificationStatus.IN_FORCE)
    few = split(white=(1, 11), black=(0, 0), unknown=(1, 2))
    assert alignment_of(rule, few).because == ("1 group has fewer than 12 patients",)
    hidden = alignment_of(rule, split(white=(None, None)))
    assert hidden.because == ("some numbers of patients are hidden",)


def test_a_rule_on_race_says_nothing_of_other_splits():
    found = {each.rule.id for each in alignments(RULES, split("language"))}
    assert "cms-cells" in found
    assert not {"omb-2024", "omb-1997", "ncqa-hedis", "hrsa-uds"} & found


def test_a_way_of_splitting_that_is_none_of_ours_is_held_against_nothing():
    place = TableKey("COL", "2026", "elm", "zodiac")
    table = StratumTable(place, {"lion": StratumCount(100, 200)})
    assert not alignments(RULES, SplitTable(table, frozenset({"zodiac"}), is_released=True))


def test_a_file_knows_how_else_its_measures_are_split():
    tables = [split(kind).table for kind in ("race_omb1997", "ethnicity")]
    other = replace(tables[1], place=replace(tables[1].place, group_id="oak"))
    both = alignment_json(RULES, tables)["measures"][0]["rules"]
    apart = alignment_json(RULES, [tables[0], other])["measures"][0]["rules"]
    verdicts = [
        next(each["verdict"] for each in found if each["id"] == "ncqa-hedis")
        for found in (both, apart)
    ]
    assert verdicts == ["aligned with", "not aligned with"]
    json.dumps(both)


def test_each_verdict_has_its_sentence():
    rule = RULE["omb-2024"]
    title = f"{rule.steward}, {rule.name}"
    says = [
        Alignment(rule, verdict, because).says
        for verdict, because in zip(AlignmentVerdict, ((), ("a", "b"), ("c",)), strict=True)
    ]
    assert says == [
        f"Aligned with {title}, in what could be verified.",
        f"Not aligned with {title}, because a; b.",
        f"Cannot be told for {title}, because c.",
    ]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b"[aian, asian, black, hispanic,", b"[aian, asian, blue, hispanic,", "no stratum of it"),
        (b"      race_omb2024: [aian, asian", b"      race_2024: [aian, asian", "no way of"),
        (b"  - id: omb-1997", b"  - id: omb-2024", "used twice"),
        (b"seen: true", b"seen: false", "no source was seen"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(old, new, says):
    with pytest.raises(BadInput, match=says):
        loader.read(FILE.read_bytes().replace(old, new))


def test_every_rule_says_what_could_not_be_verified_and_where_it_was_looked_for():
    for rule in RULES.rules:
        assert rule.not_verified
        assert all(source.at.startswith("http") for source in rule.sources)
        assert rule.splits.keys() <= set(StratumType)
