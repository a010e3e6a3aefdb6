"""How many assessments can be scored in a second, beside a spreadsheet's plain sums."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterable, Iterator

from readiness.assessments.service.scoring import scoring_run
from readiness.assessments.tiers import evaluate
from readiness.instruments.answers import Answer, AnswerKind, Answers
from readiness.instruments.loader import load
from readiness.instruments.models import Instrument

SETS = 60


def random_groups(instrument: Instrument) -> list[dict[str, Answer]]:
    """Groups of every maturity, with a don't-know here and there."""
    rng = random.Random(2026)
    return [
        {item.id: an_answer(rng, mean) for item in instrument.items}
        for mean in (0.5 + 2.5 * number / SETS for number in range(SETS))
    ]


def an_answer(rng: random.Random, mean: float) -> Answer:
    if rng.random() < 0.03:
        return Answer.dont_know()
    return Answer.at(max(0, min(4, round(rng.gauss(mean, 1)))))


def plain_sums(instrument: Instrument, answers: Answers) -> dict[str, float]:
    """Domain and axis scores in floats, without gates, ranges, reasons or a trace."""
    found = {
        domain.id: 25
        * sum(answers[item.id].level or 0 for item in domain.items)
        / sum(answers[item.id].kind is not AnswerKind.NOT_APPLICABLE for item in domain.items)
        for domain in instrument.domains
    }
    for axis in instrument.axes:
        found[axis.id] = sum(found[each] for each in axis.domain_ids) / len(axis.domain_ids)
    return found


def milliseconds(calls: Iterable[float]) -> str:
    times = sorted(calls)
    return f"median {statistics.median(times):.2f} ms, slowest {times[-1]:.1f} ms"


def timed(action: str, times: list[float]) -> str:
    rate = 1000 * len(times) / sum(times)
    return f"{action}: {rate:,.0f} a second ({milliseconds(times)}; {len(times)} assessments)"


def run() -> Iterator[str]:
    instrument = load("qmer")
    sets = random_groups(instrument)
    actions = {
        "plain sums in floats, nothing else": plain_sums,
        "scores, gates, tier and trace": evaluate,
        "whole run with the way up": lambda i, answers: scoring_run(i, {}, answers),
    }
    for action, score in actions.items():
        score(instrument, sets[0])
        times = []
        for answers in sets:
            began = time.perf_counter()
            score(instrument, answers)
            times.append(1000 * (time.perf_counter() - began))
        yield timed(action, times)
