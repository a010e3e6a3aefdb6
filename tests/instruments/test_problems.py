"""Every kind of problem a file can have is found, with its place, and ends in what to do."""

from __future__ import annotations

import random

import pytest

from readiness.core.errors import Problem
from readiness.core.yaml_file import MOST_BYTES
from readiness.instruments.loader import problems_of
from tests.factories.second_version import changed, entry, second_text, shipped_text

SHIPPED_TEXT = shipped_text()
LEVEL_4 = (
    "      4: As level 3, and the body set, changed or knowingly kept a target, budget or plan"
)


def problems(tmp_path, text: str | bytes) -> tuple[Problem, ...]:
    path = tmp_path / "instrument.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return problems_of(path)


def test_the_second_version_is_sound(tmp_path):
    assert problems(tmp_path, second_text()) == ()


ONE_CHANGE = [
    # what was written, what is written now, where, what is said
    ("    stem: Who answers", "    stemm: Who answers", "items › LEAD-1 › stemm", "write 'stem'"),
    ("    stem: Who answers", "    stemm: Who answers", "items › LEAD-1 › stem", "is missing"),
    ("minutes: 90", "minutes: soon", "minutes", "whole number from 1 to 1000"),
    ("minutes: 90", "minutes: '90'", "minutes", '"90" in quotes'),
    ("minutes: 90", "minutes: [90]", "minutes", "here stands a list"),
    ("minutes: 90", "minutes:", "minutes", "here stands nothing"),
    ("id: qmer\n", "id: Q M\n", "id", "a name of small letters"),
    ("version: '2026.1'", "version: next", "version", "a version such as 2026.1"),
    ("status: published", "status: ready", "status", "one of draft, published, retired"),
    ("published_on: '2026-03-01'", "published_on: March", "published_on", "a day such as"),
    ("axis: QMS", "axis: QSM", "domains › LEAD › axis", "QSM is not among the axes: write QMS"),
    ("domain: LEAD\n", "domain: LAED\n", "items › LEAD-1 › domain", "LAED is not among the dom"),
    ("- id: LEAD-2\n", "- id: LEAD-1\n", "items › LEAD-1", "LEAD-1 is used 2 times"),
    ("      0: No one is named.\n", "", "items › LEAD-1 › levels", "five levels 0 to 4, here are"),
    (LEVEL_4, LEVEL_4.replace("4:", "5:"), "items › LEAD-2 › levels", "0, 1, 2, 3, 5"),
    ("      0: No one is named.", "      0: ''", "items › LEAD-1 › levels › 0", "not empty"),
    ("      0: No one is named.", "      0: ~", "items › LEAD-1 › levels › 0", "not empty"),
    ("PCMHA: [LEAD]", "PCHMA: [LEAD]", "items › LEAD-1 › crosswalk › PCHMA", "write PCMHA"),
    ("HCHE: [D1, D5]", "HCHE: [D9]", "items › LEAD-1 › crosswalk › HCHE", "elements of HCHE"),
    ("essential_gates: {REAL-1: 2}", "essential_gates: {REAL-1: 5}", "REAL-1", "from 0 to 4"),
    ("gates: {REAL-1: 2}", "gates: {REAL-8: 2}", "REAL-8", "not among the items"),
    ("{MEAS-2: 3, EQME-1: 3", "{MEAS-2: 1, EQME-1: 3", "T4 › essential_gates › MEAS-2", "not fall"),
    ("{MEAS-2: 3, EQME-1: 3", "{MEAS-2: 2, EQME-1: 3", "MEAS-2", "take this gate out"),
    ("supporting_gates: {LEAD-1: 2,", "supporting_gates: {REAL-1: 2,", "REAL-1", "keep one of the"),
    ("supporting_unmet_max: 1", "supporting_unmet_max: 9", "supporting_unmet_max", "lower it"),
    ("domain_min: 40", "domain_min: 10", "tiers › T3 › domain_min", "T3 asks for 10, T2 for 15"),
    ("axis_min: {QMS: 60", "axis_min: {QMS: 35", "tiers › T3 › axis_min › QMS", "ask T3 for more"),
    ("axis_min: {QMS: 60", "axis_min: {QQS: 60", "tiers › T3 › axis_min › QQS", "among the axes"),
    ("minutes: 90", "minutes: 90\nstep_effort: [1, 3, 2, 4]", "step_effort", "may not cost less"),
    ("minutes: 90", "minutes: 90\nstep_effort: [1, 2, 3]", "step_effort", "4"),
    ("- id: T3", "- id: T5", "tiers › T5 › id", "call this one T3"),
    ("na_cap: T2", "na_cap: T9", "limits › na_cap", "T9 is not among the tiers"),
    ("na_per_domain: 0.34", "na_per_domain: 34", "limits › na_per_domain", "from 0 to 1"),
    ("na_when: sites == 1", "na_when: sites =", "LEAD-5 › na_when", "not a condition"),
    ("na_when: sites == 1", "na_when: sits == 1", "LEAD-5 › na_when", "sits is not a key"),
    ("na_when: sites == 1", "na_when: open('x')", "LEAD-5 › na_when", "may not contain"),
    ("na_when: sites == 1", "na_when: 1 == 1", "LEAD-5 › na_when", "reads nothing"),
    ("na_when: sites == 1", f"na_when: {'(' * 300}1", "LEAD-5 › na_when", "a condition"),
    ("na_when: sites == 1", f"na_when: {'not ' * 300}sites", "LEAD-5 › na_when", "shorten it"),
    ('level("EQME-4") <= 1', 'level("EQME-9") <= 1', "CONT-4 › na_when", "EQME-9 is not among"),
    ('level("EQME-4") <= 1', 'level("CONT-4") <= 1', "CONT-4 › na_when", "about itself"),
    ("    na_when: sites == 1\n", "", "LEAD-5 › na_when", "write both"),
    ("{3: 0.6, 4: 0.8}", "{3: 0.8, 4: 0.6}", "SOCR-5 › support_at", "larger share"),
    ("{3: 0.6, 4: 0.8}", "{5: 0.8}", "SOCR-5 › support_at", "5 is not a level"),
    ("    support_at: {3: 0.6, 4: 0.8}\n", "", "SOCR-5 › support_at", "write both"),
    ("items: [REAL-1, REAL-2,", "items: [REAL-1, REAL-0,", "REALCOL › items", "REAL-0 is not"),
    ("sources: [S58, S59, S78]", "sources: [S58, S98]", "effect › sources", "S98 is not among"),
    ("measures: [CBP, GSD]", "measures: [CPB, GSD]", "PHARM › measures", "write CBP"),
    ("kind: enabling", "kind: magic", "REALCOL › kind", "one of enabling"),
    ("per: site", "per: sight", "COACH › cost › per", "one of group, site"),
    ("quantity: sites", "quantity: sights", "COACH › cost › quantity", "sights is not a context"),
    ("quantity: sites", "quantity: age_mix", "COACH › cost › quantity", "with a number"),
    ("quantity: sites", "quantity: sites ** 9", "COACH › cost › quantity", "may not contain"),
    ("low: 30000", "low: 130000", "REALCOL › cost › low", "swap or mend"),
    ("likely: 250000", "likely: 1", "LEARN › cost › likely", "outside low to high"),
    ("months_to_launch: 2", "months_to_launch: -2", "months_to_launch", "from 0 to 120"),
    ("months_to_effect: [6, 12]", "months_to_effect: [12, 6]", "months_to_effect", "earlier first"),
    ("months_to_effect: [6, 12]", "months_to_effect: [6]", "months_to_effect", "2 or more"),
    ("status: part V, numbers K", "status: surely", "DASH › effect › status", "none of the marks"),
    ("prerequisites: {LEAD-1: 1}", "prerequisites: {LEAD-9: 1}", "LEAD-9", "not among the items"),
    ("type: boolean", "type: choice", "fields › separate_governing_body", "a choice has choices"),
    ("type: boolean", "type: table", "fields › separate_governing_body", "a table has columns"),
    ("key: rural_share", "key: deprived_share", "fields › deprived_share", "more than once"),
    ("minimum: 0\n        maximum: 1", "minimum: 2\n        maximum: 1", "CTX-", "raise it"),
    ("level: 4\n", "level: 3\n", "scale › levels", "levels 0 to 4 in order"),
    ("PCMH-A, source S21", "PCMH-A, source S97", "about › completion", "S97 is cited"),
    ("rule for real change (MEAS-7)", "rule (MEAS-9)", "EQME-5 › levels › 3", "MEAS-9 is"),
    ("    gate_why: without an acc", "    na_says: without an acc", "LEAD-1 › gate_why", "say why"),
    ("minutes: 90", "minutes: 90\nminutes: 91", "line", "'minutes' stands here a second time"),
]  # fmt: skip


@pytest.mark.parametrize(("was", "now", "where", "says"), ONE_CHANGE)
def test_one_wrong_thing_is_found_where_it_stands(tmp_path, was, now, where, says):
    found = problems(tmp_path, changed(SHIPPED_TEXT, was, now))
    assert any(where in p.place and says in p.says for p in found), found
    assert all(p.place.startswith("line ") and ": " in p.says for p in found), found


def test_a_problem_names_the_line_it_stands_on(tmp_path):
    text = changed(SHIPPED_TEXT, "domain_min: 40", "domain_min: many")
    line = text[: text.index("domain_min: many")].count("\n") + 1
    (problem,) = problems(tmp_path, text)
    assert str(problem) == (
        f"line {line}, tiers › T3 › domain_min: here stands 'many': write a number from 0 to 100"
    )


def test_one_mistake_is_told_once_and_not_again_for_what_follows_from_it(tmp_path):
    assert len(problems(tmp_path, changed(SHIPPED_TEXT, "domain: LEAD\n", "domain: ''\n"))) == 1


def test_a_file_with_six_problems_reports_six(tmp_path):
    text = SHIPPED_TEXT
    for was, now in (
        ("minutes: 90", "minutes: soon"),
        ("na_when: sites == 1", "na_when: sits == 1"),
        ("domain_min: 40", "domain_min: 10"),
        ("HCHE: [D1, D5]", "HCHE: [D9]"),
        ("low: 30000", "low: 130000"),
        ("kind: governance", "kind: magic"),
    ):
        text = changed(text, was, now)
    assert len(problems(tmp_path, text)) == 6


def test_an_item_that_nothing_helps_with_is_found(tmp_path):
    text = SHIPPED_TEXT.replace("PART-2, ", "")
    (problem,) = problems(tmp_path, text)
    assert "no intervention helps with PART-2" in problem.says


def test_a_reason_without_a_gate_is_found(tmp_path):
    (problem,) = problems(tmp_path, changed(SHIPPED_TEXT, ", PART-2: 3}", "}"))
    assert "no tier has PART-2 as a gate" in problem.says


def test_interventions_that_wait_for_each_other_are_found(tmp_path):
    text = SHIPPED_TEXT.replace("prerequisites: {}", "prerequisites: {LEAD-1: 1}")
    found = problems(tmp_path, text)
    assert len(found) == 25
    assert all("nothing that can be begun improves" in problem.says for problem in found)


def test_a_domain_without_items_is_found(tmp_path):
    spare = "domains:\n\n  - id: NONE\n    axis: QMS\n    title: a\n    short: a\n"
    text = changed(SHIPPED_TEXT, "domains:\n", spare + "    purpose: a b\n    seed_link: a b\n\n")
    (problem,) = problems(tmp_path, text)
    assert "the domain NONE has no item" in problem.says


def test_a_table_may_not_stand_in_a_table(tmp_path):
    text = changed(SHIPPED_TEXT, "          - key: language\n            label: Language\n"
                   "            type: text", "          - key: language\n"
                   "            label: Language\n            type: table")  # fmt: skip
    assert any("may not stand in a table" in p.says for p in problems(tmp_path, text))


HOSTILE = [
    (b"", "the file is empty"),
    (b"# only a comment\n", "the file is empty"),
    (b"just words", "write entries named"),
    (b"- a\n- b\n", "write entries named"),
    (b"a: &x [1]\nb: *x\n", "anchors and aliases"),
    (b"a: !!python/object/apply:os.system [ls]\n", "tag"),
    (b"a: 1\n---\nb: 2\n", "more than one document"),
    (b"? [a, b]\n: 1\n", "a key must be one word"),
    (b"a: [1, 2\n", "this is not YAML"),
    (b"a: b: c\n", "this is not YAML"),
    (b"a: \x01\n", "characters"),
    (b"a: \xff\xfe\n", "not UTF-8"),
    (b"[" * 5000, "nested too deeply"),
    (b"{a: " * 5000, "nested too deeply"),
    (b"- x\n" * 200_000, "too many parts"),
    (b"#" * (MOST_BYTES + 1), "bytes"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("raw", "says"), HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_file_gives_problems_and_nothing_worse(tmp_path, raw, says):
    assert any(says in problem.says for problem in problems(tmp_path, raw))


def test_a_missing_file_is_a_problem_too(tmp_path):
    (problem,) = problems_of(tmp_path / "nothing.yaml")
    assert "cannot be read" in problem.says
    (problem,) = problems_of(tmp_path)
    assert "cannot be read" in problem.says


@pytest.mark.slow
def test_a_file_cut_or_scrambled_anywhere_never_crashes_the_check(tmp_path):
    rng = random.Random(20260301)
    lines = SHIPPED_TEXT.splitlines()
    for _ in range(60):
        n = rng.randrange(len(lines))
        other = list(lines)
        other[n] = rng.choice(["", "x", "  - ", "a: [", *lines])
        del other[rng.randrange(len(other)) :][: rng.choice([0, 1, 40])]
        problems(tmp_path, "\n".join(other))


def test_every_item_can_be_taken_out_and_the_gaps_are_named(tmp_path):
    found = problems(tmp_path, changed(SHIPPED_TEXT, entry(SHIPPED_TEXT, "MEAS-2"), ""))
    places = [problem.place for problem in found]
    assert any("tiers › T3 › essential_gates › MEAS-2" in place for place in places)
    assert any("interventions › STRAT › items" in place for place in places)
