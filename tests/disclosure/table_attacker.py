"""A reader with a solver, who tries to work small counts out of what was printed.

Written apart from what it attacks: it starts from printed rows in the form of the command's JSON,
thinks in people rather than in moves, and shares no code with the program.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import highspy
import numpy as np

MEASURES = ("screened", "positive", "negative")
FIVE = ("food", "housing", "transportation", "utilities", "safety")
HOUSING = ("housing_instability", "homelessness", "inadequate_housing")
ENDLESS = highspy.kHighsInf


def quarters_of(period):
    """The shorter periods that make up this one, in every way there is."""
    year = period[:4]
    if len(period) == 4:
        return [
            [f"{year}-H1", f"{year}-H2"],
            [f"{year}-Q{q}" for q in (1, 2, 3, 4)],
            [f"{year}-{m:02}" for m in range(1, 13)],
        ]
    if "-H" in period:
        first = 1 if period.endswith("1") else 3
        return [[f"{year}-Q{q}" for q in (first, first + 1)]]
    if "-Q" in period:
        last = 3 * int(period[-1])
        return [[f"{year}-{m:02}" for m in (last - 2, last - 1, last)]]
    return []


class Attacker:
    """Knows of each release what was printed, and how counts of people hang together.

    `guess`: the least that a number which is never printed may be; a bold reader guesses 1 where
    the truth allows it.
    """

    def __init__(self, *, guess=0):
        self.guess = guess
        self.columns = {}
        self.lower, self.upper, self.rows = [], [], []

    def column(self, what, lower=0.0, upper=ENDLESS):
        if what not in self.columns:
            self.columns[what] = len(self.lower)
            self.lower.append(lower)
            self.upper.append(upper)
        return self.columns[what]

    def sums_to(self, whole, parts):
        self.rows.append(({whole: -1.0} | dict.fromkeys(parts, 1.0), 0.0, 0.0))

    def at_most(self, part, others):
        self.rows.append(({part: -1.0} | dict.fromkeys(others, 1.0), 0.0, ENDLESS))

    # What one release tells. `name(key)` says which unknown a row is, so that releases can share.

    def reads(self, release, truth, name=lambda key: key):
        """`truth` only tells which unprinted numbers a bold guess would be right about, and which
        of the usual relations hold among these counts."""
        keys = {}
        for row in release["rows"]:
            key = tuple(
                row[each] for each in ("group_id", "period", "domain", "stratum_type", "stratum")
            )
            keys[key] = [self.printed(name(key), measure, row[measure]) for measure in MEASURES]
        for each in release["coarsened"]:
            self.opens(keys, each, truth, name)
        self.relate(keys, truth)

    def printed(self, key, measure, value):
        column = self.column((key, measure), 1.0)
        if value is not None:
            self.lower[column] = self.upper[column] = float(value)
        return column

    def opens(self, keys, merge, truth, name):
        """A joined stratum is the sum of strata that are not printed."""
        group, kind = merge["group_id"], merge["stratum_type"]
        joined = [k for k in keys if (k[0], k[3], k[4]) == (group, kind, merge["to"])]
        for key in joined:
            parts = [(*key[:4], stratum) for stratum in merge["from"]]
            parts = [part for part in parts if part in truth]
            for part in parts:
                people = dict(zip(MEASURES, numbers(truth[part]), strict=True))
                keys[part] = [
                    self.column((name(part), m), float(min(self.guess, people[m])))
                    for m in MEASURES
                ]
            for at in range(3):
                self.sums_to(keys[key][at], [keys[part][at] for part in parts])
            del keys[key]

    def relate(self, keys, truth):
        by_total, by_type = defaultdict(list), defaultdict(list)
        for key, (screened, positive, negative) in keys.items():
            self.sums_to(screened, [positive, negative])
            if key[3] != "total":
                by_type[key[:4]].append(key)
            if key[0] != "ALL":
                by_total[("ALL", *key[1:])].append(key)
        for parent, parts in by_type.items():
            self.adds_up(keys, truth, (*parent[:3], "total", "total"), parts)
        for parent, parts in by_total.items():
            self.adds_up(keys, truth, parent, parts)
        for key in list(keys):
            for shorter in quarters_of(key[1]):
                parts = [(key[0], each, *key[2:]) for each in shorter]
                self.adds_up(keys, truth, key, [part for part in parts if part in keys])
            self.bounds(keys, truth, key)

    def adds_up(self, keys, truth, whole, parts):
        if whole not in keys or not parts:
            return
        found = [sum(each) for each in zip(*(truth[part] for part in parts), strict=True)]
        if found == list(truth[whole]):
            for at in range(3):
                self.sums_to(keys[whole][at], [keys[part][at] for part in parts])

    def bounds(self, keys, truth, key):
        """What any reader of the instrument knows: part and whole among needs."""
        group, period, need, *rest = key

        def at(other):
            return (group, period, other, *rest)

        if need == "any":
            self.misses_at_least_one(keys, truth, [at(each) for each in ("any", "all5", *FIVE)])
        rules: list[tuple[int, Sequence[str], Sequence[str]]] = []
        if need == "any":
            rules += [(0, [need], FIVE), (1, [need], FIVE)]
            rules += [(2, [need], FIVE)]
            rules += [(m, [d], ["any"]) for d in FIVE for m in (0, 1)]
        if need == "all5":
            rules += [(m, [need], [d]) for d in FIVE for m in (0, 2)]
            rules += [(m, [need], ["any"]) for m in (0, 1, 2)]
        if need == "housing":
            rules += [(1, [need], HOUSING)] + [(1, [d], ["housing"]) for d in HOUSING]
        for measure, part, others in rules:
            known = [at(each) for each in (*part, *others)]
            if not all(each in keys for each in known):
                continue
            left = truth[known[0]][measure]
            if left <= sum(truth[each][measure] for each in known[1:]):
                self.at_most(keys[known[0]][measure], [keys[e][measure] for e in known[1:]])

    def misses_at_least_one(self, keys, truth, row):
        """Whoever is in `any` and not in `all5` was asked one to four of the five."""
        if not all(each in keys for each in row):
            return
        for at in (0, 2):  # people screened, and people negative throughout
            some, full, *each = (keys[key][at] for key in row)
            true_some, true_full, *true_each = (truth[key][at] for key in row)
            if true_some + 4 * true_full <= sum(true_each):
                terms = {some: -1.0, full: -4.0} | dict.fromkeys(each, 1.0)
                self.rows.append((terms, 0.0, ENDLESS))
            if at == 0 and sum(true_each) <= 4 * true_some + true_full:
                terms = {some: 4.0, full: 1.0} | dict.fromkeys(each, -1.0)
                self.rows.append((terms, 0.0, ENDLESS))

    # The attack itself.

    def pinned(self, small, threshold):
        """Of the small counts those that must lie below the threshold."""
        model = self.model()
        best = np.array(self.lower)
        caught = []
        for what in small:
            column = self.columns[what]
            if best[column] >= threshold or self.upper[column] == self.lower[column]:
                if best[column] < threshold:
                    caught.append(what)
                continue
            found = self.highest(model, column, threshold)
            if found is None:
                caught.append(what)
            else:
                best = np.maximum(best, found)
        return caught

    def model(self):
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        highs.setOptionValue("threads", 1)
        size = len(self.lower)
        highs.addVars(size, np.array(self.lower), np.array(self.upper))
        for terms, low, high in self.rows:
            places = np.array(list(terms), dtype=np.int32)
            highs.addRow(low, high, len(places), places, np.array(list(terms.values())))
        return highs

    def highest(self, model, column, threshold):
        """A table in whole numbers, as good as the true one, with this count at the threshold."""
        model.changeColBounds(column, float(threshold), self.upper[column])
        model.run()
        found = None
        if model.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            found = np.array(model.getSolution().col_value)
            if np.abs(found - np.round(found)).max() > 1e-6:
                found = self.whole(model)
        model.changeColBounds(column, self.lower[column], self.upper[column])
        return found

    def whole(self, model):
        every = np.arange(len(self.lower), dtype=np.int32)
        kinds = [highspy.HighsVarType.kInteger] * len(every)
        model.changeColsIntegrality(len(every), every, np.array(kinds))
        model.run()
        is_found = model.getModelStatus() == highspy.HighsModelStatus.kOptimal
        found = np.array(model.getSolution().col_value) if is_found else None
        kinds = [highspy.HighsVarType.kContinuous] * len(every)
        model.changeColsIntegrality(len(every), every, np.array(kinds))
        return found


def numbers(tally):
    """Screened, positive, negative."""
    return tally


def small_counts(truth, threshold, name=lambda key: key):
    return [
        (name(key), measure)
        for key, people in truth.items()
        for measure, count in zip(MEASURES, people, strict=True)
        if 0 < count < threshold
    ]
