"""Names for the arrays that a simulation works on."""

from __future__ import annotations

from numpy import bool_, float64, int64
from numpy.typing import NDArray

Floats = NDArray[float64]
Ints = NDArray[int64]
Bools = NDArray[bool_]
