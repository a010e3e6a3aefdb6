"""Letting counts out of a group: a period is completed, released once, and read by its payers."""
