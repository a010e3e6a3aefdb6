"""The questionnaire, its tiers and its interventions: sealed files, every problem told at once."""
