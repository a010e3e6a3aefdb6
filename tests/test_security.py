"""What SECURITY.md and the list beside it claim: counted, and every name leads somewhere."""

from __future__ import annotations

import csv
import re
from collections import Counter

import pytest

from tests.prove.named_tests import missing
from tests.test_repository import ROOT, text_of

BY_CHAPTER = (27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7)  # of levels 1 and 2
MET, NOT_MET, NOT_OURS = "met", "not met", "does not apply"


@pytest.fixture(scope="module")
def claims():
    with (ROOT / "docs" / "asvs.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def chapter(claim):
    return int(claim["requirement"].removeprefix("V").split(".")[0])


def test_every_requirement_of_levels_1_and_2_is_answered_once(claims):
    assert len({claim["requirement"] for claim in claims}) == len(claims)
    assert Counter(map(chapter, claims)) == dict(enumerate(BY_CHAPTER, start=1))
    assert Counter(claim["level"] for claim in claims) == {"1": 70, "2": 183}
    assert all(re.fullmatch(r"V\d+\.\d+\.\d+", claim["requirement"]) for claim in claims)
    assert {claim["status"] for claim in claims} == {MET, NOT_MET, NOT_OURS}


def test_what_is_met_says_where_and_what_is_not_says_why(claims):
    for claim in claims:
        assert 1 <= len(claim["gist"].split()) <= 8, claim
        if claim["status"] == MET:
            assert claim["where"], claim
            assert claim["test"] or claim["reason"], claim
        else:
            assert claim["reason"].endswith("."), claim


def test_every_file_and_test_that_is_named_exists(claims):
    files = {claim["where"] for claim in claims} - {""}
    assert [name for name in sorted(files) if not (ROOT / name).is_file()] == []
    assert missing({claim["test"] for claim in claims} - {""}) == []


def test_every_section_that_is_named_exists(claims):
    said = text_of(ROOT / "SECURITY.md")
    named = {
        found[1]
        for claim in claims
        if claim["where"] == "SECURITY.md"
        and (found := re.fullmatch(r"Section (.*)\.", claim["reason"]))
    }
    assert len(named) > 8
    assert [name for name in sorted(named) if f"\n## {name}\n" not in said] == []


def test_the_page_tells_the_counts_and_what_is_not_met_at_level_1(claims):
    said = " ".join(text_of(ROOT / "SECURITY.md").split())
    by = Counter(claim["status"] for claim in claims)
    assert (
        f"{len(claims)} requirements: {by[MET]} met, {by[NOT_MET]} not met,"
        f" {by[NOT_OURS]} do not apply." in said
    )
    told = said.partition("Not met at level 1:")[2]
    wanted = {c["requirement"] for c in claims if c["status"] == NOT_MET and c["level"] == "1"}
    assert set(re.findall(r"V\d+\.\d+\.\d+", told)) == wanted


def test_the_page_names_only_files_that_exist():
    said = text_of(ROOT / "SECURITY.md")
    links = set(re.findall(r"\]\((?!https?:)([^)#]+)", said))
    paths = set(re.findall(r"`((?:readiness|tests|script|docs)/[\w./]+)`", said))
    assert [name for name in sorted(links | paths) if not (ROOT / name).exists()] == []
