"""An investment program cut into its groups and the few rows that join them, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import highspy
import numpy as np
from numpy.typing import NDArray

from readiness.core import coefficients, solver
from readiness.investment.formulation import AllocationModel

Numbers = NDArray[np.float64]
Places = NDArray[np.int32]


@dataclass(frozen=True)
class Rows:
    """Rows of coefficients, one after the other."""

    start: Places
    column: Places
    value: Numbers
    least: Numbers
    most: Numbers

    @cached_property
    def row(self) -> Places:
        """Of each coefficient."""
        return np.repeat(np.arange(len(self.least), dtype=np.int32), np.diff(self.start))

    def taken(self, rows: Places) -> Rows:
        lengths = self.start[rows + 1] - self.start[rows]
        start = np.append(0, np.cumsum(lengths)).astype(np.int32)
        at = np.repeat(self.start[rows] - start[:-1], lengths) + np.arange(start[-1])
        return Rows(start, self.column[at], self.value[at], self.least[rows], self.most[rows])

    def within(self, columns: Places) -> Rows:
        """What they say of these columns, which are in order, numbered anew."""
        place = np.minimum(np.searchsorted(columns, self.column), len(columns) - 1)
        kept = columns[place] == self.column
        lengths = np.bincount(self.row[kept], minlength=len(self.least))
        return replace(
            self,
            start=np.append(0, np.cumsum(lengths)).astype(np.int32),
            column=place[kept].astype(np.int32),
            value=self.value[kept],
        )


@dataclass(frozen=True)
class Parts:
    gains: Numbers  # of each column
    lower: Numbers
    upper: Numbers
    group: Places  # of each column
    rows: Rows
    row_group: Places  # -1: the row joins groups
    columns: tuple[Places, ...]  # of each group
    own: tuple[Places, ...]  # rows of each group
    joint: Rows
    joint_rows: Places
    uses: Numbers  # joint rows x columns


def parts_of(model: AllocationModel) -> Parts:
    lp = solver.model_of(model.program, {c: -gain for c, gain in model.gains.items()}, whole=False)
    matrix = lp.a_matrix_
    rows = in_scale(
        Rows(
            np.array(matrix.start_, dtype=np.int32),
            np.array(matrix.index_, dtype=np.int32),
            np.array(matrix.value_),
            np.array(lp.row_lower_),
            np.array(lp.row_upper_),
        )
    )
    group = np.array(model.groups, dtype=np.int32)
    row_group = groups_of(rows, group)
    joint_rows = np.flatnonzero(row_group < 0).astype(np.int32)
    joint = rows.taken(joint_rows)
    count = int(group.max()) + 1
    return Parts(
        gains=-np.array(lp.col_cost_),
        lower=np.array(lp.col_lower_),
        upper=np.array(lp.col_upper_),
        group=group,
        rows=rows,
        row_group=row_group,
        columns=split(group, count),
        own=split(row_group, count),
        joint=joint,
        joint_rows=joint_rows,
        uses=dense(joint, len(group)),
    )


def in_scale(rows: Rows) -> Rows:
    """Rows of large numbers as parts of what is large, which HiGHS would refuse."""
    largest = np.ones(len(rows.least))
    np.maximum.at(largest, rows.row, np.abs(rows.value) / coefficients.MOST)
    return replace(
        rows,
        value=rows.value / largest[rows.row],
        least=rows.least / largest,
        most=rows.most / largest,
    )


def groups_of(rows: Rows, group: Places) -> Places:
    """The group of each row, or -1: of several groups, or without any column."""
    found = np.full(len(rows.least), -1, dtype=np.int32)
    filled = np.flatnonzero(np.diff(rows.start))
    if len(filled):
        first = np.minimum.reduceat(group[rows.column], rows.start[filled])
        last = np.maximum.reduceat(group[rows.column], rows.start[filled])
        found[filled] = np.where(first == last, first, -1)
    return found


def split(group: Places, count: int) -> tuple[Places, ...]:
    order = np.argsort(group, kind="stable").astype(np.int32)
    edges = np.searchsorted(group[order], np.arange(count + 1))
    return tuple(order[edges[n] : edges[n + 1]] for n in range(count))


def dense(rows: Rows, columns: int) -> Numbers:
    found = np.zeros((len(rows.least), columns))
    found[rows.row, rows.column] = rows.value
    return found


def program_of(parts: Parts, columns: Places, costs: Numbers, rows: Rows) -> highspy.HighsLp:
    """A smaller program of these columns, which are in order, and what the rows say of them."""
    own = rows.within(columns)
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(columns), len(own.least)
    program.col_cost_ = costs
    program.col_lower_, program.col_upper_ = parts.lower[columns], parts.upper[columns]
    program.row_lower_, program.row_upper_ = own.least, own.most
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_, program.a_matrix_.index_ = own.start, own.column
    program.a_matrix_.value_ = own.value
    return program
