"""Run every proof in this folder, print its figures, and end with 1 when one of them is off.

A proof is a module `prove_<name>.py` with `run(rounds, seed)`, which yields a `Figure` for each
thing that it counted. It stands outside the program: a server, its pages, its commands, its file,
its tests.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.prove.figures import Figure

SHORT, USUAL = 3, 200  # rounds


def names() -> list[str]:
    here = Path(__file__).parent
    return sorted(path.stem.removeprefix("prove_") for path in here.glob("prove_*.py"))


def figures(name: str, rounds: int, seed: int) -> Iterator[Figure]:
    yield from importlib.import_module(f"tests.prove.prove_{name}").run(rounds, seed)


def options(given: list[str]) -> argparse.Namespace:
    said = argparse.ArgumentParser("script/prove", description=(__doc__ or "").split("\n")[0])
    said.add_argument("proofs", nargs="*", metavar="PROOF", help=", ".join(names()))
    said.add_argument("--rounds", type=int, default=USUAL, help=f"{USUAL} kills; others by it")
    said.add_argument("--short", action="store_const", dest="rounds", const=SHORT, help="minutes")
    said.add_argument("--seed", type=int, default=int(time.time()), help="of what is left to luck")
    chosen = said.parse_args(given)
    if unknown := [name for name in chosen.proofs if name not in names()]:
        said.error(f"no proof is named {unknown[0]!r}: choose from {', '.join(names())}")
    return chosen


def main(given: list[str]) -> int:
    chosen = options(given)
    is_off = False
    print(f"{chosen.rounds} rounds, seed {chosen.seed}")
    for name in chosen.proofs or names():
        print(f"\n{name}", flush=True)
        began = time.monotonic()
        is_off |= print_figures(figures(name, chosen.rounds, chosen.seed))
        print(f"  ({time.monotonic() - began:.0f} s)")
    print("\nSomething is off." if is_off else "\nNothing is off.")
    return int(is_off)


def print_figures(found: Iterable[Figure]) -> bool:
    """As soon as each is known; whether one of them is off."""
    is_off = False
    for figure in found:
        is_off |= bool(figure.off)
        print(f"  {figure}", flush=True)
    return is_off


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
