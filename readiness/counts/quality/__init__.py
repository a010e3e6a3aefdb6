"""Quality measures split by patient group, and how complete race and ethnicity are recorded."""
