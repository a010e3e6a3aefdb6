"""Measures as data, and what they come to over the counts that may be shown."""
