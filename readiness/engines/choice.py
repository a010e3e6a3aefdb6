"""The cheapest choice of columns that satisfies every inequality learned so far."""

from __future__ import annotations

from collections.abc import Mapping

import highspy
import numpy as np
from numpy.typing import NDArray

from readiness.engines.attack import NEARLY, Numbers
from readiness.engines.solver import SolverError, quiet


class Choice:
    """A covering program over the priced columns, each of which may be hidden in part."""

    def __init__(self, prices: Mapping[int, int]) -> None:
        self.columns = np.array(sorted(prices), dtype=np.int32)
        self.prices = np.array([prices[int(column)] for column in self.columns], dtype=float)
        self.shares: list[Numbers] = []
        self.missing: list[float] = []
        self.highs = quiet()
        self.highs.setOptionValue("time_limit", highspy.kHighsInf)  # it counts over all questions
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

    def least_useful_first(self) -> list[int]:
        """Places by how much of what the inequalities ask for they could give, at their price."""
        shares, missing = np.array(self.shares), np.array(self.missing)
        use = (shares / missing[:, None]).sum(axis=0) / self.prices
        return [int(place) for place in np.argsort(use, kind="stable")]

    def insist(self, places: NDArray[np.bool_]) -> None:
        """From now on these are hidden wholly."""
        for place in np.flatnonzero(places):
            self.highs.changeColBounds(int(place), 1.0, 1.0)

    def cheapest(self) -> Numbers:
        """For each priced column, in order, how much of it is hidden."""
        self.highs.run()
        status = self.highs.getModelStatus()
        if status not in ANSWERED:
            raise SolverError(f"HiGHS stopped with {self.highs.modelStatusToString(status)}")
        found: Numbers = np.clip(np.array(self.highs.getSolution().col_value), 0.0, 1.0)
        return found


ANSWERED = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty)
