"""Heavy or foreign machinery behind small functions."""
