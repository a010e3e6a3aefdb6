"""The version on trial, and how a version says only what it changes."""

from __future__ import annotations

import re

import pytest

from readiness.assessments.carry_forward import ItemChange, carry
from readiness.core.errors import BadInput
from readiness.instruments import cost_book, cost_book_check
from readiness.instruments import loader as instruments
from readiness.instruments.answers import Answer
from readiness.instruments.loader import SHIPPED
from readiness.instruments.seals import seal_of

FIRST = instruments.load("qmer", "2026.1")
TRIAL = instruments.load("qmer", "2026.2")
TEXT = (SHIPPED / "qmer" / "2026.2.yaml").read_text(encoding="utf-8")
NOT_KNOWN = re.compile(r"(?i)\bnot known\b|\bunknown\b|\bdon.t know\b")


def test_a_version_on_trial_is_taken_only_where_it_is_named():
    assert instruments.load("qmer").version == "2026.1"
    assert cost_book.load().version == "2026.1"
    assert (TRIAL.version, TRIAL.status) == ("2026.2", "trial")
    assert cost_book.load("qmer", "2026.2").version == "2026.2"
    assert cost_book_check.problems_of(cost_book.FOLDER / "qmer" / "2026.2.yaml") == ()


def test_no_level_says_what_dont_know_is_for():
    assert [item.id for item in FIRST.items if NOT_KNOWN.search(item.levels[0])] == [
        "REAL-2",
        "REAL-3",
        "SOCR-2",
        "SOCR-5",
        "CONT-4",
    ]
    assert [item.id for item in TRIAL.items if NOT_KNOWN.search(item.levels[0])] == []


def test_no_domain_becomes_lopsided_and_every_item_has_anchors_and_help():
    assert [len(domain.items) for domain in TRIAL.domains] == [6, 8, 6, 6, 7, 6, 7, 6, 6]
    for item in TRIAL.items:
        assert len(set(item.levels)) == 5, item.id
        assert item.intervention_ids, item.id


def test_what_applies_is_decided_by_facts_alone():
    conditions = {item.id: item.na_when for item in TRIAL.items if item.na_when}
    assert set(conditions) == {"LEAD-2", "LEAD-5", "IMPR-6", "PART-3"}
    assert not any(each.item_ids for each in conditions.values())


def test_every_changed_item_is_named_in_the_list_of_changes():
    changed = {
        each.item_id
        for each in carry(FIRST, TRIAL, {})
        if each.change in (ItemChange.REWORDED, ItemChange.NEW)
    }
    named = set(re.findall(r"[A-Z]{4}-\d", " ".join(TRIAL.changes)))
    assert changed <= named
    assert named - changed == {"PART-3", "IMPR-1"}  # a condition and a reason; the question stays


def test_answers_are_carried_where_the_question_is_the_same_and_no_not_applicable():
    answers = {item.id: Answer.at(2, "kept") for item in FIRST.items}
    answers["CONT-4"] = answers["LEAD-5"] = Answer.not_applicable("so it is")
    found = {each.item_id: each for each in carry(FIRST, TRIAL, answers)}
    assert found["CONT-6"].answer is None
    assert found["CONT-4"].answer is None
    assert found["LEAD-5"].answer is None
    assert found["LEAD-1"].change is ItemChange.SAME
    assert found["REAL-7"].change is ItemChange.REWORDED
    assert found["REAL-7"].answer == answers["REAL-7"]
    assert ItemChange.DROPPED not in {each.change for each in found.values()}


def test_tiers_axes_and_limits_are_those_of_the_first_version():
    assert [
        (tier.id, tier.axis_min, tier.domain_min, tier.supporting_unmet_max) for tier in TRIAL.tiers
    ] == [
        (tier.id, tier.axis_min, tier.domain_min, tier.supporting_unmet_max) for tier in FIRST.tiers
    ]
    assert {(g.tier_id, g.item_id, g.level) for t in TRIAL.tiers for g in t.gates} == {
        (g.tier_id, g.item_id, g.level) for t in FIRST.tiers for g in t.gates
    }
    assert TRIAL.limits == FIRST.limits


def test_costs_and_sources_are_corrected_for_it_too():
    for own in ("FIT", "COACH", "PHARM", "REALAUD", "DASH"):
        assert (
            TRIAL.intervention_by_id[own].cost,
            TRIAL.intervention_by_id[own].effect,
        ) == (FIRST.intervention_by_id[own].cost, FIRST.intervention_by_id[own].effect)
    assert TRIAL.sources == FIRST.sources


def test_what_interventions_bring_to_a_changed_item_is_read_from_its_own_anchors():
    first, trial = cost_book.load("qmer", "2026.1"), cost_book.load("qmer", "2026.2")
    mentions = re.compile(r"interpreter need|explanation|caseload|both ways")
    for note in trial.notes:
        for item_id, delivery in note.delivers.items():
            if item_id in ("REAL-5", "REAL-6", "REAL-7", "SOCR-4"):
                assert not mentions.search(delivery.why), (note.intervention_id, item_id)
    assert trial.note_by_id["REALAUD"].delivers["CONT-6"].level == 3
    assert trial.own_days == first.own_days


# A file that extends another


def write(tmp_path, text, version="2027.3"):
    path = tmp_path / "qmer" / f"{version}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text.replace("version: '2026.2'", f"version: '{version}'"), encoding="utf-8")
    return path


SMALL = """\
extends: '2026.1'
id: qmer
version: '2026.2'
status: draft
items:
  - id: LEAD-1
    stem: Who answers?
    levels:
      0: Nobody.
    gate_why: another reason
  - id: LEAD-5
    na_when: null
    na_says: ~
"""


def test_a_version_is_what_it_extends_but_for_what_it_says(tmp_path):
    found = instruments.read(write(tmp_path, SMALL))
    lead = found.item_by_id["LEAD-1"]
    assert (lead.stem, lead.levels[0]) == ("Who answers?", "Nobody.")
    assert lead.levels[1:] == FIRST.item_by_id["LEAD-1"].levels[1:]
    assert found.item_by_id["LEAD-5"].na_when is None
    assert found.item_by_id["LEAD-2"] == FIRST.item_by_id["LEAD-2"]
    assert [item.id for item in found.items] == [item.id for item in FIRST.items]
    assert found.sha256 == seal_of((tmp_path / "qmer" / "2027.3.yaml").read_bytes())


@pytest.mark.parametrize(
    ("before", "after", "where", "says"),
    [
        ("extends: '2026.1'", "extends: '2020.1'", "line 1", "there is no qmer/2020.1.yaml"),
        ("extends: '2026.1'", "extends: '../x'", "line 1", "there is no"),
        ("extends: '2026.1'", "extends: '2026.2'", "line 1", "extends another version itself"),
        ("id: LEAD-1", "id: LEAD-0", "items › LEAD-0 › domain", "'domain' is missing"),
        ("na_when: null", "na_when: site == 1", "items › LEAD-5 › na_when", "site is not a key"),
        ("stem: Who answers?", "stemm: Who?", "line 7, items › LEAD-1 › stemm", "write 'stem'"),
    ],
)
def test_a_wrong_change_is_told_with_its_place(tmp_path, before, after, where, says):
    found = instruments.problems_of(write(tmp_path, SMALL.replace(before, after)))
    assert any(where in str(each) and says in str(each) for each in found), found


def test_what_is_extended_must_be_sealed(tmp_path):
    other = (SHIPPED / "qmer" / "2026.1.yaml").read_text(encoding="utf-8")
    write(tmp_path, other.replace("version: '2026.1'", "version: '2026.2'"), "2027.1")
    found = instruments.problems_of(write(tmp_path, SMALL.replace("'2026.1'", "'2027.1'")))
    assert "qmer/2027.1.yaml is published but has no seal" in str(found)


def test_where_facts_decide_a_condition_may_read_no_answer(tmp_path):
    text = SMALL.replace("items:\n", "not_applicable: by_fact\nitems:\n")
    text = text.replace("na_when: null", 'na_when: level("EQME-4") <= 1')
    found = instruments.problems_of(write(tmp_path, text.replace("    na_says: ~\n", "")))
    says = [str(each) for each in found]
    assert any("LEAD-5 › na_when" in s and "EQME-4 is an answer" in s for s in says)
    assert any("PART-3 › na_when" in s or "REAL-5 is an answer" in s for s in says)


def test_a_trial_that_was_changed_is_refused(tmp_path):
    write(tmp_path, TEXT)
    (tmp_path / "SEALS").write_text(f"{'0' * 64}  qmer/2027.3.yaml\n")
    with pytest.raises(BadInput, match="not the file that was published"):
        instruments.load("qmer", "2027.3")
