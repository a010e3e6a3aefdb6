"""The run that pages, documents and the command line share."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest

from readiness.assessments.presenter import way_up
from readiness.assessments.scorecard import Raise, from_json, to_json
from readiness.assessments.service.scoring import score_file, scoring_run
from readiness.core.errors import BadInput
from readiness.instruments.loader import load
from tests.factories.instruments import an_answer, answers_at

QMER = load("qmer", "2026.1")

KEYS = [
    "instrument", "version", "engine", "complete", "missing", "tier", "provisional", "axes",
    "domains", "overall", "gates", "limiting_factor", "unmet", "shortest_way",
    "effort", "applies_at_end", "trace", "shortest_way_reason", "caps", "instrument_sha256",
    "inputs_sha256",
]  # fmt: skip


def file_of(**found):
    return json.dumps({"instrument": "qmer", "answers": {}, **found}).encode()


def test_the_run_has_the_promised_form():
    plain = to_json(scoring_run(QMER, {}, answers_at(QMER, 2)))
    assert list(plain) == KEYS
    assert plain["axes"]["QMS"] == {"low": 50.0, "mid": 50.0, "high": 50.0}
    assert list(plain["domains"]) == [domain.id for domain in QMER.domains]
    assert plain["tier"] == "T2"
    assert plain["provisional"] is False
    assert plain["gates"][0] == {
        "tier": "T2",
        "item": QMER.tiers[2].gates[0].item_id,
        "kind": QMER.tiers[2].gates[0].kind.value,
        "needs": 2,
        "has": 2,
        "met": True,
    }
    assert all(list(step) == ["item", "from", "to", "serves"] for step in plain["shortest_way"])
    assert all(list(each) == ["id", "kind", "of", "needs", "has"] for each in plain["unmet"])


def without_tests_of_equity(throw):
    """Random answers with EQME-4 at 0 or 1, and so CONT-4 not applicable."""
    middle = throw.choice([2, 3, 3, 3])
    found = {
        item.id: {"level": min(4, max(0, middle + throw.choice([-1, 0, 0, 1]))), "note": "n"}
        for item in QMER.items
    }
    return found | {
        "EQME-4": {"level": throw.randint(0, 1)},
        "CONT-4": {"na": True, "reason": "none is running"},
    }


def without_one_level(answers, step):
    """The answers with one raise a level short; the whole step where it had one level."""
    short = step.to - 1
    if short < 0:
        return None
    return answers | {step.item_id: {"level": short, "note": "n"}}


def tier_or_refused(answers):
    try:
        return score_file(file_of(answers=answers))[0].tier_id
    except BadInput:
        return "refused"


@pytest.mark.slow
def test_the_way_followed_to_the_letter_is_accepted_and_no_level_of_it_is_in_vain():
    """Where a raise makes CONT-4 apply, the way brings it along, or does without that raise."""
    throw, along, past = random.Random(4), 0, 0
    for _ in range(150):
        answers = without_tests_of_equity(throw)
        run, _ = score_file(file_of(answers=answers))
        way = run.shortest_way or ()
        ended = answers | {step.item_id: {"level": step.to, "note": "n"} for step in way}
        assert tier_or_refused(ended) > run.tier_id or not way
        along += run.applies_at_end == ("CONT-4",)
        past += any(step.item_id == "EQME-4" and step.to > 1 for step in way)
        for step in way:
            short = without_one_level(ended, step)
            assert short is None or tier_or_refused(short) in (run.tier_id, "refused"), step
    assert along == past > 5


def test_what_the_way_brings_along_is_said():
    applies = Raise("CONT-4", None, 3)
    run = scoring_run(QMER, {}, answers_at(QMER, 2))
    told = replace(run, shortest_way=(applies,), applies_at_end=("CONT-4",))
    (line,) = way_up(QMER, told).raises
    asks = QMER.item_by_id["CONT-4"].levels[3]
    assert line.says == f"Not applicable today, and applies by then: to level 3: {asks}"


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_the_limiting_criterion_stands_first_and_every_raise_serves_an_unmet_one(level):
    plain = to_json(scoring_run(QMER, {}, answers_at(QMER, level, LEAD_1="dk")))
    ids = [each["id"] for each in plain["unmet"]]
    assert plain["unmet"][0]["of"] in plain["limiting_factor"]
    assert all(step["serves"] and set(step["serves"]) <= set(ids) for step in plain["shortest_way"])
    assert plain["effort"] > 0


def test_a_run_stored_before_criteria_were_printed_reads_back():
    plain = to_json(scoring_run(QMER, {}, answers_at(QMER, 1)))
    del plain["unmet"], plain["effort"]
    plain["shortest_way"] = [{"item": "LEAD-1", "from": 1, "to": 2}]
    run = from_json(plain)
    assert (run.unmet, run.effort) == ((), None)
    assert [each.serves for each in run.shortest_way or ()] == [()]


def test_numbers_are_printed_with_one_decimal():
    text = json.dumps(to_json(scoring_run(QMER, {}, answers_at(QMER, 4))))
    assert '"overall": {"low": 100.0, "mid": 100.0, "high": 100.0}' in text


def test_at_the_top_there_is_no_limiting_factor_and_no_way():
    plain = to_json(scoring_run(QMER, {}, answers_at(QMER, 4)))
    assert (plain["tier"], plain["limiting_factor"], plain["shortest_way"]) == ("T4", "", [])
    assert (plain["unmet"], plain["effort"]) == ([], 0)


@pytest.mark.parametrize("seed", range(8))
def test_a_stored_run_reads_back_as_it_was(seed):
    rng = random.Random(seed)
    drawn = {item.id: rng.choice([0, 1, 2, 3, 4, 3, 4, "dk", "na", None]) for item in QMER.items}
    answers = {key: an_answer(value) for key, value in drawn.items() if value is not None}
    run = scoring_run(QMER, {}, answers)
    assert from_json(json.loads(json.dumps(to_json(run)))) == run


def test_a_run_without_a_way_reads_back_with_its_reason():
    run = scoring_run(QMER, {}, answers_at(QMER, 3, EQME_4=1, CONT_4="na"))
    assert run.shortest_way is None
    assert from_json(to_json(run)) == run


def test_the_context_changes_the_hash_and_nothing_else():
    one = to_json(scoring_run(QMER, {"sites": 1}, answers_at(QMER, 1)))
    two = to_json(scoring_run(QMER, {"sites": 9}, answers_at(QMER, 1)))
    assert one.pop("inputs_sha256") != two.pop("inputs_sha256")
    assert one == two


def test_the_order_of_answers_changes_nothing():
    answers = answers_at(QMER, 1)
    turned = dict(reversed(answers.items()))
    assert scoring_run(QMER, {}, answers) == scoring_run(QMER, {}, turned)


def test_without_a_version_the_latest_published_is_used():
    run, notices = score_file(file_of())
    assert run.version == load("qmer").version
    assert run.tier_id == "T0"
    assert not notices


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ({"instrument": "nothing"}, "nothing"),
        ({"instrument": 3}, "name the instrument"),
        ({"version": "1999.1"}, "1999.1"),
        ({"version": 2026.1}, "give the version as a text"),
        ({"version": "../../x"}, "no instrument"),
        ({"answers": []}, "must be an object"),
        ({"context": []}, "must be an object"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(found, says):
    with pytest.raises(BadInput, match=says):
        score_file(file_of(**found))


def test_an_unknown_instrument_does_not_hide_what_else_is_wrong():
    with pytest.raises(BadInput) as caught:
        score_file(file_of(instrument="nothing", answers={"LEAD-1": {"level": 9}}))
    assert len(caught.value.problems) == 2
