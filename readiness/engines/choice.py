"""The cheapest choice of columns that satisfies every inequality learned so far."""

from __future__ import annotations

from collections.abc import Mapping

import highspy
import numpy as np
from numpy.typing import NDArray

from readiness.engines.attack import NEARLY, Numbers
from readiness.engines.solver import SolverError, quiet

NEAR_ENOUGH = 0.02  # of the cheapest: the last percent would take most of the time
MOST_NODES = 100


class Choice:
    """A covering program over the priced columns, in fractions until it is made whole."""

    def __init__(self, prices: Mapping[int, int]) -> None:
        self.columns = np.array(sorted(prices), dtype=np.int32)
        self.prices = np.array([prices[int(column)] for column in self.columns], dtype=float)
        self.shares: list[Numbers] = []
        self.missing: list[float] = []
        self.highs = quiet()
        for name, value in OPTIONS.items():
            self.highs.setOptionValue(name, value)
        for price in self.prices:
            self.highs.addVar(0.0, 1.0)
            self.highs.changeColCost(self.highs.getNumCol() - 1, price)

    def require(self, share: Numbers, missing: float) -> None:
        """So much room must come from the columns, each giving its share if it is hidden."""
        places = np.flatnonzero(share > NEARLY).astype(np.int32)
        self.highs.addRow(missing, highspy.kHighsInf, len(places), places, share[places])
        self.shares.append(share)
        self.missing.append(missing)

    def spare(self, part: Numbers) -> NDArray[np.bool_]:
        """Columns that no inequality learned so far insists on."""
        if not self.shares:
            return np.ones(len(part), dtype=bool)
        shares = np.array(self.shares)
        slack = shares @ part - np.array(self.missing)
        return np.asarray((shares <= slack[:, None] + NEARLY).all(axis=0))

    def repaired(self, part: Numbers) -> Numbers:
        """Hide more, best value first, until every inequality learned so far holds."""
        part = part.copy()
        if not self.shares:
            return part
        shares, missing = np.array(self.shares), np.array(self.missing)
        while (left := missing - shares @ part).max() > NEARLY:
            value = np.minimum(shares, np.maximum(left, 0.0)[:, None]).sum(axis=0) / self.prices
            part[int(np.argmax(np.where(part > 0.5, -1.0, value)))] = 1.0
        return part

    def make_whole(self) -> None:
        for place in range(len(self.columns)):
            self.highs.changeColIntegrality(place, highspy.HighsVarType.kInteger)

    def cheapest(self) -> Numbers:
        """For each priced column, in order, how much of it is hidden."""
        self.highs.run()
        status = self.highs.getModelStatus()
        if status not in ANSWERED:
            raise SolverError(f"HiGHS stopped with {self.highs.modelStatusToString(status)}")
        found: Numbers = np.clip(np.array(self.highs.getSolution().col_value), 0.0, 1.0)
        return found


ANSWERED = (
    highspy.HighsModelStatus.kOptimal,
    highspy.HighsModelStatus.kSolutionLimit,
    highspy.HighsModelStatus.kModelEmpty,
)
OPTIONS: dict[str, bool | int | float | str] = {
    "time_limit": highspy.kHighsInf,  # a clock would give another answer on another day
    "mip_max_nodes": MOST_NODES,
    "mip_rel_gap": NEAR_ENOUGH,
}
