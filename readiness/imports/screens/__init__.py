"""Screens of single patients, on their way to counts. Nothing of one person outlives the run."""
