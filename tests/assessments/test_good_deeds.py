"""No good deed lowers a tier: where facts decide what applies, raising a level never takes a tier
away, and "not applicable" never gives one. Over random assessments of the version on trial."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from readiness.assessments import assessment_json
from readiness.assessments.service.scoring import score_file
from readiness.assessments.tiers import evaluate
from readiness.instruments import loader as instruments
from readiness.instruments.answers import Answer, Answers, Context, counted
from readiness.instruments.models import Instrument
from tests.factories.seeds import seeds

DATA = Path(__file__).parent.parent / "data" / "good-deeds"
FIRST = instruments.load("qmer", "2026.1")
TRIAL = instruments.load("qmer", "2026.2")
RUNS = seeds(range(300), few=12)


def a_group(rng: random.Random) -> Context:
    """Small groups, for which items do not apply; some facts are not known."""
    facts: dict[str, list[int | float | bool]] = {
        "sites": [1, 2, 9],
        "clinicians_fte": [0.5, 1, 4],
        "separate_governing_body": [True, False],
        "interpreter_share": [0.001, 0.2],
        "interpreter_patients": [3, 900],
    }
    return {key: rng.choice(values) for key, values in facts.items() if rng.random() < 0.85}


def some_answers(rng: random.Random, instrument: Instrument) -> dict[str, Answer]:
    """Around one skill, so that every tier turns up; some don't-knows."""
    skill = rng.choice([1.2, 2.0, 2.6, 3.2])
    return {
        item.id: Answer.dont_know()
        if rng.random() < 0.04
        else Answer.at(min(4, max(0, round(rng.gauss(skill, 0.7)))))
        for item in instrument.items
    }


def tier(instrument: Instrument, answers: Answers, context: Context) -> int:
    return evaluate(instrument, counted(instrument, answers, context)).tier.number


def raises(answers: Answers) -> Iterator[tuple[str, Answer]]:
    """Every level one higher, and every don't-know answered, with the least there is."""
    for item_id, answer in answers.items():
        if answer.level is None:
            yield item_id, Answer.at(0)
        elif answer.level < 4:
            yield item_id, Answer.at(answer.level + 1)


@pytest.mark.parametrize("seed", RUNS)
def test_no_raise_lowers_a_tier_where_facts_decide_what_applies(seed):
    rng = random.Random(seed)
    context, answers = a_group(rng), some_answers(rng, TRIAL)
    before = tier(TRIAL, answers, context)
    for item_id, answer in raises(answers):
        assert tier(TRIAL, {**answers, item_id: answer}, context) >= before, item_id


@pytest.mark.parametrize("seed", RUNS)
def test_not_applicable_in_place_of_an_answer_is_refused_or_changes_nothing(seed):
    rng = random.Random(seed)
    context, answers = a_group(rng), some_answers(rng, TRIAL)
    before = tier(TRIAL, answers, context)
    for item_id in answers:
        said = {"answers": document({**answers, item_id: Answer.not_applicable("so we say")})}
        reading = assessment_json.read({"context": context, **said}, TRIAL)
        is_left_out = counted(TRIAL, {}, context).keys() >= {item_id}
        assert bool(reading.problems) != is_left_out, item_id
        if not reading.problems:
            assert tier(TRIAL, reading.answers, context) == before, item_id


def document(answers: Answers) -> dict[str, dict[str, object]]:
    return {
        item_id: {"na": True, "reason": answer.reason}
        if answer.reason
        else {"dk": True}
        if answer.level is None
        else {"level": answer.level}
        for item_id, answer in answers.items()
    }


def test_every_tier_and_every_fact_turns_up_among_the_random_ones():
    found: set[int] = set()
    left_out: set[str] = set()
    for seed in range(60):
        rng = random.Random(seed)
        context, answers = a_group(rng), some_answers(rng, TRIAL)
        found.add(tier(TRIAL, answers, context))
        left_out |= counted(TRIAL, {}, context).keys()
    assert found >= {1, 2, 3}
    assert left_out == {"LEAD-2", "LEAD-5", "IMPR-6", "PART-3"}


# The fault of the first version, which keeps its rule


def scored(name: str, **changes: object) -> str:
    found = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    answers = found["answers"]
    if changes.get("version") == TRIAL.version:
        answers["CONT-4"] = {"level": 0}  # which is where a group without equity work running is
        answers["CONT-6"] = {"level": 3}
    run, _ = score_file(json.dumps({**found, **changes}).encode())
    return run.tier_id


def test_starting_an_equity_test_lowered_the_tier_in_the_first_version():
    assert [scored("eqme4_before"), scored("eqme4_after")] == ["T3", "T2"]


def test_starting_an_equity_test_lowers_no_tier_in_the_version_on_trial():
    before, after = (scored(f"eqme4_{each}", version=TRIAL.version) for each in ("before", "after"))
    assert before <= after


def test_not_applicable_raised_a_tier_in_the_first_version():
    given = json.loads((DATA / "eqme4_before.json").read_text(encoding="utf-8"))
    excused = scored("eqme4_before")
    given["answers"]["CONT-4"] = {"level": 0}
    run, _ = score_file(json.dumps(given).encode())
    assert (excused, run.tier_id) == ("T3", "T2")


# What a person is told


def test_a_level_on_an_item_that_does_not_apply_is_kept_and_said_not_to_count():
    answers = {item.id: {"level": 2} for item in TRIAL.items}
    sent = {"instrument": "qmer", "version": "2026.2", "context": {"sites": 1}, "answers": answers}
    run, notices = score_file(json.dumps(sent).encode())
    assert any("LEAD-5" in str(each) and "one practice site" in str(each) for each in notices)
    answers["LEAD-5"] = {"level": 4}
    again, _ = score_file(json.dumps(sent).encode())
    assert again.domains == run.domains
    del answers["LEAD-5"]
    without, _ = score_file(json.dumps(sent).encode())
    assert without.complete
    assert without.domains == run.domains
