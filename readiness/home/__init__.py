"""The start page: for each part a person plays, what waits for them."""
