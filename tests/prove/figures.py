"""What a proof comes to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """Something counted; `off` says of how many it does not hold, with one of them in words."""

    what: str
    count: int
    off: int = 0
    example: str = ""

    def __str__(self) -> str:
        if not self.off:
            return f"{self.count:,} {self.what}"
        return f"{self.count:,} {self.what}, {self.off:,} OFF: {self.example}"


def counted(what: str, count: int, faults: list[str]) -> Figure:
    return Figure(what, count, len(faults), faults[0] if faults else "")
