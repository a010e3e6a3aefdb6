"""How fast a budget is spent, how near to the proven best, and what simpler ways lose.

Invented groups with prerequisites, a tier gate, a cap and a set of two each, and an equity floor;
the budget is a tenth of what everything costs. Each run is a process of its own; seconds are of
the processor, then of the clock. With READINESS_BENCH_LARGE=0 the two largest sizes are left out.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

LARGE = os.environ.get("READINESS_BENCH_LARGE", "1") != "0"
SECONDS = 60
SIMPLE = ("by ratio", "equal parts")
SOLVERS = ("scipy's milp", "PuLP and CBC")


@dataclass(frozen=True)
class Size:
    groups: int
    actions: int
    gap: float
    seeds: int
    beside: tuple[str, ...]
    has_packages: bool = False

    def __str__(self) -> str:
        packages = " and 3 packages" if self.has_packages else ""
        return f"{self.groups:,} groups x {self.actions} actions{packages}, gap {self.gap:g}"


SIZES = (
    Size(13, 25, 1e-4, 5, (*SIMPLE, *SOLVERS)),
    Size(13, 25, 1e-4, 5, (*SIMPLE, *SOLVERS), has_packages=True),
    Size(50, 20, 1e-3, 3, (*SIMPLE, *SOLVERS)),
    Size(500, 20, 1e-3, 3, (*SIMPLE, *SOLVERS)),
    Size(500, 20, 1e-3, 3, SIMPLE, has_packages=True),
)
LARGE_SIZES = (
    Size(2_000, 20, 1e-2, 1, SIMPLE),
    Size(5_000, 25, 1e-2, 1, SIMPLE),
)


def run() -> Iterator[str]:
    for size in (*SIZES, *(LARGE_SIZES if LARGE else ())):
        yield f"{size}, seeds 1 to {size.seeds}"
        best = [measured("ours", size, seed) for seed in range(1, size.seeds + 1)]
        yield f"  {summary('ours', best, best)}"
        for way in size.beside:
            found = [measured(way, size, seed) for seed in range(1, size.seeds + 1)]
            yield f"  {summary(way, found, best)}"


def measured(way: str, size: Size, seed: int) -> dict[str, Any]:
    asked = [way, str(size.groups), str(size.actions), str(seed), str(size.gap), str(SECONDS)]
    asked += ["packages"] if size.has_packages else []
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.bench.allocating", *asked],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        return {"failed": (done.stderr.strip().splitlines() or ["it was ended"])[-1]}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def summary(way: str, found: list[dict[str, Any]], best: list[dict[str, Any]]) -> str:
    if failed := [each["failed"] for each in (*found, *best) if "failed" in each]:
        return f"{way}: {failed[0]}"
    processor = sorted(each["processor"] for each in found)
    clock = sorted(each["seconds"] for each in found)
    most, waited = processor[-1], statistics.median(clock)
    words = [
        f"{statistics.median(processor):.2f} s (most {most:.2f}; by the clock {waited:.1f})",
        f"{max(each['mib'] for each in found):,.0f} MiB",
    ]
    if all(each["bound"] for each in found):
        gaps = [each["bound"] / each["benefit"] - 1 if each["benefit"] else 1.0 for each in found]
        words.append(f"proven within {max(gaps):.1e}")
    if way != "ours":
        pairs = zip(found, best, strict=True)
        losses = [1 - each["benefit"] / other["benefit"] for each, other in pairs]
        words.append(f"benefit {-statistics.median(losses):+.2%} (lowest {-max(losses):+.2%})")
    return f"{way}: {', '.join(words)}"
