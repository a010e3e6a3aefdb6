"""Rows in, values out: the only place of this feature that sees SQLite."""
