"""Statistics against published cases: pytest tests/statistics/test_oracles.py --oracles FILE."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.conftest import OWN_ORACLES
from tests.statistics.oracle_adapter import ADAPTERS, spoken_of


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        cases = read(metafunc.config.getoption("oracles"))["cases"]
        metafunc.parametrize("case", cases, ids=[case["id"] for case in cases])


def read(path: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@pytest.mark.slow
def test_a_published_case_is_met(case):
    name = case["function"]
    assert name in ADAPTERS, f"no function of ours answers {name}: add it to oracle_adapter.py"
    answer = ADAPTERS[name](case["input"])
    for key, expected in case["expected"].items():
        differing = differences(spoken_of(answer, key), expected, case["tol"], key)
        assert not differing, "; ".join(differing)


def test_every_function_of_the_list_is_answered_and_has_a_case():
    ours = read(OWN_ORACLES)
    assert set(ours["functions"]) == set(ADAPTERS)
    assert {case["function"] for case in ours["cases"]} == set(ADAPTERS)
    assert len(ADAPTERS) == 49


@pytest.mark.parametrize(
    ("got", "expected", "tolerance"),
    [
        (0.1, 0.2, {"abs": 0.05}),
        (1.0, 2.0, {"rel": 0.1}),
        (True, False, {"abs": 1}),
        ("worse", "better", {"abs": 1}),
        ([1, 2], [1, 2, 3], {"abs": 1}),
        (3, None, {"abs": 1}),
        (None, 3, {"abs": 10}),
        (math.nan, 0.5, {"abs": 10}),
        ({"est": 1}, {"est": 1, "lo": 0}, {"abs": 1}),
    ],
)
def test_what_differs_is_noticed(got, expected, tolerance):
    assert differences(got, expected, tolerance, "it")


def differences(got: Any, expected: Any, tolerance: Mapping[str, float], where: str) -> list[str]:
    """A sentence for each number that is off: abs or rel, whichever lets it through."""
    if isinstance(expected, Mapping):
        return [
            each
            for key, value in expected.items()
            for each in differences((got or {}).get(key), value, tolerance, f"{where}.{key}")
        ]
    if isinstance(expected, Sequence) and not isinstance(expected, str):
        if not isinstance(got, Sequence) or len(got) != len(expected):
            return [f"{where}: {got} is not {expected}"]
        return [
            each
            for place, (own, value) in enumerate(zip(got, expected, strict=True))
            for each in differences(own, value, tolerance, f"{where}[{place}]")
        ]
    return [] if is_met(got, expected, tolerance) else [f"{where}: {got} is not {expected}"]


def is_met(got: Any, expected: Any, tolerance: Mapping[str, float]) -> bool:
    if expected in ("Inf", "-Inf"):
        expected = math.inf if expected == "Inf" else -math.inf
    if expected is None or expected in ("NA", "NaN"):
        return got is None or not math.isfinite(got)
    if isinstance(expected, bool | str) or got is None or isinstance(got, bool | str):
        return type(got) is type(expected) and got == expected
    if math.isnan(got) or math.isinf(expected):
        return bool(got == expected)
    away = float(abs(got - expected))
    return away <= tolerance.get("abs", 0) or away <= tolerance.get("rel", 0) * abs(expected)
