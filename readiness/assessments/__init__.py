"""Answers, scoring, tiers and the way to the next tier; submission, review, cycles and sharing."""
