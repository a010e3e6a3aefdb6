"""The geometry of every chart, as frozen values: where a mark stands, and what is written by it.

Horizontal places are percentages of whatever width the reader has, so one drawing serves a phone,
a wide screen and paper without being scaled; vertical places are pixels.
"""
