"""What counts by stratum say of equity: rates, gaps, spread, change, and many groups together.

Everything is computed from numbers that were released: what is hidden goes into no sum, so that
nothing can be worked out from a result.
"""
