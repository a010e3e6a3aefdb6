"""Which action in which group a budget should pay for: the problem, and the check of an answer."""
