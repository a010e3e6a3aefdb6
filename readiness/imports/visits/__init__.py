"""Visits: who was seen in a quarter, so that reach is counted and not typed."""
