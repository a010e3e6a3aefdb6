"""The history: who did what to which thing, when; written with the change it tells of."""
