"""Statistics of shares, gaps and scales, a module for each theme.

Every public function names its formula, its source (name and year), its units, its shape and its
errors. Shares are proportions between 0 and 1 unless a name says percent or points. Values come
out raw; pages round.
"""
