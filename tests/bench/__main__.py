"""Run every benchmark in this folder and print its figures; nothing passes or fails.

A benchmark is a module `bench_<name>.py` with `run()`, which yields one line for each figure,
with its unit and how many runs it is from.
"""

from __future__ import annotations

import importlib
import os
import platform
import sqlite3
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("flask", "sqlite-utils", "weasyprint", "highspy", "scipy", "gunicorn")


def header() -> Iterator[str]:
    yield f"{platform.machine()}, {os.cpu_count()} processors, {memory_gib():.0f} GiB of memory"
    yield f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    yield f"SQLite {sqlite3.sqlite_version}, " + ", ".join(
        f"{name} {version(name)}" for name in LIBRARIES
    )


def memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def names() -> list[str]:
    here = Path(__file__).parent
    return sorted(path.stem.removeprefix("bench_") for path in here.glob("bench_*.py"))


def figures(name: str) -> Iterator[str]:
    began = time.perf_counter()
    yield from importlib.import_module(f"tests.bench.bench_{name}").run()
    yield f"(measured in {time.perf_counter() - began:.0f} s)"


def main(wanted: list[str]) -> int:
    if unknown := [name for name in wanted if name not in names()]:
        print(f"No benchmark is named {unknown[0]!r}. Choose from: {', '.join(names())}.")
        return 2
    print(*header(), sep="\n")
    for name in wanted or names():
        print(f"\n{name}")
        for line in figures(name):
            print(f"  {line}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
