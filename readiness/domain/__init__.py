"""The rules of the trade: pure values and functions. No clock, no file, no database, no web."""
